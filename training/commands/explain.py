"""`train.py explain`: how a network sees one digit, from its filters to the training images it recalls."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from capture.boxes import Box
from capture.language import tr, translatable
from capture.parser import place_path
from model.classifier import CLASS_NAMES, DEFAULT_WEIGHTS, MIN_CLASSES
from training.commands.options import add_common
from training.results import results_folder

if TYPE_CHECKING:
    from training.datasets.labelled import Labelled
    from training.explain.subject import Subject

SUMMARY = translatable("look into a network while it reads one digit")
RECALLED = 2000  # training images among which the nearest are looked for, without --limit: two seconds
SHIPPED = DEFAULT_WEIGHTS.with_name("digits.keras")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the flags: which digit, which network, what to ask of it."""
    parser.add_argument(
        "--model",
        type=place_path,
        default=SHIPPED,
        metavar="FILE.keras",
        help=tr("a run's digits.keras or best.keras (default: the network that ships)"),
    )
    which = parser.add_mutually_exclusive_group()
    which.add_argument(
        "--index", type=int, default=0, metavar="N", help=tr("image N of the test set, from 0 (default: %(default)s)")
    )
    which.add_argument(
        "--image", type=place_path, metavar="FILE", help=tr("a picture of one digit, or a photo of several")
    )
    where = parser.add_mutually_exclusive_group()
    where.add_argument("--box", type=_box, metavar="X,Y,W,H", help=tr("where in --image the digit is, in pixels"))
    where.add_argument("--digit", type=int, metavar="N", help=tr("digit N of --image, from 1 in reading order"))
    parser.add_argument(
        "--class",
        dest="target",
        choices=CLASS_NAMES[:MIN_CLASSES],
        help=tr("the class to ask for where only one is shown (default: the one that is read)"),
    )
    add_common(parser, "explain")


def _box(text: str) -> Box:
    try:
        return Box(*map(int, text.split(",")))
    except (TypeError, ValueError) as error:
        raise argparse.ArgumentTypeError(
            tr("{text} is not X,Y,W,H, four whole numbers of pixels", text=text)
        ) from error


def run(args: argparse.Namespace) -> None:
    """Write the pictures, the text and the numbers.

    What the user can put right is found before TensorFlow is started, which takes seconds.

    Raises:
        DigitsError: the network, the data or the picture is not what it should be.
    """
    from training.evaluation.load import check_is_there, load_network

    check_is_there(args.model)
    subject, memory = _subject(args)
    network = load_network(args.model)
    from training.explain.explain import explain

    with results_folder(args.out, "explain") as folder:
        explain(network, subject, memory, folder, args.target).show(folder)


def _subject(args: argparse.Namespace) -> tuple[Subject, Labelled | None]:
    """Find the digit, and training images to compare it with: for a picture only those that `--data` names."""
    from training.datasets.mnist import load_digits
    from training.explain.subject import SubjectError, from_box, from_data, from_photo, from_picture

    if args.image is None and (args.box or args.digit is not None):
        raise SubjectError("--box, --digit: these choose in a picture; give it by --image FILE")
    if args.image is None:
        subject = None
    elif args.box:
        subject = from_box(args.image, args.box)
    else:
        subject = from_picture(args.image) if args.digit is None else from_photo(args.image, args.digit)
    if subject and not args.data:
        return subject, None
    images = load_digits(args.data)
    memory = images.train.take(args.limit or RECALLED, args.seed)
    return subject or from_data(images.test, args.index), memory
