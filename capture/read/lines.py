"""Puts digits into reading order and joins those that stand together into numbers, on level and on tilted lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from operator import itemgetter

import numpy as np

from capture.boxes import MIN_SAMPLE, SAME_SIZE, around, as_array
from capture.read.layout import MAX_NUMBER_GAP, OFF_LINE, part_blocks, place_along, places_of, robust_skew
from capture.read.signs import GAP, NO_DIGIT_THERE, Gap, place_marks, signs_in_gaps
from capture.types import Digit, Mark, Number

MAX_SPACE = 1.05  # heights: so far a page whose gaps have no clear step may stretch the space
NARROW = 0.2  # heights: digits that stand closer are equally close
CLEAR_STEP = 1.3  # times the next smaller gap: two kinds of gaps, the wider one between numbers
UNUSUAL = 0.3  # so much clearer must a step be that lies e times above or below the usual space


def group_numbers(digits: Sequence[Digit], marks: Sequence[Mark] = ()) -> tuple[Number, ...]:
    """Join digits into numbers by their places alone: "4711", not 4, 7, 1, 1; as `TextLines.numbers` does."""
    return TextLines(digits, marks).numbers()


class TextLines:
    """Digits laid out along the lines that they stand in, once for all that is asked of them.

    Args:
        digits: in any order.
        marks: ink beside the digits: read into the numbers' texts, or they end there.

    Example:
        texts = [number.text for number in TextLines(page.digits, page.marks).numbers()]
    """

    def __init__(self, digits: Sequence[Digit], marks: Sequence[Mark] = ()) -> None:
        self._digits = digits
        self._blocks = [(block, _lay_out([digits[i] for i in block], marks)) for block in part_blocks(digits)]

    def signs(self) -> dict[Gap, str]:
        """Read what stands between digits.

        Returns:
            By the indices of the digits on its left and right: a sign, or "" for ink that is not understood.
        """
        return {_carried(gap, block): sign for block, layout in self._blocks for gap, sign in layout.signs.items()}

    def links(self) -> list[list[int]]:
        """Find which digits stand together: their indices by number, each from the left."""
        return [[block[i] for i in row] for block, layout in self._blocks for row in layout.rows()]

    def numbers(
        self, number_ids: Sequence[int] | None = None, signs: dict[Gap, str] | None = None
    ) -> tuple[Number, ...]:
        """Join digits into numbers.

        Args:
            number_ids: for each digit what it has in common with the others of its number; None where the digits'
                places alone tell.
            signs: what `signs` and earlier frames say; None to read them from the marks.

        Returns:
            Numbers in reading order; a digit that stands alone is a number of one digit.
        """
        numbers = []
        for block, layout in self._blocks:
            some = [self._digits[i] for i in block]
            known = layout if signs is None else _Layout(layout.placed, _signs_of_block(signs, block))
            rows = known.rows() if number_ids is None else _known_rows([number_ids[i] for i in block], known)
            numbers += [_number(some, row, known.signs) for line in _stack(rows, known.placed) for row in line]
        return tuple(numbers)


def _carried(gap: Gap, block: Sequence[int]) -> Gap:
    """Carry a gap from places in a block to places among all digits."""
    left, right = gap
    return (left if left == NO_DIGIT_THERE else block[left]), block[right]


def _signs_of_block(signs: dict[Gap, str], block: Sequence[int]) -> dict[Gap, str]:
    """Give the signs of a block's own gaps, by places in the block."""
    place = {i: k for k, i in enumerate(block)}
    before = place | {NO_DIGIT_THERE: NO_DIGIT_THERE}
    return {
        (before[left], place[right]): sign for (left, right), sign in signs.items() if left in before and right in place
    }


@dataclass(frozen=True, slots=True)
class _Layout:
    """Digits of one direction, with what stands between them.

    Attributes:
        placed: (n, 4): middle along the line, middle across it, width, height.
        signs: by the digits on the left and right of it, "" for ink that is not understood.
    """

    placed: np.ndarray
    signs: dict[Gap, str]

    def rows(self) -> list[list[int]]:
        """Join digits into numbers: indices, each from the left."""
        return _chain(self)


def _lay_out(digits: Sequence[Digit], marks: Sequence[Mark]) -> _Layout:
    boxes = as_array(places_of(digits))
    tilt = robust_skew(boxes)
    placed = place_along(boxes, tilt)
    return _Layout(placed, signs_in_gaps(placed, place_marks(marks, tilt)) if len(marks) else {})


def _number(digits: Sequence[Digit], row: Sequence[int], signs: dict[Gap, str]) -> Number:
    some = [digits[i] for i in row]
    box = around([digit.box for digit in some])
    gaps = pairwise([NO_DIGIT_THERE, *row])
    text = "".join(f"{signs.get(gap, '')}{digit.digit}" for gap, digit in zip(gaps, some, strict=True))
    return Number(text, box, min(one.confidence for one in some), tuple(some))


def _known_rows(number_ids: Sequence[int], layout: _Layout) -> list[list[int]]:
    """Collect the digits of each number, from the left; a number ends at ink that is not understood."""
    rows: dict[int, list[int]] = {}
    for i in np.argsort(layout.placed[:, 0], kind="stable").tolist():
        rows.setdefault(number_ids[i], []).append(i)
    return [part for row in rows.values() for part in _parted(row, layout.signs)]


def _parted(row: Sequence[int], signs: dict[Gap, str]) -> list[list[int]]:
    parts = [[row[0]]]
    for gap in pairwise(row):
        if signs.get(gap) == "":
            parts.append([])
        parts[-1].append(gap[1])
    return parts


def _chain(layout: _Layout) -> list[list[int]]:
    """Join each digit to the nearest one on its left that it continues."""
    rows: dict[int, list[int]] = {}
    last: dict[int, int] = {}  # the digit a number ends with -> the digit it starts with
    lefts, distance = _possible_lefts(layout)
    for i in np.argsort(layout.placed[:, 0], kind="stable").tolist():
        nearest = min((j for j in lefts[i] if j in last), key=lambda j: distance[i, j], default=i)
        row = last.pop(nearest, i)
        rows.setdefault(row, []).append(i)
        last[i] = row
    return list(rows.values())


def _possible_lefts(layout: _Layout) -> tuple[list[list[int]], np.ndarray]:
    """Find for each digit those that it continues if they lie on its left: (n, n) distances, doubled off the line."""
    along, across, widths, heights = layout.placed.T
    right, off = along[:, None] - along, np.abs(across[:, None] - across)
    low, high = np.minimum(heights[:, None], heights), np.maximum(heights[:, None], heights)
    gap = right - (widths[:, None] + widths) / 2
    is_in_line = (off < OFF_LINE * high) & (high < SAME_SIZE * low)
    gap /= high  # of two neighbours the higher one tells how high the line is: a 0 may be low
    to_next = np.where(is_in_line & (right > 0), gap, np.inf).min(axis=0)
    space = _space(to_next)
    continues = is_in_line & (gap <= space)
    for (left, digit), sign in layout.signs.items():
        if left == NO_DIGIT_THERE:
            continue
        continues[digit, along <= along[left]] = False  # what stands beyond the sign is not continued across it
        continues[digit, left] = (
            bool(sign) and is_in_line[digit, left] and gap[digit, left] < max(space, MAX_NUMBER_GAP)
        )
    return [row.nonzero()[0].tolist() for row in continues], right + 2 * off


def _space(gaps: np.ndarray) -> float:
    """Find where a space between numbers begins, in heights: in the clearest step between a page's gaps, if it has one.

    One hand leaves a tenth of a height between digits and half a height between numbers, another a height within.

    Args:
        gaps: (n,) from each digit to the next one in its line, in heights; infinite after the last.
    """
    seen = np.sort(np.maximum(gaps[gaps < 2 * MAX_NUMBER_GAP], NARROW))
    if len(seen) < MIN_SAMPLE:
        return GAP
    spaces = (seen[1:] + seen[:-1]) / 2
    clearness = np.log(seen[1:] / seen[:-1]) - UNUSUAL * np.abs(np.log(spaces / GAP))
    clearness[spaces > MAX_NUMBER_GAP] = 0
    best = int(clearness.argmax())
    clear = CLEAR_STEP * (1 + 1 / len(seen))  # the fewer gaps, the wider are steps by chance
    return float(spaces[best]) if clearness[best] > np.log(clear) else _longest_gap(seen.tolist())


def _longest_gap(seen: Sequence[float]) -> float:
    """Find where a space begins on a page whose gaps have no clear step: a hand that spreads may spread further."""
    return max([GAP, *(gap for gap in seen if gap <= MAX_SPACE)])


def _stack(rows: list[list[int]], placed: np.ndarray) -> list[list[list[int]]]:
    """Stack numbers whose middles lie on one level into lines."""
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
