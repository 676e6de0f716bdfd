"""Ink is what is darker than the paper around it, however the light falls."""

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from capture.detect.binarize import MIN_INK, downscale, extract_ink, suppress_grain, to_gray
from capture.synthetic.page import page_of
from capture.synthetic.styles import Pen, Style

SIZE = (320, 240)
SIZES = [((100, 80), (100, 80)), ((100, 80), (50, 40)), ((101, 83), (25, 20)), ((100, 80), (63, 50)), ((9, 1), (4, 1))]
SHOWS = 60  # of 255: a pen's stroke


def gray_page(text="4711\n203", **style):
    """The page in grey, and its truth."""
    page = page_of(text, SIZE, Style(digit_px=40, **style))
    return cv2.cvtColor(page.image, cv2.COLOR_BGR2GRAY), page


def slope(gray, darkest):
    """The page under a lamp at its left."""
    return (gray * np.linspace(1, darkest, gray.shape[1])).astype(np.uint8)


def halves(gray, darkest):
    """The page with a sharp shadow on its right."""
    shaded = gray.copy()
    shaded[:, gray.shape[1] // 2 :] = shaded[:, gray.shape[1] // 2 :] * darkest
    return shaded


@pytest.mark.parametrize("darkest", [1.0, 0.6, 0.25])
def test_ink_is_the_same_in_bright_and_dim_light(darkest):
    gray, page = gray_page()
    bright, dim = extract_ink(gray), extract_ink(slope(gray, darkest))
    for digit in page.digits:
        window = slice(digit.box.y, digit.box.y + digit.box.h), slice(digit.box.x, digit.box.x + digit.box.w)
        assert int(dim[window].max()) == pytest.approx(int(bright[window].max()), abs=5)
    assert np.percentile(dim, 80) < MIN_INK


@pytest.mark.parametrize("value", [1, 128, 255])
@pytest.mark.parametrize("shape", [(1, 1), (1, 90), (90, 1), (240, 320)])
def test_an_even_picture_has_no_ink(shape, value):
    assert extract_ink(np.full(shape, value, np.uint8)).max() <= 1  # 1 by rounding


def test_a_broad_marker_is_inked_to_its_middle():
    gray = np.full((240, 320), 230, np.uint8)
    gray[60:180, 140:180] = 20
    ink = extract_ink(gray)
    assert ink[80:160, 150:170].min() > SHOWS
    assert ink[:, :100].max() < MIN_INK


def test_a_broad_corner_of_a_stroke_is_inked():
    """Where two broad strokes meet they are broader than each alone."""
    gray = np.full((584, 375), 200, np.uint8)
    cv2.polylines(gray, [np.array([(70, 75), (330, 50), (75, 520)])], False, 70, 38, cv2.LINE_AA)
    ink = suppress_grain(extract_ink(gray))
    assert (ink[gray < 90] > SHOWS).mean() > 0.97


def test_a_soft_shadow_is_no_ink():
    gray = cv2.GaussianBlur(halves(np.full((240, 320), 230, np.uint8), 0.6), (0, 0), 12)
    assert suppress_grain(extract_ink(gray)).max() == 0


def test_grain_goes_and_writing_stays():
    rng = np.random.default_rng(0)
    gray, _ = gray_page(pen=Pen((120, 120, 120), 0.09))
    noisy = np.clip(gray + rng.normal(0, 4, gray.shape), 0, 255).astype(np.uint8)
    kept = suppress_grain(extract_ink(cv2.GaussianBlur(noisy, (3, 3), 0))) > 0  # smoothed, as `find_candidates` does
    written = gray < 180
    assert kept[written].mean() > 0.95
    assert kept[cv2.dilate(written.astype(np.uint8), np.ones((9, 9))) == 0].mean() < 0.01


def test_grain_in_one_corner_hides_nothing_in_another():
    rng = np.random.default_rng(0)
    ink = np.zeros((320, 320), np.uint8)
    ink[:, 160:] = rng.integers(0, 80, (320, 160))
    ink[40:44, 20:140] = ink[280:284, 180:300] = 20
    kept = suppress_grain(ink) > 0
    assert kept[40:44, 20:140].all()
    assert not kept[280:284, 200:300].all()


@settings(max_examples=40, deadline=None)
@given(gray=arrays(np.uint8, st.tuples(st.integers(1, 120), st.integers(1, 120))))
def test_any_picture_has_an_ink_map_of_its_size(gray):
    ink = extract_ink(gray)
    kept = suppress_grain(ink)
    assert ink.shape == kept.shape == gray.shape and ink.dtype == kept.dtype == np.uint8
    assert ((kept == 0) | (kept == ink)).all()


@pytest.mark.parametrize("shape", [(1, 1), (3, 7), (1, 65), (48, 33), (480, 640)])
def test_the_fast_way_is_as_exact_as_the_slow_one(shape):
    image = np.random.default_rng(0).integers(0, 256, (*shape, 3), np.uint8)
    assert np.array_equal(to_gray(image), cv2.cvtColor(image, cv2.COLOR_BGR2GRAY))


@pytest.mark.parametrize(("before", "after"), SIZES)
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32])
def test_an_even_picture_stays_as_it_is(before, after, dtype):
    small = downscale(np.full(before[::-1], 77, dtype), after)
    assert small.shape == after[::-1] and small.dtype == dtype
    assert np.abs(small.astype(float) - 77).max() < 0.01


@pytest.mark.parametrize("size", [(160, 120), (80, 60), (64, 48), (30, 22)])
def test_a_spot_stays_in_its_place(size):
    gray = np.zeros((480, 640), np.uint8)
    gray[120:160, 480:520] = 255
    small = downscale(gray, size).astype(float)
    centre = small.sum(0) @ (np.arange(size[0]) + 0.5), small.sum(1) @ (np.arange(size[1]) + 0.5)
    assert centre[0] / small.sum() / size[0] == pytest.approx(500 / 640, abs=0.01)
    assert centre[1] / small.sum() / size[1] == pytest.approx(140 / 480, abs=0.01)


def test_averages_are_not_rounded_up_in_floats():
    grain = np.random.default_rng(0).integers(0, 2, (64, 64)).astype(np.float32)
    assert downscale(grain, (8, 8)).mean() == pytest.approx(grain.mean(), abs=1e-4)
