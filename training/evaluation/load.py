"""Loads any trained network, a `.keras` or a `.tflite`, as one function from glyphs to probabilities."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from model.classifier import CLASSES, DEFAULT_WEIGHTS, MIN_CLASSES, NO_DIGIT, Classifier, Classify
from model.errors import WeightsError
from model.glyph import SIDE
from training.fitting.tensorflow import start_tensorflow

if TYPE_CHECKING:
    from keras import Model

BATCH = 512  # glyphs a step: memory, not the result, depends on it


def load_reader(path: Path = DEFAULT_WEIGHTS) -> Classify:
    """Load a network.

    Args:
        path: a `.keras` or `.tflite` file made by `train.py`.

    Returns:
        A function from (n, 28, 28) uint8 glyphs to (n, CLASSES) float32 probabilities, for any n.

    Raises:
        WeightsError: the file is missing, damaged, or holds a network of another shape.
    """
    if path.suffix == ".tflite":
        return _in_batches(Classifier(path))
    if path.suffix != ".keras":
        raise WeightsError("{path}: not a .keras or .tflite file; take one made by train.py fit", path=path)
    network = load_network(path)
    return _in_batches(lambda glyphs: network.predict_on_batch(glyphs[..., None].astype(np.float32)))


def load_network(path: Path) -> Model:
    """Load a Keras network that `train.py` saved.

    Raises:
        WeightsError: the file is missing, damaged, or holds a network of another kind.
    """
    check_is_there(path)
    start_tensorflow()  # takes seconds: only where such a file is given
    import keras

    from model.network import LOGITS

    try:
        network = keras.saving.load_model(path, compile=False)
    except Exception as error:  # a damaged file fails in Keras, HDF5, zip and JSON in many ways
        raise WeightsError("{path}: is no usable .keras network; take one made by train.py fit", path=path) from error
    given = getattr(network, "input_shape", None), getattr(network, "output_shape", None)
    is_ours = given[0] == (None, SIDE, SIDE, 1) and given[1] in [
        (None, classes) for classes in (NO_DIGIT, MIN_CLASSES, CLASSES)
    ]
    if not is_ours or LOGITS not in {layer.name for layer in network.layers}:
        raise WeightsError("{path}: is not a network of model/network.py; take one made by train.py fit", path=path)
    return network


def check_is_there(path: Path) -> None:
    """Raise WeightsError when there is no such file; this costs nothing, so ask before TensorFlow is started."""
    if not path.is_file():
        raise WeightsError(
            "{path}: there is no such file; take the digits.keras of a run, or leave --model out", path=path
        )


def _padded(probabilities: np.ndarray) -> np.ndarray:
    """Add the classes that a network lacks, with probability 0: one of ten digits alone, or of an earlier version."""
    return np.pad(probabilities, ((0, 0), (0, CLASSES - probabilities.shape[1]))).astype(np.float32)


def _in_batches(classify: Classify) -> Classify:
    def read(glyphs: np.ndarray) -> np.ndarray:
        batches = [_padded(classify(glyphs[start : start + BATCH])) for start in range(0, len(glyphs), BATCH)]
        return np.concatenate(batches) if batches else np.zeros((0, CLASSES), np.float32)

    return read
