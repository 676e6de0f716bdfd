"""What a page says of its pieces: between letters a 0 is an o, on a page of digits an o is a 0."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from capture.boxes import weighted_median
from capture.read.size_odds import odds_by_size
from capture.types import Digit
from model.classifier import NO_DIGIT, odds

NEAR = 1.8  # heights: letters of one word, and digits of one number, stand closer than this
SAME_SIZE = 2.2  # heights of neighbours in one line differ by less than this factor
USUAL_SHARE = 0.7  # of the pieces on a page are digits, before the page has had its say
PRIOR_COUNT = 3.0  # pieces: a page with fewer says little about itself
PAGE_COUNT = 0.5  # neighbours that the page as a whole counts for
ROUNDS = 4
CLUTTER_ODDS = 0.33  # real clutter looks far more like digits than the drawn clutter that the network was trained on
WORD_ODDS = 0.3  # left to a piece by each neighbour that is no digit: where one letter stands, stand more
MOST_LETTERS = 4.0  # neighbours that count so


def in_context(readings: Sequence[Digit]) -> list[Digit]:
    """Weighs each reading by its surroundings: between letters a 0 is an o, on a page of digits an o is a 0.

    The share of digits among a piece's neighbours and on the page takes the place of the usual share;
    both are found together by expectation maximisation (Saerens, Latinne and Decaestecker 2002, "Adjusting the
    Outputs of a Classifier to New a Priori Probabilities"). A share forgets how many pieces it is a share of: one
    letter beside a 0 may be a unit, four are a word. So every letter beside it counts once more.
    """
    if not readings:
        return []
    boxes = np.array([reading.box.xywh for reading in readings], float)
    rows = np.array([reading.probabilities for reading in readings], np.float32)
    seen = rows[:, :NO_DIGIT].sum(axis=1)
    evidence = CLUTTER_ODDS * odds(seen) / odds(USUAL_SHARE)
    near, size = _neighbours(boxes).astype(float), boxes[:, 3]
    counts = PAGE_COUNT + near.sum(axis=1)
    is_digit = seen
    for _ in range(ROUNDS):
        usual = weighted_median(size, is_digit + 1e-6)
        weight = np.minimum(1.0, size / usual)  # crumbs say little about the page
        page = (PRIOR_COUNT * USUAL_SHARE + weight @ is_digit) / (PRIOR_COUNT + weight.sum())
        share = (PAGE_COUNT * page + near @ is_digit) / counts
        posterior = evidence * odds(share)
        is_digit = posterior / (1 + posterior)
    letters = np.minimum(near @ (1 - seen), MOST_LETTERS)
    posterior = posterior * WORD_ODDS**letters * odds_by_size(readings, boxes, is_digit, near @ is_digit)
    is_digit = posterior / (1 + posterior)
    rows = _weighed(rows, is_digit)
    digits, confidences = rows[:, :NO_DIGIT].argmax(axis=1), rows[:, :NO_DIGIT].max(axis=1)
    return [  # `replace` would take twice as long
        Digit(one.box, digit, confidence, row, stroke_width_px=one.stroke_width_px)
        for one, digit, confidence, row in zip(readings, digits.tolist(), confidences.tolist(), rows, strict=True)
    ]


def _weighed(rows: np.ndarray, is_digit: np.ndarray) -> np.ndarray:
    """(n, classes) probabilities with others, (n,), of being a digit at all."""
    digits, rest = rows[:, :NO_DIGIT], rows[:, NO_DIGIT:]
    digits = digits * (is_digit / np.maximum(digits.sum(axis=1), 1e-6))[:, None]
    rest = rest * ((1 - is_digit) / np.maximum(rest.sum(axis=1), 1e-6))[:, None]
    return np.column_stack([digits, rest]).astype(np.float32)


def _neighbours(boxes: np.ndarray) -> np.ndarray:
    """(n, n) bool: which pieces stand beside which in one line, close and of like size."""
    x, y, w, h = boxes.T
    gap = np.maximum(x[:, None], x[None]) - np.minimum((x + w)[:, None], (x + w)[None])
    level = np.minimum((y + h)[:, None], (y + h)[None]) - np.maximum(y[:, None], y[None])
    lower, higher = np.minimum(h[:, None], h[None]), np.maximum(h[:, None], h[None])
    is_beside = (gap < NEAR * lower) & (gap > -0.5 * np.minimum(w[:, None], w[None]))  # not the same ink once more
    near = is_beside & (level > 0.5 * lower) & (higher < SAME_SIZE * lower)
    np.fill_diagonal(near, False)
    return near
