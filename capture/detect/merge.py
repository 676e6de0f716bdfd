"""Put broken digits together: a 5 whose bar floats, an 8 in two loops, a stroke that the pen skipped."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from capture.boxes import as_array, gaps, holds
from capture.detect.components import MAX_DIGIT_ASPECT, has_digit_shape
from capture.types import Box, Component

MAX_FRAGMENT_HEIGHT_RATIO = 0.6  # of the larger piece's height: a lower one may be its missing part
MAX_GAP_RATIO = 0.2  # of the height: how far the parts may be apart, and what is a speck
MAX_STACKED_GAP_RATIO = (
    0.08  # the same for parts of like size, one above the other: a column's digits are further apart
)


def merge_fragments(pieces: Sequence[Component]) -> list[Component]:
    """Offer each broken digit as a whole, with its parts as the other way to see it.

    Args:
        pieces: of one picture; pieces too low for a digit are used as parts and then dropped.
    """
    order = sorted(_join_cores(pieces), key=lambda piece: -piece.box.h)
    distance = _distances(as_array(piece.box for piece in order))
    is_used, is_taken = np.zeros((2, len(order)), bool)
    joined = list(order)
    pairs = np.argwhere(np.isfinite(distance))
    for i, part in pairs[np.argsort(distance[tuple(pairs.T)], kind="stable")]:  # the closest belong together first
        if not (is_used[i] or is_used[part]):
            is_used[i] = is_used[part] = is_taken[part] = True
            joined[i] = _union(order[i], order[part])
    return [joined[i] for i in (~is_taken).nonzero()[0] if has_digit_shape(joined[i].box)]


def _join_cores(pieces: Sequence[Component]) -> list[Component]:
    """Put together what a higher threshold broke, the last one first: what it broke may be a core itself."""
    depth = max((piece.whole.depth for piece in pieces if piece.whole), default=None)
    if depth is None:
        return list(pieces)
    cores: dict[int, list[Component]] = {}
    others = []
    for piece in pieces:
        is_deepest = piece.whole and piece.whole.depth == depth
        (cores.setdefault(id(piece.whole), []) if is_deepest else others).append(piece)
    return _join_cores([*others, *(replace(own[0].whole, parts=tuple(own)) for own in cores.values())])


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
    fits = np.triu((is_scrap | is_stacked) & is_apart & (width < MAX_DIGIT_ASPECT * height), 1)
    return np.where(fits, distance, np.inf)


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
