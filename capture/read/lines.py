"""Puts digits into reading order and joins those that stand together into numbers, on level and on tilted lines."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from operator import itemgetter

import numpy as np

from capture.read.orientation import estimate_skew
from capture.types import Box, Digit, Number

GAP = 0.8  # clear space between the digits of a number, in heights, where the page does not tell: more is a space
LONGEST_GAP, ROUNDING = 1.05, 1e-6  # heights: what such a page may stretch it to; and room for the gap itself
TIGHTEST, WIDEST = 0.3, 1.5  # heights: where the page tells, a space begins between these
NARROW = 0.12  # heights: digits that stand closer are equally close
CLEAR_STEP = 1.4  # times the next smaller gap: two kinds of gaps, the wider one between numbers
UNUSUAL = 0.3  # so much clearer must a step be that lies e times above or below the usual space
FEWEST_GAPS = 3  # that tell
OFF_LINE = 0.5  # heights that a digit's middle may lie above or below its neighbour's
SAME_SIZE = 2.2  # heights within a number differ by less than this factor: some hands write small 0s
ASPECT, LEAST_ASPECT = 0.55, 0.12  # a digit's width in heights, usual and least
SOLVABLE = 0.4  # sine of the tilt up to which a box's sides tell the digit's


def group_numbers(digits: Sequence[Digit], number_ids: Sequence[int] | None = None) -> tuple[Number, ...]:
    """Join digits into numbers: "4711", not 4, 7, 1, 1.

    Args:
        digits: in any order.
        number_ids: for each digit what it has in common with the others of its number; None where the digits' places
            alone tell.

    Returns:
        Numbers in reading order; a digit that stands alone is a number of one digit.
    """
    return tuple(_number([digits[i] for i in row]) for line in _lines(digits, number_ids) for row in line)


def link_digits(digits: Sequence[Digit]) -> list[list[int]]:
    """Find which digits stand together: their indices by number, each from the left."""
    return _chain(_placed(_places(digits))) if digits else []


def in_reading_order(digits: Sequence[Digit]) -> list[Digit]:
    """Sort line by line from the top, each from the left."""
    return [digits[i] for line in _lines(digits) for row in line for i in row]


def _number(digits: Sequence[Digit]) -> Number:
    box = digits[0].box
    for digit in digits[1:]:
        box = box.union(digit.box)
    text, confidence = "".join(str(one.digit) for one in digits), min(one.confidence for one in digits)
    return Number(text, box, confidence, tuple(digits))


def _lines(digits: Sequence[Digit], number_ids: Sequence[int] | None = None) -> list[list[list[int]]]:
    """Lines from the top, in each the numbers from the left, in each the digits' indices from the left."""
    if not digits:
        return []
    placed = _placed(_places(digits))
    return _stack(_chain(placed) if number_ids is None else _known_rows(number_ids, placed), placed)


def _known_rows(number_ids: Sequence[int], placed: np.ndarray) -> list[list[int]]:
    """Collect the digits of each number, from the left."""
    rows: dict[int, list[int]] = {}
    for i in np.argsort(placed[:, 0], kind="stable").tolist():
        rows.setdefault(number_ids[i], []).append(i)
    return list(rows.values())


def _places(readings: Sequence[Digit]) -> tuple[Box, ...]:
    """The boxes on the page set upright, where all are known there, else in the frame."""
    page_box = tuple(reading.page_box for reading in readings if reading.page_box)
    return page_box if len(page_box) == len(readings) else tuple(reading.box for reading in readings)


def _placed(places: tuple[Box, ...]) -> np.ndarray:
    """(n, 4): middle along the line, middle across it, width, height."""
    boxes = np.array([place.xywh for place in places], float)
    centres = boxes[:, :2] + boxes[:, 2:] / 2
    tilt = estimate_skew(boxes)
    return np.column_stack([_turned(centres, -tilt), _upright_sizes(boxes[:, 2:], tilt)])


def _turned(points: np.ndarray, angle: float) -> np.ndarray:
    c, s = np.cos(angle), np.sin(angle)
    return points @ np.array([[c, s], [-s, c]])


def _upright_sizes(sizes: np.ndarray, tilt: float) -> np.ndarray:
    """Widths and heights of the digits themselves, from those of the upright boxes around the tilted digits.

    A digit w wide and h high that is turned by t has a box w cos t + h sin t wide and w sin t + h cos t high. Solved
    for w and h this is of no use near 45 degrees, where both are the same; there a digit's usual aspect must do.
    """
    c, s = np.cos(tilt), abs(np.sin(tilt))
    if s < SOLVABLE:
        solved = sizes @ np.array([[c, -s], [-s, c]]) / (c * c - s * s)
        return np.maximum(solved, LEAST_ASPECT * sizes.max(axis=1, keepdims=True))
    heights = sizes.sum(axis=1) / ((1 + ASPECT) * (c + s))
    return np.column_stack([ASPECT * heights, heights])


def _chain(placed: np.ndarray) -> list[list[int]]:
    """Joins each digit to the nearest one on its left that it continues.

    Args:
        placed: (n, 4): middle along the line, middle across it, width, height.
    """
    rows: dict[int, list[int]] = {}
    last: dict[int, int] = {}  # the digit a number ends with -> the digit it starts with
    lefts, distance = _possible_lefts(placed)
    for i in np.argsort(placed[:, 0], kind="stable").tolist():
        nearest = min((j for j in lefts[i] if j in last), key=lambda j: distance[i, j], default=i)
        row = last.pop(nearest, i)
        rows.setdefault(row, []).append(i)
        last[i] = row
    return list(rows.values())


def _possible_lefts(placed: np.ndarray) -> tuple[list[list[int]], np.ndarray]:
    """For each digit those that it continues if they lie on its left; (n, n) distances, twice as long off the line."""
    along, across, widths, heights = placed.T
    right, off = along[:, None] - along, np.abs(across[:, None] - across)
    low, high = np.minimum(heights[:, None], heights), np.maximum(heights[:, None], heights)
    gap = right - (widths[:, None] + widths) / 2
    is_in_line = (off < OFF_LINE * high) & (high < SAME_SIZE * low)
    gap /= high  # of two neighbours the higher one tells how high the line is: a 0 may be low
    to_next = np.where(is_in_line & (right > 0), gap, np.inf).min(axis=0)
    continues = is_in_line & (gap < _space(to_next))
    return [row.nonzero()[0].tolist() for row in continues], right + 2 * off


def _space(gaps: np.ndarray) -> float:
    """Where a space between numbers begins, in heights: in the clearest step between a page's gaps, if it has one.

    One hand leaves a tenth of a height between digits and half a height between numbers, another a height within.

    Args:
        gaps: (n,) from each digit to the next one in its line, in heights; infinite after the last.
    """
    seen = np.sort(np.maximum(gaps[gaps < 2 * WIDEST], NARROW))
    if len(seen) < FEWEST_GAPS:
        return GAP
    spaces = (seen[1:] + seen[:-1]) / 2
    clearness = np.log(seen[1:] / seen[:-1]) - UNUSUAL * np.abs(np.log(spaces / GAP))
    clearness[(spaces < TIGHTEST) | (spaces > WIDEST)] = 0
    best = int(clearness.argmax())
    clear = CLEAR_STEP * (1 + 1 / len(seen))  # the fewer gaps, the wider are steps by chance
    return float(spaces[best]) if clearness[best] > np.log(clear) else _longest_gap(seen.tolist())


def _longest_gap(seen: Sequence[float]) -> float:
    """Where a space begins on a page whose gaps, ranked, have no clear step: a hand that spreads may spread further."""
    longest = GAP
    for gap, wider in pairwise(seen):
        if wider > max(GAP, min(CLEAR_STEP * gap, LONGEST_GAP)):
            break
        longest = max(longest, wider)
    return longest + ROUNDING


def _stack(rows: list[list[int]], placed: np.ndarray) -> list[list[list[int]]]:
    """Numbers whose middles lie on one level form a line."""
    along, across, _, heights = placed.T.tolist()
    lines: list[tuple[float, float, list[list[int]]]] = []
    levels = [sum(across[i] for i in row) / len(row) for row in rows]
    for middle, row in sorted(zip(levels, rows, strict=True), key=itemgetter(0)):
        height = max(heights[i] for i in row)
        if lines and middle - lines[-1][0] < OFF_LINE * min(height, lines[-1][1]):
            lines[-1][2].append(row)
        else:
            lines.append((middle, height, [row]))
    return [sorted(line, key=lambda row: along[row[0]]) for _, _, line in lines]
