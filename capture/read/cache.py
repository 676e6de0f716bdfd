"""Cache the page while nothing moves: pictures are not read again, which spares a still camera much work.

What a pen changes is above the noise that counts as no change, in a noisier picture every frame is read, and frames are
compared with the one last read, so that slow changes add up.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import cv2
import numpy as np

from capture.detect.binarize import downscale, to_gray
from capture.types import Box, Digit, Frame, Page

MOST_CELLS = 480  # along the picture's longer side: 2 to 8 px each
WINDOW = 3  # cells: about a small digit's height
CHANGE = 20  # grey levels, summed over a window: small pencil digits bring 20 to 60 of them, a sensor's noise 8 to 19
MOST_REPEATS = 5  # frames: then the picture is read anew all the same, so that time can mend what was overlooked
LONGEST_S = 0.25  # of the scene's time, for the same reason: five frames of a slow camera may be seconds
DOUBTFUL = 0.4  # readings less likely come and go from frame to frame; no agreement is asked of them
SAME_PLACE_PX = 4

Read = Callable[[Frame], Page]


class StillFrameCache:
    """Stands between the loop and the reader, and repeats the page that two frames in a row of the same scene gave."""

    def __init__(self, read: Read) -> None:
        self._read = read
        self._scene: np.ndarray | None = None
        self._page = Page()
        self._is_agreed = False
        self._repeats = 0
        self._read_s = 0.0

    def __call__(self, frame: Frame) -> Page:
        """Read a frame, or give the last page again where the frame still shows the same."""
        scene = _scene_of(frame.image)
        is_still = self._scene is not None and not _has_changed(scene, self._scene)
        is_fresh = self._repeats < MOST_REPEATS and 0 <= frame.time_s - self._read_s <= LONGEST_S
        if is_still and self._is_agreed and is_fresh:
            self._repeats += 1
            return self._page
        page = self._read(frame)
        self._is_agreed = is_still and _agree(page.digits, self._page.digits)
        self._scene, self._page = scene, page
        self._repeats, self._read_s = 0, frame.time_s
        return page


def _scene_of(image: np.ndarray) -> np.ndarray:
    """The picture in grey cells, (h, w) uint8, at most `MOST_CELLS` wide and high."""
    if image.size == 0:
        return np.zeros((0, 0), np.uint8)
    gray = to_gray(image)
    shrink = 1
    while max(gray.shape) > shrink * MOST_CELLS:
        shrink *= 2
    return downscale(gray, (max(1, gray.shape[1] // shrink), max(1, gray.shape[0] // shrink)))


def _has_changed(scene: np.ndarray, before: np.ndarray) -> bool:
    if scene.shape != before.shape or not scene.size:
        return scene.shape != before.shape
    change = cv2.subtract(scene, before, dtype=cv2.CV_16S)
    return cv2.norm(cv2.boxFilter(change, -1, (WINDOW, WINDOW), normalize=False), cv2.NORM_INF) > CHANGE


def _agree(digits: Sequence[Digit], others: Sequence[Digit]) -> bool:
    """Whether both say the same of every digit that is not doubtful."""
    sure, other_sure = ([one for one in some if one.confidence >= DOUBTFUL] for some in (digits, others))
    return len(sure) == len(other_sure) and all(
        one.digit == other.digit and _is_near(one.box, other.box) for one, other in zip(sure, other_sure, strict=True)
    )


def _is_near(box: Box, other: Box) -> bool:
    return max(abs(a - b) for a, b in zip(box.xywh, other.xywh, strict=True)) <= SAME_PLACE_PX
