"""`train.py decide`: draws pages, takes them apart as the reader does, fits judge of splits, decision and signs."""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import cv2
import numpy as np
from threadpoolctl import threadpool_limits

from capture.language import tr, translatable
from capture.parser import place_path
from capture.read.decision import LOOKS, ROUNDS, SLASHES, load_slashes
from capture.read.networks import DEFAULT_DECISION, Perceptron
from capture.read.segmentation import SEGMENTATION, SPLITTING
from capture.read.signs import SIGNS, load_signs
from capture.sources.photos import is_picture_name
from model.classifier import DEFAULT_WEIGHTS
from training.commands.options import add_data, add_seed, positive
from training.datasets.download import cache_folder
from training.datasets.mnist import DataError, load_digits
from training.datasets.pendigits import load_strokes
from training.decision.examples import PageCandidates, find_page, joined, load_once, part_of
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
    """Draw what is missing, fit the judge of splits, the decision and the signs, and save them; measure the decision.

    Raises:
        DigitsError: data, network or pages are not what they should be.
    """
    start_tensorflow()
    from training.decision import fit

    start, supplies, folder = time.monotonic(), _supplies(args), args.pages or cache_folder() / "decision-pages"
    if drawn := draw_pages(folder, args.count, supplies, args.processes):
        print(tr("{folder}: drew {drawn} pages", folder=folder, drawn=drawn))
    numbers = range(args.count)
    with start_workers(args.processes, folder, args.network) as pool:
        splits = [some for page in pool.map(partial(with_given, _splits), numbers[:JUDGED]) for some in page]
        with threadpool_limits(1):  # such small matrices' threads wait for each other more than they work
            promise = fit_ways(splits, PROMISE)
        rows = [rows for page in pool.map(partial(with_given, _rows, promise), numbers[:JUDGED]) for rows in page]
        with threadpool_limits(1):
            judge = fit_ways(rows, JUDGE)
        candidates = joined(pool.map(partial(with_given, _candidates, judge, promise), numbers))
    is_held_out = np.arange(len(candidates.counts)) % HELD_OUT == 0
    perceptrons, *looks = (replace(config, seed=args.seed + config.seed) for config in (fit.ROUNDS, *fit.LOOKS))
    with threadpool_limits(1):
        decision = fit.fit_decision(part_of(candidates, ~is_held_out), perceptrons, looks)
        loss, f1 = fit.digit_log_loss(decision, part_of(candidates, is_held_out))
    rounds = dict(zip(ROUNDS, map(arrays_of, decision.rounds), strict=True))
    ways = {SPLITTING: arrays_of(promise), SEGMENTATION: arrays_of(judge)}
    trained = ways | dict(zip(LOOKS, decision.attentions, strict=True)) | rounds
    sheets = args.count // PAGES_A_SHEET
    lines = read_lines(supplies, LineReader(args.network, promise, judge, decision), sheets, args.processes)
    save_trained(trained | _fit_lines(lines), args.out)
    print(
        tr(
            "{count} pages, {pieces} candidates, {time_s:.0f} s; on {sum} left-out pages: log loss "
            "{loss:.4f}, F1 {f1:.4f}; wrote {out}",
            count=len(candidates.counts),
            pieces=len(candidates.boxes),
            time_s=time.monotonic() - start,
            sum=is_held_out.sum(),
            loss=loss,
            f1=f1,
            out=args.out,
        )
    )


def _fit_lines(examples: LineExamples) -> dict[str, dict[str, np.ndarray]]:
    """Fit what reads signs, and what tells slashes from 1s; what ships stays where there is too little to learn."""
    is_enough = min(len(examples.marks), len(examples.sticks)) >= MIN_EXAMPLES
    with threadpool_limits(1):
        signs = fit_signs(examples) if is_enough else load_signs()
        slashes = fit_slashes(examples) if is_enough else load_slashes()
    return {SIGNS: arrays_of(signs), SLASHES: arrays_of(slashes)}


def _splits(number: int, folder: Path, network: Path) -> list[WayExamples]:
    return list(find_splits(load_page(folder, number), load_once(network)))


def _rows(promise: Perceptron, number: int, folder: Path, network: Path) -> list[WayExamples]:
    return find_rows(load_page(folder, number), load_once(network), promise)


def _candidates(judge: Perceptron, promise: Perceptron, number: int, folder: Path, network: Path) -> PageCandidates:
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
