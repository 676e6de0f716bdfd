"""`train.py explain`: how a network sees one digit, from its filters to the training images it recalls."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from capture.types import Box
from model.classifier import CLASS_NAMES, DEFAULT_WEIGHTS
from training.commands.options import add_common
from training.fitting.tensorflow import start_tensorflow

if TYPE_CHECKING:
    from training.datasets.mnist import Labelled
    from training.explain.subject import Subject

SUMMARY = "look into a network while it reads one digit"
RECALLED = 10_000  # training images among which the nearest are looked for, without --limit: some ten seconds
SHIPPED = DEFAULT_WEIGHTS.with_name("digits.keras")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the flags: which digit, which network, what to ask of it."""
    parser.add_argument(
        "--model",
        type=Path,
        default=SHIPPED,
        metavar="FILE.keras",
        help="a run's digits.keras or best.keras (default: the network that ships)",
    )
    which = parser.add_mutually_exclusive_group()
    which.add_argument(
        "--index", type=int, default=0, metavar="N", help="image N of the test set, from 0 (default: %(default)s)"
    )
    which.add_argument("--image", type=Path, metavar="FILE", help="a picture of one digit, or a photo of several")
    where = parser.add_mutually_exclusive_group()
    where.add_argument("--box", type=_box, metavar="X,Y,W,H", help="where in --image the digit is, in pixels")
    where.add_argument("--digit", type=int, metavar="N", help="digit N of --image, from 1 in reading order")
    parser.add_argument(
        "--class",
        dest="target",
        choices=CLASS_NAMES,
        help="the class to ask for where only one is shown (default: the one that is read)",
    )
    parser.add_argument("--layer", metavar="NAME", help="the layer for Grad-CAM (default: the last convolution)")
    add_common(parser, "explain")


def _box(text: str) -> Box:
    try:
        return Box(*map(int, text.split(",")))
    except (TypeError, ValueError) as error:
        raise argparse.ArgumentTypeError(f"{text} is not X,Y,W,H, four whole numbers of pixels") from error


def run(args: argparse.Namespace) -> None:
    """Writes the pictures, the text and the numbers.

    Raises:
        DigitsError: the network, the data or the picture is not what it should be.
    """
    start_tensorflow()
    from training.datasets.mnist import load_digits
    from training.explain.explain import explain
    from training.explain.insight import load_network
    from training.results import results_folder

    network = load_network(args.model)
    images = load_digits(args.data)
    subject = _subject(args, images.test)
    memory = images.train.take(args.limit or RECALLED, args.seed)
    with results_folder(args.out, "explain") as folder:
        explain(network, subject, memory, folder, target=args.target, layer=args.layer).show(folder)


def _subject(args: argparse.Namespace, tests: Labelled) -> Subject:
    from training.explain.subject import SubjectError, from_box, from_data, from_photo, from_picture

    if args.image is None:
        if args.box or args.digit is not None:
            raise SubjectError("--box, --digit: these choose in a picture; give it by --image FILE")
        return from_data(tests, args.index)
    if args.box:
        return from_box(args.image, args.box)
    return from_picture(args.image) if args.digit is None else from_photo(args.image, args.digit)
