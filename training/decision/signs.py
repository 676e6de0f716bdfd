"""Trains what reads signs between digits, and what tells slashes from 1s, on lines by many hands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from capture.boxes import as_array, iou_matrix, shared_areas
from capture.detect.find import detect, split, usual_scale, zoom_for
from capture.read.decision import Decide, Seen, describe_sticks
from capture.read.inks import with_inks
from capture.read.layout import place_along, robust_skew
from capture.read.networks import Perceptron
from capture.read.reader import SHOWN_CONFIDENCE
from capture.read.segmentation import segment
from capture.read.select import choose_hypotheses, classify_with_splits, to_digits
from capture.read.signs import MARK_CLASSES, OTHER, SPECK, describe_marks, find_marks, load_signs, place_marks
from capture.synthetic.page import DrawnPage
from capture.types import Detection, Digit
from training.decision.examples import IS_PART, IS_THE_DIGIT, load_once
from training.decision.lines import draw_lines
from training.decision.perceptron import PerceptronConfig, fit_perceptron
from training.exercises.pages import Supplies
from training.workers import start_workers, with_given

SEED = 5  # of the lines: other lines than any page's
MARKS = PerceptronConfig(hidden=(32, 24), epochs=60, batch=128, dropout=0.05, members=2)
WEIGHT_OF_ONE = 2.0  # to a slash's: of what stands between digits, more are 1s on people's pages than on these lines
STICKS = PerceptronConfig(hidden=(24, 16), epochs=60, batch=64, dropout=0.05, members=8)


@dataclass(frozen=True)
class LineExamples:
    """What one sheet of lines teaches, or many.

    Attributes:
        marks: (n, F) float32, as `describe_marks` has them.
        classes: (n,) int, of `MARK_CLASSES`.
        sticks: (k, F) float32, as `describe_sticks` has them.
        slashes: (k,) whether each is a slash.
    """

    marks: np.ndarray
    classes: np.ndarray
    sticks: np.ndarray
    slashes: np.ndarray


@dataclass(frozen=True)
class LineReader:
    """Finds the digits of lines, slashes among them: for that, nothing but what is trained before is needed.

    Attributes:
        network: the file of the network.
        promise: tells what is worth splitting.
        judge: tells how ink is split.
        decide: tells what is a digit.
    """

    network: Path
    promise: Perceptron
    judge: Perceptron
    decide: Decide

    def __call__(self, drawn: DrawnPage) -> tuple[list[Digit], Seen, Detection]:
        """Give the digits of a sheet, what they were chosen from, and what was found on it."""
        zoom = zoom_for((digit.box.h for digit in drawn.digits), usual_scale(drawn.image.shape))
        detection = detect(drawn.image, zoom)
        splits = partial(split, detection=detection)
        trees = classify_with_splits(detection.candidates, load_once(self.network), splits, promise=self.promise)
        chosen = with_inks([one for way in segment(trees, judge=self.judge) for one in way], detection.ink_image)
        others = with_inks(choose_hypotheses(detection.others, load_once(self.network)), detection.ink_image)
        digits = to_digits(chosen, detection.ink_image.shape, self.decide, SHOWN_CONFIDENCE, others)
        return digits, {one.candidate.box: one for one in chosen}, detection


def read_lines(supplies: Supplies, read: LineReader, count: int, processes: int) -> LineExamples:
    """Draw so many sheets of lines, read them in several processes, and tell what they teach."""
    with start_workers(processes, supplies, read) as pool:
        return joined(list(pool.map(partial(with_given, _examples), range(count), chunksize=8)))


def joined(parts: Sequence[LineExamples]) -> LineExamples:
    """Put the examples of several sheets one after the other."""
    names = ("marks", "classes", "sticks", "slashes")
    return LineExamples(*(np.concatenate([getattr(part, name) for part in parts]) for name in names))


def _examples(number: int, supplies: Supplies, read: LineReader) -> LineExamples:
    drawn = draw_lines(supplies, np.random.default_rng([SEED, number]))
    return examples_of(drawn, *read(drawn))


def examples_of(drawn: DrawnPage, digits: Sequence[Digit], seen: Seen, detection: Detection) -> LineExamples:
    """Tell what a sheet teaches, by what was read of it: marks left of a digit read rightly, and 1s between digits."""
    true = (*drawn.digits, *drawn.others)
    boxes, true_boxes = as_array(digit.box for digit in digits), as_array(one.box for one in true)
    fit = iou_matrix(boxes, true_boxes)
    labels = [true[best].label if fit[i, best] >= IS_THE_DIGIT else "" for i, best in enumerate(_argmax(fit))]
    sticks, of_sticks = describe_sticks(digits, seen)
    known = [k for k, i in enumerate(sticks) if labels[i] in ("1", "/")]
    slashes = np.array([labels[sticks[k]] == "/" for k in known], bool)
    kept = [i for i, label in enumerate(labels) if label != "/"]
    of_marks = _mark_examples(drawn, [digits[i] for i in kept], fit[kept] >= IS_THE_DIGIT, seen, detection)
    return LineExamples(*of_marks, of_sticks[known], slashes)


def _argmax(fit: np.ndarray) -> list[int]:
    return fit.argmax(axis=1).tolist() if fit.size else []


def _mark_examples(
    drawn: DrawnPage, digits: Sequence[Digit], fit: np.ndarray, seen: Seen, detection: Detection
) -> tuple[np.ndarray, np.ndarray]:
    """Collect features and classes of the marks left of true digits, by their (n, m) fit to what was drawn."""
    marks = find_marks(digits, seen, detection.ink_image)
    if not marks:
        return np.zeros((0, len(load_signs().mean)), np.float32), np.zeros(0, int)
    boxes, fit = as_array(digit.box for digit in digits), fit[:, : len(drawn.digits)]
    tilt = robust_skew(boxes)
    gaps, features, chosen = describe_marks(place_along(boxes, tilt), place_marks(marks, tilt))
    classes = _true_classes(as_array(mark.box for mark in marks), drawn, fit.any(axis=0))
    is_known = fit.any(axis=1)[[right for _, right in gaps]]
    return features[is_known], classes[chosen[is_known]]


def _true_classes(marks: np.ndarray, drawn: DrawnPage, is_read: np.ndarray) -> np.ndarray:
    """Find the (m,) classes of (m, 4) marks, of the ink each lies in; a part of a digit that `is_read` is a speck."""
    boxes = as_array(one.box for one in (*drawn.digits, *drawn.others))
    names = [SPECK if known else OTHER for known in is_read] + [one.label for one in drawn.others]
    labels = np.array([MARK_CLASSES.index(name if name in MARK_CLASSES else OTHER) for name in names])
    smaller = np.minimum.outer(marks[:, 2:].prod(axis=1), boxes[:, 2:].prod(axis=1))
    fit = np.where(shared_areas(marks, boxes) > IS_PART * smaller, iou_matrix(marks, boxes), 0)
    return np.where(fit.max(axis=1) > 0, labels[fit.argmax(axis=1)], MARK_CLASSES.index(SPECK))


def fit_signs(examples: LineExamples, config: PerceptronConfig = MARKS) -> Perceptron:
    """Fit the network that names marks: an output a class."""
    answers = np.eye(len(MARK_CLASSES), dtype=np.float32)[examples.classes]
    return fit_perceptron(examples.marks, answers, np.ones(len(answers), np.float32), config)


def fit_slashes(examples: LineExamples, config: PerceptronConfig = STICKS) -> Perceptron:
    """Fit the network that tells slashes from 1s."""
    answers = examples.slashes.astype(np.float32)
    weights = np.where(examples.slashes, 1, WEIGHT_OF_ONE).astype(np.float32)
    return fit_perceptron(examples.sticks, answers, weights, config)
