"""Trains the decision's attention with Keras, on pages that are varied anew in each epoch."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

import keras
import numpy as np
import tensorflow as tf
from keras import ops, optimizers

from capture.read.features import NEAREST
from capture.read.networks import Backend, Neighbours, attend
from training.decision.examples import Example
from training.decision.variation import vary

WARMUP = 0.08  # share of the steps in which the rate climbs to its peak
MIN_SCALE = 0.05  # a feature that hardly varies is not blown up
RELATIONS = 16  # numbers that tell how a neighbour stands
ABSENT = -1e4  # added to the score of a neighbour that is none
STANDARD = {"mean": np.float32(0), "scale": np.float32(1)}  # of features that were made standard before


Weights = Mapping[str, tf.Variable]  # as `attend` takes them


@dataclass(frozen=True)
class AttentionConfig:
    """How it is trained.

    Attributes:
        size: numbers that a candidate is held in.
        layers: times that each looks at its neighbours.
        heads: ways to look at them at a time.
        related: units that turn the places of two into how much they count for each other.
        epochs: times that all pages are shown.
        batch: candidates a step, of whole pages.
        rate: step size at its peak.
        decay: share of a weight lost a step, times the step size.
        dropout: share of the features hidden at each step, so that no one is relied on.
        looks_away: the same of the neighbours.
        seed: makes it repeatable, but for the order in which threads add up.
    """

    size: int = 64
    layers: int = 3
    heads: int = 4
    related: int = 24
    epochs: int = 6
    batch: int = 2048
    rate: float = 2e-3
    decay: float = 0.02
    dropout: float = 0.15
    looks_away: float = 0.1
    seed: int = 0


class _Batch(NamedTuple):
    """Candidates of several pages: features, neighbours, whether each is a digit, how much it counts."""

    features: tf.Tensor
    neighbours: Neighbours
    answers: tf.Tensor
    counted: tf.Tensor


def fit_attention(
    pages: list[Example], config: AttentionConfig, former: Mapping[str, np.ndarray] | None = None
) -> dict[str, np.ndarray]:
    """Fit weights as `attend` takes them: Adam with decoupled weight decay, and steps that grow and then shrink.

    Args:
        pages: to learn from.
        config: how; its sizes say nothing where there are `former` weights.
        former: weights to go on from; None to begin by chance.
    """
    rng = np.random.default_rng(config.seed)
    keras.utils.set_random_seed(config.seed)
    first = dict(former or _chance_weights(pages, config, rng))
    standard = {name: first.pop(name) for name in STANDARD}
    weights = {name: tf.Variable(array) for name, array in first.items()}
    steps = config.epochs * len(list(_batches(pages, config.batch, rng)))
    warmup = round(WARMUP * steps)
    schedule = optimizers.schedules.CosineDecay(0.0, steps - warmup, warmup_target=config.rate, warmup_steps=warmup)
    optimizer = optimizers.AdamW(schedule, weight_decay=config.decay, global_clipnorm=1.0)
    optimizer.build(list(weights.values()))
    step = tf.function(partial(_step, weights, optimizer, config))
    for _ in range(config.epochs):
        for batch in _batches(list(vary(pages, rng)), config.batch, rng):
            step(_together(batch, standard, config.batch))
    return {name: np.asarray(array) for name, array in (standard | weights).items()}


def _chance_weights(
    pages: list[Example], config: AttentionConfig, rng: np.random.Generator
) -> Mapping[str, np.ndarray]:
    """Draw weights as `attend` takes them by chance, and make the pages' features standard."""
    features = np.concatenate([page.around.describe_alone(page.evidence.probabilities) for page in vary(pages, rng)])
    standard = {"mean": features.mean(axis=0), "scale": np.maximum(features.std(axis=0), MIN_SCALE)}
    return standard | _first_weights(config, features.shape[1], rng)


def _first_weights(config: AttentionConfig, features: int, rng: np.random.Generator) -> dict[str, np.ndarray]:
    """Draw all weights but those that make features standard."""
    d, many = config.size, config.layers

    def drawn(*shape: int, gain: float = 1.0) -> np.ndarray:
        return (gain / np.sqrt(shape[-2]) * rng.standard_normal(shape)).astype(np.float32)

    def level(*shape: int, value: float = 0.0) -> np.ndarray:
        return np.full(shape, value, np.float32)

    rectified, gentle = np.sqrt(2), 0.5  # what is added to a value changes it little at first
    return {
        "embed": drawn(features, d, gain=rectified),
        "embed_bias": level(d),
        "relate": drawn(RELATIONS, config.related, gain=rectified),
        "relate_bias": level(config.related),
        "relate_out": drawn(config.related, many * config.heads),
        "relate_out_bias": level(many * config.heads),
        **{name: drawn(many, d, d) for name in ("query", "key", "value")},
        "project": drawn(many, d, d, gain=gentle),
        "widen": drawn(many, d, 2 * d, gain=rectified),
        "widen_bias": level(many, 2 * d),
        "narrow": drawn(many, 2 * d, d, gain=gentle),
        "narrow_bias": level(many, d),
        **{name: level(many, d, value=1.0) for name in ("norm", "norm_wide")},
        **{name: level(many, d) for name in ("norm_bias", "norm_wide_bias")},
        "out": drawn(d, 1),
        "out_bias": level(1),
    }


def _step(weights: Weights, optimizer: optimizers.Optimizer, config: AttentionConfig, batch: _Batch) -> None:
    """Move the weights down the slope of the log loss."""
    with tf.GradientTape() as tape:
        shown = batch.features * _seen(batch.features, config.dropout)
        backend = Backend(ops, lambda shares: shares * _seen(shares, config.looks_away) / (1 - config.looks_away))
        log_odds = attend(weights | STANDARD, shown, batch.neighbours, backend)
        losses = ops.relu(log_odds) - log_odds * batch.answers + ops.log1p(ops.exp(-ops.abs(log_odds)))
        loss = ops.sum(losses * batch.counted) / ops.sum(batch.counted)
    trained = list(weights.values())
    optimizer.apply_gradients(zip(tape.gradient(loss, trained), trained, strict=True))


def _seen(values: tf.Tensor, hidden: float) -> tf.Tensor:
    """Draw a mask for dropout: 0 for this share of the values, by chance, and 1 for the others."""
    return ops.cast(keras.random.uniform(ops.shape(values)) >= hidden, "float32")


def _batches(pages: list[Example], size: int, rng: np.random.Generator) -> Iterator[list[Example]]:
    """Pages in an order of chance, as many at a time as have at most `size` candidates."""
    batch: list[Example] = []
    for index in rng.permutation(len(pages)):
        if batch and sum(len(page.answers) for page in (*batch, pages[index])) > size:
            yield batch
            batch = []
        if len(pages[index].answers) <= size:
            batch.append(pages[index])
    if batch:
        yield batch


def _together(pages: list[Example], standard: Mapping[str, np.ndarray], size: int) -> _Batch:
    """Pages one after the other, filled up to `size` candidates that count for nothing."""
    parts, start = [], 0
    for page in pages:
        around = page.around
        near, placed, _ = around.neighbours()
        missing = ((0, 0), (0, NEAREST - near.shape[1]))
        absent = np.pad(np.zeros(near.shape), missing, constant_values=ABSENT)
        features = (around.describe_alone(page.evidence.probabilities) - standard["mean"]) / standard["scale"]
        padded = np.pad(near + start, missing), np.pad(placed, (*missing, (0, 0)))
        parts.append((features, *padded, absent, page.answers, page.weights))
        start += len(near)
    joined = map(np.concatenate, zip(*parts, strict=True))
    filled = [np.concatenate([part, np.zeros((size - start, *part.shape[1:]), part.dtype)]) for part in joined]
    features, indices, *others = (
        tf.constant(part, tf.int32 if part.dtype.kind == "i" else tf.float32) for part in filled
    )
    return _Batch(features, Neighbours(indices, *others[:2]), *others[2:])
