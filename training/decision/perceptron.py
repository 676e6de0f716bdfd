"""Trains a small perceptron in numpy: seconds for a hundred thousand examples, and no TensorFlow to wait for.

Adam (Kingma and Ba 2015) with decoupled weight decay (Loshchilov and Hutter 2019) and a cosine schedule.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np

from capture.read.networks import MAX_INPUT, Perceptron
from capture.sinks.names import passing_path

MOMENTUM, VARIANCE_MOMENTUM = 0.9, 0.999
MIN_SCALE, TINY = 0.05, 1e-8  # a feature, or a slope, that hardly varies is not blown up


@dataclass(frozen=True)
class PerceptronConfig:
    """How it is trained.

    Attributes:
        hidden: units of each hidden layer.
        epochs: times that all examples are shown.
        batch: examples a step.
        rate: step size at the start.
        decay: share of a weight lost a step, times the step size.
        dropout: share of the inputs hidden at each step, so that no one feature is relied on.
        seed: makes it repeatable.
        members: perceptrons trained from different starts, whose outputs before the sigmoid are averaged: what they
            make of pictures unlike any drawn page differs more from start to start than what they make of drawn ones.
    """

    hidden: tuple[int, ...] = (48, 32)
    epochs: int = 12
    batch: int = 512
    rate: float = 3e-3
    decay: float = 1e-3
    dropout: float = 0.1
    seed: int = 0
    members: int = 1


def fit_perceptron(x: np.ndarray, y: np.ndarray, weight: np.ndarray, config: PerceptronConfig) -> Perceptron:
    """Fit perceptrons to answers 0 or 1, and merge them into one.

    Args:
        x: (n, F) float32 features.
        y: (n,) answers, 0 to 1; or (n, K) of K questions, an output each.
        weight: (n,) how much each example counts.
        config: how.
    """
    return _merged([_fit_one(x, y, weight, config, config.seed + member) for member in range(config.members)])


def _fit_one(x: np.ndarray, y: np.ndarray, weight: np.ndarray, config: PerceptronConfig, seed: int) -> Perceptron:
    rng = np.random.default_rng(seed)
    mean, scale = x.mean(axis=0), np.maximum(x.std(axis=0), MIN_SCALE)
    y = y.reshape(len(y), -1)
    layers = _Layers((x.shape[1], *config.hidden, y.shape[1]), rng)
    steps = len(x) // config.batch * config.epochs
    for step in range(steps):
        if step * config.batch % len(x) < config.batch:
            order = rng.permutation(len(x))
        start = step % (len(x) // config.batch) * config.batch
        rows = order[start : start + config.batch]
        shown = np.clip((x[rows] - mean) / scale, -MAX_INPUT, MAX_INPUT)  # here, as all rows twice may be 10 GB
        shown *= rng.random(shown.shape, np.float32) >= config.dropout
        error = (_sigmoid(layers.forward(shown)) - y[rows]) * weight[rows, None] / config.batch
        rate = config.rate * (1 + np.cos(np.pi * step / steps)) / 2
        layers.step(error.astype(np.float32), rate, config.decay)
    return Perceptron(mean.astype(np.float32), scale.astype(np.float32), tuple(layers.weights), tuple(layers.biases))


def _merged(members: list[Perceptron]) -> Perceptron:
    """Merge perceptrons to one that answers as all of them do on average: their layers side by side."""
    first, *inner, last = zip(*(member.weights for member in members), strict=True)
    weights = (np.concatenate(first, axis=1), *map(_side_by_side, inner), np.concatenate(last) / len(members))
    *hidden, out = zip(*(member.biases for member in members), strict=True)
    return Perceptron(members[0].mean, members[0].scale, weights, (*map(np.concatenate, hidden), np.mean(out, axis=0)))


def _side_by_side(matrices: tuple[np.ndarray, ...]) -> np.ndarray:
    """Build a matrix with these along its diagonal."""
    rows, columns = matrices[0].shape
    merged = np.zeros((rows * len(matrices), columns * len(matrices)), np.float32)
    for i, matrix in enumerate(matrices):
        merged[i * rows : (i + 1) * rows, i * columns : (i + 1) * columns] = matrix
    return merged


def _sigmoid(values: np.ndarray) -> np.ndarray:
    return (1 + np.tanh(values / 2)) / 2


class _Layers:
    """The weights with their moments."""

    def __init__(self, sizes: tuple[int, ...], rng: np.random.Generator) -> None:
        pairs = list(pairwise(sizes))
        self.weights = [rng.normal(0, np.sqrt(2 / a), (a, b)).astype(np.float32) for a, b in pairs]
        self.biases = [np.zeros(b, np.float32) for _, b in pairs]
        self._moments = [(np.zeros_like(p), np.zeros_like(p)) for p in (*self.weights, *self.biases)]
        self._inputs: list[np.ndarray] = []
        self._steps = 0

    def forward(self, x: np.ndarray) -> np.ndarray:
        """Compute (n, K) outputs before the sigmoid."""
        self._inputs = []
        for weights, biases in zip(self.weights, self.biases, strict=True):
            self._inputs.append(x)
            x = np.maximum(x @ weights + biases, 0)
        return self._inputs[-1] @ self.weights[-1] + self.biases[-1]

    def step(self, error: np.ndarray, rate: float, decay: float) -> None:
        """Move all weights down the slope; `error` is the (n, K) slope of the loss by the outputs."""
        slopes = self._slopes(error)
        self._steps += 1
        fresh, fresh_variance = (1 - momentum**self._steps for momentum in (MOMENTUM, VARIANCE_MOMENTUM))
        for values, slope, moments in zip((*self.weights, *self.biases), slopes, self._moments, strict=True):
            moments[0][:] += (1 - MOMENTUM) * (slope - moments[0])
            moments[1][:] += (1 - VARIANCE_MOMENTUM) * (slope * slope - moments[1])
            move = (moments[0] / fresh) / (np.sqrt(moments[1] / fresh_variance) + TINY)
            np.subtract(values, rate * (move + (decay * values if values.ndim == 2 else 0)), out=values)

    def _slopes(self, error: np.ndarray) -> list[np.ndarray]:
        of_weights, of_biases = [], []
        for inputs, weights in zip(self._inputs[::-1], self.weights[::-1], strict=True):
            of_weights.append(inputs.T @ error)
            of_biases.append(error.sum(axis=0))
            error = (error @ weights.T) * (inputs > 0)
        return [*of_weights[::-1], *of_biases[::-1]]


def arrays_of(perceptron: Perceptron) -> dict[str, np.ndarray]:
    """List a perceptron's arrays by the names that `load_perceptron` knows."""
    of_layers = {"weights": perceptron.weights, "biases": perceptron.biases}
    by_layer = {f"{kind}/{i}": array for kind, arrays in of_layers.items() for i, array in enumerate(arrays)}
    return {"mean": perceptron.mean, "scale": perceptron.scale} | by_layer


def save_trained(trained: Mapping[str, Mapping[str, np.ndarray]], path: Path) -> None:
    """Write arrays by the name of what was trained and their own, as `load_arrays` reads them."""
    part = passing_path(path, ".npz")
    arrays = {f"{name}/{key}": array for name, arrays in trained.items() for key, array in arrays.items()}
    np.savez_compressed(part, **{name: np.asarray(array, np.float16) for name, array in arrays.items()})
    part.replace(path)
