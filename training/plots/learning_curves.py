"""Draws the learning curves of a training run."""

from __future__ import annotations

from pathlib import Path

from matplotlib.ticker import MaxNLocator

from capture.language import tr
from training.plots.style import BLUE, ORANGE, drawing, percent_axis


def draw_curves(history: list[dict[str, float]], path: Path) -> None:
    """Draw accuracy and loss over the epochs, training and validation in one picture.

    Args:
        history: one row an epoch, as `training.fitting.checkpoint.Progress` keeps it.
        path: the PNG file to write.
    """
    epochs = range(1, len(history) + 1)
    with drawing(path, columns=2, size_in=(10, 4)) as (figure, (left, right)):
        figure.suptitle(tr("Learning curves"))
        for axes, key, label in ((left, "accuracy", tr("accuracy")), (right, "loss", tr("loss (nats)"))):
            axes.plot(epochs, [row[key] for row in history], "o-", color=BLUE, label=tr("training"))
            axes.plot(epochs, [row[f"val_{key}"] for row in history], "s-", color=ORANGE, label=tr("validation"))
            axes.set(xlabel=tr("epoch"), ylabel=label)
            axes.set(xlim=(0.5, len(history) + 0.5))
            axes.xaxis.set_major_locator(MaxNLocator(integer=True))
            axes.grid(alpha=0.3)
            axes.legend()
        left.yaxis.set_major_formatter(percent_axis())
