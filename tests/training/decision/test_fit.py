from dataclasses import replace

import numpy as np
import pytest

from capture.read.decision import LOOKS, ROUNDS, load_decision
from capture.read.evidence import Evidence
from capture.read.segmentation import load_judge
from model.classifier import NO_DIGIT
from tests.support.network import FakeNetwork
from training.decision.attention import AttentionConfig
from training.decision.examples import Example, answers_of, find_page
from training.decision.fit import digit_log_loss, fit_decision
from training.decision.perceptron import PerceptronConfig, arrays_of, save_trained
from training.exercises.store import LabelledPage

QUICK = PerceptronConfig(hidden=(12,), epochs=4, batch=128)
QUICK_LOOK = AttentionConfig(size=16, layers=1, heads=2, related=8, epochs=8, batch=128, rate=1e-2)


def row_of_pieces(rng, is_number: bool) -> Example:
    """Four pieces and a minus in a line: sure digits or sure letters, and in the middle one that may be either."""
    rows = np.full((5, NO_DIGIT + 1), 0.002, np.float32)
    rows[:, 3 if is_number else NO_DIGIT] = 0.95
    rows[2] = 0.01
    rows[2, [0, NO_DIGIT]] = 0.5
    boxes = np.array([[60.0 + 40 * i, 100, 24, 40] for i in range(5)]) + rng.normal(0, 2, (5, 4))
    looks, is_other = rng.integers(0, 256, (5, 196), np.uint8), np.arange(5) == 4
    rows /= rows.sum(axis=1, keepdims=True)
    evidence = Evidence(rows, boxes, np.full(5, 3.0), (300, 400), None, looks, np.full((5, 3), 0.5), is_other)
    return Example(evidence, ~is_other * float(is_number), ~is_other * 1.0)


@pytest.fixture(scope="module")
def many():
    rng = np.random.default_rng(0)
    return [row_of_pieces(rng, bool(i % 2)) for i in range(300)]


@pytest.fixture(scope="module")
def fitted(many):
    return fit_decision(many, QUICK, [QUICK_LOOK] * len(LOOKS))


def test_the_same_piece_is_a_digit_among_digits_and_none_among_letters(fitted):
    rng = np.random.default_rng(99)
    for is_number in (True, False):
        assert (fitted(row_of_pieces(rng, is_number).evidence)[2] > 0.5) == is_number


def test_going_on_starts_where_the_former_decision_stopped_and_leaves_its_perceptrons(fitted, many):
    shortly = replace(QUICK_LOOK, epochs=1, rate=1e-4)
    further = fit_decision(many, QUICK, [shortly] * len(LOOKS), fitted)
    assert further.rounds is fitted.rounds
    for before, after in zip(fitted.attentions, further.attentions, strict=True):
        assert after["mean"] is before["mean"]
        assert 0 < np.abs(after["embed"] - before["embed"]).max() < 0.1 * np.abs(before["embed"]).max()


def test_a_good_decision_loses_little(fitted, many):
    loss, f1 = digit_log_loss(fitted, many)
    assert loss < 0.2
    assert f1 > 0.95


def test_a_decision_is_the_same_after_saving(fitted, tmp_path):
    rounds = dict(zip(ROUNDS, map(arrays_of, fitted.rounds), strict=True))
    save_trained(dict(zip(LOOKS, fitted.attentions, strict=True)) | rounds, tmp_path / "decision.npz")
    page = row_of_pieces(np.random.default_rng(1), True).evidence
    assert load_decision(tmp_path / "decision.npz")(page) == pytest.approx(fitted(page), abs=0.01)


def test_a_candidate_is_a_digit_by_its_overlap_and_print_teaches_little():
    page = LabelledPage(
        np.zeros((100, 200, 3), np.uint8),
        np.array([[10, 10, 20, 30], [60, 10, 20, 30], [110, 10, 20, 30], [150, 10, 20, 30]], float),
        ("7", "a", "print", "part of a digit"),
    )
    boxes = np.array([[11, 9, 20, 31], [10, 10, 20, 13], [60, 10, 20, 30], [112, 12, 15, 20], [152, 12, 9, 20]], float)
    answers, weights = answers_of(boxes, page)
    assert answers.tolist() == [1, 0, 0, 0, 0]
    assert weights[[0, 2]].tolist() == [1, 1]
    assert 0 < weights[1] < 1
    assert 0 < weights[3] < 1
    assert weights[4] == 0


def test_a_thin_one_is_the_digit_though_its_box_fits_badly():
    page = LabelledPage(
        np.zeros((100, 200, 3), np.uint8), np.array([[20, 20, 4, 40], [100, 20, 20, 40]], float), ("1", "7")
    )
    boxes = np.array([[18, 18, 9, 42], [112, 20, 20, 40]], float)  # overlap by 0.42, with the middle in it; by 0.25
    answers, weights = answers_of(boxes, page)
    assert answers.tolist() == [1, 0]
    assert weights.tolist() == [1, 1]


@pytest.mark.parametrize("value", [0, 128, 255])
def test_a_page_without_any_ink_teaches_nothing(value):
    page = LabelledPage(np.full((120, 160, 3), value, np.uint8), np.zeros((0, 4)), ())
    found = find_page(page, FakeNetwork(None), load_judge())
    assert len(found.evidence) == len(found.answers) == len(found.weights) == 0
