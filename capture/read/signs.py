"""Find the ink between digits that is none, and read it: points, commas, colons, slashes, dashes, minuses, or not.

A number is never joined over ink that was not understood: 34.5 is not 345. What a mark is, a small network says by its
shape and its place between the digits; `python train.py decide` trains it on lines written by many hands.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path

import cv2
import numpy as np

from capture.boxes import Box, as_array, share_of_smaller
from capture.detect.binarize import count_levels, median_level
from capture.detect.find import MIN_INK_RATIO
from capture.read.features import SAME_INK
from capture.read.layout import MAX_NUMBER_GAP, place_along
from capture.read.networks import DEFAULT_DECISION, Perceptron, load_perceptron
from capture.types import Candidate, Component, Digit, Hypothesis, InkImage, Mark

MARGIN = 0.5  # heights of a digit: how far above and below it is looked for signs; beside it, as far as a number goes
RIM_PX = 3  # of the ink map: how far a stroke's soft rim reaches
GAP = 0.8  # clear space between the digits of a number, in heights, where the page does not tell: more is a space
Gap = tuple[int, int]  # indices of the digits on its left and right; NO_DIGIT_THERE before the first
NO_DIGIT_THERE = -1
SIGNS = "signs"  # the network's name in the file
SPECK, MINUS, OTHER = "speck", "minus", "other"  # no sign: nothing, one that begins a number, one not understood
MARK_CLASSES = (SPECK, ".", ",", ":", "/", "-", MINUS, OTHER)
FAR = 3.0  # heights: as far as it matters how far off something is
TINY_PX = 0.1


def find_marks(digits: Sequence[Digit], seen: Mapping[Box, Hypothesis], ink_image: InkImage) -> tuple[Mark, ...]:
    """Find small pieces of ink beside digits.

    Args:
        digits: of a page, boxes in pixels of the frame and, where that is turned, of the page.
        seen: what each was chosen from, by their boxes on the page.
        ink_image: the page, set upright.

    Returns:
        Pieces as large as the digits at most.
    """
    if not digits:
        return ()
    rest, scale = ink_image.ink.copy(), ink_image.scale
    own = [seen[digit.page_box or digit.box].candidate for digit in digits]
    for one in own:
        if one.component:
            _erase(rest, one.component)
    found = [mark for one in own if one.component for mark in _beside(one, rest, scale)]
    found.sort(key=lambda mark: -mark.box.w * mark.box.h)
    shares = share_of_smaller(as_array(mark.box for mark in found)) > SAME_INK  # the bars of a slanting = overlap
    is_new = ~np.triu(shares, 1).any(axis=0)  # the same piece is found beside several digits
    return tuple(_on_page(mark, scale) for mark, new in zip(found, is_new, strict=True) if new)


def _on_page(mark: Mark, scale: float) -> Mark:
    """Carry a mark from the ink map, `scale` pixels a pixel of the page, to the page."""
    box = Box(*(round(side / scale) for side in mark.box))
    xx, xy, yy = (moment / scale**2 for moment in mark.spread)
    return Mark(box, mark.area / scale**2, (xx, xy, yy))


def _erase(ink: np.ndarray, component: Component) -> None:
    """Take a component out of an ink map, in place, with its soft rim."""
    x, y, w, h = component.box
    left, top = max(0, x - RIM_PX), max(0, y - RIM_PX)
    window = ink[top : y + h + RIM_PX, left : x + w + RIM_PX]
    right, foot = window.shape[1] - (x - left) - w, window.shape[0] - (y - top) - h
    solid = cv2.copyMakeBorder(component.ink, y - top, foot, x - left, right, cv2.BORDER_CONSTANT)
    broadened = cv2.dilate(solid, np.ones((2 * RIM_PX + 1, 2 * RIM_PX + 1), np.uint8))
    cv2.bitwise_and(window, cv2.compare(broadened, 0, cv2.CMP_EQ), window)


def _beside(candidate: Candidate, rest: np.ndarray, scale: float) -> Iterator[Mark]:
    """Find the pieces beside one digit, in pixels of the ink map; what runs out of sight is ruling or a word."""
    ink, (x, y, w, h) = candidate.component.ink, candidate.component.box
    left, top = max(0, int(x - MAX_NUMBER_GAP * h)), max(0, int(y - MARGIN * h))
    around = rest[top : int(y + (1 + MARGIN) * h), left : int(x + w + MAX_NUMBER_GAP * h)]
    if not cv2.hasNonZero(around):
        return  # most digits have nothing beside them but digits
    level = MIN_INK_RATIO * median_level(count_levels(ink))
    solid = cv2.threshold(around, level, 255, cv2.THRESH_BINARY)[1]
    pieces = cv2.findContours(solid, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)[0]  # quicker than labels
    least = MIN_INK_RATIO * candidate.stroke_width_px * scale
    for px, py, pw, ph in map(cv2.boundingRect, pieces):
        is_cut = px == 0 or py == 0 or px + pw == solid.shape[1] or py + ph == solid.shape[0]
        if min(pw, ph) >= least and not is_cut:
            yield mark_of(solid[py : py + ph, px : px + pw], Box(left + px, top + py, pw, ph))


def mark_of(ink: np.ndarray, box: Box) -> Mark:
    """Describe a piece of ink, (h, w) uint8, that lies in this box, which may be of another scale."""
    moments, scale = cv2.moments(ink, binaryImage=True), box.w / ink.shape[1]
    area = max(moments["m00"], 1.0)
    spread = tuple(scale**2 * moments[name] / area for name in ("mu20", "mu11", "mu02"))
    return Mark(box, scale**2 * area, spread)


def place_marks(marks: Sequence[Mark], tilt: float) -> np.ndarray:
    """Lay marks out along lines of this tilt, in radians.

    Returns:
        (m, 8): middle along the line, middle across it, width, height, area, and how its ink spreads: along, along
            times across, across.
    """
    xx, xy, yy = np.array([mark.spread for mark in marks], float).reshape(-1, 3).T
    c, s = np.cos(tilt), np.sin(tilt)
    along, across = c * c * xx + 2 * c * s * xy + s * s * yy, s * s * xx - 2 * c * s * xy + c * c * yy
    both = c * s * (yy - xx) + (c * c - s * s) * xy
    areas = np.array([mark.area for mark in marks], float)
    return np.column_stack([place_along(as_array(mark.box for mark in marks), tilt), areas, along, both, across])


def signs_in_gaps(placed: np.ndarray, marks: np.ndarray) -> dict[Gap, str]:
    """Read what stands between digits.

    Args:
        placed: (n, 4) digits: middle along the line, middle across it, width, height.
        marks: (m, 8) pieces of ink beside them, as `place_marks` gives them.

    Returns:
        For each gap with a mark in it the sign, or "" where the ink is not understood: the number ends there. A minus
        that begins a number is the sign of the gap before it that has no digit on its left, and so is a dash, for where
        the two stand too far apart to be one number.
    """
    gaps_of, features, _ = describe_marks(placed, marks)
    names: dict[Gap, set[str]] = {}
    for gap, name in zip(gaps_of, name_marks(features), strict=True):
        if name != SPECK:
            names.setdefault(gap, set()).add(name)
    read = {gap: _sign(some) for gap, some in names.items() if gap[0] != NO_DIGIT_THERE}
    begun = {right for (_, right), some in names.items() if MINUS in some or some == {"-"}}
    return read | {(NO_DIGIT_THERE, right): "-" for right in begun}


def _sign(names: set[str]) -> str:
    """Combine the marks of a gap to one sign, "" for several or for what parts numbers."""
    sign = min(names) if len(names) == 1 else OTHER
    return "" if sign in (MINUS, OTHER) else sign


def name_marks(features: np.ndarray) -> list[str]:
    """Name marks, described by (k, F) features: their class, `OTHER` for those of which none is likelier than not."""
    if not len(features):
        return []
    log_odds = load_signs().log_odds(features)
    best = np.where(log_odds.max(axis=1) > 0, log_odds.argmax(axis=1), MARK_CLASSES.index(OTHER))
    return [MARK_CLASSES[i] for i in best.tolist()]


@cache
def load_signs(path: Path = DEFAULT_DECISION) -> Perceptron:
    """Load the network that names marks.

    Raises:
        WeightsError: its file is missing, damaged or of another form.
    """
    return load_perceptron(path, SIGNS)


def describe_marks(placed: np.ndarray, marks: np.ndarray) -> tuple[list[Gap], np.ndarray, np.ndarray]:
    """Describe marks by their shape and by their place between two digits, in heights of the right one.

    Args:
        placed: (n, 4) digits, as `signs_in_gaps` takes them.
        marks: (m, 8) likewise.

    Returns:
        The gaps of the k marks that stand left of a digit, (k, F) float32 features of each, and (k,) which they are.
    """
    is_by, lefts, rights = _find_gaps(placed, marks)
    marks, lefts, rights = marks[is_by], lefts[is_by], rights[is_by]
    right, left = placed[rights], placed[lefts]
    left[lefts == NO_DIGIT_THERE] = right[lefts == NO_DIGIT_THERE] - (FAR, 0, 0, 0) * right[lefts == NO_DIGIT_THERE, 3:]
    columns = [*place_features(marks, left, right), *shape_features(marks, right[:, 3])]
    columns += [lefts == NO_DIGIT_THERE, np.full(len(marks), _usual_gap(placed))]
    columns += _company_features(marks, lefts * len(placed) + rights, right[:, 3])
    gaps_of = list(zip(lefts.tolist(), rights.tolist(), strict=True))
    return gaps_of, np.clip(np.column_stack(columns), -FAR, FAR).astype(np.float32), np.flatnonzero(is_by)


def _find_gaps(placed: np.ndarray, marks: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Find the digits between which marks stand: (m,) whether one is on the right, (m,) its left digit, its right."""
    along, across, widths, heights = placed.T
    way = along - marks[:, :1]
    is_in_line = (np.abs(marks[:, 1:2] - across) < heights) & (marks[:, 3:4] < (1 + 2 * MARGIN) * heights)
    clear = np.where(is_in_line, np.abs(way) - widths / 2, np.inf)
    to_right, to_left = np.where(way > 0, clear, np.inf), np.where(way < 0, clear, np.inf)
    rights, lefts = to_right.argmin(axis=1), to_left.argmin(axis=1)
    is_by = to_right.min(axis=1) <= (MAX_NUMBER_GAP + 1) * heights[rights]
    return is_by, np.where(to_left.min(axis=1) < MAX_NUMBER_GAP * heights[lefts], lefts, NO_DIGIT_THERE), rights


def place_features(marks: np.ndarray, left: np.ndarray, right: np.ndarray) -> list[np.ndarray]:
    """Describe where marks stand between the digits on their left and right, (k, 4) each."""
    heights = right[:, 3]
    tops = [(marks[:, 1] - marks[:, 3] / 2 - one[:, 1] + one[:, 3] / 2) / one[:, 3] for one in (left, right)]
    to_right = right[:, 0] - right[:, 2] / 2 - marks[:, 0] - marks[:, 2] / 2
    to_left = marks[:, 0] - marks[:, 2] / 2 - left[:, 0] - left[:, 2] / 2
    feet = [top + marks[:, 3] / one[:, 3] for top, one in zip(tops, (left, right), strict=True)]
    between = [to_right / heights, to_left / heights, (to_right + to_left + marks[:, 2]) / heights]
    return [*tops, *feet, *between, left[:, 3] / heights, left[:, 2] / heights, right[:, 2] / heights]


def shape_features(marks: np.ndarray, heights: np.ndarray) -> list[np.ndarray]:
    """Describe what marks look like: size, aspect, how full their box is, the ellipse that is spread as they are."""
    widths, highs, areas, along, both, across = marks[:, 2:].T
    middle, apart = (along + across) / 2, np.hypot((along - across) / 2, both)
    axes = [np.sqrt(np.maximum(middle + sign * apart, 0)) / heights for sign in (1, -1)]
    lean = both / np.maximum(np.sqrt(along * across), TINY_PX)
    aspect = np.log(np.maximum(widths, 1) / np.maximum(highs, 1))
    fill = areas / np.maximum(widths * highs, 1)
    return [widths / heights, highs / heights, aspect, fill, np.sqrt(areas) / heights, *axes, lean]


def _usual_gap(placed: np.ndarray) -> float:
    """Measure the median clear space from a digit to the next in its line, in heights; `FAR` where none has a next."""
    along, across, widths, heights = placed.T
    clear = along - along[:, None] - (widths + widths[:, None]) / 2
    is_next = (along > along[:, None]) & (np.abs(across - across[:, None]) < heights / 2)
    nearest = np.where(is_next, clear / heights, np.inf).min(axis=1)
    nearest = nearest[nearest < FAR]
    return float(np.median(nearest)) if len(nearest) else FAR


def _company_features(marks: np.ndarray, gap_ids: np.ndarray, heights: np.ndarray) -> list[np.ndarray]:
    """Count the other marks in a mark's gap, and describe where the nearest stands and how large it is; 0 for none."""
    right, down = (of - of[:, None] for of in marks[:, :2].T)
    away = np.where((gap_ids == gap_ids[:, None]) & ~np.eye(len(marks), dtype=bool), np.hypot(right, down), np.inf)
    count = np.isfinite(away).sum(axis=1)
    rows, nearest = np.arange(len(marks)), away.argmin(axis=1) if len(marks) else np.zeros(0, int)
    of_nearest = (right[rows, nearest], down[rows, nearest], marks[nearest, 2], marks[nearest, 3])
    return [count, *(np.where(count > 0, value, 0) / heights for value in of_nearest)]
