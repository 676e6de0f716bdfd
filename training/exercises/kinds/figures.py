"""Drawn figures with numbers on them: number lines, graphs, bars, clocks, geometry."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np

from training.exercises.writing.doodles import axis, line
from training.exercises.writing.sheet_writer import SheetWriter
from training.exercises.writing.texts import number, word

FIGURE, DOT = "figure", "dot"
UNITS = ("", "", " cm", "cm", " m", " mm", "°", " km", " m^2")


def draw_number_lines(sheet: SheetWriter) -> None:
    """Draw axes with ticks, numbers at most of them, and jumps from some to the next."""
    rng, (width, height) = sheet.rng, sheet.size
    px = min(sheet.style.digit_px, height / 6, width / 12)
    sheet.style = replace(sheet.style, digit_px=px)
    y = rng.uniform(1.2, 3) * px
    while y < height - 1.6 * px:
        left, right = rng.uniform(0.3, 1.5) * px, width - rng.uniform(0.3, 2) * px
        axis(sheet, (left, y), (right, y), px, is_double=rng.random() < 0.3)
        count = int(rng.integers(3, max(4, min(14, int((right - left) / (1.3 * px))))))
        first, by = int(rng.integers(-8, 30)), int(rng.choice([1, 1, 1, 2, 5, 10]))
        tick, places = px * rng.uniform(0.15, 0.45), np.linspace(left + px, right - 0.8 * px, count)
        for i, x in enumerate(places):
            line(sheet, [x, y - tick, x, y + (tick if rng.random() < 0.8 else 0)])
            if rng.random() < 0.85:
                sheet.write_centred((str(first + i * by),), x, y + tick + rng.uniform(1.0, 1.25) * px, 0.9 * px)
        for x, to in pairwise(places):
            if rng.random() < 0.15:
                turn = np.linspace(0, np.pi, 10)
                arc = np.column_stack(
                    [(x + to) / 2 - (to - x) / 2 * np.cos(turn), y - 0.2 * px - 0.6 * px * np.sin(turn)]
                )
                sheet.draw([arc], FIGURE)
                sheet.write_centred(("+" + number(rng, 1),), (x + to) / 2, y - 0.9 * px, 0.7 * px)
        y += rng.uniform(3.2, 5) * px


def draw_graph(sheet: SheetWriter) -> None:
    """Draw two axes with numbers at their ticks, and a curve, points with names or coordinates, or bars."""
    rng, (width, height) = sheet.rng, sheet.size
    px = float(np.clip(sheet.style.digit_px, 13, min(height, width) / 12))
    sheet.style = replace(sheet.style, digit_px=px)
    left, foot = rng.uniform(2.2, 4) * px, height - rng.uniform(2, 4) * px
    right, top = width - rng.uniform(1, 4) * px, rng.uniform(1.2, 3) * px
    cross = (left, foot) if rng.random() < 0.6 else ((left + right) / 2, (top + foot) / 2)
    axis(sheet, (left - 0.5 * px, cross[1]), (right, cross[1]), px)
    axis(sheet, (cross[0], foot + 0.5 * px), (cross[0], top), px)
    sheet.write((str(rng.choice(list("xtnX"))),), right + 0.1 * px, cross[1] + 0.3 * px, px)
    sheet.write((str(rng.choice(["y", "f(x)", "v", "P", "N"])),), cross[0] + 0.3 * px, top + 0.3 * px, px)
    _ticks(sheet, (left, foot, right, top), cross, px)
    content = rng.random()
    if content < 0.35:
        xs = np.linspace(left, right - px, 30)
        ys = (top + foot) / 2 + (foot - top) * rng.uniform(0.15, 0.4) * np.sin(
            (xs - left) / (right - left) * rng.uniform(2, 9)
        )
        sheet.draw([np.column_stack([xs, ys])], FIGURE)
    elif content < 0.7:
        _points(sheet, (left, foot, right, top), px)
    else:
        _bars(sheet, (left, cross[1], right, top), px)
    if rng.random() < 0.4:
        sheet.write((f"{word(rng)} {number(rng, 2)}",), rng.uniform(0, 0.5) * width, 0.95 * px, 0.9 * px)


def _ticks(sheet: SheetWriter, area: tuple[float, float, float, float], cross: tuple[float, float], px: float) -> None:
    rng, (left, foot, right, top), short = sheet.rng, area, 0.2 * px
    by = int(rng.choice([1, 1, 2, 5, 10, 20]))
    step = px * max(1.4, 0.8 * len(str(by * 9)) + 0.5) * rng.uniform(1, 1.6)
    for n in range(-9, 30):
        x, y = cross[0] + n * step, cross[1] - n * step
        if n and left < x < right - px:
            line(sheet, [x, cross[1] - short, x, cross[1] + short])
            if rng.random() < 0.8:
                sheet.write_centred((str(n * by),), x, cross[1] + 1.35 * px, 0.8 * px)
        if n and top + px < y < foot:
            line(sheet, [cross[0] - short, y, cross[0] + short, y])
            if rng.random() < 0.8:
                sheet.write((str(n * by),), cross[0] - (0.75 * len(str(n * by)) + 0.5) * px, y + 0.4 * px, 0.8 * px)
    if rng.random() < 0.7:
        sheet.write((str(rng.choice(["0", "0", "O"])),), cross[0] - 0.9 * px, cross[1] + 1.1 * px, 0.8 * px)


def _points(sheet: SheetWriter, area: tuple[float, float, float, float], px: float) -> None:
    rng, (left, foot, right, top) = sheet.rng, area
    names, arm = list("ABCDEFGH"), 0.25 * px
    for i in range(rng.integers(2, 7)):
        x, y = rng.uniform(left + px, right - 3 * px), rng.uniform(top + px, foot - px)
        shift, slash = np.array([x, y]), arm * np.array([[-1.0, -1.0], [1.0, 1.0]])
        sheet.draw([shift + slash, shift + slash * (1, -1)], DOT)
        at = f"({number(rng, 1)}{rng.choice(list(';,'))}{rng.choice(['', '-'])}{number(rng, 1)})"
        text = str(rng.choice([names[i], names[i] + at, at, number(rng, 2)]))
        sheet.write((text,), x + 0.4 * px, y - 0.2 * px, 0.85 * px)


def _bars(sheet: SheetWriter, area: tuple[float, float, float, float], px: float) -> None:
    rng, (left, foot, right, top) = sheet.rng, area
    count = int(rng.integers(2, 7))
    wide = (right - left) / count
    for i in range(count):
        near, far, high = left + (i + 0.15) * wide, left + (i + 0.8) * wide, rng.uniform(0.1, 0.8) * (foot - top)
        line(sheet, [near, foot, near, foot - high, far, foot - high, far, foot])
        sheet.write_centred((number(rng, 2),), left + (i + 0.5) * wide, foot - high - 0.2 * px, 0.8 * px)


def draw_clock(sheet: SheetWriter) -> None:
    """Draw a clock or two with their numbers round the rim and two hands, the time written below."""
    rng, (width, height) = sheet.rng, sheet.size
    count = int(rng.integers(1, 1 + max(1, min(3, width // height))))
    for i in range(count):
        middle = np.array([(i + 0.5) * width / count, 0.45 * height])
        radius = min(width / count, 0.85 * height) * rng.uniform(0.3, 0.47)
        px = radius * rng.uniform(0.13, 0.24)
        sheet.style = replace(sheet.style, digit_px=px)
        sheet.ring(*middle, 2 * radius, 2 * radius)
        _hours(sheet, middle, radius, px)
        for long in (0.45, 0.7):
            turn = rng.uniform(0, 2 * np.pi)
            axis(sheet, middle, middle + long * radius * np.array([np.sin(turn), -np.cos(turn)]), px)
        if rng.random() < 0.7:
            time = f"{rng.integers(0, 24)}{rng.choice([':', 'h', ' h '])}{rng.integers(0, 60):02d}"
            sheet.write_centred((time,), middle[0], min(middle[1] + radius + 1.6 * px, height - 0.1 * px), px)


def _hours(sheet: SheetWriter, middle: np.ndarray, radius: float, px: float) -> None:
    rng = sheet.rng
    inner, every = radius - px * rng.uniform(0.9, 1.3), 3 if rng.random() < 0.15 else 1
    for hour in range(1, 13):
        out = np.array([np.sin(hour * np.pi / 6), -np.cos(hour * np.pi / 6)])
        if rng.random() < 0.5:
            line(sheet, [*(middle + 0.94 * radius * out), *(middle + radius * out)])
        if hour % every == 0:
            x, y = middle + inner * out
            sheet.write_centred((str(hour),), x, y + px / 2, px)


def draw_geometry(sheet: SheetWriter) -> None:
    """Draw triangles, rectangles, circles and angles with their corners named and measures at their sides."""
    rng, (width, height) = sheet.rng, sheet.size
    px = float(np.clip(sheet.style.digit_px, 13, min(width, height) / 10))
    sheet.style = replace(sheet.style, digit_px=px)
    columns, rows = max(1, int(width / (9 * px))), max(1, int(height / (8 * px)))
    for index in range(min(columns * rows, 12)):
        x = (index % columns + 0.5) * width / columns
        y = (index // columns + 0.5) * height / rows
        span = 0.32 * min(width / columns, height / rows)
        _shape(sheet, np.array([x, y]), span, px * rng.uniform(0.8, 1.0))


def _shape(sheet: SheetWriter, middle: np.ndarray, span: float, px: float) -> None:
    rng = sheet.rng
    if rng.random() < 0.15:
        sheet.ring(*middle, 2 * span, 2 * span)
        line(sheet, [*middle, middle[0] + span, middle[1]], FIGURE)
        sheet.write((f"r={number(rng, 2)}{rng.choice(UNITS)}",), middle[0], middle[1] - 0.3 * px, px)
        return
    corners = int(rng.choice([3, 3, 4, 4, 5]))
    turn = np.arange(corners) * 2 * np.pi / corners + rng.uniform(0, 6) + rng.normal(0, 0.2, corners)
    if corners == 4 and rng.random() < 0.7:
        turn = np.array([0.6, np.pi - 0.6, np.pi + 0.6, -0.6]) + rng.normal(0, 0.03)
    path = middle + span * np.column_stack([np.cos(turn), np.sin(turn)])
    line(sheet, [*path.ravel(), *path[0]], FIGURE)
    for i, (one, other) in enumerate(zip(path, np.roll(path, -1, 0), strict=True)):
        away = (one + other) / 2 - middle
        x, y = middle + away * (1 + 0.9 * px / max(float(np.linalg.norm(away)), 1))
        if rng.random() < 0.65:
            decimals = f"{rng.choice(list('.,'))}{number(rng, 1)}" if rng.random() < 0.3 else ""
            sheet.write_centred((number(rng, 2) + decimals + str(rng.choice(UNITS)),), x, y + px / 2, 0.9 * px)
        elif rng.random() < 0.3:
            sheet.write_centred((str(rng.choice(list("xyab?"))),), x, y + px / 2, px)
        if rng.random() < 0.5:
            x, y = one + (one - middle) * px / span
            sheet.write_centred(("ABCDEFG"[i],), x, y + px / 2, px)
