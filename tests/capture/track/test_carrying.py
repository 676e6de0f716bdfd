"""Pages move on with their digits' tracks."""

import numpy as np

from capture.boxes import Box
from capture.track.carrying import carried
from capture.track.tracker import Tracker
from capture.types import Digit
from tests.support.pages import follow, page_with

SURE = np.eye(11, dtype=np.float32)


def digit(x, label, track=None):
    return Digit(Box(x, 100, 20, 40), label, 0.99, SURE[label], track=track)


def test_digits_move_each_with_its_track_and_numbers_with_their_digits():
    page = page_with([digit(100, 4, track=1), digit(125, 2, track=2), digit(700, 7, track=3)])
    moved = carried(page, {1: 60 + 30j, 2: 60 + 30j, 3: -300 + 0j}, 0.1)
    assert [one.box.top_left for one in moved.digits] == [(106, 103), (131, 103), (670, 100)]
    assert [number.text for number in moved.numbers] == ["42", "7"]
    assert [number.box.top_left for number in moved.numbers] == [(106, 103), (670, 100)]
    assert [one.box for number in moved.numbers for one in number.digits] == [one.box for one in moved.digits]
    assert carried(page, {}, 0.1) == page, "what has no track stays"


def test_a_trackers_velocity_carries_a_digit_to_where_it_will_be():
    tracker = Tracker()
    for index in range(30):
        shown = follow(tracker, [digit(100 + 4 * index, 4)], index / 30)
    (speed,) = tracker.velocities().values()
    assert abs(speed - 120) < 12
    (moved,) = carried(page_with(shown), tracker.velocities(), 1 / 30).digits
    assert abs(moved.box.x - (100 + 4 * 30)) <= 3
