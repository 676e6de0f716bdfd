"""Trains the decision on the candidates of drawn pages.

The network has seen the hands that write these pages, and is surer of them than of a stranger's: its answers are made
less sure by a chance amount, page by page. Some stand beside things or another page.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from capture.read.decision import Decision, second_look
from capture.read.features import Surroundings
from capture.read.perceptron import Perceptron
from model.classifier import NO_DIGIT
from training.decision.examples import PageCandidates
from training.decision.perceptron import PerceptronConfig, fit_perceptron

DIGITS_ALONE = 0.85  # share of a page's candidates from which it is a page of digits
BESIDE_THINGS, BESIDE_SHEETS = 0.3, 0.15  # shares of the pages that stand beside a picture of things, or another page
MIN_THINGS = 8  # candidates of a picture without a digit that counts as full of things
THINGS_SIZE = (0.5, 1.65)  # how much smaller or larger they are
MAX_DOUBT = 3.0  # temperature, at most: what the network says to the power of one over it
DIGIT_PAGES = 3.0  # how much pages of digits alone teach, compared with all others
FAINTEST = 1e-7


CONFIG = PerceptronConfig(members=4)


@dataclass(frozen=True)
class _Example:
    """A page: what the decision gets, and what it should answer."""

    probabilities: np.ndarray
    boxes: np.ndarray
    strokes: np.ndarray
    origins: np.ndarray
    shape: tuple[int, int]
    answers: np.ndarray
    weights: np.ndarray

    @property
    def around(self) -> Surroundings:
        return Surroundings(self.boxes, self.strokes, self.shape, self.origins)


def fit_decision(candidates: PageCandidates, config: PerceptronConfig = CONFIG) -> Decision:
    """Fits both rounds.

    Args:
        candidates: of many drawn pages.
        config: how each perceptron is trained.

    Returns:
        The decision. Its second round has learnt from answers that the first gave for pages it had not seen.
    """
    pages = list(_varied(list(_examples(candidates)), np.random.default_rng(config.seed)))
    x = [page.around.describe(page.probabilities) for page in pages]
    first = _fit(x, pages, config)
    unseen = _cross_fitted(x, pages, config)
    again = [second_look(page.around, page.probabilities, belief) for page, belief in zip(pages, unseen, strict=True)]
    return Decision((first, _fit(again, pages, config)))


def _examples(candidates: PageCandidates) -> Iterator[_Example]:
    for page, shape in zip(candidates.pages(), candidates.shapes.tolist(), strict=True):
        if page.start < page.stop:
            yield _Example(
                candidates.probabilities[page],
                candidates.boxes[page],
                candidates.strokes[page],
                candidates.origins[page],
                tuple(shape),
                candidates.answers[page],
                candidates.weights[page],
            )


def _varied(pages: list[_Example], rng: np.random.Generator) -> Iterator[_Example]:
    """The pages, doubted by a chance amount, some beside things or another page, those of digits alone weighed."""
    things = [page for page in pages if not page.answers.any() and len(page.boxes) >= MIN_THINGS]
    for page in pages:
        kind = rng.random()
        others = things if kind < BESIDE_THINGS else pages if kind < BESIDE_THINGS + BESIDE_SHEETS else ()
        if page.answers.mean() > DIGITS_ALONE:
            page = replace(page, weights=DIGIT_PAGES * page.weights)  # noqa: PLW2901
        shown = _beside(page, others[rng.integers(len(others))], rng) if others else page
        yield _doubted(shown, float(rng.uniform(1, MAX_DOUBT)))


def _beside(page: _Example, things: _Example, rng: np.random.Generator) -> _Example:
    """A page with the candidates of another picture to its right or below it."""
    scale = float(np.exp(rng.uniform(*np.log(THINGS_SIZE))))
    is_right = rng.random() < 0.5
    away = (page.shape[1], 0) if is_right else (0, page.shape[0])
    boxes = np.concatenate([page.boxes, things.boxes * scale + (*away, 0, 0)])
    height, width = np.ceil((boxes[:, :2] + boxes[:, 2:]).max(axis=0))[::-1].astype(int).tolist()
    return _Example(
        np.concatenate([page.probabilities, things.probabilities]),
        boxes,
        np.concatenate([page.strokes, things.strokes * scale]),
        np.concatenate([page.origins, things.origins]),
        (max(page.shape[0], height), max(page.shape[1], width)),
        np.concatenate([page.answers, things.answers]),
        np.concatenate([page.weights, things.weights]),
    )


def _doubted(page: _Example, temperature: float) -> _Example:
    rows = np.maximum(page.probabilities, FAINTEST) ** (1 / temperature)
    rows = (rows / rows.sum(axis=1, keepdims=True)).astype(np.float32)
    return replace(page, probabilities=rows)


def _fit(features: list[np.ndarray], pages: list[_Example], config: PerceptronConfig) -> Perceptron:
    answers, weights = (np.concatenate([getattr(page, name) for page in pages]) for name in ("answers", "weights"))
    return fit_perceptron(np.concatenate(features), answers, weights, config)


def _cross_fitted(features: list[np.ndarray], pages: list[_Example], config: PerceptronConfig) -> list[np.ndarray]:
    """For each page the (n,) answers of a perceptron fitted to the other half of the pages."""
    order = np.random.default_rng(config.seed).permutation(len(pages))
    halves = [order % 2 == half for half in (0, 1)]
    found: list[np.ndarray] = [np.zeros(0)] * len(pages)
    for half in halves:
        other = _fit(*([part[i] for i in np.flatnonzero(~half)] for part in (features, pages)), config)
        for i in np.flatnonzero(half):
            found[i] = other(features[i])
    return found


def digit_log_loss(decision: Decision, candidates: PageCandidates) -> tuple[float, float]:
    """Measures a decision on pages it has not seen.

    Returns:
        Its mean log loss, and the F1 of the digits that it and the network find together at a confidence of a half.
    """
    losses, weights, right, read, true = 0.0, 0.0, 0, 0, 0
    for page in _examples(candidates):
        is_digit = decision(page.probabilities, page.boxes, page.strokes, page.shape, page.origins)
        is_digit = np.clip(is_digit, FAINTEST, 1 - FAINTEST)
        loss = -np.log(np.where(page.answers == 1, is_digit, 1 - is_digit))
        losses, weights = losses + float(loss @ page.weights), weights + float(page.weights.sum())
        digits = page.probabilities[:, :NO_DIGIT]
        is_read = is_digit * digits.max(axis=1) / np.maximum(digits.sum(axis=1), FAINTEST) >= 0.5
        right += int((is_read & (page.answers == 1)).sum())
        read += int((is_read & (page.weights > 0)).sum())
        true += int(page.answers.sum())
    return losses / max(weights, 1.0), 2 * right / max(read + true, 1)
