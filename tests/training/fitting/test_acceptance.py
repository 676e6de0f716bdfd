import numpy as np
import pytest

from tests.support.tiny import tiny_labelled
from training.fitting.acceptance import Asked, GuardError, Verdict

OWN = tiny_labelled(1)


@pytest.mark.parametrize(
    ("own", "mnist", "problem"),
    [
        pytest.param((30, 45), (0.9953, 0.9953), "", id="better and nothing lost"),
        pytest.param((30, 31), (0.9953, 0.9943), "", id="exactly the tenth of a point that may go"),
        pytest.param((30, 45), (0.9953, 0.9942), r"99\.53% before, 99\.42% after: more than 0\.1 points", id="forgot"),
        pytest.param((30, 30), (0.9953, 0.9960), "30 of 50 right before, 30 after: no better", id="learnt nothing"),
        pytest.param((30, 20), (0.9953, 0.9960), "no better", id="unlearnt"),
    ],
)
def test_it_must_gain_and_not_lose(own, mnist, problem):
    verdict = Verdict(50, *own, 10_000, *mnist)
    assert bool(verdict.problem) == bool(problem)
    if problem:
        with pytest.raises(GuardError, match=f"not installed, the network stays as it was: .*{problem}"):
            verdict.check()
    else:
        verdict.check()


def test_the_table_gives_both_figures_of_both():
    table = Verdict(50, 30, 45, 10_000, 0.9953, 0.9951).table()
    assert "| 50 | 60.0% | 90.0% |" in table
    assert "| 10,000 | 99.53% | 99.51% |" in table


def test_digits_are_counted_by_their_likeliest_class():
    before, after = np.eye(11)[np.where(OWN.y == 7, 1, OWN.y)], np.eye(11)[OWN.y]
    verdict = Asked(OWN, before, after).judge(OWN, lambda glyphs: before, mnist_after=1.0)
    assert (verdict.own_before, verdict.own_after, verdict.own_count) == (9, 10, 10)
    assert verdict.mnist_before == pytest.approx(0.9)
