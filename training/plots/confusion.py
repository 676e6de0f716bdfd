"""Draws confusion matrices: what each digit was read as, in counts and in percent."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import PowerNorm
from matplotlib.ticker import PercentFormatter

from training.plots.style import SHADES, class_name, drawing

MATRIX_IN = (8, 7)  # width with the colour bar, and height
STRETCH = 0.4  # exponent of the shading: a mistake in a thousand shows, and all right is still far darker
DARK = 0.25  # share above which the shade is too dark for black figures


def draw_confusion(confusion: np.ndarray, title: str, path: Path) -> None:
    """One confusion matrix.

    Args:
        confusion: (classes, classes) counts, rows the true ones. Those that neither occur nor are read are left out.
        title: what was tested.
        path: the PNG file to write.
    """
    draw_confusions({title: confusion}, path)


def draw_confusions(confusions: Mapping[str, np.ndarray], path: Path) -> None:
    """Confusion matrices side by side, with the same classes and one scale; by their titles."""
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
        bar = figure.colorbar(shade, ax=axes[0], label="share of the true class", format=PercentFormatter(1.0, 1))
        bar.set_ticks([0, 0.001, 0.01, 0.05, 0.2, 0.5, 1])


def _draw_matrix(axes: Axes, counts: np.ndarray, title: str):
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    shade = axes.imshow(shares, cmap=SHADES, norm=PowerNorm(STRETCH, 0, 1))
    axes.set(
        title=f"{title}: {np.trace(counts)} of {counts.sum()} right ({np.trace(counts) / max(counts.sum(), 1):.2%})",
        xlabel="read as (count, and percent of the row)",
        ylabel="true digit",
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
    """With as many digits as a cell of a thousand can tell."""
    return "100%" if share == 1 else "<0.1%" if share < 0.0005 else f"{share:.1%}"
