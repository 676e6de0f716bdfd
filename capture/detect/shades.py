"""Measure how dark ink is, and part it into a lighter and a darker shade."""

from __future__ import annotations

import cv2
import numpy as np

SHADE_ENDS = 3.0  # standard deviations above its median: hardly any of the lighter ink is so dark
MAD_TO_SIGMA = 1.4826  # of a normal distribution
LEVELS = np.arange(256, dtype=np.uint8)


def lighter_end(lighter: np.ndarray, split: float) -> float:
    """Find how dark the lighter shade gets, at most `split`, from its (n,) ranked ink: hardly any of it is darker.

    What is darker than this, and hangs together with ink darker than `split`, is of the darker shade: two thresholds
    with hysteresis (Canny 1986) keep a pen's faint spots, and not the rules that it crosses.
    """
    middle = middle_of(lighter)
    off = np.abs(LEVELS - middle)
    nearest = np.argsort(off, kind="stable")  # 256 levels are sorted in no time, a sheet's pixels are not
    spread = MAD_TO_SIGMA * middle_of(np.repeat(off[nearest], np.bincount(lighter, minlength=len(LEVELS))[nearest]))
    return min(split, middle + SHADE_ENDS * spread)


def threshold_to_zero(ink: np.ndarray, level: float) -> np.ndarray:
    """Keep the ink stronger than `level`, 0 elsewhere."""
    return cv2.threshold(ink, level, 255, cv2.THRESH_TOZERO)[1]


def rank_ink(ink: np.ndarray) -> np.ndarray:
    """Sort all ink, the faintest first: (n,) uint8, by counting, in a fraction of a sort's time."""
    counts = cv2.calcHist([ink], [0], None, [256], [0, 256]).ravel().astype(np.int64)
    return np.repeat(LEVELS[1:], counts[1:])


def split_at(ranked: np.ndarray, split: float) -> tuple[np.ndarray, np.ndarray]:
    """Part ranked ink: what is up to `split`, and what is darker."""
    count = np.count_nonzero(ranked <= split)
    return ranked[:count], ranked[count:]


def middle_of(ranked: np.ndarray) -> float:
    """Find the median of (n,) ranked values; `statistics.median` is quick for lists, not for thousands of pixels."""
    return (float(ranked[(len(ranked) - 1) // 2]) + float(ranked[len(ranked) // 2])) / 2


def darkness(ranked: np.ndarray) -> float:
    """Find the 90th percentile of ranked ink: the stroke's middle, without a blot."""
    return float(ranked[int(0.9 * len(ranked))])


def otsu_threshold(values: np.ndarray) -> float:
    """Find the level that parts (n,) uint8 values best in two (Otsu 1979)."""
    return cv2.threshold(values.reshape(1, -1), 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)[0]
