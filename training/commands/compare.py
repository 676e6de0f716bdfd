"""`train.py compare`: networks from one layer to the shipped one, and older methods: accuracy, and what it costs."""

from __future__ import annotations

import argparse
import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING

from capture.language import tr, translatable
from capture.parser import place_path
from training.commands.options import add_common, positive
from training.fitting.config import ConfigError, TrainConfig, fitting_batch
from training.fitting.tensorflow import start_tensorflow, usual_precision
from training.results import Figure, Outcome, results_folder, whole_file

if TYPE_CHECKING:
    from training.datasets.labelled import DigitImages

SUMMARY = translatable("compare network architectures and scikit-learn methods: accuracy against cost")
COMMAND, ABLATION = "compare", "ablation"  # they name the results' files
NETWORKS = ("dense1", "dense2", "lenet5", "cnn_small", "cnn_deep", "shipped")
BASELINES = ("svm_hog", "knn", "forest")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the flags."""
    add_common(parser, COMMAND)
    parser.add_argument(
        "--methods",
        nargs="+",
        choices=NETWORKS + BASELINES,
        default=NETWORKS + BASELINES,
        metavar="NAME",
        help=tr("some of {names} (default: all)", names=", ".join(NETWORKS + BASELINES)),
    )
    parser.add_argument(
        "--epochs",
        type=positive,
        default=TrainConfig().epochs,
        metavar="N",
        help=tr("passes over the examples for each network, at most (default: %(default)s)"),
    )
    parser.add_argument(
        "--no-augment",
        dest="is_augmented",
        action="store_false",
        help=tr("show the networks the images as they are, not varied anew each epoch"),
    )
    parser.add_argument(
        "--ablate",
        action="store_true",
        help=tr(
            "compare instead one network with and without dropout, weight decay, batch normalisation, "
            "augmentation and early stopping"
        ),
    )
    parser.add_argument(
        "--repeats",
        type=positive,
        default=1,
        metavar="N",
        help=tr("with --ablate: networks of each variant, from seeds of their own, to know chance (default: 1)"),
    )
    parser.add_argument(
        "--strokes",
        type=place_path,
        metavar="PATH",
        help=tr("pendigits' test part, file or its folder: tests on other hands too"),
    )


def run(args: argparse.Namespace) -> None:
    """Train and test every method; go on where an interrupted comparison in the same `--out` stopped.

    Raises:
        DigitsError: data, strokes or folder are not what they should be.
    """
    from training.datasets.mnist import load_digits

    if not args.methods:
        raise ConfigError("--methods: none given; name some, or leave it out for all")
    images = load_digits(args.data)
    start_tensorflow()
    with results_folder(args.out, COMMAND, goes_on=True) as folder:
        config = TrainConfig(
            epochs=args.epochs,
            batch_size=fitting_batch(min(args.limit or len(images.train), len(images.train))),
            is_augmented=args.is_augmented,
            limit=args.limit,
            seed=args.seed,
        )
        tests = _tests(args, images)
        if args.ablate:
            outcome = _ablation(replace(config, precision=usual_precision()), images, tests, folder, args.repeats)
        else:
            outcome = _methods(args.methods, config, images, tests, folder)
        outcome.write(folder)
        outcome.show(folder)


def _methods(names: Sequence[str], config: TrainConfig, images: DigitImages, tests: Mapping, folder: Path) -> Outcome:
    from training.evaluation.compare import compare, describe
    from training.plots.compare import draw_comparison

    rows = compare(names, config, images, tests, folder)
    figure = Figure(f"{COMMAND}.png", tr("Errors of each method against its cost, and on each test set."))
    draw_comparison(rows, folder / figure.file)
    _write_csv(rows, folder)
    return Outcome(COMMAND, tr("Comparison of methods"), describe(rows, config), [figure], {"rows": _plain(rows)})


def _ablation(config: TrainConfig, images: DigitImages, tests: Mapping, folder: Path, repeats: int) -> Outcome:
    from training.evaluation.ablation import ablate, describe
    from training.plots.compare import draw_ablation

    rows = ablate(config, images, tests, folder, repeats)
    caption = tr("Errors of one network with and without each means against overfitting.")
    figure = Figure(f"{ABLATION}.png", caption)
    draw_ablation(rows, folder / figure.file)
    title = tr("Regularised or not, augmented or not")
    return Outcome(ABLATION, title, describe(rows, config, repeats), [figure], {"rows": _plain(rows)})


def _tests(args: argparse.Namespace, images: DigitImages) -> Mapping:
    """Collect glyphs to test on, by name: the data set's own, the same altered, other hands where they are at hand."""
    from training.datasets.labelled import Labelled
    from training.evaluation.corruptions import alter_all, enlarge_and_move
    from training.synthesis.recipes import other_hands

    test = images.test.take(args.limit, args.seed)
    tests = {
        f"{images.name} test": test.normalised(),
        "enlarged and moved": Labelled(alter_all(test.x, enlarge_and_move, args.seed), test.y).normalised(),
    }
    if args.strokes:
        tests["other hands"] = other_hands(args.strokes, args.limit, args.seed)
    return tests


def _plain(rows: Sequence) -> list[dict]:
    return [asdict(row) for row in rows]


def _write_csv(rows: Sequence, folder: Path) -> None:
    """Write the table for a spreadsheet: plain numbers."""
    text = io.StringIO()
    flat = [{k: v for k, v in row.items() if k != "accuracy"} | row["accuracy"] for row in _plain(rows)]
    writer = csv.DictWriter(text, flat[0].keys(), lineterminator="\n")
    writer.writeheader()
    writer.writerows(flat)
    with whole_file(folder / f"{COMMAND}.csv") as partial:
        partial.write_text(text.getvalue(), encoding="utf-8")
