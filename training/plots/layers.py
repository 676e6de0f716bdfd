"""Draws what a network's layers compute: filters, feature maps, and the whole way from pixels to probabilities."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.image import AxesImage

from capture.language import format_number, tr
from training.plots.explain import GLYPH_COLOURS, HEAT_COLOURS, SIGNED_COLOURS
from training.plots.style import BLUE, ORANGE, class_name, drawing

IN_A_ROW = 12  # pictures: more are too small to be seen on paper
MAX_FILTERS = 2 * IN_A_ROW
WIDTH_IN, ROW_IN = 10.0, 1.05  # inches
CARDS = 4  # of a layer's maps: the liveliest, each covering a part of the next
CARD_STEP = 0.16  # of the largest card: how far each lies behind the one before
MIN_SIDE = 0.6  # of the largest card: a 5x5 map must still be seen
STRIP_WIDTH, STRIP_HEIGHT = 0.16, 1.8  # in sides of the largest card
BAR_LENGTH = 1.0
GAP = 0.5  # between two layers
ROW_BLOCKS = 5  # layers beside each other in the picture of the way
ROW_WIDTH, ROW_HEIGHT = 8.9, 2.75  # in sides of the largest card
CARD_IN = 1.1  # inches


def draw_filters(kernels: np.ndarray, answers: np.ndarray, layer: str, path: Path) -> None:
    """Draw the first layer's weights; below each what it makes of the glyph: a map, or a number where it sees all.

    Args:
        kernels: (h, w, neurons) weights.
        answers: (H, W, neurons) feature maps, or (neurons,) values.
        layer: its name.
        path: the PNG file to write.
    """
    chosen = liveliest(answers, MAX_FILTERS)
    groups = [chosen[start : start + IN_A_ROW] for start in range(0, len(chosen), IN_A_ROW)]
    kinds = 2 if answers.ndim == 3 else 1
    limit = float(np.abs(kernels).max()) or 1.0
    size_in = (WIDTH_IN, 0.8 + ROW_IN * kinds * len(groups))
    with drawing(path, kinds * len(groups), IN_A_ROW, size_in, squeeze=False) as (figure, grid):
        kind = tr("filters, each above its map") if kinds == 2 else tr("neurons with their values")
        words = {"layer": layer, "shown": len(chosen), "count": kernels.shape[-1], "kind": kind}
        figure.suptitle(tr("First layer, {layer}: {shown} of {count} {kind}, the strongest first", **words))
        for number, group in enumerate(groups):
            values = [f"{n}" if kinds == 2 else f"{n}: {format_number(float(answers[n]), '.1f')}" for n in group]
            weights = _show_row(grid[kinds * number], kernels[..., group], values, SIGNED_COLOURS, (-limit, limit))
            if kinds == 2:
                maps = _show_row(grid[kinds * number + 1], answers[..., group], [""] * len(group), clim=_span(answers))
        figure.colorbar(weights, ax=grid, label=tr("weight"), pad=0.01)
        if kinds == 2:
            figure.colorbar(maps, ax=grid, label=tr("activation"), pad=0.01)


def draw_maps(maps: Mapping[str, np.ndarray], path: Path) -> None:
    """Draw feature maps layer by layer, a row each, the liveliest first.

    Args:
        maps: (h, w, channels) float32 by the layer's name, in order.
        path: the PNG file to write.
    """
    with drawing(path, len(maps), IN_A_ROW, (WIDTH_IN, 0.5 + ROW_IN * len(maps)), squeeze=False) as (figure, grid):
        figure.suptitle(tr("Feature maps: those of each layer that vary most; brighter is more, one scale a row"))
        for row, (name, values) in zip(grid, maps.items(), strict=True):
            chosen = liveliest(values, IN_A_ROW)
            _show_row(row, values[..., chosen], list(map(str, chosen)), clim=_span(values))
            size, shown = "x".join(map(str, values.shape[:2])), len(chosen)
            label = tr("{name}\n{size}\n{shown} of {count}", name=name, size=size, shown=shown, count=values.shape[2])
            row[0].text(-0.15, 0.5, label, transform=row[0].transAxes, ha="right", va="center", fontsize=9)


def draw_path(glyph: np.ndarray, values: Mapping[str, np.ndarray], probabilities: np.ndarray, path: Path) -> None:
    """Draw one picture from pixels to probabilities.

    Args:
        glyph: (28, 28) uint8.
        values: what each layer gives, in order: (h, w, channels) or (n,) float32 by the layer's name.
        probabilities: (11,) float32.
        path: the PNG file to write.
    """
    blocks = [("glyph", glyph[..., None].astype(np.float32)), *values.items(), ("softmax", probabilities)]
    rows = [blocks[start : start + ROW_BLOCKS] for start in range(0, len(blocks), ROW_BLOCKS)]
    size_in = (ROW_WIDTH * CARD_IN, ROW_HEIGHT * CARD_IN * len(rows) + 0.4)
    with drawing(path, len(rows), 1, size_in, squeeze=False) as (figure, grid):
        read = class_name(int(probabilities.argmax()))
        figure.suptitle(tr("From pixels to the reading {read}: of each layer what varies most", read=read))
        for axes, row in zip(grid.flat, rows, strict=True):
            _draw_row(axes, row)


def liveliest(values: np.ndarray, count: int) -> np.ndarray:
    """Find the numbers of the maps that vary most, or of the strongest values: (h, w, channels) or (channels,)."""
    life = values.std(axis=(0, 1)) if values.ndim == 3 else np.abs(values)
    return np.argsort(-life, kind="stable")[:count]


def _show_row(
    row: np.ndarray, images: np.ndarray, names: list[str], cmap: str = HEAT_COLOURS, clim: tuple[float, float] = (0, 1)
) -> AxesImage:
    """Show pictures side by side, (h, w, n); return the last one, for a colour bar."""
    for axes in row:
        axes.axis("off")
    for axes, image, name in zip(row, np.moveaxis(images, -1, 0), names, strict=False):
        shade = axes.imshow(image, cmap=cmap, clim=clim)
        axes.set_title(name, fontsize=8, pad=2)
    return shade


def _span(values: np.ndarray) -> tuple[float, float]:
    """Choose the colour scale for a layer's activations: from 0, or the least where they may be negative."""
    low, high = min(0.0, float(values.min())), float(values.max())
    return low, high if high > low else low + 1.0


def _draw_row(axes: Axes, blocks: Sequence[tuple[str, np.ndarray]]) -> None:
    """Draw some layers beside each other; an arrow leads to each from the one before, perhaps in the row above."""
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
    """Draw a stack of (h, w, channels) maps, the liveliest in front; return where it ends."""
    side = max(MIN_SIDE, maps.shape[0] / 28)
    span = (min(0.0, float(maps.min())), max(float(maps.max()), 1e-6))
    chosen = liveliest(maps, CARDS)
    for depth, number in reversed(list(enumerate(chosen))):
        left, bottom = x + depth * CARD_STEP, -side / 2 + depth * CARD_STEP
        extent = (left, left + side, bottom, bottom + side)
        axes.imshow(maps[..., number], cmap=colours, clim=span, extent=extent, zorder=10 - depth)
        axes.plot(*_frame(extent), color="white", lw=1.2, zorder=10.5 - depth)
    end = x + side + (len(chosen) - 1) * CARD_STEP
    shape = "x".join(map(str, maps.shape)) if maps.shape[2] > 1 else tr("{side}x{side} pixels", side=maps.shape[0])
    _label(axes, (x + end) / 2, name, shape)
    return end


def _strip(axes: Axes, x: float, vector: np.ndarray, name: str) -> float:
    """Draw a layer without places as a strip, one line a neuron."""
    x += 0.1
    extent = (x, x + STRIP_WIDTH, -STRIP_HEIGHT / 2, STRIP_HEIGHT / 2)
    axes.imshow(vector[:, None], cmap=HEAT_COLOURS, extent=extent, aspect="auto", interpolation="nearest")
    _label(axes, x + STRIP_WIDTH / 2, name, tr("{count} values", count=len(vector)))
    return x + STRIP_WIDTH + 0.1


def _bars(axes: Axes, x: float, probabilities: np.ndarray) -> None:
    """Draw the probabilities, one bar a class, the one that is read in another colour."""
    heights = np.linspace(STRIP_HEIGHT / 2, -STRIP_HEIGHT / 2, len(probabilities))
    best = int(probabilities.argmax())
    for number, (y, p) in enumerate(zip(heights, probabilities, strict=True)):
        colour = ORANGE if number == best else BLUE
        axes.barh(y, p * BAR_LENGTH, left=x, height=0.13, color=colour)
        axes.text(x - 0.06, y, class_name(number), ha="right", va="center", fontsize=8)
    end = x + BAR_LENGTH * probabilities[best]
    axes.text(end + 0.06, heights[best], format_number(float(probabilities[best]), ".2%"), va="center", fontsize=9)
    _label(axes, x + BAR_LENGTH / 2, "softmax", tr("probability"))


def _arrow(axes: Axes, x: float) -> float:
    start, end = (x + 0.08, 0), (x + GAP - 0.08, 0)
    axes.annotate("", end, start, arrowprops={"arrowstyle": "->", "color": "0.35", "lw": 1.4})
    return x + GAP


def _label(axes: Axes, x: float, name: str, shape: str) -> None:
    axes.text(x, -1.05, f"{name}\n{shape}", ha="center", va="top", fontsize=8)


def _frame(extent: tuple[float, float, float, float]) -> tuple[list[float], list[float]]:
    left, right, bottom, top = extent
    return [left, right, right, left, left], [bottom, bottom, top, top, bottom]
