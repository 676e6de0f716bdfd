"""Takes thresholded ink apart into connected pieces that may be digits, by a tree of rising thresholds.

What is connected at a low threshold (a faint pencil needs it low) may be several digits held together by a shadow or by
the rules of squared paper; each piece is therefore looked at again at its own, higher threshold.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np

from capture.frame import Box
from capture.lines import without_lines

LEAST_HEIGHT_PX = 9  # lower ink is a dot, a dash or grain
WIDEST = 5.0  # widths a height: wider pieces are rules and underlines, even when three digits touch
OWN_LEVEL = 0.4  # of a piece's own darkness: about where the eye puts a stroke's edge
CLEARLY_HIGHER = 1.2  # a new threshold this much higher is worth another look
TWO_SHADES = 1.7  # ink this much darker than what connects it is separated by a threshold alone
MOST_LEVELS = 7
SPARSE = 0.08  # share of its box that a piece fills: a net of rules fills less, but so does a hairline digit
NET_SIDE_PX = 54
LINES_SIDE_PX = 60
FILLS_WIDTH, FILLS_HEIGHT = 0.6, 0.9  # of the picture: bigger than a digit gets


@dataclass(frozen=True, slots=True)
class Piece:
    """Connected ink.

    Attributes:
        box: where it is, in pixels of the ink map.
        ink: (h, w) uint8, 0 outside the piece.
        parts: what it falls into at a higher threshold or without rules; empty when that is not worth a try.
    """

    box: Box
    ink: np.ndarray
    parts: tuple[Piece, ...] = ()


def find_pieces(ink: np.ndarray) -> list[Piece]:
    """Finds the pieces that have a digit's size and shape.

    Args:
        ink: (H, W) uint8, 0 where the paper is bare.
    """
    return list(_pieces(ink, 0, 0, ink.shape, 0, False))


def _pieces(ink: np.ndarray, x: int, y: int, frame: tuple[int, int], level: int, lined: bool) -> Iterator[Piece]:
    for box, part in components(ink, x, y):
        yield from _study(part, box, frame, level, lined)


def components(ink: np.ndarray, x: int = 0, y: int = 0, least_px: int = LEAST_HEIGHT_PX) -> Iterator[tuple[Box, np.ndarray]]:
    """Connected ink that is at least `least_px` long, as its box (moved by x, y) and its own ink."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(cv2.compare(ink, 0, cv2.CMP_GT), connectivity=8)
    for label, (left, top, w, h, area) in enumerate(stats[1:].tolist(), start=1):
        if max(w, h) < least_px or area < least_px:
            continue
        window = slice(top, top + h), slice(left, left + w)
        own = cv2.compare(labels[window], label, cv2.CMP_EQ)
        yield Box(left + x, top + y, w, h), cv2.bitwise_and(ink[window], own)


def _study(ink: np.ndarray, box: Box, frame: tuple[int, int], level: int, lined: bool) -> Iterator[Piece]:
    values = ink[ink > 0]
    least, dark = int(values.min()), _darkness(values)
    if _is_no_digit(box, frame):
        if level < MOST_LEVELS:
            yield from _take_apart(ink, values, box, frame, level, lined)
        return
    own = OWN_LEVEL * dark
    if own > CLEARLY_HIGHER * least and level < MOST_LEVELS:
        cores = list(components(above(ink, own), box.x, box.y))
        if len(cores) > 1:
            for core_box, core in cores:
                yield from _study(core, core_box, frame, level + 1, lined)
            return
        box, ink = cores[0] if cores else (box, ink)
    if _has_digit_shape(box):
        parts = _take_apart(ink, values, box, frame, level, lined) if _is_net(ink, box) and level < MOST_LEVELS else ()
        yield Piece(box, ink, tuple(parts))


def _take_apart(
    ink: np.ndarray, values: np.ndarray, box: Box, frame: tuple[int, int], level: int, lined: bool
) -> Iterator[Piece]:
    """By a higher threshold where the piece has two shades, else by removing rules."""
    split = max(_otsu(values), 1.35 * int(values.min()))
    darker, lighter = values[values > split], values[values <= split]
    two_shades = darker.size and lighter.size and darker.mean() > TWO_SHADES * lighter.mean()
    rest = None
    if not (two_shades or lined) and max(box.w, box.h) > LINES_SIDE_PX:
        rest = without_lines(ink)
    if rest is None and darker.size:
        rest = above(ink, split)
    if rest is not None:
        yield from _pieces(rest, box.x, box.y, frame, level + 1, lined or not two_shades)


def above(ink: np.ndarray, level: float) -> np.ndarray:
    """The ink stronger than `level`, 0 elsewhere."""
    return cv2.threshold(ink, level, 255, cv2.THRESH_TOZERO)[1]


def _darkness(values: np.ndarray) -> float:
    """The 90th percentile: the stroke's middle, without a blot."""
    rank = int(0.9 * len(values))
    return float(np.partition(values, rank)[rank])


def _otsu(values: np.ndarray) -> float:
    return cv2.threshold(values.reshape(1, -1), 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)[0]


def _is_no_digit(box: Box, frame: tuple[int, int]) -> bool:
    """Desk, table edge, a net of rules: too big, or cut off by several borders of the picture."""
    height, width = frame
    cut = (box.x <= 1) + (box.y <= 1) + (box.x + box.w >= width - 1) + (box.y + box.h >= height - 1)
    is_big = box.w > FILLS_WIDTH * width or box.h > FILLS_HEIGHT * height
    is_strip = box.w > 4 * box.h and box.w > 8 * LEAST_HEIGHT_PX
    return cut >= 3 or (is_big and (cut >= 2 or box.w > 2.5 * box.h)) or is_strip


def _is_net(ink: np.ndarray, box: Box) -> bool:
    return max(box.w, box.h) > NET_SIDE_PX and cv2.countNonZero(ink) < SPARSE * box.w * box.h


def _has_digit_shape(box: Box) -> bool:
    return box.h >= LEAST_HEIGHT_PX and box.w <= WIDEST * box.h
