"""Printed documents seen whole, with a few places filled in by hand: forms, covers of exams, sheets of sums, bills."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from capture.synthetic.styles import Bgr
from capture.synthetic.typeset import Print, random_print, set_text
from training.exercises.kinds.whole.fields import FILLED, Setting, words
from training.exercises.kinds.whole.setting import Place, between, fill, print_rule, take_paper
from training.exercises.writing.sheet_writer import RED, SheetWriter
from training.exercises.writing.texts import note_line, number, word

HAND_PX = (15.0, 40.0)  # height of a handwritten digit
BODY_PX = (8.5, 14.0)  # height of a printed digit in a paragraph
FULL = 750  # pieces of ink from which no further paragraph is printed
WHITE: Bgr = (250, 250, 250)
STAMPS: tuple[Bgr, ...] = ((150, 60, 50), (60, 50, 190), (120, 50, 110))


def draw_document(sheet: SheetWriter) -> None:
    """Print a page with a letterhead and one or two columns of blocks, and fill in by hand what it asks for."""
    rng, (width, height) = sheet.rng, sheet.size
    how = Setting(
        random_print(rng), replace(random_print(rng), weight=700), between(rng, BODY_PX), between(rng, HAND_PX)
    )
    take_paper(sheet, how.px)
    margin = width * rng.uniform(0.05, 0.11)
    top = _letterhead(sheet, (margin, margin * rng.uniform(0.5, 1.1), width - 2 * margin), how)
    columns = 2 if rng.random() < 0.35 else 1
    wide = (width - 2 * margin) / columns
    foot = height - margin - 2 * how.px
    for column in range(columns):
        y, is_filled = top, rng.random() < 0.6
        while y < foot:
            kinds = FILLED if is_filled or len(sheet.items) > FULL else PRINTED
            block = kinds[rng.integers(len(kinds))]
            y = block(sheet, (margin + column * wide, y, 0.93 * wide), how) + rng.uniform(0.8, 2.5) * how.body_px
            is_filled = not is_filled if rng.random() < 0.7 else is_filled
            if rng.random() < 0.05:
                break
    _extras(sheet, how)


def _letterhead(sheet: SheetWriter, place: Place, how: Setting) -> float:
    """Print a logo, a title, a line below it, and rules."""
    rng, (left, y, wide) = sheet.rng, place
    title_px = how.body_px * rng.uniform(1.3, 2.8)
    if rng.random() < 0.5:
        side, corner = 3 * title_px, (left + rng.choice([0.0, 0.85]) * wide, y)
        fill(sheet, corner, (side, side), STAMPS[rng.integers(len(STAMPS))] if rng.random() < 0.5 else (40, 40, 40))
        _white(sheet, str(rng.choice(list("ABJKOQS8"))), corner[0] + 0.9 * title_px, y + 2.3 * title_px, 1.6 * title_px)
        y += 3.3 * title_px if rng.random() < 0.7 else 0
    for text_px in (title_px, 1.1 * how.body_px):
        text = word(rng).title() + " " + words(rng, int(rng.integers(1, 4)))
        ink = set_text(text.replace(",", ""), text_px, how.head)
        long, y = min(ink.shape[1], wide), y + 2.0 * text_px
        x = left + (wide - long) * rng.choice([0.0, 0.5, 0.5])
        sheet.print_line(text, x, y, text_px, how.head)
    if rng.random() < 0.6:
        print_rule(sheet, left, left + wide, y + how.body_px, rng.uniform(1, 3))
    return y + 2.5 * how.body_px


def _white(sheet: SheetWriter, text: str, x: float, foot_y: float, px: float) -> None:
    """Print in white, on what is dark."""
    usual, sheet.print_bgr = sheet.print_bgr, WHITE
    sheet.print_line(text, x, foot_y, px, Print("sans", 700))
    sheet.print_bgr = usual


def _bar(sheet: SheetWriter, place: Place, how: Setting) -> float:
    """Print a heading in white on a dark bar, or bold."""
    (left, top, wide), px, rng = place, 1.15 * how.body_px, sheet.rng
    text = words(rng, int(rng.integers(1, 5))).upper()
    if rng.random() < 0.5:
        fill(sheet, (left, top), (wide, 2.2 * px), (35, 35, 35))
        _white(sheet, text, left + px, top + 1.6 * px, px)
    else:
        sheet.print_line(text, left, top + 1.6 * px, px, how.head)
    return top + 2.2 * px


def _paragraph(sheet: SheetWriter, place: Place, how: Setting) -> float:
    """Print lines of words, or numbered points, up to the column's width."""
    rng, (left, y, wide), px = sheet.rng, place, how.body_px * sheet.rng.choice([0.8, 1, 1, 1.25])
    is_numbered, look = rng.random() < 0.35, how.head if rng.random() < 0.15 else how.body
    for index in range(rng.integers(1, 7)):
        y += 2.1 * px
        if y > sheet.size[1] - 2 * px:
            break
        x, full = left, rng.uniform(0.3, 1.0) if rng.random() < 0.25 else 1.0
        if is_numbered:
            x = sheet.print_line(f"{index + 1}.", left, y, px, look)
        while x < left + full * wide - 6 * px:
            x = sheet.print_line(words(rng, 1), x, y, px, look)
    return y + px


PRINTED: tuple[Callable[[SheetWriter, Place, Setting], float], ...] = (_paragraph, _paragraph, _paragraph, _bar)


def _extras(sheet: SheetWriter, how: Setting) -> None:
    """Add what stands here and there: a page's number, a stamp, a signature, a mark in red, a note, ticks."""
    rng, (width, height), px = sheet.rng, sheet.size, how.px
    if rng.random() < 0.6:
        text = str(rng.choice([number(rng, 2), f"- {number(rng, 1)} -", f"Page {number(rng, 1)} of {number(rng, 2)}"]))
        sheet.print_line(text, width * rng.choice([0.48, 0.88]), height - 2 * how.body_px, how.body_px, how.body)
    if rng.random() < 0.25:
        _stamp(sheet, (rng.uniform(0.2, 0.8) * width, rng.uniform(0.6, 0.9) * height), rng.uniform(45, 80))
    strokes = sheet.signs.people.words
    if rng.random() < 0.3 and strokes:
        x, y = rng.uniform(0.5, 0.75) * width, rng.uniform(0.85, 0.96) * height
        print_rule(sheet, x - px, x + 6 * px, y + 0.2 * px)
        sheet.scribbled_word(strokes[rng.integers(len(strokes))], x, y, 1.4 * px)
    pen, sheet.bgr = sheet.bgr, RED if rng.random() < 0.6 else sheet.bgr
    x, y = rng.uniform(0.6, 0.85) * width, rng.uniform(0.02, 0.06) * height + px
    kind = rng.random()
    if kind < 0.3:
        end = sheet.write((f"{number(rng, 2)}/{rng.choice(['20', '10', '5', '100'])}",), x, y, 1.2 * px)
        if rng.random() < 0.6:
            sheet.ring((x + end) / 2, y - 0.6 * px, end - x + px, 2.4 * px)
    elif kind < 0.5:
        sheet.write(note_line(rng), 0.45 * width, y, px, rng.normal(0, 0.02))
    sheet.bgr = pen


def _stamp(sheet: SheetWriter, middle: tuple[float, float], radius: float) -> None:
    """Print a round stamp with a date in it, pale and never level."""
    rng, (x, y) = sheet.rng, middle
    usual, sheet.print_bgr = sheet.print_bgr, STAMPS[rng.integers(len(STAMPS))]
    turn = np.linspace(0, 2 * np.pi, 60)
    pen, sheet.bgr = sheet.bgr, sheet.print_bgr
    for r in (radius, 0.75 * radius):
        sheet.draw([np.column_stack([x + r * np.cos(turn), y + r * np.sin(turn)])], "stamp", 2.0)
    sheet.bgr, small = pen, 0.2 * radius
    sheet.print_line(word(rng).upper()[:6], x - 0.5 * radius, y - 0.15 * radius, small, Print("sans", 600))
    date = f"{rng.integers(1, 32):02d}.{rng.integers(1, 13):02d}.{rng.integers(10, 30)}"
    sheet.print_line(date, x - 0.6 * radius, y + 0.3 * radius, small, Print("sans", 600))
    sheet.print_bgr = usual
