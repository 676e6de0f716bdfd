"""Cut touching digits apart along seams: paths from top to bottom that cross as little ink as they can.

Seams as in Avidan and Shamir 2007, "Seam Carving"; the network decides whether a cut row reads better than the whole.
"""

from __future__ import annotations

import cv2
import numpy as np

from capture.detect.components import MAX_LEVELS
from capture.types import Box, Component

MIN_WIDTH, MAX_WIDTH = 0.7, 3.2  # heights: narrower pieces are one digit, wider ones a word
SEAM_HEIGHT_PX = 32  # seams are sought in a reduced picture
BORDER = 0.22  # of the width: no digit is a thinner slice than this, as seams are sought for two digits
BEND_COST = 0.1  # of a pixel of full ink, for each sideways step
MAX_SEAMS = 3
SEAMS_APART = 0.15  # of the width
MAX_CROSSED = 0.45  # of the height: a seam that runs through more ink follows a stroke


def split_touching(piece: Component) -> list[list[Component]]:
    """Make the rows that a wide piece gives when cut at its best seams; a half that is still wide can be cut again."""
    if not MIN_WIDTH * piece.box.h <= piece.box.w <= MAX_WIDTH * piece.box.h:
        return []
    return [halves for seam in _seams(piece.ink) if (halves := _cut(piece, seam))]


def _seams(ink: np.ndarray) -> list[np.ndarray]:
    """Find the cheapest seams, each (h,) int: the column at which every row is cut."""
    height, width = ink.shape
    columns = max(4, round(width * SEAM_HEIGHT_PX / height))
    cost = cv2.resize(ink, (columns, SEAM_HEIGHT_PX), interpolation=cv2.INTER_AREA).astype(np.float32)
    cost /= max(float(cost.max()), 1.0)
    total, steps = _accumulate_cost(cost)
    edge = max(1, int(BORDER * columns))
    ends = edge + np.argsort(total[edge : columns - edge])
    paths = _backtrack(steps, ends[total[ends] <= MAX_CROSSED * SEAM_HEIGHT_PX])
    places = paths.mean(axis=0).tolist()
    chosen: list[int] = []
    for i, place in enumerate(places):
        if all(abs(place - places[other]) > SEAMS_APART * columns for other in chosen):
            chosen.append(i)
            if len(chosen) == MAX_SEAMS:
                break
    rows = np.minimum(np.arange(height) * SEAM_HEIGHT_PX // height, SEAM_HEIGHT_PX - 1)
    return [np.round((paths[rows, i] + 0.5) * width / columns).astype(int) for i in chosen]


def _accumulate_cost(cost: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Find the cheapest paths from the top.

    Args:
        cost: (h, w) float32 of each pixel.

    Returns:
        (w,) the costs of the paths that end in the last row, and (h, w) the step (-1, 0, 1) from above into each pixel.
    """
    total = np.full((len(cost), cost.shape[1] + 2), np.inf, np.float32)  # a column more on either side, never entered
    total[0, 1:-1] = cost[0]
    for above, row, own in zip(total, total[1:], cost[1:], strict=False):
        np.minimum(above[:-2], above[2:], out=row[1:-1])
        row[1:-1] += BEND_COST
        np.minimum(row[1:-1], above[1:-1], out=row[1:-1])
        row[1:-1] += own
    left, middle, right = total[:-1, :-2] + BEND_COST, total[:-1, 1:-1], total[:-1, 2:] + BEND_COST
    steps = np.zeros(cost.shape, int)
    steps[1:] = np.where((left <= middle) & (left <= right), -1, middle > right)
    return total[-1, 1:-1], steps


def _backtrack(steps: np.ndarray, ends: np.ndarray) -> np.ndarray:
    """Follow the paths that end at (n,) columns of the last row up to the first: (h, n) columns."""
    paths = np.empty((len(steps), len(ends)), int)
    columns = ends.copy()
    for row in range(len(steps) - 1, -1, -1):
        paths[row] = columns
        columns += steps[row, columns]
    return paths


def _cut(piece: Component, seam: np.ndarray) -> list[Component]:
    """Part the ink left and right of the seam; nothing when one side is empty."""
    left = np.arange(piece.ink.shape[1])[None] < seam[:, None]
    halves = [_tight(np.where(side, piece.ink, 0).astype(np.uint8), piece.box) for side in (left, ~left)]
    return [half for half in halves if half] if all(halves) else []


def _tight(ink: np.ndarray, box: Box) -> Component | None:
    x, y, w, h = cv2.boundingRect(ink)
    half = ink[y : y + h, x : x + w]  # its thresholds are behind it: it can be cut again, and no more
    return Component(Box(box.x + x, box.y + y, w, h), half, depth=MAX_LEVELS) if w and h else None
