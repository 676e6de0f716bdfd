"""Invented mathematics: every sign can be written, and what belongs above or below something stands there."""

import string
from collections.abc import Iterator, Sequence
from dataclasses import fields

import numpy as np
import pytest

from capture.synthetic.styles import random_style
from tests.support.people import drawn_people
from training.exercises.kinds.formula_page import draw_formula
from training.exercises.writing.algebra import FACTORS
from training.exercises.writing.formulas import KINDS, formula_line
from training.exercises.writing.sheet_writer import SheetWriter
from training.exercises.writing.signs import DRAWN_SIGNS, sign_writer
from training.exercises.writing.texts import Fraction, Root, Stack

DRAWN = ("left", "right", "has_head")  # by strokes of their own
WRITABLE = set(string.ascii_letters + string.digits + string.punctuation + " ") | set(DRAWN_SIGNS)
PX = 40.0


def texts_of(part) -> Iterator[str]:
    """All texts of a line or of a part of one, in whatever they stand."""
    if isinstance(part, str):
        yield part
    elif isinstance(part, Sequence):
        for one in part:
            yield from texts_of(one)
    else:
        for field in fields(part):
            if field.name not in DRAWN:
                yield from texts_of(getattr(part, field.name))


def written(line):
    """What is put on the sheet for a line, from left to right."""
    rng = np.random.default_rng(4)
    sheet = SheetWriter(sign_writer(drawn_people(), rng), random_style(rng, 480), (640, 480), rng)
    sheet.write(line, 50, 240, PX)
    return sheet.items


@pytest.mark.parametrize("kind", KINDS)
def test_every_sign_can_be_written(kind):
    signs = {sign for seed in range(80) for text in texts_of(kind(np.random.default_rng(seed))) for sign in text}
    assert signs <= WRITABLE


@pytest.mark.parametrize("kind", FACTORS)
def test_every_factor_can_be_written(kind):
    for seed in range(10):
        assert written(kind(np.random.default_rng(seed), 1))


def test_a_formula_alone_stands_on_its_sheet():
    for seed in range(20):
        rng = np.random.default_rng(seed)
        sheet = SheetWriter(sign_writer(drawn_people(), rng), random_style(rng, 480), (640, 480), rng)
        draw_formula(sheet)
        top, foot = sheet.extent(0)
        assert -PX < top < foot < 480 + PX
        assert all(-PX < item.x < 640 for item in sheet.items)


def test_ones_and_twos_are_most_digits():
    text = "".join("".join(texts_of(formula_line(np.random.default_rng(seed)))) for seed in range(200))
    digits = [sign for sign in text if sign.isdigit()]
    assert 0.45 < sum(sign in "12" for sign in digits) / len(digits) < 0.8


def test_most_lines_hold_digits_and_letters():
    lines = ["".join(texts_of(formula_line(np.random.default_rng(seed)))) for seed in range(100)]
    assert sum(any(sign.isdigit() for sign in line) for line in lines) > 60
    assert sum(any(sign.isalpha() for sign in line) for line in lines) > 60


def test_a_sums_bounds_stand_above_and_below_its_sign():
    sign, above, *below = written((Stack("∑", "9", "n=1"),))
    assert above.y + above.ink.shape[0] < sign.y + 0.2 * PX
    assert all(item.y > sign.y + 0.7 * sign.ink.shape[0] for item in below)
    assert [item.label for item in below] == list("n=1")


def test_what_follows_a_sum_stands_right_of_its_bounds():
    *stack, term = written((Stack("∑", "9", "n=1"), "7"))
    assert term.x >= max(item.x for item in stack)


def test_a_root_under_a_bar_leaves_it_room():
    items = written((Fraction(("1",), (Root(("2",)),)),))
    root, bar = (next(item for item in items if item.label == label) for label in ("root", "rule"))
    assert root.y >= bar.y - 0.1 * PX
