"""The ink's colour: how it takes light from the paper, by which pens are told apart whatever the lamp.

Paper's light over ink's, as a logarithm, is the optical density. Blur and thin pens make it less in all channels nearly
alike, so the hue, which is the density's share in each, hardly changes.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import cv2
import numpy as np

from capture.boxes import weighted_median
from capture.detect.binarize import SMOOTH_PX, threshold_to_zero
from capture.detect.outlines import CORE
from capture.read.networks import MAX_RELATION, TINY
from capture.types import AS_SEEN, Component, Hypothesis, InkImage

POINTS = 32  # of a component's core, at least, and of the paper around it, at which its ink is measured
LEVEL = 8.0  # grey levels added to ink and to paper: the darkest ones are noise


def with_inks(hypotheses: Sequence[Hypothesis], seen: InkImage) -> list[Hypothesis]:
    """Measure the ink of those hypotheses of a picture whose ink is not known yet."""
    asked = [one for one in hypotheses if one.ink is None and one.candidate.component is not None]
    strokes = seen.scale * np.array([one.candidate.stroke_width_px for one in asked])
    inks = iter(measure_inks([one.candidate.component for one in asked], strokes, seen))
    measured = {id(one) for one in asked}
    return [
        Hypothesis(one.candidate, one.probabilities, one.box, one.origin, next(inks)) if id(one) in measured else one
        for one in hypotheses
    ]


def inks_of(hypotheses: Sequence[Hypothesis]) -> np.ndarray | None:
    """Stack each one's ink: (n, 3) float32; None where one is not known."""
    inks = [one.ink for one in hypotheses]
    return None if any(ink is None for ink in inks) else np.array(inks, np.float32).reshape(-1, 3)


def measure_inks(pieces: Sequence[Component], stroke_px: np.ndarray, seen: InkImage) -> np.ndarray:
    """Measure what ink pieces are written in, against the paper around them.

    Args:
        pieces: found in `seen`.
        stroke_px: (n,) how broad their strokes are, in pixels of the ink map.
        seen: with its picture.

    Returns:
        (n, 3) float32 optical densities in blue, green, red; light ink on dark as if it were its negative.
    """
    if not pieces or seen.picture is None:
        return np.zeros((len(pieces), 3), np.float32)
    boxes = np.array([piece.box for piece in pieces], np.float32)
    cores = [_core(piece.ink) for piece in pieces]
    counts = np.array([len(core) for core in cores])
    points = np.concatenate(cores).reshape(-1, 2) + np.repeat(boxes[:, :2], counts, axis=0)
    ink = np.add.reduceat(_levels_at(points, seen), np.cumsum(counts) - counts, axis=0) / counts[:, None]
    away = SMOOTH_PX + stroke_px.astype(np.float32)[:, None, None]
    rims = boxes[:, None, :2] - away + (boxes[:, None, 2:] - 1 + 2 * away) * _around()
    around = _levels_at(rims.reshape(-1, 2), seen).reshape(len(pieces), POINTS, 3)
    return _densities(ink, np.partition(around, POINTS // 2, axis=1)[:, POINTS // 2])


def _core(ink: np.ndarray) -> np.ndarray:
    """Choose `POINTS` or up to twice as many of a component's darkest pixels: x, y, as OpenCV has them."""
    pixels = cv2.findNonZero(threshold_to_zero(ink, CORE * float(ink.max())))
    return pixels[:: max(1, len(pixels) // POINTS)]


@cache
def _around() -> np.ndarray:
    """Place points all around a box of size 1: (POINTS, 2)."""
    along = np.linspace(0, 1, POINTS // 4, endpoint=False, dtype=np.float32)
    low, high = np.zeros_like(along), np.ones_like(along)
    return np.column_stack([np.r_[along, high, 1 - along, low], np.r_[low, along, high, 1 - along]])


def _levels_at(points: np.ndarray, seen: InkImage) -> np.ndarray:
    """Look up the picture at (n, 2) points of its ink map: (n, 3) float32 grey levels."""
    places = (points + 0.5) / seen.scale - 0.5
    if seen.to_picture is not AS_SEEN:
        places = cv2.perspectiveTransform(places[None], seen.to_picture)[0]
    height, width = seen.picture.shape[:2]
    x, y = np.rint(places).astype(np.intp).T
    return seen.picture[np.clip(y, 0, height - 1), np.clip(x, 0, width - 1)].astype(np.float32)


def _densities(ink: np.ndarray, paper: np.ndarray) -> np.ndarray:
    """Compute optical densities from (..., 3) grey levels of ink and paper."""
    densities = np.log((paper + LEVEL) / (ink + LEVEL))
    return np.where(densities.sum(axis=-1, keepdims=True) < 0, -densities, densities).astype(np.float32)


def hues_of(inks: np.ndarray) -> np.ndarray:
    """Compute the hues of (..., 3) inks, whatever their strength: (..., 2), red and blue beyond green, of all."""
    return (inks[..., [2, 0]] - inks[..., 1:2]) / np.maximum(inks.sum(axis=-1, keepdims=True), LEVEL / 255)


def strengths_of(inks: np.ndarray) -> np.ndarray:
    """Compute the strengths of (n, 3) inks: (n,) natural log of the sum of their optical densities."""
    return np.log(np.maximum(inks.sum(axis=-1), LEVEL / 255))


def compare_inks(inks: np.ndarray, digits: np.ndarray) -> np.ndarray:
    """Compare (n, 3) inks with what is usual among likely digits, (n,) 0 to 1.

    Returns:
        (n, 3) how far off in hue, how much stronger, and how far from grey; distances by their root.
    """
    hues, strengths, weights = hues_of(inks), strengths_of(inks), digits + TINY
    usual = np.array([weighted_median(hue, weights) for hue in hues.T])
    away, colourful = (np.sqrt(np.hypot(*one.T)) for one in (hues - usual, hues))
    stronger = np.clip(strengths - weighted_median(strengths, weights), -MAX_RELATION, MAX_RELATION)
    return np.column_stack([away, stronger, colourful])


def relate_inks(inks: np.ndarray, indices: np.ndarray) -> np.ndarray:
    """Tell of (n, 3) inks how far off in hue those of their neighbours, (n, K) indices, are, and how much stronger.

    Returns:
        (n, K, 2) float32: the root of the distance; -1 to 1.
    """
    hues, strengths = hues_of(inks), strengths_of(inks)
    away = np.hypot(*np.moveaxis(hues[indices] - hues[:, None], -1, 0))
    stronger = strengths[indices] - strengths[:, None]
    return np.stack([np.sqrt(away), np.tanh(stronger)], axis=-1).astype(np.float32)
