"""The tracker on simulated readings whose truth is known: sheets that rest, move, turn, leap, are covered."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from capture.track.tracker import NoTracking, Tracker
from capture.types import Box, Digit, Frame, Page
from tests.support.pages import LARGE, follow, page_with

FPS = 30
SIZE_PX = 40
PITCH = 0.8  # of the size: neighbours nearly touch


class Sheet:
    """Digits on a sheet, and a reader that misreads, trembles and overlooks."""

    def __init__(self, count, seed=0):
        self.random = np.random.default_rng(seed)
        columns = math.ceil(math.sqrt(2 * count))
        grid = np.array([(i % columns, i // columns) for i in range(count)], float) * [PITCH, 1.5] * SIZE_PX
        self.places = grid - grid.mean(0)
        self.labels = self.random.integers(0, 10, count)

    def centres(self, angle=0.0, scale=1.0, middle=(640, 360)):
        turn = np.array([[math.cos(angle), math.sin(angle)], [-math.sin(angle), math.cos(angle)]])
        return scale * self.places @ turn + middle

    def readings(self, centres, noise=1.3, missed=0.0, hidden=()):
        seen = [i for i in range(len(centres)) if i not in hidden and self.random.random() >= missed]
        return [self._reading(i, centres[i], noise) for i in seen]

    def _reading(self, i, centre, noise):
        logits = self.random.normal(0, noise, 11)
        logits[self.labels[i]] += 6
        x, y, w, h = np.rint(np.array([*(centre - (12, 20)), 24, 40]) + self.random.normal(0, 0.7, 4)).astype(int)
        return reading(Box(int(x), int(y), int(w), int(h)), np.exp(logits) / np.exp(logits).sum())


@dataclass
class Score:
    """What became of the digits of a sheet over a run."""

    changes: int = 0
    broken: int = 0
    swapped: int = 0
    wrong: int = 0
    shown: int = 0
    possible: int = 0


def reading(box, probabilities):
    probabilities = np.asarray(probabilities, np.float32)
    digit = int(probabilities[:10].argmax())
    return Digit(box, digit, float(probabilities[digit]), probabilities)


def sure(x, y, digit, confidence=0.95, size=SIZE_PX):
    probabilities = np.full(11, (1 - confidence) / 10)
    probabilities[digit] = confidence
    return reading(Box(x, y, size * 3 // 5, size), probabilities)


def run(sheet, path, seconds=4.0, tracker=None, **how):
    """Show the sheet on a path (seconds -> arguments of `centres`) and score what comes out."""
    tracker, score, last = tracker or Tracker(), Score(), {}
    for frame in range(int(seconds * FPS)):
        centres = sheet.centres(**path(frame / FPS))
        out = follow(tracker, sheet.readings(centres, **how), frame / FPS)
        score.possible += len(centres)
        for one in out:
            away = np.hypot(*(centres - one.box.centre).T)
            digit = int(away.argmin())
            if away[digit] > SIZE_PX / 3:
                continue
            track, label = last.get(digit, (one.track, one.digit))
            score.shown += 1
            score.wrong += one.digit != sheet.labels[digit]
            score.changes += one.digit != label
            score.broken += one.track != track
            score.swapped += any(one.track == other for at, (other, _) in last.items() if at != digit)
            last[digit] = (one.track, one.digit)
    return score


def rest(time_s):
    return {}


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


@pytest.mark.parametrize("fps", [1, 10, 30, 120])
def test_a_digit_that_is_gone_disappears_within_half_a_second_or_the_next_frame(fps):
    tracker = Tracker()
    both = [sure(100, 100, 4), sure(200, 100, 7)]
    for frame in range(fps + 1):
        follow(tracker, both, frame / fps)
    gone_s = next(i / fps for i in range(1, 2 * fps + 1) if len(follow(tracker, both[:1], 1 + i / fps)) == 1)
    assert gone_s <= max(0.5, 1 / fps)


def test_an_appearing_digit_is_rightly_read_within_0_3_s_even_if_first_misread():
    tracker = Tracker()
    follow(tracker, [sure(100, 100, 4)], 0.0)
    first_seen = 10
    for frame in range(1, 40):
        new = [sure(300, 100, 1 if frame < first_seen + 2 else 7)] if frame >= first_seen else []
        labels = {one.box.x // 200: one.digit for one in follow(tracker, [sure(100, 100, 4), *new], frame / FPS)}
        if frame < first_seen + 1:
            assert labels == {0: 4}
        if frame >= first_seen + 0.3 * FPS:
            assert labels == {0: 4, 1: 7}


def test_one_frame_of_noise_is_never_shown_but_a_run_of_one_frame_gives_its_readings():
    tracker = Tracker()
    assert [one.digit for one in follow(tracker, [sure(100, 100, 4)], 0.0)] == [4]
    shown = [
        follow(tracker, [sure(100, 100, 4), *([sure(400, 300, 9)] if i == 3 else [])], i / FPS) for i in range(1, 9)
    ]
    assert all(len(out) == 1 for out in shown)


def test_what_is_seen_only_now_and_then_is_not_shown_but_ink_that_is_overlooked_now_and_then_is():
    random = np.random.default_rng(3)
    tracker, noise_frames, ink_frames = Tracker(), 0, 0
    for frame in range(300):
        noise = [sure(700, 300, 1, confidence=0.7)] * (random.random() < 0.3)
        ink = [sure(200, 100, 4)] * (random.random() < 0.8)
        out = follow(tracker, [*ink, *noise], frame / FPS)
        noise_frames += any(one.digit == 1 for one in out)
        ink_frames += any(one.digit == 4 for one in out)
    assert noise_frames < 0.1 * 300
    assert ink_frames > 0.97 * 300


def frames_that_show_a_newcomer(confidence, frames):
    """Frames, of `frames` in which it is seen, that show a 1 beside a 4 that was there before."""
    tracker = Tracker()
    follow(tracker, [sure(100, 100, 4)], 0.0)
    seen = [sure(100, 100, 4), sure(400, 300, 1, confidence)]
    return [i for i in range(1, frames + 1) if len(follow(tracker, seen, i / FPS)) == 2]


def test_a_doubtful_newcomer_is_shown_once_it_has_stayed():
    """The edge of a sheet reads as a 1 for some frames, where the light is right."""
    assert frames_that_show_a_newcomer(0.75, 6) == []
    first = frames_that_show_a_newcomer(0.75, 30)[0]
    assert first / FPS <= 0.3
    assert frames_that_show_a_newcomer(0.97, 6)[0] == 2


def test_what_was_seen_twice_is_not_shown_for_long():
    tracker = Tracker()
    shown = [follow(tracker, [sure(200, 100, 1)] * (frame < 2), frame / FPS) for frame in range(1, 12)]
    assert sum(map(len, shown)) <= 3


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


def test_old_digits_do_not_hang_over_a_new_scene():
    tracker = Tracker()
    for i in range(30):
        follow(tracker, [sure(100 + 60 * k, 100, 3) for k in range(4)], i / FPS)
    out = [follow(tracker, [sure(90 + 60 * k, 900, 8) for k in range(5)], (30 + i) / FPS) for i in range(3)]
    assert {one.digit for frame in out for one in frame} == {8}


def test_confidence_can_be_changed_at_any_time_and_hides_with_a_margin():
    tracker = Tracker(min_confidence=0.6)

    def shown(confidence, frames=20):
        return [len(follow(tracker, [sure(100, 100, 5, confidence)], shown.clock.pop(0))) for _ in range(frames)][-1]

    shown.clock = [i / FPS for i in range(200)]
    assert shown(0.55) == 0
    assert shown(0.65) == 1
    assert shown(0.55) == 1
    assert shown(0.4) == 0
    assert shown(0.65) == 1
    tracker.min_confidence = 0.7
    assert shown(0.65, frames=1) == 0
    tracker.min_confidence = 0.2
    assert shown(0.65, frames=1) == 1


def test_frames_that_repeat_each_other_do_not_make_a_doubtful_reading_sure():
    tracker = Tracker()
    for i in range(100):
        out = follow(tracker, [sure(100, 100, 5, 0.8)], i / FPS)
    assert out[0].confidence == pytest.approx(0.8, abs=0.02)
    assert out[0].probabilities.sum() == pytest.approx(1, abs=1e-5)
    assert out[0].probabilities[out[0].digit] == pytest.approx(out[0].confidence)


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
