"""Handwriting by pen strokes: repeatable, varied, and everywhere of the promised size."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from capture.synthetic.glyph_paths import DIGITS, LETTERS, MARKS
from capture.synthetic.handwriting import CAREFUL_HAND, draw_hand, own_writer, parse_path, write_digit, write_mark
from capture.synthetic.ink import fade, render_strokes, roughen

ALL_SHAPES = [(digit, name) for digit, shapes in enumerate(DIGITS) for name in shapes]
LINE = [np.array([[0.0, 0.0], [0.0, 1.0]], np.float32)]


def hand_with(digit: int, variant: str):
    """The careful hand, but with another way to write one digit."""
    variants = CAREFUL_HAND.variants
    return replace(CAREFUL_HAND, variants=(*variants[:digit], variant, *variants[digit + 1 :]))


@pytest.mark.parametrize(("digit", "name"), ALL_SHAPES, ids=[f"{d} {name}" for d, name in ALL_SHAPES])
def test_each_shape_fills_a_box_of_height_one(digit, name):
    points = np.concatenate(write_digit(digit, hand_with(digit, name), np.random.default_rng(0)))
    assert np.ptp(points[:, 1]) == pytest.approx(1.0, abs=0.15)
    assert 0.0 <= np.ptp(points[:, 0]) < 1.2  # a 0 with a flat slash is the broadest


@settings(deadline=None)
@given(seed=st.integers(0, 2**32), digit=st.integers(0, 9))
def test_any_hand_keeps_near_the_box(seed, digit):
    rng = np.random.default_rng(seed)
    for points in write_digit(digit, draw_hand(rng), rng):
        assert points.dtype == np.float32
        assert points.ndim == 2 and points.shape[1] == 2 and len(points) >= 2
        assert np.isfinite(points).all()
        assert np.abs(points - 0.5).max() < 1.6


def test_the_same_seed_writes_the_same():
    first, second = (write_digit(5, draw_hand(rng), rng) for rng in map(np.random.default_rng, (7, 7)))
    assert all(np.array_equal(a, b) for a, b in zip(first, second, strict=True))


def test_a_hand_never_writes_a_digit_twice_alike_but_keeps_its_ways():
    rng = np.random.default_rng(1)
    hand = replace(draw_hand(rng), retraces=0, looseness=0.01)
    stranger = replace(draw_hand(rng), variants=hand.variants, retraces=0, looseness=0.01)
    own, others = [], []
    for digit in range(10):
        first, again, other = (render_strokes(write_digit(digit, h, rng), 28, 3) for h in (hand, hand, stranger))
        assert not np.array_equal(first, again)
        own.append(distance(first, again))
        others.append(distance(first, other))
    assert sum(own) < sum(others)


def distance(one: np.ndarray, two: np.ndarray) -> float:
    """Mean difference of two alpha maps laid corner on corner."""
    size = np.maximum(one.shape, two.shape)
    padded = [np.pad(ink, [(0, s - n) for s, n in zip(size, ink.shape, strict=True)]) for ink in (one, two)]
    return float(np.abs(padded[0].astype(float) - padded[1]).mean())


@pytest.mark.parametrize("name", [*MARKS, *LETTERS, "scribble", "cursive"])
def test_every_mark_can_be_written(name):
    strokes = write_mark(name, np.random.default_rng(3), CAREFUL_HAND)
    assert render_strokes(strokes, 40, 3).max() > 200


def test_a_full_stop_is_small_and_stands_on_the_line():
    points = np.concatenate(write_mark("full stop", np.random.default_rng(0), CAREFUL_HAND))
    assert np.ptp(points, axis=0).max() < 0.15
    assert points[:, 1].mean() == pytest.approx(0.98, abs=0.1)


def test_a_path_with_a_corner_has_two_runs_that_share_it():
    stroke, bar = parse_path("0,0 50,0! 50,100 | 0,50 50,50")
    assert [stroke.points[run].tolist() for run in stroke.runs] == [[[0, 0], [0.5, 0]], [[0.5, 0], [0.5, 1]]]
    assert len(bar.runs) == 1


@pytest.mark.parametrize("pen_px", [0.7, 1.5, 3.0, 8.0, 20.0])
def test_ink_has_the_length_and_width_of_the_stroke(pen_px):
    ink = render_strokes(LINE, 60, pen_px) / 255
    assert ink.sum() == pytest.approx(60 * pen_px + np.pi * pen_px**2 / 4, rel=0.15)
    assert ink.shape[0] == pytest.approx(60 + pen_px, abs=2)


def test_a_hairline_is_faint_and_a_marker_is_full():
    assert render_strokes(LINE, 60, 0.5)[30].max() < 200
    assert render_strokes(LINE, 60, 10)[30].max() == 255


def test_pressure_varies_only_with_chance():
    even = render_strokes(LINE, 200, 10)
    pressed = render_strokes(LINE, 200, 10, np.random.default_rng(2))
    assert np.ptp((even[20:-20] > 127).sum(axis=1)) == 0
    assert np.ptp((pressed[20:-20] > 127).sum(axis=1)) > 0


def test_ink_touches_all_four_borders():
    ink = own_writer(CAREFUL_HAND)(8, 50, 3, np.random.default_rng(0))
    assert all(border.any() for border in (ink[0], ink[-1], ink[:, 0], ink[:, -1]))


def test_a_dry_pen_leaves_less_ink_and_no_grain_leaves_all():
    ink = np.full((80, 80), 255, np.uint8)
    rng = np.random.default_rng(0)
    assert np.array_equal(roughen(ink, 0.0, rng), ink)
    assert 60 < roughen(ink, 0.6, rng).mean() < 220


def test_ink_that_fades_loses_no_more_than_its_depth_and_does_so_slowly():
    ink = np.full((60, 40), 250, np.uint8)
    faded = fade(ink, 0.6, np.random.default_rng(0)).astype(int)
    assert 0.38 * 250 < faded.min() < 0.8 * 250
    assert max(np.abs(np.diff(faded, axis=axis)).max() for axis in (0, 1)) < 12


def test_a_pen_that_only_touches_the_paper_leaves_a_dot():
    colon = [np.array([[0.0, 0.0]]), np.array([[0.0, 0.5]])]
    ink = render_strokes(colon, 60, 5)
    assert abs(ink.shape[0] - 35) <= 1 and ink[:4].max() == ink[-4:].max() == 255 and not ink[12:-12].any()
