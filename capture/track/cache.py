"""Cache the page while nothing moves, or nothing but the sheet: pictures are not read again, which spares much work.

A pen's stroke changes more than the noise that counts as no change; a picture with more noise is read in every frame.
Frames are compared with the one read last, so that slow changes add up. Where all moves, a page is carried on for two
frames at most; a page without digits as long as a still one, until much has changed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import cv2
import numpy as np

from capture.boxes import Box
from capture.detect.binarize import downscale, to_gray
from capture.detect.ground import FRAMES_A_LOOK
from capture.read.reader import SHOWN_CONFIDENCE
from capture.types import Digit, Frame, Page

MAX_CELLS = 480  # along the picture's longer side: 2 to 8 px each
WINDOW = 3  # cells: about a small digit's height
CHANGE = 20  # grey levels, summed over a window: small pencil digits bring 20 to 60 of them, a sensor's noise 8 to 19
MAX_AGE_S = 0.25  # of the scene's time: then it is read anew as well, five frames of a slow camera may be seconds
SAME_PLACE_PX = 4
MAX_CARRIED = 2  # frames: a reading that is carried on is no older than one that a thread gives (`LiveReader`)

Read = Callable[[Frame], Page]
Carry = Callable[[Page, np.ndarray, np.ndarray, float], Page | None]
"""What takes a page from one picture in grey cells to a later one; the last are the pixels a cell."""


class StillFrameCache:
    """Stands between the loop and the reader, and repeats the page that two frames in a row of the same scene gave.

    Args:
        read: reads a frame.
        carry: carries a page on where the scene moves, or gives None where it is to be read; without it each is read.

    Example:
        read = StillFrameCache(PageReader(is_video=True), flow_page)
        page = read(frame)
    """

    def __init__(self, read: Read, carry: Carry | None = None) -> None:
        self._read, self._carry = read, carry
        self._scene: np.ndarray | None = None
        self._page = Page()
        self._is_agreed = False
        self._repeats = 0
        self._read_s, self._read_index = 0.0, 0

    def __call__(self, frame: Frame) -> Page:
        """Read a frame, or give the last page again where the frame still shows the same."""
        scene = grey_cells(frame.image)
        is_still = self._scene is not None and not _has_changed(scene, self._scene)
        is_recent = 0 <= frame.time_s - self._read_s <= MAX_AGE_S
        if is_still and self._is_agreed and is_recent and self._repeats < FRAMES_A_LOOK:
            self._repeats += 1
            return self._page
        carried = self._carried(frame, scene) if is_recent and not is_still else None
        return carried or self._read_anew(frame, scene, is_still=is_still)

    def _carried(self, frame: Frame, scene: np.ndarray) -> Page | None:
        """Carry the last page that was read on to a frame; None where that was too long ago, or is of another scene."""
        most = MAX_CARRIED if self._page.digits else FRAMES_A_LOOK
        is_near = 0 < frame.index - self._read_index <= most
        if self._carry is None or self._scene is None or not is_near or scene.shape != self._scene.shape:
            return None
        return self._carry(self._page, self._scene, scene, frame.image.shape[1] / scene.shape[1])

    def _read_anew(self, frame: Frame, scene: np.ndarray, *, is_still: bool) -> Page:
        page = self._read(frame)
        self._is_agreed = is_still and _agree(page.digits, self._page.digits)
        self._scene, self._page, self._repeats = scene, page, 0
        self._read_s, self._read_index = frame.time_s, frame.index
        return page


def grey_cells(image: np.ndarray) -> np.ndarray:
    """Reduce a picture to grey cells, (h, w) uint8, at most `MAX_CELLS` wide and high."""
    if image.size == 0:
        return np.zeros((0, 0), np.uint8)
    gray = to_gray(image)
    shrink = 1
    while max(gray.shape) > shrink * MAX_CELLS:
        shrink *= 2
    return downscale(gray, (max(1, gray.shape[1] // shrink), max(1, gray.shape[0] // shrink)))


def _has_changed(scene: np.ndarray, before: np.ndarray) -> bool:
    if scene.shape != before.shape or not scene.size:
        return scene.shape != before.shape
    change = cv2.subtract(scene, before, dtype=cv2.CV_16S)
    return cv2.norm(cv2.boxFilter(change, -1, (WINDOW, WINDOW), normalize=False), cv2.NORM_INF) > CHANGE


def _agree(digits: Sequence[Digit], others: Sequence[Digit]) -> bool:
    """Say whether both say the same of every digit that is not doubtful."""
    sure, other_sure = ([one for one in some if one.confidence >= SHOWN_CONFIDENCE] for some in (digits, others))
    return len(sure) == len(other_sure) and all(
        one.digit == other.digit and _is_near(one.box, other.box) for one, other in zip(sure, other_sure, strict=True)
    )


def _is_near(box: Box, other: Box) -> bool:
    return max(abs(a - b) for a, b in zip(box.xywh, other.xywh, strict=True)) <= SAME_PLACE_PX
