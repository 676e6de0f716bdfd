"""Ruled paper with numbers on it: tables, forms, rows of boxes, puzzles, bubbles."""

from __future__ import annotations

import cv2
import numpy as np

from capture.synthetic.typeset import random_print
from training.exercises.writing.sheet_writer import RULE, SheetWriter
from training.exercises.writing.texts import fact_line, number, word, words_line

RULE_PX, THICK_PX = (1.0, 2.5), (2.5, 6.0)  # a printed rule's width, and a bold one's
THICK, FAINT, SHADED = 0.15, 0.25, 0.2  # shares of the printed tables: with bold rules, faint ones, shaded cells
RULE_INK, SHADE_INK = (70, 200), (20, 90)  # of 255: of a faint rule, of a shaded cell


def draw_table(sheet: SheetWriter) -> None:
    """Draw a table by hand or by a ruler: a row of words, then numbers, some cells empty."""
    rng, px = sheet.rng, min(sheet.style.digit_px, sheet.size[1] / 8)
    columns, rows = int(rng.integers(2, 7)), int(rng.integers(2, 9))
    cell_w, cell_h = px * rng.uniform(2.0, 4.0), px * rng.uniform(1.5, 2.2)
    x0, y0 = rng.uniform(0.3, 1.5, 2) * px
    draw_rules(sheet, (x0, y0), (cell_w, cell_h), (columns, rows))
    has_head = rng.random() < 0.6
    for row in range(rows):
        for column in range(columns):
            if rng.random() < 0.15:
                continue
            is_word = (has_head and row == 0) or (column == 0 and rng.random() < 0.3)
            text = word(rng)[: int(cell_w / px / 0.6)] if is_word else number(rng, max(1, int(cell_w / px / 0.75)))
            foot = y0 + (row + 0.5) * cell_h + px / 2 + rng.normal(0, 0.06) * px
            sheet.write((text,), x0 + column * cell_w + rng.uniform(0.15, 0.4) * px, foot, px)


def draw_rules(
    sheet: SheetWriter, corner: tuple[float, float], cell: tuple[float, float], count: tuple[int, int]
) -> None:
    """Rule a table: drawn by hand in the page's ink, or printed; or not at all."""
    rng, (x0, y0), (w, h), (columns, rows) = sheet.rng, corner, cell, count
    kind = rng.random()
    if kind < 0.15:
        return
    right, foot = x0 + columns * w, y0 + rows * h
    ends = [((x0, y0 + i * h), (right, y0 + i * h)) for i in range(rows + 1)]
    ends += [((x0 + i * w, y0), (x0 + i * w, foot)) for i in range(columns + 1)]
    if kind < 0.5:
        for start, end in ends:
            sheet.draw([np.array([start, end])], RULE)
        return
    sheet.put_print("", printed_rules(rng, cell, count), x0, y0)


def printed_rules(rng: np.random.Generator, cell: tuple[float, float], count: tuple[int, int]) -> np.ndarray:
    """Draw the ink of a printed table, (H, W) uint8: rules of any strength, some cells or columns shaded."""
    (w, h), (columns, rows) = cell, count
    rule_px = max(1, round(rng.uniform(*(THICK_PX if rng.random() < THICK else RULE_PX))))
    level = int(rng.integers(*RULE_INK)) if rng.random() < FAINT else 255
    ink = np.zeros((round(rows * h) + rule_px, round(columns * w) + rule_px), np.uint8)
    if rng.random() < SHADED:
        shade, is_column = int(rng.integers(*SHADE_INK)), rng.random() < 0.5
        for row in range(1 if is_column else rows):
            for column in np.flatnonzero(rng.random(columns) < 0.4):
                top, foot = (0, rows * h) if is_column else (row * h, (row + 1) * h)
                ink[round(top) : round(foot), round(column * w) : round((column + 1) * w)] = shade
    for i in range(rows + 1):
        ink[round(i * h) : round(i * h) + rule_px] = level
    for i in range(columns + 1):
        ink[:, round(i * w) : round(i * w) + rule_px] = level
    return ink


def draw_boxes(sheet: SheetWriter) -> None:
    """Draw rows of touching boxes, a digit in each, as forms want dates and account numbers."""
    rng, (width, height) = sheet.rng, sheet.size
    px = min(sheet.style.digit_px, height / 4)
    y = 0.5 * px
    while y < height - 2 * px:
        count, cell = int(rng.integers(2, 11)), px * rng.uniform(1.2, 1.7)
        x = rng.uniform(0.5, 2.0) * px
        if rng.random() < 0.5:
            x = sheet.print_text(word(rng), x, y + cell * 0.75, 0.6 * px) + 0.5 * px
        draw_rules(sheet, (x, y), (cell, cell), (count, 1))
        for index in range(count):
            if rng.random() < 0.8 and x + (index + 1) * cell < width:
                sign = number(rng, 1) if rng.random() < 0.93 else str(rng.choice(list("ABX-")))
                sheet.sign(sign, x + (index + 0.2) * cell, y + cell * 0.5 + px * 0.5, px * rng.uniform(0.85, 1.0))
        y += cell * rng.uniform(1.3, 2.5)


def draw_form(sheet: SheetWriter) -> None:
    """Print questions with lines to write on, and answers by hand: numbers, dates, words."""
    rng, (width, height) = sheet.rng, sheet.size
    px = min(sheet.style.digit_px, height / 6)
    look, print_px = random_print(rng), px * rng.uniform(0.45, 0.9)
    foot_y = 1.6 * px
    while foot_y < height - 0.4 * px and len(sheet.items) < 160:
        label = " ".join(word(rng) for _ in range(rng.integers(1, 4)))
        label = f"{rng.integers(1, 30)}. {label}" if rng.random() < 0.4 else label
        x = sheet.print_text(label + ":", 0.6 * px, foot_y, print_px, look) + rng.uniform(0.3, 1.0) * px
        if rng.random() < 0.6:
            length = min(rng.uniform(4, 9) * px, width - px - x)
            if length > px:
                rule = np.full((max(1, round(0.03 * px)), round(length)), 255, np.uint8)
                sheet.put_print("", rule, x, foot_y + 0.12 * px)
        kind = rng.random()
        answer = (number(rng),) if kind < 0.5 else fact_line(rng) if kind < 0.75 else words_line(rng)
        if rng.random() < 0.85:
            sheet.write(answer, x + 0.2 * px, foot_y, px)
        foot_y += px * rng.uniform(1.5, 2.6)


def draw_puzzle(sheet: SheetWriter) -> None:
    """Draw a sudoku or a crossword: a printed grid with printed givens, filled in by hand."""
    rng, side = sheet.rng, min(sheet.size)
    count = int(rng.integers(4, 10))
    cell = side * rng.uniform(0.75, 0.95) / count
    look, px = random_print(rng), cell * rng.uniform(0.45, 0.7)
    corner = rng.uniform(0.02, 0.05, 2) * side
    draw_rules(sheet, (corner[0], corner[1]), (cell, cell), (count, count))
    givens, filled = rng.uniform(0.2, 0.5), rng.uniform(0.2, 0.9)
    for index in range(count * count):
        row, column = divmod(index, count)
        x, foot = corner[0] + (column + 0.3) * cell, corner[1] + (row + 0.5) * cell + px / 2
        kind = rng.random()
        if kind < givens:
            sheet.print_text(number(rng, 1), x, foot, px, look)
        elif kind < filled:
            sheet.sign(number(rng, 1), x + rng.normal(0, 0.05) * cell, foot, px)


def draw_bubbles(sheet: SheetWriter) -> None:
    """Print columns of digits in rings, to be blackened, and a row of cells above for the number by hand."""
    rng, (width, height), px = sheet.rng, sheet.size, min(sheet.style.digit_px, sheet.size[1] / 12)
    look, columns = random_print(rng), int(rng.integers(3, 11))
    step, print_px = px * rng.uniform(1.1, 1.6), px * rng.uniform(0.35, 0.7)
    x0, y0 = rng.uniform(0.3, 2.0, 2) * px
    shown = range(max(1, min(columns, int((width - x0) / step))))
    draw_rules(sheet, (x0, y0), (step, step * 1.2), (len(shown), 1))
    for column in shown:
        if rng.random() < 0.9:
            sheet.sign(number(rng, 1), x0 + (column + 0.25) * step, y0 + 0.6 * step + px / 2, px)
        blackened = int(rng.integers(10))
        for digit in range(10):
            x, y = x0 + (column + 0.5) * step, y0 + (digit + 2.2) * step
            sheet.put_print("", bubble(0.9 * step, blackened == digit), x - 0.45 * step, y - 0.45 * step)
            if y < height - step and blackened != digit:
                sheet.print_text(str(digit), x - 0.25 * print_px, y + print_px / 2, print_px, look)


def bubble(side_px: float, is_blackened: bool) -> np.ndarray:
    """Draw the ink of a ring to be blackened, (H, W) uint8."""
    side = max(5, round(side_px))
    middle, thickness = (side // 2, side // 2), cv2.FILLED if is_blackened else max(1, side // 20)
    return cv2.circle(np.zeros((side, side), np.uint8), middle, side // 2 - 1, 255, thickness, cv2.LINE_AA)
