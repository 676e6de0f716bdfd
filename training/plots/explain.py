"""Draws how a digit is read: what was given, where the network looks, what it recalls."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import cv2
import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from matplotlib.ticker import PercentFormatter

from model.classifier import CLASS_NAMES
from model.glyph import SIDE
from training.datasets.mnist import Labelled
from training.evaluation.summary import with_article
from training.explain.insight import PATCH_PX
from training.explain.subject import Subject
from training.plots.style import BLUE, ORANGE, drawing, show_glyph

GLYPH_COLOURS = "gray"  # as the network gets it: ink white
HEAT_COLOURS = "inferno"  # even steps of lightness, so that it survives a grey printer
SIGNED_COLOURS = "RdBu_r"  # red for, blue against: told apart by the colour-blind too
OUTLINE_LEVEL = 96  # of 255: where the digit's outline is drawn over a heat map
OUTLINE_COLOUR = "#56d8ff"
NEIGHBOURS = 9  # beside the digit itself in one row
CONTEXT = 1.0  # of the box's longer side: what is shown of a photo around the digit


def draw_subject(subject: Subject, probabilities: np.ndarray, path: Path) -> None:
    """What was given, what the network gets of it, and what it reads: (classes,) probabilities."""
    with drawing(path, 1, 3, (10, 3.6), width_ratios=(1, 1, 1.3)) as (figure, (given, glyph, bars)):
        figure.suptitle(f"What is read: {subject.name}")
        _show_given(given, subject)
        glyph.imshow(subject.glyph, cmap=GLYPH_COLOURS, vmin=0, vmax=255)
        glyph.set(title="what the network gets", xlabel="pixels")
        colours = [ORANGE if p == probabilities.max() else BLUE for p in probabilities]
        bars.barh(CLASS_NAMES[: len(probabilities)], probabilities, color=colours)
        for row, probability in enumerate(probabilities):
            bars.text(probability + 0.02, row, f"{probability:.2%}", va="center", fontsize=8)
        bars.invert_yaxis()
        bars.set(title="what it reads", xlabel="probability of each class")
        bars.set(xlim=(0, 1.22), xticks=(0, 0.25, 0.5, 0.75, 1))
        bars.xaxis.set_major_formatter(PercentFormatter(1.0))


def draw_grad_cam(glyph: np.ndarray, heat: np.ndarray, probabilities: np.ndarray, layer: str, path: Path) -> None:
    """A Grad-CAM map a class, (classes, 28, 28), each in its own scale, with (classes,) probabilities in the titles."""
    peaks = heat.max(axis=(1, 2))
    names = [
        f"{name}: {p:.2%}\n" + (f"peak {peak:.2g}" if peak > 0 else "nothing")
        for name, p, peak in zip(CLASS_NAMES, probabilities, peaks, strict=False)
    ]
    shares = heat / np.maximum(peaks, 1e-9)[:, None, None]
    title = f"Grad-CAM: where {layer} speaks for each class"
    _draw_classes(
        glyph, shares, names, path, title=title, colours=HEAT_COLOURS, unit="share of the class's peak (logit)"
    )


def draw_pixel_weights(glyph: np.ndarray, weights: np.ndarray, is_linear: bool, path: Path) -> None:
    """An image of weights for every class: (classes, 28, 28).

    Args:
        glyph: (28, 28) uint8, outlined over the weights.
        weights: logit from paper to ink at each pixel.
        is_linear: whether these weights hold for every glyph, or for this one only.
        path: the PNG file to write.
    """
    title = "Weights of each class" if is_linear else "Weights of each class, as they are for this digit"
    title += ": ink on red speaks for it"
    unit = "logit, from paper to ink"
    _draw_classes(glyph, weights, CLASS_NAMES, path, title=title, colours=SIGNED_COLOURS, unit=unit)


def draw_occlusion(glyph: np.ndarray, probabilities: np.ndarray, target: int, path: Path) -> None:
    """What is read while a square hides a part: (28, 28, classes) probabilities, by the square's middle."""
    with drawing(path, 1, 3, (10, 3.4)) as (figure, (given, heat, read)):
        figure.suptitle(f"Occlusion: a square of paper, {PATCH_PX}x{PATCH_PX} pixels, hides part after part")
        given.imshow(glyph, cmap=GLYPH_COLOURS, vmin=0, vmax=255)
        given.add_patch(Rectangle((-0.5, -0.5), PATCH_PX, PATCH_PX, edgecolor="#ff9d5c", facecolor="none", lw=2))
        given.set(title="the square's size", xlabel="pixels", ylabel="pixels")
        shade = heat.imshow(probabilities[..., target], cmap=HEAT_COLOURS, vmin=0, vmax=1)
        figure.colorbar(shade, ax=heat, shrink=0.75, format=PercentFormatter(1.0))
        heat.set(title=f"probability of {CLASS_NAMES[target]}", xlabel="the square's middle, pixels")
        _show_readings(read, probabilities.argmax(axis=-1))
        for axes in (heat, read):
            _outline(axes, glyph)


def draw_neighbours(rows: Sequence[tuple[str, Labelled, np.ndarray]], glyph: np.ndarray, name: str, path: Path) -> None:
    """The nearest training images, one row for each way to measure nearness.

    Args:
        rows: what nearness is measured in, the images nearest first, their distances.
        glyph: (28, 28) uint8, what they are near to.
        name: where it comes from.
        path: the PNG file to write.
    """
    with drawing(path, len(rows), NEIGHBOURS + 1, (10, 1.3 * len(rows) + 0.6), squeeze=False) as (figure, grid):
        figure.suptitle(f"Nearest training images to {name}, with their labels and distances")
        for (kind, images, distances), axes in zip(rows, grid, strict=True):
            show_glyph(axes[0], glyph, "this one")
            axes[0].set_ylabel(f"by {kind}")
            for one, image, label, distance in zip(axes[1:], images.x, images.y, distances, strict=False):
                show_glyph(one, image, f"{label}, at {distance:.3g}")
            for one in axes[1 + len(images) :]:
                one.axis("off")


def _draw_classes(
    glyph: np.ndarray, values: np.ndarray, names: Sequence[str], path: Path, *, title: str, colours: str, unit: str
) -> None:
    """The glyph, and a map for every class, all in one scale."""
    limit = float(np.abs(values).max()) or 1.0
    span = (-limit, limit) if values.min() < 0 else (0, limit)
    with drawing(path, 3, 4, (8.6, 6.8)) as (figure, grid):
        figure.suptitle(title)
        for axes in grid.flat:
            axes.axis("off")
        grid[0, 0].imshow(glyph, cmap=GLYPH_COLOURS)
        grid[0, 0].set_title("the digit", fontsize=10)
        for axes, value, name in zip(grid.flat[1:], values, names, strict=False):
            shade = axes.imshow(value, cmap=colours, clim=span)
            _outline(axes, glyph, "black" if colours == SIGNED_COLOURS else OUTLINE_COLOUR)
            axes.set_title(name, fontsize=10)
        figure.colorbar(shade, ax=grid, label=unit, shrink=0.7)


def _show_given(axes: Axes, subject: Subject) -> None:
    """The picture as it was given; of a photo the part around the box."""
    picture = subject.picture if subject.picture.ndim == 3 else cv2.cvtColor(subject.picture, cv2.COLOR_GRAY2BGR)
    axes.imshow(cv2.cvtColor(picture, cv2.COLOR_BGR2RGB))
    if subject.box:
        x, y, w, h = subject.box.xywh
        axes.add_patch(Rectangle((x, y), w, h, edgecolor=ORANGE, facecolor="none", lw=2))
        reach = CONTEXT * max(w, h)
        axes.set_xlim(max(0, x - reach), min(picture.shape[1], x + w + reach))
        axes.set_ylim(min(picture.shape[0], y + h + reach), max(0, y - reach))
    label = f": {with_article(subject.label)}" if subject.label is not None else ""
    axes.set(title=f"what was given{label}", xlabel="pixels", ylabel="pixels")


def _show_readings(axes: Axes, read: np.ndarray) -> None:
    """Each place in the colour of what is read when it is hidden, the classes named in a legend."""
    shades = mpl.colormaps.get_cmap("tab20b").colors + mpl.colormaps.get_cmap("tab20").colors
    present = np.unique(read)
    colours = np.array(shades[: len(CLASS_NAMES)])
    axes.imshow(colours[read])
    for number in present:
        share = float((read == number).mean())
        axes.plot([], [], "s", color=colours[number], label=f"{CLASS_NAMES[number]}: {share:.0%}")
    axes.legend(loc="center left", bbox_to_anchor=(1.0, 0.5), title="of places", frameon=False)
    axes.set(title="read as", xlabel="the square's middle, pixels")


def _outline(axes: Axes, glyph: np.ndarray, colour: str = OUTLINE_COLOUR) -> None:
    if glyph.max() > OUTLINE_LEVEL:
        axes.contour(glyph, levels=[OUTLINE_LEVEL], colors=colour, linewidths=1.2)
    axes.set(xlim=(-0.5, SIDE - 0.5), ylim=(SIDE - 0.5, -0.5))
