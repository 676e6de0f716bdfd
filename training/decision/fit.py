"""Trains the decision on the candidates of drawn pages, each varied several times."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import partial

import numpy as np

from capture.read.decision import Decision, second_look
from capture.read.networks import Perceptron
from model.classifier import NO_DIGIT
from training.decision.attention import AttentionConfig, fit_attention
from training.decision.examples import Example
from training.decision.perceptron import PerceptronConfig, fit_perceptron
from training.decision.variation import FAINTEST, vary

VARIATIONS = 2  # of each page that the rounds learn from
ROUNDS = PerceptronConfig(members=3, epochs=5)
LOOKS = AttentionConfig(), AttentionConfig(seed=1)
GOING_ON = 0.5  # of the rate, where attentions go on from former ones


def fit_decision(
    pages: list[Example],
    rounds: PerceptronConfig = ROUNDS,
    looks: Sequence[AttentionConfig] = LOOKS,
    former: Decision | None = None,
) -> Decision:
    """Fit all parts of the decision, or go on with a former one's attentions and leave its perceptrons as they are.

    Args:
        pages: to learn from.
        rounds: how each perceptron is trained.
        looks: how each attention is.
        former: to go on from; None to begin by chance.
    """
    if former:
        slower = [replace(look, rate=GOING_ON * look.rate) for look in looks]
        return replace(former, attentions=tuple(map(partial(fit_attention, pages), slower, former.attentions)))
    return Decision(fit_rounds(pages, rounds), tuple(fit_attention(pages, look) for look in looks))


def fit_rounds(pages: list[Example], config: PerceptronConfig) -> tuple[Perceptron, Perceptron]:
    """Fit two perceptrons; the second learns from answers that the first gave for pages it had not seen."""
    rng = np.random.default_rng(config.seed)
    halves = np.tile(rng.permutation(len(pages)) % 2, VARIATIONS)
    pages = [page.without_others() for page in pages]
    shown = [page for _ in range(VARIATIONS) for page in vary(pages, rng)]
    x = [page.around.describe(page.evidence.probabilities) for page in shown]
    first = _fit(x, shown, config)
    unseen = _cross_fitted(x, shown, halves, config)
    del x
    again = [
        second_look(page.around, page.evidence.probabilities, belief)
        for page, belief in zip(shown, unseen, strict=True)
    ]
    return first, _fit(again, shown, config)


def _fit(features: list[np.ndarray], pages: list[Example], config: PerceptronConfig) -> Perceptron:
    answers, weights = (np.concatenate([getattr(page, name) for page in pages]) for name in ("answers", "weights"))
    return fit_perceptron(np.concatenate(features), answers, weights, config)


def _cross_fitted(
    features: list[np.ndarray], pages: list[Example], halves: np.ndarray, config: PerceptronConfig
) -> list[np.ndarray]:
    """Compute for each page the (n,) answers of a perceptron fitted to the pages of the other half, 0 or 1."""
    found: list[np.ndarray] = [np.zeros(0)] * len(pages)
    for half in (0, 1):
        others = np.flatnonzero(halves != half)
        other = _fit([features[i] for i in others], [pages[i] for i in others], config)
        for i in np.flatnonzero(halves == half):
            found[i] = other(features[i])
    return found


def digit_log_loss(decision: Decision, pages: Iterable[Example]) -> tuple[float, float]:
    """Measure a decision on pages it has not seen.

    Returns:
        Its mean log loss, and the F1 of the digits that it and the network find together at a confidence of a half.
    """
    losses, weights, right, read, true = 0.0, 0.0, 0, 0, 0
    for page in pages:
        is_digit = np.clip(decision(page.evidence), FAINTEST, 1 - FAINTEST)
        loss = -np.log(np.where(page.answers == 1, is_digit, 1 - is_digit))
        losses, weights = losses + float(loss @ page.weights), weights + float(page.weights.sum())
        digits = page.evidence.probabilities[:, :NO_DIGIT]
        is_read = is_digit * digits.max(axis=1) / np.maximum(digits.sum(axis=1), FAINTEST) >= 0.5
        right += int((is_read & (page.answers == 1)).sum())
        read += int((is_read & (page.weights > 0)).sum())
        true += int(page.answers.sum())
    return losses / max(weights, 1.0), 2 * right / max(read + true, 1)
