"""Numbers in rings, triangles and boxes that lines join: trees, and diagrams with words and unknowns in them."""

from __future__ import annotations

import numpy as np

from capture.synthetic.styles import Bgr
from training.exercises.writing.sheet_writer import RULE, SheetWriter
from training.exercises.writing.texts import number, variable, word

RING_SIZE = (1.2, 3.0)  # heights of a digit: least size of a node
NODE_MARGIN = (-0.1, 0.9)  # the same: room beside what is in it; below 0 it touches
NODE_SHAPES = (0.6, 0.3, 0.1)  # shares of rings, triangles and boxes
OTHER_PEN = 0.4  # share of the trees whose rings are of another colour than their numbers
PENS: tuple[Bgr, ...] = ((150, 50, 120), (60, 90, 40), (40, 40, 190), (180, 90, 30))
MIN_TREE_PX = 13.0  # height of a digit
ARROW_HEAD = 0.3  # heights of a digit


def draw_tree(sheet: SheetWriter) -> None:
    """Draw numbers in rings, joined by lines from level to level; some have no ring."""
    rng, (width, height) = sheet.rng, sheet.size
    px = max(MIN_TREE_PX, min(sheet.style.digit_px * rng.uniform(0.5, 1.0), height / 9))
    levels, ring_bgr = int(rng.integers(2, 5)), PENS[rng.integers(len(PENS))] if rng.random() < OTHER_PEN else None
    above: list[tuple[float, float]] = []
    has_rings = rng.random() < 0.75
    for level in range(levels):
        count = min(2**level, 6) if rng.random() < 0.7 else int(rng.integers(1, 5))
        nodes = [
            ((i + 0.5 + rng.normal(0, 0.06)) * width / count, (level + 0.6 + rng.normal(0, 0.05)) * height / levels)
            for i in range(count)
        ]
        radius = rng.uniform(*RING_SIZE) * px / 2
        for index, (x, y) in enumerate(nodes):
            _node(sheet, (x, y), px, radius if has_rings else 0.0, ring_bgr)
            if above:
                start = np.array(above[index * len(above) // count])
                way = np.array([x, y]) - start
                length = max(float(np.linalg.norm(way)), 1.0)
                near = 1.15 * radius / length
                if near < 0.45:
                    sheet.draw([np.array([start + near * way, start + (1 - near) * way])], RULE)
        above = nodes


def _node(
    sheet: SheetWriter, centre: tuple[float, float], px: float, radius: float, ring_bgr: Bgr | None = None
) -> None:
    """Write a number or a letter around a place, and draw a ring, a triangle or a box around it."""
    rng, (x, y) = sheet.rng, centre
    text = number(rng, 2) if rng.random() < 0.75 else str(rng.choice(list("ABCDXabxn")))
    width = sheet.write_centred((text,), x, y + px / 2, px)
    if radius:
        around = (sheet.ring, sheet.triangle, sheet.box)[rng.choice(3, p=NODE_SHAPES)]
        pen, sheet.bgr = sheet.bgr, ring_bgr or sheet.bgr
        around(x, y, max(2 * radius, width + rng.uniform(*NODE_MARGIN) * px), 2 * radius)
        sheet.bgr = pen


def draw_diagram(sheet: SheetWriter) -> None:
    """Draw boxes and rings with words and unknowns in them, arrows from one to the next, and labels on the arrows."""
    rng, (width, height) = sheet.rng, sheet.size
    columns, rows = int(rng.integers(1, 4)), int(rng.integers(2, 5))
    px = max(MIN_TREE_PX, min(sheet.style.digit_px, 0.3 * height / rows, 0.16 * width / columns))
    middles = [
        ((column + rng.uniform(0.4, 0.6)) * width / columns, (row + rng.uniform(0.4, 0.6)) * height / rows)
        for row in range(rows)
        for column in range(columns)
    ]
    for index, (x, y) in enumerate(middles):
        wide = sheet.write_centred((_content(rng),), x, y + px / 2, px)
        around = (sheet.box, sheet.box, sheet.ring)[rng.integers(3)]
        around(x, y, wide + rng.uniform(*NODE_MARGIN) * px, rng.uniform(1.5, 2.2) * px)
        if index + columns < len(middles) and rng.random() < 0.7:
            _arrow(sheet, (x, y + 1.3 * px), (middles[index + columns][0], middles[index + columns][1] - 1.3 * px), px)


def _content(rng: np.random.Generator) -> str:
    """Write what stands in a box: a word, an unknown with its number below, both, or a number."""
    kind = rng.random()
    if kind < 0.25:
        return number(rng, 3)
    name = word(rng)[:6] + str(rng.choice([" ", ": ", " = "])) if kind < 0.65 else ""
    return name + (variable(rng) if rng.random() < 0.6 else number(rng, 2) if name else word(rng)[:6])


def _arrow(sheet: SheetWriter, start: tuple[float, float], end: tuple[float, float], px: float) -> None:
    """Draw an arrow, and perhaps write beside its middle."""
    way = np.subtract(end, start)
    length = float(np.linalg.norm(way))
    if length < px:
        return
    along = ARROW_HEAD * px * way / length
    across = np.array([-along[1], along[0]])
    head = np.array([end - along + across, end, end - along - across])
    sheet.draw([np.array([start, end])], RULE)
    sheet.draw([head], RULE)
    if sheet.rng.random() < 0.6:
        text = variable(sheet.rng) if sheet.rng.random() < 0.7 else number(sheet.rng, 2)
        sheet.write((text,), (start[0] + end[0]) / 2 + 0.2 * px, (start[1] + end[1]) / 2 + px / 2, 0.9 * px)
