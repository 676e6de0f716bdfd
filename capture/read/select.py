"""Selects hypotheses: classifies candidates and their splits, keeps the best of each, weighs them by what is around."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import cv2
import numpy as np

from capture.boxes import as_array, share_of_smaller
from capture.read.decision import USUAL_SHARE, Decide, load_decision, with_belief
from capture.read.evidence import evidence_of
from capture.read.features import SAME_INK
from capture.read.networks import TINY
from capture.read.segmentation import (
    HypothesisTree,
    Promise,
    Way,
    levels,
    segment,
    usual_height,
    worth_splitting,
)
from capture.types import Candidate, Digit, Hypothesis
from model.classifier import NO_DIGIT, Classifier, with_share

MIN_CONFIDENCE = 0.2  # fainter guesses are of no use even to a tracker
MAX_SPLIT_DEPTH = 2  # splits of splits


Split = Callable[[Candidate], list[list[Candidate]]]


def never_split(_: Candidate) -> list[list[Candidate]]:
    """Stand in where candidates have no other ways to be seen."""
    return []


def choose_hypotheses(crops: Sequence[Candidate], classify: Classifier, split: Split = never_split) -> list[Hypothesis]:
    """Classify candidates, and choose for each the way to see it that reads best.

    Args:
        crops: ink that may be digits.
        classify: the network, with its prior.
        split: gives other ways to see a candidate, each a row of candidates; asked for doubtful ones only.

    Returns:
        What was chosen, digits or not; boxes in pixels of the picture.
    """
    return [one for way in choose_ways(crops, classify, split, [None] * len(crops)) for one in way]


def choose_ways(
    crops: Sequence[Candidate], classify: Classifier, split: Split, known: Sequence[Way | None]
) -> list[Way]:
    """Do as `choose_hypotheses` does, for each candidate that is not `known`: its way to be seen, or None."""
    settled = [one for way in known if way for one in way]
    unread = [crop for crop, way in zip(crops, known, strict=True) if not way]
    ways = iter(segment(classify_with_splits(unread, classify, split, settled), settled))
    return [way or next(ways) for way in known]


def to_digits(
    hypotheses: Sequence[Hypothesis],
    shape: tuple[int, ...],
    decide: Decide | None = None,
    min_confidence: float = MIN_CONFIDENCE,
    others: Sequence[Hypothesis] = (),
) -> list[Digit]:
    """Weigh hypotheses by their surroundings.

    Args:
        hypotheses: of one page.
        shape: height, width, ... of its picture, px.
        decide: tells how likely each is a digit; None for the shipped `Decision`.
        min_confidence: digits less sure are left out, 0 to 1.
        others: what the network says of ink that is too low or too wide for a digit.

    Returns:
        Digits, the surest first, none of which covers another.
    """
    kept = suppress_same_ink(hypotheses)
    if not kept:
        return []
    evidence = evidence_of(kept, others, shape)
    is_digit = (decide or load_decision())(evidence)[: len(kept)]
    rows = evidence.probabilities[: len(kept)]
    digits = _to_digits(kept, with_belief(rows, is_digit), min_confidence)
    return suppress_overlaps(digits)


def suppress_same_ink(hypotheses: Sequence[Hypothesis]) -> list[Hypothesis]:
    """Leave of hypotheses that are of the same ink the one that is likeliest a digit (non-maximum suppression).

    A digit under a root or between brackets lies in their box, and is other ink.
    """
    surest = sorted(hypotheses, key=lambda one: -one.probabilities[:NO_DIGIT].max())
    overlaps = share_of_smaller(as_array(one.box for one in surest)) > 0
    is_kept = [True] * len(surest)
    for surer, other in np.argwhere(np.triu(overlaps, 1)).tolist():
        if is_kept[surer] and is_kept[other]:
            is_kept[other] = not is_same_ink(surest[surer], surest[other])
    return [one for one, kept in zip(surest, is_kept, strict=True) if kept]


def is_same_ink(a: Hypothesis, b: Hypothesis) -> bool:
    """Say whether most of the ink of one of two hypotheses is the other's as well."""
    one, other = a.candidate.component, b.candidate.component
    if one is None or other is None:
        return bool(share_of_smaller(as_array([a.box, b.box]))[0, 1] > SAME_INK)
    left, top = max(one.box.x, other.box.x), max(one.box.y, other.box.y)
    right = min(one.box.x + one.box.w, other.box.x + other.box.w)
    bottom = min(one.box.y + one.box.h, other.box.y + other.box.h)
    if right <= left or bottom <= top:
        return False
    first, second = (c.ink[top - c.box.y : bottom - c.box.y, left - c.box.x : right - c.box.x] for c in (one, other))
    shared = cv2.countNonZero(cv2.bitwise_and(first, second))
    return shared > SAME_INK * min(cv2.countNonZero(one.ink), cv2.countNonZero(other.ink))


def suppress_overlaps(digits: Sequence[Digit]) -> list[Digit]:
    """Leave of digits whose boxes lie in one another the surest."""
    order = sorted(digits, key=lambda digit: -digit.confidence)
    shares = share_of_smaller(as_array(digit.box for digit in order)) > SAME_INK
    is_kept = np.ones(len(order), bool)
    for surer, other in np.argwhere(np.triu(shares, 1)):
        is_kept[other] &= not is_kept[surer]
    return [digit for digit, kept in zip(order, is_kept, strict=True) if kept]


def classify_with_splits(
    crops: Sequence[Candidate],
    classify: Classifier,
    split: Split,
    others: Sequence[Hypothesis] = (),
    promise: Promise | None = None,
) -> list[HypothesisTree]:
    """Classify all crops in one batch, the splits of those that are worth it in a second, and theirs in a third.

    Public for the benchmark of candidates, which asks what was tried. `others` of the same picture were read already:
    they tell how large its digits are. `promise` tells what is worth splitting; None for the shipped network.
    """
    trees = _classified(crops, classify)
    height, asked = usual_height(trees, others), [one for level in levels(trees) for one in level]
    for depth in range(MAX_SPLIT_DEPTH):
        chosen = worth_splitting(asked, height, is_part=depth > 0, promise=promise)
        rows = [(tree, row) for tree in chosen for row in split(tree.candidate)]
        parts = iter(_classified([part for _, row in rows for part in row], classify))
        for tree, row in rows:
            tree.splits.append([next(parts) for _ in row])
        asked = [part for tree in chosen for row in tree.splits for part in row]
    return trees


def _classified(crops: Sequence[Candidate], classify: Classifier) -> list[HypothesisTree]:
    """Crop and the parts they were joined from, in one batch."""
    if not crops:
        return []
    every = [one for crop in crops for one in _with_all_parts(crop)]
    rows = _with_page_prior(classify, np.stack([one.glyph for one in every]))
    trees = map(HypothesisTree, every, rows, rows[:, :NO_DIGIT].max(axis=1).tolist())
    return [_with_parts(next(trees), trees) for _ in crops]


def _with_parts(tree: HypothesisTree, parts: Iterator[HypothesisTree]) -> HypothesisTree:
    """Give a crop's tree the parts it was merged from, which come next."""
    if tree.candidate.parts:
        tree.splits.append([_with_parts(next(parts), parts) for _ in tree.candidate.parts])
    return tree


def _with_all_parts(crop: Candidate) -> Iterator[Candidate]:
    yield crop
    for part in crop.parts:
        yield from _with_all_parts(part)


def _with_page_prior(classify: Classifier, glyphs: np.ndarray) -> np.ndarray:
    """Correct probabilities for crops of a page, where fewer are digits than a network may take for granted."""
    return with_share(classify(glyphs), USUAL_SHARE, classify.prior)


def _to_digits(hypotheses: Sequence[Hypothesis], probabilities: np.ndarray, min_confidence: float) -> list[Digit]:
    """Make digits of those that are sure enough by (n, classes) probabilities; all that is no digit is summed up."""
    probabilities = np.maximum(probabilities, TINY)  # nothing is ruled out: their proportions stay
    rows = np.column_stack([probabilities[:, :NO_DIGIT], probabilities[:, NO_DIGIT:].sum(axis=1)]).astype(np.float32)
    rows /= rows.sum(axis=1, keepdims=True)
    digits, confidences = rows[:, :NO_DIGIT].argmax(axis=1).tolist(), rows[:, :NO_DIGIT].max(axis=1).tolist()
    return [
        Digit(one.box, digit, confidence, row, stroke_width_px=one.candidate.stroke_width_px)
        for one, digit, confidence, row in zip(hypotheses, digits, confidences, rows, strict=True)
        if confidence >= min_confidence
    ]
