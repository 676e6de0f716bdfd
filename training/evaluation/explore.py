"""Measures what a data set is: counts, pixels, duplicates, and where its images lie to each other in two dimensions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from training.datasets.labelled import DIGITS, Labelled

INK_LEVEL = 128  # of 255: a pixel counts as ink from here on
PCA_PARTS = 50  # as van der Maaten and Hinton 2008 do before t-SNE: keeps 80% of MNIST's variance, drops noise and time
PERPLEXITY = 30  # neighbours that t-SNE keeps together; the paper's range is 5 to 50
PROJECTED = 2000  # images: enough to see the classes; the time grows faster than their number
COUNTED_AT_ONCE = 4096  # images
MIN_PROJECTED = 12  # with fewer there is nothing to see


@dataclass(frozen=True)
class Duplicates:
    """Images that occur more than once, pixel by pixel.

    Attributes:
        groups: indices of images that are the same, a tuple for each group, over all parts taken together.
        repeats: by part, how many of its images occurred earlier in the same part.
        across: images of a later part that occur in an earlier one: a test on them tests memory.
        disputed: groups whose images do not all have the same label.
    """

    groups: tuple[tuple[int, ...], ...]
    repeats: Mapping[str, int]
    across: int
    disputed: int


@dataclass(frozen=True)
class Projection:
    """Images as points of a plane.

    Attributes:
        labels: (n,) integers.
        pca: (n, 2): along the two directions in which images differ most.
        tsne: (n, 2): images that are alike lie together; distances between far groups mean nothing.
        variance: share of all variance that the two directions of `pca` hold, 0 to 1.
    """

    labels: np.ndarray
    pca: np.ndarray
    tsne: np.ndarray
    variance: float


def count_labels(images: Labelled) -> np.ndarray:
    """Count how many images each digit has: (10,)."""
    return np.bincount(images.y, minlength=DIGITS)[:DIGITS]


def level_shares(images: Labelled) -> np.ndarray:
    """Count how often each grey level occurs: (256,), as shares of all pixels."""
    pieces = np.array_split(images.x, -(-len(images) // COUNTED_AT_ONCE))  # counting takes eight bytes a pixel
    return sum(np.bincount(piece.ravel(), minlength=256) for piece in pieces) / images.x.size


def pixel_statistics(images: Labelled) -> dict[str, float]:
    """Describe the pixels of (n, 28, 28) uint8 images, or of (n, 28, 28, 3) ones, 0 to 255."""
    levels = level_shares(images)
    mean = float(levels @ np.arange(256))
    return {
        "least": int(np.flatnonzero(levels)[0]),
        "most": int(np.flatnonzero(levels)[-1]),
        "mean": round(mean, 3),
        "standard_deviation": round(float(np.sqrt(levels @ (np.arange(256) - mean) ** 2)), 3),
        "share_black": round(float(levels[0]), 5),
        "share_between": round(float(levels[1:-1].sum()), 5),
        "share_white": round(float(levels[-1]), 5),
    }


def class_statistics(images: Labelled) -> list[dict[str, float]]:
    """Describe each digit that occurs: how many, and its ink: share of pixels, width and height in pixels."""
    rows = []
    for digit in np.unique(images.y):
        ink = _gray(images.x[images.y == digit]) >= INK_LEVEL
        rows.append(
            {
                "digit": int(digit),
                "count": len(ink),
                "ink_share": round(float(ink.mean()), 4),
                "width_px": round(float(_extent(ink.any(axis=1)).mean()), 2),
                "height_px": round(float(_extent(ink.any(axis=2)).mean()), 2),
            }
        )
    return rows


def _gray(x: np.ndarray) -> np.ndarray:
    return x if x.ndim == 3 else x.mean(axis=-1)


def _extent(is_inked: np.ndarray) -> np.ndarray:
    """Measure from the first to the last True of each row of (n, 28), in pixels; 0 without any."""
    first, last = is_inked.argmax(axis=1), is_inked.shape[1] - is_inked[:, ::-1].argmax(axis=1)
    return np.where(is_inked.any(axis=1), last - first, 0)


def mean_images(images: Labelled) -> dict[int, tuple[np.ndarray, np.ndarray]]:
    """Compute mean and standard deviation of every digit's images, pixel by pixel: float64 0 to 255, like one image."""
    groups = ((int(digit), images.x[images.y == digit]) for digit in np.unique(images.y))
    return {digit: (group.mean(axis=0), group.std(axis=0)) for digit, group in groups}


def find_duplicates(parts: Mapping[str, Labelled]) -> Duplicates:
    """Find images that are the same, within a part and across parts."""
    seen: defaultdict[bytes, list[int]] = defaultdict(list)
    owner, labels = [], []
    for name, part in parts.items():
        for image, label in zip(part.x, part.y, strict=True):
            seen[image.tobytes()].append(len(owner))
            owner.append(name)
            labels.append(int(label))
    groups = tuple(tuple(group) for group in seen.values() if len(group) > 1)
    repeats, across = dict.fromkeys(parts, 0), 0
    for first, *others in groups:
        known = {owner[first]}
        for index in others:
            repeats[owner[index]] += owner[index] in known
            across += owner[index] != owner[first]
            known.add(owner[index])
    return Duplicates(groups, repeats, across, sum(len({labels[index] for index in group}) > 1 for group in groups))


def project(images: Labelled, seed: int) -> Projection | None:
    """Lay images out in a plane, by PCA and by t-SNE; None when there are too few.

    Principal components (Pearson 1901) are straight directions; t-SNE (van der Maaten and Hinton 2008) keeps near what
    is near, and may bend everything else.
    """
    from sklearn.decomposition import PCA
    from sklearn.manifold import TSNE
    from threadpoolctl import threadpool_limits  # what scikit-learn itself limits threads by

    sample = images.take(PROJECTED, seed)
    if len(sample) < MIN_PROJECTED:
        return None
    pixels = sample.x.reshape(len(sample), -1).astype(np.float32) / 255
    pca = PCA(min(PCA_PARTS, len(sample) - 1), random_state=seed)
    parts = pca.fit_transform(pixels)
    perplexity = min(PERPLEXITY, (len(sample) - 1) / 3)
    with threadpool_limits(1):  # its threads wait for each other at every step: on a busy machine, for minutes
        near = TSNE(2, perplexity=perplexity, init="pca", random_state=seed).fit_transform(parts)
    return Projection(sample.y, parts[:, :2], near, float(pca.explained_variance_ratio_[:2].sum()))
