"""`train.py decide`: draws pages, finds their candidates as the reader does, and fits the decision to what they are."""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np

from capture.language import tr, translatable
from capture.read.decision import DEFAULT_DECISION, save_decision
from model.classifier import DEFAULT_WEIGHTS, Classifier
from training.commands.options import add_data, add_seed, positive
from training.datasets.download import cache_folder
from training.datasets.mnist import IMAGE_SUFFIXES, load_digits
from training.datasets.pendigits import load_strokes
from training.decision.examples import (
    PageCandidates,
    classified,
    find_page,
    joined,
    load_candidates,
    part_of,
    save_candidates,
)
from training.decision.fit import digit_log_loss, fit_decision
from training.decision.perceptron import PerceptronConfig
from training.exercises.pages import Supplies
from training.exercises.signs import load_people
from training.exercises.store import are_drawn, draw_pages, stored_pages
from training.synthesis.writers import divide

SUMMARY = translatable("train the decision: which of a page's candidates are digits, by their surroundings")
PAGES = 2400  # more taught no more: what is left over is unlike any drawn page
HELD_OUT = 10  # one page in so many is only measured on
CANDIDATES_FILE = "candidates.npz"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the flags."""
    add_data(parser)
    add_seed(parser)
    for flag, text in (
        ("--strokes", tr("pendigits pen strokes, file or folder (default: download them)")),
        ("--unipen", tr("folder with UNIPEN's digits, letters, lines and words (unipen-*.jsonl.gz)")),
        ("--backgrounds", tr("folder of pictures without a digit in them (default: drawn ones alone)")),
        ("--pages", tr("folder in which the drawn pages are kept (default: in the user's cache)")),
    ):
        parser.add_argument(flag, type=Path, metavar="PATH", help=text, required=flag == "--unipen")
    parser.add_argument(
        "--count", type=positive, default=PAGES, metavar="N", help=tr("pages to draw (default: %(default)s)")
    )
    parser.add_argument(
        "--network",
        type=Path,
        default=DEFAULT_WEIGHTS,
        metavar="FILE",
        help=tr("a .tflite (default: the one that ships)"),
    )
    parser.add_argument(
        "--processes", type=positive, default=os.cpu_count(), metavar="N", help=tr("that draw (default: %(default)s)")
    )
    parser.add_argument(
        "--fresh", action="store_true", help=tr("find the candidates anew; needed where their detection has changed")
    )
    parser.add_argument(
        "--out", type=Path, default=DEFAULT_DECISION, metavar="FILE", help=tr("the decision (default: %(default)s)")
    )


def run(args: argparse.Namespace) -> None:
    """Draws what is missing, finds and classifies the candidates, fits, measures on left-out pages, and saves.

    Raises:
        DigitsError: data, network or pages are not what they should be.
    """
    start, folder = time.monotonic(), args.pages or _pages_folder()
    _draw(args, folder)
    classify = Classifier(args.network)
    candidates = _candidates(args, folder, classify)
    probabilities = classified(candidates, classify)
    is_held_out = np.arange(len(candidates.counts)) % HELD_OUT == 0
    training, held_out = (part_of(candidates, probabilities, chosen) for chosen in (~is_held_out, is_held_out))
    config = PerceptronConfig(seed=args.seed)
    loss, f1 = digit_log_loss(fit_decision(*training, config), *held_out)
    save_decision(fit_decision(candidates, probabilities, config), args.out)
    print(
        tr(
            "{count} pages, {pieces} candidates, {time_s:.0f} s; on {sum} left-out pages: log loss "
            "{loss:.4f}, F1 {f1:.4f}; wrote {out}",
            count=len(candidates.counts),
            pieces=len(probabilities),
            time_s=time.monotonic() - start,
            sum=is_held_out.sum(),
            loss=loss,
            f1=f1,
            out=args.out,
        )
    )


def _pages_folder() -> Path:

    return cache_folder() / "decision-pages"


def _draw(args: argparse.Namespace, folder: Path) -> None:

    if not are_drawn(folder, args.count):
        drawn = draw_pages(folder, args.count, _supplies(args), args.processes)
        print(tr("{folder}: drew {drawn} pages", folder=folder, drawn=drawn))


def _supplies(args: argparse.Namespace) -> Supplies:

    material, _ = divide(load_digits(args.data).train, load_strokes(args.strokes))
    return Supplies(load_people(args.unipen), material, tuple(_pictures(args.backgrounds)))


def _pictures(folder: Path | None) -> Sequence[np.ndarray]:

    paths = sorted(path for path in folder.iterdir() if path.suffix in IMAGE_SUFFIXES) if folder else []
    return [image for image in (cv2.imread(str(path)) for path in paths) if image is not None]


def _candidates(args: argparse.Namespace, folder: Path, classify: Classifier) -> PageCandidates:
    """The candidates found before, or found now where pages were added."""
    file = folder / CANDIDATES_FILE
    if file.is_file() and not args.fresh:
        candidates = load_candidates(file)
        if len(candidates.counts) == args.count:
            return candidates
    candidates = joined(find_page(page, classify) for page in stored_pages(folder, args.count))
    save_candidates(candidates, file)
    return candidates
