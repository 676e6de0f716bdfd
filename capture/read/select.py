"""Selects hypotheses: classifies candidates and their splits, keeps the best of each, weighs them by what is around."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import NamedTuple

import numpy as np

from capture.boxes import as_array, share_of_smaller
from capture.read.decision import USUAL_SHARE, Decide, load_decision, with_belief
from capture.read.lines import in_reading_order
from capture.types import Candidate, Digit, Hypothesis
from model.classifier import NO_DIGIT, Classifier, with_share

LEAST_CONFIDENCE = 0.2  # fainter guesses are of no use even to a tracker
SURE = 0.9  # a piece that reads this well is not split
STICK = 0.3  # widths a height: what is slimmer is not split, but a 1 or nothing
LIKE_SIZE = 2.0  # of the sure digits' height: pieces that are larger or smaller are not split
MOST_SPLIT = 24  # pieces in a frame: the time for a page of text stays bounded
MOST_LARGE = 2  # much larger than a digit: a form's lines with the digits that touch them
MAX_SPLIT_DEPTH = 2  # splits of splits
WIDE = 0.7  # widths a height: narrower parts are not split again
SPLIT_LEAD = 0.15  # a split must be this much surer than the whole: a 0 is not two brackets
MAX_SCRAP_HEIGHT_RATIO, LIKELY = 0.5, 0.5  # of a digit that is as likely as not one
MIN_PROBABILITY = 1e-6  # nothing is ruled out: the digits of a row must keep their proportions
MAX_SHARED = 0.6  # of the smaller box: two hypotheses that share more cannot both be right
COMMA_FROM = 0.5  # of a digit's height: a comma that was joined with it begins lower


Split = Callable[[Candidate], list[list[Candidate]]]
Way = tuple[Hypothesis, ...]  # to see a candidate: as a whole, or as a row of parts


class _Part(NamedTuple):
    """A part of a candidate, and the rows that it can be split into itself."""

    part: Candidate
    rows: list[list[_Part]]


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
    trees = iter(classify_with_splits(unread, classify, split, settled))
    return [way or tuple(_as_hypothesis(tree) for tree in select(next(trees))) for way in known]


def _as_hypothesis(tree: HypothesisTree) -> Hypothesis:
    return Hypothesis(tree.candidate, tree.probabilities, tree.candidate.box)


def to_digits(
    hypotheses: Sequence[Hypothesis],
    shape: tuple[int, ...],
    decide: Decide | None = None,
    min_confidence: float = LEAST_CONFIDENCE,
) -> list[Digit]:
    """Weigh hypotheses by their surroundings.

    Args:
        hypotheses: of one page.
        shape: height, width, ... of its picture, px.
        decide: tells how likely each is a digit; None for the shipped `Decision`.
        min_confidence: digits less sure are left out, 0 to 1.

    Returns:
        Digits in reading order, none of which covers another.
    """
    kept = suppress_overlaps(hypotheses)
    if not kept:
        return []
    rows = np.array([one.probabilities for one in kept], np.float32)
    strokes = np.array([one.candidate.stroke_width_px for one in kept])
    is_digit = (decide or load_decision())(rows, as_array(one.box for one in kept), strokes, shape)
    digits = [_digit(one, row) for one, row in zip(kept, with_belief(rows, is_digit), strict=True)]
    return in_reading_order([digit for digit in digits if digit.confidence >= min_confidence])


def suppress_overlaps(hypotheses: Sequence[Hypothesis]) -> list[Hypothesis]:
    """Leave of hypotheses that share their ink the one that is likeliest a digit (non-maximum suppression).

    Scraps inside a digit that reads as one are left out whatever they look like.
    """
    boxes, scores = as_array(one.box for one in hypotheses), _scores(hypotheses)
    shares_ink, height = share_of_smaller(boxes) > MAX_SHARED, boxes[:, 3]
    is_scrap_of = shares_ink & (height[:, None] < MAX_SCRAP_HEIGHT_RATIO * height) & (scores >= LIKELY)
    scores[is_scrap_of.any(axis=1)] = 0
    order = np.argsort(-scores, kind="stable")
    is_kept = np.ones(len(order), bool)
    for surer, other in np.argwhere(np.triu(shares_ink[np.ix_(order, order)], 1)):
        is_kept[other] &= not is_kept[surer]
    return [hypotheses[i] for i in order[is_kept]]


def _scores(hypotheses: Sequence[Hypothesis]) -> np.ndarray:
    """How likely each is its likeliest digit, (n,) 0 to 1."""
    return np.array([one.probabilities[:NO_DIGIT].max() for one in hypotheses])


@dataclass(slots=True)
class HypothesisTree:
    """A candidate, what the network says of it, and the other ways to see it that were tried.

    Attributes:
        digit_score: the probability of its likeliest digit.
    """

    candidate: Candidate
    probabilities: np.ndarray
    digit_score: float
    splits: list[list[HypothesisTree]] = field(default_factory=list)

    @property
    def digit(self) -> int:
        """Its likeliest digit."""
        return int(self.probabilities[:NO_DIGIT].argmax())


def classify_with_splits(
    crops: Sequence[Candidate], classify: Classifier, split: Split, others: Sequence[Hypothesis] = ()
) -> list[HypothesisTree]:
    """Classify all crops in one batch, and the splits of those that read badly in a second.

    Public for the benchmark of candidates, which asks what was tried. `others` of the same picture were read already:
    they tell how large its digits are.
    """
    trees = _classified(crops, classify)
    level = [one for tree in trees for one in (tree, *(part for row in tree.splits for part in row))]
    doubtful = _worth_splitting(level, trees, others)
    tried = [(tree, _split_recursively(tree.candidate, split)) for tree in doubtful]
    parts = iter(_classified([part for _, rows in tried for part in _flat(rows)], classify))
    for tree, rows in tried:
        _attach(tree, rows, parts)
    return trees


def _split_recursively(candidate: Candidate, split: Split, depth: int = MAX_SPLIT_DEPTH) -> list[list[_Part]]:
    """Split a candidate, and what is still wide enough for two digits once more: three may touch."""
    if depth == 0:
        return []
    return [
        [
            _Part(part, _split_recursively(part, split, depth - 1 if part.box.w > WIDE * part.box.h else 0))
            for part in row
        ]
        for row in split(candidate)
    ]


def _flat(rows: Sequence[Sequence[_Part]]) -> Iterator[Candidate]:
    for row in rows:
        for split_part in row:
            yield split_part.part
            yield from _flat(split_part.rows)


def _attach(tree: HypothesisTree, rows: Sequence[Sequence[_Part]], parts: Iterator[HypothesisTree]) -> None:
    """Give a tree its splits, whose trees come in the order of `_flat`."""
    for row in rows:
        seen = []
        for split_part in row:
            seen.append(next(parts))
            _attach(seen[-1], split_part.rows, parts)
        tree.splits.append(seen)


def _classified(crops: Sequence[Candidate], classify: Classifier) -> list[HypothesisTree]:
    """Crops and the parts they were joined from, in one batch."""
    if not crops:
        return []
    every = [one for crop in crops for one in (crop, *crop.parts)]
    rows = _with_page_prior(classify, np.stack([one.glyph for one in every]))
    trees = map(HypothesisTree, every, rows, rows[:, :NO_DIGIT].max(axis=1).tolist())
    return [_with_parts(next(trees), trees) for _ in crops]


def _with_parts(tree: HypothesisTree, parts: Iterator[HypothesisTree]) -> HypothesisTree:
    """Give a crop's tree the parts it was merged from, which come next."""
    if tree.candidate.parts:
        tree.splits.append([next(parts) for _ in tree.candidate.parts])
    return tree


def _with_page_prior(classify: Classifier, glyphs: np.ndarray) -> np.ndarray:
    """Probabilities for crops of a page, where fewer are digits than a network may take for granted."""
    return with_share(classify(glyphs), USUAL_SHARE, classify.prior)


def _worth_splitting(
    level: Sequence[HypothesisTree], all_trees: Sequence[HypothesisTree], others: Sequence[Hypothesis]
) -> list[HypothesisTree]:
    """List the trees that do not read well, of about the size of the digits that do, the largest first."""
    doubtful = [
        tree for tree in level if tree.digit_score < SURE and tree.candidate.box.w > STICK * tree.candidate.box.h
    ]
    doubtful.sort(key=lambda tree: -tree.candidate.box.h)
    if not doubtful:
        return []
    sure = [tree.candidate.box.h for tree in all_trees if tree.digit_score > SURE]
    sure += [one.box.h for one, score in zip(others, _scores(others), strict=True) if score > SURE]
    low, high = (median(sure) / LIKE_SIZE, median(sure) * LIKE_SIZE) if len(sure) >= 3 else (0, np.inf)
    large = [tree for tree in doubtful if tree.candidate.box.h >= high]
    return large[:MOST_LARGE] + [tree for tree in doubtful if low < tree.candidate.box.h < high][:MOST_SPLIT]


def select(tree: HypothesisTree) -> list[HypothesisTree]:
    """Choose the tree's own candidate, or the row it splits into where the network is surer of all of those."""
    if _is_with_comma(tree):
        return tree.splits[0]
    best, best_score = [tree], tree.digit_score
    for row in tree.splits:
        parts = [part for one in row for part in select(one)]
        score = _row_score(parts) - SPLIT_LEAD
        if score > best_score:
            best, best_score = parts, score
    return best


def _is_with_comma(tree: HypothesisTree) -> bool:
    """Whether a digit was joined with a mark beside its foot, without which it reads the same."""
    if len(tree.candidate.parts) != 2:
        return False
    digit, mark = tree.splits[0]
    box, other = digit.candidate.box, mark.candidate.box
    is_at_foot = other.y > box.y + COMMA_FROM * box.h and other.x + other.w / 2 > box.x + box.w
    return is_at_foot and other.w < other.h and digit.digit_score > SURE and digit.digit == tree.digit


def _row_score(parts: Sequence[HypothesisTree]) -> float:
    """How sure the network is of a row, weighed by height so that crumbs count for little.

    What is left of a form's lines, much larger than the digits freed from it, does not count at all.
    """
    sure = [part.candidate.box.h for part in parts if part.digit_score > SURE]
    highest = LIKE_SIZE * median(sure) if sure else np.inf
    counted = [part for part in parts if part.candidate.box.h <= highest]
    weights = [part.candidate.box.h**2 for part in counted]
    return float(np.average([part.digit_score for part in counted], weights=weights)) if counted else 0.0


def _digit(one: Hypothesis, probabilities: np.ndarray) -> Digit:
    """Sum up all that is no digit, whatever it may be."""
    probabilities = np.maximum(probabilities, MIN_PROBABILITY)
    row = np.append(probabilities[:NO_DIGIT], probabilities[NO_DIGIT:].sum()).astype(np.float32)
    row /= row.sum()
    digit = int(row[:NO_DIGIT].argmax())
    return Digit(one.box, digit, float(row[digit]), row, stroke_width_px=one.candidate.stroke_width_px)
