"""How a page may be written: pens, papers, spacing; by choice or by chance."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

Bgr = tuple[int, int, int]
DIGIT_SHARE = (0.028, 0.45)
"""Height of a digit in a page's height, least and most: 13 px of 480 to nearly half the page."""


@dataclass(frozen=True, slots=True)
class Pen:
    """What a page is written with.

    Attributes:
        bgr: colour of full ink.
        width: of the stroke, in heights of a digit.
        strength: how much of the paper the ink hides, 0 to 1; faint pencil about 0.35.
        grain: how dry it is, 0 to 1, as `ink.roughen` takes it.
    """

    bgr: Bgr
    width: float
    strength: float = 1.0
    grain: float = 0.0


@dataclass(frozen=True, slots=True)
class Style:
    """How a page is written. Lengths are in heights of a digit unless they say px.

    Attributes:
        digit_px: typical height of a digit.
        paper: a kind `paper.draw_paper` knows.
        paper_bgr: its colour.
        pen: what it is written with.
        gap: clear space between the digits of a number; below 0 they touch.
        line_gap: clear space between lines.
        digits_per_number: fewest and most.
        marks: chance that a mark (operator, letter, scribble) follows a number.
        max_digits: nothing more is written after so many.
        prints: chance that something printed stands where a mark or, in a table, a digit would.
        print_bgr: its colour.
        layout: "lines", "scattered" all over the sheet one by one, or in the "cells" of a printed table.
    """

    digit_px: float = 48.0
    paper: str = "plain"
    paper_bgr: Bgr = (238, 242, 244)
    pen: Pen = Pen((60, 40, 35), 0.07)
    gap: float = 0.28
    line_gap: float = 0.8
    digits_per_number: tuple[int, int] = (1, 5)
    marks: float = 0.0
    max_digits: int = 200
    prints: float = 0.0
    print_bgr: Bgr = (50, 45, 45)
    layout: str = "lines"


PENS: dict[str, Pen] = {
    "blue ballpoint": Pen((150, 60, 30), 0.045),
    "black ballpoint": Pen((45, 40, 40), 0.045),
    "fineliner": Pen((25, 22, 22), 0.06),
    "red ballpoint": Pen((50, 40, 190), 0.05),
    "green ballpoint": Pen((70, 120, 30), 0.05),
    "pencil": Pen((85, 82, 80), 0.05, 0.75, 0.5),
    "faint pencil": Pen((110, 106, 104), 0.04, 0.5, 0.4),
    "fountain pen": Pen((120, 40, 25), 0.075, 0.9),
    "felt pen": Pen((30, 26, 24), 0.11),
    "marker": Pen((28, 24, 22), 0.17),
    "red marker": Pen((35, 25, 185), 0.15, 0.9),
    "dry marker": Pen((40, 34, 30), 0.14, 0.9, 0.35),
    "chalk": Pen((225, 230, 232), 0.1, 0.9, 0.55),
    "yellow chalk": Pen((150, 225, 240), 0.1, 0.9, 0.5),
    "white pen": Pen((240, 240, 240), 0.06),
}
CHALKS = ("chalk", "yellow chalk", "white pen")
LIGHT_PAPER_PENS = tuple(name for name in PENS if name not in CHALKS)
PAPERS = ("plain", "ruled", "squared", "seyes", "dotted", "screen", "board")
PAPER_ODDS = (0.4, 0.14, 0.17, 0.08, 0.07, 0.06, 0.08)
LAYOUT_NAMES, LAYOUT_ODDS = ("lines", "scattered", "cells"), (0.72, 0.16, 0.12)
BOARDS_BGR: tuple[Bgr, ...] = ((52, 66, 42), (45, 45, 45), (30, 30, 32), (80, 50, 30))
COLOURS_BGR: tuple[Bgr, ...] = ((150, 235, 250), (225, 205, 180), (200, 190, 240), (190, 230, 195), (165, 195, 215))


def random_style(rng: np.random.Generator, page_height_px: int = 480) -> Style:
    """Invent how a page of this height may be written; adjust it with `dataclasses.replace`."""
    paper = str(rng.choice(PAPERS, p=PAPER_ODDS))
    dark = paper == "board" or (paper == "screen" and rng.random() < 0.5)
    pen = PENS[str(rng.choice(CHALKS if dark else LIGHT_PAPER_PENS))]
    pen = replace(
        pen,
        bgr=_vary_colour(pen.bgr, 18, rng),
        width=pen.width * rng.uniform(0.65, 1.4),
        strength=float(np.clip(pen.strength * rng.uniform(0.75, 1.1), 0.3, 1.0)),
    )
    return Style(
        digit_px=page_height_px * float(np.exp(rng.uniform(*np.log(DIGIT_SHARE)))),
        paper=paper,
        paper_bgr=_random_paper_colour(paper, dark, rng),
        pen=pen,
        gap=float(rng.choice([rng.uniform(-0.04, 0.06), rng.uniform(0.08, 0.6)], p=[0.12, 0.88])),
        line_gap=float(rng.uniform(0.4, 2.0)),
        digits_per_number=(1, int(rng.integers(1, 8))),
        marks=float(rng.choice([0.0, rng.uniform(0.05, 0.7)])),
        max_digits=int(rng.integers(1, 60)),
        prints=float(rng.choice([0.0, rng.uniform(0.1, 0.6)])),
        print_bgr=_vary_colour((200, 200, 200) if dark else (60, 55, 55), 25, rng),
        layout=str(rng.choice(LAYOUT_NAMES, p=LAYOUT_ODDS)),
    )


def _random_paper_colour(paper: str, dark: bool, rng: np.random.Generator) -> Bgr:
    if paper == "screen":
        return (0, 0, 0) if dark else (255, 255, 255)
    if dark:
        return _vary_colour(BOARDS_BGR[rng.integers(len(BOARDS_BGR))], 10, rng)
    if rng.random() < 0.2:
        return _vary_colour(COLOURS_BGR[rng.integers(len(COLOURS_BGR))], 15, rng)
    grey = rng.uniform(222, 250)
    return _vary_colour((grey - rng.uniform(0, 14), grey, grey), 3, rng)


def _vary_colour(bgr: Iterable[float], spread: float, rng: np.random.Generator) -> Bgr:
    blue, green, red = (int(np.clip(channel + rng.normal(0, spread), 0, 255)) for channel in bgr)
    return blue, green, red
