"""Pages of words without a single digit: handwriting, print, things on a desk; what the camera must not read."""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np

from capture.clutter import draw_clutter
from capture.ink import render_strokes
from capture.layout import Item
from capture.pages import Page, compose
from capture.paper import draw_paper
from capture.styles import Style, random_style
from capture.typeset import invent_text, set_text
from training.nondigits import HERSHEY_HEIGHT, LOOK_ALIKES, hershey_fonts

LETTER_SHARE = (0.02, 0.12)  # height of a capital in a page's height, least and most
LETTERS = "aaabcddeeeeefghhiiijklmnnnoopqrrrssstttuuvwxyzABCDEFGHILMNOPRSTUVW"
UNCLEAR = frozenset("oOlI|/()") | LOOK_ALIKES.keys()
"""Letters that alone may be digits: a crop of one teaches nothing clear."""
CLUTTER, PRINTED = 0.2, 0.35  # shares of the pages


def wordy_page(rng: np.random.Generator, size: tuple[int, int]) -> Page:
    """Invents a picture without digits: a cluttered desk, a printed page, or a handwritten one."""
    kind = rng.random()
    if kind < CLUTTER:
        return Page(draw_clutter(size, rng), ())
    style = random_style(rng, size[1])
    capital_px = size[1] * float(np.exp(rng.uniform(*np.log(LETTER_SHARE))))
    lines = _printed if kind < CLUTTER + PRINTED else _handwritten
    paper = draw_paper(style.paper, size, style.paper_bgr, 2 * capital_px, rng)
    return compose(lines(style, size, capital_px, rng), paper, style.pen.bgr)


def _printed(style: Style, size: tuple[int, int], capital_px: float, rng: np.random.Generator) -> Iterator[Item]:
    width, height = size
    for y in np.arange(capital_px, height - 2 * capital_px, capital_px * rng.uniform(1.6, 3.0)):
        text = "".join(c for c in invent_text(rng) if not c.isdigit())
        ink = set_text(text, capital_px, rng)[:, : int(width - 2 * capital_px)]
        yield Item("print", _faded(ink, style), int(capital_px), int(y))


def _handwritten(style: Style, size: tuple[int, int], capital_px: float, rng: np.random.Generator) -> Iterator[Item]:
    """Lines of words in one of the stroke fonts, shaken, slanted, and with a narrow or wide hand."""
    fonts = hershey_fonts()
    alphabet = fonts[rng.integers(len(fonts))]
    slant, wide, gap = rng.normal(0.1, 0.15), rng.uniform(0.7, 1.2), rng.uniform(-0.05, 0.2)
    shape = np.array([[wide, -slant], [0, 1]])
    pen_px = max(1.0, style.pen.width * capital_px * rng.uniform(0.7, 1.5))
    width, height = size
    for y in np.arange(2 * capital_px, height - capital_px, capital_px * rng.uniform(1.5, 3.0)):
        x = capital_px * rng.uniform(0.5, 4)
        while x < width - 2 * capital_px:
            for character in rng.choice(list(LETTERS), int(rng.integers(1, 9))):
                strokes = [stroke @ shape.T / HERSHEY_HEIGHT for stroke in alphabet.get(str(character), ())]
                if not strokes or x > width - 2 * capital_px:
                    continue
                strokes = [stroke + rng.normal(0, 0.012, stroke.shape).astype(np.float32) for stroke in strokes]
                ink = render_strokes(strokes, capital_px, pen_px, rng)
                top = y + min(stroke[:, 1].min() for stroke in strokes) * capital_px
                yield Item(str(character), _faded(ink, style), int(x), int(top + rng.normal(0, 0.02) * capital_px))
                x += ink.shape[1] + gap * capital_px
            x += capital_px * rng.uniform(0.4, 0.9)


def _faded(ink: np.ndarray, style: Style) -> np.ndarray:
    return cv2.convertScaleAbs(ink, alpha=style.pen.strength)
