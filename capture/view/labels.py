"""Finds room for labels, and renders their text.

Places are kept: a label stays on its side of a digit, and the panel in its corner, while that is free.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import cv2
import numpy as np

from capture.boxes import Box

DIGIT_WEIGHT = 8  # covering a digit is far worse than covering a label
LABEL_WEIGHT = 1

CELL_PX = 2  # the map of what is taken is kept at half size: four times less memory to touch, 1 px of error at most


class OccupancyMap:
    """Knows which parts of a picture are taken.

    Args:
        height: of the picture, in pixels.
        width: of the picture, in pixels.
    """

    def __init__(self, height: int, width: int) -> None:
        self.height = height
        self.width = width
        self._taken = np.zeros((-(-height // CELL_PX), -(-width // CELL_PX)), np.uint8)

    def mark(self, box: Box, weight: int) -> None:
        """Mark a box as taken: `weight` is how bad covering it is. Parts outside the picture do not matter."""
        top, left = max(0, box.y) // CELL_PX, max(0, box.x) // CELL_PX
        bottom, right = -(-(box.y + box.h) // CELL_PX), -(-(box.x + box.w) // CELL_PX)
        self._taken[top : max(0, bottom), left : max(0, right)] = weight

    def contains(self, box: Box) -> bool:
        """Say whether the box lies wholly inside the picture."""
        return box.x >= 0 and box.y >= 0 and box.x + box.w <= self.width and box.y + box.h <= self.height

    def overlap(self, box: Box) -> int:
        """Rate how bad it is to cover the box: 0 when it is free."""
        return int(self._cells(box).sum(dtype=np.int64))

    def is_free(self, box: Box) -> bool:
        """Say whether the box is inside the picture and covers nothing."""
        return self.contains(box) and not np.count_nonzero(self._cells(box))

    def _cells(self, box: Box) -> np.ndarray:
        """Find the cells wholly inside the box: what ends where the box begins does not count as covered."""
        top, left = -(-max(0, box.y) // CELL_PX), -(-max(0, box.x) // CELL_PX)
        return self._taken[top : max(0, (box.y + box.h) // CELL_PX), left : max(0, (box.x + box.w) // CELL_PX)]


class LabelMemory:
    """Remembers where labels and the panel stood in the last frame, so that they stay there while that is free."""

    def __init__(self) -> None:
        self._last: dict[object, int] = {}
        self._this: dict[object, int] = {}

    def begin_frame(self) -> None:
        """Forget what the last frame did not show."""
        self._last, self._this = self._this, {}

    def choose(self, key: object, boxes: Sequence[Box], occupied: OccupancyMap) -> Box | None:
        """Choose the place given in the last frame if it is free, else the first free one; None where none is.

        Args:
            key: what is to be placed, the same in each frame; None for what cannot be known again.
            boxes: possible places, best first, in the same order in each frame.
            occupied: what is taken in this frame.
        """
        last = self._last.get(key, 0)
        for place in (last, *range(len(boxes))):
            if place < len(boxes) and occupied.is_free(boxes[place]):
                if key is not None:
                    self._this[key] = place
                return boxes[place]
        return None


Bgr = tuple[int, int, int]

# Okabe & Ito's colours stay apart for every kind of colour vision (jfly.uni-koeln.de/color), here as BGR.
BLUE: Bgr = (178, 114, 0)
VERMILLION: Bgr = (0, 94, 213)
YELLOW: Bgr = (66, 228, 240)
BLACK: Bgr = (0, 0, 0)
WHITE: Bgr = (255, 255, 255)

FONT = cv2.FONT_HERSHEY_SIMPLEX
CAPITAL_PX = 20  # how high FONT's digits are at scale 1
TEXT_SHARE = 0.62  # of a plate's height: what the digits get, the rest is margin
BOLD = 2  # line thickness at which FONT turns bold
CACHED_PLATES = 512  # ten digits at some fifty confidences; up to 60 KB each on photos of 12 megapixels


@lru_cache(maxsize=CACHED_PLATES)
def render_text(text: str, height_px: int, ink: Bgr, paper: Bgr) -> np.ndarray:
    """Render one line of text on a filled plate, `(height_px, W, 3)` uint8 BGR; shared, so it cannot be written to."""
    scale = height_px * TEXT_SHARE / CAPITAL_PX
    (text_px, _), _ = cv2.getTextSize(text, FONT, scale, BOLD)
    margin_px = max(2, height_px // 5)
    plate = np.full((height_px, text_px + 2 * margin_px, 3), paper, np.uint8)
    baseline_px = round(height_px * (1 + TEXT_SHARE) / 2)
    cv2.putText(plate, text, (margin_px, baseline_px), FONT, scale, ink, BOLD, cv2.LINE_AA)
    plate.flags.writeable = False
    return plate


@lru_cache(maxsize=CACHED_PLATES)
def render_label(digit: str, confidence: str, height_px: int, ink: Bgr, paper: Bgr) -> np.ndarray:
    """Render a digit's label, `(height_px, W, 3)`: the digit in its colours, its confidence in black on white."""
    plates = render_text(digit, height_px, ink, paper), render_text(confidence, height_px, BLACK, WHITE)
    plate = np.hstack(plates)
    plate.flags.writeable = False
    return plate


def paste(view: np.ndarray, plate: np.ndarray, x: int, y: int) -> None:
    """Lay a plate on the view with its top left corner at `x, y`; what hangs over an edge is cut off."""
    top, left = max(0, y), max(0, x)
    bottom, right = min(view.shape[0], y + plate.shape[0]), min(view.shape[1], x + plate.shape[1])
    if top < bottom and left < right:
        view[top:bottom, left:right] = plate[top - y : bottom - y, left - x : right - x]
