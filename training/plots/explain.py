"""Draws how a digit is read: what was given, where the network looks, what it recalls."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import cv2
import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from capture.language import format_number, tr
from model.classifier import CLASS_NAMES
from model.glyph import SIDE
from training.datasets.labelled import Labelled
from training.evaluation.summary import with_article
from training.explain.insight import PATCH_PX
from training.explain.subject import Subject
from training.plots.style import BLUE, ORANGE, class_name, drawing, percent_axis, show_glyph

GLYPH_COLOURS = "gray"  # as the network gets it: ink white
HEAT_COLOURS = "inferno"  # even steps of lightness, so that it survives a grey printer
SIGNED_COLOURS = "RdBu_r"  # red for, blue against: told apart by the colour-blind too
OUTLINE_LEVEL = 96  # of 255: where the digit's outline is drawn over a heat map
OUTLINE_COLOUR = "#56d8ff"
NEIGHBOURS = 9  # beside the digit itself in one row
CONTEXT = 1.0  # of the box's longer side: what is shown of a photo around the digit


def draw_subject(subject: Subject, probabilities: np.ndarray, path: Path) -> None:
    """Draw what was given, what the network gets of it, and what it reads: (11,) probabilities."""
    with drawing(path, 1, 3, (10, 3.6), width_ratios=(1, 1, 1.3)) as (figure, (given, glyph, bars)):
        figure.suptitle(tr("What is read: {name}", name=subject.name))
        _show_given(given, subject)
        glyph.imshow(subject.glyph, cmap=GLYPH_COLOURS, vmin=0, vmax=255)
        glyph.set(title=tr("what the network gets"), xlabel=tr("pixels"))
        colours = [ORANGE if p == probabilities.max() else BLUE for p in probabilities]
        bars.barh([class_name(number) for number in range(len(probabilities))], probabilities, color=colours)
        for row, probability in enumerate(probabilities):
            bars.text(probability + 0.02, row, format_number(float(probability), ".2%"), va="center", fontsize=8)
        bars.invert_yaxis()
        bars.set(title=tr("what it reads"), xlabel=tr("probability of each class"))
        bars.set(xlim=(0, 1.22), xticks=(0, 0.25, 0.5, 0.75, 1))
        bars.xaxis.set_major_formatter(percent_axis())


def draw_class_maps(glyph: np.ndarray, maps: np.ndarray, probabilities: np.ndarray, path: Path) -> None:
    """Draw the glyph, and beside it a map for every class, all in one scale.

    Args:
        glyph: (28, 28) uint8, outlined over the maps.
        maps: (11, 28, 28): what the ink at each pixel adds to a class's logit, or takes from it.
        probabilities: (11,) float32, for the titles.
        path: the PNG file to write.
    """
    limit = float(np.abs(maps).max()) or 1.0
    with drawing(path, 3, 4, (8.6, 7.2)) as (figure, grid):
        figure.suptitle(tr("What the ink adds to each class: red speaks for it, blue against"))
        for axes in grid.flat:
            axes.axis("off")
        grid[0, 0].imshow(glyph, cmap=GLYPH_COLOURS)
        grid[0, 0].set_title(tr("the digit"), fontsize=10)
        for number, (axes, values) in enumerate(zip(grid.flat[1:], maps, strict=False)):
            shade = axes.imshow(values, cmap=SIGNED_COLOURS, clim=(-limit, limit))
            _outline(axes, glyph, "black")
            p, added = float(probabilities[number]), float(values.sum())
            title = tr("{name}: {p:.1%}\nin all {added:+.1f}", name=class_name(number), p=p, added=added)
            axes.set_title(title, fontsize=10)
        figure.colorbar(shade, ax=grid, label=tr("added to the logit, from paper to ink"), shrink=0.7)


def draw_occlusion(glyph: np.ndarray, probabilities: np.ndarray, target: int, path: Path) -> None:
    """Draw what is read while a square hides a part: (28, 28, 11) probabilities, by the square's middle."""
    with drawing(path, 1, 3, (10, 3.4)) as (figure, (given, heat, read)):
        figure.suptitle(tr("Occlusion: a square of paper, {side}x{side} pixels, hides part after part", side=PATCH_PX))
        given.imshow(glyph, cmap=GLYPH_COLOURS, vmin=0, vmax=255)
        given.add_patch(Rectangle((-0.5, -0.5), PATCH_PX, PATCH_PX, edgecolor="#ff9d5c", facecolor="none", lw=2))
        given.set(title=tr("the square's size"), xlabel=tr("pixels"), ylabel=tr("pixels"))
        shade = heat.imshow(probabilities[..., target], cmap=HEAT_COLOURS, vmin=0, vmax=1)
        figure.colorbar(shade, ax=heat, shrink=0.75, format=percent_axis())
        middle = tr("the square's middle, pixels")
        heat.set(title=tr("probability of {name}", name=class_name(target)), xlabel=middle)
        _show_readings(read, probabilities.argmax(axis=-1))
        for axes in (heat, read):
            _outline(axes, glyph)


def draw_neighbours(rows: Sequence[tuple[str, Labelled, np.ndarray]], glyph: np.ndarray, name: str, path: Path) -> None:
    """Draw the nearest training images, one row for each way to measure nearness.

    Args:
        rows: what nearness is measured by, the images nearest first, their distances.
        glyph: (28, 28) uint8, what they are near to.
        name: where it comes from.
        path: the PNG file to write.
    """
    with drawing(path, len(rows), NEIGHBOURS + 1, (10, 1.3 * len(rows) + 0.6), squeeze=False) as (figure, grid):
        figure.suptitle(tr("Nearest training images to {name}, with their labels and distances", name=name))
        for (kind, images, distances), axes in zip(rows, grid, strict=True):
            show_glyph(axes[0], glyph, tr("this one"))
            axes[0].set_ylabel(kind)
            for one, image, label, distance in zip(axes[1:], images.x, images.y, distances, strict=False):
                show_glyph(one, image, tr("{label}, at {distance:.3g}", label=str(label), distance=float(distance)))
            for one in axes[1 + len(images) :]:
                one.axis("off")


def _show_given(axes: Axes, subject: Subject) -> None:
    """Draw the picture as it was given; of a photo the part around the box."""
    picture = subject.picture if subject.picture.ndim == 3 else cv2.cvtColor(subject.picture, cv2.COLOR_GRAY2BGR)
    axes.imshow(cv2.cvtColor(picture, cv2.COLOR_BGR2RGB))
    if subject.box:
        x, y, w, h = subject.box.xywh
        axes.add_patch(Rectangle((x, y), w, h, edgecolor=ORANGE, facecolor="none", lw=2))
        reach = CONTEXT * max(w, h)
        axes.set_xlim(max(0, x - reach), min(picture.shape[1], x + w + reach))
        axes.set_ylim(min(picture.shape[0], y + h + reach), max(0, y - reach))
    label = f": {with_article(subject.label)}" if subject.label is not None else ""
    axes.set(title=tr("what was given{label}", label=label), xlabel=tr("pixels"), ylabel=tr("pixels"))


def _show_readings(axes: Axes, read: np.ndarray) -> None:
    """Draw each place in the colour of what is read when it is hidden, the classes named in a legend."""
    shades = mpl.colormaps.get_cmap("tab20")
    present = np.unique(read)
    colours = np.array([shades(int(number)) for number in range(len(CLASS_NAMES))])
    axes.imshow(colours[read])
    for number in present:
        share = float((read == number).mean())
        label = tr("{name}: {share:.0%}", name=class_name(number), share=share)
        axes.plot([], [], "s", color=colours[number], label=label)
    axes.legend(loc="center left", bbox_to_anchor=(1.0, 0.5), title=tr("of places"), frameon=False)
    axes.set(title=tr("read as"), xlabel=tr("the square's middle, pixels"))


def _outline(axes: Axes, glyph: np.ndarray, colour: str = OUTLINE_COLOUR) -> None:
    if glyph.max() > OUTLINE_LEVEL:
        axes.contour(glyph, levels=[OUTLINE_LEVEL], colors=colour, linewidths=1.2)
    axes.set(xlim=(-0.5, SIDE - 0.5), ylim=(SIDE - 0.5, -0.5))
