"""One line of advice when a live picture cannot be read: more light, nearer, hold still."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from capture.language import tr
from capture.types import Digit

LIGHT_STEP_PX = 8  # every eighth pixel each way tells how light the picture is
DARK_LEVEL = 45  # mean grey level (0 to 255) below which white paper is lost in the sensor's noise
DARK_CONTRAST = 60  # a blackboard is as dark, but its chalk stands out by more levels than this
GLARE_LEVEL = 250
GLARE_SHARE = 0.5  # of the picture burnt out to white
GLARE_CONTRAST = 120  # and ink faded with it; on a scan's pure white, ink stands out by 180 levels
SMALL_DIGIT_PX = 16  # lower than the 20 px the network works with, details are gone
ROW_STEP_PX = 24  # every so many rows are looked at for sharp edges: digits worth reading are higher
EDGE_PX, STEP_PX = 16, 2  # width of the wide and the narrow look at an edge
EDGE_SHARE = 200  # one pixel in so many belongs to the strongest edges
MIN_EDGE_LEVELS = 25  # weaker ones say nothing about sharpness: an empty wall
SHARP_SHARE = 0.24  # share of an edge's rise within STEP_PX: 0.3 to 0.8 in readable photos, 0.2 at a blur of 4 px
SHOW_AFTER_S = 1.0  # of trouble: a passing hand or a sheet on its way needs no comment
SHOW_FOR_S = 1.5  # long enough to be read


class HintTimer:
    """Gives hints that wait for trouble to last and stay long enough to be read.

    Example:
        timer = HintTimer()
        line = timer.update(frame.image, page.digits, frame.time_s)  # "" while all is well
    """

    def __init__(self) -> None:
        self._shown = ""
        self._shown_since_s = 0.0
        self._trouble_since_s: float | None = None

    def update(self, image: np.ndarray, readings: Sequence[Digit], time_s: float) -> str:
        """Say what to show now, "" for nothing.

        Args:
            image: (H, W, 3) uint8, BGR.
            readings: what is shown as read in it.
            time_s: of the frame; may jump, then the wait starts anew.
        """
        advice = hint(image, readings)
        if not advice:
            self._trouble_since_s = None
        elif self._trouble_since_s is None or time_s < self._trouble_since_s:
            self._trouble_since_s = time_s
        is_due = not advice or time_s - self._trouble_since_s >= SHOW_AFTER_S
        has_been_read = not self._shown or not 0 <= time_s - self._shown_since_s < SHOW_FOR_S
        if _kind(advice) == _kind(self._shown):
            self._shown = advice
        elif is_due and has_been_read:
            self._shown, self._shown_since_s = advice, time_s
        return self._shown


def hint(image: np.ndarray, readings: Sequence[Digit]) -> str:
    """Say what would help the reader most in this one picture, "" when all is well.

    A picture in which something is read needs no advice on light, however dark it is.

    Args:
        image: (H, W, 3) uint8, BGR.
        readings: what was read in it.
    """
    if not image.size:
        return ""
    if readings:
        return _hint_on_size(readings)
    contrast, sharpness = measure_edges(image)
    light = image[::LIGHT_STEP_PX, ::LIGHT_STEP_PX, 1]
    if light.mean() < DARK_LEVEL and contrast < DARK_CONTRAST:
        return tr("too dark: more light, please")
    if (light >= GLARE_LEVEL).mean() > GLARE_SHARE and contrast < GLARE_CONTRAST:
        return tr("too bright: turn away from the light")
    if contrast >= MIN_EDGE_LEVELS and sharpness < SHARP_SHARE:
        return tr("blurred: hold still, or wait for the camera to focus")
    return tr("no digits seen: hold some into the picture")


def _hint_on_size(readings: Sequence[Digit]) -> str:
    height = sorted(reading.box.h for reading in readings)[len(readings) // 2]
    if height >= SMALL_DIGIT_PX:
        return ""
    return tr("too far: the digits are {height} px high; come closer", height=height)


def measure_edges(image: np.ndarray) -> tuple[float, float]:
    """Measure how strong and how sharp the strongest upright edges are, on some rows of the green channel.

    Args:
        image: (H, W, 3) uint8, BGR.

    Returns:
        Grey levels by which they rise over `EDGE_PX`; the share of that rise within `STEP_PX`, 0 to 1.
    """
    rows = np.ascontiguousarray(image[::ROW_STEP_PX, :, 1])
    if rows.shape[1] <= EDGE_PX:
        return 0.0, 0.0
    rows = cv2.blur(rows, (3, 1))  # noise is sharp, too
    rise = cv2.absdiff(rows[:, EDGE_PX:], rows[:, :-EDGE_PX])
    steps = cv2.absdiff(rows[:, STEP_PX:], rows[:, :-STEP_PX])
    steepest = cv2.dilate(steps, np.ones((1, EDGE_PX - STEP_PX + 1), np.uint8))
    steepest = steepest[:, (EDGE_PX - STEP_PX) // 2 :][:, : rise.shape[1]]
    strong = max(rise.size // EDGE_SHARE, 1)
    contrast = np.partition(rise, rise.size - strong, axis=None)[-strong]
    strongest = rise >= max(contrast, 1)
    sharpness = np.median(steepest[strongest] / rise[strongest]) if strongest.any() else 0.0
    return float(contrast), float(sharpness)


def _kind(advice: str) -> str:
    """Cut a hint down to the trouble itself; the rest of a hint may change from frame to frame."""
    return advice.partition(":")[0]
