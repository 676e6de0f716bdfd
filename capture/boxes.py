"""The one home of box arithmetic: overlaps, gaps, and what is usual among sizes.

Boxes come singly, as `Box`, or as (n, 4) arrays of x, y, width, height, where a page has hundreds.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from operator import add
from typing import NamedTuple

import numpy as np

MIN_SAMPLE = 3  # pieces, or gaps between them: fewer tell nothing of what is usual on a page
SAME_SIZE = 2.2  # times: heights on a page, or within a number, differ by less; some hands write small 0s
MAX_PART_SHARE = 0.6  # of the area of two boxes


class Box(NamedTuple):
    """An upright rectangle in whole pixels of the frame; `x, y` is its top left corner.

    A tuple, as each frame has hundreds: making and comparing them takes less than half of a dataclass's time.
    """

    x: int
    y: int
    w: int
    h: int

    @property
    def top_left(self) -> tuple[int, int]:
        """The corner OpenCV's drawing calls start from."""
        return self.x, self.y

    @property
    def bottom_right(self) -> tuple[int, int]:
        """The last pixel inside the box, as `cv2.rectangle` wants it."""
        return self.x + self.w - 1, self.y + self.h - 1

    @property
    def centre(self) -> tuple[float, float]:
        """The middle, in pixels with fractions."""
        return self.x + self.w / 2, self.y + self.h / 2

    @property
    def xywh(self) -> list[int]:
        """The form written to readings files."""
        return list(self)

    def mirrored(self, width: int) -> Box:
        """Mirror it with its picture of that width in pixels."""
        return self._replace(x=width - self.x - self.w)

    def moved(self, right: float, down: float) -> Box:
        """Move it by pixels, whole or not, to whole ones."""
        return self._replace(x=round(self.x + right), y=round(self.y + down))

    def union(self, other: Box) -> Box:
        """Find the smallest box that holds both."""
        x, y = min(self.x, other.x), min(self.y, other.y)
        right, bottom = max(self.x + self.w, other.x + other.w), max(self.y + self.h, other.y + other.h)
        return Box(x, y, right - x, bottom - y)


def as_array(boxes: Iterable[Box]) -> np.ndarray:
    """Stack boxes: (n, 4) float64 x, y, width, height; (0, 4) for none."""
    return np.array(list(boxes), float).reshape(-1, 4)


def around(boxes: Sequence[Box]) -> Box:
    """Find the smallest box that holds all of at least one."""
    x, y, w, h = zip(*boxes, strict=True)
    left, top = min(x), min(y)
    return Box(left, top, max(map(add, x, w)) - left, max(map(add, y, h)) - top)


def iou(a: Box, b: Box) -> float:
    """Compute the intersection over union of two boxes, 0 to 1."""
    shared = shared_area(a, b)
    return shared / max(1, a.w * a.h + b.w * b.h - shared)


def shared_area(a: Box, b: Box) -> int:
    """Compute the area of the intersection of two boxes, px²."""
    across = min(a.x + a.w, b.x + b.w) - max(a.x, b.x)
    down = min(a.y + a.h, b.y + b.h) - max(a.y, b.y)
    return max(0, across) * max(0, down)


def clip(box: Box, shape: tuple[int, ...]) -> Box | None:
    """Cut a box to the part inside a picture of `shape`, (height, width, ...); None where nothing is inside."""
    left, top = max(box.x, 0), max(box.y, 0)
    right, bottom = min(box.x + box.w, shape[1]), min(box.y + box.h, shape[0])
    return Box(left, top, right - left, bottom - top) if left < right and top < bottom else None


def turn_box(box: Box, quarters: int, shape: tuple[int, ...]) -> Box:
    """Find where a box is once its picture is turned counterclockwise.

    Args:
        box: in the picture as it was.
        quarters: 0 to 3.
        shape: (height, width, ...) of the turned picture.
    """
    (x, y, w, h), (height, width) = box, shape[:2]
    if quarters == 1:
        return Box(y, height - x - w, h, w)
    if quarters == 2:
        return Box(width - x - w, height - y - h, w, h)
    return Box(width - y - h, x, h, w) if quarters else box


def is_most_of(part: Box, whole: Box) -> bool:
    """Say whether a part covers most of the whole's box: of a shadow, it is the shadow itself and no stroke in it."""
    return part.w * part.h > MAX_PART_SHARE * whole.w * whole.h


def gaps(boxes: np.ndarray, others: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Measure the clear space between boxes across and down.

    Args:
        boxes: (n, 4) x, y, width, height.
        others: (m, 4) likewise.

    Returns:
        (n, m) across and (n, m) down; negative where they overlap, by how much.
    """
    x, y, w, h = boxes.T[:, :, None]
    other_x, other_y, other_w, other_h = others.T[:, None]
    across = np.maximum(x, other_x) - np.minimum(x + w, other_x + other_w)
    down = np.maximum(y, other_y) - np.minimum(y + h, other_y + other_h)
    return across, down


def holds(boxes: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Say which of (n, 4) boxes hold which of (m, 4) others with space on all four sides: (n, m) bool."""
    x, y, w, h = boxes.T[:, :, None]
    other_x, other_y, other_w, other_h = others.T[:, None]
    is_across = (x < other_x) & (other_x + other_w < x + w)
    return is_across & (y < other_y) & (other_y + other_h < y + h)


def hold_middles(boxes: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Say which of (n, 4) boxes hold the middles of which of (m, 4) others: (n, m) bool."""
    middles = others[:, :2] + others[:, 2:] / 2
    corners = boxes[:, None, :2]
    return ((corners <= middles) & (middles <= corners + boxes[:, None, 2:])).all(axis=2)


def shared_areas(boxes: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Compute the (n, m) areas of the intersections of (n, 4) and (m, 4) boxes."""
    across, down = gaps(boxes, others)
    return np.maximum(-across, 0) * np.maximum(-down, 0)


def iou_matrix(boxes: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Compute the (n, m) intersections over union of (n, 4) and (m, 4) boxes, 0 to 1."""
    shared = shared_areas(boxes, others)
    both = (boxes[:, 2] * boxes[:, 3])[:, None] + others[:, 2] * others[:, 3] - shared
    return shared / np.maximum(both, 1)


def share_of_smaller(boxes: np.ndarray) -> np.ndarray:
    """Compute for each two of (n, 4) boxes how much of the smaller one the other covers: (n, n), 0 to 1."""
    areas = boxes[:, 2] * boxes[:, 3]
    return shared_areas(boxes, boxes) / np.maximum(np.minimum.outer(areas, areas), 1)


def weighted_median(values: np.ndarray, weights: np.ndarray) -> float:
    """Find the one of (n,) values at which, in order, half of all (n,) weights is reached."""
    order = np.argsort(values)
    so_far = np.cumsum(weights[order])
    return float(values[order[np.searchsorted(so_far, so_far[-1] / 2)]])
