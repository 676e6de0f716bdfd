"""Tell strokes from edges and outlines: the rim of a sheet or shadow has dark on one side, a ring holds other ink.

What an outline holds (a ring, a box, a triangle around a digit, the cells of a table) is found inside it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import cv2
import numpy as np

from capture.boxes import Box, as_array, holds, is_most_of
from capture.detect.binarize import BACKGROUND_SIDE_PX, GRAYS, PAPER_RANK
from capture.detect.components import components, split_by_threshold
from capture.types import Component

AROUND = 0.25  # of the piece's height: how far around it the paper is looked at; no stroke is broader
MAX_DARK_SHARE = 0.35  # of the surroundings: neighbouring digits darken less, a desk beside an edge darkens half
DEPTH = 0.12  # of the paper's brightness: ink is so much darker than the darker side of its stroke
WINDOW = 3.0  # stroke widths: a stroke with its rims, but not the soft shadow along a sheet
CORE = 0.75  # of the piece's darkest ink: its strokes without their soft rims, of a soft shadow the first few pixels
MIN_HOLLOW = (
    0.3  # of an outline's area is bare, and of its height what it holds is high; with less it is a digit with a loop
)
MIN_ENCLOSED = 0.1  # heights squared of what is inside, of the outline's box: specks inside a 0 are less
CROSS = cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3))


def is_edge(gray: np.ndarray, piece: Component) -> bool:
    """Say whether the piece is the rim of something dark rather than ink on paper.

    Args:
        gray: (H, W) uint8, the picture in which the piece was found, dark ink on light paper.
        piece: what was found.
    """
    box, pad = piece.box, int(AROUND * piece.box.h)
    top, left = max(0, box.y - pad), max(0, box.x - pad)
    around = gray[top : box.y + box.h + pad, left : box.x + box.w + pad]
    y, x = box.y - top, box.x - left
    own = slice(y, y + box.h), slice(x, x + box.w)
    outside = around.size - cv2.countNonZero(piece.ink)
    if outside == 0:
        return True
    most_dark = MAX_DARK_SHARE * outside
    stroke, brightest = cv2.mean(around[own], piece.ink)[0], cv2.minMaxLoc(around)[1]
    if _count_darker(around, (stroke + brightest) / 2) <= most_dark:
        return False  # paper is no brighter than that: most pieces need no closer look
    darker = _shares_darker(around, own, piece.ink)
    paper = int(darker.searchsorted(PAPER_RANK, side="right"))
    if darker[math.ceil((stroke + paper) / 2) - 1] <= MAX_DARK_SHARE:
        return False
    return not _is_darker_than_both_sides(around, own, piece.ink, DEPTH * paper)


def _shares_darker(gray: np.ndarray, own: tuple[slice, slice], ink: np.ndarray) -> np.ndarray:
    """Compute which share of what surrounds the ink is no lighter than each level: (256,), from every nth pixel."""
    is_outside = np.ones(gray.shape, np.uint8)
    is_outside[own] = ink == 0
    step = 1 + max(gray.shape) // BACKGROUND_SIDE_PX
    some, is_outside = (np.ascontiguousarray(of[::step, ::step]) for of in (gray, is_outside))
    counts = cv2.calcHist([some], [0], is_outside, [len(GRAYS)], [0, len(GRAYS)]).ravel()
    return counts.cumsum() / max(1, counts.sum())


def _is_darker_than_both_sides(gray: np.ndarray, own: tuple[slice, slice], ink: np.ndarray, least: float) -> bool:
    """Say whether the ink is darker by `least` grey levels than what is on either side of its strokes, mostly.

    A closing raises a stroke to the darker of its two sides, and the rim of something dark not at all (the bottom-hat
    transform: Gonzalez & Woods, Digital Image Processing, 9.6).
    """
    core = _above(ink, CORE * cv2.minMaxLoc(ink)[1])
    broad = min(WINDOW * stroke_width(core), AROUND * ink.shape[0])
    side = max(3, round(broad)) | 1
    rows, columns = own
    top, left = max(0, rows.start - side), max(0, columns.start - side)  # what is further off has no say in a closing
    near = gray[top : rows.stop + side, left : columns.stop + side]
    closed = cv2.morphologyEx(near, cv2.MORPH_CLOSE, np.ones((side, side), np.uint8))
    inside = slice(rows.start - top, rows.stop - top), slice(columns.start - left, columns.stop - left)
    depth = cv2.subtract(closed[inside], near[inside], mask=core)
    return 2 * cv2.countNonZero(_above(depth, least)) > cv2.countNonZero(core)


def _above(levels: np.ndarray, least: float) -> np.ndarray:
    """Mark with 1 what is above a level: (h, w) uint8."""
    return cv2.threshold(levels, least, 1, cv2.THRESH_BINARY)[1]


def _count_darker(gray: np.ndarray, level: float) -> int:
    """Count how many pixels are darker than `level`."""
    return cv2.countNonZero(cv2.threshold(gray, math.ceil(level) - 1, 1, cv2.THRESH_BINARY_INV)[1])


def enclosed_components(piece: Component) -> list[Component]:
    """Find what touches the inside of a closed outline: its own stroke is peeled off from outside.

    Args:
        piece: connected ink.

    Returns:
        The pieces inside; none if it is no outline, or nothing touches it.
    """
    middle_row, middle_column = piece.ink[piece.box.h // 2], piece.ink[:, piece.box.w // 2]
    if min(_count_runs(middle_row), _count_runs(middle_column)) < 2:  # not even two sides: most digits
        return []
    inside = _filled_outline(piece.ink)
    area, own = cv2.countNonZero(inside), cv2.countNonZero(piece.ink)
    if area - own < MIN_HOLLOW * area:
        return []
    core = _without_rim(piece.ink, inside)
    found = components(core, piece.box.x, piece.box.y)
    return [Component(box, ink) for box, ink in found if box.h > MIN_HOLLOW * piece.box.h]


def _without_rim(ink: np.ndarray, inside: np.ndarray) -> np.ndarray:
    """Take away an outline's own stroke, which is peeled off from outside."""
    rim = max(2, round(stroke_width(ink)))  # with its soft edge
    core = cv2.erode(inside, np.ones((3, 3), np.uint8), iterations=rim, borderType=cv2.BORDER_CONSTANT, borderValue=0)
    return cv2.bitwise_and(ink, core)


def _count_runs(line: np.ndarray) -> int:
    """Count the stretches of ink along (n,) pixels."""
    is_ink = line > 0
    return int(is_ink[0]) + int(np.count_nonzero(is_ink[1:] > is_ink[:-1]))


def _filled_outline(ink: np.ndarray) -> np.ndarray:
    """Fill the outer contours: (h, w) uint8, 255 inside them."""
    outlines, _ = cv2.findContours(ink, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    return cv2.drawContours(np.zeros(ink.shape, np.uint8), outlines, -1, 255, cv2.FILLED)


def without_outlines(pieces: Sequence[Component], gray: np.ndarray) -> Iterator[Component]:
    """Leave out the components that enclose others: a ring around a digit is no 0.

    What is dark enough to stay of an outline is kept, unless it is an edge: the shadow around a sheet breaks into bars.

    Args:
        pieces: all of a picture.
        gray: (H, W) uint8, the picture they were found in, dark ink on light paper.
    """
    boxes = as_array(piece.box for piece in pieces)
    is_held = holds(boxes, boxes)
    might = is_held @ boxes[:, 3] ** 2 >= MIN_ENCLOSED * boxes[:, 2] * boxes[:, 3]
    for i, piece in enumerate(pieces):
        inside = (pieces[j].box for j in np.flatnonzero(is_held[i])) if might[i] else ()
        enclosed = sum(box.h**2 for box in inside if _surrounds(piece, box))
        if enclosed < MIN_ENCLOSED * piece.box.w * piece.box.h:
            yield piece
        else:
            parts = (part for row in split_by_threshold(piece, gray.shape) for part in row)
            yield from (p for p in parts if not is_most_of(p.box, piece.box) and not is_edge(gray, p))


def _surrounds(outer: Component, inner: Box) -> bool:
    """Say whether there is ink of `outer` on all four sides of a box inside its own."""
    left, top = inner.x - outer.box.x, inner.y - outer.box.y
    rows, columns = slice(top, top + inner.h), slice(left, left + inner.w)
    ink = outer.ink
    sides = ink[rows, :left], ink[rows, left + inner.w :], ink[:top, columns], ink[top + inner.h :, columns]
    return all(side.any() for side in sides)


def stroke_width(ink: np.ndarray) -> float:
    """Measure how broad the strokes of an (h, w) uint8 ink map are, px, with their soft rims.

    Across a stroke two pixels are its rim: twice the ink by the ink that an erosion takes away is the width.
    """
    area = cv2.countNonZero(ink)
    core = cv2.erode(ink, CROSS, borderType=cv2.BORDER_CONSTANT, borderValue=0)
    return 2 * area / max(1, area - cv2.countNonZero(core))
