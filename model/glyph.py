"""The one function that makes every 28x28 picture the network sees: MNIST, drawn pages and live frames alike.

The format is MNIST's (LeCun, Cortes, Burges: the digit fits 20x20 with its aspect kept, and its centre of mass lies in
the middle of 28x28), with one addition: strokes from a hairline to a marker are brought to a similar width.
"""

from __future__ import annotations

import cv2
import numpy as np

SIDE = 28
FIT_PX = 20  # the digit's longer side, as in MNIST
WORK_PX = 60  # strokes are evened out at three times the final size, so that a pixel more or less is a fine step
MIN_STROKE_PX = 5.5  # at WORK_PX: thinner strokes are thickened; MNIST's own are 6 to 9
MAX_STROKE_PX = 10.0  # at WORK_PX: thicker strokes are thinned
MAX_THINNING_PX = 6  # a marker's loops open before this; more would break crossings
INK_LEVEL = 96  # of 255: a pixel counts as ink when the stroke's width is measured
AREA_BELOW = 0.5  # times: made smaller yet, pixels must be averaged, which takes three times as long
EMPTY = np.zeros((SIDE, SIDE), np.uint8)


def normalise(ink: np.ndarray) -> np.ndarray:
    """Turn a piece of ink into the network's input.

    Args:
        ink: (h, w) uint8, any size; 0 is paper, 255 the darkest ink. Paper around the digit is cut away.

    Returns:
        (28, 28) uint8, white on black, centred by mass; all zero when there is no ink.
    """
    return measured(ink)[0]


def measured(ink: np.ndarray) -> tuple[np.ndarray, float]:
    """Normalise ink as `normalise` does, and measure how broad its strokes were, in its pixels; 0 without ink.

    The breadth is measured where the ink is `WORK_PX` long: hairlines of a high digit come out up to twice as broad.
    """
    ink = _trim(ink)
    if ink.size == 0:
        return EMPTY.copy(), 0.0
    work, stroke_px = _even_stroke(_strengthen(_fit(ink, WORK_PX)))
    return _centre(_fit(work, FIT_PX)), stroke_px * max(ink.shape) / WORK_PX


def _trim(ink: np.ndarray) -> np.ndarray:
    """Cut away the rows and columns that hold less than a quarter of the darkest ink."""
    peak = _peak(ink) if ink.size else 0
    if peak == 0:
        return ink[:0, :0]
    x, y, w, h = cv2.boundingRect(_at_least(ink, max(peak // 4, 1)))
    return ink[y : y + h, x : x + w]


def _peak(ink: np.ndarray) -> int:
    return int(cv2.minMaxLoc(ink)[1])


def _at_least(ink: np.ndarray, level: int) -> np.ndarray:
    """Mark with 1 where the ink is at least so strong: (h, w) uint8."""
    return cv2.threshold(ink, level - 1, 1, cv2.THRESH_BINARY)[1]


def _fit(ink: np.ndarray, side: int) -> np.ndarray:
    """Resize so that the longer side is `side`; the aspect is kept."""
    h, w = ink.shape
    scale = side / max(h, w)
    size = max(1, round(w * scale)), max(1, round(h * scale))
    return cv2.resize(ink, size, interpolation=cv2.INTER_AREA if scale < AREA_BELOW else cv2.INTER_LINEAR)


def _strengthen(ink: np.ndarray) -> np.ndarray:
    """Bring the stroke's typical darkness to 255, so that pencil and marker look alike."""
    strong = _at_least(ink, _peak(ink) // 2)
    return cv2.convertScaleAbs(ink, alpha=255 / max(cv2.mean(ink, strong)[0], 1))


def _even_stroke(ink: np.ndarray) -> tuple[np.ndarray, float]:
    """Thicken a thin stroke and thin a thick one; say how broad it was, in pixels.

    Distances to the edge grow evenly from 0 to half the width across a stroke, so four times their mean is its width.
    """
    padded = cv2.copyMakeBorder(ink, 4, 4, 4, 4, cv2.BORDER_CONSTANT)
    solid = _at_least(padded, INK_LEVEL)
    depths = cv2.distanceTransform(solid, cv2.DIST_L2, 3)  # 0 where nothing is solid
    width = 4 * cv2.sumElems(depths)[0] / max(cv2.countNonZero(solid), 1) - 1
    if width < MIN_STROKE_PX:
        return cv2.dilate(padded, _disc(MIN_STROKE_PX - width)), width
    if width > MAX_STROKE_PX:
        thinner = cv2.erode(padded, _disc(min(width - MAX_STROKE_PX, MAX_THINNING_PX)))
        return (_trim(thinner) if thinner.any() else ink), width
    return ink, width


def _disc(growth_px: float) -> np.ndarray:
    side = max(1, round(growth_px)) + 1
    return cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side))


def _centre(ink: np.ndarray) -> np.ndarray:
    """Put the centre of mass in the middle of the glyph, as far as the ink stays inside."""
    h, w = ink.shape
    moments = cv2.moments(ink)
    mass = max(moments["m00"], 1.0)
    x = round(SIDE / 2 - moments["m10"] / mass - 0.5)
    y = round(SIDE / 2 - moments["m01"] / mass - 0.5)
    x, y = min(max(x, 0), SIDE - w), min(max(y, 0), SIDE - h)
    glyph = EMPTY.copy()
    glyph[y : y + h, x : x + w] = ink
    return glyph
