"""Networks that teach: their answers, for the share of digits at hand, are half of every target."""

import numpy as np
import pytest

from capture.synthetic.handwriting import CAREFUL_HAND, write_digit
from capture.synthetic.ink import render_strokes
from model.classifier import CLASS_NAMES, CLASSES, DEFAULT_WEIGHTS, NO_DIGIT, Classifier
from model.errors import WeightsError
from model.glyph import normalise
from training.fitting.distillation import TRUST, _named, load_teachers, teacher_files

RNG = np.random.default_rng(0)
GLYPHS = np.stack([normalise(render_strokes(write_digit(n, CAREFUL_HAND, RNG), 56, 4.0, RNG)) for n in range(6)])
HALF_DIGITS = np.eye(CLASSES, dtype=np.float32)[[3, NO_DIGIT] * 3]


def test_shipped_is_the_network_of_the_camera():
    assert teacher_files(["shipped", str(DEFAULT_WEIGHTS)]) == (DEFAULT_WEIGHTS, DEFAULT_WEIGHTS)


def test_a_missing_teacher_is_told_before_anything_is_drawn(tmp_path):
    with pytest.raises(WeightsError, match="no such weights file"):
        teacher_files([str(tmp_path / "none.tflite")])


def test_targets_are_half_label_and_half_answer():
    glyphs, targets = load_teachers([DEFAULT_WEIGHTS])(GLYPHS, HALF_DIGITS)
    answers = (targets - (1 - TRUST) * HALF_DIGITS) / TRUST
    assert glyphs is GLYPHS
    assert targets.dtype == np.float32 and np.allclose(targets.sum(axis=1), 1, atol=1e-5)
    assert answers.min() > -1e-6
    digits, told = Classifier()(GLYPHS)[:, :NO_DIGIT], answers[:, :NO_DIGIT]
    assert np.allclose(digits / digits.sum(axis=1)[:, None], told / told.sum(axis=1)[:, None], atol=1e-3)


def test_answers_take_the_share_of_digits_at_hand_for_granted():
    """What is read alone is taken for a digit more readily than among things of which half are no digits."""
    granted = Classifier()(GLYPHS)[:, NO_DIGIT:].sum(axis=1)
    _, targets = load_teachers([DEFAULT_WEIGHTS])(GLYPHS, HALF_DIGITS)
    answers = (targets - (1 - TRUST) * HALF_DIGITS)[:, NO_DIGIT:].sum(axis=1) / TRUST
    assert (answers >= granted - 1e-6).all() and (answers > granted).any()


def test_a_former_network_cannot_say_which_sign_it_is():
    """It knows "no digit" alone: that goes where the label says what else it is."""
    former = np.array([[0.0] * 7 + [0.5, 0, 0, 0.5], [0.1] * 10 + [0.0]], np.float32)
    plus = np.eye(CLASSES, dtype=np.float32)[[CLASS_NAMES.index("plus"), 3]]
    named = _named(former, plus)
    assert named.shape == (2, CLASSES) and np.allclose(named.sum(axis=1), 1)
    assert named[0, 7] == named[0, CLASS_NAMES.index("plus")] == 0.5
    assert np.allclose(named[1, :NO_DIGIT], 0.1)


def test_two_teachers_are_averaged_and_none_changes_nothing():
    _, once = load_teachers([DEFAULT_WEIGHTS])(GLYPHS, HALF_DIGITS)
    _, twice = load_teachers([DEFAULT_WEIGHTS, DEFAULT_WEIGHTS])(GLYPHS, HALF_DIGITS)
    _, alone = load_teachers([])(GLYPHS, HALF_DIGITS)
    assert np.allclose(once, twice)
    assert alone is HALF_DIGITS
