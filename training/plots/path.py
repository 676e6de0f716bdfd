"""Draws an image's way through the layers as one picture: maps as stacks of cards, vectors as strips, then bars."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes

from model.classifier import CLASS_NAMES
from training.plots.explain import GLYPH_COLOURS, HEAT_COLOURS
from training.plots.layers import liveliest
from training.plots.style import BLUE, ORANGE, drawing

CARDS = 4  # of a layer's maps: the liveliest, each covering a part of the next
CARD_STEP = 0.16  # of the largest card: how far each lies behind the one before
LEAST_SIDE = 0.6  # of the largest card: a 5x5 map must still be seen
STRIP_WIDTH, STRIP_HEIGHT = 0.16, 1.8  # in sides of the largest card
BAR_LENGTH = 1.0
GAP = 0.5  # between two layers
ROW_BLOCKS = 5  # layers beside each other: more would be too small on paper
ROW_WIDTH, ROW_HEIGHT = 8.9, 2.75  # in sides of the largest card
CARD_IN = 1.1  # inches


def draw_path(glyph: np.ndarray, values: Mapping[str, np.ndarray], probabilities: np.ndarray, path: Path) -> None:
    """One picture from pixels to probabilities.

    Args:
        glyph: (28, 28) uint8.
        values: what each layer gives, in order: (h, w, channels) or (n,) float32 by the layer's name.
        probabilities: (classes,) float32.
        path: the PNG file to write.
    """
    read = CLASS_NAMES[int(probabilities.argmax())]
    blocks = [("glyph", glyph[..., None].astype(np.float32)), *values.items(), ("softmax", probabilities)]
    rows = [blocks[start : start + ROW_BLOCKS] for start in range(0, len(blocks), ROW_BLOCKS)]
    size_in = (ROW_WIDTH * CARD_IN, ROW_HEIGHT * CARD_IN * len(rows) + 0.4)
    with drawing(path, len(rows), 1, size_in, squeeze=False) as (figure, grid):
        figure.suptitle(f"From pixels to the reading {read}: the liveliest of each layer, brighter is more")
        for axes, row in zip(grid.flat, rows, strict=True):
            _draw_row(axes, row)


def _draw_row(axes: Axes, blocks: Sequence[tuple[str, np.ndarray]]) -> None:
    """Some layers beside each other; an arrow leads to each from the one before, which may be in the row above."""
    x = -GAP
    for name, value in blocks:
        x = _arrow(axes, x) if name != "glyph" else 0.0
        if name == "softmax":
            _bars(axes, x + 0.25, value)
        elif value.ndim == 1:
            x = _strip(axes, x, value, name)
        else:
            x = _cards(axes, x, value, name, GLYPH_COLOURS if name == "glyph" else HEAT_COLOURS)
    axes.set(xlim=(-GAP, ROW_WIDTH - GAP), ylim=(-1.5, 1.2), aspect="equal")
    axes.axis("off")


def _cards(axes: Axes, x: float, maps: np.ndarray, name: str, colours: str) -> float:
    """A stack of (h, w, channels) maps, the liveliest in front; gives where it ends."""
    side = max(LEAST_SIDE, maps.shape[0] / 28)
    span = (min(0.0, float(maps.min())), max(float(maps.max()), 1e-6))
    chosen = liveliest(maps, CARDS)
    for depth, number in reversed(list(enumerate(chosen))):
        left, bottom = x + depth * CARD_STEP, -side / 2 + depth * CARD_STEP
        extent = (left, left + side, bottom, bottom + side)
        axes.imshow(maps[..., number], cmap=colours, clim=span, extent=extent, zorder=10 - depth)
        axes.plot(*_frame(extent), color="white", lw=1.2, zorder=10.5 - depth)
    end = x + side + (len(chosen) - 1) * CARD_STEP
    shape = f"{maps.shape[0]}x{maps.shape[1]}" + (f"x{maps.shape[2]}" if maps.shape[2] > 1 else " pixels")
    _label(axes, (x + end) / 2, name, shape)
    return end


def _strip(axes: Axes, x: float, vector: np.ndarray, name: str) -> float:
    """A layer without places as a strip, one line a neuron."""
    x += 0.1
    extent = (x, x + STRIP_WIDTH, -STRIP_HEIGHT / 2, STRIP_HEIGHT / 2)
    axes.imshow(vector[:, None], cmap=HEAT_COLOURS, extent=extent, aspect="auto", interpolation="nearest")
    _label(axes, x + STRIP_WIDTH / 2, name, f"{len(vector)} values")
    return x + STRIP_WIDTH + 0.1


def _bars(axes: Axes, x: float, probabilities: np.ndarray) -> None:
    """The probabilities, one bar a class, the one that is read in another colour."""
    heights = np.linspace(STRIP_HEIGHT / 2, -STRIP_HEIGHT / 2, len(probabilities))
    best = int(probabilities.argmax())
    for number, (y, p) in enumerate(zip(heights, probabilities, strict=True)):
        colour = ORANGE if number == best else BLUE
        axes.barh(y, p * BAR_LENGTH, left=x, height=0.13, color=colour)
        axes.text(x - 0.06, y, CLASS_NAMES[number], ha="right", va="center", fontsize=8)
    end = x + BAR_LENGTH * probabilities[best]
    axes.text(end + 0.06, heights[best], f"{probabilities[best]:.2%}", va="center", fontsize=9)
    _label(axes, x + BAR_LENGTH / 2, "softmax", "probability")


def _arrow(axes: Axes, x: float) -> float:
    start, end = (x + 0.08, 0), (x + GAP - 0.08, 0)
    axes.annotate("", end, start, arrowprops={"arrowstyle": "->", "color": "0.35", "lw": 1.4})
    return x + GAP


def _label(axes: Axes, x: float, name: str, shape: str) -> None:
    axes.text(x, -1.05, f"{name}\n{shape}", ha="center", va="top", fontsize=8)


def _frame(extent: tuple[float, float, float, float]) -> tuple[list[float], list[float]]:
    left, right, bottom, top = extent
    return [left, right, right, left, left], [bottom, bottom, top, top, bottom]
