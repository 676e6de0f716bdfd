"""Decides which candidates are digits: two small trained perceptrons over what the network and the page say of each.

The first sees what the network says of a candidate and of those around it; the second looks again, knowing what the
first made of all of them: the belief of one round is the evidence of the next, as in stacked sequential learning (Cohen
and Carvalho 2005). `python train.py decide` trains both on drawn pages; no weight is set by hand.
"""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from capture.read.features import TINY, Surroundings, log_odds_of
from model.classifier import NO_DIGIT
from model.errors import WeightsError

DEFAULT_DECISION = Path(__file__).parents[2] / "model" / "weights" / "decision.npz"
Decide = Callable[[np.ndarray, np.ndarray, np.ndarray, tuple[int, ...]], np.ndarray]  # as a `Decision` does
USUAL_SHARE = 0.7  # of a page's candidates are digits, as far as is known before they are decided
MAX_INPUT = 6.0  # standard deviations: a feature further out says no more


@dataclass(frozen=True)
class Perceptron:
    """Hidden layers of rectified units, and one output.

    Attributes:
        mean, scale: (F,) float32 of the features it was trained on.
        weights: its layers' matrices, the first (F, h), the last (h, 1).
        biases: as many vectors.
    """

    mean: np.ndarray
    scale: np.ndarray
    weights: tuple[np.ndarray, ...]
    biases: tuple[np.ndarray, ...]

    def __call__(self, features: np.ndarray) -> np.ndarray:
        """(n,) probabilities from (n, F) features."""
        values = np.minimum(np.maximum((features - self.mean) / self.scale, -MAX_INPUT), MAX_INPUT)
        for weights, biases in zip(self.weights[:-1], self.biases[:-1], strict=True):
            values = np.maximum(values @ weights + biases, 0)
        return (1 + np.tanh((values @ self.weights[-1] + self.biases[-1])[:, 0] / 2)) / 2


@dataclass(frozen=True)
class Decision:
    """Tells how likely each candidate of a page is a digit.

    Attributes:
        rounds: the first perceptron sees what the network says, each further one what the one before made of it.

    Example:
        >>> decide = load_decision()
        >>> is_digit = decide(probabilities, boxes_px, stroke_widths_px, image.shape)
    """

    rounds: tuple[Perceptron, ...]

    def __call__(
        self, probabilities: np.ndarray, boxes: np.ndarray, strokes: np.ndarray, shape: tuple[int, ...]
    ) -> np.ndarray:
        """Decides.

        Args:
            probabilities: (n, C) of the network: digits 0 to 9, "no digit", then any letters and signs.
            boxes: (n, 4) x, y, width, height in px.
            strokes: (n,) stroke widths in px; 0 where not known.
            shape: (height, width, ...) of the picture in px.

        Returns:
            (n,) float32, 0 to 1.
        """
        if len(boxes) == 0:
            return np.zeros(0, np.float32)
        around = Surroundings(boxes, strokes, shape)
        is_digit = self.rounds[0](around.describe(probabilities))
        for again in self.rounds[1:]:
            is_digit = again(second_look(around, probabilities, is_digit))
        return is_digit


def second_look(around: Surroundings, probabilities: np.ndarray, is_digit: np.ndarray) -> np.ndarray:
    """(n, F + 1) features of a further round: by what is believed, and what the network said."""
    told = log_odds_of(probabilities[:, :NO_DIGIT].sum(axis=1))
    return np.column_stack([around.describe(with_belief(probabilities, is_digit)), told]).astype(np.float32)


def with_belief(probabilities: np.ndarray, is_digit: np.ndarray) -> np.ndarray:
    """(n, C) probabilities with others, (n,), of being a digit at all; shares among digits and others stay."""
    belief = np.column_stack([is_digit, 1 - is_digit])
    sums = np.add.reduceat(probabilities, (0, NO_DIGIT), axis=1)
    scale = np.repeat(belief / np.maximum(sums, TINY), (NO_DIGIT, probabilities.shape[1] - NO_DIGIT), axis=1)
    return (probabilities * scale).astype(np.float32)


@cache
def load_decision(path: Path = DEFAULT_DECISION) -> Decision:
    """Loads a trained decision.

    Raises:
        WeightsError: the file is missing, damaged or of another form.
    """
    try:
        with np.load(path, allow_pickle=False) as file:
            count = 1 + max(int(name.split(".")[0]) for name in file.files)
            return Decision(tuple(_perceptron({n: file[n] for n in file.files}, number) for number in range(count)))
    except (OSError, EOFError, ValueError, KeyError, zipfile.BadZipFile) as error:
        raise WeightsError(f"{path}: is no usable decision ({error}); make one with: python train.py decide") from error


def _perceptron(arrays: dict[str, np.ndarray], number: int) -> Perceptron:
    layers = range(sum(name.startswith(f"{number}.weights.") for name in arrays))
    weights, biases = (tuple(arrays[f"{number}.{kind}.{i}"] for i in layers) for kind in ("weights", "biases"))
    return Perceptron(arrays[f"{number}.mean"], arrays[f"{number}.scale"], weights, biases)


def save_decision(decision: Decision, path: Path) -> None:
    """Writes a decision as `load_decision` reads it, to a temporary name first."""
    arrays = dict(item for number, one in enumerate(decision.rounds) for item in _named(one, number))
    part = path.with_suffix(".part.npz")
    np.savez_compressed(part, **arrays)
    part.replace(path)


def _named(perceptron: Perceptron, number: int) -> Iterable[tuple[str, np.ndarray]]:
    yield from ((f"{number}.mean", perceptron.mean), (f"{number}.scale", perceptron.scale))
    for kind in ("weights", "biases"):
        yield from ((f"{number}.{kind}.{i}", array) for i, array in enumerate(getattr(perceptron, kind)))
