"""The coach: a short, kind hint when a picture cannot be read well, and why."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from capture.frame import Reading

SAMPLE_PX = 240  # light and blur are judged on about so many rows: fast, and the same for every camera
DARK_LEVEL = 50  # mean grey level (0 to 255) below which even white paper is lost in the sensor's noise
GLARE_LEVEL = 250
GLARE_SHARE = 0.6  # of the picture burnt out to white: ink fades with it
SMALL_DIGIT_PX = 16  # lower than the 20 px the network works with, details are gone
CONTRAST_LEVELS = 60  # a picture with less from dark to light shows nothing that could be sharp
SHARP_STEP = 20  # grey levels from sample to sample that the strongest edges of a sharp picture exceed by far


def hint(image: np.ndarray, readings: Sequence[Reading]) -> str:
    """What would help the reader most, or "" when all is well.

    Args:
        image: (H, W, 3) uint8, BGR.
        readings: what was read in it.
    """
    if not image.size:
        return ""
    heights = [reading.box.h for reading in readings]
    if heights and np.median(heights) < SMALL_DIGIT_PX:
        return f"too far: the digits are {np.median(heights):.0f} px high; come closer"
    if heights:
        return ""
    return _picture_hint(image) or "no digits seen; hold some into the picture"


def _picture_hint(image: np.ndarray) -> str:
    step = max(1, image.shape[0] // SAMPLE_PX)
    sample = cv2.cvtColor(np.ascontiguousarray(image[::step, ::step]), cv2.COLOR_BGR2GRAY)
    if sample.mean() < DARK_LEVEL:
        return "too dark; more light, please"
    if (sample >= GLARE_LEVEL).mean() > GLARE_SHARE:
        return "too bright; turn away from the light"
    steepest = np.abs(np.diff(sample.astype(np.int16), axis=1)).max(initial=0)
    if np.ptp(sample) > CONTRAST_LEVELS and steepest < SHARP_STEP:
        return "blurred; hold still, or wait for the camera to focus"
    return ""
