"""Pages as the decision meets them: each time otherwise, and true in what must stay."""

import numpy as np

from model.classifier import NO_DIGIT
from training.decision.examples import NEUTRAL_WEIGHTS, PRINT
from training.decision.variation import Example, vary

PRINTED = NEUTRAL_WEIGHTS[PRINT]


def page_of(weights):
    """A page on which each glyph stands twice."""
    rng, count = np.random.default_rng(0), len(weights)
    looks = np.repeat(rng.integers(0, 256, (count // 2, 196), np.uint8), 2, axis=0)
    rows = rng.dirichlet(np.ones(NO_DIGIT + 1), count).astype(np.float32)
    boxes = np.column_stack([rng.uniform(0, 300, (count, 2)), np.full((count, 2), 20.0)])
    answers, origins = (np.asarray(weights) == 1).astype(np.float32), np.zeros((count, 6), np.float32)
    by_row = rows, boxes, np.full(count, 3.0), origins, looks, np.full((count, 3), 0.5)
    return Example(*by_row, (400, 400), answers, np.array(weights))


def test_what_is_written_is_never_twice_the_same_and_print_is():
    pages = [page_of([1.0, 1.0, PRINTED, PRINTED])]
    for seed in range(20):
        shown = next(vary(pages, np.random.default_rng(seed)))
        alike = np.corrcoef(shown.thumbnails[:4])
        assert alike[0, 1] < 0.995
        assert alike[2, 3] > 0.9999


def test_the_pages_themselves_stay_as_they_are():
    page = page_of([1.0, 1.0, PRINTED, PRINTED])
    before = page.thumbnails.copy(), page.weights.copy(), page.probabilities.copy()
    list(vary([page] * 5, np.random.default_rng(0)))
    for was, array in zip(before, (page.thumbnails, page.weights, page.probabilities), strict=True):
        np.testing.assert_array_equal(was, array)
