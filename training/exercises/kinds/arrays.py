"""Pages of digits alone: rows far apart, a number or two, columns to be added up."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from training.exercises.writing.sheet_writer import MAX_SIGNS, SheetWriter
from training.exercises.writing.texts import number, snippet, sum_line


def draw_array(sheet: SheetWriter) -> None:
    """Draw rows of single digits far apart, as people write to try a reader: 0 to 9, the same digit, any."""
    rng, size = sheet.rng, sheet.size
    rows, columns = int(rng.integers(1, 7)), int(rng.integers(2, 11))
    px = min(size[1] / (1.6 * rows), size[0] / (1.4 * columns)) * rng.uniform(0.35, 0.85)
    sheet.style = replace(sheet.style, digit_px=px)
    kind, start = rng.random(), int(rng.integers(10))
    for row in range(rows):
        for column in range(columns):
            order = (start + (row if kind < 0.3 else column)) % 10
            digit = order if kind < 0.6 else int(rng.choice([1, 1, 0, *range(10)]))
            x = (column + 0.3 + rng.normal(0, 0.05)) * size[0] / columns
            foot_y = (row + 0.8 + rng.normal(0, 0.04)) * size[1] / rows
            sheet.sign(str(digit), x, foot_y, px)


def draw_few(sheet: SheetWriter) -> None:
    """Draw a number or two on an empty sheet, small or large: "20 2", "1", "111"."""
    rng, size = sheet.rng, sheet.size
    px = size[1] * float(np.exp(rng.uniform(np.log(0.06), np.log(0.75))))
    sheet.style = replace(sheet.style, digit_px=px)
    x, foot_y = rng.uniform(0.02, 0.4) * size[0], px * 1.1 + rng.uniform(0, 1) * max(size[1] - 1.2 * px, 1)
    for _ in range(rng.integers(1, 4)):
        text = "1" * int(rng.integers(1, 5)) if rng.random() < 0.15 else number(rng, 3)
        x = sheet.write((text,), x, foot_y, px) + px * rng.uniform(0.3, 1.5)


def draw_snippets(sheet: SheetWriter) -> None:
    """Draw a snippet or a few, small or large: "(6)", "1)", "x=4": digits with only a sign or letters beside them."""
    rng, size = sheet.rng, sheet.size
    px = size[1] * float(np.exp(rng.uniform(np.log(0.06), np.log(0.4))))
    sheet.style = replace(sheet.style, digit_px=px)
    foot_y = rng.uniform(1.1 * px, size[1] - 0.1 * px)
    for _ in range(rng.integers(1, 4)):
        if foot_y < size[1]:
            sheet.write((snippet(rng),), rng.uniform(0.02, 0.5) * size[0], foot_y, px)
        foot_y += rng.uniform(1.5, 3.5) * px


def draw_short(sheet: SheetWriter) -> None:
    """Draw a digit, a number or a short sum as large as the sheet lets it be, as people try a drawing program."""
    rng, (width, height) = sheet.rng, sheet.size
    kind = rng.random()
    if kind < 0.35 or width < 2 * height:
        text = number(rng, 1)
    else:
        text = number(rng, 4) if kind < 0.65 else sum_line(rng)[0][:7]
    px = min(height * rng.uniform(0.4, 0.8), 0.95 * width / (len(text) + 0.5))
    sheet.style = replace(sheet.style, digit_px=px)
    sheet.write_centred((text,), width / 2 + rng.normal(0, 0.04) * width, (height + px) / 2, px)


def draw_matrices(sheet: SheetWriter) -> None:
    """Draw columns and matrices of numbers in tall brackets, with a sign or a letter from one to the next."""
    rng, (width, height) = sheet.rng, sheet.size
    px = min(sheet.style.digit_px, height / 5, width / 6)
    y = rng.uniform(0.3, 1.0) * px
    while y < height - 2 * px and len(sheet.items) < MAX_SIGNS:
        rows = int(rng.integers(1, 5))
        tall, x = rows * px * rng.uniform(1.25, 1.6), rng.uniform(0.3, 1.5) * px
        while x < width - 3 * px:
            x = _matrix(sheet, (x, y), (int(rng.integers(1, 5)), rows), tall, px) + 0.3 * px
            x = sheet.write((str(rng.choice(["=", "+", "-", "x", "A", "→", "2", ""])),), x, y + (tall + px) / 2, px)
            x += 0.3 * px
        y += tall + rng.uniform(0.4, 1.5) * px


def _matrix(sheet: SheetWriter, corner: tuple[float, float], count: tuple[int, int], tall: float, px: float) -> float:
    """Write numbers in columns and rows between two brackets; returns where these end."""
    rng, (x0, y0), (columns, rows) = sheet.rng, corner, count
    step, hook = px * rng.uniform(0.9, 1.8), px * rng.choice([0.0, rng.uniform(0.1, 0.35)], p=[0.15, 0.85])
    right = x0 + (columns + 0.4) * step
    for row in range(rows):
        for column in range(columns):
            kind = rng.random()
            text = (
                number(rng, 1) if kind < 0.75 else "-" + number(rng, 1) if kind < 0.87 else str(rng.choice([*"abxn."]))
            )
            foot_y = y0 + (row + 0.5) * tall / rows + px * rng.normal(0.45, 0.04)
            sheet.write((text,), x0 + (column + rng.uniform(0.2, 0.35)) * step, foot_y, 0.9 * px)
    for x, inwards in ((x0, hook), (right, -hook)):
        path = [x + inwards, y0, x, y0, x, y0 + tall, x + inwards, y0 + tall]
        sheet.draw([np.array(path).reshape(-1, 2)], "bracket")
    return right


def draw_columns(sheet: SheetWriter) -> None:
    """Draw numbers under each other, flush right, perhaps to be added up: a sign on the left, a rule below."""
    rng, size = sheet.rng, sheet.size
    px, wide = sheet.style.digit_px, int(rng.integers(1, 6))
    step, x = 0.75 * px, rng.uniform(0.5, 2.0) * px
    is_sum, only = rng.random() < 0.5, "1" if rng.random() < 0.15 else ""
    while x + (wide + 1) * step < size[0] and len(sheet.items) < MAX_SIGNS:
        foot_y, rows = rng.uniform(1.2, 2.5) * px, int(rng.integers(2, 8))
        right = x + (wide + 1) * step
        for row in range(rows):
            if foot_y > size[1]:
                break
            text = only * wide or number(rng, wide)
            if is_sum and row == rows - 1:
                sheet.draw([np.array([[x - 0.5 * px, foot_y - 1.15 * px], [right, foot_y - 1.15 * px]])], "rule")
            elif is_sum and row == rows - 2:
                sheet.sign(str(rng.choice(list("+-x"))), x - 0.3 * px, foot_y, px)
            sheet.write((text,), right - len(text) * step, foot_y, px)
            foot_y += px * rng.uniform(1.25, 1.6)
        x = right + px * rng.uniform(1.0, 3.0)
