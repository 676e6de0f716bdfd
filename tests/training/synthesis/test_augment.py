"""Distorted digits: different each time, still the same digit."""

import cv2
import numpy as np
import pytest

from capture.synthetic.handwriting import CAREFUL_HAND, write_digit
from capture.synthetic.ink import render_strokes
from model.glyph import normalise
from tests.support.tiny import tiny_labelled
from training.synthesis.augment import CANVAS_PX, distort_image, distort_strokes, scan

DIGITS = tiny_labelled(1).x


def strokes_of(digit):
    return write_digit(digit, CAREFUL_HAND, np.random.default_rng(0))


def likeness(one, other):
    """Correlation of two glyphs, blurred, since a stroke may lie a pixel beside the other."""
    one, other = (cv2.GaussianBlur(glyph, (0, 0), 1.5).ravel() for glyph in (one, other))
    return np.corrcoef(one, other)[0, 1]


def glyph_of(strokes):
    return normalise(render_strokes(strokes, 60, 5.0))


def test_strokes_keep_their_number_and_points():
    strokes = [*strokes_of(4), np.array([[3.0, 3.0]])]
    distorted = distort_strokes(strokes, np.random.default_rng(0))
    assert [one.shape for one in distorted] == [one.shape for one in strokes]
    assert all(one.dtype == np.float32 for one in distorted)


@pytest.mark.parametrize("scale", [1, 300])
def test_no_strength_only_brings_strokes_to_one_height_around_the_origin(scale):
    strokes = strokes_of(2)
    still = np.concatenate(distort_strokes([one * scale + 7 for one in strokes], np.random.default_rng(0), 0.0))
    assert np.ptp(still, axis=0).max() == pytest.approx(1, abs=1e-3)
    assert (still.max(axis=0) + still.min(axis=0)) == pytest.approx(0, abs=1e-3)
    assert likeness(glyph_of([still]), glyph_of([np.concatenate(strokes)])) > 0.99


def test_a_dot_is_no_trouble():
    (dot,) = distort_strokes([np.zeros((1, 2))], np.random.default_rng(0))
    assert np.isfinite(dot).all()


def share_alike(glyphs, digit, templates):
    """How many of the glyphs look most like this digit of all ten; by chance a tenth."""
    return np.mean([np.argmax([likeness(glyph, other) for other in templates]) == digit for glyph in glyphs])


@pytest.mark.parametrize("digit", [0, 2, 4, 7])
def test_distorted_strokes_differ_and_stay_that_digit(digit):
    chances = [np.random.default_rng(seed) for seed in range(20)]
    glyphs = [glyph_of(distort_strokes(strokes_of(digit), rng)) for rng in chances]
    assert len(np.unique(glyphs, axis=0)) == len(glyphs)
    assert share_alike(glyphs, digit, [glyph_of(strokes_of(other)) for other in range(10)]) > 0.6


@pytest.mark.parametrize("digit", [0, 2, 4, 7])
def test_distorted_pictures_differ_and_stay_that_digit(digit):
    pictures = [distort_image(DIGITS[digit], np.random.default_rng(seed)) for seed in range(20)]
    assert all(one.shape == (CANVAS_PX, CANVAS_PX) and one.dtype == np.uint8 for one in pictures)
    assert len(np.unique(pictures, axis=0)) == len(pictures)
    glyphs = [normalise(one) for one in pictures]
    assert share_alike(glyphs, digit, [normalise(other) for other in DIGITS]) > 0.5  # a twelfth are wild


def test_a_picture_is_never_cut_off():
    borders = [distort_image(DIGITS[0], np.random.default_rng(seed)) for seed in range(30)]
    assert max(edge.max() for one in borders for edge in (one[0], one[-1], one[:, 0], one[:, -1])) < 64


@pytest.mark.parametrize(
    "distort", [lambda rng: distort_image(DIGITS[3], rng), lambda rng: distort_strokes(strokes_of(3), rng)[0]]
)
def test_chance_comes_from_the_seed(distort):
    one, again, other = (distort(np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert np.array_equal(one, again)
    assert not np.array_equal(one, other)


def test_scans_are_small_mostly_black_and_white_and_still_that_digit():
    digits = [distort_image(DIGITS[3], np.random.default_rng(0), 0.0)] * 30
    scans = [scan(ink, np.random.default_rng(seed)) for seed, ink in enumerate(digits)]
    black_and_white = [one for one in scans if set(np.unique(one)) <= {0, 255}]
    assert 12 <= len(black_and_white) < 30
    assert all(13 <= max(one.shape) <= 24 for one in black_and_white)
    assert all(8 <= max(one.shape) <= 24 for one in scans)
    assert share_alike([normalise(one) for one in scans], 3, [normalise(other) for other in DIGITS]) > 0.6


def test_some_scans_fill_a_square_but_a_stick_stays_a_stick():
    slanted_one = np.zeros((60, 24), np.uint8)
    cv2.line(slanted_one, (4, 56), (20, 4), 255, 5)
    stick = slanted_one[:, 8:16]
    widths = {name: [] for name in ("slanted", "stick")}
    for seed in range(40):
        for name, ink in (("slanted", slanted_one), ("stick", np.full_like(stick, 255))):
            height, width = scan(ink, np.random.default_rng(seed)).shape
            widths[name].append(width / height)
    assert max(widths["slanted"]) > 0.9
    assert max(widths["stick"]) < 0.25


def test_a_scan_of_nothing_is_nothing():
    assert not scan(np.zeros((9, 9), np.uint8), np.random.default_rng(0)).any()
