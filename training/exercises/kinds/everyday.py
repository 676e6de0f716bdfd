"""Papers of every day: prices, telephone lists, scores, calendars, tick boxes, labels, cheques, puzzles, odd ink."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from capture.synthetic.typeset import random_print
from training.exercises.kinds.forms import draw_rules
from training.exercises.writing.doodles import arrow, brace, cross_out, doodle, face, line, scribble, stain, underline
from training.exercises.writing.sheet_writer import MAX_SIGNS, SheetWriter
from training.exercises.writing.texts import fact_line, number, word

UNITS = (" €", "€", " kg", " g", " l", " x", "%", "", "", " EUR", " h")
STREETS = ("rue ", "av. ", "bd ", "place ")
SHORT = (
    "of",
    "to",
    "so",
    "go",
    "oil",
    "bol",
    "les",
    "il",
    "lo",
    "Zoo",
    "sol",
    "bis",
    "SOS",
    "IL",
    "ligne",
    "q",
    "g",
    "z",
)


def draw_list(sheet: SheetWriter) -> None:
    """Draw a list: goods and prices, names and telephone numbers, or tasks with boxes to tick; some struck out."""
    rng, height = sheet.rng, sheet.size[1]
    px = float(np.clip(sheet.style.digit_px, 12, height / 6))
    sheet.style = replace(sheet.style, digit_px=px)
    kind, left, foot = rng.integers(3), rng.uniform(0.4, 2) * px, rng.uniform(1.3, 2.2) * px
    column = left + rng.uniform(4, 8) * px
    if rng.random() < 0.4:
        end = sheet.write((word(rng).title() + " " + number(rng, 2),), left, foot, px)
        underline(sheet, left, end, foot + 0.3 * px)
        foot += 1.8 * px
    while foot < height - 0.4 * px and len(sheet.items) < MAX_SIGNS:
        begin, x = len(sheet.items), left
        if kind == 2:
            _tick_box(sheet, x, foot, px)
            x += 1.5 * px
        name = str(rng.choice(["", "", "- ", "* ", number(rng, 1) + " "])) + word(rng)[:7]
        x = max(sheet.write((name,), x, foot, px) + 0.5 * px, column if kind < 2 else 0)
        text = _price(rng) if kind == 0 else _telephone(rng) if kind == 1 else number(rng, 2) + str(rng.choice(UNITS))
        if kind < 2 or rng.random() < 0.6:
            sheet.write((text,), x, foot, px)
        if rng.random() < 0.1:
            cross_out(sheet, begin)
        foot += px * rng.uniform(1.4, 2.0)
        if kind == 0 and rng.random() < 0.12:
            line(sheet, [column - px, foot - 1.1 * px, column + 4 * px, foot - 1.1 * px])


def _price(rng: np.random.Generator) -> str:
    cents = f"{rng.choice(list(',.€'))}{rng.integers(0, 100):02d}" if rng.random() < 0.75 else ""
    return str(rng.choice(["", "", "", "2 x ", "= "])) + number(rng, 3) + cents + str(rng.choice(UNITS))


def _telephone(rng: np.random.Generator) -> str:
    pairs = [f"0{rng.integers(1, 10)}", *(f"{rng.integers(0, 100):02d}" for _ in range(4))]
    return ("+33 " if rng.random() < 0.1 else "") + str(rng.choice([" ", ".", "-", ""])).join(pairs)


def _tick_box(sheet: SheetWriter, x: float, foot_y: float, px: float) -> None:
    """Draw a box, ticked, crossed or empty."""
    side, kind = 0.8 * px, sheet.rng.random()
    sheet.box(x + side / 2, foot_y - side / 2, side, side)
    if kind < 0.35:
        line(sheet, [x, foot_y - 0.5 * px, x + 0.3 * px, foot_y - 0.1 * px, x + px, foot_y - 1.1 * px], "tick")
    elif kind < 0.5:
        line(sheet, [x, foot_y, x + side, foot_y - side], "tick")
        line(sheet, [x, foot_y - side, x + side, foot_y], "tick")


def draw_scores(sheet: SheetWriter) -> None:
    """Draw a score sheet: names above columns of points, running totals, struck-out ones, a total under a line."""
    rng, (width, height) = sheet.rng, sheet.size
    columns = int(rng.integers(2, 6))
    px = min(sheet.style.digit_px, 0.2 * width / columns, height / 7)
    sheet.style = replace(sheet.style, digit_px=px)
    step, top = 0.9 * width / columns, 1.5 * px
    line(sheet, [0.03 * width, top + 0.4 * px, 0.95 * width, top + 0.4 * px])
    rows = int(rng.integers(2, max(3, int((height - 3 * px) / (1.5 * px)))))
    for column in range(columns):
        x = 0.05 * width + column * step
        sheet.write((word(rng).title()[:5] if rng.random() < 0.7 else "ABCDE"[column],), x, top, px)
        if column:
            line(sheet, [x - 0.4 * px, 0.4 * px, x - 0.4 * px, top + (rows + 1.5) * 1.5 * px])
        for row in range(rows):
            begin, text = len(sheet.items), str(rng.choice(["", "", "+", "-"])) + number(rng, 3)
            sheet.write((text,), x + rng.uniform(0, 0.4) * px, top + (row + 1.2) * 1.5 * px, px)
            if rng.random() < 0.12:
                cross_out(sheet, begin)
        if rng.random() < 0.6:
            line(sheet, [x, top + (rows + 0.55) * 1.5 * px, x + 0.7 * step, top + (rows + 0.55) * 1.5 * px])
            sheet.write((number(rng, 3),), x, top + (rows + 1.5) * 1.5 * px, px)


def draw_calendar(sheet: SheetWriter) -> None:
    """Draw a month by hand or in print: letters of days above, notes by hand, some days ringed or struck out."""
    rng, (width, height) = sheet.rng, sheet.size
    cell = 0.92 * width / 7, 0.85 * height / 6
    px = min(cell[0] * 0.35, cell[1] * 0.5, 60.0) * rng.uniform(0.7, 1.1)
    sheet.style = replace(sheet.style, digit_px=px)
    is_print, look, first = rng.random() < 0.4, random_print(rng), int(rng.integers(7))
    corner = 0.03 * width, 0.12 * height
    if rng.random() < 0.7:
        draw_rules(sheet, corner, cell, (7, 5))
    for i, day in enumerate(rng.choice(["LMMJVSD", "MTWTFSS"])):
        sheet.write((day,), corner[0] + (i + 0.35) * cell[0], corner[1] - 0.2 * px, 0.9 * px)
    for day in range(1, 32):
        row, column = divmod(day - 1 + first, 7)
        x, foot = corner[0] + (column + 0.12) * cell[0], corner[1] + row * cell[1] + 1.3 * px
        begin = len(sheet.items)
        end = sheet.print_text(str(day), x, foot, 0.8 * px, look) if is_print else sheet.write((str(day),), x, foot, px)
        kind = rng.random()
        if kind < 0.06:
            sheet.ring((x + end) / 2, foot - px / 2, end - x + 0.7 * px, 1.7 * px)
        elif kind < 0.12:
            cross_out(sheet, begin)
        elif kind < 0.3 and cell[1] > 2.4 * px:
            note = word(rng)[:5] if rng.random() < 0.5 else f"{rng.integers(24)}h{rng.choice(['', '30'])}"
            sheet.write((note,), x, foot + px, 0.6 * px)


def draw_label(sheet: SheetWriter) -> None:
    """Draw an envelope, a box's label, a sticky note or a cheque: a name, a street with a number, a postcode, a sum."""
    rng, (width, height) = sheet.rng, sheet.size
    px = min(sheet.style.digit_px, height / 7, width / 9)
    sheet.style = replace(sheet.style, digit_px=px)
    left, foot = rng.uniform(0.05, 0.4) * width, rng.uniform(1.3, 0.3 * height / px + 1.3) * px
    texts: tuple[Callable[[], str], ...] = (
        lambda: f"{word(rng).title()} {word(rng).title()}",
        lambda: number(rng, 3) + str(rng.choice([" ", ", ", " bis ", " B "])) + str(rng.choice(STREETS)) + word(rng),
        lambda: f"{rng.integers(1000, 98000):05d} {word(rng).upper()}",
        lambda: f"{rng.choice(['No', 'N°', 'Lot', 'Box', 'Ref', 'Carton', 'salle', 'Tel'])} {number(rng, 4)}",
        lambda: str(fact_line(rng)[0]),
        lambda: f"{number(rng, 2)} {rng.choice(['x', '/', 'sur', 'de'])} {number(rng, 2)}{rng.choice(UNITS)}",
        lambda: f"# {number(rng, 4)},{rng.integers(0, 100):02d} # €",
        lambda: f"{rng.choice(SHORT)} {number(rng, 3)} {rng.choice(SHORT)}",
    )
    for _ in range(rng.integers(1, 6)):
        if foot > height:
            break
        end = sheet.write((texts[rng.integers(len(texts))](),), left, foot, px)
        if rng.random() < 0.12:
            underline(sheet, left, end, foot + 0.3 * px)
        foot += px * rng.uniform(1.4, 2.0)
    if rng.random() < 0.3:
        sheet.print_text(f"{word(rng)} {number(rng, 3)}", 0.04 * width, 0.96 * height, 0.5 * px)


def draw_pencil_puzzle(sheet: SheetWriter) -> None:
    """Draw a sudoku with small candidates, or a crossword with letters by hand and small printed numbers."""
    rng, side, is_words = sheet.rng, 0.94 * min(sheet.size), sheet.rng.random() < 0.4
    count = int(rng.integers(4, 10))
    cell, look, (x0, y0) = side / count, random_print(rng), rng.uniform(0.02, 0.05, 2) * side
    px = cell * rng.uniform(0.5, 0.7)
    sheet.style = replace(sheet.style, digit_px=px)
    draw_rules(sheet, (x0, y0), (cell, cell), (count, count))
    for index in range(count * count):
        x, y, kind = x0 + index % count * cell, y0 + index // count * cell, rng.random()
        if is_words and kind < 0.25:
            sheet.put_print("blackened", np.full((round(cell), round(cell)), 255, np.uint8), x, y)
        elif is_words:
            if kind < 0.5:
                sheet.print_text(number(rng, 2), x + 0.08 * cell, y + 0.32 * cell, 0.22 * cell, look)
            sheet.write((str(rng.choice(list("ABCDEFGILMNOPRSTUZ"))),), x + 0.3 * cell, y + 0.9 * cell, px)
        elif kind < 0.3:
            sheet.print_text(number(rng, 1), x + 0.3 * cell, y + cell / 2 + px / 2, px, look)
        elif kind < 0.6:
            sheet.sign(number(rng, 1), x + 0.25 * cell, y + cell / 2 + px / 2, px)
        elif kind < 0.75 and cell > 36:
            for candidate in np.flatnonzero(rng.random(9) < 0.3):
                at = x + (0.1 + 0.3 * (candidate % 3)) * cell, y + (0.32 + 0.3 * (candidate // 3)) * cell
                sheet.sign(str(candidate + 1), *at, 0.24 * cell)


def draw_odd_ink(sheet: SheetWriter) -> None:
    """Draw ink of every kind that is no digit, and a number or a short word here and there."""
    rng, (width, height) = sheet.rng, sheet.size
    px = float(np.clip(sheet.style.digit_px, 14, height / 5))
    sheet.style = replace(sheet.style, digit_px=px)
    numbers = rng.choice([0.0, 0.2, 0.45])
    for _ in range(rng.integers(3, 22)):
        x, y = rng.uniform(0.05, 0.85) * width, rng.uniform(1.2 * px, height - 0.3 * px)
        size, kind = px * rng.uniform(0.4, 1.2), rng.integers(9)
        if rng.random() < numbers:
            sheet.write((number(rng, 3),), x, y, px)
        elif kind == 0:
            arrow(sheet, (x, y), (x + rng.normal(0, 3) * px, y + rng.normal(0, 2) * px), px)
        elif kind == 1:
            brace(sheet, (x, y), (x + rng.normal(0, 0.3) * px, y - rng.uniform(1, 4) * px), 0.5 * px)
        elif kind == 2:
            face(sheet, (x, y), size)
        elif kind == 3:
            scribble(sheet, (x, y - px), (rng.uniform(0.8, 4) * px, rng.uniform(0.5, 1.1) * px))
        elif kind == 4:
            doodle(sheet, (x, y), size)
        elif kind in (5, 6):
            stain(sheet, (x, y), size / 2)
        elif kind == 7:
            sheet.write(
                (str(rng.choice(SHORT)) if rng.random() < 0.7 else str(rng.choice(list("%?!&@$#oOlISBZ°"))),), x, y, px
            )
        else:
            sheet.ring(x, y, size, size * rng.uniform(0.6, 1.4))
