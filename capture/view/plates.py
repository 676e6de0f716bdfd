"""Small filled plates with text on them: readable on light and dark paper alike, drawn once and then only copied."""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np

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
def text_plate(text: str, height_px: int, ink: Bgr, paper: Bgr) -> np.ndarray:
    """A filled plate with one line of text, `(height_px, W, 3)` uint8 BGR; it is shared, so it cannot be written to."""
    scale = height_px * TEXT_SHARE / CAPITAL_PX
    (text_px, _), _ = cv2.getTextSize(text, FONT, scale, BOLD)
    margin_px = max(2, height_px // 5)
    plate = np.full((height_px, text_px + 2 * margin_px, 3), paper, np.uint8)
    baseline_px = round(height_px * (1 + TEXT_SHARE) / 2)
    cv2.putText(plate, text, (margin_px, baseline_px), FONT, scale, ink, BOLD, cv2.LINE_AA)
    plate.flags.writeable = False
    return plate


@lru_cache(maxsize=CACHED_PLATES)
def label_plate(digit: str, confidence: str, height_px: int, ink: Bgr, paper: Bgr) -> np.ndarray:
    """A digit's label, `(height_px, W, 3)`: the digit in its colours, its confidence beside it in black on white."""
    plates = text_plate(digit, height_px, ink, paper), text_plate(confidence, height_px, BLACK, WHITE)
    plate = np.hstack(plates)
    plate.flags.writeable = False
    return plate


def paste(view: np.ndarray, plate: np.ndarray, x: int, y: int) -> None:
    """Lay a plate on the view with its top left corner at `x, y`; what hangs over an edge is cut off."""
    top, left = max(0, y), max(0, x)
    bottom, right = min(view.shape[0], y + plate.shape[0]), min(view.shape[1], x + plate.shape[1])
    if top < bottom and left < right:
        view[top:bottom, left:right] = plate[top - y : bottom - y, left - x : right - x]
