"""The demo: endless, repeatable, and its truth lies where the ink lies."""

from collections import Counter
from itertools import islice

import numpy as np
import pytest

from capture.synthetic.demo import Demo, demo_frames, demo_scenes

SMALL = 640, 360


def test_frames_are_numbered_and_timed_and_named():
    frames = list(islice(demo_frames(3, SMALL, fps=25), 4))
    assert [frame.index for frame in frames] == [0, 1, 2, 3]
    assert [frame.time_s for frame in frames] == pytest.approx([0, 0.04, 0.08, 0.12])
    assert {frame.source for frame in frames} == {"demo:3"}
    assert all(frame.image.shape == (360, 640, 3) and frame.image.dtype == np.uint8 for frame in frames)


def test_the_same_seed_shows_the_same_and_another_does_not():
    one, two, other = (next(demo_frames(seed, SMALL)).image for seed in (0, 0, 1))
    assert np.array_equal(one, two)
    assert not np.array_equal(one, other)


def test_a_frame_handed_out_is_never_changed_afterwards():
    frames = demo_frames(0, SMALL)
    first = next(frames).image
    before = first.copy()
    list(islice(frames, 3))
    assert np.array_equal(first, before)


@pytest.mark.parametrize("seed", range(4))
def test_every_digit_is_there_twice_and_in_the_picture_for_a_minute(seed):
    demo = Demo(seed, SMALL)
    for time_s in np.arange(0, 60, 1.7):
        digits = demo.digits_at(time_s)
        assert Counter(digit.digit for digit in digits) == dict.fromkeys(range(10), 2)
        boxes = np.array([digit.box.xywh for digit in digits])
        assert (boxes[:, :2] > 0).all()
        assert (boxes[:, :2] + boxes[:, 2:] < SMALL).all()
        assert boxes[:, 3].min() > 20


def test_numbers_are_the_digits_in_order():
    demo = Demo(5, SMALL)
    assert "".join(demo.numbers) == "".join(digit.label for digit in demo.digits_at(0.0))


@pytest.mark.parametrize("time_s", [0.0, 5.3, 21.0])
@pytest.mark.parametrize("seed", [0, 2])
def test_truth_lies_where_the_ink_lies(seed, time_s):
    demo = Demo(seed, (1280, 720))
    image = demo.image_at(time_s).max(axis=2)
    for digit in demo.digits_at(time_s):
        x, y, w, h = digit.box.xywh
        inside = image[y : y + h, x : x + w]
        dark = inside < 0.8 * np.percentile(inside, 90)
        sides = dark[:3], dark[-3:], dark[:, :3], dark[:, -3:]
        assert all(side.any() for side in sides)
        assert 0.05 < dark.mean() < 0.6


def test_the_sheet_moves_but_lies_still_at_speed_nought():
    moving = [digits[0].box for _, digits in islice(demo_scenes(0, SMALL), 0, 90, 30)]
    still = [digits[0].box for _, digits in islice(demo_scenes(0, SMALL, speed=0.0), 0, 90, 30)]
    assert len(set(moving)) == 3
    assert len(set(still)) == 1


def test_light_and_noise_change_while_the_sheet_lies_still():
    demo = Demo(0, SMALL, speed=0.0)
    soon, later = demo.image_at(1 / 30), demo.image_at(6.0)
    first = demo.image_at(0.0).astype(float)
    assert 0 < np.abs(soon - first).mean() < 8
    assert np.abs(np.median(later[::40, ::40] - first[::40, ::40])) < 60
    assert np.abs(later.mean() - first.mean()) > 0.2
