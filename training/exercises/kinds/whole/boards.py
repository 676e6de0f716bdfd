"""Boards seen whole: frame, tray and pens, a lamp's reflection, small writing in columns, diagrams of boxes, trees."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from capture.synthetic.styles import PENS, Bgr
from training.exercises.kinds.boards import BLOCKS, MARKERS, take_marker
from training.exercises.kinds.whole.setting import LEAST_PEN_PX, Place, between, erase_outside, fill, glare
from training.exercises.writing.doodles import arrow, underline
from training.exercises.writing.sheet_writer import SheetWriter
from training.exercises.writing.texts import number, script, variable, word

WRITING_PX = (13.0, 36.0)  # height of a digit
FULL = 420  # pieces of ink
FRAMES: tuple[Bgr, ...] = ((175, 175, 172), (120, 120, 120), (60, 62, 64), (60, 95, 135), (210, 212, 214))
WALLS: tuple[Bgr, ...] = ((190, 205, 210), (150, 160, 165), (215, 218, 220), (120, 150, 160), (70, 75, 85))
PROGRAM = (
    "if ({n} < {m}[0])",
    "if (val > {m}.length || val < {m}[{d}])",
    "  return -1",
    "  return {n}",
    "var {m} = {d}",
    "  {m} = {m} / 2",
    "for (i = 0; i < {d}; i++)",
    "while ({m} != {d})",
    "  {m}[i + 1] = {d}",
    "O({m})",
    "Time: O(n)",
    "Space: O(1)",
    "O(n^2)",
    "[{d}, {d2}, {d3}, {d4}] -> {d}",
)
POINTS = ("divisible by {a}/{b}/{c}", "{w} {w2} {a}", "{a} {w}", "at most {a} {w}", "{w} ({a}, {b})", "{w} = {a}")


def draw_whole_board(sheet: SheetWriter) -> None:
    """Draw a board in its frame with two or three columns of what people write on boards, and one large diagram."""
    rng, (width, height) = sheet.rng, sheet.size
    px = between(rng, WRITING_PX)
    _take_pen(sheet, px)
    inner = _frame(sheet, rng.uniform(0.005, 0.05) * width, height * rng.uniform(0.9, 0.98))
    left, top, right, foot = inner
    sheet.size = round(right), round(foot - 0.5 * px)  # what blocks may fill
    columns = int(rng.integers(1, 4))
    wide, diagrams = (right - left) / columns, rng.integers(columns) if rng.random() < 0.6 else -1
    for column in range(columns):
        x, y = left + (column + rng.uniform(0.03, 0.1)) * wide, top + rng.uniform(0.5, 2.5) * px
        if column == diagrams:
            y = _boxes(sheet, (x, y, 0.85 * wide), px) + px
        while y < foot - 4 * px and len(sheet.items) < FULL:
            kinds = WHOLE_BLOCKS if rng.random() < 0.5 else BLOCKS
            block, size = kinds[rng.integers(len(kinds))], px * rng.uniform(0.85, 1.15)
            y = block(sheet, (x, y, 0.85 * wide), size) + rng.uniform(0.4, 2.0) * px
            if rng.random() < 0.08:
                break
    sheet.size = width, height
    erase_outside(sheet, 0, inner)
    if rng.random() < 0.6:
        shine = glare(rng.uniform(0.05, 0.4, 2) * sheet.size, rng.uniform(0.3, 0.7))
        sheet.put("", shine, *(rng.uniform(0, 0.8, 2) * sheet.size), (255, 255, 255))


def _take_pen(sheet: SheetWriter, px: float) -> None:
    """Take a marker or, on a dark board, chalk."""
    rng = sheet.rng
    if rng.random() < 0.2:
        dark = tuple(int(c) for c in rng.choice([(52, 66, 42), (45, 45, 45), (40, 48, 30)]) + rng.normal(0, 6, 3))
        pen = replace(PENS[str(rng.choice(["chalk", "yellow chalk"]))], width=float(rng.uniform(0.08, 0.14)))
        sheet.style = replace(sheet.style, paper="board", paper_bgr=dark, pen=pen)
    else:
        take_marker(sheet)
        sheet.style = replace(sheet.style, paper="screen")  # even: nothing shines through a board
    pen = sheet.style.pen
    sheet.style = replace(sheet.style, digit_px=px, pen=replace(pen, width=max(pen.width, LEAST_PEN_PX / px)))


def _frame(sheet: SheetWriter, side: float, foot: float) -> tuple[float, float, float, float]:
    """Draw wall, frame and tray with pens around the board; return its left, top, right and foot."""
    rng, (width, height) = sheet.rng, sheet.size
    bar = max(3.0, width * rng.uniform(0.004, 0.02))
    wall, frame = (kinds[rng.integers(len(kinds))] for kinds in (WALLS, FRAMES))
    left, top, away = (side if rng.random() < 0.8 else -bar for _ in range(3))
    right, foot = width - away, foot if rng.random() < 0.85 else height + bar
    _fill_outside(sheet, (left, top, right, foot), frame)
    _fill_outside(sheet, (left - bar, top - bar, right + bar, foot + bar), wall)
    if foot < height and rng.random() < 0.7:
        _tray(sheet, (left + rng.uniform(0, 0.4) * width, foot, right - left), 2.5 * bar)
    return max(left, 0), max(top, 0), min(right, width), min(foot, height)


def _fill_outside(sheet: SheetWriter, inner: tuple[float, float, float, float], bgr: Bgr) -> None:
    (left, top, right, foot), (width, height) = inner, sheet.size
    for x, y, to_x, to_y in (
        (0, 0, left, height),
        (right, 0, width, height),
        (0, 0, width, top),
        (0, foot, width, height),
    ):
        if to_x - x >= 1 and to_y - y >= 1:
            fill(sheet, (x, y), (to_x - x, to_y - y), bgr)


def _tray(sheet: SheetWriter, place: Place, deep: float) -> None:
    """Draw a tray on the lower frame with pens and a sponge on it."""
    rng, (x, y, wide) = sheet.rng, place
    fill(sheet, (x, y), (rng.uniform(0.4, 1) * wide, deep), FRAMES[rng.integers(len(FRAMES))])
    for _ in range(rng.integers(0, 6)):
        at, long, thick = x + rng.uniform(0, 0.6) * wide, rng.uniform(4, 8) * deep, deep * rng.uniform(0.3, 0.6)
        fill(sheet, (at, y - 0.3 * thick), (long, thick), (235, 235, 235) if rng.random() < 0.6 else (40, 40, 45))
        fill(sheet, (at, y - 0.3 * thick), (0.25 * long, thick), MARKERS[rng.integers(len(MARKERS))])
    if rng.random() < 0.4:
        fill(sheet, (x + rng.uniform(0, 0.6) * wide, y - deep), (5 * deep, 1.8 * deep), (60, 50, 45))


def _program(sheet: SheetWriter, place: Place, px: float) -> float:
    """Write a program under its underlined heading, indented and in one list beside its cost."""
    rng, (left, y, wide) = sheet.rng, place
    y = _heading(sheet, place, px)
    indent = 0.0
    for _ in range(rng.integers(3, 9)):
        y += px * rng.uniform(1.35, 1.7)
        if y > sheet.size[1]:
            break
        text = _filled(rng, PROGRAM)
        sheet.write((text[: max(4, int((wide - indent) / (0.7 * px)))].strip(),), left + indent, y, px)
        indent = float(np.clip(indent + px * rng.choice([-1.5, 0, 0, 1.5]), 0, 4.5 * px))
    return y + 0.3 * px


def _filled(rng: np.random.Generator, patterns: tuple[str, ...]) -> str:
    names = {key: word(rng).strip(",.")[:6] for key in ("w", "w2", "n", "m")}
    return str(rng.choice(patterns)).format(
        **names, **{key: number(rng, 2) for key in ("a", "b", "c", "d", "d2", "d3", "d4")}
    )


def _heading(sheet: SheetWriter, place: Place, px: float) -> float:
    left, top, _ = place
    foot = top + 1.3 * px
    end = sheet.write((f"{word(sheet.rng).title()} {word(sheet.rng).title()}"[:14],), left, foot, 1.15 * px)
    if sheet.rng.random() < 0.75:
        underline(sheet, left, end, foot + 0.25 * px)
    return foot + 0.3 * px


def _points(sheet: SheetWriter, place: Place, px: float) -> float:
    """Write a heading and points with numbers in their sentences: 1. 2. 3., dashes or nothing before them."""
    rng, (left, y, wide) = sheet.rng, place
    y, mark = _heading(sheet, place, px), rng.choice(["{}. ", "{}) ", "- ", ""])
    for index in range(rng.integers(2, 7)):
        y += px * rng.uniform(1.35, 1.8)
        if y > sheet.size[1]:
            break
        text = _filled(rng, POINTS) if rng.random() < 0.6 else " ".join(word(rng) for _ in range(rng.integers(2, 6)))
        sheet.write(((mark.format(index + 1) + text)[: max(4, int(wide / (0.7 * px)))],), left, y, px)
    return y + 0.3 * px


def _list(sheet: SheetWriter, place: Place, px: float) -> float:
    """Write a list in brackets, what is sought in it, and an arrow to the answer."""
    rng, (left, y, wide) = sheet.rng, place
    for _ in range(rng.integers(1, 4)):
        y += 1.7 * px
        if y > sheet.size[1]:
            break
        count = int(min(rng.integers(3, 10), wide / (2.1 * px) - 2))
        text = "[" + ", ".join(number(rng, 2) for _ in range(max(count, 2))) + "]"
        end = (
            sheet.write((text + rng.choice(["", " " + number(rng, 2), ", " + number(rng, 2)]),), left, y, px) + 0.3 * px
        )
        if rng.random() < 0.7:
            arrow(sheet, (end, y - 0.45 * px), (end + 1.4 * px, y - 0.45 * px), px)
            sheet.write((str(rng.choice(["", "-"])) + number(rng, 2),), end + 1.8 * px, y, px)
    return y + 0.4 * px


def _chain(sheet: SheetWriter, place: Place, px: float) -> float:
    """Write a linked list: numbers in rings, boxes, braces or bare, with an arrow from one to the next, and its end."""
    rng, (left, top, wide) = sheet.rng, place
    x, y, way, kind = left + px, top + 1.4 * px, px * rng.uniform(1, 2), rng.integers(4)
    for _ in range(rng.integers(2, 9)):
        text = number(rng, 2)
        broad = sheet.write_centred(("{" + text + "}" if kind == 2 else text,), x, y + px / 2, px)
        if kind < 2:
            broad = max(2 * px, broad + 0.6 * px)
            (sheet.ring, sheet.box)[kind](x, y, broad, 1.9 * px)
        start = x + broad / 2 + 0.3 * px
        x = start + way + 1.4 * px
        if x > left + wide:
            break
        arrow(sheet, (start, y), (start + way, y), px)
    if x < left + wide:
        sheet.write((str(rng.choice(["null", "X", "NULL", "None", "/", "0"])),), x - px, y + px / 2, px)
    return y + 1.3 * px


def _boxes(sheet: SheetWriter, place: Place, px: float) -> float:
    """Draw boxes with words and unknowns in rows, arrows from one to the next, and unknowns with numbers at these."""
    rng, (left, top, wide) = sheet.rng, place
    columns, rows = max(1, min(int(rng.integers(1, 4)), int(wide / (7 * px)))), int(rng.integers(2, 5))
    step_x, step_y, high = wide / columns, px * rng.uniform(3.2, 4.5), 1.9 * px
    rows = max(1, min(rows, int((sheet.size[1] - top) / step_y)))
    for index in range(rows * columns):
        x = left + (index % columns + rng.uniform(0.42, 0.58)) * step_x
        y = top + high / 2 + index // columns * step_y
        text = word(rng).strip(",.")[:5] + (" " + variable(rng) if rng.random() < 0.75 else "")
        broad = sheet.write_centred((text,), x, y + px / 2, px)
        (sheet.box if rng.random() < 0.85 else sheet.ring)(x, y, broad + px * rng.uniform(0.6, 1.2), high)
        if index + columns < rows * columns and rng.random() < 0.85:
            arrow(sheet, (x, y + 0.6 * high), (x + rng.normal(0, 0.3) * px, y + step_y - 0.6 * high), px)
            sheet.write((_rate(rng),), x + 0.4 * px, y + step_y / 2 + 0.4 * px, 0.85 * px)
        elif rng.random() < 0.5 and index % columns < columns - 1:
            start = x + broad / 2 + 0.7 * px
            arrow(sheet, (start, y), (start + px * rng.uniform(1, 2), y), px)
    return top + (rows - 1) * step_y + high


def _rate(rng: np.random.Generator) -> str:
    """Write how much flows along an arrow: K_35, P_2Z, 4X_1."""
    kinds = (variable(rng), variable(rng) + variable(rng), number(rng, 1) + variable(rng))
    return str(rng.choice([*kinds, str(rng.choice(list("PKF"))) + script("_", number(rng, 1)) + "Z"]))


WHOLE_BLOCKS: tuple[Callable[[SheetWriter, Place, float], float], ...] = (_program, _points, _list, _chain, _boxes)
