"""What is built in formulas: each thing stands where it belongs, from its ink, not from where the line is."""

import numpy as np
import pytest

from capture.synthetic.styles import random_style
from tests.support.people import drawn_people
from training.exercises.writing.sheet_writer import SheetWriter
from training.exercises.writing.signs import sign_writer
from training.exercises.writing.texts import Fence, Fraction, Over, Root, Rows, Script, Stack

PX = 40.0


def written(line, seed=4):
    """What is put on the sheet for a line: (label, left, top, right, foot) of each sign."""
    rng = np.random.default_rng(seed)
    sheet = SheetWriter(sign_writer(drawn_people(), rng), random_style(rng, 480), (640, 480), rng)
    sheet.write(line, 50, 240, PX)
    return [(i.label, i.x, i.y, i.x + i.ink.shape[1], i.y + i.ink.shape[0]) for i in sheet.items]


@pytest.mark.parametrize("seed", range(5))
def test_fractions_in_each_other_keep_off_the_outer_bar(seed):
    items = written((Fraction((Fraction(("1",), ("2",)),), ("3",)),), seed)
    bars = [item for item in items if item[0] == "rule"]
    outer = max(bars, key=lambda bar: bar[3] - bar[1])
    above, below = ([item for item in items if item[0] in labels] for labels in ("12", "3"))
    assert all(item[4] < outer[4] + 0.1 * PX for item in above)
    assert all(item[2] > outer[2] - 0.1 * PX for item in below)


@pytest.mark.parametrize("seed", range(5))
def test_a_power_and_an_index_stand_one_over_the_other(seed):
    x, power, index = written(("x", Script(("2",), ("1",))), seed)
    assert power[4] < index[4] and power[2] < index[2]
    assert min(power[1], index[1]) >= x[3] - 0.2 * PX


@pytest.mark.parametrize("seed", range(5))
def test_a_power_of_tall_brackets_stands_as_high_as_they_are(seed):
    *fence, power = written((Fence("(", (Fraction(("1",), ("2",)),), ")"), Script(("2",))), seed)
    middle = (min(item[2] for item in fence) + max(item[4] for item in fence)) / 2
    assert power[4] < middle


def test_brackets_are_as_tall_as_what_they_hold():
    items = written((Fence("(", (Fraction(("1",), ("2",)),), ")"),))
    inside = [item for item in items if item[0] in "12"]
    for sign in "()":
        (bracket,) = (item for item in items if item[0] == sign)
        assert bracket[2] < min(item[2] for item in inside) + 0.3 * PX
        assert bracket[4] > max(item[4] for item in inside) - 0.3 * PX


def test_columns_stand_beside_and_rows_under_each_other():
    one, two, three, four = written((Rows([[("1",), ("3",)], [("2",), ("4",)]]),))
    assert one[4] < two[4] and three[4] < four[4]
    assert max(one[3], two[3]) < min(three[1], four[1]) + 0.1 * PX


def test_a_root_reaches_over_a_fraction_under_it():
    items = written((Root((Fraction(("1",), ("2",)),)),))
    (root,) = (item for item in items if item[0] == "root")
    assert root[2] < min(item[2] for item in items if item[0] == "1") + 0.15 * PX


def test_a_bar_stands_over_what_is_under_it_and_bounds_about_a_sum():
    letter, bar = written((Over("z"),))
    assert bar[4] < letter[2] + 0.1 * PX
    assert len(written((Stack("∑", "9", "1"),))) == 3
