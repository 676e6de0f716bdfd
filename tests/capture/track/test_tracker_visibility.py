"""What the tracker shows and hides: newcomers, what is gone, what is seen now and then."""

from __future__ import annotations

import numpy as np
import pytest

from capture.track.tracker import Tracker
from capture.types import Frame, Page
from tests.support.pages import LARGE, follow
from tests.support.sheets import FPS, sure


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


@pytest.mark.parametrize(("px_a_frame", "stays"), [(40, False), (1, True)], ids=["pulled away", "nearly at rest"])
def test_digits_of_a_sheet_that_is_pulled_away_do_not_hang_in_the_air(px_a_frame, stays):
    tracker = Tracker()
    for frame in range(20):
        x = 400 + px_a_frame * max(frame - 14, 0)
        follow(tracker, [sure(x, 100, 4), sure(x + 100, 100, 7)], frame / FPS)
    blind = [len(follow(tracker, [], frame / FPS)) for frame in range(20, 26)]
    assert blind == [2] * 6 if stays else (blind[0] == 2 and blind[2:] == [0] * 4)


def test_no_number_is_joined_over_a_digit_that_is_not_shown_yet():
    tracker, texts = Tracker(), []
    row = [sure(100, 100, 4), sure(123, 100, 5, confidence=0.7), sure(146, 100, 7)]
    for frame in range(30):
        page = tracker.update(Frame(LARGE, frame, frame / FPS, "fake"), Page(tuple(row) if frame else ()))
        texts.append(" ".join(number.text for number in page.numbers))
    assert "4 7" in texts and "47" not in texts
    assert texts[-1] == "457"
