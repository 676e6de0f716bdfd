"""`train.py decide`: draws pages, takes them apart as the reader does, fits judge of splits, decision and signs."""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import replace
from functools import partial
from pathlib import Path

import cv2
import numpy as np
from threadpoolctl import threadpool_limits

from capture.language import tr, translatable
from capture.parser import place_path
from capture.read.decision import LOOKS, ROUNDS, SLASHES, load_decision, load_slashes
from capture.read.networks import DEFAULT_DECISION, Perceptron
from capture.read.segmentation import SEGMENTATION, SPLITTING, load_judge, load_promise
from capture.read.signs import SIGNS, load_signs
from capture.sources.photos import is_picture_name
from model.classifier import DEFAULT_WEIGHTS
from training.commands.options import add_data, add_seed, positive
from training.datasets.download import cache_folder
from training.datasets.mnist import DataError, load_digits
from training.datasets.pendigits import load_strokes
from training.decision.examples import Example, find_page, load_once
from training.decision.perceptron import arrays_of, save_trained
from training.decision.segmentation import JUDGE, PROMISE, WayExamples, find_rows, find_splits, fit_ways
from training.decision.signs import LineExamples, LineReader, fit_signs, fit_slashes, read_lines
from training.exercises.pages import Supplies
from training.exercises.store import draw_pages, load_page
from training.exercises.writing.signs import load_people
from training.fitting.tensorflow import start_tensorflow
from training.synthesis.writers import divide
from training.workers import start_workers, with_given

SUMMARY = translatable("train the decision: how ink is split, which candidates are digits, what stands between them")
PAGES = 38_000  # of 51 kinds: about 160 of the rarest
JUDGED = 4000  # of them that the judge of splits learns from
PAGES_A_SHEET = 6  # of numbers with signs, for the signs between digits
MIN_EXAMPLES = 256  # a few steps' worth
HELD_OUT = 10  # one page in so many is only measured on


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the flags."""
    add_data(parser)
    add_seed(parser)
    for flag, text in (
        ("--strokes", tr("pendigits pen strokes, file or folder (default: download them)")),
        ("--unipen", tr("folder with UNIPEN's digits, letters, lines and words (unipen-*.jsonl.gz)")),
        ("--backgrounds", tr("folder of pictures without a digit in them (default: drawn ones alone)")),
        ("--pages", tr("folder in which the drawn pages are kept (default: in the user's cache)")),
    ):
        parser.add_argument(flag, type=place_path, metavar="PATH", help=text, required=flag == "--unipen")
    parser.add_argument(
        "--count", type=positive, default=PAGES, metavar="N", help=tr("pages to draw (default: %(default)s)")
    )
    parser.add_argument(
        "--first", type=positive, default=1, metavar="N", help=tr("number of the first page (default: %(default)s)")
    )
    parser.add_argument(
        "--from",
        dest="former",
        type=place_path,
        metavar="FILE",
        help=tr("go on with this decision's attentions, by pages that they have not seen; all else stays as it is"),
    )
    parser.add_argument(
        "--network",
        type=place_path,
        default=DEFAULT_WEIGHTS,
        metavar="FILE",
        help=tr("a .tflite (default: the one that ships)"),
    )
    parser.add_argument(
        "--processes", type=positive, default=os.cpu_count(), metavar="N", help=tr("that draw (default: %(default)s)")
    )
    parser.add_argument(
        "--out",
        type=place_path,
        default=DEFAULT_DECISION,
        metavar="FILE",
        help=tr("the decision (default: %(default)s)"),
    )


def run(args: argparse.Namespace) -> None:
    """Draw what is missing, fit all, or go on with a former decision's attentions, and save it; measure the decision.

    Raises:
        DigitsError: data, network or pages are not what they should be.
    """
    start_tensorflow()
    from training.decision import fit

    start, supplies, folder = time.monotonic(), _supplies(args), args.pages or cache_folder() / "decision-pages"
    numbers = range(args.first - 1, args.first - 1 + args.count)
    former = load_decision(args.former) if args.former else None
    if drawn := draw_pages(folder, numbers, supplies, args.processes):
        print(tr("{folder}: drew {drawn} pages", folder=folder, drawn=drawn))
    with start_workers(args.processes, folder, args.network) as pool:
        if former:
            promise, judge = load_promise(args.former), load_judge(args.former)
        else:
            promise, judge = _fit_ways(pool, numbers[:JUDGED])
        found = pool.map(partial(with_given, _candidates, judge, promise), numbers)
        pages = [page for page in found if len(page.evidence)]
    held_out = pages[::HELD_OUT]
    del pages[::HELD_OUT]
    rounds, *looks = (replace(config, seed=args.seed + config.seed) for config in (fit.ROUNDS, *fit.LOOKS))
    with threadpool_limits(1):
        decision = fit.fit_decision(pages, rounds, looks, former)
        loss, f1 = fit.digit_log_loss(decision, held_out)
    if former:
        signs, slashes = load_signs(args.former), load_slashes(args.former)
    else:
        read = LineReader(args.network, promise, judge, decision)
        signs, slashes = _fit_lines(read_lines(supplies, read, args.count // PAGES_A_SHEET, args.processes))
    perceptrons = {SPLITTING: promise, SEGMENTATION: judge, SIGNS: signs, SLASHES: slashes}
    perceptrons |= zip(ROUNDS, decision.rounds, strict=True)
    arrays = {name: arrays_of(perceptron) for name, perceptron in perceptrons.items()}
    save_trained(arrays | dict(zip(LOOKS, decision.attentions, strict=True)), args.out)
    print(
        tr(
            "{count} pages, {pieces} candidates, {time_s:.0f} s; on {sum} left-out pages: log loss "
            "{loss:.4f}, F1 {f1:.4f}; wrote {out}",
            count=len(pages) + len(held_out),
            pieces=sum(len(page.evidence) for page in (*pages, *held_out)),
            time_s=time.monotonic() - start,
            sum=len(held_out),
            loss=loss,
            f1=f1,
            out=args.out,
        )
    )


def _fit_ways(pool: Executor, numbers: Sequence[int]) -> tuple[Perceptron, Perceptron]:
    """Fit what tells what is worth splitting, and the judge of splits, to pages of these numbers."""
    splits = [some for page in pool.map(partial(with_given, _splits), numbers) for some in page]
    with threadpool_limits(1):  # such small matrices' threads wait for each other more than they work
        promise = fit_ways(splits, PROMISE)
    rows = [rows for page in pool.map(partial(with_given, _rows, promise), numbers) for rows in page]
    with threadpool_limits(1):
        return promise, fit_ways(rows, JUDGE)


def _fit_lines(examples: LineExamples) -> tuple[Perceptron, Perceptron]:
    """Fit what reads signs, and what tells slashes from 1s; what ships stays where there is too little to learn."""
    if min(len(examples.marks), len(examples.sticks)) < MIN_EXAMPLES:
        return load_signs(), load_slashes()
    with threadpool_limits(1):
        return fit_signs(examples), fit_slashes(examples)


def _splits(number: int, folder: Path, network: Path) -> list[WayExamples]:
    return list(find_splits(load_page(folder, number), load_once(network)))


def _rows(promise: Perceptron, number: int, folder: Path, network: Path) -> list[WayExamples]:
    return find_rows(load_page(folder, number), load_once(network), promise)


def _candidates(judge: Perceptron, promise: Perceptron, number: int, folder: Path, network: Path) -> Example:
    return find_page(load_page(folder, number), load_once(network), judge, promise)


def _supplies(args: argparse.Namespace) -> Supplies:
    people, pictures = load_people(args.unipen), tuple(_pictures(args.backgrounds))
    material, _ = divide(load_digits(args.data).train, load_strokes(args.strokes))  # last, as it may be downloaded
    return Supplies(people, material, pictures)


def _pictures(folder: Path | None) -> Sequence[np.ndarray]:
    """Load the pictures of a folder; what is none is left out."""
    if folder and not folder.is_dir():
        raise DataError("{folder}: no such folder; check its name", folder=folder)
    paths = sorted(path for path in folder.iterdir() if is_picture_name(path)) if folder else []
    return [image for image in (cv2.imread(str(path)) for path in paths) if image is not None]
