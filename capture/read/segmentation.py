"""Chooses how to see ink: as one candidate, or as one of the rows it can be split into or was merged from.

Over-segmentation with a choice by what the network reads, as in Casey and Lecolinet 1996, "A Survey of Methods and
Strategies in Character Segmentation"; what makes a row the better way is learnt from drawn pages, by
`python train.py decide`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from statistics import median
from typing import NamedTuple

import numpy as np

from capture.boxes import as_array
from capture.read.evidence import NO_ORIGIN
from capture.read.features import MAX_COUNT, SIGN_SLOTS
from capture.read.networks import DEFAULT_DECISION, Perceptron, load_perceptron, log_odds_of
from capture.types import Candidate, Hypothesis
from model.classifier import NO_DIGIT

SEGMENTATION = "segmentation"  # its name in the decision's file
SPLITTING = "splitting"  # the name there of the network that tells what is worth splitting
SURE = 0.9  # a piece that reads this well is not split, and tells how high the page's digits are
WORTH = 0.06  # chance that a row of parts is the better way, from which it is tried
MAX_SPLITS = 32  # pieces at a time: the time for a page of text stays bounded
CRUMB = 0.4  # of the highest part: lower ones do not tell whether a row is of digits
USUAL = 0.5, 2.0  # of the page's usual height of a digit: what is freed from a form's lines may be one
BETTER = 0.5  # a row is taken from here on


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


class Alternative(NamedTuple):
    """A row that may be the better way to see ink: its parts, as these are seen best themselves."""

    whole: HypothesisTree
    parts: list[HypothesisTree]
    is_merged: bool


class Choice(NamedTuple):
    """How a tree is seen: as itself alone or as parts, and how likely the best row was the better way, 0 to 1."""

    parts: list[HypothesisTree]
    belief: float
    is_merged: bool = False


Way = tuple[Hypothesis, ...]  # to see a candidate: as a whole, or as a row of parts
Promise = Callable[[np.ndarray], np.ndarray]  # (n, F) features of `describe` to (n,) chances that splitting helps


def worth_splitting(
    trees: Sequence[HypothesisTree], height: float, *, is_part: bool, promise: Promise | None = None
) -> list[HypothesisTree]:
    """Select the trees that may be seen better as a row of parts, the likeliest first.

    Args:
        trees: of one page, not split yet.
        height: usual of the page's digits, px.
        is_part: whether they are parts of a split themselves.
        promise: tells how likely splitting helps; None for the shipped network.
    """
    doubtful = [tree for tree in trees if tree.digit_score < SURE]
    if not doubtful:
        return []
    chances = (promise or load_promise())(describe(doubtful, height, is_part=is_part))
    return [doubtful[i] for i in np.argsort(-chances, kind="stable")[:MAX_SPLITS].tolist() if chances[i] > WORTH]


def describe(trees: Sequence[HypothesisTree], height: float, *, is_part: bool) -> np.ndarray:
    """Describe trees by what the network says of them and by their shape: (n, F) float32."""
    box, strokes = _boxes(trees), np.array([[tree.candidate.stroke_width_px] for tree in trees])
    shape = np.log(np.column_stack([box[:, 2] / box[:, 3], box[:, 3] / height, np.maximum(strokes, 0.5) / box[:, 3:]]))
    is_merged = [[bool(tree.candidate.parts), is_part] for tree in trees]
    return np.column_stack([_said(trees), shape, is_merged]).astype(np.float32)


def segment(
    trees: Sequence[HypothesisTree], others: Sequence[Hypothesis] = (), judge: Perceptron | None = None
) -> list[Way]:
    """Choose for each tree the best way to see it, the deepest splits first.

    Args:
        trees: of one page.
        others: of the same page, seen already.
        judge: tells how likely a row is better than the whole, from `compare`; None for the shipped one.

    Returns:
        For each tree its own candidate alone, or the parts of a row; each with its origin.
    """
    judge = judge or load_judge()
    height = usual_height(trees, others)
    chosen: dict[int, Choice] = {}
    for level in reversed(list(levels(trees))):
        rows = list(alternatives(level, chosen))
        chosen |= {id(tree): Choice([tree], 0.0) for tree in level}
        for row, better in zip(rows, judge(compare(rows, height)) if rows else (), strict=True):
            if better > chosen[id(row.whole)].belief:
                parts = row.parts if better > BETTER else [row.whole]
                chosen[id(row.whole)] = Choice(parts, float(better), row.is_merged)
    return [_way(chosen[id(tree)].parts, _origin(tree, chosen[id(tree)])) for tree in trees]


def _way(parts: Sequence[HypothesisTree], origin: np.ndarray | None) -> Way:
    return tuple(Hypothesis(part.candidate, part.probabilities, part.candidate.box, origin) for part in parts)


def _origin(tree: HypothesisTree, way: Choice) -> np.ndarray | None:
    """Describe where parts come from; None where nothing but the whole was tried.

    This is whether it is a part, and of ink that lies apart; the log-odds that the network gave its whole of being a
    digit, and what it gave it of being nothing and a letter; and the log-odds that the row is the better way.
    """
    if not tree.splits:
        return None
    origin = np.zeros(len(NO_ORIGIN), np.float32)
    origin[-1] = log_odds_of(np.float32(way.belief))
    if way.parts[0] is not tree:
        whole = tree.probabilities
        others = np.append(whole[NO_DIGIT:], 0)
        origin[:-1] = 1, way.is_merged, log_odds_of(whole[:NO_DIGIT].sum()), *np.sqrt(others[:2])
    return origin


def levels(trees: Sequence[HypothesisTree]) -> Iterator[list[HypothesisTree]]:
    """Yield the trees, then their parts, then the parts' parts."""
    level = list(trees)
    while level:
        yield level
        level = [part for tree in level for row in tree.splits for part in row]


def alternatives(level: Sequence[HypothesisTree], chosen: Mapping[int, Choice]) -> Iterator[Alternative]:
    """Yield every row of the trees of a level; `chosen`: how the parts of each are seen best."""
    for tree in level:
        for number, row in enumerate(tree.splits):
            parts = [leaf for part in row for leaf in chosen[id(part)].parts]
            if parts:
                yield Alternative(tree, parts, number == 0 and bool(tree.candidate.parts))


def usual_height(trees: Sequence[HypothesisTree], others: Sequence[Hypothesis] = ()) -> float:
    """Return the median height of the ink that reads well, px; of all where none does."""
    heights = sure_heights(trees, others) or [one.candidate.box.h for one in (*trees, *others)]
    return float(median(heights or [1]))


def sure_heights(trees: Sequence[HypothesisTree], others: Sequence[Hypothesis]) -> list[int]:
    """Return the heights of the ink that reads well, px."""
    sure = [tree.candidate.box.h for tree in trees if tree.digit_score > SURE]
    return sure + [one.box.h for one in others if one.probabilities[:NO_DIGIT].max() > SURE]


def compare(rows: Sequence[Alternative], height: float) -> np.ndarray:
    """Describe rows beside their wholes.

    Args:
        rows: n of them.
        height: usual of the page's digits, px.

    Returns:
        (n, F) float32 features.
    """
    wholes, parts = [row.whole for row in rows], [part for row in rows for part in row.parts]
    counts = np.array([len(row.parts) for row in rows])
    starts = np.cumsum(counts) - counts
    owner = np.repeat(np.arange(len(rows)), counts)
    box, part_box = _boxes(wholes), _boxes(parts)
    said, part_said = _said(wholes), _said(parts)
    highest = np.maximum.reduceat(part_box[:, 3], starts)
    is_main = part_box[:, 3] >= CRUMB * highest[owner]
    weight = part_box[:, 3] ** 2
    mean = np.add.reduceat(part_said * weight[:, None], starts) / np.add.reduceat(weight, starts)[:, None]
    score = part_said[:, 1]
    least = np.minimum.reduceat(np.where(is_main, score, 1), starts)
    most = np.maximum.reduceat(score, starts)
    good = np.add.reduceat((is_main & (score > BETTER)).astype(float), starts)
    main = np.add.reduceat(is_main.astype(float), starts)
    low = np.minimum.reduceat(part_box[:, :2], starts)
    high = np.maximum.reduceat(part_box[:, :2] + part_box[:, 2:], starts)
    side = (high - low) / box[:, 2:]
    shape = np.log(np.column_stack([box[:, 2] / box[:, 3], box[:, 3] / height, highest / box[:, 3], side]))
    widest = np.maximum.reduceat(part_box[:, 2] / part_box[:, 3], starts)
    is_usual = (USUAL[0] * height < part_box[:, 3]) & (part_box[:, 3] < USUAL[1] * height)
    freed = np.add.reduceat((is_usual & (score > BETTER)).astype(float), starts).clip(max=MAX_COUNT)
    numbers = np.column_stack(
        [
            least,
            most,
            good,
            main,
            freed,
            counts.clip(max=MAX_COUNT),
            good / main,
            widest,
            [row.is_merged for row in rows],
        ]
    )
    return np.concatenate([said, mean, mean[:, :2] - said[:, :2], shape, numbers], axis=1).astype(np.float32)


def _boxes(trees: Sequence[HypothesisTree]) -> np.ndarray:
    return np.maximum(as_array(tree.candidate.box for tree in trees), (0, 0, 1, 1))


def _said(trees: Sequence[HypothesisTree]) -> np.ndarray:
    """Summarise what the network says of each, (n, ...): log-odds of a digit, the likeliest digit's share, all else."""
    rows = np.array([tree.probabilities for tree in trees])
    others = np.zeros((len(rows), 1 + SIGN_SLOTS))
    given = rows[:, NO_DIGIT : NO_DIGIT + 1 + SIGN_SLOTS]
    others[:, : given.shape[1]] = np.sqrt(given)
    digits = rows[:, :NO_DIGIT]
    return np.column_stack([log_odds_of(digits.sum(axis=1)), digits.max(axis=1), others])


@cache
def load_judge(path: Path = DEFAULT_DECISION) -> Perceptron:
    """Load the shipped judge of rows.

    Raises:
        WeightsError: the file is missing, damaged or of another form.
    """
    return load_perceptron(path, SEGMENTATION)


@cache
def load_promise(path: Path = DEFAULT_DECISION) -> Perceptron:
    """Load the shipped network that tells what is worth splitting.

    Raises:
        WeightsError: the file is missing, damaged or of another form.
    """
    return load_perceptron(path, SPLITTING)
