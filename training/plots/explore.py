"""Draws what a data set is: counts, samples, mean images, pixel values, duplicates, and its images in a plane."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes

from capture.language import tr
from training.datasets.labelled import DIGITS, Labelled
from training.evaluation.explore import Duplicates, Projection, count_labels, level_shares, mean_images
from training.evaluation.summary import set_name
from training.plots.style import BLUE, ORANGE, drawing, percent_axis, show_glyph, tiles

SAMPLES = 12  # of each digit
MAX_GROUPS, MAX_COPIES = 10, 4  # of duplicates that are shown
SAMPLE_IN = 0.75
BIN_LEVELS = 8  # grey levels a bar of the histogram
HATCHES = ("", "///")  # tell bars apart where the print is grey
COLOURS = (BLUE, ORANGE)
LABEL_SHARE = 0.058  # of a map's width: a digit's label
SPREAD_STEPS = 50


def draw_counts(parts: Mapping[str, Labelled], path: Path) -> None:
    """Draw how many images each digit has, in every part."""
    width = 0.8 / len(parts)
    with drawing(path, size_in=(9, 4.5)) as (_, axes):
        for number, (name, part) in enumerate(parts.items()):
            places = np.arange(DIGITS) + (number - (len(parts) - 1) / 2) * width
            label = tr("{name}: {count:,} images", name=set_name(name), count=len(part))
            bars = axes.bar(
                places,
                count_labels(part),
                width,
                label=label,
                color=COLOURS[number],
                hatch=HATCHES[number],
                edgecolor="white",
            )
            axes.bar_label(bars, fontsize=7)
        axes.set(title=tr("Images of each digit"), xlabel=tr("digit"), ylabel=tr("images"), xticks=range(DIGITS))
        axes.margins(y=0.1)
        axes.grid(axis="y", alpha=0.3)
        axes.legend(loc="lower center", bbox_to_anchor=(0.5, -0.3), ncols=2)


def draw_samples(images: Labelled, seed: int, path: Path) -> None:
    """Draw random images, a row a digit."""
    rng = np.random.default_rng(seed)
    digits = np.unique(images.y)
    with tiles(path, len(digits), SAMPLES, tr("Some images of each digit"), tile_in=SAMPLE_IN) as axes:
        for row, digit in zip(axes, digits, strict=True):
            chosen = rng.permutation(np.flatnonzero(images.y == digit))[:SAMPLES]
            for axis, index in zip(row, chosen, strict=False):
                show_glyph(axis, images.x[index])
            row[0].set_ylabel(str(digit), rotation=0, labelpad=12, va="center", fontsize=12)


def draw_means(images: Labelled, path: Path) -> None:
    """Draw the mean image of each digit, and where its images differ."""
    means = mean_images(images)
    title = tr("Mean image of each digit; below, where its images differ (standard deviation)")
    with tiles(path, 2, len(means), title, lines=1) as axes:
        for column, (digit, (mean, deviation)) in enumerate(means.items()):
            show_glyph(axes[0, column], mean.astype(np.uint8), str(digit))
            show_glyph(axes[1, column], np.minimum(deviation * 2, 255).astype(np.uint8), str(digit))
        axes[0, 0].set_ylabel(tr("mean"))
        axes[1, 0].set_ylabel(tr("2 x deviation"))


def draw_pixels(images: Labelled, path: Path) -> None:
    """Draw how often each grey level occurs, and where ink lies."""
    with drawing(path, 1, 2, (11, 4.3), gridspec_kw={"width_ratios": (1.5, 1)}) as (figure, (bars, place)):
        levels = level_shares(images).reshape(-1, BIN_LEVELS).sum(axis=1)
        starts = np.arange(0, 256, BIN_LEVELS)
        bars.bar(starts, levels, BIN_LEVELS, align="edge", color=BLUE, edgecolor="white", log=True)
        bars.set(
            title=tr("Grey levels"),
            xlabel=tr("grey level, 0 black to 255 white"),
            ylabel=tr("share of the pixels (log scale)"),
        )
        bars.yaxis.set_major_formatter(percent_axis())
        bars.grid(axis="y", alpha=0.3)
        mean = images.x.reshape(len(images), *images.x.shape[1:3], -1).mean(axis=(0, 3))
        shade = place.imshow(mean, cmap="gray")
        place.set(title=tr("Mean of all images"), xlabel=tr("column in pixels"), ylabel=tr("row in pixels"))
        figure.colorbar(shade, ax=place, label=tr("mean grey level"))


def draw_duplicates(parts: Mapping[str, Labelled], duplicates: Duplicates, path: Path) -> None:
    """Draw the first groups of images that are the same, a column a group."""
    groups = duplicates.groups[:MAX_GROUPS]
    images = np.concatenate([part.x for part in parts.values()])
    labels = np.concatenate([part.y for part in parts.values()])
    where = [f"{set_name(name)} {index}" for name, part in parts.items() for index in range(len(part))]
    rows = min(MAX_COPIES, max(map(len, groups)))
    title = tr(
        "Images that occur more than once: {shown} of {count} groups", shown=len(groups), count=len(duplicates.groups)
    )
    with tiles(path, rows, len(groups), title, lines=2) as axes:
        for column, group in zip(axes.T, groups, strict=True):
            for axis, index in zip(column, group, strict=False):
                show_glyph(axis, images[index], tr("{place}\nlabel {label}", place=where[index], label=labels[index]))


def draw_projection(projection: Projection, path: Path) -> None:
    """Draw each image as its digit, placed by PCA and by t-SNE."""
    with drawing(path, 1, 2, (13, 6.6)) as (figure, (straight, bent)):
        count = len(projection.labels)
        figure.suptitle(tr("{count:,} images as points of a plane: each is drawn as its digit", count=count))
        _scatter(straight, projection.pca, projection.labels)
        straight.set(
            title=tr(
                "PCA: the two directions that differ most ({share:.0%} of the variance)", share=projection.variance
            ),
            xlabel=tr("first component"),
            ylabel=tr("second component"),
        )
        _scatter(bent, projection.tsne, projection.labels)
        bent.set(title=tr("t-SNE: neighbours stay neighbours"), xlabel=tr("(no unit)"), ylabel=tr("(no unit)"))


def _scatter(axes: Axes, points: np.ndarray, labels: np.ndarray) -> None:
    digits = np.unique(labels)
    for digit in digits:
        axes.scatter(*points[labels == digit].T, s=22, marker=f"${digit}$", color=f"C{digit}", linewidths=0.3)
    middles = np.array([np.median(points[labels == digit], axis=0) for digit in digits])
    for digit, place in zip(digits, spread(middles, LABEL_SHARE * np.ptp(points, axis=0)), strict=True):
        box = {"boxstyle": "circle", "facecolor": "white", "edgecolor": f"C{digit}", "alpha": 0.85}
        axes.text(*place, str(digit), fontsize=14, weight="bold", ha="center", va="center", bbox=box)


def spread(places: np.ndarray, least: np.ndarray) -> np.ndarray:
    """Push places, (n, 2), apart until none covers another: `least`, (2,), is how far apart along x or along y."""
    places = places.astype(float)
    for _ in range(SPREAD_STEPS):
        gaps = (places[:, None] - places[None]) / least
        distances = np.linalg.norm(gaps, axis=2) + np.eye(len(places)) * 9
        push = np.where(distances < 1, (1 - distances) / np.maximum(distances, 1e-6), 0)
        places += 0.5 * (gaps * push[..., None]).sum(axis=1) * least
    return places
