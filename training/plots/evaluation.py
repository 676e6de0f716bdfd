"""Draws what a test showed: the confusion matrix, the worst mistakes, and how honest the confidence is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import PowerNorm

from capture.language import format_number, tr
from training.datasets.labelled import Labelled
from training.evaluation.metrics import CALIBRATION_BINS, fold_counts, reliability
from training.evaluation.summary import interval, percent, set_name
from training.plots.style import BLUE, GREY, ORANGE, SHADES, class_name, drawing, percent_axis, show_glyph, tiles

COLUMNS, MAX_ROWS = 8, 5
MATRIX_IN = (8, 7)  # width with the colour bar, and height
STRETCH = 0.4  # exponent of the shading: a mistake in a thousand shows, and all right is still far darker
DARK = 0.25  # share above which the shade is too dark for black figures


def draw_confusion(confusion: np.ndarray, title: str, path: Path) -> None:
    """Draw one confusion matrix.

    Args:
        confusion: (classes, classes) counts, rows the true ones; all that is no digit counts as one class. Those that
            neither occur nor are read are left out.
        title: what was tested.
        path: the PNG file to write.
    """
    draw_confusions({title: confusion}, path)


def draw_confusions(confusions: Mapping[str, np.ndarray], path: Path) -> None:
    """Draw confusion matrices side by side, with the same classes and one scale; by their titles."""
    confusions = {title: fold_counts(confusion) for title, confusion in confusions.items()}
    both = sum(confusions.values())
    present = np.flatnonzero(both.sum(axis=0) + both.sum(axis=1))
    width, height = MATRIX_IN
    with drawing(path, 1, len(confusions), ((width - 1) * len(confusions) + 1, height), squeeze=False) as (
        figure,
        axes,
    ):
        for panel, (title, confusion) in zip(axes[0], confusions.items(), strict=True):
            shade = _draw_matrix(panel, confusion[np.ix_(present, present)], title)
        panel_names = [class_name(number) for number in present]
        for panel in axes[0]:
            panel.set_xticks(range(len(present)), panel_names)
            panel.set_yticks(range(len(present)), panel_names)
        bar = figure.colorbar(shade, ax=axes[0], label=tr("share of the true class"), format=percent_axis())
        bar.set_ticks([0, 0.001, 0.01, 0.05, 0.2, 0.5, 1])


def _draw_matrix(axes: Axes, counts: np.ndarray, title: str):
    shares, right = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1), np.trace(counts)
    shade = axes.imshow(shares, cmap=SHADES, norm=PowerNorm(STRETCH, 0, 1))
    words = {
        "right": int(right),
        "count": int(counts.sum()),
        "share": percent(right / max(counts.sum(), 1), counts.sum()),
    }
    axes.set(
        title=tr("{title}: {right:,} of {count:,} right ({share})", title=set_name(title), **words),
        xlabel=tr("read as (count, and percent of the row)"),
        ylabel=tr("true digit"),
    )
    for (row, column), count in np.ndenumerate(counts):
        if count:
            colour = "white" if shares[row, column] > DARK else "black"
            axes.text(column, row - 0.14, str(count), ha="center", va="center", color=colour, fontsize=10)
            axes.text(
                column, row + 0.26, _percent(shares[row, column]), ha="center", va="center", color=colour, fontsize=7
            )
    return shade


def _percent(share: float) -> str:
    """Write a share with as many digits as a cell of a thousand can tell."""
    if share < 0.0005:
        return "<" + format_number(0.001, ".1%")
    return format_number(float(share), ".0%" if share == 1 else ".1%")


def draw_mistakes(digits: Labelled, probabilities: np.ndarray, title: str, path: Path, names: Sequence[str]) -> int:
    """Draw the mistakes the network was surest of, the worst first, with true digit, reading and confidence.

    Args:
        digits: what was read.
        probabilities: (n, classes) float32.
        title: what was tested.
        path: the PNG file to write.
        names: of the files, or nothing.

    Returns:
        How many are shown; without a mistake, the file says so.
    """
    worst = worst_mistakes(probabilities, digits.y)[: COLUMNS * MAX_ROWS]
    rows = max(1, -(-len(worst) // COLUMNS))
    surest = tr("{title}: the mistakes it was surest of ({count})", title=title, count=len(worst))
    heading = surest if len(worst) else tr("{title}: no mistake", title=title)
    with tiles(path, rows, COLUMNS, heading, lines=3 if names else 2) as axes:
        for axis, index in zip(axes.ravel(), worst, strict=False):
            read = int(probabilities[index].argmax())
            caption = tr(
                "true {true}, read {read}\n{share:.1%} sure",
                true=int(digits.y[index]),
                read=class_name(read),
                share=float(probabilities[index, read]),
            )
            show_glyph(axis, digits.x[index], caption + (f"\n{_short(names[index])}" if names else ""))
    return len(worst)


def worst_mistakes(probabilities: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Find the indices of the wrong readings, the surest first."""
    wrong = np.flatnonzero(probabilities.argmax(axis=1) != labels)
    return wrong[np.argsort(-probabilities[wrong].max(axis=1), kind="stable")]


def _short(name: str, longest: int = 16) -> str:
    return name if len(name) <= longest else f"...{name[3 - longest :]}"


def draw_calibration(probabilities: np.ndarray, labels: np.ndarray, error: float, title: str, path: Path) -> None:
    """Draw accuracy against confidence, above how often each confidence occurs.

    Args:
        probabilities: (n, classes) float32.
        labels: (n,) integers.
        error: expected calibration error, 0 to 1.
        title: what was tested.
        path: the PNG file to write.
    """
    points = np.array(reliability(probabilities, labels))  # (bins, 3): confidence, accuracy, share
    ratios = {"height_ratios": (3, 1)}
    with drawing(path, 2, 1, (6.5, 7), sharex=True, gridspec_kw=ratios) as (figure, (curve, bars)):
        figure.suptitle(tr("{title}: can the confidence be believed? (ECE {error:.2%})", title=title, error=error))
        curve.plot([0, 1], [0, 1], "--", color=GREY, label=tr("honest: confidence = accuracy"))
        counts = np.rint(points[:, 2] * len(labels)).astype(int)
        bounds = [interval(right, count) for right, count in zip(points[:, 1] * counts, counts, strict=True)]
        reach = np.abs(np.array(bounds).T - points[:, 1])
        curve.errorbar(
            points[:, 0], points[:, 1], reach, fmt="o-", color=BLUE, capsize=3, label=tr("measured, 95% interval")
        )
        for (confidence, accuracy, _), count in zip(points, counts, strict=True):
            curve.annotate(f"{count}", (confidence, accuracy), (-5, 5), textcoords="offset points", ha="right")
        curve.set(ylabel=tr("accuracy (figures: number of images)"), ylim=(-0.03, 1.05), xlim=(0, 1.03))
        curve.yaxis.set_major_formatter(percent_axis())
        curve.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=2)
        bars.hist(probabilities.max(axis=1), CALIBRATION_BINS, range=(0, 1), color=ORANGE, edgecolor="black", log=True)
        bars.set(xlabel=tr("confidence"), ylabel=tr("images (log scale)"), ylim=(0.5, None))
        bars.xaxis.set_major_formatter(percent_axis())
        for axis in (curve, bars):
            axis.grid(alpha=0.3)
