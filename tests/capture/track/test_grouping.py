"""Numbers of a video: what most frames say of two digits holds, whatever one frame says."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from capture.boxes import Box
from capture.read.lines import TextLines, group_numbers
from capture.track.grouping import NumberGrouping
from capture.types import Digit

STEP_S = 1 / 30
HEIGHT, WIDTH = 40, 24
TOUCHING, NEAR, FAR = 4, 30, 36  # clear space in pixels: next to each other; just no space; just a space


def digits(*gaps, labels="123456789", first=1):
    """A row of digits with these spaces between them, tracked by numbers from `first`."""
    lefts = np.cumsum([50, *(WIDTH + gap for gap in gaps)])
    return [
        Digit(Box(int(x), 60, WIDTH, HEIGHT), int(label), 0.9, np.full(11, 0.1, np.float32), track)
        for track, (x, label) in enumerate(zip(lefts, labels, strict=False), first)
    ]


def texts(frames, bonds=None, step_s=STEP_S):
    """What each frame reads, settled."""
    bonds = bonds or NumberGrouping()
    rows = [TextLines(frame) for frame in frames]
    numbers = [row.numbers(bonds.update(frame, row.links(), step_s)) for frame, row in zip(frames, rows, strict=True)]
    return [" ".join(number.text for number in some) for some in numbers]


def test_a_gap_that_is_now_a_space_and_now_none_does_not_make_numbers_flicker():
    random = np.random.default_rng(0)
    frames = [digits(TOUCHING, random.choice([NEAR, FAR])) for _ in range(200)]
    alone = [" ".join(number.text for number in group_numbers(frame)) for frame in frames]
    settled = texts(frames)
    assert sum(a != b for a, b in pairwise(alone)) > 50
    assert sum(a != b for a, b in pairwise(settled)) <= 3


@pytest.mark.parametrize(("before", "after"), [(NEAR, FAR), (FAR, NEAR)], ids=["parted", "joined"])
def test_digits_that_really_move_change_their_numbers_once_and_within_a_second(before, after):
    settled = texts([digits(before)] * 60 + [digits(after)] * 30)
    assert settled[0] != settled[-1]
    assert sum(a != b for a, b in pairwise(settled)) == 1


def test_the_first_frame_reads_as_its_places_tell_and_a_new_digit_joins_at_once():
    assert texts([digits(TOUCHING, FAR, TOUCHING)]) == ["12 34"]
    assert texts([digits(TOUCHING)] * 30 + [digits(TOUCHING, TOUCHING)])[-1] == "123"


def test_a_digit_that_is_hidden_for_a_moment_comes_back_into_its_number():
    whole = digits(TOUCHING, NEAR)
    assert texts([whole] * 20 + [whole[:2]] * 10 + [digits(TOUCHING, FAR)])[-1] == "123"


def test_what_is_gone_for_long_is_forgotten():
    bonds = NumberGrouping()
    texts([digits(NEAR)] * 30, bonds)
    texts([digits(first=7)] * 90, bonds)
    assert texts([digits(FAR)], bonds) == ["1 2"]


def test_numbers_hold_while_the_sheet_is_turned_over_and_order_changes():
    row = digits(TOUCHING, TOUCHING)
    turned = [replace(one, box=other.box) for one, other in zip(row, row[::-1], strict=True)]
    assert texts([row] * 20 + [turned])[-1] == "321"


def test_frames_of_equal_times_and_of_nothing_are_taken():
    assert texts([digits(TOUCHING), [], digits(TOUCHING)], step_s=0.0) == ["12", "", "12"]


def settled_signs(*readings):
    """What stands between two digits, frame by frame, by what each frame reads there; None for nothing."""
    grouping, pair = NumberGrouping(), digits(NEAR)
    shown = []
    for sign in readings:
        read = {} if sign is None else {(0, 1): sign}
        shown.append(grouping.settle_signs(pair, read, [1, 2], STEP_S).get((0, 1)))
        grouping.update(pair, [[0, 1]], STEP_S)
    return shown


@pytest.mark.parametrize("other", [None, "-", ""], ids=["missed", "misread", "not understood"])
@pytest.mark.parametrize("when", [1, 5, 30])
def test_a_sign_that_some_frames_see_otherwise_stays(when, other):
    assert set(settled_signs(*["."] * (when + 1), other, *["."] * 20, other, other, ".")) == {"."}


def test_a_sign_that_a_frame_only_imagines_is_not_shown():
    assert set(settled_signs(*[None] * 10, "/", *[None] * 20)) == {None}


def test_a_sign_that_is_written_is_shown_within_half_a_second():
    shown = settled_signs(*[None] * 60, *["."] * 30)
    assert shown[0] is None and set(shown[75:]) == {"."}
    assert sum(a != b for a, b in pairwise(shown)) == 1


def test_a_sign_stays_while_its_digits_are_out_of_sight():
    grouping, pair = NumberGrouping(), digits(NEAR)
    for _ in range(10):
        grouping.settle_signs(pair, {(0, 1): "."}, [1, 2], STEP_S)
    hidden = [grouping.settle_signs(pair, {}, [2], STEP_S) for _ in range(60)]
    assert all(signs == {(0, 1): "."} for signs in hidden)
