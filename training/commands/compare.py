"""`train.py compare`: networks from one layer to the shipped one, and older methods: accuracy, and what it costs."""

from __future__ import annotations

import argparse
import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

from training.commands.options import add_common, positive
from training.fitting.config import ConfigError, TrainConfig, fitting_batch
from training.fitting.tensorflow import start_tensorflow
from training.results import Figure, Outcome, results_folder, whole_file

SUMMARY = "compare network architectures and scikit-learn methods: accuracy against cost"
COMMAND = "compare"
NETWORKS = ("dense1", "dense2", "lenet5", "cnn_small", "cnn_deep", "shipped")
BASELINES = ("svm_hog", "knn", "forest")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the flags."""
    add_common(parser, COMMAND)
    parser.add_argument(
        "--methods",
        nargs="+",
        choices=NETWORKS + BASELINES,
        default=NETWORKS + BASELINES,
        metavar="NAME",
        help=f"some of {', '.join(NETWORKS + BASELINES)} (default: all)",
    )
    parser.add_argument(
        "--epochs",
        type=positive,
        default=TrainConfig().epochs,
        metavar="N",
        help="passes over the examples for each network, at most (default: %(default)s)",
    )
    parser.add_argument(
        "--no-augment",
        dest="is_augmented",
        action="store_false",
        help="show the networks the images as they are, not varied anew each epoch",
    )
    parser.add_argument(
        "--strokes",
        type=Path,
        metavar="PATH",
        help="pendigits' test part, file or its folder: tests on other hands too",
    )


def run(args: argparse.Namespace) -> None:
    """Trains and tests every method; goes on where an interrupted comparison in the same `--out` stopped.

    Raises:
        DigitsError: data, strokes or folder are not what they should be.
    """
    start_tensorflow()
    from training.datasets.mnist import load_digits
    from training.evaluation.compare import compare
    from training.plots.compare import draw_comparison

    if not args.methods:
        raise ConfigError("--methods: none given; name some, or leave it out for all")
    with results_folder(args.out, COMMAND, goes_on=True) as folder:
        images = load_digits(args.data)
        config = TrainConfig(
            epochs=args.epochs,
            batch_size=fitting_batch(min(args.limit or len(images.train), len(images.train))),
            is_augmented=args.is_augmented,
            limit=args.limit,
            seed=args.seed,
        )
        rows = compare(args.methods, config, images, _tests(args, images), folder)
        figure = Figure(f"{COMMAND}.png", "Errors of each method against its cost, and on each test set.")
        draw_comparison(rows, folder / figure.file)
        _write_csv(rows, folder)
        outcome = Outcome(COMMAND, "Comparison of methods", _text(rows, config), [figure], {"rows": _plain(rows)})
        outcome.write(folder)
        outcome.show(folder)


def _tests(args: argparse.Namespace, images) -> Mapping:  # noqa: ANN001 (a type of a module imported late)
    """Glyphs to test on, by name: the data set's own, the same altered, other hands where they are at hand."""
    from training.datasets.mnist import Labelled
    from training.datasets.testset import name_of
    from training.evaluation.corruptions import alter_all, enlarge_and_move
    from training.synthesis.recipes import other_hands

    test = images.test.take(args.limit, args.seed)
    tests = {
        name_of(args.data): test.normalised(),
        "enlarged and moved": Labelled(alter_all(test.x, enlarge_and_move, args.seed), test.y).normalised(),
    }
    if args.strokes:
        tests["other hands"] = other_hands(args.strokes, args.limit, args.seed)
    return tests


def _plain(rows: Sequence) -> list[dict]:
    return [asdict(row) for row in rows]


def _columns(row) -> dict[str, str]:  # noqa: ANN001
    """A row of the table, as it is printed."""
    return {
        "method": row.name,
        **{test: f"{share:.2%}" for test, share in row.accuracy.items()},
        "parameters": f"{row.parameters:,}",
        "file (kB)": f"{row.size_bytes / 1000:,.0f}",
        "learns in (s)": f"{row.training_s:,.1f}",
        "reads 64 in (ms)": f"{row.reading_ms:,.2f}",
    }


def _table(rows: Sequence) -> str:
    """The rows in Markdown, the first column to the left, figures to the right."""
    cells = [_columns(row) for row in rows]
    names = list(cells[0])
    lines = [names, ["---", *["---:"] * (len(names) - 1)], *[list(row.values()) for row in cells]]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _text(rows: Sequence, config: TrainConfig) -> str:
    test = next(iter(rows[0].accuracy))
    best = max(rows, key=lambda row: row.accuracy[test])
    quickest = min(rows, key=lambda row: row.reading_ms)
    smallest = min(rows, key=lambda row: row.size_bytes)
    varied = "varied anew in each epoch" if config.is_augmented else "as they are"
    return (
        f"Networks: {config.epochs} epochs at most, images {varied}; scikit-learn: each image once, as it is. "
        f"{'All training images' if config.limit is None else f'{config.limit} training images at most'}, "
        f"seed {config.seed}. Times are of this machine.\n\n{_table(rows)}\n\n"
        f"The best on {test} is **{best.name}** with {best.accuracy[test]:.2%}; the quickest to read is "
        f"**{quickest.name}** ({quickest.reading_ms:.2f} ms for 64 digits), the smallest file **{smallest.name}** "
        f"({smallest.size_bytes / 1000:,.0f} kB). {_robustness(rows)}\n\n"
        "Parameters: the numbers a trained method keeps. File: 8-bit LiteRT for networks, a pickle for scikit-learn. "
        "Learning: without making the examples. Reading: one batch of 64, the quickest of several runs."
    )


def _robustness(rows: Sequence) -> str:
    """Which method loses least on images other than those it learnt from."""
    first, *others = rows[0].accuracy
    test = others[-1]
    losses = {row.name: row.accuracy[first] - row.accuracy[test] for row in rows}
    least, most = min(losses, key=losses.get), max(losses, key=losses.get)
    return (
        f"From {first} to {test}, {least} changes by {-100 * losses[least]:+.1f} points and {most} by "
        f"{-100 * losses[most]:+.1f}."
    )


def _write_csv(rows: Sequence, folder: Path) -> None:
    """The table for a spreadsheet: plain numbers."""
    text = io.StringIO()
    flat = [{k: v for k, v in row.items() if k != "accuracy"} | row["accuracy"] for row in _plain(rows)]
    writer = csv.DictWriter(text, flat[0].keys(), lineterminator="\n")
    writer.writeheader()
    writer.writerows(flat)
    with whole_file(folder / f"{COMMAND}.csv") as partial:
        partial.write_text(text.getvalue(), encoding="utf-8")
