"""Finishes a run: calibrates, exports, measures the exported file once, writes figures, pictures and model card."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

from keras import Model
from keras.layers import Conv2D

from model.classifier import ASSUMED_DIGITS, NO_DIGIT, Classifier
from model.network import favour_digits
from training.datasets.labelled import HeldOut
from training.evaluation.metrics import per_class, score
from training.fitting.checkpoint import Progress, unwritable
from training.fitting.config import TrainConfig
from training.fitting.export import CARD_FILE, LITERT_FILE, METRICS_FILE, calibrate, export, write_json
from training.fitting.model_card import write_card
from training.plots.evaluation import draw_confusion
from training.plots.learning_curves import draw_curves
from training.results import stem_of

CURVES_FILE = "curves.png"


def finish(
    network: Model, progress: Progress, *, config: TrainConfig, examples: HeldOut, out: Path, command: str
) -> Mapping:
    """Turn a trained network into the files of a finished run.

    Args:
        network: with its best weights.
        progress: the run's history.
        config: the run's settings.
        examples: what it was trained on, or at least what was held out; the test sets are touched here, and only here.
        out: the run's folder.
        command: the command line that makes the run again, for the model card.

    Returns:
        What `metrics.json` holds.

    Raises:
        DigitsError: the folder cannot be written, or the exported file reads unlike the network.
    """
    try:
        return _finish(network, progress, config=config, examples=examples, out=out, command=command)
    except OSError as error:
        raise unwritable(out, error) from error


def _finish(
    network: Model, progress: Progress, *, config: TrainConfig, examples: HeldOut, out: Path, command: str
) -> Mapping:
    temperature = calibrate(network, examples.validation)
    if (is_digit := examples.validation.y < NO_DIGIT).mean() < 1:
        favour_digits(network, float(is_digit.mean()), ASSUMED_DIGITS)
    agreement = export(network, out, examples.validation)
    metrics = {
        "config": asdict(config),
        "command": command,
        "sources": list(examples.sources),
        "epochs": progress.epoch,
        "best_epoch": progress.best + 1,
        "kind": "convolutional" if any(isinstance(layer, Conv2D) for layer in network.layers) else "dense",
        "knows_no_digit": bool((examples.validation.y >= NO_DIGIT).any()),
        "parameters": network.count_params(),
        "litert_bytes": (out / LITERT_FILE).stat().st_size,
        "temperature": round(temperature, 4),
        "agreement": agreement.as_dict(),
        "tests": _measure(examples, out),
        "history": progress.history,
    }
    write_json(metrics, out / METRICS_FILE)
    (out / CARD_FILE).write_text(write_card(metrics), encoding="utf-8")
    draw_curves(progress.history, out / CURVES_FILE)
    return metrics


def _measure(examples: HeldOut, out: Path) -> dict[str, dict]:
    """Score the exported file, the one the camera loads, on every test set; write matrix and report of each."""
    classify = Classifier(out / LITERT_FILE)
    results = {}
    for name, glyphs in examples.tests.items():
        probabilities = classify(glyphs.x)
        scores = score(probabilities, glyphs.y)
        stem = stem_of(name)
        draw_confusion(scores.confusion, name, out / f"confusion_{stem}.png")
        (out / f"report_{stem}.txt").write_text(per_class(probabilities, glyphs.y), encoding="utf-8")
        results[name] = scores.as_dict()
    return results
