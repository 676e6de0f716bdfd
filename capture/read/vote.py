"""The page as a whole votes on how it lies: upright, tilted, sideways or upside down.

A 6 alone may be a 9; but among 4s, 7s and 3s, which look like nothing upside down, the page can tell.
"""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

import cv2
import numpy as np

from capture.read.context import USUAL_SHARE
from capture.read.orientation import MOST_TILT, line_tilt
from capture.types import Candidate, Digit
from model.classifier import NO_DIGIT, Classifier, with_share
from model.glyph import SIDE, normalise

FEWEST = 3  # pieces: two digits may be anything
MOST_ASKED = 12  # pieces, those of the most usual size
LIKE_SIZE = 1.6  # of the usual size: pieces that are larger or smaller have no vote
READS_WELL = 0.92  # mean confidence over the pieces: a page that reads so well needs no vote
TURNS_PICTURE = 15.0  # deg: lines that slant less are read as they are
LEAD = 2.5  # natural log of odds by which another turn must be likelier
LIKELY = 0.55  # mean probability of a digit that the winner must have: letters look like digits here and there
FLOOR = 0.05  # one piece's no counts for no more than this
MUTE = (), (0,), (0, 1, 6, 8, 9), (0,)  # by quarters: digits that look like one either way say nothing for the turn
ROOM = 3  # glyphs are turned at this many times their size


def quality(crops: Sequence[Candidate], readings: Sequence[Digit]) -> float:
    """How well the pieces of usual size read as they are, 0 to 1: their mean confidence, 0 for what is no digit."""
    return _mean_confidence([crops[i] for i in _voters(_boxes(crops))], readings)


def page_turn(
    crops: Sequence[Candidate], readings: Sequence[Digit], classify: Classifier, least_lead: float = LEAD
) -> float:
    """How far the page lies turned clockwise, in degrees, 0 to 360; 0 unless there is strong evidence.

    Args:
        crops: what was found.
        readings: what was read of it, as it stands.
        classify: (n, 28, 28) uint8 -> (n, 11) float32 probabilities.
        least_lead: natural log of odds by which another quarter must be likelier.
    """
    boxes = _boxes(crops)
    voters = _voters(boxes)
    if len(voters) < FEWEST:
        return 0.0
    asked = [crops[i] for i in voters]
    if _mean_confidence(asked, readings) > READS_WELL and abs(_tilt_deg(boxes[voters])) < TURNS_PICTURE:
        return 0.0
    tilts = [_tilt_deg(_quarter_turned(boxes[voters], quarters)) for quarters in range(4)]
    slanted = [90 * quarters + tilt for quarters, tilt in enumerate(tilts) if abs(tilt) >= TURNS_PICTURE]
    turns = np.array([0.0, 90.0, 180.0, 270.0, *slanted])
    glyphs = [crop.glyph for crop in asked[:MOST_ASKED]]
    rows = np.array([_probabilities(glyphs, turn, classify) for turn in turns])
    likely, votes = rows.max(axis=-1), _votes(rows, turns)
    is_new = np.abs((turns + 180) % 360 - 180) > np.rad2deg(MOST_TILT)
    best = int(np.argmax(votes - least_lead * is_new))
    return float(turns[best] % 360) if likely[best].mean() > LIKELY else 0.0


def _mean_confidence(crops: Sequence[Candidate], readings: Sequence[Digit]) -> float:
    confidence = {reading.box: reading.confidence for reading in readings}
    return sum(confidence.get(crop.box, 0.0) for crop in crops) / max(len(crops), 1)


def _tilt_deg(boxes: np.ndarray) -> float:
    return float(np.rad2deg(line_tilt(boxes)))


def _boxes(crops: Sequence[Candidate]) -> np.ndarray:
    return np.array([crop.box.xywh for crop in crops], float).reshape(-1, 4)


def _voters(boxes: np.ndarray) -> np.ndarray:
    """Indices of the pieces about as large as most, the most usual first."""
    sizes = boxes[:, 2:].max(axis=1)
    off = np.abs(np.log(sizes / median(sizes.tolist()))) if len(sizes) else sizes
    order = np.argsort(off, kind="stable")
    return order[off[order] < np.log(LIKE_SIZE)]


def _quarter_turned(boxes: np.ndarray, quarters: int) -> np.ndarray:
    """The (n, 4) boxes as they stand once the page is turned back by so many quarters, counterclockwise."""
    for _ in range(quarters):
        x, y, w, h = boxes.T
        boxes = np.column_stack([y, -(x + w), h, w])
    return boxes


def _votes(rows: np.ndarray, turns: np.ndarray) -> np.ndarray:
    """(turns,) log of how much likelier each turn is than none, from (turns, pieces, 10) probabilities."""
    gain = np.log(np.maximum(rows.max(axis=-1), FLOOR))
    gain -= gain[0]
    for turn, row, digit in zip(turns, gain, rows.argmax(axis=-1), strict=True):
        is_mute = np.isin(digit, MUTE[round(turn / 90) % 4])
        row[is_mute] = np.minimum(row[is_mute], 0)
    return gain.sum(axis=1)


def _probabilities(glyphs: Sequence[np.ndarray], turn_deg: float, classify: Classifier) -> np.ndarray:
    """(n, 10) of the digits, for glyphs turned back."""
    batch = np.stack([_turned(glyph, turn_deg) for glyph in glyphs])
    return with_share(classify(batch), USUAL_SHARE, classify.prior)[:, :NO_DIGIT]


def _turned(glyph: np.ndarray, turn_deg: float) -> np.ndarray:
    """The glyph turned back, counterclockwise."""
    quarters, rest = divmod(turn_deg, 90)
    if rest == 0:
        return np.ascontiguousarray(np.rot90(glyph, int(quarters)))
    side = 2 * ROOM * SIDE
    turn = cv2.getRotationMatrix2D((SIDE / 2, SIDE / 2), turn_deg, ROOM)
    turn[:, 2] += (side - SIDE) / 2
    return normalise(cv2.warpAffine(glyph, turn, (side, side), flags=cv2.INTER_LINEAR))
