"""Look inside ink that encloses other ink: rings, boxes and triangles around digits, frames, cells of tables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import cv2
import numpy as np

from capture.boxes import as_array, holds
from capture.detect.components import components, is_most_of, split_by_threshold, stroke_width
from capture.detect.edges import is_edge
from capture.types import Box, Component

OPPOSITE_SIDES = 2  # of an outline, which its middle row and its middle column cross: most digits need no closer look
MIN_HOLLOW = (
    0.3  # of an outline: so much of its area is bare, and so high is what it holds; else it is a digit with a loop
)
MIN_ENCLOSED = 0.06  # heights squared of what is inside, of the outline's box: specks inside a 0 are less


def enclosed_components(piece: Component) -> list[Component]:
    """Find what touches the inside of a closed outline: its own stroke is peeled off from outside.

    Args:
        piece: connected ink.

    Returns:
        The pieces inside; none if it is no outline, or nothing touches it.
    """
    middle_row, middle_column = piece.ink[piece.box.h // 2], piece.ink[:, piece.box.w // 2]
    if min(_count_runs(middle_row), _count_runs(middle_column)) < OPPOSITE_SIDES:
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
