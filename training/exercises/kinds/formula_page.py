"""Draws a page that holds one formula, as large as people write one on a slip, a board or a tablet."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from training.exercises.writing.formulas import formula_line
from training.exercises.writing.sheet_writer import SheetWriter
from training.exercises.writing.texts import Line

OWN_DIGITS = 0.6  # share of the formulas alone on which digits are surely of the hand that writes the letters
FILL = (0.4, 0.98)  # of the sheet's width and height: how large a formula alone is
TRIAL_PX, SMALLEST_PX, LARGEST = 40.0, 18.0, 0.28  # digits' heights: to measure a formula; at least; most, of the sheet
TRIES = 4


def draw_formula(sheet: SheetWriter) -> None:
    """Write one formula, whole, so large that it fills a part of the sheet."""
    rng, (width, height) = sheet.rng, sheet.size
    if rng.random() < OWN_DIGITS:
        sheet.signs = replace(sheet.signs, write_digit=None)
    for _ in range(TRIES):
        line, room = formula_line(rng), rng.uniform(*FILL) * np.array(sheet.size)
        long, top, foot = _written(sheet, line, TRIAL_PX)
        px = min(TRIAL_PX * min(room[0] / long, room[1] / (foot - top)), LARGEST * height)
        if px >= SMALLEST_PX:
            break
    long, top, foot = _written(sheet, line, px)
    sheet.shift(0, rng.uniform(0, max(width - long, 1)), rng.uniform(0, max(height - foot + top, 1)) - top)


def _written(sheet: SheetWriter, line: Line, px: float) -> tuple[float, float, float]:
    """Write a line anew on the empty sheet; return its length and where it starts above and ends below."""
    sheet.items.clear()
    sheet.style = replace(sheet.style, digit_px=px)
    return (sheet.write(line, 0, 0, px), *sheet.extent(0))
