"""Measures how good a network is: accuracy, confusion and calibration on glyphs that it has not seen."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from sklearn.metrics import classification_report, confusion_matrix, precision_recall_fscore_support

from model.classifier import CLASS_NAMES, CLASSES, MIN_CLASSES, NO_DIGIT
from training.datasets.labelled import Labelled

CALIBRATION_BINS = 15  # as in Guo et al. 2017
PREDICT_BATCH = 1024  # glyphs a step: memory, not the result, depends on it


@dataclass(frozen=True)
class Scores:
    """What a network reached on one set.

    Attributes:
        count: examples.
        accuracy: share read right, 0 to 1; a digit taken for "no digit" is wrong like any other mistake.
        loss: mean negative log-likelihood of the true class, in nats.
        calibration_error: expected calibration error, 0 to 1: how far confidence and accuracy lie apart.
        confusion: (classes, classes) counts; rows are the true classes, columns what was read.
    """

    count: int
    accuracy: float
    loss: float
    calibration_error: float
    confusion: np.ndarray

    def as_dict(self) -> dict[str, float | int | list[list[int]]]:
        """Give the form kept in `metrics.json`."""
        return {
            "count": self.count,
            "accuracy": round(self.accuracy, 5),
            "loss": round(self.loss, 5),
            "calibration_error": round(self.calibration_error, 5),
            "confusion": self.confusion.tolist(),
        }


def score(probabilities: np.ndarray, labels: np.ndarray) -> Scores:
    """Compare readings with the truth.

    Args:
        probabilities: (n, classes) float32, rows that sum to 1.
        labels: (n,) integers, places in `CLASS_NAMES`.
    """
    read = probabilities.argmax(axis=1)
    return Scores(
        count=len(labels),
        accuracy=float(np.mean(read == labels)),
        loss=negative_log_likelihood(probabilities, labels),
        calibration_error=calibration_error(probabilities, labels),
        confusion=confusion_matrix(labels, read, labels=range(CLASSES)),
    )


def predict(network, examples: Labelled) -> np.ndarray:  # noqa: ANN001 (a Keras model; importing Keras takes seconds)
    """Compute the network's probabilities for every glyph: (n, classes) float32."""
    return network.predict(examples.x[..., None], batch_size=PREDICT_BATCH, verbose=0)


def fold(probabilities: np.ndarray) -> np.ndarray:
    """Put all classes that are no digit (letters, signs, "none") together as one: (n, classes) to (n, 11)."""
    if probabilities.shape[1] <= MIN_CLASSES:
        return probabilities
    rest = probabilities[:, NO_DIGIT:].sum(axis=1, keepdims=True)
    return np.concatenate([probabilities[:, :NO_DIGIT], rest], axis=1)


def fold_counts(confusion: np.ndarray) -> np.ndarray:
    """Fold all that is no digit in a (classes, classes) matrix of counts into one row and one column: (11, 11)."""
    return fold(fold(confusion).T).T


def negative_log_likelihood(probabilities: np.ndarray, labels: np.ndarray) -> float:
    """Average -log of the true class' probability."""
    truth = probabilities[np.arange(len(labels)), labels]
    return float(-np.log(np.maximum(truth, np.finfo(np.float32).tiny)).mean())


def calibration_error(probabilities: np.ndarray, labels: np.ndarray) -> float:
    """Compute the expected calibration error: mean gap of confidence and accuracy over equal bins (Guo et al. 2017)."""
    gaps = [abs(accuracy - confidence) * share for confidence, accuracy, share in reliability(probabilities, labels)]
    return float(sum(gaps))


def reliability(probabilities: np.ndarray, labels: np.ndarray) -> list[tuple[float, float, float]]:
    """Compute the calibration curve: (mean confidence, accuracy, share of examples) of each bin that is not empty."""
    confidence, is_right = probabilities.max(axis=1), probabilities.argmax(axis=1) == labels
    bins = np.minimum((confidence * CALIBRATION_BINS).astype(int), CALIBRATION_BINS - 1)
    members = [bins == number for number in np.unique(bins)]
    return [(float(confidence[m].mean()), float(is_right[m].mean()), float(m.mean())) for m in members]


def class_scores(probabilities: np.ndarray, labels: np.ndarray) -> dict[str, dict[str, float]]:
    """Compute precision, recall, F1 and number of each class, by its name."""
    read = probabilities.argmax(axis=1)
    precision, recall, f1, support = precision_recall_fscore_support(
        labels, read, labels=range(CLASSES), zero_division=0
    )
    return {
        name: {
            "precision": round(float(precision[number]), 5),
            "recall": round(float(recall[number]), 5),
            "f1": round(float(f1[number]), 5),
            "count": int(support[number]),
        }
        for number, name in enumerate(CLASS_NAMES)
        if support[number] or (read == number).any()
    }


def per_class(probabilities: np.ndarray, labels: np.ndarray) -> str:
    """Write precision, recall and F1 of each class that occurs, as a text table.

    A digit taken for "no digit" lowers its class' recall; a row of "none" without a single image would only drag the
    averages down.
    """
    read = probabilities.argmax(axis=1)
    present = np.unique(labels)
    names = [CLASS_NAMES[number] for number in present]
    return classification_report(labels, read, labels=present, target_names=names, digits=4, zero_division=0)
