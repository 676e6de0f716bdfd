"""Cuts touching digits apart along seams: paths from top to bottom that cross as little ink as they can.

Seams as in Avidan and Shamir 2007, "Seam Carving"; the network decides whether a cut row reads better than the whole.
"""

from __future__ import annotations

import cv2
import numpy as np

from capture.detect.components import MOST_LEVELS
from capture.types import Box, Component

LEAST_WIDTH, MOST_WIDTH = 0.7, 3.2  # heights: narrower pieces are one digit, wider ones a word
SEAM_HEIGHT_PX = 32  # seams are sought in a reduced picture
BORDER = 0.22  # of the width: no digit is a thinner slice than this, as seams are sought for two digits
BEND_COST = 0.1  # of a pixel of full ink, for each sideways step
MOST_SEAMS = 3
SEAMS_APART = 0.15  # of the width
MOST_CROSSED = 0.45  # of the height: a seam that runs through more ink follows a stroke


def cuts(piece: Component) -> list[list[Component]]:
    """The rows that a wide piece gives when cut at its best seams; a half that is still wide can be cut again."""
    if not LEAST_WIDTH * piece.box.h <= piece.box.w <= MOST_WIDTH * piece.box.h:
        return []
    return [halves for seam in _seams(piece.ink) if (halves := _cut(piece, seam))]


def _seams(ink: np.ndarray) -> list[np.ndarray]:
    """The cheapest seams, each (h,) int: the column at which every row is cut."""
    height, width = ink.shape
    columns = max(4, round(width * SEAM_HEIGHT_PX / height))
    cost = cv2.resize(ink, (columns, SEAM_HEIGHT_PX), interpolation=cv2.INTER_AREA).astype(np.float32)
    cost /= max(float(cost.max()), 1.0)
    total, came_from = _fall(cost)
    edge = max(1, int(BORDER * columns))
    total[:edge] = total[columns - edge :] = np.inf
    seams: list[np.ndarray] = []
    for end in np.argsort(total)[: columns - 2 * edge]:
        if total[end] > MOST_CROSSED * SEAM_HEIGHT_PX or len(seams) == MOST_SEAMS:
            break
        seam = _climb(came_from, int(end))
        if all(abs(seam.mean() - other.mean()) > SEAMS_APART * columns for other in seams):
            seams.append(seam)
    rows = np.minimum(np.arange(height) * SEAM_HEIGHT_PX // height, SEAM_HEIGHT_PX - 1)
    return [np.round((seam[rows] + 0.5) * width / columns).astype(int) for seam in seams]


def _fall(cost: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Cheapest paths from the top: the last row's costs, and the step (-1, 0, 1) from above into each pixel."""
    total = cost[0].copy()
    steps = np.zeros(cost.shape, int)
    for row in range(1, len(cost)):
        padded = np.pad(total, 1, constant_values=np.inf)
        above = np.stack([padded[:-2] + BEND_COST, padded[1:-1], padded[2:] + BEND_COST])
        steps[row] = above.argmin(axis=0) - 1
        total = above.min(axis=0) + cost[row]
    return total, steps


def _climb(steps: np.ndarray, column: int) -> np.ndarray:
    """The seam that ends at `column` in the last row."""
    seam = np.empty(len(steps), int)
    for row in range(len(steps) - 1, -1, -1):
        seam[row] = column
        column += steps[row, column]
    return seam


def _cut(piece: Component, seam: np.ndarray) -> list[Component]:
    """Left and right of the seam; nothing when one side is empty."""
    left = np.arange(piece.ink.shape[1])[None] < seam[:, None]
    halves = [_tight(np.where(side, piece.ink, 0).astype(np.uint8), piece.box) for side in (left, ~left)]
    return [half for half in halves if half] if all(halves) else []


def _tight(ink: np.ndarray, box: Box) -> Component | None:
    x, y, w, h = cv2.boundingRect(ink)
    half = ink[y : y + h, x : x + w]  # its thresholds are behind it: it can be cut again, and no more
    return Component(Box(box.x + x, box.y + y, w, h), half, depth=MOST_LEVELS) if w and h else None
