"""Tilted sheets: how far the lines of writing are turned, and glyphs turned back upright."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from statistics import median

import cv2
import numpy as np

from capture.types import Candidate
from model.glyph import SIDE, normalise

REACH = 2.5  # heights: how far the next digit is looked for
MOST_TILT = np.deg2rad(50)
STEEPEST = np.tan(MOST_TILT)
FEWEST_STEPS, STEPS_SHARE = 2, 0.34  # neighbours that tell a direction, at least, and of the pieces: else no lines
LIKE_SIZE = 1.6  # of the usual height: pieces that are larger or smaller are not asked
ROOM = 3  # glyphs are turned at this many times their size


def line_tilt(boxes: np.ndarray) -> float:
    """The lines' angle in radians, positive clockwise: the median direction from each piece to the next on its right.

    0 for scattered pieces, which have no next.

    Args:
        boxes: (n, 4) x, y, width, height of digits or what may be digits.
    """
    if len(boxes) <= FEWEST_STEPS:
        return 0.0
    centres, reach = boxes[:, :2] + boxes[:, 2:] / 2, REACH * boxes[:, 3]
    right, down = (of - of[:, None] for of in centres.T)
    squared = right * right + down * down
    is_next = (np.abs(down) <= STEEPEST * right) & (right > 0) & (squared <= np.minimum.outer(reach, reach) ** 2)
    nearest = np.where(is_next, squared, np.inf).argmin(axis=1)
    rows = is_next.any(axis=1).nonzero()[0]
    if len(rows) < max(FEWEST_STEPS, STEPS_SHARE * len(boxes)):
        return 0.0
    step = centres[nearest[rows]] - centres[rows]
    return median(np.arctan2(step[:, 1], step[:, 0]).tolist())


def of_usual_size(boxes: np.ndarray) -> np.ndarray:
    """(n,) bool: which pieces are about as high as most."""
    usual = median(boxes[:, 3].tolist())
    return (boxes[:, 3] < LIKE_SIZE * usual) & (boxes[:, 3] > usual / LIKE_SIZE)


def turned_upright(crops: Sequence[Candidate], tilt: float) -> list[Candidate]:
    """The same crops with glyphs turned back by `tilt` radians, and so for their parts."""
    return [
        replace(
            crop,
            glyph=_turned(crop.glyph, tilt),
            parts=tuple(turned_upright(crop.parts, tilt)),
        )
        for crop in crops
    ]


def _turned(glyph: np.ndarray, tilt: float) -> np.ndarray:
    side = 2 * ROOM * SIDE
    turn = cv2.getRotationMatrix2D((SIDE / 2, SIDE / 2), np.rad2deg(tilt), ROOM)
    turn[:, 2] += (side - SIDE) / 2
    return normalise(cv2.warpAffine(glyph, turn, (side, side), flags=cv2.INTER_LINEAR))
