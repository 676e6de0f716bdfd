"""Finds room on a picture: where a label can go without covering a digit or another label."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from capture.frame import Box

CELL_PX = 2  # the map of what is taken is kept at half size: four times less memory to touch, at most 1 px too careful


class Space:
    """Which parts of a picture are taken.

    Args:
        height: of the picture, in pixels.
        width: of the picture, in pixels.
    """

    def __init__(self, height: int, width: int) -> None:
        self.height = height
        self.width = width
        self._taken = np.zeros((-(-height // CELL_PX), -(-width // CELL_PX)), bool)

    def take(self, box: Box) -> None:
        """Mark a box as taken; parts outside the picture do not matter."""
        self._cells(box)[:] = True

    def holds(self, box: Box) -> bool:
        """Whether the box lies wholly inside the picture."""
        return box.x >= 0 and box.y >= 0 and box.x + box.w <= self.width and box.y + box.h <= self.height

    def cost(self, box: Box) -> float:
        """How much of the box's place is taken: 0 when it is free."""
        return float(np.count_nonzero(self._cells(box)))

    def first_free(self, boxes: Iterable[Box]) -> Box | None:
        """The first of the boxes that is inside the picture and covers nothing, or None."""
        return next((box for box in boxes if self.holds(box) and not self._cells(box).any()), None)

    def _cells(self, box: Box) -> np.ndarray:
        top, left = max(0, box.y) // CELL_PX, max(0, box.x) // CELL_PX
        bottom, right = -(-(box.y + box.h) // CELL_PX), -(-(box.x + box.w) // CELL_PX)
        return self._taken[top : max(top, bottom), left : max(left, right)]
