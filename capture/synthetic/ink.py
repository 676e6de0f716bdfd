"""Ink on paper: pen strokes drawn with any pen, from hairline to marker, whole or broken up by the paper's grain."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import cv2
import numpy as np

SHIFT = 4
"""Fractional bits of the coordinates given to `cv2.polylines`: a sixteenth of a pixel."""
FINE, BROAD_FINE, BROAD_PX = 4, 2, 2.5
"""Supersampling of thin pens, of broad pens, and where broad begins."""
PRESSURE_SPREAD = 0.12
"""How much a pen's width varies over a digit, as a share of it."""
GRAIN_TILE_PX = 512

Strokes = Sequence[np.ndarray]


def render_strokes(
    strokes: Strokes, height_px: float, pen_px: float, rng: np.random.Generator | None = None
) -> np.ndarray:
    """Draw strokes with a round pen.

    Args:
        strokes: (n, 2) polylines in heights of a digit, y downwards; any offset.
        height_px: pixels a height.
        pen_px: pen width; below 1 a hairline that covers pixels partly.
        rng: lets the pressure of the pen vary over the digit; None draws with even pressure.

    Returns:
        (h, w) uint8 alpha map, antialiased, tight around the ink.
    """
    fine = FINE if pen_px < BROAD_PX else BROAD_FINE
    margin = np.ceil(pen_px * 0.7) + 1
    every = np.concatenate(strokes)
    low = every.min(axis=0)
    width, height = (np.ceil((every.max(axis=0) - low) * height_px + 2 * margin)).astype(int).tolist()
    away = _distance(
        [((points - low) * height_px + margin) * fine for points in strokes], (width * fine, height * fine)
    )
    reach = fine * pen_px / 2 * (1.0 if rng is None else _pressure(away.shape, rng))
    ink = cv2.convertScaleAbs(np.clip(reach - away + np.float32(0.5), 0, 1), alpha=255)
    return trim_ink(cv2.resize(ink, (width, height), interpolation=cv2.INTER_AREA))


def _distance(strokes: Strokes, size: tuple[int, int]) -> np.ndarray:
    """Measure how far each pixel's middle is from the nearest stroke, (h, w) float32 px.

    OpenCV's own thick lines come in odd widths only, and thinner along the diagonal.
    """
    canvas = np.full((size[1], size[0]), 255, np.uint8)
    whole = [np.concatenate([points, points[-1:]]) for points in strokes]  # OpenCV draws no line of a single point
    fixed = [np.round((points - 0.5) * (1 << SHIFT)).astype(np.int32) for points in whole]
    cv2.polylines(canvas, fixed, False, 0, 1, cv2.LINE_8, SHIFT)
    return cv2.distanceTransform(canvas, cv2.DIST_L2, cv2.DIST_MASK_5)


def _pressure(shape: tuple[int, ...], rng: np.random.Generator) -> np.ndarray:
    """Draw where the hand presses more and where less, (h, w) float32 around 1 that varies slowly."""
    corners = rng.normal(1.0, PRESSURE_SPREAD, (3, 2)).clip(0.6, 1.4).astype(np.float32)
    return cv2.resize(corners, shape[::-1], interpolation=cv2.INTER_LINEAR)


def trim_ink(ink: np.ndarray) -> np.ndarray:
    """Cut empty borders off an alpha map; a map without ink becomes one pixel."""
    x, y, w, h = cv2.boundingRect(ink)
    return ink[y : y + h, x : x + w] if w and h else ink[:1, :1]


def roughen(ink: np.ndarray, grain: float, rng: np.random.Generator) -> np.ndarray:
    """Break the ink up as pencil, chalk or a dry pen does on rough paper.

    Args:
        ink: (h, w) uint8 alpha map.
        grain: 0 leaves it whole, 1 is the driest chalk.
        rng: where on the paper the ink lies.
    """
    tile = _grain_tile()
    h, w = ink.shape
    y, x = rng.integers(0, GRAIN_TILE_PX, 2)
    rows, columns = np.arange(y, y + h) % GRAIN_TILE_PX, np.arange(x, x + w) % GRAIN_TILE_PX
    keep = np.clip(1.0 - grain * tile[np.ix_(rows, columns)], 0.0, 1.0)
    return (ink * keep).astype(np.uint8)


def fade(ink: np.ndarray, depth: float, rng: np.random.Generator) -> np.ndarray:
    """Make ink lighter from place to place, as where a pencil is pressed less.

    Args:
        ink: (h, w) uint8 alpha map.
        depth: share of the ink that is lost where it is lightest, 0 to 1.
        rng: where that is.
    """
    pressed = rng.uniform(1 - depth, 1, (3, 3)).astype(np.float32)
    return (ink * cv2.resize(pressed, ink.shape[::-1], interpolation=cv2.INTER_LINEAR)).astype(np.uint8)


@cache
def _grain_tile() -> np.ndarray:
    """Draw the hollows of rough paper, about 2 px wide: (GRAIN_TILE_PX, GRAIN_TILE_PX) float32, mostly 0 to 1."""
    noise = np.random.default_rng(1).normal(0.0, 1.0, (GRAIN_TILE_PX, GRAIN_TILE_PX)).astype(np.float32)
    smooth = cv2.GaussianBlur(noise, (0, 0), 0.8, borderType=cv2.BORDER_REFLECT)
    return np.clip(0.5 + 0.45 * smooth / smooth.std(), 0.0, 1.6)
