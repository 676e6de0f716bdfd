"""School exercise books: corrections in red, crossed-out mistakes, measures, fractions in text, chemistry."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from training.exercises.writing.doodles import cross_out, doodle, face, line, underline
from training.exercises.writing.sheet_writer import MAX_SIGNS, RED, SheetWriter
from training.exercises.writing.texts import Fraction, number, script, sum_line, word, words_line

UNITS = (" cm", " kg", " €", "€", " m", " l", "°C", " %", "%", " g", " km", " h", " min", "°", " ans", " x")
FORMULAS = ("H_2O", "CO_2", "O_2", "NaCl", "H_2S_O_4", "C_6H_1_2O_6", "CH_4", "N_2", "Fe_2O_3", "HCl", "NH_3", "Ca^2^+")
RULED = ("seyes", "seyes", "squared", "squared", "ruled", "plain")


def draw_exercise_book(sheet: SheetWriter) -> None:
    """Draw a pupil's page: date, title, exercises, measures, mistakes crossed out, and a teacher's marks in red."""
    rng, (width, height) = sheet.rng, sheet.size
    px = float(np.clip(sheet.style.digit_px, 12, height / 8))
    paper = sheet.style.paper if sheet.style.paper in ("board", "screen") else str(rng.choice(RULED))
    sheet.style = replace(sheet.style, digit_px=px, paper=paper)
    left, foot = rng.uniform(0.5, 0.15 * width / px + 0.6) * px, rng.uniform(1.3, 2.2) * px
    if rng.random() < 0.6:
        text = f"{word(rng).title()} {rng.integers(1, 32)} {word(rng)} {rng.integers(1990, 2030)}"
        end = sheet.write((text,), left + rng.uniform(0, 3) * px, foot, px)
        underline(sheet, left, min(end, width), foot + 0.3 * px)
        foot += 2 * px
    if rng.random() < 0.5:
        _mark(sheet, (rng.uniform(0.5, 0.8) * width, foot + 0.5 * px), px * rng.uniform(1.0, 1.8))
        foot += 3.0 * px if rng.random() < 0.8 else 0.0
    while foot < height - 0.4 * px and len(sheet.items) < MAX_SIGNS:
        end = LINES[rng.integers(len(LINES))](sheet, left, foot, px)
        if rng.random() < 0.2 and end < width:
            _correct(sheet, end, foot, px)
        foot += px * rng.uniform(1.5, 2.2)


def _exercise(sheet: SheetWriter, left: float, foot_y: float, px: float) -> float:
    n, rng = sheet.rng.integers(1, 40), sheet.rng
    title = str(rng.choice([f"Ex {n} p {number(rng, 3)}", f"Exercice {n} :", f"n°{n}", f"{n})", f"{n}.", f"Exo {n}"]))
    end = sheet.write((title,), left, foot_y, px)
    if rng.random() < 0.5:
        underline(sheet, left, end, foot_y + 0.25 * px)
    elif rng.random() < 0.4:
        sheet.ring((left + end) / 2, foot_y - 0.45 * px, end - left + 0.7 * px, 1.7 * px)
    return sheet.write((" ".join(word(rng) for _ in range(rng.integers(0, 4))),), end + 0.5 * px, foot_y, px)


def _measure(sheet: SheetWriter, left: float, foot_y: float, px: float) -> float:
    rng = sheet.rng
    texts = [
        number(rng, 3) + ("," + number(rng, 2) if rng.random() < 0.3 else "") + str(rng.choice(UNITS)) for _ in range(3)
    ]
    text = f"{texts[0]} {rng.choice(list('+-x=→'))} {texts[1]}" + (f" = {texts[2]}" if rng.random() < 0.6 else "")
    return sheet.write((f"{word(rng)} : {texts[0]}" if rng.random() < 0.4 else text,), left, foot_y, px)


def _fractions(sheet: SheetWriter, left: float, foot_y: float, px: float) -> float:
    rng = sheet.rng
    parts = (
        word(rng) + " ",
        Fraction((number(rng, 2),), (number(rng, 2),)),
        str(rng.choice([" = ", " + ", " de ", " "])),
    )
    return sheet.write(
        (*parts, Fraction((number(rng, 2),), (number(rng, 2),)), " " + word(rng)), left, foot_y, 0.8 * px
    )


def _chemistry(sheet: SheetWriter, left: float, foot_y: float, px: float) -> float:
    rng = sheet.rng
    terms = [str(rng.choice(["", "", "2 ", "3 "])) + str(rng.choice(FORMULAS)) for _ in range(3)]
    return sheet.write((f"{terms[0]} + {terms[1]} → {terms[2]}",), left, foot_y, px)


def _mistake(sheet: SheetWriter, left: float, foot_y: float, px: float) -> float:
    rng = sheet.rng
    x = sheet.write((sum_line(rng)[0].rstrip("_") + " ",), left, foot_y, px)
    begin = len(sheet.items)
    x = sheet.write((number(rng, 3) if rng.random() < 0.7 else word(rng),), x, foot_y, px) + 0.3 * px
    cross_out(sheet, begin)
    return sheet.write((number(rng, 3),), x, foot_y, px)


def _sentence(sheet: SheetWriter, left: float, foot_y: float, px: float) -> float:
    rng = sheet.rng
    text = words_line(rng)[0]
    return sheet.write(
        (text + (f" {number(rng, 3)}{rng.choice(UNITS)} {word(rng)}" if rng.random() < 0.5 else ""),), left, foot_y, px
    )


def _powers(sheet: SheetWriter, left: float, foot_y: float, px: float) -> float:
    rng = sheet.rng
    terms = [
        str(rng.choice(["x", "a", "10", number(rng, 1)])) + script("^", str(rng.integers(2, 10))) for _ in range(3)
    ]
    return sheet.write(
        (f"{rng.choice(list('ABCDf'))} = {terms[0]} {rng.choice(list('+-x'))} {terms[1]} = {terms[2]}",),
        left,
        foot_y,
        px,
    )


LINES: tuple[Callable[[SheetWriter, float, float, float], float], ...] = (
    *(
        _exercise,
        _exercise,
        _measure,
        _measure,
        _fractions,
        _chemistry,
        _mistake,
        _mistake,
        _sentence,
        _sentence,
        _powers,
    ),
)


def _mark(sheet: SheetWriter, place: tuple[float, float], px: float) -> None:
    """Write a mark in red, over 20, 10 or 5, perhaps in a ring."""
    rng, (x, foot_y), pen = sheet.rng, place, sheet.bgr
    sheet.bgr = RED
    top, most = number(rng, 2), str(rng.choice(["20", "20", "10", "5", "100"]))
    if rng.random() < 0.6:
        end = sheet.write((f"{top}/{most}",), x, foot_y, px)
    else:
        end = sheet.write((Fraction((top,), (most,)),), x, foot_y, px)
    if rng.random() < 0.4:
        sheet.ring((x + end) / 2, foot_y - 0.5 * px, end - x + px, 2.4 * px)
    sheet.bgr = pen


def _correct(sheet: SheetWriter, x: float, foot_y: float, px: float) -> None:
    """Write behind or over a line in red: a tick, a cross, a word, a number, a face, a star."""
    rng, pen, kind = sheet.rng, sheet.bgr, sheet.rng.integers(6)
    if kind == 0:
        sheet.tick(x, foot_y, px)
        return
    sheet.bgr = RED
    if kind == 1:
        line(sheet, [x, foot_y - px, x + px, foot_y], "tick")
    elif kind in (2, 3):
        text = str(rng.choice(["B", "TB", "vu", "Non", "faux", "?", "AB", "+1", "-1", "0,5", number(rng, 2)]))
        sheet.write((text,), x + 0.3 * px, foot_y, px)
    else:
        (face if kind == 4 else doodle)(sheet, (x + 0.8 * px, foot_y - 0.5 * px), 0.6 * px)
    sheet.bgr = pen
