"""What the network is told of characters: signs by name, look-alikes half a digit, all else letters."""

import numpy as np
import pytest

from capture.synthetic.glyph_paths import LETTERS, MARKS
from model.classifier import CLASS_NAMES, CLASSES, NO_DIGIT
from training.synthesis.targets import LOOK_ALIKES, nothing, perhaps, target_of


def named(target):
    return {CLASS_NAMES[place]: round(float(target[place]), 2) for place in np.flatnonzero(target)}


@pytest.mark.parametrize(
    ("character", "shares"),
    [
        ("+", {"plus": 1}),
        ("plus", {"plus": 1}),
        (":", {"colon": 1}),
        ("minus", {"minus": 1}),
        ("square close", {"close bracket": 1}),
        ("A", {"letter": 1}),
        ("?", {"letter": 1}),
        ("l", {"1": 0.5, "letter": 0.5}),
        ("o", {"0": 0.5, "letter": 0.5}),
        ("/", {"1": 0.4, "slash": 0.6}),
        ("x", {"times": 0.5, "letter": 0.5}),
        ("times", {"times": 1}),
        ("scribble", {"none": 1}),
        ("print", {"none": 1}),
    ],
)
def test_what_a_character_is(character, shares):
    assert named(target_of(character)) == shares


@pytest.mark.parametrize("character", [*MARKS, *LETTERS, *LOOK_ALIKES, *"abc+-=.,:;()[]{}<>%"])
def test_shares_are_a_whole_and_never_more_digit_than_not(character):
    target = target_of(character)
    assert target.shape == (CLASSES,) and target.dtype == np.float32
    assert target.sum() == pytest.approx(1) and target.min() >= 0
    assert target[NO_DIGIT:].sum() >= 0.5


def test_a_target_may_be_changed_without_harm():
    target_of("+")[:] = 7
    assert target_of("+").sum() == 1


def test_nothing_and_perhaps_a_digit():
    assert named(nothing()) == {"none": 1}
    assert named(perhaps(1, 0.25)) == {"1": 0.25, "none": 0.75}
