"""The network's input: the same digit gives nearly the same glyph, whatever its size, place, pen and darkness."""

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from capture.synthetic.handwriting import CAREFUL_HAND, write_digit
from capture.synthetic.ink import render_strokes
from model.glyph import FIT_PX, SIDE, measured, normalise

ROUNDING_PX = 1


def ink_of_digit(digit, height_px=80, pen_px=6.0):
    return render_strokes(write_digit(digit, CAREFUL_HAND, np.random.default_rng(0)), height_px, pen_px)


def box_of(glyph):
    return cv2.boundingRect((glyph > 0).astype(np.uint8))


def stroke_width(glyph):
    """Across a stroke, distances to its edge grow evenly up to half its width."""
    distance = cv2.distanceTransform((glyph > 127).astype(np.uint8), cv2.DIST_L2, 5)
    return 4 * distance[distance > 0].mean() - 1


def likeness(one, other):
    """Correlation of two glyphs, 1 for equal ones; blurred, since a stroke may lie a pixel beside the other."""
    one, other = (cv2.GaussianBlur(glyph, (0, 0), 1.0).ravel() for glyph in (one, other))
    return np.corrcoef(one, other)[0, 1]


@pytest.mark.parametrize("digit", range(10))
@pytest.mark.parametrize("height_px", [14, 80, 400])
def test_a_digit_fits_twenty_pixels_with_its_aspect_kept(digit, height_px):
    ink = ink_of_digit(digit, height_px, height_px * 0.08)
    glyph = normalise(ink)
    _, _, w, h = box_of(glyph)
    assert glyph.shape == (SIDE, SIDE) and glyph.dtype == np.uint8
    assert abs(max(w, h) - FIT_PX) <= ROUNDING_PX
    assert w / h == pytest.approx(ink.shape[1] / ink.shape[0], abs=0.16)  # one pixel of twenty, and the evened stroke


@pytest.mark.parametrize("digit", range(10))
def test_the_centre_of_mass_lies_in_the_middle(digit):
    moments = cv2.moments(normalise(ink_of_digit(digit)))
    middle = (SIDE - 1) / 2
    assert moments["m10"] / moments["m00"] == pytest.approx(middle, abs=ROUNDING_PX)
    assert moments["m01"] / moments["m00"] == pytest.approx(middle, abs=ROUNDING_PX)


def test_the_longer_side_decides():
    wide = np.full((6, 42), 255, np.uint8)
    assert box_of(normalise(wide))[2:] == (FIT_PX, 3)
    assert box_of(normalise(wide.T))[2:] == (3, FIT_PX)


@pytest.mark.parametrize("digit", range(10))
def test_a_hairline_and_a_marker_leave_nearly_the_same_stroke(digit):
    hairline, marker = (ink_of_digit(digit, 90, pen_px) for pen_px in (1.5, 14.0))
    assert stroke_width(marker) > 4 * stroke_width(hairline)
    thin, thick = stroke_width(normalise(hairline)), stroke_width(normalise(marker))
    assert thick < 1.8 * thin
    assert likeness(normalise(hairline), normalise(marker)) > 0.7


@pytest.mark.parametrize("digit", [2, 5, 8])
def test_size_and_place_and_darkness_do_not_matter(digit):
    usual = normalise(ink_of_digit(digit, 80, 6.0))
    assert likeness(usual, normalise(ink_of_digit(digit, 240, 18.0))) > 0.95
    padded = cv2.copyMakeBorder(ink_of_digit(digit, 80, 6.0), 9, 70, 33, 2, cv2.BORDER_CONSTANT)
    assert np.array_equal(usual, normalise(padded))
    faint = normalise((ink_of_digit(digit, 80, 6.0) * 0.3).astype(np.uint8))
    assert likeness(usual, faint) > 0.97
    assert faint.max() > 200


def test_loops_stay_open_under_a_marker():
    glyph = normalise(ink_of_digit(0, 90, 20.0))
    _, _, w, h = box_of(glyph)
    assert glyph[SIDE // 2, SIDE // 2] < 64
    assert w < h


@pytest.mark.parametrize("shape", [(0, 0), (0, 7), (1, 1), (60, 60)])
def test_no_ink_gives_an_empty_glyph(shape):
    glyph = normalise(np.zeros(shape, np.uint8))
    assert glyph.shape == (SIDE, SIDE) and not glyph.any()


def test_an_empty_glyph_is_the_callers_own():
    normalise(np.zeros((3, 3), np.uint8))[:] = 9
    assert not normalise(np.zeros((3, 3), np.uint8)).any()


@pytest.mark.parametrize("value", [1, 255])
@pytest.mark.parametrize("shape", [(1, 1), (1, 50), (50, 1), (4, 1), (28, 28), (300, 200)])
def test_all_ink_fills_its_place(shape, value):
    glyph = normalise(np.full(shape, value, np.uint8))
    assert max(box_of(glyph)[2:]) >= FIT_PX - ROUNDING_PX
    assert glyph.max() > 200


def test_the_ink_given_is_left_as_it_was():
    ink = ink_of_digit(3)
    before = ink.copy()
    normalise(ink)
    assert np.array_equal(ink, before)


@settings(max_examples=60, deadline=None)
@given(ink=arrays(np.uint8, st.tuples(st.integers(1, 90), st.integers(1, 90))))
def test_any_ink_stays_inside_and_is_seen(ink):
    glyph = normalise(ink)
    assert glyph.shape == (SIDE, SIDE) and glyph.dtype == np.uint8
    assert glyph.any() == ink.any()
    assert max(box_of(glyph)[2:]) <= FIT_PX


@pytest.mark.parametrize("height_px", [60, 120])
def test_the_strokes_breadth_is_measured_in_the_inks_pixels(height_px):
    for digit in (1, 3, 7):
        breadths = [measured(ink_of_digit(digit, height_px, pen_px))[1] for pen_px in (4.0, 8.0, 16.0)]
        assert np.diff(breadths).min() > 2
        assert breadths == pytest.approx([4.0, 8.0, 16.0], rel=0.4, abs=3)


def test_no_ink_has_no_strokes():
    glyph, stroke_px = measured(np.zeros((9, 9), np.uint8))
    assert stroke_px == 0.0
    assert not glyph.any()
