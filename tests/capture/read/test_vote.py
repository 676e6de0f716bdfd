"""The page's vote with a made-up network, which knows digits by a mark in the glyph's upper left corner."""

import numpy as np
import pytest

from capture.read.vote import page_turn, quality
from capture.types import Box, Candidate, Digit
from model.classifier import CLASSES, NO_DIGIT
from model.glyph import SIDE
from tests.support.network import FakeNetwork

AMBIGUOUS = 200  # a glyph that looks like a digit whichever way it lies
SHAPELESS = 100  # one that never does


def glyph(quarters=0, value=None):
    """A digit that lies turned clockwise by so many quarters."""
    if value is not None:
        return np.full((SIDE, SIDE), value, np.uint8)
    ink = np.zeros((SIDE, SIDE), np.uint8)
    ink[2:8, 2:8] = 255
    return np.rot90(ink, -quarters)


def classify(glyphs):
    corner = glyphs[:, 4, 4]
    is_digit = (corner > 250) | (corner == AMBIGUOUS)
    rows = np.zeros((len(glyphs), CLASSES), np.float32)
    rows[:, 4] = np.where(is_digit, 0.99, 0.01)
    rows[:, NO_DIGIT] = 1 - rows[:, 4]
    return rows


def page(*glyphs):
    """Pieces in lines of three, which stand on the lines and columns of a square lattice."""
    return [Candidate(Box(100 + 90 * (i % 3), 100 + 90 * (i // 3), 40, 40), one) for i, one in enumerate(glyphs)]


def read(crops):
    rows = classify(np.stack([crop.glyph for crop in crops]))
    return [Digit(crop.box, 4, float(row[4]), row) for crop, row in zip(crops, rows, strict=True)]


def turn(*glyphs):
    crops = page(*glyphs)
    return page_turn(crops, read(crops), FakeNetwork(classify))


@pytest.mark.parametrize("quarters", range(4))
def test_all_pieces_together_say_how_the_page_lies(quarters):
    assert turn(*[glyph(quarters)] * 6) == 90 * quarters


def test_digits_that_look_alike_either_way_do_not_turn_the_page():
    assert turn(*[glyph(value=AMBIGUOUS)] * 9) == 0


def test_a_few_telling_digits_decide_for_all():
    assert turn(*[glyph(value=AMBIGUOUS)] * 6, *[glyph(2)] * 2) == 180


def test_one_telling_digit_is_not_enough_against_upright():
    assert turn(*[glyph(value=AMBIGUOUS)] * 5, *[glyph(2)] * 1, *[glyph()] * 1) == 0


def test_letters_are_not_turned_until_they_look_like_digits():
    assert turn(*[glyph(value=SHAPELESS)] * 6, *[glyph(2)] * 3) == 0


@pytest.mark.parametrize("count", [1, 2])
def test_one_or_two_pieces_have_no_vote(count):
    assert turn(*[glyph(2)] * count) == 0


def test_a_page_that_reads_well_is_not_asked():
    def refuse(glyphs):
        raise AssertionError("there was no need to ask")

    crops = page(*[glyph()] * 6)
    assert page_turn(crops, read(crops), refuse) == 0


def test_specks_have_no_vote():
    crops = page(*[glyph()] * 4) + [Candidate(Box(10 * i, 10, 9, 9), glyph(2)) for i in range(3)]
    assert page_turn(crops, read(crops), FakeNetwork(classify)) == 0


def test_quality_is_the_mean_confidence_of_all_pieces_read_or_not():
    crops = page(*[glyph()] * 4)
    assert quality(crops, read(crops)[:2]) == pytest.approx(0.99 / 2)
    assert quality([], []) == 0
