"""What the size, breadth and place of a piece say: specks, commas, edges and rules are no digits."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from capture.frame import Reading
from capture.median import weighted_median

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
STICK_FITS, STICK_ODDS = 4.0, 0.02  # odds that a stick as high as the other digits gains, and those left to one far off


def odds_by_size(
    readings: Sequence[Reading], boxes: np.ndarray, is_digit: np.ndarray, company: np.ndarray
) -> np.ndarray:
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
    stroke = np.array([reading.stroke_px for reading in readings])
    is_thin = is_stick & (stroke < THIN * weighted_median(stroke, weights + 1e-6))
    thin = np.where(is_thin, THIN_ODDS**known, 1.0)
    commas = np.where(_may_be_commas(is_one, boxes), COMMA_ODDS, 1.0)
    hairs = np.where(is_hair, HAIR_ODDS, 1.0)
    return specks * sticks * thin * commas * hairs


def _known(weights: np.ndarray) -> float:
    """How well the sure ones among digits of these weights tell what is usual, 0 to 1."""
    sure = weights[weights > SURE].sum()
    return float(sure / (sure + HALF_KNOWN))


def _stick_odds(size: np.ndarray, known: float) -> np.ndarray:
    """(n,) what sticks of `size` usual heights gain or lose, the more so the better it is `known` what is usual."""
    fits = STICK_FITS * np.exp(-((np.log(size) / STICK_SPREAD) ** 2) / 2)
    return np.maximum(fits**known, STICK_ODDS)


def _may_be_commas(is_one: np.ndarray, boxes: np.ndarray) -> np.ndarray:
    """(n,) bool: low slim 1s at the foot of a larger piece on their left, as commas stand."""
    x, y, w, h = boxes.T
    is_slim_one = is_one & (w < COMMA_BREADTH * h)
    gap, lowered = x[:, None] - (x + w)[None], y[:, None] - y[None]
    is_beside = (gap > -0.4 * h) & (gap < COMMA_NEAR * h) & (h[:, None] < COMMA_HEIGHT * h)
    is_at_foot = (lowered > 0.45 * h) & (lowered < 1.15 * h) & ((y + h)[:, None] > (y + 0.8 * h)[None])
    return is_slim_one & (is_beside & is_at_foot).any(axis=1)
