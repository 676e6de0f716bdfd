"""Holds the reader: drawn pages, a family at a time, through the whole reading path, with a floor for each family.

The pages are written by the project's own hands and photographed by the simulated camera, so that the truth is exact.
The floors lie a little below what was read when they were set; whoever reads better may raise them.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
import pytest

from capture.read.reader import PageReader
from capture.synthetic.camera import Troubles, photograph
from capture.synthetic.page import random_page
from capture.synthetic.styles import PENS, Style
from tests.support.page_score import Score, score

SIZE = (960, 720)
PAGES = 3
MAX_DIGITS = 16  # of a page
SHOWN = 0.5  # confidence from which the program shows a reading
FORM = {"layout": "cells", "prints": 0.3, "pen": PENS["blue ballpoint"]}
BOARD = {"paper": "board", "paper_bgr": (52, 66, 42), "pen": PENS["chalk"]}


@dataclass(frozen=True)
class Family:
    """One kind of page: how it is drawn and photographed, and what must be read of it at least.

    Attributes:
        recall: share of the digits that are found and read right, at least.
        false: readings where no digit is, on marks or elsewhere, in all pages together, at most.
    """

    recall: float
    false: int
    digit_px: tuple[float, float] = (32.0, 64.0)
    style: dict[str, object] = field(default_factory=dict)
    troubles: Troubles = field(default_factory=Troubles)


FAMILIES = {
    "plain": Family(0.97, 1),
    "ruled": Family(0.97, 1, style={"paper": "ruled"}),
    "squared": Family(0.85, 1, style={"paper": "squared"}),
    "form": Family(0.95, 1, style=FORM),
    "tilted": Family(0.97, 1, troubles=Troubles(turn_deg=20.0)),
    "sideways": Family(0.97, 1, troubles=Troubles(turn_deg=90.0)),
    "upside down": Family(0.97, 1, troubles=Troubles(turn_deg=180.0)),
    "perspective": Family(0.97, 1, troubles=Troubles(tilt_deg=45.0, edge=0.1, whole_sheet=True)),
    "shadow": Family(0.97, 1, troubles=Troubles(lamp=0.4, shadow=0.5)),
    "light on dark": Family(0.95, 1, style=BOARD),
    "touching": Family(0.8, 1, style={"gap": -0.04, "digits_per_number": (2, 2)}),
    "small": Family(0.9, 1, digit_px=(13.0, 17.0)),
    "huge": Family(1.0, 0, digit_px=(240.0, 340.0), style={"digits_per_number": (1, 2)}),
}


@pytest.fixture(scope="module")
def reader():
    return PageReader(min_confidence=SHOWN)


def read_family(family, reader):
    """The score of the family's pages together."""
    total = Score()
    for seed in range(PAGES):
        rng = np.random.default_rng(seed)
        style = Style(digit_px=rng.uniform(*family.digit_px), pen=PENS["blue ballpoint"], max_digits=MAX_DIGITS)
        photo = photograph(random_page(rng, SIZE, style=replace(style, **family.style)), rng, family.troubles)
        total.add(score(photo, reader(photo.image)))
    return total


@pytest.mark.parametrize("name", FAMILIES)
def test_a_family_of_pages_is_read(name, reader):
    family = FAMILIES[name]
    total = read_family(family, reader)
    assert total.right >= family.recall * total.digits, f"{total.right} of {total.digits} digits are read right"
    on_marks = 0 if "prints" in family.style else total.on_marks  # a printed digit may be read or not
    assert total.readings - total.found + on_marks <= family.false
