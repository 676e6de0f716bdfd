"""Take thresholded ink apart into connected pieces that may be digits, by a tree of rising thresholds.

What is connected at a low threshold (a faint pencil needs it low) may be several digits held together by a shadow or by
the rules of squared paper; each piece is therefore looked at again at its own, higher threshold.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np

from capture.boxes import Box, is_most_of
from capture.detect.binarize import (
    count_levels,
    darkness,
    faintest,
    mean_level,
    otsu_threshold,
    split_at,
    threshold_to_zero,
)
from capture.detect.ruling import MAX_LENGTH_PX, MIN_LENGTH_PX, is_bare_rule, remove_ruling
from capture.types import Component

MIN_HEIGHT_PX = 9  # lower ink is a dot, a dash or grain
MAX_DIGIT_ASPECT = 1.2  # widths a height of a single digit
OWN_LEVEL = 0.4  # of a piece's own darkness: about where the eye puts a stroke's edge
MIN_DARKNESS = 30  # of 255: the faintest pencil on real photos has twice that
TWO_SHADES = 1.7  # ink this much darker than what connects it is separated by a threshold alone
MAX_HOLES = 3  # of a digit: an 8 with a loop at its top
MIN_STEP = 1.35  # the next threshold, in times the last: a step that is worth another look
MAX_LEVELS = 3
DARKER_STEP = 1.2  # the same within the darker ink: a ring drawn with a lighter pen than the digit in it
SPARSE = 0.08  # share of its box that a piece fills: a net of rules fills less, but so does a hairline digit
LARGE_SPARSE = 0.3  # a form's broad lines fill more, and few digits are so large
FILLS = 0.75  # of the picture's width or height: bigger than a digit gets


def find_components(ink: np.ndarray) -> list[Component]:
    """Find the pieces that may be a digit or a part of one.

    Args:
        ink: (H, W) uint8, 0 where the paper is bare.
    """
    return list(_pieces(ink, Box(0, 0, *ink.shape[::-1]), _Level(ink.shape)))


def without_rules(pieces: Iterable[Component]) -> Iterator[Component]:
    """Yield what stands on rules in place of these, and all other pieces as they are."""
    for piece in pieces:
        if piece.is_rule:
            yield from without_rules(piece.parts)
        else:
            yield piece


def refit(component: Component, frame: tuple[int, ...]) -> list[Component]:
    """Look again at a component of a page that was turned: what was a rule may be a 1 now, and what was tall a rule.

    Args:
        component: turned.
        frame: shape of the turned ink map.
    """
    if component.is_rule or _is_no_digit(component.box, frame):
        return list(_refine_threshold(component.ink, component.box, _Level(frame, component.depth, component.whole)))
    return [component]


def split_by_threshold(component: Component, frame: tuple[int, ...]) -> list[list[Component]]:
    """Offer other ways to see a component: what it falls into at a higher threshold or without ruling.

    Args:
        component: from `find_components`.
        frame: shape of the ink map it was found in.

    Returns:
        Rows of components, none where it is better left whole.
    """
    ink, box, level = component.ink, component.box, _Level(frame, component.depth)
    if component.parts or level.is_last:
        return []
    if _is_sparse(ink, box):
        return [list(without_rules(_separate_ruling(ink, count_levels(ink), box, level)))]
    return _separate_shades(ink, box, level)


@dataclass(frozen=True, slots=True)
class _Level:
    """Where in the tree of thresholds a piece stands.

    Attributes:
        frame: the picture's shape.
        depth: thresholds so far.
        whole: what may be a digit, at a lower threshold.
    """

    frame: tuple[int, ...]
    depth: int = 0
    whole: Component | None = None

    @property
    def is_last(self) -> bool:
        return self.depth == MAX_LEVELS

    def next(self, whole: Component | None = None) -> _Level:
        return _Level(self.frame, self.depth + 1, whole or self.whole)

    def component(self, box: Box, ink: np.ndarray) -> Component:
        return Component(box, ink, (), self.depth, self.whole)


def _pieces(ink: np.ndarray, box: Box, level: _Level) -> Iterator[Component]:
    for part_box, part in components(ink, box.x, box.y):
        yield from _refine_threshold(part, part_box, level)


def components(ink: np.ndarray, x: int = 0, y: int = 0) -> Iterator[tuple[Box, np.ndarray]]:
    """Find connected ink that is not too small for a digit: its box (moved by x, y), and the ink alone.

    Contours with their holes: what stands inside a hole is a component of its own. The same components as those of
    `cv2.connectedComponentsWithStats`, in a quarter of the time on pages of digits (48 to 174 ms on 28 pictures).
    """
    contours, tree = cv2.findContours(ink, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_SIMPLE)
    links = tree[0].tolist() if contours else []
    outer = [i for i, (*_, parent) in enumerate(links) if parent < 0]
    rectangles = [cv2.boundingRect(contours[i]) for i in outer]
    large = [k for k, (_, _, w, h) in enumerate(rectangles) if max(w, h) >= MIN_HEIGHT_PX]
    for k, is_alone in zip(large, _alone(rectangles, large), strict=True):
        left, top, w, h = rectangles[k]
        own = ink[top : top + h, left : left + w]
        if not is_alone:
            outlines = [contours[outer[k]], *_holes(contours, links, outer[k])]
            own = own & cv2.fillPoly(np.zeros(own.shape, np.uint8), outlines, 255, offset=(-left, -top))
        if cv2.countNonZero(own) >= MIN_HEIGHT_PX:
            yield Box(left + x, top + y, w, h), own


def _alone(rectangles: Sequence[Sequence[int]], asked: Sequence[int]) -> Sequence[bool]:
    """Say which of the rectangles asked for, x, y, width, height, share no pixel with any other, as most digits do."""
    if len(rectangles) == 1:
        return [True] * len(asked)
    x, y, w, h = np.array(rectangles, np.int32).reshape(-1, 4).T
    right, bottom = x + w, y + h
    own_x, own_y, own_right, own_bottom = (of[asked, None] for of in (x, y, right, bottom))
    shares = (x < own_right) & (own_x < right) & (y < own_bottom) & (own_y < bottom)
    return (shares.sum(axis=1) == 1).tolist()  # with itself


def _holes(contours: Sequence[np.ndarray], links: Sequence[Sequence[int]], outline: int) -> Iterator[np.ndarray]:
    """Yield the contours inside an outline; `links`: of each the next, the one before, its first child, its parent."""
    _, _, child, _ = links[outline]
    while child >= 0:
        yield contours[child]
        child, *_ = links[child]


def _refine_threshold(ink: np.ndarray, box: Box, level: _Level) -> Iterator[Component]:
    counts = count_levels(ink)
    least, dark = faintest(counts), darkness(counts)
    if level.depth == 0 and dark < MIN_DARKNESS:
        return
    if _is_no_digit(box, level.frame):
        is_bare = level.is_last or is_bare_rule(ink)
        rest = () if is_bare else tuple(_separate_ruling(ink, counts, box, level))
        yield from [replace(level.component(box, ink), parts=rest, is_rule=True)] if _is_strip(box) else rest
        return
    own = OWN_LEVEL * dark
    if own > MIN_STEP * least and not level.is_last:
        cores = list(components(threshold_to_zero(ink, own), box.x, box.y))
        whole = level.component(box, ink) if _is_broken(box, cores) else None
        if len(cores) > 1:
            for core_box, core in cores:
                yield from _refine_threshold(core, core_box, level.next(whole=whole))
            return
        box, ink = cores[0] if cores else (box, ink)
        level = replace(level, whole=whole) if whole else level
    if not level.is_last and _is_sparse(ink, box) and _is_net(ink):
        yield from _separate_ruling(ink, counts, box, level)
    else:
        yield level.component(box, ink)


def _is_broken(box: Box, cores: Sequence[tuple[Box, np.ndarray]]) -> bool:
    """Say whether a piece falls into cores none of which is most of it."""
    return not any(is_most_of(core, box) for core, _ in cores)


def _separate_shades(ink: np.ndarray, box: Box, level: _Level) -> list[list[Component]]:
    """Take the darker ink alone, and the darkest of that, each as a row.

    Such are strokes in a hard shadow's corner, the middle of strokes that touch, and digits in a lighter pen's ring.
    """
    counts, rows = count_levels(ink), []
    for step in (MIN_STEP, DARKER_STEP):
        split, _ = otsu_threshold(counts)
        lighter, darker = split_at(counts, split)
        if not (lighter.any() and darker.any()) or mean_level(darker) < step * mean_level(lighter):
            break
        rows.append(list(without_rules(_pieces(threshold_to_zero(ink, split), box, level.next()))))
        counts = darker
    return [row for row in rows if row]


def _separate_ruling(ink: np.ndarray, counts: np.ndarray, box: Box, level: _Level) -> Iterator[Component]:
    """Take a piece apart by a higher threshold if it has two shades, else by removing rules; `counts`: its levels."""
    split = max(otsu_threshold(counts)[0], MIN_STEP * faintest(counts))
    lighter, darker = split_at(counts, split)
    if darker.any() and lighter.any() and mean_level(darker) > TWO_SHADES * mean_level(lighter):
        yield from _pieces(threshold_to_zero(ink, split), box, level.next())
        return
    rest = remove_ruling(ink)
    if rest is None and darker.any():
        rest = threshold_to_zero(ink, split)
    if rest is not None:
        yield from _pieces(rest, box, level.next())


def _is_no_digit(box: Box, frame: tuple[int, ...]) -> bool:
    """Find desks, table edges, nets of rules: too big, or cut off by several borders of the picture."""
    height, width = frame
    cut = (box.x <= 1) + (box.y <= 1) + (box.x + box.w >= width - 1) + (box.y + box.h >= height - 1)
    is_big = box.w > FILLS * width or box.h > FILLS * height
    return cut >= 3 or (is_big and (cut >= 2 or box.w > 2.5 * box.h)) or _is_strip(box)


def _is_strip(box: Box) -> bool:
    """Say whether a piece is too wide for digits: a rule, an underline; where the page lies sideways, perhaps a 1."""
    return box.w > 4 * box.h and box.w > 8 * MIN_HEIGHT_PX


def _is_sparse(ink: np.ndarray, box: Box) -> bool:
    """Say whether the piece is as large, and fills as little of its box, as a net of rules does."""
    side = max(box.w, box.h)
    if side <= MIN_LENGTH_PX:
        return False
    return cv2.countNonZero(ink) < (LARGE_SPARSE if side > MAX_LENGTH_PX else SPARSE) * box.w * box.h


def _is_net(ink: np.ndarray) -> bool:
    """Say whether the holes, but for those that a digit can have, are larger than the ink: the cells of a table.

    The gaps between a brush's hairs are many, too, and small.
    """
    contours, tree = cv2.findContours(ink, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_SIMPLE)
    areas = sorted(cv2.contourArea(contours[i]) for i in np.flatnonzero(tree[0, :, -1] >= 0))
    return sum(areas[:-MAX_HOLES]) > cv2.countNonZero(ink)
