"""A small perceptron in numpy, and files of several: what `train.py decide` learns in place of hand-set rules."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from model.errors import WeightsError

DEFAULT_DECISION = Path(__file__).parents[2] / "model" / "weights" / "decision.npz"
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


def load_perceptrons(path: Path) -> dict[str, Perceptron]:
    """Loads perceptrons by their names.

    Raises:
        WeightsError: the file is missing, damaged or of another form.
    """
    try:
        with np.load(path, allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
        names = sorted({name.split("/")[0] for name in arrays})
        if not names:
            raise ValueError("it holds nothing")
        return {name: _from_arrays(arrays, name) for name in names}
    except (OSError, EOFError, ValueError, KeyError, zipfile.BadZipFile) as error:
        raise WeightsError(
            "{path}: is no usable decision ({error}); make one with: python train.py decide", path=path, error=error
        ) from error


def _from_arrays(arrays: Mapping[str, np.ndarray], name: str) -> Perceptron:
    layers = range(sum(key.startswith(f"{name}/weights/") for key in arrays))
    weights, biases = (tuple(arrays[f"{name}/{kind}/{i}"] for i in layers) for kind in ("weights", "biases"))
    return Perceptron(arrays[f"{name}/mean"], arrays[f"{name}/scale"], weights, biases)
