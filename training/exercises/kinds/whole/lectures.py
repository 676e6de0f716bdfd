"""Notes of lectures seen whole: ruled paper, pens of several colours, the other side's writing, formulas in words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from capture.synthetic.styles import Bgr
from capture.synthetic.writer import Item
from training.exercises.kinds.boards import NOTES
from training.exercises.kinds.whole.setting import Place, between, fill, take_paper
from training.exercises.writing.doodles import arrow, line, underline
from training.exercises.writing.sheet_writer import RULE, SheetWriter
from training.exercises.writing.texts import number, variable, word

WRITING_PX = (14.0, 32.0)  # height of a digit
FULL = 420  # pieces of ink
INKS: tuple[Bgr, ...] = ((150, 60, 30), (45, 40, 40), (50, 40, 190), (70, 120, 30), (120, 50, 110))
RULE_BGR: Bgr = (205, 175, 150)
SHINING = (0.05, 0.3)  # share of the other side's ink that is seen
SHORT = (
    "{x}=1",
    "{x}^-^1",
    "{x}-1",
    "{d}D",
    "{x}={d}",
    "{x}+1",
    "{X}_1",
    "{X}_{d}",
    "1/{x}",
    "{x}(0)=1",
    "{X}^2",
    "{d}{x}-1",
    "{x}>0",
    "{x}=1,..,n",
    "{x}_1+{x}_2",
    "(1-{x})",
    "O({d})",
)


def draw_lecture(sheet: SheetWriter) -> None:
    """Draw a page of somebody's notes: words with short formulas among them, ringed numbers, a family tree or two."""
    rng, (width, height) = sheet.rng, sheet.size
    px = between(rng, WRITING_PX)
    take_paper(sheet, px, ("plain", "ruled", "ruled", "squared", "seyes"))
    if rng.random() < 0.2:
        _rule_sideways(sheet, px * rng.uniform(1.4, 2.2))
    ground, inks = len(sheet.items), [INKS[i] for i in rng.permutation(len(INKS))[: rng.integers(1, 4)]]
    left, y = width * rng.uniform(0.03, 0.15), height * rng.uniform(0.02, 0.06)
    while y < height - 3 * px and len(sheet.items) < FULL:
        sheet.bgr = inks[
            rng.choice(len(inks), p=[1] if len(inks) == 1 else [0.7, *[0.3 / (len(inks) - 1)] * (len(inks) - 1)])
        ]
        kinds = NOTES if rng.random() < 0.3 else LECTURE
        block, indent = kinds[rng.integers(len(kinds))], left + rng.choice([0, 0, 1.5, 3]) * px
        y = block(sheet, (indent, y, width - indent - 0.05 * width), px) + rng.uniform(0.2, 1.2) * px
    sheet.bgr = None
    if rng.random() < 0.4:
        _show_other_side(sheet, ground)


def _rule_sideways(sheet: SheetWriter, step: float) -> None:
    """Rule the paper from top to foot, as where a sheet is written on crosswise."""
    width, height = sheet.size
    sheet.style = replace(sheet.style, paper="plain")
    for x in np.arange(sheet.rng.uniform(0, step), width, step):
        fill(sheet, (x, 0), (max(1, step / 40), height), RULE_BGR, 200)


def _show_other_side(sheet: SheetWriter, ground: int) -> None:
    """Let writing of the page's own kind be seen from behind, mirrored, above the rules and below the ink."""
    width, share, away = sheet.size[0], sheet.rng.uniform(*SHINING), sheet.rng.uniform(-0.4, 0.4) * sheet.size[1]
    behind = [
        Item(
            "",
            (item.ink[:, ::-1] * share).astype(np.uint8),
            width - item.x - item.ink.shape[1],
            round(item.y + away),
            bgr=item.bgr,
        )
        for item in sheet.items[ground:]
    ]
    sheet.items[ground:ground] = behind


def _short(rng: np.random.Generator) -> str:
    return str(rng.choice(SHORT)).format(
        x=rng.choice(list("ijknxtmp")), X=rng.choice(list("AXYTPRV")), d=rng.integers(10)
    )


def _sentences(sheet: SheetWriter, place: Place, px: float) -> float:
    """Write lines of words with short formulas among them."""
    rng, (left, y, wide) = sheet.rng, place
    step, formulas = px * rng.uniform(1.4, 1.9), rng.uniform(0.1, 0.4)
    for _ in range(rng.integers(1, 6)):
        y += step
        x = left
        while x < left + wide * rng.uniform(0.6, 1) - 5 * px and y < sheet.size[1]:
            text = _short(rng) if rng.random() < formulas else word(rng)[:8]
            x = sheet.write((text,), x, y, px) + 0.6 * px
    return y + 0.3 * px


def _cursive(sheet: SheetWriter, place: Place, px: float) -> float:
    """Write lines of joined-up words, now and then a number or a formula."""
    rng, (left, y, wide), words = sheet.rng, place, sheet.signs.people.words
    for _ in range(rng.integers(1, 5)):
        y += px * rng.uniform(1.6, 2.0)
        x = left
        while x < left + wide - 5 * px and y < sheet.size[1] and words:
            if rng.random() < 0.12:
                x = sheet.write((_short(rng) if rng.random() < 0.5 else number(rng, 2),), x, y, px) + 0.6 * px
            else:
                x = sheet.scribbled_word(words[rng.integers(len(words))], x, y, px * rng.uniform(0.9, 1.2))
    return y + 0.3 * px


def _ringed(sheet: SheetWriter, place: Place, px: float) -> float:
    """Write points whose numbers stand in small rings, in another colour perhaps."""
    rng, (left, y, wide) = sheet.rng, place
    first, pen = int(rng.integers(1, 12)), sheet.bgr
    for index in range(rng.integers(1, 5)):
        y += px * rng.uniform(1.7, 2.3)
        if y > sheet.size[1]:
            break
        small = px * rng.uniform(0.7, 0.95)
        broad = sheet.write_centred((str(first + index),), left + px, y, small)
        sheet.ring(left + px - 0.1 * small, y - small / 2, max(broad + 0.5 * small, 1.6 * small), 1.75 * small)
        text = " ".join(_short(rng) if rng.random() < 0.3 else word(rng)[:8] for _ in range(rng.integers(1, 6)))
        sheet.write((text[: max(3, int(wide / (0.75 * px)) - 4)],), left + 2.4 * px, y, px)
    sheet.bgr = pen
    return y + 0.5 * px


def _family(sheet: SheetWriter, place: Place, px: float) -> float:
    """Draw a family: one or two digits in each small ring, triangle or box, bars from pairs to their children."""
    rng, (left, top, wide) = sheet.rng, place
    small = float(np.clip(px * rng.uniform(0.6, 0.9), 12, 20))
    side, step, count = small * rng.uniform(2.1, 2.9), small * rng.uniform(4.0, 5.5), 0
    gap, sheet.style = sheet.style.gap, replace(sheet.style, gap=float(rng.choice([-0.06, 0.0, 0.1])))
    above: list[tuple[float, float]] = []
    for level in range(rng.integers(2, 5)):
        y = top + side + level * step
        if y > sheet.size[1] - side:
            break
        most = max(1, int(wide / (1.9 * side)))
        children = min(most, int(rng.integers(1, 4)) if not above else len(above) + int(rng.integers(0, 4)))
        nodes = [(left + (i + 0.5) * wide / children, y) for i in range(children)]
        for index, (x, _) in enumerate(nodes):
            count += 1
            _person(sheet, (x, y), str(count) if rng.random() < 0.6 else number(rng, 2), small, side)
            if above:
                from_x, from_y = above[index * len(above) // children]
                bar = y - 0.5 * step
                line(sheet, [from_x, from_y + 0.6 * side, from_x, bar, x, bar, x, y - 0.6 * side], RULE)
            elif index:
                line(sheet, [nodes[index - 1][0] + 0.7 * side, y, x - 0.7 * side, y], RULE)
        above = nodes
    sheet.style = replace(sheet.style, gap=gap)
    return above[-1][1] + side if above else top


def _person(sheet: SheetWriter, at: tuple[float, float], text: str, small: float, side: float) -> None:
    """Write a number and draw around it, without touching it, a ring, a triangle or a box."""
    x, y = at
    broad = sheet.write_centred((text,), x, y + small / 2, small)
    kind, around = sheet.rng.random(), max(side, broad + small)
    if kind < 0.5:
        sheet.ring(x, y, around, around)
    elif kind < 0.8:
        top, foot, half = y - 0.95 * around, y + 0.5 * around, 0.95 * around
        line(sheet, [x, top, x - half, foot, x + half, foot, x, top], "ring")
    else:
        sheet.box(x, y, around, around)


def _definition(sheet: SheetWriter, place: Place, px: float) -> float:
    """Write an underlined name, an arrow, and what it is: a word or an unknown and a formula."""
    rng, (left, top, _) = sheet.rng, place
    y = top + 1.7 * px
    end = sheet.write((word(rng).title(),), left, y, 1.1 * px)
    underline(sheet, left, end, y + 0.25 * px)
    arrow(sheet, (end + 0.4 * px, y - 0.4 * px), (end + 2 * px, y - 0.4 * px), px)
    text = variable(rng) + " = " + _short(rng) if rng.random() < 0.5 else word(rng) + " " + _short(rng)
    end = sheet.write((text,), end + 2.4 * px, y, px)
    return y + 0.5 * px


LECTURE: tuple[Callable[[SheetWriter, Place, float], float], ...] = (
    *(_sentences, _sentences, _cursive, _ringed, _ringed, _family, _family, _definition),
)
