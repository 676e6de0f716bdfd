"""Averages a fine-tuned network's weights with the former ones, as far as little is lost: so it forgets less.

On the straight line from the former weights to the fine-tuned ones the loss stays low: part of the way, much of the new
is read already while little of the old is lost (Wortsman et al. 2022, "Robust fine-tuning of zero-shot models").
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
from keras import Model

from model.classifier import ASSUMED_DIGITS, with_share
from model.glyph import normalise
from training.datasets.labelled import Labelled
from training.evaluation.metrics import PREDICT_BATCH
from training.fitting.acceptance import taken_for_digits
from training.fitting.fine_tune import features_of, head_of, open_network
from training.fitting.fit import blend
from training.synthesis.mixture import inked
from training.synthesis.recipes import vary
from training.synthesis.writers import Material

STEPS = 10  # from all new weights to none


def keep_bearable(network: Model, former: list[np.ndarray], is_bearable: Callable[[Model], bool]) -> float:
    """Blend a tuned network with its former weights; return the largest share of the new, 0 to 1, that is bearable."""
    tuned = network.get_weights()
    for step in range(STEPS, 0, -1):
        network.set_weights(tuned)
        blend(network, former, step / STEPS)
        if is_bearable(network):
            return step / STEPS
    network.set_weights(former)
    return 0.0


def newly_wrong_at_most(share: float, start: Path, digit_share: float, guarded: Labelled) -> Callable[[Model], bool]:
    """Make a judge of networks that were tuned from `start`.

    It accepts where at most `share` of the guarded digits, 0 to 1, are read wrong that were read right. Others that are
    newly read right do not make up for them: there will be some wherever the guarded ones are like the rehearsed.
    """
    trunk, head, _ = open_network(start, digit_share)
    features = features_of(trunk, guarded.x)

    def is_right(head: Model) -> np.ndarray:
        probabilities = head.predict(features, batch_size=PREDICT_BATCH, verbose=0)
        return with_share(probabilities, ASSUMED_DIGITS, digit_share).argmax(axis=1) == guarded.y

    was_right = is_right(head)
    return lambda network: bool((was_right & ~is_right(head_of(network))).mean() <= share)


def newly_read_at_most(share: float, start: Path, digit_share: float, clutter: np.ndarray) -> Callable[[Model], bool]:
    """Make a judge of networks that were tuned from `start`: what is no digit must not begin to look like one.

    It accepts where at most `share`, 0 to 1, of (n, 28, 28) glyphs that are no digit are newly taken for digits.
    """
    trunk, head, _ = open_network(start, digit_share)
    features = features_of(trunk, clutter)

    def is_read(head: Model) -> np.ndarray:
        return taken_for_digits(head.predict(features, batch_size=PREDICT_BATCH, verbose=0), digit_share)

    was_read = is_read(head)
    return lambda network: bool((~was_read & is_read(head_of(network))).mean() <= share)


def guarded_digits(material: Material) -> Labelled:
    """Give images as they are and each once more, turned and sheared; and pen strokes where there are any.

    A finished network has met images like the former often; the latter lie nearer to where one digit becomes another.
    """
    rng = np.random.default_rng(0)
    turned = np.stack([normalise(vary(image, rng)) for image in material.images.x])
    pens = [inked(writer, rng) for writer in material.writers]
    return together(material.images.normalised(), Labelled(turned, material.images.y), *pens)


def together(*parts: Labelled) -> Labelled:
    """Join all parts' glyphs to one set."""
    return Labelled(np.concatenate([part.x for part in parts]), np.concatenate([part.y for part in parts]))
