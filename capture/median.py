"""Medians of a few numbers: `np.median` takes ten times as long for a page's handful, and is asked for often."""

from __future__ import annotations

import numpy as np


def median(values: np.ndarray) -> float:
    """The middle one of (n,) numbers in order, or the mean of the two in the middle; n is at least 1."""
    ordered = np.sort(values)
    return (float(ordered[(len(ordered) - 1) // 2]) + float(ordered[len(ordered) // 2])) / 2


def weighted_median(values: np.ndarray, weights: np.ndarray) -> float:
    """Of (n,) numbers the one at which, in order, half of all (n,) weights is reached."""
    order = np.argsort(values)
    so_far = np.cumsum(weights[order])
    return float(values[order[np.searchsorted(so_far, so_far[-1] / 2)]])
