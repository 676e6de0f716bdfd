"""Trains what names the marks between digits, on lines of numbers, signs and words by many hands."""

from __future__ import annotations

import multiprocessing
import re
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import cache, partial
from pathlib import Path

import cv2
import numpy as np

from capture.boxes import as_array, iou_matrix, shared_areas
from capture.detect.find import detect, split
from capture.read.decision import Decide
from capture.read.layout import place_along, robust_skew
from capture.read.networks import Perceptron
from capture.read.reader import SHOWN_CONFIDENCE
from capture.read.segmentation import segment
from capture.read.select import classify_with_splits, to_digits
from capture.read.signs import (
    MARK_CLASSES,
    MARK_FEATURES,
    MINUS,
    OTHER,
    SPECK,
    describe_marks,
    find_marks,
    place_marks,
    without_slashes,
)
from capture.synthetic.camera import photograph, random_troubles
from capture.synthetic.page import DrawnPage, compose
from capture.synthetic.paper import draw_paper
from capture.synthetic.styles import random_style
from capture.types import Digit, Mark
from model.classifier import Classifier
from training.decision.examples import IS_PART, IS_THE_DIGIT
from training.decision.perceptron import PerceptronConfig, fit_perceptron
from training.exercises.pages import SIZES, Supplies
from training.exercises.sheet_writer import SheetWriter
from training.exercises.signs import sign_writer
from training.exercises.texts import LINES, number
from training.synthesis.writers import a_writer

SEED = 5  # of the lines: other lines than any page's
LINE_KINDS = {"signed": 12, "facts": 5, "numbers": 3, "sums": 4, "notes": 3, "list": 1, "code": 2}
"""Kinds of lines, of `texts.LINES` and `signed_line`, and their shares."""
DIGIT_PX = (14.0, 130.0)  # least and most
GAP = (0.06, 0.35)  # between signs, heights of a digit
OWN_DIGITS = 0.6  # share of the pages on which one hand writes digits and signs
MAX_LINES = 4
LINE_STEP = (1.6, 2.6)  # heights of a digit
BEFORE_MINUS = " =(+*<>,:;["  # what a minus stands behind; behind a letter it takes away, and is not the number's own
CONFIG = PerceptronConfig(hidden=(32, 24), epochs=60, batch=128, dropout=0.05, members=2)


@dataclass(frozen=True)
class MarkExamples:
    """Marks of one page or of many.

    Attributes:
        features: (n, F) float32, as `describe_marks` has them.
        classes: (n,) int, of `MARK_CLASSES`.
    """

    features: np.ndarray
    classes: np.ndarray


NO_EXAMPLES = MarkExamples(np.zeros((0, MARK_FEATURES), np.float32), np.zeros(0, int))


def signed_line(rng: np.random.Generator) -> tuple[str]:
    """Numbers with signs in them: decimals, dates, times, negative ones, fractions, thousands, telephones."""
    d = "".join(map(str, rng.integers(0, 10, 10)))
    point, least = str(rng.choice(list(".,"))), str(rng.choice(["", "-"]))
    day = rng.integers((1, 1, 1900), (32, 13, 2100))
    kinds: Sequence[Callable[[], str]] = (
        lambda: f"{least}{number(rng)}{point}{number(rng, 3)}",
        lambda: f"{least}{number(rng, 3)}",
        lambda: f"-{number(rng, 3)}",
        lambda: str(rng.choice(list("/.-"))).join(map(str, day)),
        lambda: f"{day[2]}-{day[1]:02d}-{day[0]:02d}",
        lambda: f"{rng.integers(24)}:{d[0]}{d[1]}" + (f":{d[2:4]}" if rng.random() < 0.2 else ""),
        lambda: f"{number(rng, 2)}/{number(rng, 2)}",
        lambda: f"{number(rng, 2)}{point}{d[:3]}{point}{d[3:6]}",
        lambda: point.join(d[i : i + 2] for i in range(0, 10, 2)),
        lambda: f"{number(rng, 1)}{point}{number(rng, 1)}.{number(rng, 2)}",
        lambda: f"{number(rng, 2)} - {number(rng, 2)} = {least}{number(rng, 2)}",
        lambda: f"{rng.choice(list('xytn'))} = {least}{number(rng, 2)}",
        lambda: f"({least}{number(rng, 2)}{rng.choice(list(',;'))} {least}{number(rng, 2)})",
    )
    space = " " * int(rng.integers(1, 4))
    kind, is_mixed = kinds[rng.integers(len(kinds))], rng.random() < 0.3
    texts = [(kinds[rng.integers(len(kinds))] if is_mixed else kind)() for _ in range(rng.integers(1, 5))]
    return (space.join(texts),)


def classes_of(text: str) -> list[str]:
    """Tell of each sign of a line, without its spaces, what it is: a digit itself, else one of `MARK_CLASSES`."""
    labels = []
    for run in re.finditer(r"\d+|\D+", text):
        signs, is_first, is_last = run[0], run.start() == 0, run.end() == len(text)
        labels += signs if signs.isdigit() else _run_classes(signs, is_first=is_first, is_last=is_last)
    return [label for label in labels if label]


def _run_classes(signs: str, *, is_first: bool, is_last: bool) -> list[str]:
    """Tell what each sign of a run between two digits is, "" for spaces; the run may be the line's first or last."""
    is_even = signs.strip() == "-" and signs.endswith(" ") == signs.startswith(" ")
    if (signs in MARK_CLASSES or is_even) and not is_first and not is_last:
        return [sign.strip() for sign in signs]
    classes = [OTHER if sign != " " else "" for sign in signs]
    if signs.endswith("-") and not is_last and f" {signs}"[-2] in BEFORE_MINUS:
        classes[-1] = MINUS
    return classes


def draw_lines(supplies: Supplies, rng: np.random.Generator) -> DrawnPage:
    """Writes a few lines of one kind on a sheet and photographs it; marks are labelled by what they are."""
    size = SIZES[rng.integers(len(SIZES))]
    texts = _texts(rng)
    most = min(DIGIT_PX[1], size[0] / (0.6 * max(map(len, texts)) + 1), size[1] / (LINE_STEP[1] * len(texts)))
    digit_px = float(np.exp(rng.uniform(*np.log((DIGIT_PX[0], max(most, DIGIT_PX[0]))))))
    style = replace(random_style(rng, size[1]), digit_px=digit_px, gap=float(rng.uniform(*GAP)))
    write = None if rng.random() < OWN_DIGITS else a_writer(supplies.material, rng)
    sheet, foot_y = SheetWriter(sign_writer(supplies.people, rng, write), style, size, rng), 1.6 * digit_px
    for text in texts:
        sheet.write((text,), rng.uniform(0.3, 2) * digit_px, foot_y, digit_px, rng.normal(0, 0.01))
        foot_y += rng.uniform(*LINE_STEP) * digit_px
    labels = [label for text in texts for label in classes_of(text)]
    items = [replace(item, label=label) for item, label in zip(sheet.items, labels, strict=True)]
    paper = draw_paper(style.paper, size, style.paper_bgr, digit_px * rng.uniform(0.6, 2.2), rng)
    return photograph(compose(items, paper, style.pen.bgr), rng, random_troubles(rng, rng.uniform(0, 0.7)))


def _texts(rng: np.random.Generator) -> list[str]:
    """Lines of one kind, without signs that stand higher or lower."""
    shares = np.array(list(LINE_KINDS.values()), float)
    kind = str(rng.choice(list(LINE_KINDS), p=shares / shares.sum()))
    write = (LINES | {"signed": signed_line})[kind]
    texts = ("".join(write(rng)) for _ in range(rng.integers(1, MAX_LINES + 1)))
    return [text for text in texts if not set("^_") & set(text) and text.strip()] or ["0"]


@dataclass(frozen=True)
class LineReader:
    """Reads what the reader does before it knows signs; then nothing but what is trained before is needed.

    Attributes:
        network: the file of the network.
        judge: tells how ink is split.
        decide: tells what is a digit.
    """

    network: Path
    judge: Perceptron
    decide: Decide

    def __call__(self, image: np.ndarray) -> tuple[list[Digit], Sequence[Mark]]:
        """Find the digits of a picture, and the marks beside them."""
        detection = detect(image)
        trees = classify_with_splits(
            detection.candidates, _classifier(self.network), partial(split, detection=detection)
        )
        chosen = [one for way in segment(trees, judge=self.judge) for one in way]
        digits = to_digits(chosen, detection.shape, self.decide, SHOWN_CONFIDENCE)
        candidates = {one.candidate.box: one.candidate for one in chosen}
        digits = without_slashes(digits, candidates)
        return digits, find_marks(digits, candidates, detection)


@cache
def _classifier(network: Path) -> Classifier:
    """The network of a process that reads lines."""
    return Classifier(network, threads=1)


def find_marks_of_lines(supplies: Supplies, read: LineReader, count: int, processes: int) -> list[MarkExamples]:
    """Draws so many sheets of lines, reads them, and describes their marks, in several processes."""
    spawn = multiprocessing.get_context("spawn")  # a fork would copy TensorFlow's threads in an unknown state
    with ProcessPoolExecutor(processes, spawn, initializer=_remember, initargs=(supplies, read)) as pool:
        return list(pool.map(_marks, range(count), chunksize=8))


def _remember(supplies: Supplies, read: LineReader) -> None:
    global _SUPPLIES, _READ  # a process's own: sent once, not with every sheet
    _SUPPLIES, _READ = supplies, read
    cv2.setNumThreads(1)


def _marks(number: int) -> MarkExamples:
    drawn = draw_lines(_SUPPLIES, np.random.default_rng([SEED, number]))
    return mark_examples(drawn, *_READ(drawn.image))


def mark_examples(drawn: DrawnPage, digits: Sequence[Digit], marks: Sequence[Mark]) -> MarkExamples:
    """Describes the marks that stand left of a digit read rightly.

    Args:
        drawn: lines, as `draw_lines` labels them.
        digits: what was read of them.
        marks: what was found beside these.
    """
    if not digits or not marks:
        return NO_EXAMPLES
    boxes = as_array(digit.box for digit in digits)
    tilt = robust_skew(boxes)
    gaps, features, chosen = describe_marks(place_along(boxes, tilt), place_marks(marks, tilt))
    fit = iou_matrix(boxes, as_array(one.box for one in drawn.digits)) >= IS_THE_DIGIT
    classes = _true_classes(as_array(mark.box for mark in marks), drawn, fit.any(axis=0))
    is_known = fit.any(axis=1)[[right for _, right in gaps]]
    return MarkExamples(features[is_known], classes[chosen[is_known]])


def _true_classes(marks: np.ndarray, drawn: DrawnPage, is_read: np.ndarray) -> np.ndarray:
    """(m,) classes of (m, 4) marks: of the ink that each lies in; what is of a digit that `is_read` is a speck."""
    boxes = as_array(one.box for one in (*drawn.digits, *drawn.others))
    names = [SPECK if known else OTHER for known in is_read] + [one.label for one in drawn.others]
    labels = np.array([MARK_CLASSES.index(name if name in MARK_CLASSES else OTHER) for name in names])
    smaller = np.minimum.outer(marks[:, 2:].prod(axis=1), boxes[:, 2:].prod(axis=1))
    fit = np.where(shared_areas(marks, boxes) > IS_PART * smaller, iou_matrix(marks, boxes), 0)
    return np.where(fit.max(axis=1) > 0, labels[fit.argmax(axis=1)], MARK_CLASSES.index(SPECK))


def fit_signs(examples: Sequence[MarkExamples], config: PerceptronConfig = CONFIG) -> Perceptron:
    """Fits the network that names marks: an output a class."""
    features, classes = (np.concatenate([getattr(one, name) for one in examples]) for name in ("features", "classes"))
    answers = np.eye(len(MARK_CLASSES), dtype=np.float32)[classes]
    return fit_perceptron(features, answers, np.ones(len(features), np.float32), config)
