"""Turns a trained network into the files that the camera reads: calibrated, converted to LiteRT, checked, installed."""

from __future__ import annotations

import json
import shutil
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import tensorflow as tf
from keras import Model

from capture.sinks.names import replacing
from model.checksum import checksum_file, write_checksum
from model.classifier import DEFAULT_WEIGHTS, Classifier
from model.errors import DigitsError
from model.network import soften
from training.datasets.labelled import Labelled
from training.evaluation.metrics import negative_log_likelihood, predict

KERAS_FILE, LITERT_FILE, METRICS_FILE, CARD_FILE = "digits.keras", "digits.tflite", "metrics.json", "MODEL_CARD.md"
WEIGHTS_FOLDER = DEFAULT_WEIGHTS.parent
TEMPERATURES = np.geomspace(0.25, 4.0, 281)  # steps of 1%: finer than any held-out set can tell
MAX_DRIFT = 0.02  # mean change of a probability by 8-bit weights; ten times what is seen, and far below what shows


class ExportError(DigitsError):
    """The exported file does not read like the network it came from, or cannot be written."""


@dataclass(frozen=True)
class Agreement:
    """How alike the Keras network and its LiteRT file read.

    Attributes:
        same_reading: share of glyphs that both read as the same class, 0 to 1.
        mean_drift: mean over glyphs of the largest change of a probability.
    """

    same_reading: float
    mean_drift: float

    def as_dict(self) -> dict[str, float]:
        """Give the form kept in `metrics.json`."""
        return {name: round(value, 5) for name, value in asdict(self).items()}


def calibrate(network: Model, held_out: Labelled) -> float:
    """Calibrate the network's confidence, by a temperature that stays in its last layer.

    The temperature is the one that makes the held-out labels most likely (Guo et al. 2017). Digits on which the
    network was trained would make it look surer than it is, so they must not be among them.

    Returns:
        The temperature: above 1 where the network was too sure, below 1 where it was not sure enough.
    """
    logits = np.log(np.maximum(predict(network, held_out), np.finfo(np.float32).tiny))
    losses = [negative_log_likelihood(_softmax(logits / t), held_out.y) for t in TEMPERATURES]
    temperature = float(TEMPERATURES[int(np.argmin(losses))])
    soften(network, temperature)
    return temperature


def _softmax(logits: np.ndarray) -> np.ndarray:
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def export(network: Model, folder: Path, sample: Labelled) -> Agreement:
    """Write `digits.keras` and `digits.tflite`, and check that both read alike.

    The LiteRT file holds 8-bit weights ("dynamic range": activations are scaled batch by batch): a quarter of the size,
    and on a laptop CPU a third of the time of 16- or 32-bit ones.

    Args:
        network: trained and calibrated.
        folder: where both files go.
        sample: glyphs to compare the readings on.

    Raises:
        ExportError: the files cannot be written, or read differently.
    """
    try:
        network.save(folder / KERAS_FILE)
        options = {"optimizations": [tf.lite.Optimize.DEFAULT]}
        network.export(folder / LITERT_FILE, format="litert", verbose=False, **options)
        write_checksum(folder / LITERT_FILE)
    except OSError as error:
        raise ExportError(
            "{folder}: cannot be written ({error}); choose another --out", folder=folder, error=error
        ) from error
    agreement = compare(predict(network, sample), Classifier(folder / LITERT_FILE)(sample.x))
    if agreement.mean_drift > MAX_DRIFT:
        raise ExportError(
            "{file}: probabilities differ by {mean_drift:.3f} from the trained network's; train "
            "longer, or with a lower learning rate",
            file=folder / LITERT_FILE,
            mean_drift=agreement.mean_drift,
        )
    return agreement


def compare(before: np.ndarray, after: np.ndarray) -> Agreement:
    """Measure how alike two networks read the same glyphs; both (n, classes) probabilities."""
    same = np.mean(before.argmax(axis=1) == after.argmax(axis=1))
    return Agreement(same_reading=float(same), mean_drift=float(np.abs(before - after).max(axis=1).mean()))


def write_json(values: dict, path: Path) -> None:
    """Write values as JSON, whole or not at all; raises OSError where they cannot be written."""
    with replacing(path) as partial:
        partial.write_text(json.dumps(values, indent=2) + "\n", encoding="utf-8")


def install(run: Path, target: Path) -> None:
    """Put a run's network, figures and model card where the camera looks for them, each file whole or not at all.

    Raises:
        ExportError: the run is not finished, or `target` cannot be written.
    """
    names = (KERAS_FILE, METRICS_FILE, CARD_FILE, LITERT_FILE)
    if missing := [name for name in names if not (run / name).is_file()]:
        raise ExportError("{run}: holds no {names}; finish it with --resume {run}", run=run, names=", ".join(missing))
    try:
        target.mkdir(parents=True, exist_ok=True)
        checksum_file(target / LITERT_FILE).unlink(missing_ok=True)  # while it would be another file's
        for name in names:
            with replacing(target / name) as partial:
                shutil.copyfile(run / name, partial)
        write_checksum(target / LITERT_FILE)
    except OSError as error:
        raise ExportError(
            "{target}: cannot be written ({error}); make it writable and try again", target=target, error=error
        ) from error
