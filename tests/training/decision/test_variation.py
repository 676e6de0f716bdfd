"""Pages as the decision meets them: each time otherwise, and true in what must stay."""

import numpy as np
import pytest

from capture.read.evidence import Evidence
from model.classifier import NO_DIGIT
from training.decision.examples import NEUTRAL_WEIGHTS, PRINT, Example
from training.decision.variation import vary

PRINTED = NEUTRAL_WEIGHTS[PRINT]


def page_of(weights):
    """A page on which each glyph stands twice."""
    rng, count = np.random.default_rng(0), len(weights)
    looks = np.repeat(rng.integers(0, 256, (count // 2, 196), np.uint8), 2, axis=0)
    rows = rng.dirichlet(np.ones(NO_DIGIT + 1), count).astype(np.float32)
    boxes = np.column_stack([rng.uniform(0, 300, (count, 2)), np.full((count, 2), 20.0)])
    answers, origins = (np.asarray(weights) == 1).astype(np.float32), np.zeros((count, 6), np.float32)
    inks = np.full((count, 3), 0.5)
    evidence = Evidence(rows, boxes, np.full(count, 3.0), (400, 400), origins, looks, inks)
    return Example(evidence, answers, np.array(weights))


def test_what_is_written_is_never_twice_the_same_and_print_is():
    pages = [page_of([1.0, 1.0, PRINTED, PRINTED])]
    for seed in range(20):
        shown = next(vary(pages, np.random.default_rng(seed)))
        alike = np.corrcoef(shown.evidence.thumbnails[:4])
        assert alike[0, 1] < 0.995
        assert alike[2, 3] > 0.9999


def test_the_pages_themselves_stay_as_they_are():
    page = page_of([1.0, 1.0, PRINTED, PRINTED])
    kept = page.evidence.thumbnails, page.weights, page.evidence.probabilities
    before = [array.copy() for array in kept]
    list(vary([page] * 5, np.random.default_rng(0)))
    for was, array in zip(before, kept, strict=True):
        np.testing.assert_array_equal(was, array)


def test_some_pages_are_drawn_out_or_in_with_all_that_stands_on_them():
    page, factors = page_of([1.0] * 8), []
    for seed in range(40):
        shown = next(vary([page], np.random.default_rng(seed))).evidence
        factor = shown.boxes[:8] / page.evidence.boxes
        assert factor[:, [1, 3]] == pytest.approx(1)
        assert factor[:, [0, 2]] == pytest.approx(factor[0, 0])
        factors.append(factor[0, 0])
    assert min(factors) < 0.85
    assert max(factors) > 1.5
    assert 5 < factors.count(1.0) < 25
