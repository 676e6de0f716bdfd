"""Tell slashes from 1s: straight strokes between digits, by how they stand and lean among these.

A slash is a sure 1 to the network, and a slanting 1 is as much like a slash: only the digits beside it tell, and how
the hand leans. `python train.py decide` trains what tells them, on lines written by many hands.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

import cv2
import numpy as np

from capture.boxes import as_array, gaps
from capture.read.features import log_odds_of
from capture.read.networks import DEFAULT_DECISION, Perceptron, load_perceptron
from capture.read.signs import GAP, mark_of, place_features, place_marks, shape_features
from capture.types import Box, Digit, Hypothesis, Mark
from model.classifier import CLASS_NAMES, CLASSES, NO_DIGIT

SLASHES = "slashes"  # the network's name in the file
SLASH = CLASS_NAMES.index("slash")
STICK_FEATURES = 29  # what `describe_sticks` tells of each
SHARED = 0.35  # heights of a digit: as far must digits overlap across a line to flank what is between them
Seen = Mapping[Box, Hypothesis]  # by their boxes on the page


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
        return np.zeros(0, int), np.zeros((0, STICK_FEATURES), np.float32)
    boxes = as_array(places)
    lefts, rights = _flanks(boxes)
    sticks = np.flatnonzero(is_one & (lefts >= 0) & (rights >= 0))
    if not len(sticks):
        return sticks, np.zeros((0, STICK_FEATURES), np.float32)
    leans = np.array([_lean(seen[place]) for place in places])
    placed = np.column_stack([boxes[:, :2] + boxes[:, 2:] / 2, boxes[:, 2:]])
    left, right = placed[lefts[sticks]], placed[rights[sticks]]
    marks = place_marks([_as_mark(places[i], seen) for i in sticks], 0.0)
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


def _as_mark(place: Box, seen: Seen) -> Mark:
    return mark_of(seen[place].candidate.component.ink, place)


def _lean_features(leans: np.ndarray, is_one: np.ndarray, sticks: np.ndarray) -> list[np.ndarray]:
    """Describe how sticks lean, beside the page's other digits and its other 1s; how many of these there are."""
    usual = np.median(leans[~is_one]) if not is_one.all() else 0.0
    others = [np.delete(leans[is_one], k) for k in np.searchsorted(np.flatnonzero(is_one), sticks)]
    beside = [leans[i] - np.median(some) if len(some) else 0.0 for i, some in zip(sticks, others, strict=True)]
    count = np.full(len(sticks), is_one.sum() / len(is_one))
    return [leans[sticks], leans[sticks] - usual, np.array(beside), count, np.full(len(sticks), is_one.all())]
