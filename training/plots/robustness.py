"""Draws how a network bears altered images: accuracy curves, and sheets of what the images look like."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import cycle
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patheffects import withStroke

from capture.language import format_number, tr
from model.classifier import Classify
from training.datasets.labelled import Labelled
from training.evaluation.corruptions import ALTERATIONS, Alteration, alter_all, normalise_all
from training.evaluation.robustness import Curve, Moved, alteration_name, alteration_unit
from training.plots.style import BLUE, GREY, ORANGE, class_name, drawing, percent_axis, show_glyph, tiles

HALO = [withStroke(linewidth=2.5, foreground="white")]  # figures stay readable where they cross a line
ABOVE, BELOW = (0, 8), (0, -14)  # points
SAME = 0.02  # curves so near each other look like one
SHEET_COLUMNS = max(len(alteration.strengths) for alteration in ALTERATIONS)


def draw_curves(curves: Sequence[Curve], title: str, path: Path) -> None:
    """Draw accuracy against strength, a panel for each alteration."""
    with drawing(path, 2, -(-len(curves) // 2), (13, 6.4), sharey=True) as (figure, axes):
        figure.suptitle(tr("{title}: accuracy against the strength of an alteration", title=title))
        for panel, curve in zip(axes.ravel(), curves, strict=True):
            _draw_curve(panel, curve)
        for panel in axes[:, 0]:
            panel.set_ylabel(tr("read right"))
            panel.yaxis.set_major_formatter(percent_axis())
        handles, labels = axes.flat[0].get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside lower center", ncols=3)


def _draw_curve(axes: Axes, curve: Curve) -> None:
    strengths = curve.alteration.strengths
    places = range(len(strengths))  # evenly, so that factors and differences are both readable
    axes.plot(places, curve.normalised, "o-", color=BLUE, label=tr("cut out as the camera does (normalise)"))
    axes.plot(places, curve.straight, "s--", color=ORANGE, label=tr("put into the network as it is"))
    axes.axvline(strengths.index(curve.alteration.neutral), color=GREY, linestyle=":", label=tr("no alteration"))
    for place, accuracy, straight in zip(places, curve.normalised, curve.straight, strict=True):
        figure = format_number(accuracy * 100, ".3g")
        offset = ABOVE if accuracy >= straight - SAME else BELOW  # away from the other curve
        how = {"textcoords": "offset points", "ha": "center", "fontsize": 7, "path_effects": HALO, "zorder": 4}
        axes.annotate(figure, (place, accuracy), offset, **how)
    axes.set(title=alteration_name(curve.alteration), xlabel=alteration_unit(curve.alteration), ylim=(-0.03, 1.12))
    axes.set_xticks(places, [format_number(strength, "g") for strength in strengths])
    axes.grid(alpha=0.3)


def draw_sheet(digits: Labelled, read: Classify, seed: int, path: Path) -> None:
    """Draw every alteration at every strength on one image each: what it looks like, and what it is read as."""
    title = tr("Altered images: below each its strength, and what it is read as (!: wrong)")
    with tiles(path, len(ALTERATIONS), SHEET_COLUMNS, title, lines=1) as axes:
        for row, alteration, index in zip(axes, ALTERATIONS, cycle(_one_of_each(digits)), strict=False):
            _draw_row(row, alteration, Labelled(digits.x[[index]], digits.y[[index]]), read, seed)


def _one_of_each(digits: Labelled) -> list[int]:
    """Find the index of the first image of each digit that occurs."""
    return [int(np.flatnonzero(digits.y == digit)[0]) for digit in np.unique(digits.y)]


def _draw_row(row: np.ndarray, alteration: Alteration, digit: Labelled, read: Classify, seed: int) -> None:
    for axes, strength in zip(row, alteration.strengths, strict=False):
        altered = alter_all(digit.x, lambda x, rng, strength=strength: alteration.apply(x, strength, rng), seed)
        reading = int(read(normalise_all(altered))[0].argmax())
        words = {"strength": strength, "read": class_name(reading)}
        verdict = tr("{strength:g}, read {read}", **words) + ("" if reading == digit.y[0] else " (!)")
        show_glyph(axes, altered[0], verdict, "black" if reading == digit.y[0] else ORANGE)
    row[0].set_ylabel(alteration_name(alteration), fontsize=10)


def draw_moved(digits: Labelled, moved: Moved, path: Path) -> None:
    """Draw test images, the same enlarged and moved, and what is cut out of these: three rows."""
    first = _one_of_each(digits)
    rows = {
        tr("plain"): digits.x[first],
        tr("enlarged\nand moved"): moved.images[first],
        tr("as the\nnetwork gets it"): normalise_all(moved.images[first]),
    }
    title = tr("Enlarged and moved at random, reduced to 28x28 pixels, and found again")
    with tiles(path, len(rows), len(first), title) as axes:
        for row, (name, images) in zip(axes, rows.items(), strict=True):
            for axis, image in zip(row, images, strict=True):
                show_glyph(axis, image)
            row[0].set_ylabel(name)
