"""Finds room on a picture: where a label can go without covering a digit or another label."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from capture.types import Box

DIGIT_WEIGHT = 8  # covering a digit is far worse than covering a label
LABEL_WEIGHT = 1

CELL_PX = 2  # the map of what is taken is kept at half size: four times less memory to touch, 1 px of error at most


class Space:
    """Which parts of a picture are taken.

    Args:
        height: of the picture, in pixels.
        width: of the picture, in pixels.
    """

    def __init__(self, height: int, width: int) -> None:
        self.height = height
        self.width = width
        self._taken = np.zeros((-(-height // CELL_PX), -(-width // CELL_PX)), np.uint8)

    def take(self, box: Box, weight: int) -> None:
        """Mark a box as taken: `weight` is how bad covering it is. Parts outside the picture do not matter."""
        top, left = max(0, box.y) // CELL_PX, max(0, box.x) // CELL_PX
        bottom, right = -(-(box.y + box.h) // CELL_PX), -(-(box.x + box.w) // CELL_PX)
        self._taken[top : max(0, bottom), left : max(0, right)] = weight

    def holds(self, box: Box) -> bool:
        """Whether the box lies wholly inside the picture."""
        return box.x >= 0 and box.y >= 0 and box.x + box.w <= self.width and box.y + box.h <= self.height

    def cost(self, box: Box) -> int:
        """How bad it is to cover the box: 0 when it is free."""
        return int(self._cells(box).sum(dtype=np.int64))

    def first_free(self, boxes: Iterable[Box]) -> Box | None:
        """The first of the boxes that is inside the picture and covers nothing, or None."""
        return next((box for box in boxes if self.holds(box) and not np.count_nonzero(self._cells(box))), None)

    def _cells(self, box: Box) -> np.ndarray:
        """The cells wholly inside the box: what ends where the box begins does not count as covered."""
        top, left = -(-max(0, box.y) // CELL_PX), -(-max(0, box.x) // CELL_PX)
        return self._taken[top : max(0, (box.y + box.h) // CELL_PX), left : max(0, (box.x + box.w) // CELL_PX)]
