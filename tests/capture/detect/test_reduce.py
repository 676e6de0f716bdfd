"""Reduced pictures keep their brightness and their things in place, whatever the factor."""

import numpy as np
import pytest

from capture.detect.reduce import reduced

SIZES = [((100, 80), (100, 80)), ((100, 80), (50, 40)), ((101, 83), (25, 20)), ((100, 80), (63, 50)), ((9, 1), (4, 1))]


@pytest.mark.parametrize(("before", "after"), SIZES)
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32])
def test_an_even_picture_stays_as_it_is(before, after, dtype):
    small = reduced(np.full(before[::-1], 77, dtype), after)
    assert small.shape == after[::-1] and small.dtype == dtype
    assert np.abs(small.astype(float) - 77).max() < 0.01


@pytest.mark.parametrize("size", [(160, 120), (80, 60), (64, 48), (30, 22)])
def test_a_spot_stays_in_its_place(size):
    gray = np.zeros((480, 640), np.uint8)
    gray[120:160, 480:520] = 255
    small = reduced(gray, size).astype(float)
    centre = small.sum(0) @ (np.arange(size[0]) + 0.5), small.sum(1) @ (np.arange(size[1]) + 0.5)
    assert centre[0] / small.sum() / size[0] == pytest.approx(500 / 640, abs=0.01)
    assert centre[1] / small.sum() / size[1] == pytest.approx(140 / 480, abs=0.01)


def test_averages_are_not_rounded_up_in_floats():
    grain = np.random.default_rng(0).integers(0, 2, (64, 64)).astype(np.float32)
    assert reduced(grain, (8, 8)).mean() == pytest.approx(grain.mean(), abs=1e-4)
