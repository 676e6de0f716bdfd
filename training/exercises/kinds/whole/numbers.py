"""Large sheets of numbers by one hand: digits in rows, telephone numbers, dates, sums, lists of marks, measures."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from capture.synthetic.styles import PAPERS
from training.exercises.kinds.forms import draw_rules
from training.exercises.kinds.whole.setting import Place, between, take_paper
from training.exercises.writing.doodles import cross_out, line, underline
from training.exercises.writing.sheet_writer import SheetWriter
from training.exercises.writing.texts import fact_line, number, word

WRITING_PX = (16.0, 58.0)  # height of a digit
MOST_DIGITS = 250
OWN_DIGITS = 0.6  # share of the sheets on which digits are surely of the hand that writes the letters
PAPER = tuple(name for name in PAPERS if name not in ("board", "screen"))


def draw_number_sheet(sheet: SheetWriter) -> None:
    """Write one to three columns of numbers of several kinds, all by one plain hand."""
    rng, (width, height) = sheet.rng, sheet.size
    if rng.random() < OWN_DIGITS:
        sheet.signs = replace(sheet.signs, write_digit=None)
    px = between(rng, WRITING_PX)
    take_paper(sheet, px, PAPER)
    columns = max(1, min(int(rng.integers(1, 4)), int(width / (12 * px))))
    wide = 0.95 * width / columns
    for column in range(columns):
        x, y = (column + rng.uniform(0.04, 0.1)) * wide, rng.uniform(0.3, 2.5) * px
        while y < height - 2.5 * px and _digits(sheet) < MOST_DIGITS:
            block = BLOCKS[rng.integers(len(BLOCKS))]
            y = block(sheet, (x, y, 0.88 * wide), px) + rng.uniform(0.3, 2.0) * px
            if rng.random() < 0.06:
                break


def _digits(sheet: SheetWriter) -> int:
    return sum(item.label.isdigit() for item in sheet.items)


def _steps(sheet: SheetWriter, y: float, px: float, most: int) -> list[float]:
    """Choose where up to `most` lines stand below a place, all on the sheet."""
    step = px * sheet.rng.uniform(1.35, 2.2)
    feet = [y + px + (index + 0.2) * step for index in range(sheet.rng.integers(1, most + 1))]
    return [foot for foot in feet if foot < sheet.size[1] - 0.3 * px]


def _fitting(text: str, wide: float, px: float) -> str:
    return text[: max(1, int(wide / (0.95 * px)))]


def _rows(sheet: SheetWriter, place: Place, px: float) -> float:
    """Write digits alone in rows, each as far from the next: 0 to 9, one again and again, or any."""
    rng, (left, y, wide) = sheet.rng, place
    step, kind, start = px * rng.uniform(1.1, 2.5), rng.random(), int(rng.integers(10))
    for foot in _steps(sheet, y, px, 6):
        for index in range(max(1, int(wide / step))):
            digit = (start + index) % 10 if kind < 0.35 else start if kind < 0.5 else rng.integers(10)
            sheet.sign(str(digit), left + (index + rng.normal(0, 0.04)) * step, foot + rng.normal(0, 0.05) * px, px)
        start, y = (start + (kind < 0.5)) % 10, foot
    return y + 0.3 * px


def _calls(sheet: SheetWriter, place: Place, px: float) -> float:
    """Write telephone numbers, with names or without."""
    rng, (left, y, wide) = sheet.rng, place
    between_pairs, named = str(rng.choice([" ", "-", ".", ""])), rng.random() < 0.4
    for foot in _steps(sheet, y, px, 5):
        x = sheet.write((word(rng)[:6] + " ",), left, foot, px) if named else left
        text = between_pairs.join(f"{rng.integers(100):02d}" for _ in range(5))
        sheet.write((_fitting(text, left + wide - x, px),), x, foot, px)
        y = foot
    return y + 0.3 * px


def _facts(sheet: SheetWriter, place: Place, px: float) -> float:
    """Write dates, times, prices and sizes, a line each."""
    left, y, wide = place
    for foot in _steps(sheet, y, px, 5):
        sheet.write((_fitting(fact_line(sheet.rng)[0], wide, px),), left, foot, px)
        y = foot
    return y + 0.3 * px


def _sums(sheet: SheetWriter, place: Place, px: float) -> float:
    """Write sums with their answers, some struck out."""
    rng, (left, y, wide), most = sheet.rng, place, int(sheet.rng.integers(1, 4))
    signs, space = str(rng.choice(["+", "-", "x", ":", "+-x:"])), " " if rng.random() < 0.5 else ""
    for foot in _steps(sheet, y, px, 7):
        sign, begin = rng.choice(list(signs)), len(sheet.items)
        text = space.join([number(rng, most), sign, number(rng, most), "=", number(rng, most)])
        sheet.write((_fitting(text, wide, px),), left, foot, px)
        if rng.random() < 0.04:
            cross_out(sheet, begin)
        y = foot
    return y + 0.3 * px


def _marks(sheet: SheetWriter, place: Place, px: float) -> float:
    """Write a list of names or points with a mark behind each, and a sum or a mean below."""
    rng, (left, y, wide) = sheet.rng, place
    named, half = rng.random() < 0.6, left + min(0.55 * wide, px * rng.uniform(4, 7))
    for index, foot in enumerate(_steps(sheet, y, px, 9)):
        sheet.write(((word(rng).title()[:5] if named else f"{index + 1}{rng.choice(list('.):'))}"),), left, foot, px)
        text = number(rng, 2) + str(rng.choice(["", "", "", ",5", "/20", "%"]))
        sheet.write((_fitting(text, left + wide - half, px),), half, foot, px)
        y = foot
    if rng.random() < 0.4 and y + 1.8 * px < sheet.size[1]:
        line(sheet, [left, y + 0.4 * px, half + 2 * px, y + 0.4 * px])
        y += 1.7 * px
        sheet.write((number(rng, 3),), half, y, px)
    return y + 0.3 * px


def _measures(sheet: SheetWriter, place: Place, px: float) -> float:
    """Write a table of measurements: letters above columns of numbers, with rules or without."""
    rng, (left, top, wide) = sheet.rng, place
    columns, most = max(1, min(int(rng.integers(2, 6)), int(wide / (3.4 * px)))), int(rng.integers(1, 3))
    w, point = wide / columns, rng.random() < 0.5
    feet = _steps(sheet, top, px, 8)
    if len(feet) > 1 and rng.random() < 0.5:
        h = feet[1] - feet[0]
        draw_rules(sheet, (left, feet[0] - 0.5 * (px + h)), (w, h), (columns, len(feet)))
    for row, foot in enumerate(feet):
        for column in range(columns):
            decimals = f"{rng.choice(list('.,'))}{number(rng, 1)}" if point else ""
            text = str(rng.choice(list("xytnTmUI"))) if row == 0 else number(rng, most) + decimals
            if rng.random() < 0.93:
                sheet.write((_fitting(text, w, px),), left + (column + 0.12) * w, foot, px)
    return (feet[-1] if feet else top) + 0.3 * px


def _heading(sheet: SheetWriter, place: Place, px: float) -> float:
    rng, (left, top, wide) = sheet.rng, place
    text = word(rng).title() + str(rng.choice(["", " " + number(rng, 2)]))
    end = sheet.write((_fitting(text, wide, px),), left, top + 1.2 * px, px)
    if rng.random() < 0.6:
        underline(sheet, left, end, top + 1.5 * px)
    return top + 1.6 * px


BLOCKS: tuple[Callable[[SheetWriter, Place, float], float], ...] = (
    *(_rows, _rows, _calls, _calls, _facts, _facts, _sums, _sums, _marks, _marks, _measures, _measures, _heading),
)
