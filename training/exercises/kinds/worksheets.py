"""Printed sheets that are filled in by hand: sums with room for the answer, and teachers' mark sheets."""

from __future__ import annotations

from collections.abc import Callable

from capture.synthetic.styles import Bgr
from capture.synthetic.typeset import random_print
from training.exercises.kinds.forms import draw_rules
from training.exercises.writing.sheet_writer import SheetWriter
from training.exercises.writing.texts import number, word

PRINTS: tuple[Bgr, ...] = ((40, 40, 150), (130, 60, 30), (50, 100, 50))
COLOURED = 0.4  # share of the mark sheets printed in a colour
HEADERS: tuple[Callable, ...] = (
    lambda rng, index: str(index + 1),
    lambda rng, index: "abcdefghij"[index % 10],
    lambda rng, index: "Q" + str(index + 1),
    lambda rng, index: word(rng)[:4],
)
"""What the cells of a mark sheet's first row hold."""


def draw_worksheet(sheet: SheetWriter) -> None:
    """Print sums in columns, and write the answers behind most of them."""
    rng, (width, height), look = sheet.rng, sheet.size, random_print(sheet.rng)
    px = min(sheet.style.digit_px, height / 5, width / 9)
    print_px, step, wide = px * rng.uniform(0.5, 1.1), px * rng.uniform(1.6, 4.0), px * rng.uniform(7, 9)
    signs = str(rng.choice(["+", "-", "+-", "x", ":", "+-x"]))
    left = rng.uniform(0.2, 1.0) * px
    while left + 0.7 * wide < width:
        foot_y = rng.uniform(1.2, 2.0) * px
        while foot_y < height and len(sheet.items) < 200:
            text = f"{number(rng, 2)} {rng.choice(list(signs))} {number(rng, 2)} ="
            end = sheet.print_text(text, left, foot_y, print_px, look)
            if rng.random() < 0.85:
                sheet.write((number(rng, 3),), end + rng.uniform(0.3, 0.9) * px, foot_y + rng.normal(0, 0.1) * px, px)
            foot_y += step
        left += wide


def draw_marks(sheet: SheetWriter) -> None:
    """Print a table with headings, write marks in some of its cells, and a total under it or behind a formula."""
    rng, height = sheet.rng, sheet.size[1]
    if rng.random() < COLOURED:
        sheet.print_bgr = PRINTS[rng.integers(len(PRINTS))]
    px = min(sheet.style.digit_px, height / 9)
    cell = px * rng.uniform(1.4, 2.4), px * rng.uniform(1.3, 1.9)
    columns, rows = int(rng.integers(4, 13)), int(rng.integers(1, 5))
    x0, y0 = rng.uniform(0.3, 3.0) * px, rng.uniform(0.4, 1.5) * px
    while y0 + (rows + 2) * cell[1] < height and len(sheet.items) < 200:
        _table_of_marks(sheet, (x0, y0), cell, (columns, rows), px)
        y0 += (rows + 1) * cell[1]
        if rng.random() < 0.7:
            foot_y = y0 + 1.4 * px
            text = f"{word(rng)} ({number(rng, 2)}) = "
            end = sheet.print_text(text, 0.5 * px, foot_y, rng.uniform(0.5, 0.8) * px)
            answer = number(rng, 2) if rng.random() < 0.5 else f"{number(rng, 2)}+{number(rng, 2)}={number(rng, 2)}"
            sheet.write((answer,), end + 0.5 * px, foot_y, px)
        y0 += rng.uniform(1.8, 3.5) * px


def _table_of_marks(
    sheet: SheetWriter,
    corner: tuple[float, float],
    cell: tuple[float, float],
    count: tuple[int, int],
    px: float,
) -> None:
    rng, look, (x0, y0), (w, h), (columns, rows) = sheet.rng, random_print(sheet.rng), corner, cell, count
    draw_rules(sheet, corner, cell, (columns, rows + 1))
    header, print_px, filled = HEADERS[rng.integers(len(HEADERS))], px * rng.uniform(0.45, 0.8), rng.uniform(0.15, 0.9)
    most = 1 if rng.random() < 0.6 else 2
    for column in range(columns):
        if rng.random() < 0.85:
            left, foot_y = x0 + (column + 0.3) * w, y0 + h / 2 + print_px / 2
            sheet.print_text(header(rng, column), left, foot_y, print_px, look)
        for row in range(rows):
            if rng.random() < filled:
                foot_y = y0 + (row + 1.5) * h + px / 2 + rng.normal(0, 0.08) * px
                sheet.write((number(rng, most),), x0 + (column + rng.uniform(0.1, 0.4)) * w, foot_y, px)
