import numpy as np
import pytest

from model.classifier import NO_DIGIT
from tests.support.tiny import tiny_labelled
from training.datasets.labelled import Labelled
from training.fitting.acceptance import AcceptanceError, BeforeAfter, Verdict

OWN = tiny_labelled(1)


@pytest.mark.parametrize(
    ("own", "mnist", "clutter", "problem"),
    [
        pytest.param((30, 45), (0.9953, 0.9953), (0.05, 0.05), "", id="better and nothing lost"),
        pytest.param((30, 31), (0.9953, 0.9943), (0.05, 0.055), "", id="exactly what may go"),
        pytest.param((30, 45), (0.9953, 0.9942), (0.05, 0.04), r"99\.53% before, 99\.42% after", id="forgot"),
        pytest.param((30, 45), (0.9953, 0.9960), (0.05, 0.06), r"5\.0% taken for .*6\.0% after", id="greedy"),
        pytest.param((30, 30), (0.9953, 0.9960), (0.05, 0.05), "30 of 50 right before, 30 after", id="learnt nothing"),
        pytest.param((30, 20), (0.9953, 0.9960), (0.05, 0.05), "no better", id="unlearnt"),
    ],
)
def test_it_must_gain_and_not_lose(own, mnist, clutter, problem):
    verdict = Verdict(50, *own, 10_000, *mnist, 2000, *clutter)
    assert bool(verdict.problem) == bool(problem)
    if problem:
        with pytest.raises(AcceptanceError, match=f"not installed, the network stays as it was: .*{problem}"):
            verdict.check()
    else:
        verdict.check()


def test_the_table_gives_both_figures_of_all():
    table = Verdict(50, 30, 45, 10_000, 0.9953, 0.9951, 2000, 0.05, 0.0525).table()
    assert "| 50 | 60.0% | 90.0% |" in table
    assert "| 10,000 | 99.53% | 99.51% |" in table
    assert "| 2,000 | 95.00% | 94.75% |" in table


def test_digits_are_counted_by_their_likeliest_class():
    before, after = np.eye(11)[np.where(OWN.y == 7, 1, OWN.y)], np.eye(11)[OWN.y]
    verdict = BeforeAfter(OWN, before, after).judge(OWN, OWN.x, lambda glyphs: before, lambda glyphs: after)
    assert (verdict.own_before, verdict.own_after, verdict.own_count) == (9, 10, 10)
    assert (verdict.mnist_before, verdict.mnist_after) == (pytest.approx(0.9), 1.0)


def test_clutter_counts_as_taken_where_a_page_would_take_it():
    rows = np.zeros((3, 11), np.float32)
    rows[:, 3], rows[:, NO_DIGIT] = (0.99, 0.9999, 0.1), (0.01, 0.0001, 0.9)
    none = BeforeAfter(OWN, np.eye(11)[OWN.y], np.eye(11)[OWN.y])
    verdict = none.judge(Labelled(OWN.x[:3], np.full(3, 3)), OWN.x[:3], lambda glyphs: rows, lambda glyphs: rows)
    assert verdict.clutter_before == pytest.approx(1 / 3), "0.99 is little, where 0.9995 are taken for granted"
