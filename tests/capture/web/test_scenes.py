"""Digits are followed within a scene."""

import numpy as np

from capture.boxes import Box
from capture.sources.browser import BrowserSource
from capture.types import Digit, Frame, Page
from capture.web.scenes import SceneTracker


def sure(digit, x):
    probabilities = np.full(11, 0.001, np.float32)
    probabilities[digit] = 0.99
    return Digit(Box(x, 50, 20, 30), digit, 0.99, probabilities)


def frame_at(time_s):
    return Frame(np.zeros((200, 200, 3), np.uint8), 0, time_s, "browser")


def test_a_photo_shows_nothing_of_the_one_before():
    source = BrowserSource()
    frames, tracker = iter(source), SceneTracker(source)
    seen = []
    for digits in ([sure(7, 20), sure(3, 120)], [sure(1, 20)], []):
        source.offer(np.zeros((200, 200, 3), np.uint8), "a.jpg")
        page = tracker.update(next(frames), Page(tuple(digits)))
        seen.append([digit.digit for digit in page.digits])
    assert seen == [[7, 3], [1], []]


def test_within_a_scene_digits_are_followed():
    source = BrowserSource()
    tracker = SceneTracker(source)
    tracks = [tracker.update(frame_at(step / 30), Page((sure(7, 20 + step),))).digits[0].track for step in range(3)]
    assert len(set(tracks)) == 1
    assert [digit.digit for digit in tracker.update(frame_at(0.1), Page()).digits] == [7], "it may come back"


def test_the_wish_for_confidence_outlives_a_scene():
    source = BrowserSource()
    tracker = SceneTracker(source, 0.5)
    tracker.min_confidence = 0.9
    source.offer(np.zeros((200, 200, 3), np.uint8), "a.jpg")
    tracker.update(next(iter(source)), Page())
    assert tracker.min_confidence == 0.9
