"""Draws what `training/insight.py` finds in a network's layers: filters and feature maps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from matplotlib.figure import SubFigure

from training.insight_pictures import HEAT_COLOURS, SIGNED_COLOURS, sheet

MOST_MAPS = 12  # of a layer: more are too small to be seen on paper
MOST_FILTERS = 24


def draw_filters(kernels: np.ndarray, answers: np.ndarray, layer: str, path: Path) -> None:
    """The first layer's weights beside what they make of the glyph, or, for neurons that see all of it, their values.

    Args:
        kernels: (h, w, neurons) weights.
        answers: (H, W, neurons) feature maps, or (neurons,) values.
        layer: its name.
        path: the PNG file to write.
    """
    chosen = liveliest(answers, MOST_FILTERS)
    limit = float(np.abs(kernels).max()) or 1.0
    has_maps = answers.ndim == 3
    kind = "filters" if has_maps else "neurons"
    title = f"First layer, {layer}: {len(chosen)} of {kernels.shape[-1]} {kind}, the liveliest first"
    with sheet(path, (11 if has_maps else 7, 5.2), title) as figure:
        parts = np.ravel(figure.subfigures(1, 2 if has_maps else 1, wspace=0.04))
        parts[0].suptitle(f"weights, {kernels.shape[0]}x{kernels.shape[1]} pixels", fontsize=10)
        names = [f"{n}" if has_maps else f"{n}: {answers[n]:.1f}" for n in chosen]
        grid = _tiles(parts[0], kernels[..., chosen], names, SIGNED_COLOURS, (-limit, limit))
        parts[0].colorbar(grid, ax=parts[0].axes, label="weight", shrink=0.7)
        if has_maps:
            parts[1].suptitle("what each makes of this digit", fontsize=10)
            shades = _tiles(parts[1], answers[..., chosen], names, HEAT_COLOURS, _span(answers))
            parts[1].colorbar(shades, ax=parts[1].axes, label="activation", shrink=0.7)


def draw_maps(maps: Mapping[str, np.ndarray], path: Path) -> None:
    """Feature maps layer by layer, a row each, the liveliest first.

    Args:
        maps: (h, w, channels) float32 by the layer's name, in order.
        path: the PNG file to write.
    """
    title = "Feature maps: each layer's liveliest, one colour scale a row"
    with sheet(path, (11, 1.0 + 0.98 * len(maps)), title) as figure:
        grid = figure.subplots(len(maps), MOST_MAPS, squeeze=False)
        for row, (name, values) in zip(grid, maps.items(), strict=True):
            chosen = liveliest(values, MOST_MAPS)
            for axes in row:
                axes.axis("off")
            for axes, number in zip(row, chosen, strict=False):
                axes.imshow(values[..., number], cmap=HEAT_COLOURS, clim=_span(values))
                axes.set_title(f"{number}", fontsize=7, pad=2)
            label = f"{name}\n{'x'.join(map(str, values.shape[:2]))}, {len(chosen)} of {values.shape[2]}"
            row[0].text(-0.15, 0.5, label, transform=row[0].transAxes, ha="right", va="center", fontsize=8)


def liveliest(values: np.ndarray, count: int) -> np.ndarray:
    """The numbers of the maps that vary most, or of the strongest values: (h, w, channels) or (channels,)."""
    life = values.std(axis=(0, 1)) if values.ndim == 3 else np.abs(values)
    return np.argsort(-life, kind="stable")[:count]


def _tiles(part: SubFigure, images: np.ndarray, names: Sequence[str], colours: str, span: tuple[float, float]):
    """Small pictures in rows: (h, w, n); gives the last one, for a colour bar."""
    columns = int(np.ceil(np.sqrt(len(names) * 1.2)))
    grid = part.subplots(-(-len(names) // columns), columns, squeeze=False).flat
    for axes in (axes for axes in part.axes):
        axes.axis("off")
    for number, (axes, name) in enumerate(zip(grid, names, strict=False)):
        shade = axes.imshow(images[..., number], cmap=colours, clim=span)
        axes.set_title(name, fontsize=7, pad=2)
    return shade


def _span(values: np.ndarray) -> tuple[float, float]:
    """The colour scale for a layer's activations: from 0, or the least where they may be negative."""
    low, high = min(0.0, float(values.min())), float(values.max())
    return low, high if high > low else low + 1.0
