"""Pictures of a training run: learning curves and the confusion matrix, as PNG files."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import matplotlib as mpl

mpl.use("Agg")  # files only: training runs where there is no screen
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, PercentFormatter

from training.evaluate import CLASS_NAMES

DOTS_PER_INCH = 150  # sharp in a printed report
TRAIN_COLOUR, VALIDATION_COLOUR = "#0072b2", "#d55e00"  # Okabe and Ito 2008: told apart by the colour-blind too


def draw_curves(history: list[dict[str, float]], path: Path) -> None:
    """Accuracy and loss over the epochs, training and validation in one picture.

    Args:
        history: one row an epoch, as `training.fit.Progress` keeps it.
        path: the PNG file to write.
    """
    epochs = range(1, len(history) + 1)
    with _figure(path, columns=2, size_in=(10, 4)) as (figure, (left, right)):
        figure.suptitle("Learning curves")
        for axes, key, label in ((left, "accuracy", "accuracy"), (right, "loss", "loss (nats)")):
            axes.plot(epochs, [row[key] for row in history], "o-", color=TRAIN_COLOUR, label="training")
            axes.plot(epochs, [row[f"val_{key}"] for row in history], "s-", color=VALIDATION_COLOUR, label="validation")
            axes.set(xlabel="epoch", ylabel=label)
            axes.xaxis.set_major_locator(MaxNLocator(integer=True))
            axes.grid(alpha=0.3)
            axes.legend()
        left.yaxis.set_major_formatter(PercentFormatter(1.0))


def draw_confusion(confusion: np.ndarray, title: str, path: Path) -> None:
    """The confusion matrix: counts, shaded by their share of the true class.

    Args:
        confusion: (11, 11) counts, rows the true classes. Classes that neither occur nor are read are left out.
        title: what was tested.
        path: the PNG file to write.
    """
    present = np.flatnonzero(confusion.sum(axis=0) + confusion.sum(axis=1))
    counts = confusion[np.ix_(present, present)]
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    names = [CLASS_NAMES[number] for number in present]
    with _figure(path, size_in=(8, 7)) as (figure, axes):
        shade = axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
        figure.colorbar(shade, label="share of the true class", format=PercentFormatter(1.0))
        axes.set(title=f"{title}: {np.trace(counts) / max(counts.sum(), 1):.2%} right", xlabel="read", ylabel="true")
        axes.set_xticks(range(len(names)), names)
        axes.set_yticks(range(len(names)), names)
        _write_counts(axes, counts, shares)


def _write_counts(axes: Axes, counts: np.ndarray, shares: np.ndarray) -> None:
    for (row, column), count in np.ndenumerate(counts):
        if count:
            colour = "white" if shares[row, column] > 0.5 else "black"
            axes.text(column, row, str(count), ha="center", va="center", color=colour)


@contextmanager
def _figure(path: Path, columns: int = 1, size_in: tuple[float, float] = (8, 6)) -> Iterator[tuple[Figure, Axes]]:
    """A figure that is written to `path` when it has been drawn."""
    figure, axes = plt.subplots(1, columns, figsize=size_in, layout="constrained")
    try:
        yield figure, axes
        figure.savefig(path, dpi=DOTS_PER_INCH)
    finally:
        plt.close(figure)
