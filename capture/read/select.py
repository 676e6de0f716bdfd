"""Reads crops: one batch through the network, the best way to see each piece of ink, and its neighbours' word on it."""

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


class _Way(NamedTuple):
    """A part of a candidate, and the rows that it can be split into itself."""

    part: Candidate
    rows: list[list[_Way]]


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
    views = _look(crops, classify, split)
    return [Hypothesis(view.crop, view.row, view.crop.box) for whole in views for view in _best(whole)]


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
class _View:
    """A crop, what the network says of it, and the other ways to see it that were tried.

    Attributes:
        digitness: the probability of its likeliest digit.
    """

    crop: Candidate
    row: np.ndarray
    digitness: float
    splits: list[list[_View]] = field(default_factory=list)

    @property
    def digit(self) -> int:
        """Its likeliest digit."""
        return int(self.row[:NO_DIGIT].argmax())


def _look(crops: Sequence[Candidate], classify: Classifier, split: Split) -> list[_View]:
    """Classifies all crops in one batch; those that read badly once more, split, in a second batch."""
    views = _classified(crops, classify)
    level = [one for view in views for one in (view, *(part for row in view.splits for part in row))]
    tried = [(view, _ways(view.crop, split)) for view in _worth_another_look(level, views)]
    parts = iter(_classified([part for _, rows in tried for part in _flat(rows)], classify))
    for view, rows in tried:
        _attach(view, rows, parts)
    return views


def _ways(candidate: Candidate, split: Split, looks: int = MAX_SPLIT_DEPTH) -> list[list[_Way]]:
    """Split a candidate, and what is still wide enough for two digits once more: three may touch."""
    if looks == 0:
        return []
    return [
        [_Way(part, _ways(part, split, looks - 1 if part.box.w > WIDE * part.box.h else 0)) for part in row]
        for row in split(candidate)
    ]


def _flat(rows: Sequence[Sequence[_Way]]) -> Iterator[Candidate]:
    for row in rows:
        for way in row:
            yield way.part
            yield from _flat(way.rows)


def _attach(view: _View, rows: Sequence[Sequence[_Way]], parts: Iterator[_View]) -> None:
    """Give a view its splits, whose views come in the order of `_flat`."""
    for row in rows:
        seen = []
        for way in row:
            seen.append(next(parts))
            _attach(seen[-1], way.rows, parts)
        view.splits.append(seen)


def _classified(crops: Sequence[Candidate], classify: Classifier) -> list[_View]:
    """Crops and the parts they were joined from, in one batch."""
    if not crops:
        return []
    every = [one for crop in crops for one in (crop, *crop.parts)]
    rows = _on_a_page(classify, np.stack([one.glyph for one in every]))
    views = map(_View, every, rows, rows[:, :NO_DIGIT].max(axis=1).tolist())
    return [_with_parts(next(views), views) for _ in crops]


def _with_parts(view: _View, parts: Iterator[_View]) -> _View:
    """A view of a crop, given its parts, which come next."""
    if view.crop.parts:
        view.splits.append([next(parts) for _ in view.crop.parts])
    return view


def _on_a_page(classify: Classifier, glyphs: np.ndarray) -> np.ndarray:
    """Probabilities for crops of a page, where fewer are digits than a network may take for granted."""
    return with_share(classify(glyphs), USUAL_SHARE, classify.prior)


def _worth_another_look(level: Sequence[_View], all_views: Sequence[_View]) -> list[_View]:
    """Views that do not read well, of about the size of the digits that do, the largest first."""
    doubtful = [view for view in level if view.digitness < SURE and view.crop.box.w > STICK * view.crop.box.h]
    doubtful.sort(key=lambda view: -view.crop.box.h)
    if not doubtful:
        return []
    sure = [view.crop.box.h for view in all_views if view.digitness > SURE]
    low, high = (median(sure) / LIKE_SIZE, median(sure) * LIKE_SIZE) if len(sure) >= 3 else (0, np.inf)
    large = [view for view in doubtful if view.crop.box.h >= high]
    return large[:MOST_LARGE] + [view for view in doubtful if low < view.crop.box.h < high][:MOST_SPLIT]


def _best(view: _View) -> list[_View]:
    """The view itself, or the row it splits into where the network is surer of all of those."""
    if _is_with_comma(view):
        return view.splits[0]
    best, best_score = [view], view.digitness
    for row in view.splits:
        parts = [part for one in row for part in _best(one)]
        score = _row_score(parts) - SPLIT_LEAD
        if score > best_score:
            best, best_score = parts, score
    return best


def _is_with_comma(view: _View) -> bool:
    """Whether a digit was joined with a mark beside its foot, without which it reads the same."""
    if len(view.crop.parts) != 2:
        return False
    digit, mark = view.splits[0]
    box, other = digit.crop.box, mark.crop.box
    is_at_foot = other.y > box.y + COMMA_FROM * box.h and other.x + other.w / 2 > box.x + box.w
    return is_at_foot and other.w < other.h and digit.digitness > SURE and digit.digit == view.digit


def _row_score(parts: Sequence[_View]) -> float:
    """How sure the network is of a row, weighed by height so that crumbs count for little.

    What is left of a form's lines, much larger than the digits freed from it, does not count at all.
    """
    sure = [part.crop.box.h for part in parts if part.digitness > SURE]
    highest = LIKE_SIZE * median(sure) if sure else np.inf
    counted = [part for part in parts if part.crop.box.h <= highest]
    weights = [part.crop.box.h**2 for part in counted]
    return float(np.average([part.digitness for part in counted], weights=weights)) if counted else 0.0


def _digit(one: Hypothesis, probabilities: np.ndarray) -> Digit:
    """Sum up all that is no digit, whatever it may be."""
    probabilities = np.maximum(probabilities, MIN_PROBABILITY)
    row = np.append(probabilities[:NO_DIGIT], probabilities[NO_DIGIT:].sum()).astype(np.float32)
    row /= row.sum()
    digit = int(row[:NO_DIGIT].argmax())
    return Digit(one.box, digit, float(row[digit]), row, stroke_width_px=one.candidate.stroke_width_px)
