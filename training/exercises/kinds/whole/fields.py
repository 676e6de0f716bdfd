"""What documents ask people to fill in, printed, and filled in by hand: lines, cells, tables, sums, choices, bills."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from capture.synthetic.typeset import Print
from training.exercises.kinds.forms import bubble, printed_rules
from training.exercises.kinds.whole.setting import Place, print_rule
from training.exercises.writing.doodles import line
from training.exercises.writing.sheet_writer import TICK, SheetWriter
from training.exercises.writing.texts import fact_line, number, word

LABELS = ("Name", "Date", "Class", "No.", "Student number", "Postcode", "Amount", "Tel.", "Code", "Roll number", "Room")
MONEY = ("", "€ ", "$ ")


@dataclass(frozen=True)
class Setting:
    """How a document is printed and filled in; `px` is a handwritten digit's height, `body_px` a printed one's."""

    body: Print
    head: Print
    body_px: float
    px: float


def print_label(sheet: SheetWriter, text: str, x: float, foot_y: float, how: Setting) -> float:
    """Print as paragraphs are; return where the text ends."""
    return sheet.print_line(text, x, foot_y, how.body_px, how.body)


def words(rng: np.random.Generator, count: int) -> str:
    """Invent words, and now and then a number."""
    return " ".join(number(rng) if rng.random() < 0.04 else word(rng) for _ in range(count))


def _lines(sheet: SheetWriter, place: Place, how: Setting) -> float:
    """Print what is asked for with lines to write on, a few beside each other, most of them filled in."""
    rng, (left, y, wide), px = sheet.rng, place, how.px
    for _ in range(rng.integers(1, 5)):
        y += max(1.7 * px, 2.4 * how.body_px)
        x = left
        while x < left + wide - 9 * px:
            x = print_label(sheet, str(rng.choice(LABELS)) + ":", x, y, how)
            end = min(x + rng.uniform(6, 12) * px, left + wide)
            print_rule(sheet, x, end, y + 0.15 * px)
            if rng.random() < 0.8:
                room = int((end - x) / px)
                text = (
                    number(rng)
                    if rng.random() < 0.4
                    else fact_line(rng)[0]
                    if rng.random() < 0.6
                    else word(rng).title()
                )
                sheet.write((text[: max(1, room)],), x + 0.3 * px, y + rng.normal(0, 0.05) * px, px)
            x = end + px
    return y + 0.5 * px


def _comb(sheet: SheetWriter, corner: tuple[float, float], text: str, how: Setting) -> tuple[float, float]:
    """Print a row of cells, closed or like a comb, and write a sign into each; return a cell's size."""
    rng, (x, y), px = sheet.rng, corner, how.px
    w, h = px * rng.uniform(1.05, 1.6), px * rng.uniform(1.25, 1.7)
    ink = printed_rules(rng, (w, h), (len(text), 1))
    if rng.random() < 0.25:
        ink[: round(rng.choice([0.4, 0.75]) * h)] = 0
    sheet.put_print("", ink, x, y)
    small = px * rng.uniform(0.8, 0.98)
    for index, sign in enumerate(text):
        if sign != " ":
            foot = y + (h + small) / 2 + rng.normal(0, 0.05) * px
            sheet.write_centred((sign,), x + (index + rng.normal(0.55, 0.06)) * w, foot, small)
    return w, h


def _combs(sheet: SheetWriter, place: Place, how: Setting) -> float:
    """Print a label or two, each with cells for a date, a number, a postcode, an amount."""
    rng, (left, y, wide), px = sheet.rng, place, how.px
    for _ in range(rng.integers(1, 4)):
        x = print_label(sheet, str(rng.choice(LABELS)) + rng.choice([":", ""]), left, y + px, how) + 0.5 * px
        if rng.random() < 0.3:
            x, y = left, y + 1.4 * px
        room = int((left + wide - x) / (1.7 * px))
        texts = (
            "".join(rng.choice(list("0123456789"), rng.integers(4, 11))),
            f"{rng.integers(1, 32):02d} {rng.integers(1, 13):02d} 20{rng.integers(10, 30)}",
        )
        text = texts[int(rng.random() < 0.3)][:room]
        if text:
            y += _comb(sheet, (x, y), text if rng.random() < 0.9 else " " * len(text), how)[1]
        y += rng.uniform(0.5, 1.0) * px
    return y


def _bubbles(sheet: SheetWriter, place: Place, how: Setting) -> float:
    """Print cells for a number above columns of digits in rings, in boxes or bare, and blacken one in each column."""
    rng, (left, top, wide) = sheet.rng, place
    count = int(min(rng.integers(4, 12), wide / (1.7 * how.px)))
    if top + 13 * how.px > sheet.size[1] or count < 3:
        return _combs(sheet, place, how)
    print_label(sheet, str(rng.choice(LABELS)), left, top + how.body_px, how)
    text, y = "".join(rng.choice(list("0123456789"), count)), top + 1.6 * how.body_px
    w, h = _comb(sheet, (left, y), text, how)
    step, small, kind = min(w, h) * rng.uniform(0.7, 0.95), 0.0, rng.integers(3)
    small, ring = step * rng.uniform(0.35, 0.5), bubble(0.85 * step, is_blackened=False)
    if kind == 1:
        ring[:] = np.pad(np.zeros(np.subtract(ring.shape, 2), np.uint8), 1, constant_values=255)
    y += h + 0.7 * step
    for column, chosen in enumerate(text):
        x = left + (column + 0.5) * w
        for digit in range(10):
            middle = y + digit * step
            if kind < 2:
                sheet.put_print("", ring, x - 0.42 * step, middle - 0.42 * step)
            sheet.print_text(str(digit), x - 0.3 * small, middle + small / 2, small, how.body)
            if str(digit) == chosen:
                blot = bubble(step * rng.uniform(0.6, 0.95), is_blackened=True)
                sheet.put("blot", blot, x - blot.shape[1] / 2, middle - blot.shape[0] / 2)
    return y + 9.7 * step


def _marks(sheet: SheetWriter, place: Place, how: Setting) -> float:
    """Print a table with a label in each row and room for marks or amounts, some of them written; a total below."""
    rng, (left, top, wide), px = sheet.rng, place, how.px
    columns, rows = int(rng.integers(1, 6)), int(rng.integers(2, 9))
    h, labels = px * rng.uniform(1.25, 2.0), min(wide * rng.uniform(0.25, 0.5), 12 * how.body_px)
    w = min((wide - labels) / columns, px * rng.uniform(2.0, 4.5))
    sheet.put_print("", printed_rules(rng, (labels, h), (1, rows)), left, top)
    sheet.put_print("", printed_rules(rng, (w, h), (columns, rows)), left + labels, top)
    filled, most, has_head = rng.uniform(0.5, 1.0), max(1, int(w / px / 1.05)), rng.random() < 0.7
    limit = str(rng.choice(["", "", "/ 20", "/ 5", "%"]))
    for row in range(rows):
        foot = top + (row + 0.5) * h
        text = "Total" if row == rows - 1 else str(rng.choice([f"Q{row + 1}", str(row + 1), word(rng)]))
        print_label(sheet, text, left + 0.5 * how.body_px, foot + how.body_px / 2, how)
        for column in range(columns):
            x = left + labels + column * w
            if row == 0 and has_head:
                print_label(sheet, word(rng)[: max(2, int(w / how.body_px))], x + 4, foot + how.body_px / 2, how)
            elif rng.random() < filled:
                sheet.write((number(rng, min(most, 4)),), x + 0.15 * px, foot + px / 2 + rng.normal(0, 0.06) * px, px)
            elif limit and w > 5 * how.body_px:
                print_label(sheet, limit, x + w - 3.5 * how.body_px, foot + how.body_px / 2, how)
    return top + rows * h


def _sums(sheet: SheetWriter, place: Place, how: Setting) -> float:
    """Print sums in one or two columns, with answers behind most of them."""
    rng, (left, y, wide), px = sheet.rng, place, how.px
    print_px, signs = max(px * rng.uniform(0.6, 1.0), how.body_px), str(rng.choice(["+", "-", "+-", "x", "+-x"]))
    each, numbered, most = 11 * max(px, print_px), rng.random() < 0.6, int(rng.integers(1, 3))
    for row in range(rng.integers(2, 8)):
        y += px * rng.uniform(1.8, 2.6)
        if y > sheet.size[1] - px:
            break
        for column in range(max(1, int(wide / each))):
            x = left + column * each
            if numbered:
                x = print_label(sheet, f"({2 * row + column + 1})", x, y, how) + 0.8 * how.body_px
            text = f"{number(rng, most)} {rng.choice(list(signs))} {number(rng, most)} ="
            x = sheet.print_line(text, x, y, print_px, how.body)
            if rng.random() < 0.85:
                sheet.write((number(rng, 2),), x + 0.3 * px, y + rng.normal(0, 0.1) * px, px * rng.uniform(0.9, 1.2))
    return y + 0.5 * px


def _choices(sheet: SheetWriter, place: Place, how: Setting) -> float:
    """Print questions with choices in rings or boxes, some ticked, crossed or blackened; a score beside some."""
    rng, (left, y, wide), px = sheet.rng, place, how.px
    body_px, choices, kind = how.body_px, "ABCDE"[: rng.integers(2, 6)], rng.integers(3)
    step, side = max(0.17 * wide, 5 * body_px) * rng.uniform(0.4, 1.0), 2.2 * body_px
    for row in range(rng.integers(2, 9)):
        y += max(1.1 * px, 2.8 * body_px)
        if y > sheet.size[1] - px:
            break
        x, chosen = print_label(sheet, f"{row + 1}.", left, y, how) + body_px, rng.integers(len(choices) + 1)
        for index, choice in enumerate(choices):
            at = x + index * step + side / 2, y - body_px / 2
            if kind < 2:
                ring = bubble(side, is_blackened=False)
                sheet.put_print("", ring, at[0] - side / 2, at[1] - side / 2)
            print_label(sheet, choice, at[0] - 0.35 * body_px, y, how)
            if index == chosen:
                _choose(sheet, at, side / 2, kind)
        if rng.random() < 0.25 and x + len(choices) * step + 2 * px < left + wide:
            sheet.write((number(rng, 2),), x + len(choices) * step + 0.5 * px, y + 0.2 * px, px)
    return y + body_px


def _choose(sheet: SheetWriter, at: tuple[float, float], r: float, kind: int) -> None:
    """Mark a choice: blackened, crossed or ringed."""
    x, y = at
    if kind == 0:
        blot = bubble(1.7 * r, is_blackened=True)
        sheet.put("blot", blot, x - blot.shape[1] / 2, y - blot.shape[0] / 2)
    elif kind == 1:
        line(sheet, [x - r, y - r, x + r, y + r], TICK)
        line(sheet, [x - r, y + r, x + r, y - r], TICK)
    else:
        sheet.ring(x, y, 2.6 * r, 2.6 * r)


def _bill(sheet: SheetWriter, place: Place, how: Setting) -> float:
    """Print goods and prices, and write amounts, corrections and a sum beside or below them."""
    rng, (left, y, wide), px = sheet.rng, place, how.px
    right, by_hand = left + min(wide, 30 * how.body_px), rng.random() < 0.5
    for _ in range(rng.integers(3, 9)):
        y += max(1.3 * px if by_hand else 0, 2.2 * how.body_px)
        print_label(sheet, number(rng, 1) + " " + words(rng, 2), left, y, how)
        price = f"{number(rng, 3)}{rng.choice(list('.,'))}{rng.integers(0, 100):02d}"
        if by_hand and rng.random() < 0.8:
            sheet.write((price,), right, y, px)
        else:
            print_label(sheet, price, right, y, how)
            if rng.random() < 0.12:
                sheet.tick(right + 8 * how.body_px, y, 0.7 * px)
    print_rule(sheet, left, right + 8 * how.body_px, y + 0.3 * px)
    y += 1.6 * px
    print_label(sheet, "TOTAL", left, y, how)
    sheet.write((str(rng.choice(MONEY)) + f"{number(rng, 3)},{rng.integers(0, 100):02d}",), right, y, px)
    return y + 0.3 * px


FILLED = (_lines, _lines, _combs, _combs, _combs, _bubbles, _bubbles, _marks, _marks, _sums, _sums, _choices, _bill)
