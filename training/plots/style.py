"""Gives all pictures of `train.py` one style, readable in a printed report, also in grey."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import matplotlib as mpl

mpl.use("Agg")  # files only: training runs where there is no screen
import cv2
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from capture.language import tr
from model.classifier import CLASS_NAMES, NO_DIGIT
from training.results import whole_file

DOTS_PER_INCH = 150  # sharp in a printed report
BLUE, ORANGE, GREEN, GREY = "#0072b2", "#d55e00", "#009e73", "#555555"  # Okabe and Ito 2008: also for the colour-blind
MARKERS = ("o", "s", "^", "D", "v", "P")  # tell lines apart where the print is grey
STYLE = {"font.size": 10, "axes.titlesize": 11, "figure.titlesize": 13, "axes.axisbelow": True}
GAP_IN, LINE_IN, TITLE_IN, LABEL_IN = 0.07, 0.15, 0.5, 0.5  # between tiles; of text, above and left of them; inches
MIN_WIDTH_IN = 5.0  # for the title
SHADES = "Blues"  # from white to dark, evenly, so that a grey print keeps the order


@contextmanager
def drawing(
    path: Path, rows: int = 1, columns: int = 1, size_in: tuple[float, float] = (8, 6), **layout: Any
) -> Iterator[tuple[Figure, Any]]:
    """Open a figure that is written to `path`, whole or not at all, when it has been drawn.

    Args:
        path: the PNG file.
        rows: of axes.
        columns: of axes.
        size_in: width and height in inches.
        layout: as for `plt.subplots`.

    Yields:
        The figure, and its axes as `plt.subplots` gives them.
    """
    with mpl.rc_context(STYLE):
        figure, axes = plt.subplots(rows, columns, figsize=size_in, **({"layout": "constrained"} | layout))
        try:
            yield figure, axes
            with whole_file(path) as partial:
                figure.savefig(partial, dpi=DOTS_PER_INCH)
        finally:
            plt.close(figure)


@contextmanager
def tiles(
    path: Path, rows: int, columns: int, title: str, *, tile_in: float = 1.15, lines: int = 0
) -> Iterator[np.ndarray]:
    """Lay many small images out in rows, by hand: the layout of a hundred of them takes Matplotlib a minute.

    Args:
        path: the PNG file.
        rows: of images.
        columns: of images.
        title: above all.
        tile_in: an image's side, in inches.
        lines: of text below each image.

    Yields:
        (rows, columns) axes, without frames and ticks, for `show_glyph`.
    """
    tall_in = tile_in + GAP_IN + lines * LINE_IN
    width, height = max(columns * (tile_in + GAP_IN), MIN_WIDTH_IN) + LABEL_IN, rows * tall_in + TITLE_IN
    edges = {"left": LABEL_IN / width, "right": 1 - GAP_IN / width, "bottom": (lines * LINE_IN + GAP_IN) / height}
    gaps = {"top": 1 - TITLE_IN / height, "wspace": GAP_IN / tile_in, "hspace": (tall_in - tile_in) / tile_in}
    with drawing(path, rows, columns, (width, height), layout=None, squeeze=False, gridspec_kw=edges | gaps) as (
        figure,
        axes,
    ):
        figure.suptitle(title, y=1 - 0.12 / height, va="top")
        for axis in axes.ravel():
            axis.axis("off")
        yield axes


def show_glyph(axes: Axes, image: np.ndarray, caption: str = "", colour: str = "black") -> None:
    """Draw one digit, its pixels as squares, with a line below: (h, w) uint8, or (h, w, 3) BGR."""
    pixels = image if image.ndim == 2 else cv2.cvtColor(image, cv2.COLOR_BGR2RGB)
    axes.axis("on")
    axes.imshow(pixels, cmap="gray", vmin=0, vmax=255)
    axes.set(xticks=[], yticks=[])
    axes.set_xlabel(caption, fontsize=8, labelpad=2, color=colour)


def class_name(number: int) -> str:
    """Name a class for pictures and texts."""
    return tr("none") if number == NO_DIGIT else CLASS_NAMES[number]


def percent_axis() -> FuncFormatter:
    """Write an axis' shares, 0 to 1, as percent, with as many digits as they need."""
    return FuncFormatter(lambda value, _: tr("{share:.4g}%", share=100 * value))
