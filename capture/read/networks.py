"""Small networks in numpy, a perceptron and attention, and the file of what `train.py decide` learns of them."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

import numpy as np

from model.classifier import DEFAULT_WEIGHTS
from model.errors import WeightsError

DEFAULT_DECISION = DEFAULT_WEIGHTS.with_name("decision.npz")
MAX_INPUT = 6.0  # standard deviations: a feature further out says no more
MAX_LOG_ODDS = 9.0
ODDS_SCALE = 3.0  # log-odds over this are about -3 to 3, as a perceptron wants its inputs
TINY = 1e-6
REACHES = 0.7, 4.0, 12.0  # heights: how far a candidate looks along its line, all around, and once more along its line
ALIKE = 0.4  # heights, or natural logarithm of their ratio: of one line, of one size
MAX_RELATION = 2.0  # heights, or natural logarithm of their ratio: further says no more


@dataclass(frozen=True)
class Perceptron:
    """Hidden layers of rectified units, and one output or several.

    Attributes:
        mean, scale: (F,) float32 of the features it was trained on.
        weights: its layers' matrices, the first (F, h), the last (h, K).
        biases: as many vectors.
    """

    mean: np.ndarray
    scale: np.ndarray
    weights: tuple[np.ndarray, ...]
    biases: tuple[np.ndarray, ...]

    def __call__(self, features: np.ndarray) -> np.ndarray:
        """Compute (n,) probabilities of the first output from (n, F) features."""
        return (1 + np.tanh(self.log_odds(features)[:, 0] / 2)) / 2

    def log_odds(self, features: np.ndarray) -> np.ndarray:
        """Compute (n, K) log-odds from (n, F) features."""
        values = np.minimum(np.maximum((features - self.mean) / self.scale, -MAX_INPUT), MAX_INPUT)
        for weights, biases in zip(self.weights[:-1], self.biases[:-1], strict=True):
            values = np.maximum(values @ weights + biases, 0)
        return values @ self.weights[-1] + self.biases[-1]


class Neighbours(NamedTuple):
    """The nearest of each candidate.

    Attributes:
        indices: (n, K) which they are, K at most `NEAREST`; the candidate itself is the first.
        relations: (n, K, 16) how they stand to it.
        absent: (n, K), far below 0 for those that are none, where pages of many sizes are trained on together.
    """

    indices: np.ndarray
    relations: np.ndarray
    absent: np.ndarray | float = 0.0


def relate(boxes: np.ndarray, indices: np.ndarray, across: np.ndarray, down: np.ndarray) -> np.ndarray:
    """Relate each to its nearest: (n, K, 14) how far right, below, larger and clear, in heights of the higher one."""
    mine, other = boxes[:, None], boxes[indices]
    higher = np.maximum(mine[..., 3], other[..., 3])
    middle, other_middle = (box[..., :2] + box[..., 2:] / 2 for box in (mine, other))
    right, below = np.moveaxis(other_middle - middle, -1, 0) / higher
    foot = (other[..., 1] + other[..., 3] - mine[..., 1] - mine[..., 3]) / higher
    larger = np.log(other[..., 3] / mine[..., 3])
    clear_across, clear_down = np.maximum(across, 0), np.maximum(down, 0)
    parts = (
        np.sign(right) * np.log1p(np.abs(right)),
        np.sign(below) * np.log1p(np.abs(below)),
        np.tanh(right),
        np.tanh(2 * below),
        np.clip(larger, -MAX_RELATION, MAX_RELATION),
        np.clip(foot, -MAX_RELATION, MAX_RELATION),
        *(np.exp(-clear_across / reach) for reach in REACHES[:2]),
        np.exp(-clear_down / REACHES[0]),
        np.exp(-((below / ALIKE) ** 2)),
        np.exp(-((larger / ALIKE) ** 2)),
        np.clip(across, -1, 0) * np.clip(down, -1, 0),
        np.sqrt(np.abs(foot)),
        np.sqrt(np.abs(larger)),
    )
    return np.stack(parts, axis=-1).astype(np.float32)


class Backend(NamedTuple):
    """What `attend` computes with: numpy to read; keras.ops, and a function that hides some shares, to train."""

    ops: ModuleType = np
    drop: Callable[[np.ndarray], np.ndarray] = lambda shares: shares


NUMPY = Backend()
IN_LAYER = (  # names of the weights that each layer has
    *("query", "key", "value", "project", "norm", "norm_bias"),
    *("widen", "widen_bias", "narrow", "narrow_bias", "norm_wide", "norm_wide_bias"),
)
OUTSIDE = ("mean", "scale", "embed", "embed_bias", "relate", "relate_bias", "relate_out", "relate_out_bias")
ATTENTION = (*OUTSIDE, *IN_LAYER, "out", "out_bias")


def attend(
    weights: Mapping[str, np.ndarray], features: np.ndarray, neighbours: Neighbours, backend: Backend = NUMPY
) -> np.ndarray:
    """Let each candidate take from its neighbours what tells what it is, layer by layer.

    Attention (Vaswani et al. 2017) over the nearest, with a learnt bias by how they stand to each other.

    Args:
        weights: `mean`, `scale` (F,) of the features; `embed` (F, D); `relate` (16, R) and `relate_out` (R, L * heads),
            which turn relations into biases; for L layers `query`, `key`, `value`, `project` (L, D, D), `widen`
            (L, D, W), `narrow` (L, W, D), `norm` and `norm_wide` (L, D); `out` (D, 1); and their biases.
        features: (n, F) of the candidates.
        neighbours: of each.
        backend: what computes.

    Returns:
        (n,) log-odds.
    """
    ops, (indices, relations, absent) = backend.ops, neighbours
    known = ops.clip((features - weights["mean"]) / weights["scale"], -MAX_INPUT, MAX_INPUT)
    values = ops.maximum(ops.matmul(known, weights["embed"]) + weights["embed_bias"], 0)
    related = ops.maximum(ops.matmul(relations, weights["relate"]) + weights["relate_bias"], 0)
    biases = ops.matmul(related, weights["relate_out"]) + weights["relate_out_bias"]
    layers = len(weights["query"])
    biases = ops.transpose(ops.reshape(biases, (*indices.shape, layers, -1)), (2, 3, 0, 1)) + absent
    for layer in range(layers):
        mine = {name: weights[name][layer] for name in IN_LAYER}
        values = values + _look_around(mine, values, indices, biases[layer], backend)
        wide = ops.matmul(_normalise(values, mine, "norm_wide", ops), mine["widen"]) + mine["widen_bias"]
        values = values + ops.matmul(ops.maximum(wide, 0), mine["narrow"]) + mine["narrow_bias"]
    return (ops.matmul(values, weights["out"]) + weights["out_bias"])[:, 0]


def _look_around(
    weights: Mapping[str, np.ndarray],
    values: np.ndarray,
    indices: np.ndarray,
    biases: np.ndarray,
    backend: Backend,
) -> np.ndarray:
    """Compute (n, D) what each takes from its neighbours; (heads, n, K) biases say how much their places count."""
    ops, (heads, count, _) = backend.ops, biases.shape
    normed = _normalise(values, weights, "norm", ops)
    query, key, value = (
        ops.transpose(ops.reshape(ops.matmul(normed, weights[name]), (count, heads, -1)), (1, 0, 2))
        for name in ("query", "key", "value")
    )
    keys, others = (ops.take(one, indices, axis=1) for one in (key, value))
    scores = ops.matmul(keys, query[..., None])[..., 0] / query.shape[-1] ** 0.5 + biases
    shares = ops.exp(scores - ops.max(scores, axis=-1, keepdims=True))
    shares = backend.drop(shares / ops.sum(shares, axis=-1, keepdims=True))
    taken = ops.transpose(ops.matmul(shares[:, :, None], others)[:, :, 0], (1, 0, 2))
    return ops.matmul(ops.reshape(taken, values.shape), weights["project"])


def _normalise(values: np.ndarray, weights: Mapping[str, np.ndarray], name: str, ops: ModuleType) -> np.ndarray:
    """Normalise a layer (Ba et al. 2016): a mean of 0 and a spread of 1 for each candidate, then scale and bias."""
    centred = values - ops.mean(values, axis=-1, keepdims=True)
    spread = ops.sqrt(ops.mean(centred * centred, axis=-1, keepdims=True) + TINY)
    return centred / spread * weights[name] + weights[f"{name}_bias"]


def log_odds_of(shares: np.ndarray) -> np.ndarray:
    """Convert probabilities to (n,) log-odds, scaled and kept finite."""
    clipped = np.clip(shares, TINY, 1 - TINY)
    return np.clip(np.log(clipped / (1 - clipped)), -MAX_LOG_ODDS, MAX_LOG_ODDS) / ODDS_SCALE


def load_perceptron(path: Path, name: str) -> Perceptron:
    """Load the perceptron of that name from a file of trained arrays.

    Raises:
        WeightsError: the file is missing, damaged or of another form.
    """
    arrays = load_arrays(path, name, ("mean", "scale", "weights/0", "biases/0"))
    layers = range(sum(key.startswith("weights/") for key in arrays))
    weights, biases = (tuple(arrays[f"{kind}/{i}"] for i in layers) for kind in ("weights", "biases"))
    return Perceptron(arrays["mean"], arrays["scale"], weights, biases)


def load_arrays(path: Path, name: str, needed: Iterable[str]) -> dict[str, np.ndarray]:
    """Load the float32 arrays whose names begin with `name` and a slash, by what follows it.

    Raises:
        WeightsError: the file is missing or damaged, or one that is `needed` is not in it.
    """
    try:
        with np.load(path, allow_pickle=False) as file:
            mine = [key for key in file.files if key.startswith(f"{name}/")]
            arrays = {key[len(name) + 1 :]: file[key].astype(np.float32) for key in mine}
        if missing := set(needed) - arrays.keys():
            raise ValueError(f"it lacks {min(missing)}")
    except (OSError, EOFError, ValueError, AttributeError, zipfile.BadZipFile) as error:
        raise WeightsError(
            "{path}: is no usable decision ({error}); make one with: python train.py decide", path=path, error=error
        ) from error
    return arrays
