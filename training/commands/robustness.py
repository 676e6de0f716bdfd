"""`train.py altered`: measures how much a network bears: digits enlarged and moved, turned, blurred, partly hidden."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from capture.language import tr, translatable
from training.commands.evaluate import add_model, add_own
from training.commands.options import add_common, positive
from training.results import Figure, Outcome, results_folder

SUMMARY = translatable("test a network on altered images: enlarged and moved, turned, noisy, blurred, partly hidden")
COMMAND = "altered"
IMAGES_A_STRENGTH = 2000  # known to within half a point (95%) where 99% are right; all 10,000 take five times as long


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the flags."""
    add_common(parser, COMMAND)
    add_own(parser)
    add_model(parser)
    parser.add_argument(
        "--per-strength",
        type=positive,
        default=IMAGES_A_STRENGTH,
        metavar="N",
        help=tr("images for each point of the curves; enlarged-and-moved takes all (default: %(default)s)"),
    )


def run(args: argparse.Namespace) -> None:
    """Test a network on altered images, and write pictures, text and figures.

    Raises:
        DigitsError: data, model or folder are not what they should be.
    """
    from training.datasets.testset import load_test
    from training.evaluation.load import load_reader
    from training.evaluation.robustness import measure_curves, measure_moved

    with results_folder(args.out, COMMAND) as folder:
        read = load_reader(args.model)
        tested = load_test(args)
        moved = measure_moved(tested.images, read, args.seed)
        some = tested.images.take(args.per_strength, args.seed)
        curves = measure_curves(some, read, args.seed)
        figures = _draw(tested, moved, curves, read, seed=args.seed, folder=folder)
        text = _text(tested, moved, curves, len(some), args.model)
        numbers = _numbers(moved, curves, len(some))
        outcome = Outcome(COMMAND, tr("Altered images: {title}", title=tested.shown), text, figures, numbers)
        outcome.write(folder)
        outcome.show(folder)


def _draw(tested, moved, curves: Sequence, read, *, seed: int, folder: Path) -> list[Figure]:  # noqa: ANN001 (types of modules imported late)
    from training.plots.evaluation import draw_confusions
    from training.plots.robustness import draw_curves, draw_moved, draw_sheet

    names = ("moved", "confusion", "curves", "sheet")
    captions = (
        tr("Test images; enlarged and moved; and found again by normalise."),
        tr("Confusion matrices: plain images, and the same ones enlarged and moved."),
        tr("Accuracy against the strength of each alteration."),
        tr("One image under each alteration, from gentle to hard, and what it is read as."),
    )
    figures = [Figure(f"{COMMAND}_{name}.png", text) for name, text in zip(names, captions, strict=True)]
    paths = [folder / figure.file for figure in figures]
    draw_moved(tested.images, moved, paths[0])
    draw_confusions({tr("plain"): moved.plain.confusion, "enlarged and moved": moved.moved.confusion}, paths[1])
    draw_curves(curves, tested.shown, paths[2])
    draw_sheet(tested.images, read, seed, paths[3])
    return figures


def _text(tested, moved, curves: Sequence, per_strength: int, model: Path) -> str:  # noqa: ANN001
    from training.evaluation.robustness import comment_curves, comment_moved

    parts = [
        tr(
            "{title}, read by `{model}`; images: {count:,}.",
            title=tested.shown,
            model=model.name,
            count=len(tested.images),
        ),
        comment_moved(moved),
        "## " + tr("Accuracy against strength"),
        tr("Images for each strength: {count:,}.", count=per_strength),
        comment_curves(curves),
    ]
    return "\n\n".join(parts)


def _numbers(moved, curves: Sequence, per_strength: int) -> dict[str, Any]:  # noqa: ANN001
    return {
        "plain": moved.plain.as_dict(),
        "enlarged_and_moved": moved.moved.as_dict() | {"straight_accuracy": round(moved.straight, 5)},
        "images_per_strength": per_strength,
        "curves": {
            curve.alteration.name: {
                "unit": curve.alteration.unit,
                "strengths": list(curve.alteration.strengths),
                "accuracy": [round(value, 5) for value in curve.normalised],
                "straight_accuracy": [round(value, 5) for value in curve.straight],
            }
            for curve in curves
        },
    }
