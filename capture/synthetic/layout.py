"""Lays writing out on a sheet: in lines, scattered, or in the cells of a table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from capture.synthetic.styles import Style
from capture.synthetic.writer import FOLLOWING, Item, Scribe, right_end

MARGIN = 0.5
"""Clear border of a sheet, in heights of a digit."""
NUMBER_GAP = (0.8, 2.5)
"""Clear space between numbers of a line, least and most, in heights of a digit."""


def fill_lines(scribe: Scribe, size: tuple[int, int], digits: Sequence[int]) -> list[Item]:
    """Write line under line until the sheet or the style's allowance of digits is full."""
    px, style, rng = scribe.style.digit_px, scribe.style, scribe.rng
    feet = np.arange(px * (1 + MARGIN), size[1] - MARGIN * px, px * (1 + style.line_gap))
    slope = rng.normal(0.0, 0.012)
    items: list[Item] = []
    left = style.max_digits
    for line, foot_y in enumerate(feet[rng.integers(0, max(len(feet), 1)) // 2 :]):
        for part in _fill_line(scribe, size[0], (foot_y, slope), line, digits):
            written = sum(item.label.isdigit() for item in part)
            if written >= left:
                return items + part[:left]
            left -= written
            items += part
    return items


def _fill_line(
    scribe: Scribe, width: int, feet: tuple[float, float], line: int, digits: Sequence[int]
) -> Iterator[list[Item]]:
    """Yield number after number, each with its marks, while they fit; `feet` is the line's height and slope."""
    px, style, rng = scribe.style.digit_px, scribe.style, scribe.rng
    x = px * (MARGIN + rng.exponential(0.7))
    number = 0
    while True:
        foot_y = feet[0] + feet[1] * x
        part = scribe.number(_invent(style, digits, rng), x, foot_y, line, number)
        if right_end(part) > width - MARGIN * px:
            return
        if rng.random() < style.marks:
            part += _marks(scribe, part, foot_y, line)
        yield part
        x = right_end(part) + px * rng.uniform(*NUMBER_GAP)
        number += 1


def _invent(style: Style, digits: Sequence[int], rng: np.random.Generator) -> str:
    few, many = style.digits_per_number
    return "".join(map(str, rng.choice(digits, rng.integers(few, many + 1))))


def _marks(scribe: Scribe, number: Sequence[Item], foot_y: float, line: int) -> list[Item]:
    """Yield what may come with a number: a word, something around it, something after it."""
    rng = scribe.rng
    x = right_end(number) + scribe.style.digit_px * rng.uniform(0.2, 1.0)
    kind = rng.random()
    if rng.random() < scribe.style.prints:
        return [scribe.printed(None, x, foot_y, line)]
    if kind < 0.3:
        return scribe.word(x, foot_y, line)
    if kind < 0.4:
        return [scribe.mark_around(str(rng.choice(["underline", "circle"])), number)]
    return [scribe.mark(str(rng.choice(FOLLOWING)), x, foot_y, line)]


def scatter(scribe: Scribe, size: tuple[int, int], digits: Sequence[int]) -> list[Item]:
    """Write single digits and marks all over the sheet, each in a cell of its own."""
    style, rng = scribe.style, scribe.rng
    cell = style.digit_px * (1.5 + max(style.gap, 0.0))
    columns, rows = int(size[0] // cell), int(size[1] // cell)
    cells = rng.permutation(columns * rows)[: style.max_digits]
    items = []
    for line, index in enumerate(sorted(int(i) for i in cells)):
        x, y = (np.array([index % columns, index // columns]) + rng.uniform(0.1, 0.35, 2)) * cell
        if rng.random() < style.marks / 2:
            items.append(scribe.mark(str(rng.choice(FOLLOWING)), x, y + style.digit_px, line))
        else:
            items += scribe.number(str(rng.choice(digits)), x, y + style.digit_px, line, 0)
    return items


def fill_cells(scribe: Scribe, size: tuple[int, int], digits: Sequence[int]) -> list[Item]:
    """Fill a printed table as on forms and in puzzles: handwriting in some cells, print in others, or nothing."""
    style, rng = scribe.style, scribe.rng
    cell = style.digit_px * rng.uniform(1.35, 2.2)
    fitting = np.array(size) / cell - 0.5
    columns, rows = (int(rng.integers(1, max(2, min(n, 12)))) for n in fitting)
    corner = rng.uniform(0.2, 0.8, 2) * np.maximum(np.array(size) - cell * np.array([columns, rows]), 0)
    items = [_grid(scribe, corner, cell, (columns, rows))]
    for index in rng.permutation(columns * rows):
        if sum(item.label.isdigit() for item in items) == style.max_digits:
            break
        line, column = divmod(int(index), columns)
        x, y = corner + cell * np.array([column, line]) + (cell - style.digit_px) * rng.uniform(0.3, 0.6, 2)
        kind = rng.random()
        if kind < style.prints:
            items.append(scribe.printed(str(rng.choice(digits)), x, y + style.digit_px, line))
        elif kind < 0.8:
            items += scribe.number(str(rng.choice(digits)), x, y + style.digit_px, line, column)
    return sorted(items, key=lambda item: (item.line, item.number))


def _grid(scribe: Scribe, corner: np.ndarray, cell: float, shape: tuple[int, int]) -> Item:
    """Draw the printed lines of a table with (columns, rows) cells."""
    rule_px = max(1, round(cell * scribe.rng.uniform(0.015, 0.06)))
    columns, rows = shape
    ink = np.zeros((round(rows * cell) + rule_px, round(columns * cell) + rule_px), np.uint8)
    for y in range(rows + 1):
        ink[round(y * cell) : round(y * cell) + rule_px] = 255
    for x in range(columns + 1):
        ink[:, round(x * cell) : round(x * cell) + rule_px] = 255
    return Item("", ink, round(corner[0]), round(corner[1]), bgr=scribe.style.print_bgr)


def centre(lines: Sequence[Sequence[Item]], size: tuple[int, int], style: Style) -> list[Item]:
    """Move lines that start at the origin to the middle of a sheet, one under the other."""
    step = style.digit_px * (1 + style.line_gap)
    foot_y = (size[1] - step * (len(lines) - 1) + style.digit_px) / 2
    items = []
    for number, line in enumerate(lines):
        x, y = round((size[0] - right_end(line)) / 2), round(foot_y + number * step)
        items += [replace(item, x=item.x + x, y=item.y + y) for item in line]
    return items


LAYOUTS = {"lines": fill_lines, "scattered": scatter, "cells": fill_cells}
