"""Measure how dark ink is, and part it into a lighter and a darker shade."""

from __future__ import annotations

import cv2
import numpy as np

SHADE_ENDS = 3.0  # standard deviations above its median: hardly any of the lighter ink is so dark
MAD_TO_SIGMA = 1.4826  # of a normal distribution


def darker_shade(ink: np.ndarray, lighter: np.ndarray, split: float) -> np.ndarray:
    """Keep what is darker than `split`, and what hangs together with it down to where the lighter shade begins.

    Two thresholds with hysteresis (Canny 1986): a pen's faint spots are kept, the rules that it crosses are not.
    """
    middle = _middle(lighter)
    spread = MAD_TO_SIGMA * _middle(np.sort(np.abs(lighter - middle)))
    low = min(split, middle + SHADE_ENDS * spread)
    rest = threshold_to_zero(ink, low)
    count, labels = cv2.connectedComponents(rest)
    kept = np.zeros(count, np.uint8)
    kept[labels[ink > split]] = 255
    return cv2.bitwise_and(rest, kept.take(labels))


def threshold_to_zero(ink: np.ndarray, level: float) -> np.ndarray:
    """Keep the ink stronger than `level`, 0 elsewhere."""
    return cv2.threshold(ink, level, 255, cv2.THRESH_TOZERO)[1]


def rank_ink(ink: np.ndarray) -> np.ndarray:
    """Sort all ink, the faintest first: (n,) uint8. Bytes are sorted by counting, in a tenth of the time."""
    return np.sort(ink[ink > 0], kind="stable")


def split_at(ranked: np.ndarray, split: float) -> tuple[np.ndarray, np.ndarray]:
    """Part ranked ink: what is up to `split`, and what is darker."""
    count = np.count_nonzero(ranked <= split)
    return ranked[:count], ranked[count:]


def _middle(ranked: np.ndarray) -> float:
    """Find the median of (n,) ranked values; `statistics.median` is quick for lists, not for thousands of pixels."""
    return (float(ranked[(len(ranked) - 1) // 2]) + float(ranked[len(ranked) // 2])) / 2


def darkness(ranked: np.ndarray) -> float:
    """Find the 90th percentile of ranked ink: the stroke's middle, without a blot."""
    return float(ranked[int(0.9 * len(ranked))])


def otsu_threshold(values: np.ndarray) -> float:
    """Find the level that parts (n,) uint8 values best in two (Otsu 1979)."""
    return cv2.threshold(values.reshape(1, -1), 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)[0]
