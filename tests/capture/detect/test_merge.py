"""Broken digits are offered whole, with their parts; neighbours stay apart."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from capture.boxes import Box
from capture.detect.fragments import merge_fragments
from capture.synthetic.handwriting import CAREFUL_HAND
from capture.synthetic.page import page_of
from capture.synthetic.styles import Pen, Style
from capture.types import Component
from tests.support.pages import find_candidates


def piece(x, y, w, h, level=200):
    return Component(Box(x, y, w, h), np.full((h, w), level, np.uint8))


FIVE = [piece(100, 112, 28, 40), piece(106, 100, 26, 6)]
LONG_FIVE = [piece(100, 108, 30, 40), piece(124, 100, 40, 6)]
EIGHT = [piece(100, 100, 26, 24), piece(98, 126, 30, 26)]
FOUR = [piece(100, 100, 24, 30), piece(127, 96, 5, 56)]


@pytest.mark.parametrize(
    ("broken", "whole"),
    [
        (FIVE, Box(100, 100, 32, 52)),
        (LONG_FIVE, Box(100, 100, 64, 48)),
        (EIGHT, Box(98, 100, 30, 52)),
        (FOUR, Box(100, 96, 32, 56)),
    ],
    ids=["5 with a floating bar", "5 with a bar beyond its bowl", "8 in two loops", "4 in two strokes"],
)
def test_a_broken_digit_is_offered_whole_with_its_parts(broken, whole):
    (joined,) = merge_fragments(broken)
    assert joined.box == whole
    assert joined.ink.shape == (whole.h, whole.w)
    assert {part.box for part in joined.parts} == {part.box for part in broken}
    assert (joined.ink > 0).sum() == sum(part.ink.size for part in broken)


@pytest.mark.parametrize(
    "apart",
    [
        [piece(100, 100, 30, 40), piece(134, 100, 30, 40)],
        [piece(100, 100, 30, 40), piece(100, 160, 30, 40)],
        [piece(100, 100, 30, 40), piece(150, 100, 10, 12)],
        [piece(100, 100, 30, 40), piece(110, 90, 4, 5)],
        [piece(100, 100, 5, 40), piece(112, 100, 5, 40)],
        [piece(100, 108, 30, 40), piece(134, 125, 30, 6)],
        [piece(100, 108, 30, 40), piece(128, 125, 40, 6)],
    ],
    ids=["neighbours", "a column", "a mark far off", "a speck", "eleven", "a minus sign", "one that begins early"],
)
def test_what_stands_apart_stays_apart(apart):
    left = merge_fragments(apart)
    assert sorted(one.box.xywh for one in left) == sorted(one.box.xywh for one in apart)
    assert all(one.parts == () for one in left)


@pytest.mark.parametrize("faint", [piece(140, 20, 2, 300, level=50), piece(106, 100, 26, 6, level=60)])
def test_a_faint_rule_or_what_shines_through_the_paper_is_no_part_of_a_digit(faint):
    left = merge_fragments([piece(100, 112, 28, 40), faint])
    assert all(one.parts == () for one in left)


def test_the_closest_pieces_are_joined_first():
    """A comma beside the right stroke of a 4 in two strokes does not take it from the left one."""
    comma = piece(136, 140, 8, 20)
    left = merge_fragments([*FOUR, comma])
    assert Box(100, 96, 32, 56) in [one.box for one in left]


def test_a_ring_is_not_joined_with_what_it_holds():
    ring, digit = piece(100, 100, 60, 60), piece(120, 115, 20, 30)
    assert [one.parts for one in merge_fragments([ring, digit])] == [(), ()]


def test_cores_of_one_whole_are_offered_as_it_was_before_the_threshold():
    whole = piece(100, 100, 30, 50)
    top, foot = replace(piece(100, 100, 20, 12), whole=whole), replace(piece(102, 130, 28, 20), whole=whole)
    beside = piece(160, 100, 30, 50)
    joined, other = sorted(merge_fragments([beside, top, foot]), key=lambda one: one.box.x)
    assert (joined.box, joined.parts) == (whole.box, (top, foot))
    np.testing.assert_array_equal(joined.ink, whole.ink)
    assert other == beside


def test_a_core_that_breaks_again_leads_back_to_the_first_whole():
    whole = piece(100, 100, 30, 50)
    core = replace(piece(100, 120, 28, 30), depth=1, whole=whole)
    low = [replace(piece(100, y, 28, 12), whole=core) for y in (120, 138)]
    (joined,) = merge_fragments([replace(piece(104, 100, 20, 12), whole=whole), *low])
    assert joined.box == whole.box
    assert {part.box: len(part.parts) for part in joined.parts} == {Box(104, 100, 20, 12): 0, core.box: 2}


def test_nothing_is_joined_to_nothing():
    assert merge_fragments([]) == []
    assert merge_fragments(FIVE[:1]) == FIVE[:1]


def test_a_part_is_given_to_one_digit_only():
    bar_between = [piece(100, 110, 26, 40), piece(134, 110, 26, 40), piece(118, 100, 24, 9)]
    joined = merge_fragments(bar_between)
    assert len(joined) == 2
    assert sum(len(one.parts) == 2 for one in joined) == 1


def test_where_parts_overlap_the_darker_ink_shows():
    (joined,) = merge_fragments([piece(100, 110, 28, 40, level=150), piece(104, 104, 20, 8, level=220)])
    assert joined.ink[6, 10] == 220
    assert joined.ink[20, 10] == 150


def test_a_written_five_whose_bar_floats_is_one_crop():
    variants = (*CAREFUL_HAND.variants[:5], "floating bar", *CAREFUL_HAND.variants[6:])
    page = page_of(
        "5", style=Style(digit_px=80, pen=Pen((30, 30, 30), 0.04)), hand=replace(CAREFUL_HAND, variants=variants)
    )
    (crop,) = find_candidates(page.image)
    assert len(crop.parts) == 2
    assert np.abs(np.subtract(crop.box.xywh, page.digits[0].box.xywh)).max() <= 3


SIDES = st.integers(1, 60)


@settings(max_examples=80, deadline=None)
@given(pieces=st.lists(st.builds(piece, st.integers(0, 200), st.integers(0, 200), SIDES, SIDES), max_size=12))
def test_no_piece_is_lost_and_none_used_twice(pieces):
    used = [part.box.xywh for one in merge_fragments(pieces) for part in (one.parts or (one,))]
    assert sorted(used) == sorted(one.box.xywh for one in pieces)
