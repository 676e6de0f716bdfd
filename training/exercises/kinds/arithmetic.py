"""Written arithmetic: additions and multiplications with carries, divisions, cards with sums."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from capture.synthetic.typeset import random_print
from training.exercises.writing.doodles import line
from training.exercises.writing.sheet_writer import MAX_SIGNS, RULE, SheetWriter
from training.exercises.writing.texts import number, sum_line, word


def draw_arithmetic(sheet: SheetWriter) -> None:
    """Draw written sums side by side: additions and multiplications with carries, divisions."""
    rng, (width, height) = sheet.rng, sheet.size
    px = float(np.clip(sheet.style.digit_px, 12, min(height / 7, width / 7)))
    sheet.style = replace(sheet.style, digit_px=px)
    top = rng.uniform(0.8, 1.6) * px
    while top < height - 4 * px and len(sheet.items) < MAX_SIGNS:
        x, lowest = rng.uniform(0.5, 2) * px, top
        while x < width - 4 * px:
            if rng.random() < 0.25:
                x = sheet.write(
                    (str(rng.choice([f"{number(rng, 1)})", "abcd"[rng.integers(4)] + ")"])),), x, top + px, px
                )
                x += 0.4 * px
            draw = (_addition, _addition, _division, _division, _product)[rng.integers(5)]
            right, foot = draw(sheet, (x, top), px)
            x, lowest = right + rng.uniform(0.8, 2.5) * px, max(lowest, foot)
        top = lowest + rng.uniform(0.6, 1.6) * px


def _digits(sheet: SheetWriter, text: str, right: float, foot_y: float, px: float) -> None:
    """Write a number flush right, a digit a column."""
    for i, sign in enumerate(reversed(text)):
        if sign != " ":
            sheet.sign(sign, right - (i + 0.85) * 0.8 * px, foot_y, px)


def _addition(sheet: SheetWriter, corner: tuple[float, float], px: float) -> tuple[float, float]:
    """Write two or three numbers under each other, small carries above, the answer below."""
    rng, (x, top), wide = sheet.rng, corner, int(sheet.rng.integers(2, 5))
    right, foot, step = x + 0.8 * px * (wide + 1), top, px * rng.uniform(1.2, 1.5)
    if rng.random() < 0.6:
        for column in range(1, wide):
            if rng.random() < 0.5:
                sheet.sign(
                    str(rng.choice(["1", "1", "2", "3"])), right - (column + 0.8) * 0.8 * px, top + 0.45 * px, 0.5 * px
                )
        foot += 0.5 * px
    rows = int(rng.integers(2, 4))
    for _ in range(rows):
        foot += step
        _digits(sheet, number(rng, wide), right, foot, px)
    sheet.sign(str(rng.choice(list("++-x"))), x - 0.3 * px, foot, px)
    line(sheet, [x - 0.4 * px, foot + 0.25 * px, right + 0.1 * px, foot + 0.25 * px])
    if rng.random() < 0.85:
        foot += step + 0.1 * px
        _digits(sheet, number(rng, wide + 1)[: wide + 1], right, foot, px)
    return right, foot


def _product(sheet: SheetWriter, corner: tuple[float, float], px: float) -> tuple[float, float]:
    """Write a long multiplication: the partial products, a dot or a zero in the empty places."""
    rng, (x, top) = sheet.rng, corner
    right, step = x + 4.2 * px, px * rng.uniform(1.2, 1.5)
    texts = (
        number(rng, 3),
        number(rng, 2),
        number(rng, 4),
        number(rng, 3) + str(rng.choice([".", "0", " "])),
        number(rng, 5),
    )
    foot = top
    for row, text in enumerate(texts):
        foot += step
        _digits(sheet, text, right, foot, px)
        if row in (1, 3):
            sheet.sign("x" if row == 1 else "+", x, foot, px)
            line(sheet, [x - 0.2 * px, foot + 0.2 * px, right, foot + 0.2 * px])
    return right, foot


def _division(sheet: SheetWriter, corner: tuple[float, float], px: float) -> tuple[float, float]:
    """Write a division as in France: divisor and quotient right of an upright rule, remainders on the left."""
    rng, (x, top) = sheet.rng, corner
    foot, wide = top + 1.2 * px, int(rng.integers(2, 5))
    middle, end = x + (wide + 0.3) * 0.8 * px, x + (wide + 3.5) * 0.8 * px
    _digits(sheet, number(rng, wide), middle - 0.1 * px, foot, px)
    sheet.write((number(rng, 2),), middle + 0.3 * px, foot, px)
    sheet.write((number(rng, 3),), middle + 0.3 * px, foot + 1.45 * px, px)
    rows = int(rng.integers(1, 4))
    line(sheet, [middle, top, middle, foot + (rows + 0.3) * 1.3 * px])
    line(sheet, [middle, foot + 0.25 * px, end, foot + 0.25 * px])
    for row in range(rows):
        foot += 1.3 * px
        text = ("-" if rng.random() < 0.3 else "") + number(rng, 2)
        sheet.write((text,), x + row * 0.5 * px, foot, px)
        if rng.random() < 0.25:
            line(sheet, [x + row * 0.5 * px, foot + 0.15 * px, x + (row * 0.5 + 1.6) * px, foot + 0.15 * px])
    return end, max(foot, top + 2.8 * px)


def draw_flash_cards(sheet: SheetWriter) -> None:
    """Draw cards or cells cut by lines, a sum, a printed question or a word in each: what children get to learn."""
    rng, (width, height) = sheet.rng, sheet.size
    columns, rows = int(rng.integers(1, 5)), int(rng.integers(1, 6))
    cell_w, cell_h, look = width / columns, height / rows, random_print(rng)
    px = min(sheet.style.digit_px, 0.4 * cell_h, cell_w / 6)
    sheet.style = replace(sheet.style, digit_px=px)
    for row in range(rows):
        for column in range(columns):
            x, y = (column + 0.5) * cell_w, (row + 0.5) * cell_h + px / 2
            if rng.random() < 0.2:
                end = sheet.print_text(f"{number(rng, 1)}x{number(rng, 1)}=", x - 0.4 * cell_w, y, 0.8 * px, look)
                sheet.write((number(rng, 2),), end + 0.3 * px, y, px)
            else:
                sheet.write_centred((sum_line(rng)[0][:7] if rng.random() < 0.7 else word(rng),), x, y, px)
    for i in range(1, columns):
        line(sheet, [i * cell_w, 0, i * cell_w, height], RULE)
    for i in range(1, rows):
        line(sheet, [0, i * cell_h, width, i * cell_h], RULE)
