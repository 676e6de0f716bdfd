"""The flags that the subcommands of `train.py` share, so that one name means the same everywhere."""

from __future__ import annotations

import argparse

from capture.language import tr
from capture.parser import number, place_path, whole_number
from training.fitting.config import TrainConfig


def add_common(parser: argparse.ArgumentParser, command: str) -> None:
    """Add `--data`, `--seed`, `--limit` and `--out`, which every subcommand takes."""
    add_data(parser)
    add_seed(parser)
    add_limit(parser)
    add_out(parser, command)


def add_data(parser: argparse.ArgumentParser) -> None:
    """Add the data set's flag; what it may be is decided by `training.datasets.mnist.load_digits`."""
    parser.add_argument(
        "--data",
        type=place_path,
        metavar="PATH",
        help=tr(
            "mnist.npz, MNIST's idx-ubyte files, Kaggle's train.csv, or a folder or zip with "
            "Training/0..9 and Testing/0..9 (default: download MNIST)"
        ),
    )


def add_seed(parser: argparse.ArgumentParser) -> None:
    """Add the flag for the random seed."""
    parser.add_argument(
        "--seed",
        type=int,
        default=TrainConfig().seed,
        metavar="N",
        help=tr("repeats a run on the same machine (default: %(default)s)"),
    )


def add_limit(parser: argparse.ArgumentParser) -> None:
    """Add the flag for a quick look."""
    parser.add_argument("--limit", type=positive, metavar="N", help=tr("use N images at most, for a quick look"))


def add_out(parser: argparse.ArgumentParser, command: str) -> None:
    """Add the flag for where results go; `training.results.open_folder` makes the default."""
    parser.add_argument(
        "--out",
        type=place_path,
        metavar="FOLDER",
        help=tr("where the results go (default: runs/<date-time>-{command})", command=command),
    )


def positive(text: str) -> int:
    """Parse a whole number of 1 or more, for argparse."""
    return whole_number(text)


def share(text: str) -> float:
    """Parse a number from 0 to below 1, for argparse."""
    if not 0 <= (value := number(text)) < 1:
        raise argparse.ArgumentTypeError(tr("{text}: is not a number from 0 to below 1", text=text))
    return value
