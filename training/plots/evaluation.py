"""Draws what a test showed beside the confusion matrix: the worst mistakes, and how honest the confidence is."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from matplotlib.ticker import PercentFormatter

from training.datasets.mnist import Labelled
from training.evaluation.metrics import CALIBRATION_BINS, reliability
from training.evaluation.summary import interval
from training.plots.style import BLUE, GREY, ORANGE, class_name, drawing, show_glyph, tiles

COLUMNS, MOST_ROWS = 8, 5


def draw_mistakes(digits: Labelled, probabilities: np.ndarray, title: str, path: Path, names: Sequence[str]) -> int:
    """The mistakes the network was surest of, the worst first, with true digit, reading and confidence.

    Args:
        digits: what was read.
        probabilities: (n, classes) float32.
        title: what was tested.
        path: the PNG file to write.
        names: of the files, or nothing.

    Returns:
        How many are shown; without a mistake, the file says so.
    """
    worst = worst_mistakes(probabilities, digits.y)[: COLUMNS * MOST_ROWS]
    rows = max(1, -(-len(worst) // COLUMNS))
    heading = f"{title}: " + (f"the {len(worst)} surest mistakes" if len(worst) else "no mistake")
    with tiles(path, rows, COLUMNS, heading, lines=3 if names else 2) as axes:
        for axis, index in zip(axes.ravel(), worst, strict=False):
            read = int(probabilities[index].argmax())
            caption = f"true {digits.y[index]}, read {class_name(read)}\n{probabilities[index, read]:.1%} sure"
            show_glyph(axis, digits.x[index], caption + (f"\n{_short(names[index])}" if names else ""))
    return len(worst)


def worst_mistakes(probabilities: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Indices of the wrong readings, the surest first."""
    wrong = np.flatnonzero(probabilities.argmax(axis=1) != labels)
    return wrong[np.argsort(-probabilities[wrong].max(axis=1), kind="stable")]


def _short(name: str, longest: int = 16) -> str:
    return name if len(name) <= longest else f"...{name[3 - longest :]}"


def draw_calibration(probabilities: np.ndarray, labels: np.ndarray, error: float, title: str, path: Path) -> None:
    """Accuracy against confidence, above how often each confidence occurs.

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
        figure.suptitle(f"{title}: can the confidence be believed? (ECE {error:.2%})")
        curve.plot([0, 1], [0, 1], "--", color=GREY, label="honest: confidence = accuracy")
        counts = np.rint(points[:, 2] * len(labels)).astype(int)
        bounds = [interval(right, count) for right, count in zip(points[:, 1] * counts, counts, strict=True)]
        reach = np.abs(np.array(bounds).T - points[:, 1])
        curve.errorbar(
            points[:, 0], points[:, 1], reach, fmt="o-", color=BLUE, capsize=3, label="measured, 95% interval"
        )
        for (confidence, accuracy, _), count in zip(points, counts, strict=True):
            curve.annotate(f"{count}", (confidence, accuracy), (-5, 5), textcoords="offset points", ha="right")
        curve.set(ylabel="accuracy (figures: number of images)", ylim=(-0.03, 1.05), xlim=(0, 1.03))
        curve.yaxis.set_major_formatter(PercentFormatter(1.0))
        curve.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=2)
        bars.hist(probabilities.max(axis=1), CALIBRATION_BINS, range=(0, 1), color=ORANGE, edgecolor="black", log=True)
        bars.set(xlabel="confidence", ylabel="images (log scale)", ylim=(0.5, None))
        bars.xaxis.set_major_formatter(PercentFormatter(1.0))
        for axis in (curve, bars):
            axis.grid(alpha=0.3)
