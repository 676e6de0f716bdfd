"""What the size, breadth and place of a piece say: specks, commas, edges and rules are no digits."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from capture.boxes import weighted_median
from capture.types import Digit

SURE = 0.9  # digits that tell which size is usual
SMALL = 0.4  # of the page's usual digit: a reading this low is a speck more often than a digit
SPECK_ODDS = 0.2  # that it is a digit after all, in odds that it would have at the usual size
TINY, TINY_ODDS = 0.25, 0.02  # the same for a lower one that stands alone: small print has company
LONELY = 0.5  # digits close by
COMMA_HEIGHT, COMMA_BREADTH = 0.7, 0.75  # of the digit before it, and of its own height
COMMA_NEAR = 0.7  # heights of the comma: how far it stands from its digit
COMMA_ODDS = 0.02
HAIR = 0.07  # widths a height: hardly any 1 is slimmer, but edges are
HAIR_ODDS = 0.02
STICK = 0.45  # widths a height: a slimmer 1 may be an edge, a rule, a slash, an l, and only its height can tell
STICK_SPREAD = 0.35  # standard deviation of the logarithm of a 1's height over that of other digits on its page
HALF_KNOWN = 0.5  # sure digits: fewer say little of what is usual
THIN, THIN_ODDS = 0.5, 0.002  # of the other digits' strokes: a pen writes all of them about as broad, a rule is thinner
SIZE_SPREAD, STROKE_SPREAD = 0.7, 0.3  # natural log: how much digits without company differ from a page's others
BESIDE = 0.8  # heights of a digit
STRANGER_ODDS = 0.02  # left to what differs from them far more: things around the sheet, of any size
STICK_FITS, STICK_ODDS = 4.0, 0.02  # odds that a stick as high as the other digits gains, and those left to one far off


def odds_by_size(readings: Sequence[Digit], boxes: np.ndarray, is_digit: np.ndarray, company: np.ndarray) -> np.ndarray:
    """(n,) by how much size and place change the odds of each piece: specks, commas, edges and rules are no digits.

    Args:
        readings: of all pieces.
        boxes: (n, 4) where they are.
        is_digit: (n,) how likely they are digits, 0 to 1.
        company: (n,) how many digits of like size stand close beside them.
    """
    width, height = boxes[:, 2], boxes[:, 3]
    is_one = np.array([reading.digit == 1 for reading in readings])
    is_hair = is_one & (width < HAIR * height)
    is_stick = is_one & (width < STICK * height)
    weights = np.where(is_stick, 0, is_digit)
    usual = weighted_median(height, weights + 1e-6)
    specks = np.where((height < SMALL * usual) & ~is_stick, SPECK_ODDS, 1.0)
    specks[(height < TINY * usual) & (company < LONELY)] = TINY_ODDS
    known = _known(weights)
    sticks = np.where(is_stick & ~is_hair, _stick_odds(height / usual, known), 1.0)
    stroke = np.array([reading.stroke_width_px for reading in readings])
    usual_stroke = weighted_median(stroke, weights + 1e-6)
    is_thin = is_stick & (stroke < THIN * usual_stroke)
    thin = np.where(is_thin, THIN_ODDS**known, 1.0)
    commas = np.where(_may_be_commas(is_one, boxes), COMMA_ODDS, 1.0)
    hairs = np.where(is_hair, HAIR_ODDS, 1.0)
    odds = specks * sticks * thin * commas * hairs
    is_lone = company < LONELY
    if is_lone.any():
        is_lone &= _beside(boxes, usual) @ is_digit < LONELY
        size = np.where(is_stick, 1.0, height / usual)  # sticks were judged by their height already
        odds *= np.where(is_lone, _likeness(size, stroke, usual_stroke) ** known, 1.0)
    return odds


def _known(weights: np.ndarray) -> float:
    """How well the sure ones among digits of these weights tell what is usual, 0 to 1."""
    sure = weights[weights > SURE].sum()
    return float(sure / (sure + HALF_KNOWN))


def _stick_odds(size: np.ndarray, known: float) -> np.ndarray:
    """(n,) what sticks of `size` usual heights gain or lose, the more so the better it is `known` what is usual."""
    fits = STICK_FITS * np.exp(-((np.log(size) / STICK_SPREAD) ** 2) / 2)
    return np.maximum(fits**known, STICK_ODDS)


def _beside(boxes: np.ndarray, usual: float) -> np.ndarray:
    """(n, n) float, 1 where two pieces, of whatever size, stand beside each other, less than `BESIDE` digits apart."""
    x, y, w, h = boxes.T
    across = np.maximum(x[:, None], x) - np.minimum((x + w)[:, None], x + w)
    down = np.maximum(y[:, None], y) - np.minimum((y + h)[:, None], y + h)
    beside = ((across < BESIDE * usual) & (down < 0)).astype(float)
    np.fill_diagonal(beside, 0)
    return beside


def _likeness(size: np.ndarray, stroke: np.ndarray, usual_stroke: float) -> np.ndarray:
    """(n,) 1 for pieces as high and by as broad a pen as the page's digits, down to `STRANGER_ODDS` for others.

    Args:
        size: (n,) heights, in the page's usual height.
        stroke: (n,) how broad the strokes are, in px; 0 where that is not known.
        usual_stroke: the same of the page's digits.
    """
    breadth = np.where(stroke > 0, stroke, usual_stroke) / usual_stroke if usual_stroke > 0 else 1.0
    off = (np.log(size) / SIZE_SPREAD) ** 2 + (np.log(breadth) / STROKE_SPREAD) ** 2
    return np.maximum(np.exp(-off / 2), STRANGER_ODDS)


def _may_be_commas(is_one: np.ndarray, boxes: np.ndarray) -> np.ndarray:
    """(n,) bool: low slim 1s at the foot of a larger piece on their left, as commas stand."""
    x, y, w, h = boxes.T
    is_slim_one = is_one & (w < COMMA_BREADTH * h)
    if not is_slim_one.any():
        return is_slim_one
    gap, lowered = x[:, None] - (x + w)[None], y[:, None] - y[None]
    is_beside = (gap > -0.4 * h) & (gap < COMMA_NEAR * h) & (h[:, None] < COMMA_HEIGHT * h)
    is_at_foot = (lowered > 0.45 * h) & (lowered < 1.15 * h) & ((y + h)[:, None] > (y + 0.8 * h)[None])
    return is_slim_one & (is_beside & is_at_foot).any(axis=1)
