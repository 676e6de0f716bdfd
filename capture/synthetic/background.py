"""What lies under the sheet: wood, cloth, or a plain desk, light or dark."""

from __future__ import annotations

import cv2
import numpy as np

from capture.synthetic.paper import noise_field

WOODS_BGR = ((72, 105, 150), (95, 140, 185), (40, 62, 92), (130, 165, 195))
PLAIN_BGR = ((60, 55, 52), (30, 30, 32), (150, 150, 148), (205, 205, 200), (120, 90, 60), (70, 90, 60))
GRAIN_STRETCH = 24
"""Wood grain is this much longer than wide."""


def draw_desk(size: tuple[int, int], rng: np.random.Generator) -> np.ndarray:
    """Draws some desk.

    Args:
        size: (width, height) in px.
        rng: which one.

    Returns:
        (H, W, 3) uint8, BGR.
    """
    return (draw_wood, _draw_plain, _draw_cloth)[rng.integers(3)](size, rng)


def draw_wood(size: tuple[int, int], rng: np.random.Generator) -> np.ndarray:
    """Boards with the grain along x."""
    width, height = size
    fine = cv2.resize(noise_field((width // GRAIN_STRETCH + 2, height), rng), size, interpolation=cv2.INTER_CUBIC)
    broad = noise_field((width // 160 + 2, height // 10 + 2), rng)
    broad = cv2.resize(broad, size, interpolation=cv2.INTER_CUBIC)
    return _tint(0.035 * fine + 0.06 * broad, WOODS_BGR[rng.integers(len(WOODS_BGR))])


def _draw_plain(size: tuple[int, int], rng: np.random.Generator) -> np.ndarray:
    return _tint(0.015 * noise_field(size, rng), PLAIN_BGR[rng.integers(len(PLAIN_BGR))])


def _draw_cloth(size: tuple[int, int], rng: np.random.Generator) -> np.ndarray:
    """A weave: threads both ways, 3 px apart."""
    weave = np.sin(np.arange(size[1]) * 2.1)[:, None] * np.sin(np.arange(size[0]) * 2.1)
    shade = (0.08 * weave).astype(np.float32) + 0.05 * noise_field(size, rng)
    return _tint(shade, PLAIN_BGR[rng.integers(len(PLAIN_BGR))])


def _tint(shade: np.ndarray, bgr: tuple[int, int, int]) -> np.ndarray:
    lit = 1 + shade
    return cv2.merge([cv2.convertScaleAbs(lit, alpha=channel) for channel in bgr])
