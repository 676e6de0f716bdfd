"""Methods from before deep learning, by scikit-learn: what a network must beat to be worth its trouble."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from sklearn.base import ClassifierMixin
from sklearn.ensemble import RandomForestClassifier
from sklearn.neighbors import KNeighborsClassifier
from sklearn.svm import SVC

from model.glyph import SIDE

CELL_PX = 7  # a histogram for each square of this side: 4 x 4 of them
CELLS = SIDE // CELL_PX
DIRECTIONS = 9  # bins over half a turn, as in Dalal and Triggs 2005
SOFTEST = 1e-3  # keeps an empty block's length from 0
CHUNK = 2000  # glyphs at a time, for memory's sake


def pixels(glyphs: np.ndarray) -> np.ndarray:
    """Take every pixel for a feature: (n, 28, 28) uint8 to (n, 784) float32, 0 to 1."""
    return glyphs.reshape(len(glyphs), -1).astype(np.float32) / 255


def hog(glyphs: np.ndarray) -> np.ndarray:
    """Compute histograms of oriented gradients (Dalal and Triggs 2005): which way strokes run, place by place.

    Args:
        glyphs: (n, 28, 28) uint8.

    Returns:
        (n, 324) float32: 3 x 3 overlapping blocks of 2 x 2 cells of 9 directions, each block of length 1.
    """
    chunks = [_hog(glyphs[start : start + CHUNK]) for start in range(0, len(glyphs), CHUNK)]
    return np.concatenate(chunks)


def _hog(glyphs: np.ndarray) -> np.ndarray:
    down, right = np.gradient(glyphs.astype(np.float32), axis=(1, 2))
    strength = np.hypot(down, right)
    turn = np.mod(np.arctan2(down, right), np.pi) / np.pi * DIRECTIONS  # opposite directions are one
    lower, part = np.floor(turn).astype(int) % DIRECTIONS, turn % 1
    cells = np.zeros((len(glyphs), CELLS, CELLS, DIRECTIONS), np.float32)
    for direction in range(DIRECTIONS):  # each pixel votes for the two nearest bins
        votes = strength * ((lower == direction) * (1 - part) + ((lower + 1) % DIRECTIONS == direction) * part)
        cells[..., direction] = votes.reshape(-1, CELLS, CELL_PX, CELLS, CELL_PX).sum(axis=(2, 4))
    corners = [cells[:, y : CELLS - 1 + y, x : CELLS - 1 + x] for y in (0, 1) for x in (0, 1)]
    blocks = np.concatenate(corners, axis=3)
    blocks /= np.linalg.norm(blocks, axis=3, keepdims=True) + SOFTEST
    return blocks.reshape(len(glyphs), -1)


@dataclass(frozen=True)
class Baseline:
    """A method to compare with.

    Attributes:
        title: for tables.
        features: from (n, 28, 28) uint8 glyphs to (n, k) float32.
        make: an untrained classifier, for a seed.
        size: how many numbers the trained one must keep.
    """

    title: str
    features: Callable[[np.ndarray], np.ndarray]
    make: Callable[[int], ClassifierMixin]
    size: Callable[[ClassifierMixin], int]


def _svm_size(machine: SVC) -> int:
    return machine.support_vectors_.size + machine.dual_coef_.size + machine.intercept_.size


def _neighbours_size(neighbours: KNeighborsClassifier) -> int:
    return neighbours.n_samples_fit_ * neighbours.n_features_in_


def _forest_size(forest: RandomForestClassifier) -> int:
    """Count a forest's numbers: a node has its pixel, the threshold, two ways on, and the shares of the classes."""
    return sum(tree.tree_.node_count * (4 + forest.n_classes_) for tree in forest.estimators_)


BASELINES: Mapping[str, Baseline] = MappingProxyType(
    {
        "svm_hog": Baseline("SVM on HOG", hog, lambda _: SVC(C=10, gamma="scale", cache_size=1000), _svm_size),
        "knn": Baseline(
            "3 nearest neighbours", pixels, lambda _: KNeighborsClassifier(3, weights="distance"), _neighbours_size
        ),
        "forest": Baseline(
            "random forest", pixels, lambda seed: RandomForestClassifier(200, random_state=seed), _forest_size
        ),
    }
)
