import numpy as np
import pytest

from training.evaluation.metrics import calibration_error, per_class, reliability, score


def rows(*readings: tuple[int, float]) -> np.ndarray:
    """Probabilities that read each class with this confidence, the rest going to the other classes alike."""
    result = np.empty((len(readings), 11), np.float32)
    for row, (read, confidence) in zip(result, readings, strict=True):
        row[:] = (1 - confidence) / 10
        row[read] = confidence
    return result


def test_score_counts_no_digit_as_a_mistake():
    scores = score(rows((3, 0.9), (10, 0.8), (5, 0.7), (10, 0.9)), np.array([3, 4, 5, 10]))
    assert scores.accuracy == 0.75
    assert scores.count == 4
    assert scores.confusion[4, 10] == 1
    assert scores.confusion.sum() == 4
    assert scores.loss == pytest.approx(-np.log([0.9, 0.02, 0.7, 0.9]).mean(), rel=1e-4)


def test_a_certain_mistake_costs_much_but_not_infinitely():
    certain = np.eye(11, dtype=np.float32)[[1]]
    assert 50 < score(certain, np.array([2])).loss < np.inf


@pytest.mark.parametrize(
    ("confidence", "right", "expected"),
    [
        pytest.param(0.8, 8, 0.0, id="honest"),
        pytest.param(0.99, 8, 0.19, id="too sure"),
        pytest.param(0.5, 8, 0.3, id="shy"),
    ],
)
def test_calibration_error_is_the_gap(confidence, right, expected):
    labels = np.array([1] * right + [2] * (10 - right))
    assert calibration_error(rows(*[(1, confidence)] * 10), labels) == pytest.approx(expected, abs=1e-5)


def test_reliability_covers_every_example():
    points = reliability(rows((1, 0.3), (1, 0.9), (2, 0.95), (3, 1.0)), np.array([1, 1, 2, 4]))
    assert sum(share for *_, share in points) == pytest.approx(1)
    assert [accuracy for _, accuracy, _ in points] == [1.0, 1.0, 0.5]


def test_per_class_names_only_what_occurs():
    table = per_class(rows((1, 0.9), (10, 0.9)), np.array([1, 7]))
    assert "none" not in table
    assert table.splitlines()[-3].split() == ["micro", "avg", "1.0000", "0.5000", "0.6667", "2"]
    assert " 9 " not in table
