"""Find the ink between digits that is none: points, commas, colons, dashes, slashes, and what is not understood.

A number is never joined over ink that was not understood: 34.5 is not 345.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import cv2
import numpy as np

from capture.boxes import as_array, gaps, share_of_smaller
from capture.detect.components import middle_of, rank_ink
from capture.read.layout import MIN_SKEW, WIDEST, part_blocks
from capture.types import Box, Candidate, Component, Detection, Digit

MARGIN = 0.5  # heights of a digit: how far above and below it is looked for signs; beside it, as far as a number goes
MIN_INK_RATIO = (
    0.6  # to the digit: lighter is ruling, a shadow or what shines through, slimmer a speck or the rest of a rule
)
RIM_PX = 3  # of the ink map: how far a stroke's soft rim reaches
STRAIGHT = 0.12  # of its length: as much may a slash stray from a straight line
MOST = 0.98  # of its ink strays no further: more is a hook or a foot
GAP = 0.8  # clear space between the digits of a number, in heights, where the page does not tell: more is a space
Gap = tuple[int, int]  # indices of the digits on its left and right; NO_DIGIT_THERE before the first
NO_DIGIT_THERE = -1
SMALL = 0.35  # heights of a digit: a dot is no larger and a dash no thicker; what is lower and no sign is a speck
DASH_ASPECT = 2.0  # lengths a height
LOWER = 0.75  # of the digit's height, from its top: below it stand dots, above it, as far from the top, dashes
COMMA_HEIGHT = 0.5  # heights of a digit: commas are lower, slashes higher
CLEAR = 0.08  # heights that a sign keeps clear of the next digit, and that a dot may hang below the line


def find_marks(digits: Sequence[Digit], candidates: dict[Box, Candidate], detection: Detection) -> tuple[Box, ...]:
    """Find small pieces of ink beside digits.

    Args:
        digits: of a page, boxes in pixels of the frame and, where that is turned, of the page.
        candidates: by their boxes on the page.
        detection: what was found on the page.

    Returns:
        Their boxes in pixels of the page, as large as the digits at most.
    """
    rest, scale = detection.ink.copy(), detection.scale
    own = [candidates[digit.page_box or digit.box] for digit in digits]
    for one in own:
        if one.component:
            _erase(rest, one.component)
    found = [box for one in own if one.component for box in _beside(one, rest, scale)]
    found.sort(key=lambda box: -box.w * box.h)
    shares = share_of_smaller(as_array(found)) > 0
    is_new = ~np.triu(shares, 1).any(axis=0)  # the same piece is found beside several digits
    marks = [Box(*(round(side / scale) for side in box)) for box, new in zip(found, is_new, strict=True) if new]
    return tuple(marks) if len(marks) <= len(digits) else ()  # more are the paper's own lattice, or a word's dots


def _erase(ink: np.ndarray, component: Component) -> None:
    """Take a component out of an ink map, in place, with its soft rim."""
    x, y, w, h = component.box
    left, top = max(0, x - RIM_PX), max(0, y - RIM_PX)
    window = ink[top : y + h + RIM_PX, left : x + w + RIM_PX]
    right, foot = window.shape[1] - (x - left) - w, window.shape[0] - (y - top) - h
    solid = cv2.copyMakeBorder(component.ink, y - top, foot, x - left, right, cv2.BORDER_CONSTANT)
    window &= cv2.compare(cv2.dilate(solid, np.ones((2 * RIM_PX + 1, 2 * RIM_PX + 1), np.uint8)), 0, cv2.CMP_EQ)


def _beside(candidate: Candidate, rest: np.ndarray, scale: float) -> Iterator[Box]:
    """Find the pieces beside one digit, in pixels of the ink map; what runs out of sight is ruling or a word."""
    ink, (x, y, w, h) = candidate.component.ink, candidate.component.box
    left, top = max(0, int(x - WIDEST * h)), max(0, int(y - MARGIN * h))
    around = rest[top : int(y + (1 + MARGIN) * h), left : int(x + w + WIDEST * h)]
    if not cv2.hasNonZero(around):
        return  # most digits have nothing beside them but digits
    level = MIN_INK_RATIO * middle_of(rank_ink(ink))
    solid = cv2.threshold(around, level, 255, cv2.THRESH_BINARY)[1]
    pieces = cv2.findContours(solid, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)[0]  # quicker than labels
    least = MIN_INK_RATIO * candidate.stroke_width_px * scale
    for px, py, pw, ph in map(cv2.boundingRect, pieces):
        is_cut = px == 0 or py == 0 or px + pw == solid.shape[1] or py + ph == solid.shape[0]
        if min(pw, ph) >= least and not is_cut:
            yield Box(left + px, top + py, pw, ph)


def without_slashes(digits: Sequence[Digit], candidates: dict[Box, Candidate]) -> list[Digit]:
    """Leave out straight strokes between digits that lean clearly more than these: no 1s, but slashes."""
    if not digits:
        return []
    boxes = as_array(digit.page_box or digit.box for digit in digits)
    is_stick = np.array([_is_stick(candidates[digit.page_box or digit.box], digit) for digit in digits], bool)
    may_be_slash = is_stick & _is_flanked(boxes)
    if is_stick.all() or not may_be_slash.any():
        return list(digits)
    leans = np.array([_lean(candidates[digit.page_box or digit.box]) for digit in digits])
    usual = np.zeros(len(digits))
    for block in part_blocks(digits):  # two sheets may lie differently
        usual[block] = np.median(leans[block][~is_stick[block]]) if not is_stick[block].all() else np.inf
    is_slash = may_be_slash & (leans > usual + np.tan(MIN_SKEW))
    return [digit for digit, slash in zip(digits, is_slash, strict=True) if not slash]


def _is_flanked(boxes: np.ndarray) -> np.ndarray:
    """Mark the boxes, (n,) bool, that have another close by on their left and on their right."""
    across, down = gaps(boxes, boxes)
    right = (boxes[:, 0] + boxes[:, 2] / 2)[:, None] - (boxes[:, 0] + boxes[:, 2] / 2)
    is_near = (across < GAP * boxes[:, 3:]) & (down < -SMALL * boxes[:, 3:])
    return (is_near & (right > 0)).any(axis=1) & (is_near & (right < 0)).any(axis=1)


def _lean(candidate: Candidate) -> float:
    """The tangent of the angle by which ink leans to the right, by its moments; 0 where that is not known."""
    moments = cv2.moments(candidate.component.ink) if candidate.component else {"mu02": 0.0}
    return -moments["mu11"] / moments["mu02"] if moments["mu02"] > 0 else 0.0


def _is_stick(candidate: Candidate, digit: Digit) -> bool:
    """Whether a digit is one straight stroke, without hook or foot."""
    if digit.digit != 1 or candidate.component is None:
        return False
    points = cv2.findNonZero(candidate.component.ink).reshape(-1, 2).astype(np.float32)
    dx, dy, x, y = cv2.fitLine(points, cv2.DIST_L2, 0, 0.01, 0.01).ravel()
    off = np.abs((points[:, 0] - x) * dy - (points[:, 1] - y) * dx)
    is_near = off < max(STRAIGHT * candidate.component.box.h / 2, 2.0)
    return np.count_nonzero(is_near) > MOST * len(off)


def signs_in_gaps(placed: np.ndarray, marks: np.ndarray) -> dict[Gap, str]:
    """Read what stands between digits.

    Args:
        placed: (n, 4) digits: middle along the line, middle across it, width, height.
        marks: (m, 4) pieces of ink beside them, likewise.

    Returns:
        For each gap with a mark in it the sign, or "" where the ink is not understood: the number ends there.
    """
    in_gap: dict[Gap, list[np.ndarray]] = {}
    for mark in marks:
        gap = _gap_of(mark, placed)
        if gap:
            in_gap.setdefault(gap, []).append(mark)
    read = {gap: _sign(some, placed[gap[1]], is_leading=gap[0] == NO_DIGIT_THERE) for gap, some in in_gap.items()}
    return {gap: sign for gap, sign in read.items() if sign is not None}


def _gap_of(mark: np.ndarray, placed: np.ndarray) -> Gap | None:
    """Find the digits between which a mark stands; None where it stands by no digit's left."""
    along, across, widths, heights = placed.T
    is_in_line = (np.abs(mark[1] - across) < heights) & (mark[3] < (1 + 2 * MARGIN) * heights)
    if (is_in_line & _touches(mark, placed)).any():
        return None
    to_right = np.where(is_in_line & (along > mark[0]), along - widths / 2 - mark[0], np.inf)
    to_left = np.where(is_in_line & (along < mark[0]), mark[0] - along - widths / 2, np.inf)
    right, left = int(to_right.argmin()), int(to_left.argmin())
    if to_right[right] > (WIDEST + 1) * heights[right]:
        return None
    has_left = to_left[left] < WIDEST * heights[left]
    return (left if has_left else NO_DIGIT_THERE), right


def _touches(mark: np.ndarray, placed: np.ndarray) -> np.ndarray:
    """Whether a low mark, (4,), stands under or close at the left of digits, (n,) bool: it is a piece of theirs."""
    along, _, widths, heights = placed.T
    is_low = mark[3] < COMMA_HEIGHT * heights
    begins, ends = along - widths / 2 - CLEAR * heights, along + widths / 2 - SMALL * heights
    return is_low & (mark[0] + mark[2] / 2 > begins) & (mark[0] - mark[2] / 2 < ends)


def _sign(marks: Sequence[np.ndarray], digit: np.ndarray, is_leading: bool) -> str | None:
    """Read the marks of one gap: a sign, "" where they are not understood, None for specks.

    Args:
        marks: middle along the line, middle across it, width, height of each.
        digit: the same of the digit on their right.
        is_leading: whether no digit stands before them: only a minus matters there.
    """
    top, height = digit[1] - digit[3] / 2, digit[3]
    kinds = [_kind((mark[1] - mark[3] / 2 - top) / height, *(mark[2:] / height)) for mark in marks]
    known = [kind for kind in kinds if kind is not None]
    if is_leading:
        gap = digit[0] - digit[2] / 2 - marks[0][0] - marks[0][2] / 2
        bars = sum(_is_bar(*(mark[2:] / height)) for mark in marks)  # two are an equals sign, however low the lower one
        return "-" if known == ["-"] and bars == 1 and gap < GAP * height else None
    if len(known) == 2 and "^" in known and set(known) <= {".", "^"}:
        return ":"
    if len(known) == 1 and known[0] in set(".,/-"):
        return known[0]
    return "" if known else None


def _kind(top: float, width: float, height: float) -> str | None:
    """Tell a mark by its place and size, in heights of the digit beside it: "^" for a raised dot, "" for unknown."""
    middle, foot = top + height / 2, top + height
    if _is_bar(width, height):
        return "-" if 1 - LOWER < middle < LOWER else None
    if max(width, height) < SMALL and foot < 1 + CLEAR:
        return "." if middle > LOWER else "^" if top > 0 else None
    if height < COMMA_HEIGHT and width < height + SMALL / 2 and middle > LOWER:
        return ","
    if height > COMMA_HEIGHT and width < height:
        return "/"
    return "" if height > SMALL else None


def _is_bar(width: float, height: float) -> bool:
    """Whether a mark is flat and wide."""
    return height < SMALL and width > DASH_ASPECT * height
