"""Draws pages as people fill them, to learn what is a digit in its surroundings: half digits alone, half all else.

Which pages are drawn matters more than the model that learns from them, so every kind has a share of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from capture.synthetic.background import draw_clutter
from capture.synthetic.page import DrawnPage, compose, random_page
from capture.synthetic.paper import draw_paper
from capture.synthetic.styles import random_style
from capture.synthetic.typeset import random_print
from training.exercises.backgrounds import bind, part_of, shine_through
from training.exercises.kinds.arrays import draw_short
from training.exercises.kinds.formula_page import draw_formula
from training.exercises.kinds.table import KINDS, WHOLE_SIZES
from training.exercises.patterns import pattern_picture
from training.exercises.photos import photo_of, seen_small
from training.exercises.writing.formulas import formula_line
from training.exercises.writing.sheet_writer import MAX_SIGNS, SheetWriter
from training.exercises.writing.signs import People, sign_writer
from training.exercises.writing.texts import LINES as OTHER_LINES
from training.exercises.writing.texts import number
from training.synthesis.text_pages import wordy_page
from training.synthesis.writers import Material, a_writer

LINES = {"formulas": formula_line, **OTHER_LINES}
SIZES = ((640, 480), (800, 600), (960, 540), (480, 640), (1200, 900), (900, 1200), (480, 320), (700, 320), (400, 300))
DIGIT_PX = (14.0, 130.0)  # least and most
OWN_DIGITS = 0.55  # share of the pages on which one hand writes digits and letters
SEEN_SMALL = 0.25  # share of the pictures that are shrunk
STRAY_LINE = 0.15  # share of the lines that are of another kind than their page
LAST_LINE = 0.12  # chance that a page ends after a line
CURSIVE = 0.35  # share of the pages of words that are joined-up
SHINES, BOUND = 0.08, 0.05  # shares of the pages that show the other side's writing, and a binding
MARKED = 0.12  # share of the pages of sums on which a teacher has ticked lines in red
SECOND_PEN = 0.15  # share of the pages written in two colours
FORMULA_SIGNS = (7.0, 18.0)  # digits' heights across the page, at least: a formula cut off makes no sense
GAP = (0.06, 0.4)  # between signs, heights of a digit
DRAWING = "drawing"
DRAWING_PX, DRAWING_PEN = (28.0, 500.0), (0.06, 0.17)  # its shorter side; its pen, heights of a digit
FORMULAS, FORMULA_PX = 0.3, 120  # share of the larger drawings that are a formula; the shorter side of these
TIGHT, TIGHT_GAP = 0.25, (-0.1, 0.08)  # share of the pages on which signs touch, and their gap


@dataclass(frozen=True)
class Supplies:
    """What pages are made from.

    Attributes:
        people: hands that write letters, signs and digits.
        material: further hands for digits: pen strokes, MNIST.
        backgrounds: (H, W, 3) uint8 BGR pictures without a digit; may be empty.
    """

    people: People
    material: Material
    backgrounds: tuple[np.ndarray, ...] = ()


def exercise_page(supplies: Supplies, rng: np.random.Generator) -> DrawnPage:
    """Draw a page of any kind and photograph it.

    Returns:
        The photo; `digits` are what should be read, `others` all other ink, printed digits included.
    """
    names, shares = zip(*((kind, share) for kind, (share, _) in PAGES.items()), strict=True)
    name = str(rng.choice(names, p=np.array(shares) / sum(shares)))
    page = page_of_kind(name, supplies, rng)
    return seen_small(page, rng) if rng.random() < SEEN_SMALL else page


def page_of_kind(name: str, supplies: Supplies, rng: np.random.Generator) -> DrawnPage:
    """Draw a page of one of the `PAGES` and photograph it, unless it is what a drawing program saves."""
    sizes = WHOLE_SIZES.get(name, SIZES)
    size = sizes[rng.integers(len(sizes))]
    page = PAGES[name][1](supplies, size, rng)
    if name == DRAWING:
        return page
    return photo_of(page, supplies.backgrounds, rng, is_whole=name in WHOLE_SIZES)


def _sheet(supplies: Supplies, size: tuple[int, int], rng: np.random.Generator) -> SheetWriter:
    """Take an empty sheet and somebody to write on it."""
    digit_px = float(np.exp(rng.uniform(*np.log(np.minimum(DIGIT_PX, 0.3 * size[1])))))
    gap = float(rng.uniform(*(TIGHT_GAP if rng.random() < TIGHT else GAP)))
    style = replace(random_style(rng, size[1]), digit_px=digit_px, gap=gap)
    write = None if rng.random() < OWN_DIGITS else a_writer(supplies.material, rng)
    return SheetWriter(sign_writer(supplies.people, rng, write), style, size, rng)


def _finished(sheet: SheetWriter) -> DrawnPage:
    style, rng = sheet.style, sheet.rng
    paper = draw_paper(style.paper, sheet.size, style.paper_bgr, style.digit_px * rng.uniform(0.6, 2.2), rng)
    if style.paper not in ("board", "screen"):
        if rng.random() < SHINES:
            paper = shine_through(paper, compose(sheet.items, paper, style.pen.bgr), rng)
        if rng.random() < BOUND:
            bind(paper, rng)
    return compose(sheet.items, paper, style.pen.bgr)


def _lines(kind: str, supplies: Supplies, size: tuple[int, int], rng: np.random.Generator) -> DrawnPage:
    """Write line under line of one kind, with now and then a line of another."""
    sheet = _sheet(supplies, size, rng)
    if kind == "formulas":
        sheet.style = replace(sheet.style, digit_px=min(sheet.style.digit_px, size[0] / rng.uniform(*FORMULA_SIGNS)))
    px, slope = sheet.style.digit_px, rng.normal(0, 0.012)
    indent, step = rng.uniform(0.3, 2.5) * px, px * rng.uniform(1.5, 3.0)
    is_cursive = kind in ("words", "notes") and rng.random() < CURSIVE
    is_digits_alone, is_marked = kind == "numbers", kind in ("sums", "facts") and rng.random() < MARKED
    foot_y = px * rng.uniform(1.3, 3.0)
    while foot_y < size[1] - 0.3 * px and len(sheet.items) < MAX_SIGNS:
        is_stray = not is_digits_alone and kind != "words" and rng.random() < STRAY_LINE
        line_kind = str(rng.choice(list(LINES))) if is_stray else kind
        _change_pen(sheet)
        if is_cursive and line_kind == kind:
            _cursive_line(sheet, supplies, kind, (indent, foot_y))
        else:
            end = sheet.write(LINES[line_kind](rng), indent + rng.exponential(0.3) * px, foot_y, px, slope)
            if is_marked and rng.random() < 0.7:
                sheet.tick(end + rng.uniform(-0.2, 0.8) * px, foot_y, px)
        foot_y += step * rng.uniform(0.95, 1.3) * (1.5 if kind == "formulas" else 1.0)
        if rng.random() < LAST_LINE * (3 if kind == "formulas" else 1):
            break
    return _finished(sheet)


def _change_pen(sheet: SheetWriter) -> None:
    if sheet.rng.random() < SECOND_PEN and sheet.style.paper not in ("board", "screen"):
        sheet.bgr = tuple(int(c) for c in sheet.rng.choice([(160, 60, 30), (40, 30, 180), (60, 110, 30), (40, 35, 35)]))


def _cursive_line(sheet: SheetWriter, supplies: Supplies, kind: str, place: tuple[float, float]) -> None:
    """Write joined-up words, and for "notes" numbers among them."""
    (x, foot_y), rng, px = place, sheet.rng, sheet.style.digit_px
    while x < sheet.size[0] - px and rng.random() < 0.85:
        if kind == "notes" and rng.random() < 0.3:
            x = sheet.write((number(rng),), x, foot_y, px) + 0.5 * px
        else:
            x = sheet.scribbled_word(supplies.people.words[rng.integers(len(supplies.people.words))], x, foot_y, px)


def _print(supplies: Supplies, size: tuple[int, int], rng: np.random.Generator) -> DrawnPage:
    """Draw a page of a book or a label: print alone, small or large."""
    sheet = _sheet(supplies, size, rng)
    height_px, look = sheet.style.digit_px * rng.uniform(0.4, 1.0), random_print(rng)
    foot_y, step = 2 * height_px, height_px * rng.uniform(1.6, 2.6)
    while foot_y < size[1] and len(sheet.items) < MAX_SIGNS:
        line = LINES["notes" if rng.random() < 0.3 else "words"](rng)
        sheet.print_text(" ".join(line), height_px, foot_y, height_px, look)
        foot_y += step
    return _finished(sheet)


def _true_lines(supplies: Supplies, size: tuple[int, int], rng: np.random.Generator) -> DrawnPage:
    """Write short texts with every sign where the writer has put it."""
    sheet = _sheet(supplies, size, rng)
    foot_y, px = 0.3 * sheet.style.digit_px, sheet.style.digit_px
    with_digits = [line for line in supplies.people.lines if any(label.isdigit() for label, _ in line.signs)]
    while foot_y < size[1] - 1.4 * px and len(sheet.items) < MAX_SIGNS:
        pool = with_digits if rng.random() < 0.55 else supplies.people.lines
        foot_y = _true_line(sheet, pool[rng.integers(len(pool))].signs, foot_y, px) + px * rng.uniform(0.3, 1.0)
    return _finished(sheet)


def _true_line(sheet: SheetWriter, signs: Sequence, top_y: float, px: float) -> float:
    """Draw a line from the left margin, cut where the sheet ends; return where its ink ends below."""
    boxes = np.array([[*np.concatenate(s).min(axis=0), *np.concatenate(s).max(axis=0)] for _, s in signs])
    high = np.percentile(boxes[:, 3] - boxes[:, 1], 75)
    scale, (left, top) = px / max(high, 1e-3), boxes[:, :2].min(axis=0)
    for (label, strokes), box in zip(signs, boxes, strict=True):
        x, y = (box[:2] - (left, top)) * scale + (0.4 * px, top_y)
        if x < sheet.size[0]:
            sheet.strokes(label, strokes, x, y, scale)
    return top_y + float(boxes[:, 3].max() - top) * scale


def _random(supplies: Supplies, size: tuple[int, int], rng: np.random.Generator) -> DrawnPage:
    return random_page(rng, size, a_writer(supplies.material, rng))


def _wordy(supplies: Supplies, size: tuple[int, int], rng: np.random.Generator) -> DrawnPage:
    return wordy_page(rng, size, a_writer(supplies.material, rng), supplies.material.faces)


def _nothing(supplies: Supplies, size: tuple[int, int], rng: np.random.Generator) -> DrawnPage:
    """Draw a picture without writing: a part of a photograph, or drawn things."""
    if not supplies.backgrounds or rng.random() < 0.45:
        return DrawnPage(draw_clutter(size, rng), ())
    return DrawnPage(part_of(supplies.backgrounds[rng.integers(len(supplies.backgrounds))], size, rng), ())


def _pattern(supplies: Supplies, size: tuple[int, int], rng: np.random.Generator) -> DrawnPage:
    return DrawnPage(pattern_picture(size, rng), ())


def _drawing(supplies: Supplies, size: tuple[int, int], rng: np.random.Generator) -> DrawnPage:
    """Draw what a drawing program saves: clean strokes of a round pen on an even ground, or light on a dark one."""
    short = float(np.exp(rng.uniform(*np.log(DRAWING_PX))))
    size = round(short * (1 if rng.random() < 0.5 else rng.uniform(1, 3.5))), round(short)
    sheet = _sheet(supplies, size, rng)
    pen = replace(sheet.style.pen, width=float(rng.uniform(*DRAWING_PEN)), grain=0.0, strength=1.0)
    sheet.style = replace(sheet.style, pen=pen, gap=float(rng.uniform(*GAP)))
    (draw_formula if short > FORMULA_PX and rng.random() < FORMULAS else draw_short)(sheet)
    image = compose(sheet.items, np.full((*size[::-1], 3), 255, np.uint8), (0, 0, 0))
    return replace(image, image=255 - image.image) if rng.random() < 0.5 else image


def _built(
    draw: Callable[[SheetWriter], None], supplies: Supplies, size: tuple[int, int], rng: np.random.Generator
) -> DrawnPage:
    """Draw a page of one of the `KINDS`."""
    sheet = _sheet(supplies, size, rng)
    draw(sheet)
    return _finished(sheet)


Draw = Callable[[Supplies, tuple[int, int], np.random.Generator], DrawnPage]
PAGES: dict[str, tuple[float, Draw]] = {
    DRAWING: (57, _drawing),  # each holds a sign or a few: together as many as 5 of the others do
    "numbers": (11, partial(_lines, "numbers")),
    "random": (7, _random),
    "sums": (8, partial(_lines, "sums")),
    "formulas": (20, partial(_lines, "formulas")),
    "facts": (5, partial(_lines, "facts")),
    "words": (6, partial(_lines, "words")),
    "notes": (5, partial(_lines, "notes")),
    "list": (3, partial(_lines, "list")),
    "code": (5, partial(_lines, "code")),
    "true lines": (8, _true_lines),
    "wordy": (2, _wordy),
    "print": (3, _print),
    **{name: (share, partial(_built, draw)) for name, (share, draw) in KINDS.items()},
    "nothing": (8, _nothing),
    "pattern": (5, _pattern),
}
"""Each kind of page: its share, and how it is drawn."""
