"""The tracker on simulated readings whose truth is known: sheets that rest, move, turn, leap, are covered."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from capture.boxes import Box
from capture.track.tracker import NoTracking, Tracker
from capture.types import Frame, Page
from tests.support.pages import LARGE, follow, page_with
from tests.support.sheets import FPS, PITCH, SIZE_PX, Sheet, reading, rest, run, sure

MOVES = {
    "shake": lambda t: {"middle": (640 + 200 * math.sin(6 * t), 360 + 100 * math.cos(7 * t))},
    "turn": lambda t: {"angle": 1.2 * math.sin(4 * t)},
    "zoom and turn": lambda t: {"scale": 1 + 0.3 * math.sin(3 * t), "angle": 0.5 * math.sin(5 * t)},
    "leaps wider than a digit": lambda t: {"middle": (640 + 100 * (int(4 * t) % 2), 360 + 45 * (int(3 * t) % 2))},
}


@pytest.mark.parametrize("noise", [1.3, 1.8])
def test_labels_rest_on_a_still_sheet_where_single_frames_flicker(noise):
    sheet = Sheet(20)
    flicker = sum(one.confidence < 0.5 for _ in range(30) for one in sheet.readings(sheet.centres(), noise))
    score = run(sheet, rest, seconds=10, noise=noise)
    assert flicker > 0
    assert score.changes / (20 * 10) < 0.02
    assert score.shown > 0.99 * score.possible
    assert score.wrong < 0.005 * score.shown


@pytest.mark.parametrize("path", MOVES.values(), ids=MOVES.keys())
@pytest.mark.parametrize("count", [6, 20, 60])
def test_tracks_hold_on_a_moving_sheet(path, count):
    score = run(Sheet(count), path, missed=0.03)
    assert score.broken <= 0.02 * count
    assert score.swapped == 0
    assert score.shown > 0.97 * score.possible


def test_neighbours_do_not_swap_when_a_row_moves_by_one_place_a_frame():
    sheet = Sheet(8, seed=3)
    score = run(sheet, lambda t: {"middle": (200 + t * FPS * SIZE_PX * PITCH, 360)}, seconds=0.5)
    assert score.swapped == score.broken == score.wrong == 0


def test_boxes_rest_on_a_still_sheet_and_keep_up_with_a_moving_one():
    sheet = Sheet(20)
    still, moving = Tracker(), Tracker()
    corners, lags = [], []
    for frame in range(60):
        out = follow(still, sheet.readings(sheet.centres()), frame / FPS)
        corners.append({one.track: one.box.xywh for one in out})
        centres = sheet.centres(middle=(300 + 10 * frame, 360))
        out = follow(moving, sheet.readings(centres), frame / FPS)
        lags += [np.hypot(*(centres - one.box.centre).T).min() for one in out]
    rested = corners[20:]
    steps = [np.subtract(new[track], old[track]) for old, new in pairwise(rested) for track in new]
    assert np.abs(steps).mean() < 0.1 and np.abs(steps).max() <= 3
    assert np.percentile(lags, 95) < 3


def test_a_passing_hand_wipes_nothing_and_what_it_covers_long_comes_back_as_itself():
    sheet, tracker = Sheet(20), Tracker()
    before = run(sheet, rest, 1, tracker)
    tracks = {}
    for frame in range(FPS, 3 * FPS):
        hidden = range(5, 12) if frame < FPS + 10 else range(12, 18) if frame < 2 * FPS else ()
        out = follow(tracker, sheet.readings(sheet.centres(), hidden=hidden), frame / FPS)
        tracks[frame] = {one.track for one in out}
    assert before.broken == 0
    assert all(len(tracks[frame]) == 20 for frame in range(FPS, FPS + 10))
    assert len(tracks[2 * FPS - 1]) == 14
    assert tracks[3 * FPS - 1] == tracks[FPS] and len(tracks[FPS]) == 20


def test_a_blurred_moment_in_which_nothing_is_read_wipes_nothing():
    sheet, tracker = Sheet(20), Tracker()
    run(sheet, rest, 1, tracker)
    shown = [follow(tracker, [], 1 + i / FPS) for i in range(10)]
    assert [len(out) for out in shown] == [20] * 10


def test_numbers_are_as_steady_as_their_digits():
    random, tracker, texts = np.random.default_rng(0), Tracker(), set()
    for frame in range(90):
        gap = int(random.choice([30, 33, 36]))
        readings = [sure(100, 100, 4), sure(128, 100, 7), sure(152 + gap, 100, 1)]
        page = tracker.update(Frame(LARGE, 0, frame / FPS, "fake"), page_with(readings))
        texts.add(" ".join(number.text for number in page.numbers))
    assert len(texts) == 1


def test_a_rewritten_digit_gets_its_new_label_once_and_for_all():
    tracker = Tracker()
    shown = [follow(tracker, [sure(100, 100, 3 if i < 30 else 8)], i / FPS) for i in range(60)]
    labels = [one.digit for out in shown for one in out]
    assert labels == sorted(labels) and {one.track for out in shown for one in out} == {1}
    assert all(shown[:30]) and all(shown[30 + FPS // 3 :])
    assert shown[30 + FPS // 3][0].digit == 8


@pytest.mark.parametrize(
    "times",
    [[0.0] * 20, [1 - i / 30 for i in range(20)], [i * 1e4 for i in range(20)], [0.0, math.nan, math.inf, 0.1] * 5],
    ids=["stands still", "goes back", "leaps", "not a number"],
)
def test_odd_clocks_neither_break_tracks_nor_the_run(times):
    tracker = Tracker()
    tracks = {one.track for time_s in times for one in follow(tracker, [sure(100, 100, 4)], time_s)}
    assert tracks == {1}


def test_readings_keep_their_order_with_hidden_ones_in_place():
    tracker = Tracker()
    line = [sure(100 + 60 * k, 100, k) for k in range(5)]
    for i in range(10):
        follow(tracker, line, i / FPS)
    out = follow(tracker, [one for one in line if one.digit != 2], 10 / FPS)
    assert [one.digit for one in out] == [0, 1, 2, 3, 4]


def test_ink_read_twice_is_shown_once():
    tracker = Tracker()
    for i in range(10):
        out = follow(tracker, [sure(100, 100, 4), sure(102, 101, 9)], i / FPS)
    assert len(out) == 1


def test_stills_only_leaves_out_the_doubtful():
    stills = NoTracking(0.5)
    readings = [sure(10, 10, 1, 0.9), sure(60, 10, 2, 0.4), sure(90, 10, 3, 0.6)]
    assert [(one.digit, one.track) for one in follow(stills, readings, 0.0)] == [(1, None), (3, None)]
    stills.min_confidence = 0.7
    assert [one.digit for one in follow(stills, readings, 0.0)] == [1]


boxes = st.builds(Box, *[st.integers(-(10**6), 10**6)] * 2, *[st.integers(0, 10**5)] * 2)
near_boxes = st.builds(Box, *[st.integers(0, 60)] * 2, *[st.integers(1, 40)] * 2)
weights = st.lists(st.floats(0, 1), min_size=11, max_size=11)
wild_readings = st.builds(
    lambda box, values: reading(box, np.array(values) / max(sum(values), 1e-9)), boxes | near_boxes, weights
)
wild_times = st.floats(-1e3, 1e3) | st.sampled_from([0.0, 0.03, 0.06, math.nan, -math.inf])


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.lists(wild_readings, max_size=8), wild_times), max_size=8), st.floats(0, 1))
def test_wild_sequences_give_sound_readings(frames, min_confidence):
    tracker = Tracker(min_confidence)
    for readings, time_s in frames:
        out = follow(tracker, readings, time_s)
        assert len({one.track for one in out}) == len(out)
        assert len({one.box for one in out}) == len(out)
        for one in out:
            assert one.box.w >= 1 and one.box.h >= 1
            assert all(type(value) is int and abs(value) < 10**7 for value in one.box.xywh)
            assert 0 <= one.digit <= 9 and 0 <= one.confidence <= 1
            assert one.probabilities.shape == (11,) and one.probabilities.dtype == np.float32


@pytest.mark.parametrize(("label", "texts"), [(7, ["77"]), (10, ["7"])], ids=["another digit", "no digit"])
def test_a_persons_word_holds_for_as_long_as_a_digit_is_followed(label, texts):
    tracker = Tracker()
    seven, one = np.eye(11)[7], np.eye(11)[1]
    seen = Page((reading(Box(20, 40, 24, 40), one), reading(Box(50, 40, 24, 40), seven)))
    first = tracker.update(Frame(LARGE, 0, 0.0, "fake"), seen)
    assert [number.text for number in first.numbers] == ["17"]
    tracker.name(first.digits[0].track, label)
    for index in range(1, 60):
        page = tracker.update(Frame(LARGE, index, index / FPS, "fake"), seen)
    assert [number.text for number in page.numbers] == texts
