"""Things counted: dice, dominoes, rows of dots, tallies, and the count behind them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from training.exercises.writing.doodles import line
from training.exercises.writing.sheet_writer import SheetWriter
from training.exercises.writing.texts import number, word

DOT, TALLY = "dot", "tally"


def draw_counts(sheet: SheetWriter) -> None:
    """Draw dice, rows of dots and tallies, with the count or a sum behind most of them."""
    rng, (width, height) = sheet.rng, sheet.size
    px = min(sheet.style.digit_px, height / 5, width / 8)
    sheet.style = replace(sheet.style, digit_px=px)
    y = rng.uniform(1.6, 2.5) * px
    while y < height - 0.3 * px:
        x, kind = rng.uniform(0.3, 1.5) * px, rng.integers(3)
        if rng.random() < 0.4:
            x = sheet.write((word(rng),), x, y, px) + 0.5 * px
        for _ in range(rng.integers(1, 4)):
            if x > width - 3 * px:
                break
            x = (_tally, _die, _dots)[kind](sheet, x, y, px) + rng.uniform(0.3, 0.9) * px
        if rng.random() < 0.75:
            sheet.write((str(rng.choice(["", "= ", "→ "])) + number(rng, 2),), x, y, px)
        y += rng.uniform(1.6, 2.6) * px


def _tally(sheet: SheetWriter, x: float, foot_y: float, px: float) -> float:
    """Draw two to five strokes, the fifth across the four: none is a 1."""
    count, step = int(sheet.rng.integers(2, 6)), px * sheet.rng.uniform(0.22, 0.35)
    for i in range(min(count, 4)):
        line(sheet, [x + i * step, foot_y - px, x + i * step + sheet.rng.normal(0, 0.04) * px, foot_y], TALLY)
    if count == 5:
        line(sheet, [x - 0.3 * step, foot_y - 0.2 * px, x + 3.4 * step, foot_y - 0.8 * px], TALLY)
    return x + 4 * step


def _die(sheet: SheetWriter, x: float, foot_y: float, px: float) -> float:
    side, rng = 1.2 * px, sheet.rng
    sheet.box(x + side / 2, foot_y - side / 2, side, side)
    for spot in rng.permutation(9)[: rng.integers(1, 7)]:
        _spot(sheet, x + (0.25 + 0.25 * (spot % 3)) * side, foot_y - (0.25 + 0.25 * (spot // 3)) * side, px)
    return x + side


def _dots(sheet: SheetWriter, x: float, foot_y: float, px: float) -> float:
    for _ in range(sheet.rng.integers(2, 7)):
        _spot(sheet, x, foot_y - 0.4 * px, 1.6 * px)
        x += 0.4 * px
    return x


def _spot(sheet: SheetWriter, x: float, y: float, px: float) -> None:
    turn = np.linspace(0, 12, 16)
    sheet.draw([np.array([x, y]) + 0.05 * px * np.column_stack([np.cos(turn), np.sin(turn)])], DOT)
