"""Envelopes, labels, price tags and sticky notes with what lies under them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import cv2
import numpy as np

from capture.synthetic.styles import COLOURS_BGR, Bgr
from capture.synthetic.typeset import random_print
from training.exercises.kinds.everyday import STREETS, UNITS
from training.exercises.kinds.whole.setting import between, erase_outside, fill, take_paper
from training.exercises.writing.doodles import line, underline
from training.exercises.writing.sheet_writer import SheetWriter
from training.exercises.writing.texts import fact_line, list_line, note_line, number, word

GROUNDS: tuple[Bgr, ...] = (
    (72, 105, 150),
    (95, 140, 185),
    (60, 55, 52),
    (150, 150, 148),
    (205, 205, 200),
    (120, 90, 60),
)
STAMP_INKS: tuple[Bgr, ...] = ((150, 90, 60), (70, 60, 180), (80, 130, 60), (60, 130, 190))
Area = tuple[float, float, float, float]  # left, top, width, height in px


def draw_slips(sheet: SheetWriter) -> None:
    """Draw an envelope or a parcel's label, or several price tags or sticky notes, on some ground."""
    rng, (width, height) = sheet.rng, sheet.size
    take_paper(sheet, 30.0, ("plain",))
    ground = np.array(GROUNDS[rng.integers(len(GROUNDS))])
    for y in range(0, height, 8):  # wood or cloth, not quite even
        fill(sheet, (0, y), (width, 8), tuple((ground + rng.normal(0, 4)).clip(0, 255).astype(int).tolist()))
    if rng.random() < 0.45:
        share = rng.uniform(0.75, 0.98, 2)
        size = share * (width, height)
        corner = rng.uniform(0, 1, 2) * ((width, height) - size)
        _envelope(sheet, (*corner, *size))
        erase_outside(sheet, 0, (*corner, *(corner + size)))
        return
    columns, rows = int(rng.integers(1, 4)), int(rng.integers(1, 4))
    w, h, slip = width / columns, height / rows, (_tag, _note)[rng.integers(2)]
    for index in range(columns * rows):
        if rng.random() < 0.85 or index == 0:
            size = np.minimum(rng.uniform(0.7, 0.95, 2) * (w, h), 2.2 * min(w, h))
            corner = (index % columns * w, index // columns * h) + rng.uniform(0, 1, 2) * ((w, h) - size)
            begin = len(sheet.items)
            slip(sheet, (*corner, *size))
            erase_outside(sheet, begin, (*corner, *(corner + size)))


def _paper(sheet: SheetWriter, area: Area, bgr: Bgr) -> None:
    """Lay a paper down with its shadow."""
    x, y, w, h = area
    fill(sheet, (x + 4, y + 5), (w, h), (25, 25, 25), 110)
    fill(sheet, (x, y), (w, h), bgr)


def _pale(rng: np.random.Generator, coloured: float) -> Bgr:
    """Choose a paper's colour: white, or a pale one for a share of them."""
    if rng.random() < coloured:
        return COLOURS_BGR[rng.integers(len(COLOURS_BGR))]
    grey = rng.integers(225, 252)
    return (int(grey - rng.integers(0, 14)), int(grey), int(grey))


def _address(rng: np.random.Generator) -> list[str]:
    """Invent a name, a street with its number before or behind it, and a postcode with a town."""
    house, street = number(rng, 3) + str(rng.choice(["", "", "", " bis", "B", "a"])), word(rng).strip(",.").title()
    streets = (f"{house}, {rng.choice(STREETS)}{street}", f"{street}str. {house}", f"{house} {street} Rd")
    town = f"{rng.integers(1000, 99000):05d} {word(rng).strip(',.').upper()}"
    lines = [f"{word(rng).title()} {word(rng).title()}", str(rng.choice(streets)), town]
    if rng.random() < 0.3:
        lines.append("Tel. " + " ".join(f"{rng.integers(100):02d}" for _ in range(5)))
    return lines


def _write_lines(sheet: SheetWriter, lines: list[str], area: Area, px: float, step: float) -> None:
    """Write lines from the top of an area, each cut to what fits."""
    x, y, w, h = area
    for index, text in enumerate(lines):
        foot = y + px + index * step * px
        if foot < y + h:
            slope = sheet.rng.normal(0, 0.008)
            sheet.write((text[: max(2, int(w / (0.75 * px)))],), x + sheet.rng.normal(0, 0.1) * px, foot, px, slope)


def _envelope(sheet: SheetWriter, area: Area) -> None:
    """Draw an envelope: an address by hand, a sender small in a corner, a stamp with its postmark, print below."""
    rng, (x, y, w, h) = sheet.rng, area
    px = min(between(rng, (16, 60)), h / 9, w / 16)
    sheet.style = replace(sheet.style, digit_px=px)
    _paper(sheet, area, _pale(rng, 0.3))
    step = rng.uniform(1.5, 2.1)
    _write_lines(sheet, _address(rng), (x + 0.4 * w, y + rng.uniform(0.4, 0.5) * h, 0.57 * w, 0.5 * h), px, step)
    if rng.random() < 0.6:
        small = max(13.0, px * rng.uniform(0.5, 0.8))
        _write_lines(sheet, _address(rng), (x + 0.04 * w, y + 0.05 * h, 0.4 * w, 0.3 * h), small, 1.5)
    if rng.random() < 0.75:
        _stamp(sheet, (x + 0.85 * w, y + 0.05 * h, 0.11 * w, 0.24 * h))
    if rng.random() < 0.4:
        text, print_px = f"{word(rng).upper()} {rng.integers(10**6, 10**8)}", max(9.0, 0.4 * px)
        sheet.print_line(text, x + 0.05 * w, y + 0.95 * h, print_px, random_print(rng))


def _stamp(sheet: SheetWriter, area: Area) -> None:
    """Draw a stamp with its value printed, and the rings and waves of a postmark over it."""
    rng, (x, y, w, h) = sheet.rng, area
    fill(sheet, (x, y), (w, h), STAMP_INKS[rng.integers(len(STAMP_INKS))])
    usual, sheet.print_bgr = sheet.print_bgr, (245, 245, 245)
    sheet.print_line(f"{number(rng, 2)}", x + 0.15 * w, y + 0.9 * h, 0.18 * h, random_print(rng))
    sheet.print_bgr = usual
    if rng.random() < 0.7:
        pen, sheet.bgr = sheet.bgr, (60, 55, 55)
        sheet.ring(x, y + 0.6 * h, h, h)
        along = np.linspace(0, 1, 40)
        for wave in range(rng.integers(0, 5)):
            path = np.column_stack(
                [x - 2 * w + 2.5 * w * along, y + h * (0.3 + 0.13 * wave + 0.03 * np.sin(20 * along))]
            )
            sheet.draw([path], "postmark", 1.5)
        date = f"{rng.integers(1, 32):02d}.{rng.integers(1, 13):02d}.{rng.integers(10, 30)}"
        sheet.print_line(date, x - 0.35 * h, y + 0.65 * h, 0.1 * h, random_print(rng))
        sheet.bgr = pen


def _tag(sheet: SheetWriter, area: Area) -> None:
    """Draw a price tag: a hole, a name, a large price, perhaps an old one struck out above it."""
    rng, (x, y, w, h) = sheet.rng, area
    px = min(between(rng, (18, 60)), 0.32 * h, 0.2 * w)
    sheet.style = replace(sheet.style, digit_px=px)
    _paper(sheet, area, _pale(rng, 0.5))
    hole = cv2.circle(np.zeros((17, 17), np.uint8), (8, 8), 7, 255, cv2.FILLED, cv2.LINE_AA)
    sheet.put("", hole, x + 0.04 * w, y + 0.05 * h, (40, 40, 45))
    if rng.random() < 0.6:
        _write_lines(sheet, [word(rng).title()], (x + 0.15 * w, y + 0.1 * h, 0.8 * w, h), 0.6 * px, 1)
    cents = f"{rng.choice(list(',.€'))}{rng.integers(0, 100):02d}" if rng.random() < 0.75 else ""
    price, left, foot = number(rng, 2) + cents + str(rng.choice(UNITS)), x + 0.15 * w, y + rng.uniform(0.65, 0.9) * h
    room = max(1, int(0.8 * w / (0.85 * px)))
    end = sheet.write((price[:room],), left, foot, px)
    if rng.random() < 0.15:
        underline(sheet, left, min(end, x + w), foot + 0.2 * px)
    if rng.random() < 0.3:
        sheet.print_line(f"{word(rng)} {number(rng, 4)}", left, y + 0.97 * h, max(8.0, 0.25 * px), random_print(rng))


def _note(sheet: SheetWriter, area: Area) -> None:
    """Draw a sticky note with two or three lines: a date, a number to call, words, a list."""
    rng, (x, y, w, h) = sheet.rng, area
    px = min(between(rng, (16, 55)), h / 6, w / 8)
    sheet.style = replace(sheet.style, digit_px=px)
    _paper(sheet, area, _pale(rng, 0.85))
    kinds: tuple[Callable[[], str], ...] = (
        lambda: fact_line(rng)[0],
        lambda: str(note_line(rng)[0]),
        lambda: str(list_line(rng)[0]),
        lambda: " ".join(f"{rng.integers(100):02d}" for _ in range(5)),
        lambda: f"{word(rng)[:6]} {number(rng, 3)}",
    )
    lines = [kinds[rng.integers(len(kinds))]() for _ in range(rng.integers(2, 5))]
    _write_lines(sheet, lines, (x + 0.06 * w, y + 0.08 * h, 0.9 * w, 0.88 * h), px, rng.uniform(1.5, 2.1))
    if rng.random() < 0.15:
        line(sheet, [x + 0.1 * w, y + 0.93 * h, x + 0.8 * w, y + 0.9 * h])
