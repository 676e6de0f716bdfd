"""Decides which candidates are digits: small trained networks over what the network and the page say of each.

Three that make different mistakes, whose log-odds are averaged. Perceptrons see what the network says of a candidate
and what stands around it, and look again knowing what they made of all of them: the belief of one round is the
evidence of the next, as in stacked sequential learning (Cohen and Carvalho 2005). And two attentions, in which each
candidate learns to look at its neighbours itself, signs that are no candidates among them.

Then slashes are left out. A slash is a sure 1 to the network, and a slanting 1 is as much like a slash: only the digits
beside it tell, and how the hand leans. `python train.py decide` trains all of them; no weight is set by hand.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import cv2
import numpy as np

from capture.boxes import Box, as_array, gaps
from capture.read.evidence import Evidence
from capture.read.features import Surroundings
from capture.read.networks import (
    ATTENTION,
    DEFAULT_DECISION,
    ODDS_SCALE,
    TINY,
    Perceptron,
    attend,
    load_arrays,
    load_perceptron,
    log_odds_of,
)
from capture.read.signs import GAP, mark_of, place_features, place_marks, shape_features
from capture.types import Digit, Hypothesis
from model.classifier import CLASS_NAMES, CLASSES, NO_DIGIT
from model.errors import WeightsError

Decide = Callable[[Evidence], np.ndarray]  # as a `Decision` does
USUAL_SHARE = 0.7  # of a page's candidates are digits, as far as is known before they are decided
ROUNDS, LOOKS = ("round 0", "round 1"), ("attention 0", "attention 1")  # the names of its parts in the file
BIAS = -0.6  # to the log-odds: drawn pages, which they learn from, hold more digits and fewer traps than real ones
SLASHES = "slashes"  # the name in the file of the network that tells them from 1s
SLASH = CLASS_NAMES.index("slash")
SHARED = 0.35  # heights of a digit: as far must digits overlap across a line to flank what is between them
Seen = Mapping[Box, Hypothesis]  # by their boxes on the page


@dataclass(frozen=True)
class Decision:
    """Tells how likely each candidate of a page is a digit.

    Attributes:
        rounds: the first sees what the network says, each further one what the one before made of it.
        attentions: weights of each as `attend` takes them.

    Example:
        >>> decide = load_decision()
        >>> is_digit = decide(Evidence(probabilities, boxes_px, stroke_widths_px, image.shape))
    """

    rounds: tuple[Perceptron, ...]
    attentions: tuple[Mapping[str, np.ndarray], ...]

    def __call__(self, evidence: Evidence) -> np.ndarray:
        """Decide which pieces of ink are digits: (n,) float32, 0 to 1; 0 for other ink."""
        own, is_digit = ~evidence.is_other, np.zeros(len(evidence), np.float32)
        if own.any():
            around = Surroundings(evidence)
            alone, near = around.describe_alone(evidence.probabilities), around.neighbours()
            by_rounds = self._by_rounds(evidence.part(own), around if own.all() else Surroundings(evidence.part(own)))
            found = [by_rounds, *(attend(one, alone, near)[own] for one in self.attentions)]
            is_digit[own] = (1 + np.tanh((np.mean(found, axis=0) + BIAS) / 2)) / 2
        return is_digit

    def _by_rounds(self, evidence: Evidence, around: Surroundings) -> np.ndarray:
        """Compute the (n,) log-odds that the perceptrons give; other ink is unknown to them."""
        is_digit = self.rounds[0](around.describe(evidence.probabilities))
        for again in self.rounds[1:]:
            is_digit = again(second_look(around, evidence.probabilities, is_digit))
        return ODDS_SCALE * log_odds_of(is_digit)


def second_look(around: Surroundings, probabilities: np.ndarray, is_digit: np.ndarray) -> np.ndarray:
    """Compute (n, F + 1) features of a further round: by what is believed, and what the network said."""
    told = log_odds_of(probabilities[:, :NO_DIGIT].sum(axis=1))
    return np.column_stack([around.describe(with_belief(probabilities, is_digit)), told]).astype(np.float32)


def with_belief(probabilities: np.ndarray, is_digit: np.ndarray) -> np.ndarray:
    """Give (n, C) probabilities others, (n,), of being a digit at all; shares among digits and among the rest stay."""
    belief = np.column_stack([is_digit, 1 - is_digit])
    sums = np.add.reduceat(probabilities, (0, NO_DIGIT), axis=1)
    scale = np.repeat(belief / np.maximum(sums, TINY), (NO_DIGIT, probabilities.shape[1] - NO_DIGIT), axis=1)
    return (probabilities * scale).astype(np.float32)


@cache
def load_decision(path: Path = DEFAULT_DECISION) -> Decision:
    """Load a trained decision.

    Raises:
        WeightsError: the file is missing, damaged or of another form.
    """
    rounds = tuple(load_perceptron(path, name) for name in ROUNDS)
    decide = Decision(rounds, tuple(load_arrays(path, name, ATTENTION) for name in LOOKS))
    try:
        decide(Evidence(np.full((1, CLASSES), 1 / CLASSES), np.array([[0, 0, 20, 40]]), np.zeros(1), (80, 80)))
    except ValueError as error:  # made for candidates that were told less of
        raise WeightsError(
            "{path}: is no usable decision ({error}); make one with: python train.py decide", path=path, error=error
        ) from error
    return decide


def without_slashes(digits: Sequence[Digit], seen: Seen) -> list[Digit]:
    """Leave out the 1s between digits that are likelier slashes.

    Args:
        digits: of a page.
        seen: what each was chosen from.
    """
    sticks, features = describe_sticks(digits, seen)
    if not len(sticks):
        return list(digits)
    slashes = set(sticks[load_slashes()(features) > 1 / 2].tolist())
    return [digit for i, digit in enumerate(digits) if i not in slashes]


@cache
def load_slashes(path: Path = DEFAULT_DECISION) -> Perceptron:
    """Load the network that tells slashes from 1s.

    Raises:
        WeightsError: its file is missing, damaged or of another form.
    """
    return load_perceptron(path, SLASHES)


def describe_sticks(digits: Sequence[Digit], seen: Seen) -> tuple[np.ndarray, np.ndarray]:
    """Describe the 1s that have a digit close by on their left and on their right.

    Returns:
        (k,) their indices, and (k, F) float32 features of each.
    """
    is_one = np.array([one.digit == 1 for one in digits], bool)
    places = [digit.page_box or digit.box for digit in digits]
    if not is_one.any() or len(digits) == 1 or any(seen[place].candidate.component is None for place in places):
        return np.zeros(0, int), np.zeros((0, len(load_slashes().mean)), np.float32)
    boxes = as_array(places)
    lefts, rights = _flanks(boxes)
    sticks = np.flatnonzero(is_one & (lefts >= 0) & (rights >= 0))
    if not len(sticks):
        return sticks, np.zeros((0, len(load_slashes().mean)), np.float32)
    leans = np.array([_lean(seen[place]) for place in places])
    placed = np.column_stack([boxes[:, :2] + boxes[:, 2:] / 2, boxes[:, 2:]])
    left, right = placed[lefts[sticks]], placed[rights[sticks]]
    marks = place_marks([mark_of(seen[places[i]].candidate.component.ink, places[i]) for i in sticks], 0.0)
    columns = [*place_features(marks, left, right), *shape_features(marks, right[:, 3])]
    columns += [*_lean_features(leans, is_one, sticks), is_one[lefts[sticks]], is_one[rights[sticks]]]
    columns += [log_odds_of(np.array([digits[i].confidence for i in sticks]))]
    rows = np.array([seen[places[i]].probabilities for i in sticks])
    rows = np.pad(rows, ((0, 0), (0, CLASSES - rows.shape[1])))  # former networks know no signs
    columns += [log_odds_of(rows[:, i]) for i in (1, SLASH, NO_DIGIT)]
    return sticks, np.column_stack(columns).astype(np.float32)


def _flanks(boxes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Find the nearest box close by on the left of each of (n, 4), and on its right: (n,) indices, -1 for none."""
    across, down = gaps(boxes, boxes)
    middles = boxes[:, 0] + boxes[:, 2] / 2
    way = middles - middles[:, None]
    is_near = (across < GAP * boxes[:, 3:]) & (down < -SHARED * boxes[:, 3:])
    sides = [np.where(is_near & (sign * way > 0), sign * way, np.inf) for sign in (-1, 1)]
    lefts, rights = (np.where(np.isfinite(side.min(axis=1)), side.argmin(axis=1), -1) for side in sides)
    return lefts, rights


def _lean(one: Hypothesis) -> float:
    """Measure the tangent of the angle by which ink leans to the right, by its moments."""
    moments = cv2.moments(one.candidate.component.ink)
    return -moments["mu11"] / moments["mu02"] if moments["mu02"] > 0 else 0.0


def _lean_features(leans: np.ndarray, is_one: np.ndarray, sticks: np.ndarray) -> list[np.ndarray]:
    """Describe how sticks lean, beside the page's other digits and its other 1s; how many of these there are."""
    usual = np.median(leans[~is_one]) if not is_one.all() else 0.0
    others = [np.delete(leans[is_one], k) for k in np.searchsorted(np.flatnonzero(is_one), sticks)]
    beside = [leans[i] - np.median(some) if len(some) else 0.0 for i, some in zip(sticks, others, strict=True)]
    count = np.full(len(sticks), is_one.sum() / len(is_one))
    return [leans[sticks], leans[sticks] - usual, np.array(beside), count, np.full(len(sticks), is_one.all())]
