"""What is left of a digit that a hand hides in part, on the tracker as a whole."""

import numpy as np
import pytest

from capture.boxes import Box
from capture.track.tracker import Tracker
from capture.types import Digit
from tests.support import pages

FPS = 30


def reading(box, digit, confidence=0.95):
    probabilities = np.full(11, (1 - confidence) / 10, np.float32)
    probabilities[digit] = confidence
    return Digit(Box(*box), digit, confidence, probabilities)


WHOLE = reading((100, 100, 40, 60), 8)
OTHERS = [reading((300, 100, 40, 60), 5), reading((400, 100, 40, 60), 2)]
REMNANTS = {
    "left strip": reading((100, 100, 12, 60), 1),
    "top": reading((100, 100, 40, 22), 7),
    "corner": reading((100, 100, 14, 20), 7, 0.6),
}


def follow(*phases):
    """Shows the digits of each phase, (readings, frames); what each frame gave."""
    tracker, shown = Tracker(), []
    for readings, frames in phases:
        shown += [pages.follow(tracker, [*readings, *OTHERS], (len(shown) + i) / FPS) for i in range(frames)]
    return shown


@pytest.mark.parametrize("remnant", REMNANTS.values(), ids=REMNANTS)
def test_a_remnant_is_neither_the_digit_nor_another_one(remnant):
    shown = follow(([WHOLE], 30), ([remnant], 8), ([WHOLE], 10))
    assert [[one.digit for one in frame] for frame in shown[1:]] == [[8, 5, 2]] * 47
    assert {frame[0].track for frame in shown} == {1}
    assert all(frame[0].box == WHOLE.box for frame in shown)


def test_a_hand_that_stays_leaves_no_ghost():
    shown = follow(([WHOLE], 30), ([REMNANTS["corner"]], 20))
    assert 8 not in [one.digit for one in shown[30 + FPS // 2]]


def test_a_smaller_digit_written_in_the_place_of_another_is_read_within_half_a_second():
    shown = follow(([WHOLE], 30), ([reading((110, 120, 20, 30), 3)], 20))
    assert [one.digit for one in shown[30 + FPS // 2]].count(3) == 1


def test_what_still_reads_as_the_digit_is_the_digit_in_a_tighter_box():
    tight = reading((110, 100, 14, 60), 8)
    shown = follow(([WHOLE], 30), ([tight], 10))
    assert shown[-1][0].track == 1
    assert shown[-1][0].box == tight.box


def test_a_box_that_catches_a_rule_for_a_moment_does_not_jump():
    caught = reading((60, 80, 100, 110), 8)
    shown = follow(*[([WHOLE], 10), ([caught], 2)] * 4, ([WHOLE], 10))
    assert {frame[0].box for frame in shown} == {WHOLE.box}
    assert {frame[0].track for frame in shown} == {1}


def test_what_a_hand_leaves_of_a_1_is_a_1_in_its_old_place():
    one = reading((100, 100, 12, 60), 1)
    shown = follow(([one], 30), ([reading((100, 140, 12, 20), 1)], 2), ([one], 10))
    assert {(frame[0].track, frame[0].digit, frame[0].box) for frame in shown} == {(1, 1, one.box)}


def test_a_whole_sheet_that_is_suddenly_nearer_is_measured_at_once():
    tracker = Tracker()
    for frame in range(10):
        scale = 1 if frame < 5 else 1.4
        corners = [(600 + scale * x, 300 - scale * 15, scale * 20, scale * 30) for x in (-40, -10, 20)]
        readings = [reading(map(round, box), digit) for box, digit in zip(corners, (3, 8, 5), strict=True)]
        shown = pages.follow(tracker, readings, frame / FPS)
        assert [one.box for one in shown] == [one.box for one in readings]
        assert [one.track for one in shown] == [1, 2, 3]
