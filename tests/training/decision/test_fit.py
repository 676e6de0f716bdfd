import numpy as np
import pytest

from capture.read.decision import load_decision, save_decision
from model.classifier import NO_DIGIT
from training.decision.examples import (
    PageCandidates,
    answers_of,
    joined,
    load_candidates,
    part_of,
    save_candidates,
)
from training.decision.fit import digit_log_loss, fit_decision
from training.decision.perceptron import PerceptronConfig
from training.exercises.store import LabelledPage

QUICK = PerceptronConfig(hidden=(12,), epochs=12, batch=128)


def row_of_pieces(rng, is_number: bool) -> tuple[PageCandidates, np.ndarray]:
    """Five pieces in a line: sure digits or sure letters, and in the middle one that may be either."""
    rows = np.full((5, NO_DIGIT + 1), 0.002, np.float32)
    rows[:, 3 if is_number else NO_DIGIT] = 0.95
    rows[2] = 0.01
    rows[2, [0, NO_DIGIT]] = 0.5
    boxes = np.array([[60.0 + 40 * i, 100, 24, 40] for i in range(5)]) + rng.normal(0, 2, (5, 4))
    glyphs, answers = np.zeros((5, 28, 28), np.uint8), np.full(5, float(is_number))
    page = PageCandidates(glyphs, boxes, np.full(5, 3.0), answers, np.ones(5), np.array([[300, 400]]), np.array([5]))
    return page, rows / rows.sum(axis=1, keepdims=True)


@pytest.fixture(scope="module")
def many():
    rng = np.random.default_rng(0)
    pages = [row_of_pieces(rng, bool(i % 2)) for i in range(300)]
    return joined(page for page, _ in pages), np.concatenate([rows for _, rows in pages])


@pytest.fixture(scope="module")
def fitted(many):
    return fit_decision(*many, QUICK)


def test_the_same_piece_is_a_digit_among_digits_and_none_among_letters(fitted):
    rng = np.random.default_rng(99)
    for is_number in (True, False):
        page, rows = row_of_pieces(rng, is_number)
        assert (fitted(rows, page.boxes, page.strokes, (300, 400))[2] > 0.5) == is_number


def test_a_good_decision_loses_little(fitted, many):
    loss, f1 = digit_log_loss(fitted, *many)
    assert loss < 0.2
    assert f1 > 0.95


def test_a_decision_is_the_same_after_saving(fitted, many, tmp_path):
    save_decision(fitted, tmp_path / "decision.npz")
    page, rows = row_of_pieces(np.random.default_rng(1), True)
    given = rows, page.boxes, page.strokes, (300, 400)
    assert load_decision(tmp_path / "decision.npz")(*given) == pytest.approx(fitted(*given))


def test_candidates_are_the_same_after_saving_and_divided_by_whole_pages(many, tmp_path):
    save_candidates(many[0], tmp_path / "c.npz")
    again = load_candidates(tmp_path / "c.npz")
    assert np.array_equal(again.boxes, many[0].boxes)
    part, rows = part_of(again, many[1], np.arange(300) < 10)
    assert len(part.boxes) == len(rows) == 50
    assert [page.stop for page in part.pages()][-1] == 50


def test_a_candidate_is_a_digit_by_its_overlap_and_print_teaches_nothing():
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
    assert weights[[3, 4]].tolist() == [0, 0]
