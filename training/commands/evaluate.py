"""`train.py evaluate`: tests a network on a data set's test images, or on a folder of your own."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from capture.language import tr, translatable
from capture.parser import place_path
from model.classifier import DEFAULT_WEIGHTS
from training.commands.options import add_common
from training.results import Figure, Outcome, results_folder

SUMMARY = translatable("test a network: accuracy, confusion, worst mistakes, calibration, and what they mean")
COMMAND = "evaluate"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the flags."""
    add_common(parser, COMMAND)
    add_own(parser)
    add_model(parser)


def add_own(parser: argparse.ArgumentParser) -> None:
    """Add the flag for one's own images, instead of a data set."""
    parser.add_argument(
        "--images",
        type=place_path,
        metavar="FOLDER",
        help=tr(
            "your own digits instead of the data set: any size, dark on light or light on dark, in "
            "subfolders 0 to 9 or named like 7_anything.png"
        ),
    )


def add_model(parser: argparse.ArgumentParser) -> None:
    """Add the flag for the network."""
    parser.add_argument(
        "--model",
        type=place_path,
        default=DEFAULT_WEIGHTS,
        metavar="FILE",
        help=tr("a .keras or .tflite network made by train.py fit (default: the one that ships)"),
    )


def run(args: argparse.Namespace) -> None:
    """Test a network, and write pictures, text and figures.

    Raises:
        DigitsError: data, model or folder are not what they should be.
    """
    from training.datasets.testset import load_test
    from training.evaluation.load import load_reader
    from training.evaluation.metrics import score

    with results_folder(args.out, COMMAND) as folder:
        read = load_reader(args.model)
        tested = load_test(args)
        glyphs = tested.glyphs()
        probabilities = read(glyphs.x)
        scores = score(probabilities, glyphs.y)
        figures = _draw(tested.shown, glyphs, probabilities, scores, names=tested.names, folder=folder)
        text = _text(tested, glyphs.y, probabilities, scores, args.model)
        numbers = _numbers(glyphs.y, probabilities, scores) | {"files": _by_file(tested.names, glyphs.y, probabilities)}
        outcome = Outcome(COMMAND, tr("Evaluation: {title}", title=tested.shown), text, figures, numbers)
        outcome.write(folder)
        outcome.show(folder)


def _draw(title: str, glyphs, probabilities, scores, *, names: Sequence[str], folder: Path) -> list[Figure]:  # noqa: ANN001 (types of modules imported late)
    from training.plots.evaluation import draw_calibration, draw_confusion, draw_mistakes

    confusion = Figure(f"{COMMAND}_confusion.png", tr("Confusion matrix: a row a true digit, a column a reading."))
    mistakes = Figure(f"{COMMAND}_mistakes.png", tr("The mistakes the network was surest of, as it got them."))
    calibration = Figure(f"{COMMAND}_calibration.png", tr("Accuracy of the readings of each confidence."))
    draw_confusion(scores.confusion, title, folder / confusion.file)
    draw_mistakes(glyphs, probabilities, title, folder / mistakes.file, names)
    draw_calibration(probabilities, glyphs.y, scores.calibration_error, title, folder / calibration.file)
    return [confusion, mistakes, calibration]


def _text(tested, labels: np.ndarray, probabilities: np.ndarray, scores, model: Path) -> str:  # noqa: ANN001
    from training.evaluation.metrics import per_class
    from training.evaluation.summary import comment

    lines = [
        tr(
            "{title}, read by `{model}`; images: {count:,}, files skipped: {skipped}.",
            title=tested.shown,
            model=model.name,
            count=len(labels),
            skipped=len(tested.skipped),
        ),
        "\n".join(f"- {problem}" for problem in tested.skipped),
        comment(scores, probabilities, labels),
        "## " + tr("Precision, recall and F1"),
        tr(
            "Precision: of all that was read as this digit, how much is it. Recall: of all that is this digit, how "
            "much was read so. F1: their harmonic mean. Support: how many there are."
        ),
        f"```\n{per_class(probabilities, labels).rstrip()}\n```",
    ]
    return "\n\n".join(filter(None, lines))


def _numbers(labels: np.ndarray, probabilities: np.ndarray, scores) -> Mapping:  # noqa: ANN001
    from training.evaluation.metrics import class_scores
    from training.evaluation.summary import confused_pairs, interval

    pairs = confused_pairs(scores.confusion)
    return scores.as_dict() | {
        "interval_95": [round(bound, 5) for bound in interval(int(np.trace(scores.confusion)), scores.count)],
        "classes": class_scores(probabilities, labels),
        "confused": [vars(pair) for pair in pairs],
    }


def _by_file(names: Sequence[str], labels: np.ndarray, probabilities: np.ndarray) -> list[Mapping]:
    """List what was read in each of one's own files; nothing for a data set."""
    rows = zip(names, labels[: len(names)], probabilities, strict=False)
    return [
        {"file": name, "true": int(label), "read": int(row.argmax()), "confidence": round(float(row.max()), 5)}
        for name, label, row in rows
    ]
