"""Things that are no digit: each kind draws ink, and only look-alikes share their target with a digit."""

import cv2
import numpy as np
import pytest

from model.classifier import CLASSES, NO_DIGIT
from model.glyph import normalise
from tests.support.tiny import printed_digit, tiny_typefaces
from training.synthesis.negatives import HEIGHT_PX, KINDS, fragment, hershey, joined, letter, ringed, typeset

FACES = tiny_typefaces()
DRAWS = [draw for draw, _ in KINDS]


def a_digit(rng):
    """A 5, tight around its ink, (56, w) uint8."""
    x, y, w, h = cv2.boundingRect(image := printed_digit(5, rng))
    return cv2.resize(image[y : y + h, x : x + w], (40, HEIGHT_PX))


def test_the_shares_are_a_whole():
    assert sum(share for _, share in KINDS) == pytest.approx(1)
    assert min(share for _, share in KINDS) > 0


@pytest.mark.parametrize("draw", DRAWS, ids=lambda draw: draw.__name__)
def test_every_kind_draws_ink_and_varies(draw):
    inks = [draw(a_digit, np.random.default_rng(seed), FACES)[0] for seed in range(12)]
    assert all(ink.ndim == 2 and ink.dtype == np.uint8 for ink in inks)
    glyphs = np.stack([normalise(ink) for ink in inks])
    assert (glyphs.max(axis=(1, 2)) > 100).mean() > 0.9  # a blot may be bare
    assert len(np.unique(glyphs, axis=0)) >= 6


@pytest.mark.parametrize("draw", DRAWS, ids=lambda draw: draw.__name__)
def test_every_kind_repeats_by_seed(draw):
    one, again = (draw(a_digit, np.random.default_rng(5), FACES)[0] for _ in range(2))
    assert np.array_equal(one, again)


@pytest.mark.parametrize("draw", DRAWS, ids=lambda draw: draw.__name__)
def test_what_is_drawn_may_look_like_one_digit_and_is_never_surely_one(draw):
    targets = np.stack([draw(a_digit, np.random.default_rng(seed), FACES)[1] for seed in range(60)])
    assert targets.shape == (60, CLASSES)
    assert np.allclose(targets.sum(axis=1), 1)
    assert ((targets[:, :NO_DIGIT] > 0).sum(axis=1) <= 1).all()
    assert (targets[:, NO_DIGIT:].sum(axis=1) >= 0.5).all()


def test_letters_that_look_like_digits_come_up():
    targets = np.stack([letter(a_digit, np.random.default_rng(seed), ())[1] for seed in range(150)])
    assert (targets[:, :NO_DIGIT].max(axis=0) > 0).sum() >= 3


def test_a_ring_goes_all_around_its_digit():
    whole = a_digit(np.random.default_rng(0))
    for seed in range(10):
        ink, _ = ringed(lambda _: whole, np.random.default_rng(seed), ())
        quarters = ink.shape[0] // 4, ink.shape[1] // 4
        middle = ink[quarters[0] : -quarters[0], quarters[1] : -quarters[1]]
        assert middle.any() and (ink > 0).sum() > (whole > 0).sum()
        assert all(side.any() for side in (ink[: quarters[0]], ink[-quarters[0] :], ink[:, : quarters[1]]))


def test_a_slim_piece_of_a_digit_may_be_a_one():
    stick, block = np.full((56, 8), 255, np.uint8), np.full((56, 56), 255, np.uint8)
    sticks = [fragment(lambda _: stick, np.random.default_rng(seed), ())[1] for seed in range(10)]
    blocks = [fragment(lambda _: block, np.random.default_rng(seed), ())[1] for seed in range(10)]
    assert max(target[1] for target in sticks) >= 0.5
    assert all(target[NO_DIGIT] == 1 for target in blocks)


def test_joined_digits_are_wider_than_one():
    single = a_digit(np.random.default_rng(0)).shape[1]
    widths = [joined(a_digit, np.random.default_rng(seed), ())[0].shape[1] for seed in range(10)]
    assert min(widths) > 1.5 * single


def test_a_fragment_lacks_a_good_part():
    whole = a_digit(np.random.default_rng(0))
    for seed in range(20):
        part = fragment(lambda _: whole, np.random.default_rng(seed), ())[0]
        assert 0.3 < part.size / whole.size < 0.7


def test_stroke_fonts_hold_letters_and_no_digits():
    characters = {character for character, _ in hershey()}
    assert {"A", "g", "z", "+", "?"} <= characters
    assert not characters & set("0123456789")
    assert all(len(stroke) > 1 for _, strokes in hershey() for stroke in strokes)


def test_print_is_upright_and_filled():
    ink = typeset("L", "DejaVu Sans", False)
    upper, lower = np.array_split(ink, 2)
    assert lower.sum() > 1.2 * upper.sum()  # its bar is at the foot
    assert ink[:, : ink.shape[1] // 4].max() == 255
