"""Boards and notebooks of lectures: small blocks of text, programs, trees and sums side by side."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from capture.synthetic.styles import Bgr, Pen
from training.exercises.writing.doodles import arrow, brace, cross_out, face, line, underline
from training.exercises.writing.sheet_writer import MAX_SIGNS, RULE, SheetWriter
from training.exercises.writing.texts import (
    LINES,
    Fraction,
    Line,
    number,
    numbers_line,
    script,
    variable,
    word,
    words_line,
)

WHITE = 0.65  # share of the boards that are white; of the others, most are dark
MARKERS: tuple[Bgr, ...] = ((45, 40, 38), (60, 50, 45), (130, 60, 30), (50, 45, 170), (70, 110, 40), (120, 50, 110))
BRANCH = 0.35, 1.0  # share of the way between the rings of a tree that a stroke takes, where it touches neither
MARKER_PEN, MARKER_STRENGTH = (0.05, 0.13), (0.45, 1.0)  # heights of a digit; share of the board hidden
BOARD_PX = (13.0, 34.0)  # height of a digit: boards are seen from afar
CODE = (
    "if({} > {})",
    "  return {}",
    "let {} = {}",
    "{}[{}] = null",
    "while({})",
    "{} => {}",
    "O({})",
    "// {} {}",
    "}})",
)
TREE_SHAPES = (0.85, 0.15)  # shares of rings and triangles
MOST_ON_BOARD = 200  # signs: its text may be long, and drawing takes time
Place = tuple[float, float, float]  # left, top, width in px


def draw_board(sheet: SheetWriter) -> None:
    """Draw a board seen whole: two or three columns of headings, words, programs, trees and numbers."""
    rng, (width, height) = sheet.rng, sheet.size
    if rng.random() <= WHITE:
        take_marker(sheet)
    px = float(np.clip(height / rng.uniform(16, 32), *BOARD_PX))
    sheet.style = replace(sheet.style, digit_px=px)
    columns = int(rng.integers(1, 4)) if width > 500 else int(rng.integers(1, 3))
    for column in range(columns):
        left, wide = (column + 0.04) * width / columns, 0.9 * width / columns
        y = rng.uniform(0.5, 2.0) * px
        while y < height - 3 * px and len(sheet.items) < MOST_ON_BOARD:
            block = BLOCKS[rng.integers(len(BLOCKS))]
            y = block(sheet, (left, y, wide), px * rng.uniform(0.85, 1.15)) + rng.uniform(0.3, 1.5) * px
    if rng.random() < 0.3:
        x, y = rng.uniform(0.2, 0.8, 2) * sheet.size
        arrow(sheet, (x, y), (x + rng.normal(0, 6) * px, y + rng.normal(0, 4) * px), px)


def draw_lesson(sheet: SheetWriter) -> None:
    """Draw a page of notes: underlined headings, points, unknowns with numbers, arrows, boxes, braces, corrections."""
    rng, (width, height) = sheet.rng, sheet.size
    px = min(sheet.style.digit_px, height / rng.uniform(9, 26))
    sheet.style = replace(sheet.style, digit_px=px)
    y, left = rng.uniform(0.5, 2) * px, rng.uniform(0.3, 3) * px
    while y < height - 2 * px and len(sheet.items) < MAX_SIGNS:
        block = NOTES[rng.integers(len(NOTES))]
        indent = left + rng.choice([0, 0, 1.2, 2.5]) * px
        y = block(sheet, (indent, y, width - indent), px) + rng.uniform(0.2, 0.8) * px


def take_marker(sheet: SheetWriter) -> None:
    """Make the sheet a white board, and write on it with a marker."""
    rng = sheet.rng
    grey = rng.uniform(170, 245)
    pen = Pen(
        MARKERS[rng.integers(len(MARKERS))], float(rng.uniform(*MARKER_PEN)), float(rng.uniform(*MARKER_STRENGTH))
    )
    paper_bgr = tuple(int(grey + rng.normal(0, 4)) for _ in range(3))
    sheet.style = replace(sheet.style, paper="plain", paper_bgr=paper_bgr, pen=pen)


def _heading(sheet: SheetWriter, place: Place, px: float) -> float:
    left, top, _ = place
    foot = top + 1.2 * px
    text = word(sheet.rng).title() + str(sheet.rng.choice(["", "", ":", " " + number(sheet.rng, 1), " O"]))
    end = sheet.write((text,), left, foot, 1.2 * px)
    if sheet.rng.random() < 0.7:
        underline(sheet, left, end, foot + 0.25 * px)
    return foot + 0.3 * px


def _rows(sheet: SheetWriter, place: Place, px: float, invent: Callable[[], Line], most: int) -> float:
    """Write up to `most` lines, each cut to what fits the place."""
    left, foot, wide = place
    for _ in range(sheet.rng.integers(1, most + 1)):
        foot += px * sheet.rng.uniform(1.3, 1.7)
        if foot > sheet.size[1]:
            break
        parts = invent()
        room = max(3, int(wide / (0.75 * px)))
        sheet.write(tuple(part[:room] if isinstance(part, str) else part for part in parts), left, foot, px)
    return foot + 0.3 * px


def _paragraph(sheet: SheetWriter, place: Place, px: float) -> float:
    rng, mark = sheet.rng, str(sheet.rng.choice(["", "", "- ", ". ", "* ", "→ "]))

    def words() -> Line:
        text = words_line(rng)[0]
        if rng.random() < 0.25:
            text += " " + number(rng, 2)
        return (mark + text,)

    return _rows(sheet, place, px, words, 4)


def _program(sheet: SheetWriter, place: Place, px: float) -> float:
    def statement() -> Line:
        names = [number(rng, 2) if rng.random() < 0.4 else word(rng)[:5] for _ in range(2)]
        return (str(rng.choice(CODE)).format(*names),) if rng.random() < 0.6 else LINES["code"](rng)

    rng = sheet.rng
    return _rows(sheet, place, px, statement, 5)


def _numbered(sheet: SheetWriter, place: Place, px: float) -> float:
    """Write points 1, 2, 3: some numbers stand in rings."""
    rng, (left, foot, _), is_ringed = sheet.rng, place, sheet.rng.random() < 0.4
    for index in range(rng.integers(1, 5)):
        foot += px * rng.uniform(1.5, 2.0)
        if foot > sheet.size[1]:
            break
        mark = "" if is_ringed else str(rng.choice([")", ".", ":", "-"]))
        x = sheet.write((f"{index + 1}{mark}",), left, foot, px)
        if is_ringed:
            sheet.ring((left + x) / 2 - 0.1 * px, foot - 0.5 * px, 1.5 * px, 1.6 * px)
        sheet.write((" ".join(word(rng) for _ in range(rng.integers(1, 4))),), x + 0.6 * px, foot, px)
    return foot + 0.3 * px


def _equation(sheet: SheetWriter, place: Place, px: float) -> float:
    """Write a law in unknowns with numbers below, words and fractions of words, perhaps in a box."""
    rng, (left, top, _) = sheet.rng, place
    foot = top + 1.7 * px
    terms = [variable(rng) + " " + variable(rng) if rng.random() < 0.5 else variable(rng) for _ in range(3)]
    kind = rng.random()
    parts: Line
    if kind < 0.4:
        parts = (str(rng.choice(list("XYAhSP"))) + script("_", number(rng, 1)) + " = " + " + ".join(terms),)
    elif kind < 0.6:
        parts = (f"{word(rng)[:5]} = ", Fraction((word(rng),), (word(rng) + " " + number(rng, 1),)))
    else:
        parts = (f"{word(rng)[:3]}({rng.choice(list('nxkt'))}{rng.choice(list('+-'))}1) = {number(rng, 2)}{terms[0]}",)
    end = sheet.write(parts, left, foot, px)
    if rng.random() < 0.2:
        sheet.box((left + end) / 2, foot - 0.4 * px, end - left + px, 2.3 * px)
    return foot + 0.8 * px


def _array(sheet: SheetWriter, place: Place, px: float) -> float:
    """Write a list in brackets with an arrow to its result."""
    rng, (left, top, _) = sheet.rng, place
    foot = top + 1.5 * px
    text = "[" + ", ".join(number(rng, 2) for _ in range(rng.integers(2, 8))) + "]"
    end = sheet.write((text,), left, foot, px) + 0.3 * px
    if rng.random() < 0.6:
        arrow(sheet, (end, foot - 0.5 * px), (end + 1.5 * px, foot - 0.5 * px), px)
        sheet.write((number(rng, 2),), end + 2 * px, foot, px)
    return foot + 0.4 * px


def _tree(sheet: SheetWriter, place: Place, px: float) -> float:
    """Draw a small tree whose nodes hardly hold their numbers or words, or a family with bars from pair to pair."""
    rng, (left, top, wide) = sheet.rng, place
    levels, small = int(rng.integers(2, 5)), px * rng.uniform(0.65, 1.0)
    step, bars, around = px * rng.uniform(2.0, 3.2), rng.random() < 0.3, (sheet.ring, sheet.triangle)
    radius, shape = small * rng.uniform(0.65, 1.1), rng.choice(2, p=TREE_SHAPES)
    branch = 1.0 if rng.random() < 0.3 else rng.uniform(*BRANCH)
    above: list[tuple[float, float]] = []
    for level in range(levels):
        count = min(2**level, max(1, int(wide / (2.5 * px))))
        nodes = [
            (left + (i + 0.5 + rng.normal(0, 0.05)) * wide / count, top + radius + level * step) for i in range(count)
        ]
        for i, (x, y) in enumerate(nodes):
            text = number(rng, 2) if rng.random() < 0.75 else word(rng)[:4]
            size = small if text[0].isdigit() else 0.7 * small
            broad = sheet.write_centred((text,), x, y + size / 2, size)
            around[shape if rng.random() < 0.8 else 1 - shape](x, y, max(2 * radius, broad), 2 * radius)
            if above:
                px0, py0 = above[i * len(above) // count]
                if bars:
                    line(sheet, [px0, py0 + radius, px0, y - 2 * radius, x, y - 2 * radius, x, y - radius], RULE)
                else:
                    _branch(sheet, np.array([px0, py0]), np.array([x, y]), radius, branch)
        above = nodes
    return top + (levels - 1) * step + 2 * radius


def _branch(sheet: SheetWriter, start: np.ndarray, end: np.ndarray, radius: float, share: float) -> None:
    """Draw a part of the way from ring to ring, about its middle: short strokes that touch neither look like 1s."""
    way = end - start
    length = float(np.linalg.norm(way))
    if length > 2.2 * radius:
        half = share * sheet.rng.uniform(0.85, 1.1) * (0.5 - radius / length)
        middle = 0.5 + sheet.rng.normal(0, 0.03)
        line(sheet, np.concatenate([start + (middle - half) * way, start + (middle + half) * way]), RULE)


def _grouped(sheet: SheetWriter, place: Place, px: float) -> float:
    """Write lines with a brace beside them and what it says of them."""
    rng, (left, top, wide) = sheet.rng, place
    foot = _rows(sheet, (left, top, 0.55 * wide), px, lambda: LINES["notes"](rng), 3)
    x = left + 0.6 * wide
    brace(sheet, (x, foot), (x, top + 0.4 * px), -0.5 * px if rng.random() < 0.2 else 0.5 * px)
    sheet.write((number(rng, 2) + " " + word(rng)[:5],), x + 0.9 * px, (top + foot) / 2 + 0.5 * px, px)
    return foot


def _corrected(sheet: SheetWriter, place: Place, px: float) -> float:
    """Write a line with a part of it crossed out and written anew, and perhaps a face behind it."""
    rng, (left, top, _) = sheet.rng, place
    foot = top + 1.4 * px
    x = sheet.write(numbers_line(rng) if rng.random() < 0.5 else (word(rng) + " = ",), left, foot, px) + 0.4 * px
    begin = len(sheet.items)
    x = sheet.write((number(rng, 3) if rng.random() < 0.7 else word(rng),), x, foot, px) + 0.4 * px
    cross_out(sheet, begin)
    x = sheet.write((number(rng, 3),), x, foot, px)
    if rng.random() < 0.25:
        face(sheet, (x + px, foot - 0.5 * px), 0.6 * px)
    return foot + 0.3 * px


BLOCKS = (_heading, _paragraph, _paragraph, _program, _program, _numbered, _equation, _equation, _array, _tree)
NOTES = (_heading, _paragraph, _paragraph, _numbered, _equation, _equation, _grouped, _corrected, _array)
