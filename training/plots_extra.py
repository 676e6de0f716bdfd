"""The picture of fine-tuning: own digits with what was read before and after, the ones that changed first."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from training.guard import Asked, Verdict
from training.plots import GREEN, GREY, ORANGE, class_name, drawing, show_glyph

COLUMNS, MOST_ROWS = 10, 6
TILE_IN = 1.0  # inches a digit


def draw_before_after(asked: Asked, verdict: Verdict, path: Path) -> None:
    """Draws the digits in a grid: learnt ones first, then lost ones, then those wrong both times, then the rest.

    Args:
        asked: the digits and what was read in them.
        verdict: for the heading.
        path: the PNG file to write.
    """
    order = np.argsort([_rank(*row) for row in zip(asked.was_right, asked.is_right, strict=True)], kind="stable")
    order = order[: COLUMNS * MOST_ROWS]
    rows = -(-len(order) // COLUMNS)
    size_in = COLUMNS * TILE_IN, rows * (TILE_IN + 0.3) + 0.8
    with drawing(path, rows, COLUMNS, size_in, squeeze=False) as (figure, grid):
        figure.suptitle(_heading(verdict, len(order)))
        for axes in grid.flat[len(order) :]:
            axes.axis("off")
        for axes, index in zip(grid.flat, order, strict=False):
            colour = _colour(asked.was_right[index], asked.is_right[index])
            show_glyph(axes, asked.own.x[index], _caption(asked, index), colour)


def _caption(asked: Asked, index: int) -> str:
    truth, was, became = (
        class_name(number) for number in (asked.own.y[index], asked.before[index].argmax(), asked.after[index].argmax())
    )
    return f"is {truth}: {was} \N{RIGHTWARDS ARROW} {became}"


def _heading(verdict: Verdict, drawn: int) -> str:
    which = f"the {drawn} that say most" if drawn < verdict.own_count else f"all {drawn}"
    return (
        f"Own digits, read before \N{RIGHTWARDS ARROW} after: {verdict.own_before} \N{RIGHTWARDS ARROW} "
        f"{verdict.own_after} of {verdict.own_count} right (shown: {which})\n"
        f"green: learnt; orange: still or newly wrong.   MNIST test: {verdict.mnist_before:.2%} "
        f"\N{RIGHTWARDS ARROW} {verdict.mnist_after:.2%}"
    )


def _rank(was_right: bool, is_right: bool) -> int:
    """Learnt, lost, still wrong, still right."""
    return [(False, True), (True, False), (False, False), (True, True)].index((bool(was_right), bool(is_right)))


def _colour(was_right: bool, is_right: bool) -> str:
    if not is_right:
        return ORANGE
    return GREY if was_right else GREEN
