"""Draws what `training/explain/insight.py` finds in a network's layers: filters and feature maps."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from matplotlib.image import AxesImage

from training.plots.explain import HEAT_COLOURS, SIGNED_COLOURS
from training.plots.style import drawing

IN_A_ROW = 12  # pictures: more are too small to be seen on paper
MOST_FILTERS = 2 * IN_A_ROW
WIDTH_IN, ROW_IN = 10.0, 1.05  # inches


def draw_filters(kernels: np.ndarray, answers: np.ndarray, layer: str, path: Path) -> None:
    """The first layer's weights; below each what it makes of the glyph: a map, or a number where it sees all of it.

    Args:
        kernels: (h, w, neurons) weights.
        answers: (H, W, neurons) feature maps, or (neurons,) values.
        layer: its name.
        path: the PNG file to write.
    """
    chosen = liveliest(answers, MOST_FILTERS)
    groups = [chosen[start : start + IN_A_ROW] for start in range(0, len(chosen), IN_A_ROW)]
    kinds = 2 if answers.ndim == 3 else 1
    limit = float(np.abs(kernels).max()) or 1.0
    size_in = (WIDTH_IN, 0.8 + ROW_IN * kinds * len(groups))
    with drawing(path, kinds * len(groups), IN_A_ROW, size_in, squeeze=False) as (figure, grid):
        kind = "filters, each above its map" if kinds == 2 else "neurons with their values"
        figure.suptitle(f"First layer, {layer}: {len(chosen)} of {kernels.shape[-1]} {kind}, the liveliest first")
        for number, group in enumerate(groups):
            names = [f"{n}" if kinds == 2 else f"{n}: {answers[n]:.1f}" for n in group]
            weights = _show_row(grid[kinds * number], kernels[..., group], names, SIGNED_COLOURS, (-limit, limit))
            if kinds == 2:
                maps = _show_row(grid[kinds * number + 1], answers[..., group], [""] * len(group), clim=_span(answers))
        figure.colorbar(weights, ax=grid, label="weight", pad=0.01)
        if kinds == 2:
            figure.colorbar(maps, ax=grid, label="activation", pad=0.01)


def draw_maps(maps: Mapping[str, np.ndarray], path: Path) -> None:
    """Feature maps layer by layer, a row each, the liveliest first.

    Args:
        maps: (h, w, channels) float32 by the layer's name, in order.
        path: the PNG file to write.
    """
    with drawing(path, len(maps), IN_A_ROW, (WIDTH_IN, 0.5 + ROW_IN * len(maps)), squeeze=False) as (figure, grid):
        figure.suptitle("Feature maps: each layer's liveliest; brighter is more, one scale a row")
        for row, (name, values) in zip(grid, maps.items(), strict=True):
            chosen = liveliest(values, IN_A_ROW)
            _show_row(row, values[..., chosen], list(map(str, chosen)), clim=_span(values))
            label = f"{name}\n{'x'.join(map(str, values.shape[:2]))}\n{len(chosen)} of {values.shape[2]}"
            row[0].text(-0.15, 0.5, label, transform=row[0].transAxes, ha="right", va="center", fontsize=9)


def liveliest(values: np.ndarray, count: int) -> np.ndarray:
    """The numbers of the maps that vary most, or of the strongest values: (h, w, channels) or (channels,)."""
    life = values.std(axis=(0, 1)) if values.ndim == 3 else np.abs(values)
    return np.argsort(-life, kind="stable")[:count]


def _show_row(
    row: np.ndarray, images: np.ndarray, names: list[str], cmap: str = HEAT_COLOURS, clim: tuple[float, float] = (0, 1)
) -> AxesImage:
    """Pictures side by side, (h, w, n); gives the last one, for a colour bar."""
    for axes in row:
        axes.axis("off")
    for axes, image, name in zip(row, np.moveaxis(images, -1, 0), names, strict=False):
        shade = axes.imshow(image, cmap=cmap, clim=clim)
        axes.set_title(name, fontsize=8, pad=2)
    return shade


def _span(values: np.ndarray) -> tuple[float, float]:
    """The colour scale for a layer's activations: from 0, or the least where they may be negative."""
    low, high = min(0.0, float(values.min())), float(values.max())
    return low, high if high > low else low + 1.0
