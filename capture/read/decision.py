"""Decides which candidates are digits: small trained perceptrons over what the network and the page say of each.

The first sees what the network says of a candidate and of those around it; the second looks again, knowing what the
first made of all of them: the belief of one round is the evidence of the next, as in stacked sequential learning (Cohen
and Carvalho 2005). Two such pairs, trained on different shares of the pages, are averaged, for drawn pages are no real
ones and each errs in its own way. `python train.py decide` trains them; no weight is set by hand.
"""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from capture.read.features import ODDS_SCALE, TINY, Surroundings, log_odds_of
from model.classifier import NO_DIGIT
from model.errors import WeightsError

DEFAULT_DECISION = Path(__file__).parents[2] / "model" / "weights" / "decision.npz"
Decide = Callable[[np.ndarray, np.ndarray, np.ndarray, tuple[int, ...]], np.ndarray]  # as a `Decision` does
USUAL_SHARE = 0.7  # of a page's candidates are digits, as far as is known before they are decided
MAX_INPUT = 6.0  # standard deviations: a feature further out says no more
BELIEF_WEIGHT, NETWORK_WEIGHT, BIAS = 0.7, 0.3, -0.8
"""The verdict's log-odds are so much of the perceptrons' and of the network's own: drawn pages teach the perceptrons
more trust than real pages deserve. Chosen on two sets of photographs, formulas, lines; values near these do alike."""


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
        members: pairs or longer rows of perceptrons: the first of a row sees what the network says, each further one
            what the one before made of it.

    Example:
        >>> decide = load_decision()
        >>> is_digit = decide(probabilities, boxes_px, stroke_widths_px, image.shape)
    """

    members: tuple[tuple[Perceptron, ...], ...]

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
        described = around.describe(probabilities)
        beliefs = [_believe(rounds, around, described, probabilities) for rounds in self.members]
        return verdict(beliefs, probabilities)


def _believe(
    rounds: tuple[Perceptron, ...], around: Surroundings, described: np.ndarray, probabilities: np.ndarray
) -> np.ndarray:
    """What one row of perceptrons makes of the candidates, (n,)."""
    is_digit = rounds[0](described)
    for again in rounds[1:]:
        is_digit = again(second_look(around, probabilities, is_digit))
    return is_digit


def verdict(beliefs: Sequence[np.ndarray], probabilities: np.ndarray) -> np.ndarray:
    """Weigh what each member believes, (n,) each, and what the network says, (n, C): (n,) probabilities."""
    believed = sum(log_odds_of(belief) for belief in beliefs) / len(beliefs)
    told = log_odds_of(probabilities[:, :NO_DIGIT].sum(axis=1))
    log_odds = ODDS_SCALE * (BELIEF_WEIGHT * believed + NETWORK_WEIGHT * told) + BIAS
    return (1 + np.tanh(log_odds / 2)) / 2


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
            arrays = {name: file[name] for name in file.files}
        places = sorted({tuple(map(int, name.split(".")[:2])) for name in arrays})
        rows = [
            [_perceptron(arrays, f"{m}.{n}") for m, n in places if m == member] for member in {m for m, _ in places}
        ]
        if not rows:
            raise ValueError("it holds nothing")
        return Decision(tuple(map(tuple, rows)))
    except (OSError, EOFError, ValueError, KeyError, zipfile.BadZipFile) as error:
        raise WeightsError(
            "{path}: is no usable decision ({error}); make one with: python train.py decide", path=path, error=error
        ) from error


def _perceptron(arrays: dict[str, np.ndarray], place: str) -> Perceptron:
    layers = range(sum(name.startswith(f"{place}.weights.") for name in arrays))
    weights, biases = (tuple(arrays[f"{place}.{kind}.{i}"] for i in layers) for kind in ("weights", "biases"))
    return Perceptron(arrays[f"{place}.mean"], arrays[f"{place}.scale"], weights, biases)


def save_decision(decision: Decision, path: Path) -> None:
    """Writes a decision as `load_decision` reads it, to a temporary name first."""
    arrays = {
        name: array
        for member, rounds in enumerate(decision.members)
        for number, one in enumerate(rounds)
        for name, array in _named(one, f"{member}.{number}")
    }
    part = path.with_suffix(".part.npz")
    np.savez_compressed(part, **arrays)
    part.replace(path)


def _named(perceptron: Perceptron, place: str) -> Iterable[tuple[str, np.ndarray]]:
    yield from ((f"{place}.mean", perceptron.mean), (f"{place}.scale", perceptron.scale))
    for kind in ("weights", "biases"):
        yield from ((f"{place}.{kind}.{i}", array) for i, array in enumerate(getattr(perceptron, kind)))
