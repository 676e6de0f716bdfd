"""Candidates of drawn pages with their answers, found as the reader finds them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path

import numpy as np

from capture.boxes import hold_middles, iou_matrix, shared_areas
from capture.detect.find import detect, split
from capture.read.evidence import Evidence, evidence_of
from capture.read.features import Surroundings
from capture.read.inks import with_inks
from capture.read.networks import Perceptron
from capture.read.segmentation import HypothesisTree, Promise, segment
from capture.read.select import choose_hypotheses, classify_with_splits, suppress_same_ink
from capture.types import Detection
from model.classifier import Classifier
from training.exercises.store import LabelledPage

IS_THE_DIGIT = 0.5  # intersection over union from which a candidate counts as the digit
NEARLY, NEARLY_WEIGHT = (
    0.35,
    0.3,
)  # from here on it does if each has its middle in the other, as thin 1s do; else it teaches little
IS_PART = 0.5  # share of a candidate that lies in print or in a cut-off digit
PRINT, CUT_OFF = "print", "part of a digit"
NEUTRAL_WEIGHTS = {PRINT: 0.5, CUT_OFF: 0.0}  # printed digits may be read, but people want what they wrote


@dataclass(frozen=True)
class Example:
    """What one page teaches.

    Attributes:
        evidence: of n pieces of its ink, as the decision gets it.
        answers: (n,) 1 for a digit, else 0.
        weights: (n,) how much each teaches.
    """

    evidence: Evidence
    answers: np.ndarray
    weights: np.ndarray

    @property
    def around(self) -> Surroundings:
        """How its pieces stand to each other."""
        return Surroundings(self.evidence)

    def without_others(self) -> Example:
        """Leave out all ink that is no candidate."""
        own = ~self.evidence.is_other
        return Example(self.evidence.part(own), self.answers[own], self.weights[own])


@cache
def load_once(network: Path) -> Classifier:
    """Load a network from its file, once in each process that finds candidates."""
    return Classifier(network, threads=1)


def trees_of(seen: Detection, classify: Classifier, promise: Promise | None = None) -> list[HypothesisTree]:
    """Classify what was detected with its splits, as the reader does; `promise`: what to split."""
    return classify_with_splits(seen.candidates, classify, partial(split, detection=seen), promise=promise)


def find_page(page: LabelledPage, classify: Classifier, judge: Perceptron, promise: Promise | None = None) -> Example:
    """Choose a page's candidates as the reader does, and tell which are digits."""
    seen = detect(page.image, page.zoom)
    trees = trees_of(seen, classify, promise)
    chosen = suppress_same_ink([one for way in segment(trees, judge=judge) for one in way])
    chosen, others = (with_inks(some, seen.ink_image) for some in (chosen, choose_hypotheses(seen.others, classify)))
    evidence = evidence_of(chosen, others, page.image.shape[:2])
    answers, weights = answers_of(evidence.boxes, page)
    return Example(evidence, answers * ~evidence.is_other, weights * ~evidence.is_other)


def answers_of(boxes: np.ndarray, page: LabelledPage) -> tuple[np.ndarray, np.ndarray]:
    """Tell which of (n, 4) boxes are digits of the page: (n,) answers 0 or 1, (n,) how much each teaches."""
    is_digit = np.array([label.isdigit() for label in page.labels], bool)
    digits = page.boxes[is_digit]
    fit = iou_matrix(boxes, digits)
    is_same = (fit >= IS_THE_DIGIT) | ((fit >= NEARLY) & hold_middles(boxes, digits) & hold_middles(digits, boxes).T)
    answers = is_same.any(axis=1).astype(np.float32)
    weights = np.where((fit >= NEARLY).any(axis=1) & (answers == 0), NEARLY_WEIGHT, 1.0)
    areas = np.maximum(boxes[:, 2] * boxes[:, 3], 1)[:, None]
    for neutral, weight in NEUTRAL_WEIGHTS.items():
        is_this = np.array([label == neutral for label in page.labels], bool)
        inside = (shared_areas(boxes, page.boxes[is_this]) / areas).max(axis=1, initial=0)
        weights[(inside > IS_PART) & (answers == 0)] = weight
    return answers, weights.astype(np.float32)
