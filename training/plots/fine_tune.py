"""Draws what fine-tuning changed: own digits with what was read before and after, the ones that changed first."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from capture.language import tr
from model.classifier import NO_DIGIT
from training.fitting.acceptance import BeforeAfter, Verdict
from training.plots.style import GREEN, GREY, ORANGE, class_name, drawing, show_glyph

COLUMNS, MAX_ROWS = 10, 6
TILE_IN, CAPTION_IN, HEADING_IN = 1.0, 0.15, 1.1  # inches
NO_DIGIT_SIGN = "\N{EN DASH}"


def draw_before_after(compared: BeforeAfter, verdict: Verdict, path: Path) -> None:
    """Draw the digits in a grid: learnt ones first, then lost ones, then those wrong both times, then the rest.

    Args:
        compared: the digits and what was read in them.
        verdict: for the heading.
        path: the PNG file to write.
    """
    order = np.argsort([_rank(*row) for row in zip(compared.was_right, compared.is_right, strict=True)], kind="stable")
    order = order[: COLUMNS * MAX_ROWS]
    rows = -(-len(order) // COLUMNS)
    size_in = COLUMNS * TILE_IN, rows * (TILE_IN + CAPTION_IN) + HEADING_IN
    with drawing(path, rows, COLUMNS, size_in, squeeze=False) as (figure, grid):
        figure.suptitle(_heading(verdict, len(order)))
        for axes in grid.flat[len(order) :]:
            axes.axis("off")
        for axes, index in zip(grid.flat, order, strict=False):
            colour = _colour(compared.was_right[index], compared.is_right[index])
            show_glyph(axes, compared.own.x[index], _caption(compared, index), colour)


def _caption(compared: BeforeAfter, index: int) -> str:
    numbers = compared.own.y[index], compared.before[index].argmax(), compared.after[index].argmax()
    truth, was, became = (NO_DIGIT_SIGN if number >= NO_DIGIT else class_name(number) for number in numbers)
    return tr("is {truth}: {was} \N{RIGHTWARDS ARROW} {became}", truth=truth, was=was, became=became)


def _heading(verdict: Verdict, drawn: int) -> str:
    own = tr(
        "Own digits: {before} of {count} read right before, {after} after",
        before=verdict.own_before,
        count=verdict.own_count,
        after=verdict.own_after,
    )
    mnist = tr(
        "MNIST test: {before:.2%} before, {after:.2%} after", before=verdict.mnist_before, after=verdict.mnist_after
    )
    colours = tr("green: learnt; orange: still or newly wrong; {sign}: no digit", sign=NO_DIGIT_SIGN)
    some = tr("shown: the {drawn} that say most", drawn=drawn) if drawn < verdict.own_count else tr("all are shown")
    return f"{own}\n{mnist}\n{colours}; {some}"


def _rank(was_right: bool, is_right: bool) -> int:
    """Rank what was learnt, lost, still wrong, still right."""
    return [(False, True), (True, False), (False, False), (True, True)].index((bool(was_right), bool(is_right)))


def _colour(was_right: bool, is_right: bool) -> str:
    if not is_right:
        return ORANGE
    return GREY if was_right else GREEN
