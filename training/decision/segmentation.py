"""Trains the judge of segmentation: which rows of splits are better than the ink as a whole, on drawn pages."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from capture.boxes import as_array, iou_matrix, shared_areas
from capture.read.networks import Perceptron
from capture.read.segmentation import Alternative, Choice, HypothesisTree, alternatives, compare, levels, usual_height
from model.classifier import Classifier
from training.decision.examples import IS_PART, IS_THE_DIGIT, NEUTRAL_WEIGHTS, trees_of
from training.decision.perceptron import PerceptronConfig, fit_perceptron
from training.exercises.store import LabelledPage

BETTER_FIT = 0.05  # of intersections over union, summed over the digits: less is no better a way
NO_DIGIT_WEIGHT = 0.02  # of ink without a digit, whole or not: which way it is seen is for the decision to make good
CONFIG = PerceptronConfig(hidden=(32, 16), epochs=16, members=2)


@dataclass(frozen=True)
class RowExamples:
    """Rows of one page or of many, as `compare` describes them.

    Attributes:
        features: (n, F) float32.
        answers: (n,) 1 where the row is the best way to see the ink.
        weights: (n,) how much each teaches.
    """

    features: np.ndarray
    answers: np.ndarray
    weights: np.ndarray


def find_rows(page: LabelledPage, classify: Classifier) -> list[RowExamples]:
    """Tell for each level of a page's splits which rows are better than the whole; parts are seen their best way."""
    trees = trees_of(page, classify)
    truth, height = _Truth(page), usual_height(trees)
    chosen: dict[int, Choice] = {}
    found = []
    for level in reversed(list(levels(trees))):
        rows = list(alternatives(level, chosen))
        chosen |= {id(tree): Choice([tree], 0.0) for tree in level}
        if rows:
            found.append(_judged(rows, height, truth, chosen))
    return found


def _judged(rows: list[Alternative], height: float, truth: _Truth, chosen: dict[int, Choice]) -> RowExamples:
    """Judge the rows of a level, and note the best in `chosen`."""
    fit = np.array([truth.fit(row.parts) for row in rows])
    whole = np.array([truth.fit([row.whole]) for row in rows])
    best = {id(row.whole): 0.0 for row in rows}
    for row, *fits in zip(rows, fit.tolist(), whole.tolist(), strict=True):
        best[id(row.whole)] = max(best[id(row.whole)], *fits)
    highest = np.array([best[id(row.whole)] for row in rows])
    is_best = (fit > whole + BETTER_FIT) & (fit >= highest - BETTER_FIT)
    for i in np.argsort(fit).tolist():
        if is_best[i]:
            chosen[id(rows[i].whole)] = Choice(rows[i].parts, 1.0)
    is_neutral = np.array([truth.is_neutral(row.whole) for row in rows])
    weights = np.where(highest > 0, 1.0, np.where(is_neutral, 0, NO_DIGIT_WEIGHT))
    return RowExamples(compare(rows, height), is_best.astype(np.float32), weights.astype(np.float32))


class _Truth:
    """What a page holds."""

    def __init__(self, page: LabelledPage) -> None:
        self._digits = page.boxes[np.array([label.isdigit() for label in page.labels], bool)]
        self._neutral = page.boxes[np.array([label in NEUTRAL_WEIGHTS for label in page.labels], bool)]

    def fit(self, trees: Iterable[HypothesisTree]) -> float:
        """Sum the intersections over union of the digits with these, where they are found at all."""
        boxes = as_array(tree.candidate.box for tree in trees)
        fit = iou_matrix(self._digits, boxes).max(axis=1, initial=0)
        return float(fit[fit >= IS_THE_DIGIT].sum())

    def is_neutral(self, tree: HypothesisTree) -> bool:
        box = as_array([tree.candidate.box])
        return bool((shared_areas(box, self._neutral) > IS_PART * box[0, 2] * box[0, 3]).any())


def fit_judge(examples: Iterable[RowExamples], config: PerceptronConfig = CONFIG) -> Perceptron:
    """Fit the judge to the rows of many pages."""
    examples = list(examples)
    features, answers, weights = (
        np.concatenate([getattr(one, name) for one in examples]) for name in ("features", "answers", "weights")
    )
    is_used = weights > 0
    weights = weights[is_used] / weights[is_used].mean()
    return fit_perceptron(features[is_used], answers[is_used], weights, config)
