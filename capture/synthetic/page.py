"""Draws sheets with handwritten numbers whose truth is known: for `demo`, for tests and for the training scenes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np

from capture.boxes import Box
from capture.synthetic.handwriting import CAREFUL_HAND, Hand, Write, draw_hand, own_writer
from capture.synthetic.layout import LAYOUTS, centre
from capture.synthetic.paper import Bgr, draw_paper
from capture.synthetic.styles import Style, random_style
from capture.synthetic.writer import Item, Scribe

SEEN_ALPHA = 0.35
"""Share of an item's darkest ink from which a pixel counts as ink: about where the eye puts the edge of a stroke."""
RULE_SPACING = (0.6, 2.2)
"""Distance of a sheet's printed rules, least and most, in heights of a digit."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """Ink on a sheet or in a photo of it.

    Attributes:
        box: tight around the ink.
        label: "0" to "9" for a digit, else what the mark is.
        line, number: which line of the sheet and which number of the line it belongs to, both from 0.
        hull: (n, 2) float32, convex hull of the ink's pixel middles; it carries the box through a perspective exactly.
    """

    box: Box
    label: str
    line: int
    number: int
    hull: np.ndarray

    @property
    def digit(self) -> int:
        """0 to 9; a ValueError for a mark."""
        return int(self.label)

    def moved_to(self, hull: np.ndarray) -> Drawn:
        """Give the same ink another hull and the box that belongs to it."""
        return replace(self, hull=hull, box=box_around(hull))


@dataclass(frozen=True, slots=True)
class DrawnPage:
    """A drawn sheet and what is on it.

    Attributes:
        image: (H, W, 3) uint8, BGR.
        digits: in reading order.
        others: marks and letters, which nobody should read as digits.
    """

    image: np.ndarray
    digits: tuple[Drawn, ...]
    others: tuple[Drawn, ...] = ()

    @property
    def numbers(self) -> list[str]:
        """The numbers in reading order: `["4711", "203"]`."""
        texts: dict[tuple[int, int], str] = {}
        for digit in self.digits:
            key = digit.line, digit.number
            texts[key] = texts.get(key, "") + digit.label
        return [texts[key] for key in sorted(texts)]


def random_page(
    rng: np.random.Generator,
    size: tuple[int, int] = (640, 480),
    write: Write | None = None,
    style: Style | None = None,
    digits: Sequence[int] = tuple(range(10)),
) -> DrawnPage:
    """Invent a page.

    Args:
        rng: source of all chance.
        size: (width, height) in px.
        write: makes the ink of one digit; one of the project's own hands when None.
        style: how the page is written; invented when None.
        digits: what to choose from; give a digit twice to see it twice as often.
    """
    style = style or random_style(rng, size[1])
    hand = draw_hand(rng)
    scribe = Scribe(write or own_writer(hand), hand, style, rng)
    items = LAYOUTS[style.layout](scribe, size, digits)
    rules_px = style.digit_px * rng.uniform(*RULE_SPACING)
    return compose(items, draw_paper(style.paper, size, style.paper_bgr, rules_px, rng), style.pen.bgr)


def page_of(
    text: str,
    size: tuple[int, int] = (640, 480),
    style: Style | None = None,
    hand: Hand | None = None,
    seed: int = 0,
) -> DrawnPage:
    """Write exactly this text, neatly and centred: lines by line breaks, numbers by spaces.

    Args:
        text: digits, spaces and line breaks.
        size: (width, height) in px.
        style: how; its `digit_px` is lowered where the text would not fit.
        hand: who; `hands.CAREFUL_HAND` when None.
        seed: source of the small differences between one digit and the next.
    """
    rng = np.random.default_rng(seed)
    hand = hand or CAREFUL_HAND
    style = style or Style(digit_px=size[1] / 8)
    lines = text.splitlines()
    longest = max((len(line) for line in lines), default=1)
    fits = min(size[0] / (longest + 1), size[1] / (len(lines) * (1 + style.line_gap) + 0.5))
    style = replace(style, digit_px=min(style.digit_px, fits))
    scribe = Scribe(own_writer(hand), hand, style, rng)
    items = centre([scribe.line_of(line, number) for number, line in enumerate(lines)], size, style)
    return compose(items, draw_paper(style.paper, size, style.paper_bgr, style.digit_px, rng), style.pen.bgr)


def compose(items: Iterable[Item], paper: np.ndarray, ink_bgr: Bgr) -> DrawnPage:
    """Put ink on paper.

    Args:
        items: what to draw; parts outside the paper are cut off, and a digit cut off counts among the others.
        paper: (H, W, 3) uint8, BGR; left untouched.
        ink_bgr: colour of full ink for items that have none of their own.
    """
    image = paper.copy()
    digits, others = [], []
    for item in items:
        seen = _cut(item, image.shape)
        _blend(image, seen, item.bgr or ink_bgr)
        drawn = _drawn(seen) if item.label else None
        if drawn is not None:
            is_whole = seen.ink.shape == item.ink.shape
            (digits if item.label.isdigit() and is_whole else others).append(drawn)
    return DrawnPage(image, tuple(digits), tuple(others))


def _cut(item: Item, shape: tuple[int, ...]) -> Item:
    """Cut an item to the part that lies on paper of this shape."""
    top, left = max(-item.y, 0), max(-item.x, 0)
    ink = item.ink[top : max(shape[0] - item.y, 0), left : max(shape[1] - item.x, 0)]
    return replace(item, ink=ink, x=item.x + left, y=item.y + top)


def _blend(image: np.ndarray, item: Item, ink_bgr: Bgr) -> None:
    """Draw in place an item that lies wholly inside."""
    h, w = item.ink.shape
    patch = image[item.y : item.y + h, item.x : item.x + w]
    alpha = item.ink[:, :, None] * np.float32(1 / 255)
    patch[:] = np.round(patch + alpha * (np.array(ink_bgr, np.float32) - patch))


def _drawn(item: Item) -> Drawn | None:
    """Find the item's hull and box; None for an item without ink."""
    darkest = item.ink.max(initial=0)
    if darkest == 0:
        return None
    pixels = cv2.findNonZero((item.ink >= SEEN_ALPHA * darkest).astype(np.uint8))
    hull = cv2.convexHull(pixels).reshape(-1, 2).astype(np.float32) + np.array([item.x, item.y], np.float32)
    return Drawn(box_around(hull), item.label, item.line, item.number, hull)


def box_around(hull: np.ndarray) -> Box:
    """Box the pixels that this (n, 2) hull reaches; a pixel's middle has whole coordinates, as OpenCV warps."""
    left, top = np.round(hull.min(axis=0)).astype(int).tolist()
    right, bottom = np.round(hull.max(axis=0)).astype(int).tolist()
    return Box(left, top, right - left + 1, bottom - top + 1)
