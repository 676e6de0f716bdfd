"""Trains on drawn pages what is worth splitting, and the judge of which rows are better than the ink as a whole."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from capture.boxes import as_array, iou_matrix, shared_areas
from capture.detect.find import detect
from capture.read.networks import Perceptron
from capture.read.segmentation import (
    Alternative,
    Choice,
    HypothesisTree,
    Promise,
    alternatives,
    compare,
    describe,
    levels,
    usual_height,
)
from model.classifier import Classifier
from training.decision.examples import IS_PART, IS_THE_DIGIT, NEUTRAL_WEIGHTS, trees_of
from training.decision.perceptron import PerceptronConfig, fit_perceptron
from training.exercises.store import LabelledPage

BETTER_FIT = 0.05  # of intersections over union, summed over the digits: less is no better a way
NO_DIGIT_WEIGHT = 0.02  # of ink without a digit, whole or not: which way it is seen is for the decision to make good
JUDGE = PerceptronConfig(hidden=(32, 16), epochs=16, members=2)
PROMISE = PerceptronConfig(hidden=(24, 16), epochs=12, members=2)


@dataclass(frozen=True)
class WayExamples:
    """Rows of one page or of many, as `compare` describes them, or pieces that were split, as `describe` does.

    Attributes:
        features: (n, F) float32.
        answers: (n,) 1 where the row is the best way to see the ink, or a piece is seen better in parts.
        weights: (n,) how much each teaches.
    """

    features: np.ndarray
    answers: np.ndarray
    weights: np.ndarray


def find_splits(page: LabelledPage, classify: Classifier) -> Iterator[WayExamples]:
    """Tell which of a page's pieces are seen better in parts; chance says which are tried, where there are many."""
    rng = np.random.default_rng(0)
    trees = trees_of(detect(page.image, page.zoom), classify, lambda features: rng.uniform(0.5, 1, len(features)))
    truth, height = _Truth(page), usual_height(trees)
    tried: tuple[list[tuple[HypothesisTree, bool]], ...] = [], []
    for tree in trees:
        _best_way(tree, truth, tried)
    for is_part, pieces in zip((False, True), tried, strict=True):
        if pieces:
            split, is_better = zip(*pieces, strict=True)
            weights = [not truth.is_neutral(tree) for tree in split]
            features = describe(split, height, is_part=is_part)
            yield WayExamples(features, np.array(is_better, np.float32), np.array(weights, np.float32))


def _best_way(
    tree: HypothesisTree, truth: _Truth, tried: tuple[list[tuple[HypothesisTree, bool]], ...], *, is_part: bool = False
) -> list[HypothesisTree]:
    """Find the best way to see a tree; note in `tried`, by whether it is a part, if splitting it helped."""
    best, fit, is_better = [tree], truth.fit([tree]), False
    merged = int(bool(tree.candidate.parts))  # rows at the start that it was merged from
    for number, row in enumerate(tree.splits):
        is_split = number >= merged
        parts = [leaf for part in row for leaf in _best_way(part, truth, tried, is_part=is_part or is_split)]
        if truth.fit(parts) > fit + BETTER_FIT:
            best, fit, is_better = parts, truth.fit(parts), is_split
    if len(tree.splits) > merged:
        tried[is_part].append((tree, is_better))
    return best


def find_rows(page: LabelledPage, classify: Classifier, promise: Promise | None = None) -> list[WayExamples]:
    """Tell for each level of a page's splits which rows are better than the whole; parts are seen their best way."""
    trees = trees_of(detect(page.image, page.zoom), classify, promise)
    truth, height = _Truth(page), usual_height(trees)
    chosen: dict[int, Choice] = {}
    found = []
    for level in reversed(list(levels(trees))):
        rows = list(alternatives(level, chosen))
        chosen |= {id(tree): Choice([tree], 0.0) for tree in level}
        if rows:
            found.append(_judged(rows, height, truth, chosen))
    return found


def _judged(rows: list[Alternative], height: float, truth: _Truth, chosen: dict[int, Choice]) -> WayExamples:
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
    return WayExamples(compare(rows, height), is_best.astype(np.float32), weights.astype(np.float32))


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


def fit_ways(examples: Iterable[WayExamples], config: PerceptronConfig) -> Perceptron:
    """Fit the judge to the rows of many pages, or what tells what is worth splitting to their pieces.

    Args:
        examples: of `find_rows`, or `find_splits`.
        config: `JUDGE`, or `PROMISE`.
    """
    examples = list(examples)
    features, answers, weights = (
        np.concatenate([getattr(one, name) for one in examples]) for name in ("features", "answers", "weights")
    )
    is_used = weights > 0
    weights = weights[is_used] / weights[is_used].mean()
    return fit_perceptron(features[is_used], answers[is_used], weights, config)
