"""Put broken digits together, and cut touching ones apart: the two ways in which ink is not one digit a piece.

A 5 whose bar floats, an 8 in two loops, a stroke that the pen skipped are offered whole. What touches is cut along
seams: paths from top to bottom that cross as little ink as they can (Avidan and Shamir 2007, "Seam Carving"). The
network decides which reads better.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np

from capture.boxes import Box, as_array, gaps, holds
from capture.detect.binarize import count_levels, darkness
from capture.detect.components import MAX_DIGIT_ASPECT, MAX_LEVELS, MIN_HEIGHT_PX, TWO_SHADES
from capture.types import Component

MAX_ASPECT = 5.0  # widths a height: wider pieces are rules and underlines, even when three digits touch
MAX_FRAGMENT_HEIGHT_RATIO = 0.6  # of the larger piece's height: a lower one may be its missing part
MAX_GAP_RATIO = 0.2  # of the height: how far the parts may be apart, and what is a speck
MAX_STACKED_GAP_RATIO = (
    0.08  # the same for parts of like size, one above the other: a column's digits are further apart
)
MIN_WIDTH = 0.7  # heights: narrower pieces are one digit
SEAM_HEIGHT_PX = 32  # seams are sought in a reduced picture
MIN_SLICE = 0.22  # of the width: no digit is thinner, as seams are sought for two digits
BEND_COST = 0.1  # of a pixel of full ink, for each sideways step
MAX_SEAMS = 3
MAX_CROSSED = 0.45  # of the height: a seam that runs through more ink follows a stroke


def merge_fragments(pieces: Sequence[Component]) -> list[Component]:
    """Offer each broken digit as a whole, with its parts as the other way to see it.

    Args:
        pieces: of one picture; pieces too low for a digit are used as parts.

    Returns:
        All others, whether they have a digit's shape or not.
    """
    order = sorted(_join_cores(pieces), key=lambda piece: -piece.box.h)
    distance = _distances(as_array(piece.box for piece in order))
    is_used, is_taken = np.zeros((2, len(order)), bool)
    joined = list(order)
    pairs = np.argwhere(np.isfinite(distance))
    for i, part in pairs[np.argsort(distance[tuple(pairs.T)], kind="stable")]:  # the closest belong together first
        if not (is_used[i] or is_used[part]) and _is_same_shade(order[i].ink, order[part].ink):
            is_used[i] = is_used[part] = is_taken[part] = True
            joined[i] = _union(order[i], order[part])
    return [joined[i] for i in (~is_taken).nonzero()[0]]


def _join_cores(pieces: Sequence[Component]) -> list[Component]:
    """Put together what a higher threshold broke, the last one first: what it broke may be a core itself."""
    wholes = {id(piece): _whole_digit(piece) for piece in pieces}
    depth = max((whole.depth for whole in wholes.values() if whole), default=None)
    if depth is None:
        return list(pieces)
    cores: dict[int, list[Component]] = {}
    others = []
    for piece in pieces:
        whole = wholes[id(piece)]
        (cores.setdefault(id(whole), []) if whole and whole.depth == depth else others).append(piece)
    return _join_cores([*others, *(replace(wholes[id(own[0])], parts=tuple(own)) for own in cores.values())])


def _whole_digit(piece: Component) -> Component | None:
    """Find what a piece was one of at a lower threshold, if that may be a digit."""
    whole = piece.whole
    while whole and whole.box.w > MAX_DIGIT_ASPECT * whole.box.h:
        whole = whole.whole
    return whole


def _distances(boxes: np.ndarray) -> np.ndarray:
    """Measure how far piece j is from piece i where it may be i's missing part, infinite elsewhere: (n, n) px.

    Args:
        boxes: (n, 4) x, y, width, height, the highest first: parts come after what they may belong to.
    """
    w, h, ow, oh = *boxes.T[2:, :, None], *boxes.T[2:, None]
    across, down = gaps(boxes, boxes)
    shared_x, shared_y = -across, -down
    gap_x, gap_y = np.maximum(0, across), np.maximum(0, down)
    width, height = w + ow - shared_x, h + oh - shared_y
    distance = np.hypot(gap_x, gap_y)
    is_scrap = (
        (oh < MAX_FRAGMENT_HEIGHT_RATIO * h)
        & (np.maximum(ow, oh) > MAX_GAP_RATIO * h)
        & (distance < MAX_GAP_RATIO * height)
    )
    is_stacked = (
        (oh >= MAX_FRAGMENT_HEIGHT_RATIO * h)
        & (2 * shared_x > np.minimum(w, ow))
        & (gap_y < MAX_STACKED_GAP_RATIO * height)
    )
    is_apart = ~holds(boxes, boxes)  # what a ring holds is no part of it
    is_over = is_scrap & (shared_x > 0) & (2 * shared_y < oh)
    widest = np.where(is_over, np.maximum(w, ow), width)  # a 5's bar may reach far beyond its bowl
    fits = np.triu((is_scrap | is_stacked) & is_apart & (widest < MAX_DIGIT_ASPECT * height), 1)
    return np.where(fits, distance, np.inf)


def _is_same_shade(ink: np.ndarray, other: np.ndarray) -> bool:
    """Say whether two pieces may be of one pen: a rule, or what shines through the paper, is no part of a digit."""
    lighter, darker = sorted((darkness(count_levels(ink)), darkness(count_levels(other))))
    return darker <= TWO_SHADES * lighter


def _union(a: Component, b: Component) -> Component:
    box = a.box.union(b.box)
    ink = np.zeros((box.h, box.w), np.uint8)
    for piece in (a, b):
        window = _window(piece.box, box)
        ink[window] = np.maximum(ink[window], piece.ink)
    return Component(box, ink, (a, b))


def _window(inner: Box, outer: Box) -> tuple[slice, slice]:
    y, x = inner.y - outer.y, inner.x - outer.x
    return slice(y, y + inner.h), slice(x, x + inner.w)


def split_touching(piece: Component) -> list[list[Component]]:
    """Make the rows that a wide piece gives when cut at its best seams; a half that is still wide can be cut again."""
    if piece.box.w < MIN_WIDTH * piece.box.h or not has_digit_shape(piece.box):
        return []
    return [halves for seam in _seams(piece.ink) if (halves := _cut(piece, seam))]


def _seams(ink: np.ndarray) -> list[np.ndarray]:
    """Find the cheapest seams, each (h,) int: the column at which every row is cut."""
    height, width = ink.shape
    columns = max(4, round(width * SEAM_HEIGHT_PX / height))
    cost = cv2.resize(ink, (columns, SEAM_HEIGHT_PX), interpolation=cv2.INTER_AREA).astype(np.float32)
    cost /= max(float(cost.max()), 1.0)
    total, steps = _accumulate_cost(cost)
    edge = max(1, int(MIN_SLICE * columns))
    ends = edge + np.argsort(total[edge : columns - edge])
    paths = _backtrack(steps, ends[total[ends] <= MAX_CROSSED * SEAM_HEIGHT_PX])
    places = paths.mean(axis=0).tolist()
    chosen: list[int] = []
    for i, place in enumerate(places):
        if all(abs(place - places[other]) > MIN_SLICE * columns for other in chosen):
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
    halves = [_tight(piece.ink * side, piece.box) for side in (left, ~left)]
    return [half for half in halves if half] if all(halves) else []


def _tight(ink: np.ndarray, box: Box) -> Component | None:
    x, y, w, h = cv2.boundingRect(ink)
    half = ink[y : y + h, x : x + w]  # its thresholds are behind it: it can be cut again, and no more
    return Component(Box(box.x + x, box.y + y, w, h), half, depth=MAX_LEVELS) if w and h else None


def has_digit_shape(box: Box) -> bool:
    """Say whether a digit, or a few that touch, can be this low and wide."""
    return box.h >= MIN_HEIGHT_PX and box.w <= MAX_ASPECT * box.h
