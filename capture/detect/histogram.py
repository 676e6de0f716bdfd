"""Count the ink of a piece level by level: what is asked of its darkness, 256 counts answer, however large it is."""

from __future__ import annotations

import cv2
import numpy as np

GRAYS = np.arange(256)  # the levels that a pixel can have


def count_levels(ink: np.ndarray) -> np.ndarray:
    """Count the pixels of each level in an (h, w) uint8 ink map: (256,) float64, none of level 0, which is bare."""
    return cv2.calcHist([ink], [0], ink, [len(GRAYS)], [0, len(GRAYS)]).ravel().astype(float)


def faintest(counts: np.ndarray) -> int:
    """Find the level of the faintest ink."""
    return int((counts > 0).argmax())


def darkness(counts: np.ndarray) -> int:
    """Find the 90th percentile of ink: the stroke's middle, without a blot."""
    total = counts.cumsum()
    return _level_of(int(0.9 * total[-1]), total)


def median_level(counts: np.ndarray) -> float:
    """Find the median level of ink."""
    total = counts.cumsum()
    count = int(total[-1])
    return (_level_of((count - 1) // 2, total) + _level_of(count // 2, total)) / 2


def _level_of(rank: int, total: np.ndarray) -> int:
    """Find the level of one pixel by its rank, 0 for the faintest; `total`: (256,) pixels up to each level."""
    return int(total.searchsorted(rank, side="right"))


def mean_level(counts: np.ndarray) -> float:
    """Compute the mean level of ink."""
    return float(counts @ GRAYS / counts.sum())


def split_at(counts: np.ndarray, level: float) -> tuple[np.ndarray, np.ndarray]:
    """Part counts: of what is up to `level`, and of what is darker."""
    is_darker = level < GRAYS
    return counts * ~is_darker, counts * is_darker


def otsu_threshold(counts: np.ndarray) -> tuple[int, float]:
    """Find the level that parts pixels best in two (Otsu 1979), and how far apart the means of the two are, in levels.

    Args:
        counts: (256,) float64, pixels of each level.
    """
    below, sum_below = counts.cumsum(), (counts * GRAYS).cumsum()
    above, sum_above = below[-1] - below, sum_below[-1] - sum_below
    apart = sum_above / np.maximum(above, 1) - sum_below / np.maximum(below, 1)
    level = int((below * above * apart**2).argmax())
    return level, float(apart[level])
