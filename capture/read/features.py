"""Describes each candidate in numbers: what the network says of it, its shape, and what stands around it.

Arrays in, arrays out. Where the candidates stand to each other is worked out once, and used again when the perceptron
looks a second time with a better idea of which of them are digits.
"""

from __future__ import annotations

from functools import cached_property
from typing import NamedTuple

import numpy as np

from capture.boxes import gaps, shared_areas, weighted_median
from capture.read.evidence import Evidence
from capture.read.inks import compare_inks, relate_inks
from capture.read.networks import (
    ALIKE,
    REACHES,
    TINY,
    Neighbours,
    log_odds_of,
    relate,
)
from model.classifier import CLASSES, MIN_CLASSES, NO_DIGIT

SIGN_SLOTS = CLASSES - MIN_CLASSES  # columns of the network beyond "none": letters, the signs of numbers and sums
IN_LINE = 0.6  # of the larger height: middles that lie no further apart across the line are of one line
SAME_INK = 0.6  # of the smaller box: what is covered so far is the same ink, and no neighbour
MAX_COUNT, SOME = 8.0, 0.5  # neighbours: more say no more; and how many unknown ones are added, half of them digits
MAX_GAP = 4.0  # heights: a neighbour further off is none
USUAL_STROKE = 0.08  # of the height, where a candidate's own is not known
BORDER = 0.05, 2.0  # heights: nearer to the picture's border it may be cut off; further off no longer matters
TWINS, SAME_LOOK = 3, 0.95  # look-alikes that are told of each; correlation of two glyphs that are hardly two
NEAREST = 24  # candidates that each looks at, itself among them


class _Context(NamedTuple):
    """What stands around each of n candidates.

    Attributes:
        kernels: (5, n, n) how much each counts for each, as `_kernels` has it.
        covered: (n, 2) share of each that another covers, and of another that it covers.
        nearest: the neighbours of each side, (n,) indices and (n,) gaps.
        placed: how each of these stands, (n, 5).
    """

    kernels: np.ndarray
    covered: np.ndarray
    nearest: list[tuple[np.ndarray, np.ndarray]]
    placed: list[np.ndarray]


class Surroundings:
    """Pieces of ink on a page, and how they stand to each other.

    Args:
        evidence: of n > 0 pieces; what the network says of them is asked for later, as it may be believed or not.
    """

    def __init__(self, evidence: Evidence) -> None:
        shape = evidence.shape
        self._boxes = boxes = _at_least_a_pixel(evidence.boxes)
        x, y, self._width, self._height = boxes.T
        strokes = np.asarray(evidence.strokes, np.float32)
        self._stroke = np.where(strokes > 0, strokes, USUAL_STROKE * self._height)
        border = np.minimum(np.minimum(x, y), np.minimum(shape[1] - x - self._width, shape[0] - y - self._height))
        border = border / self._height
        self._shape = np.column_stack(
            [
                np.log(self._width / self._height),
                np.log(self._stroke / self._height) + 2.5,
                np.log(self._height / shape[0]) + 2.5,
                np.minimum(border, BORDER[1]),
                border <= BORDER[0],
                evidence.origins,
            ]
        )
        self._gaps = _gaps(boxes)
        self._twins = _twins(evidence.thumbnails)
        self._inks, self._is_other = evidence.inks, evidence.is_other

    @cached_property
    def _context(self) -> _Context:
        """Find who stands where: row i is seen from candidate i, lengths in heights of the higher one of each two."""
        x, y, w, h = self._boxes.T
        across, down = self._gaps
        shared, area = shared_areas(self._boxes, self._boxes), w * h
        is_other = shared < SAME_INK * np.minimum(area[:, None], area)
        np.fill_diagonal(shared, 0)
        np.fill_diagonal(is_other, False)
        middle_x, middle_y = x + w / 2, y + h / 2
        shift, fall = middle_x - middle_x[:, None], (middle_y - middle_y[:, None]) / np.maximum(h[:, None], h)
        is_level = is_other & (np.abs(fall) < IN_LINE)
        is_stacked = is_other & (across < 0)
        sides = (is_level & (shift <= 0), across), (is_level & (shift > 0), across)
        sides += (is_stacked & (fall <= 0), down), (is_stacked & (fall > 0), down)
        nearest = [one for side, count in zip(sides, (2, 2, 1, 1), strict=True) for one in _nearest(*side, count)]
        places = np.stack([np.zeros_like(x), y + h, y, np.log(h)])
        return _Context(
            _kernels(across, down, is_other, is_level, np.log(h) - np.log(h)[:, None]),
            np.column_stack([(shared / area[:, None]).max(axis=1), (shared / area).max(axis=1)]),
            nearest,
            [self._place(index, gap, places, h) for index, gap in nearest],
        )

    @staticmethod
    def _place(index: np.ndarray, gap: np.ndarray, places: np.ndarray, h: np.ndarray) -> np.ndarray:
        """Place a neighbour, (n, 5): it is there, how far off, how much lower its foot and its top, how much larger."""
        exists = gap < MAX_GAP
        _, drop, rise, larger = places[:, index] - places
        higher = np.maximum(h, h[index])
        placed = np.stack([np.ones_like(gap), gap, drop / higher, rise / higher, larger], axis=1)
        return np.where(exists[:, None], np.clip(placed, -2, MAX_GAP), 0)

    def describe_alone(self, probabilities: np.ndarray) -> np.ndarray:
        """Describe each piece by itself, and its page as a whole.

        Args:
            probabilities: (n, C), as `Evidence` has them.

        Returns:
            (n, F) float32 features, most of them about -3 to 3.
        """
        digits, shares, signs = _told(probabilities)
        own = [log_odds_of(digits)[:, None], np.sqrt(shares), np.sqrt(signs), self._shape]
        digits = np.where(self._is_other, 0, digits)
        own += [self._compared(digits), self._page(digits), self._twins, compare_inks(self._inks, digits)]
        own += [self._is_other[:, None]]
        return np.concatenate(own, axis=1, dtype=np.float32)

    def describe(self, probabilities: np.ndarray) -> np.ndarray:
        """Describe each candidate by itself, and then what stands around it.

        Args:
            probabilities: as `describe_alone` takes them.

        Returns:
            (n, F) float32 features, those of `describe_alone` first.
        """
        digits, shares, signs = _told(probabilities)
        seen = np.column_stack([log_odds_of(digits), shares[:, 1], shares[:, 0], self._shape[:, 0], np.sqrt(signs)])
        context = self._context
        around = [seen[index] * (gap < MAX_GAP)[:, None] for index, gap in context.nearest]
        parts = [self._sums(digits, signs), context.covered, *context.placed, *around]
        return np.concatenate([self.describe_alone(probabilities), *parts], axis=1, dtype=np.float32)

    def neighbours(self) -> Neighbours:
        """Find the nearest of each candidate, and how they stand to it."""
        distances = np.hypot(*(np.maximum(gap, 0) for gap in self._gaps))
        np.fill_diagonal(distances, -1)  # itself first
        indices = np.argpartition(distances, min(NEAREST, len(distances)) - 1, axis=1)[:, :NEAREST]
        order = np.take_along_axis(distances, indices, axis=1).argsort(axis=1)
        indices = np.take_along_axis(indices, order, axis=1)
        placed = relate(self._boxes, indices, *(np.take_along_axis(gap, indices, axis=1) for gap in self._gaps))
        return Neighbours(indices, np.concatenate([placed, relate_inks(self._inks, indices)], axis=2))

    def _compared(self, digits: np.ndarray) -> np.ndarray:
        """Compare height, width and stroke with what is usual among likely digits: (n, 3)."""
        weights = digits + TINY
        height = weighted_median(self._height, weights)
        stroke = weighted_median(self._stroke, weights)
        return np.log(np.stack([self._height / height, self._width / height, self._stroke / stroke], axis=1))

    def _sums(self, digits: np.ndarray, signs: np.ndarray) -> np.ndarray:
        """Sum up, (n, ...): for each kernel how much stands there, how much of it is a digit; which signs close by."""
        values = np.column_stack([np.ones_like(digits), digits, signs])
        total = self._context.kernels @ values
        count, share = total[:, :, 0], (total[:, :, 1] + 0.5 * SOME) / (total[:, :, 0] + SOME)
        beside = np.sqrt(np.minimum(np.concatenate([total[0, :, 2:], total[-1, :, 2:]], axis=1), 1))
        return np.concatenate([np.log1p(np.minimum(count, MAX_COUNT)).T, share.T, beside], axis=1)

    def _page(self, digits: np.ndarray) -> np.ndarray:
        """Describe the page, (n, 4), the same for all: how many digits, their share, spread of heights, the surest."""
        count = float(digits.sum())
        share = (count + SOME) / (len(digits) - self._is_other.sum() + 2 * SOME)
        heights = np.log(self._height)
        spread = np.sqrt(max(0.0, digits @ heights**2 / (count + TINY) - (digits @ heights / (count + TINY)) ** 2))
        return np.tile(
            [np.log1p(min(count, MAX_COUNT)), np.log(share / (1 - share)), spread, digits.max()], (len(digits), 1)
        )


def _twins(thumbnails: np.ndarray) -> np.ndarray:
    """Tell how alike those are that look most like each of (n, P), and count twins, as print has: (n, TWINS + 1)."""
    centred = thumbnails - thumbnails.mean(axis=1, keepdims=True, dtype=np.float32)
    centred /= np.maximum(np.linalg.norm(centred, axis=1, keepdims=True), 1)
    alike = centred @ centred.T
    np.fill_diagonal(alike, 0)
    most = np.sort(alike, axis=1)[:, -TWINS:]
    most = np.pad(np.maximum(most, 0), ((0, 0), (TWINS - most.shape[1], 0)))
    return np.column_stack([-np.log(1.02 - most), np.log1p((alike > SAME_LOOK).sum(axis=1))])


def _at_least_a_pixel(boxes: np.ndarray) -> np.ndarray:
    boxes = np.array(boxes, np.float32)  # in float64 all takes twice as long
    boxes[:, 2:] = np.maximum(boxes[:, 2:], 1)
    return boxes


def _told(probabilities: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Split what the network says: (n,) whether a digit, (n, 10) which one if so, (n, SIGN_SLOTS) which other sign."""
    digits = probabilities[:, :NO_DIGIT].sum(axis=1)
    shares = probabilities[:, :NO_DIGIT] / np.maximum(digits, TINY)[:, None]
    signs = np.zeros((len(probabilities), SIGN_SLOTS), np.float32)
    given = probabilities[:, NO_DIGIT + 1 : NO_DIGIT + 1 + SIGN_SLOTS]
    signs[:, : given.shape[1]] = given
    return digits, shares, signs


def _gaps(boxes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Measure (n, n) gaps between boxes, across and down, in heights of the higher one; below 0 where they overlap."""
    across, down = gaps(boxes, boxes)
    higher = np.maximum(boxes[:, 3, None], boxes[:, 3])
    return across / higher, down / higher


def _kernels(
    across: np.ndarray, down: np.ndarray, is_other: np.ndarray, is_level: np.ndarray, larger: np.ndarray
) -> np.ndarray:
    """Weigh each for each, (5, n, n): close by in line, all around, both also by like size, far along the line."""
    clear_across, clear_down = np.maximum(across, 0), np.maximum(down, 0)
    close, around, far = REACHES
    near = np.exp(-clear_across / close) * is_level
    wide = np.exp(np.sqrt(clear_across**2 + clear_down**2) / -around) * is_other
    like = np.exp(-((larger / ALIKE) ** 2))
    return np.stack([near, near * like, wide, wide * like, np.exp(-clear_across / far) * is_level])


def _nearest(is_there: np.ndarray, gap: np.ndarray, count: int) -> list[tuple[np.ndarray, np.ndarray]]:
    """Find the nearest neighbours of a side, `count` times (n,) indices and (n,) gaps, infinite where there is none."""
    far, rows, found = np.where(is_there, gap, np.inf), np.arange(len(gap)), []
    for _ in range(count):
        index = far.argmin(axis=1)
        found.append((index, far[rows, index]))
        far[rows, index] = np.inf
    return found
