"""Lay digits out along the lines that they stand in, level and tilted: the lines' direction, and places along them."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

import cv2
import numpy as np

from capture.boxes import MIN_SAMPLE, SAME_SIZE, Box, as_array, gaps, weighted_median
from capture.detect.binarize import count_levels, downscale, otsu_threshold
from capture.detect.components import MIN_HEIGHT_PX
from capture.types import Digit

REACH = 2.5  # heights: how far the next digit is looked for
MAX_SKEW = np.deg2rad(50)
MAX_SLOPE = np.tan(MAX_SKEW)
MIN_SKEW = np.deg2rad(15)  # directions that differ less are alike: the network has learnt smaller turns
MIN_TURN_DEG = float(np.rad2deg(MIN_SKEW))
NEAR_DEG = np.arange(-4.0, 4.5, 0.5)  # around the skew that boxes tell, where a better one is sought
MIN_STEPS_SHARE = 0.34  # of the components have a neighbour that tells a direction: else there are no lines
MAX_NUMBER_GAP = 1.5  # heights: the widest gap that may be one within a number; wider ones part blocks
OFF_LINE = 0.5  # heights that a digit's middle may lie above or below its line, or its neighbour's
ASPECT, MIN_ASPECT = 0.55, 0.12  # a digit's width in heights, usual and least
SOLVABLE = 0.4  # sine of the tilt up to which a box's sides tell the digit's


def estimate_skew(boxes: np.ndarray) -> float:
    """Estimate the lines' angle in radians, positive clockwise: the median direction from each box to the next.

    Args:
        boxes: (n, 4) x, y, width, height of digits or what may be digits.

    Returns:
        0 for scattered boxes, which have no next on their right.
    """
    if len(boxes) < MIN_SAMPLE:
        return 0.0
    centres, reach = boxes[:, :2] + boxes[:, 2:] / 2, REACH * boxes[:, 3]
    right, down = (of - of[:, None] for of in centres.T)
    squared = right * right + down * down
    is_next = (np.abs(down) <= MAX_SLOPE * right) & (right > 0) & (squared <= np.minimum.outer(reach, reach) ** 2)
    nearest = np.where(is_next, squared, np.inf).argmin(axis=1)
    rows = is_next.any(axis=1).nonzero()[0]
    if len(rows) < max(MIN_SAMPLE - 1, MIN_STEPS_SHARE * len(boxes)):
        return 0.0
    step = centres[nearest[rows]] - centres[rows]
    return median(np.arctan2(step[:, 1], step[:, 0]).tolist())


def skew_deg(boxes: np.ndarray, quarters: int = 0) -> float:
    """Estimate the lines' angle in degrees once the page is turned back by so many quarters, counterclockwise."""
    for _ in range(quarters):
        x, y, w, h = boxes.T
        boxes = np.column_stack([y, -(x + w), h, w])
    return float(np.rad2deg(estimate_skew(boxes)))


def of_usual_size(boxes: np.ndarray) -> np.ndarray:
    """Find the indices of the boxes about as large as most, the most usual first."""
    sizes = boxes[:, 2:].max(axis=1)
    large = (sizes >= MIN_HEIGHT_PX).nonzero()[0]
    if not large.size:
        return large
    off = np.abs(np.log(sizes[large] / median(sizes[large].tolist())))
    order = np.argsort(off, kind="stable")
    return large[order[off[order] < np.log(SAME_SIZE)]]


def glance_skew_deg(ink: np.ndarray) -> float:
    """Estimate the lines' angle in degrees before anything is searched, by the darker ink at half its size.

    Args:
        ink: (H, W) uint8, 0 where the paper is bare.

    Returns:
        0 where it is less than `MIN_TURN_DEG`.
    """
    small = downscale(ink, (max(1, ink.shape[1] // 2), max(1, ink.shape[0] // 2)))
    is_darker = small > otsu_threshold(count_levels(small))[0]
    boxes = 2 * cv2.connectedComponentsWithStats(is_darker.view(np.uint8), connectivity=8)[2][1:, :4].astype(float)
    skew = skew_deg(boxes[of_usual_size(boxes)])
    better = _levelling_deg(small, skew) if abs(skew) >= MIN_TURN_DEG else 0.0
    return better if abs(better) >= MIN_TURN_DEG else 0.0


def _levelling_deg(ink: np.ndarray, skew: float) -> float:
    """Find the angle near a skew, in degrees, along which ink gathers most in lines, by its projection profile.

    Postl 1986, "Detection of linear oblique structures and skew scan in digitized documents". Digits' boxes tell the
    angle to two degrees, but rules are found where they are level to one.
    """
    y, x = (of.astype(np.float32) for of in np.nonzero(ink))
    angles = skew + NEAR_DEG
    rows = [(y * np.cos(turn) - x * np.sin(turn)).astype(int) for turn in np.deg2rad(angles)]
    gathered = [np.square(np.bincount(row - row.min())).sum() for row in rows]
    return float(angles[np.argmax(gathered)])


def robust_skew(boxes: np.ndarray) -> float:
    """Estimate the lines' angle in radians from digits far along them: a digit that stands 1 px lower turns nothing.

    From the direction of nearest neighbours the reach grows, twofold each time; pairs count by their distance.
    """
    skew = estimate_skew(boxes)
    if len(boxes) < MIN_SAMPLE:
        return skew
    centres, height = boxes[:, :2] + boxes[:, 2:] / 2, float(np.median(boxes[:, 3]))
    right, down = (of - of[:, None] for of in centres.T)
    reach = REACH * height
    while reach < 2 * max(right.max(), down.max()):
        off = np.abs(down * np.cos(skew) - right * np.sin(skew))
        along = right * np.cos(skew) + down * np.sin(skew)
        is_in_line = (along > height / 2) & (along < reach) & (off < OFF_LINE * height)
        if np.count_nonzero(is_in_line) < MIN_SAMPLE:
            break  # a pair or two stand as they like
        skew = weighted_median(np.arctan2(down[is_in_line], right[is_in_line]), along[is_in_line])
        reach *= 2
    return skew


def part_blocks(digits: Sequence[Digit]) -> list[list[int]]:
    """Part digits that lie in different directions, as on two sheets, in reading order; all are one block else."""
    if not digits:
        return []
    boxes = as_array(places_of(digits))
    groups = [group for group in _clusters(boxes) if len(group) >= MIN_SAMPLE]
    skews = [robust_skew(boxes[group]) for group in groups] if len(groups) > 1 else []
    if not skews or max(skews) - min(skews) < MIN_SKEW:
        return [list(range(len(digits)))]
    is_steep = np.array(skews) > (max(skews) + min(skews)) / 2
    halves = [
        np.concatenate([group for group, side in zip(groups, is_steep, strict=True) if side == way]) for way in (0, 1)
    ]
    centres = boxes[:, :2] + boxes[:, 2:] / 2
    away = [np.abs(centres[:, None] - centres[half]).sum(axis=2).min(axis=1) for half in halves]
    is_first = away[0] <= away[1]
    blocks = [np.flatnonzero(of).tolist() for of in (is_first, ~is_first)]
    top, bottom = (np.array([of(boxes[block, 1]) for block in blocks]) for of in (np.min, np.max))
    are_beside = top.max() < bottom.min()
    return sorted(blocks, key=lambda block: centres[block, 0 if are_beside else 1].mean())


def _clusters(boxes: np.ndarray) -> list[np.ndarray]:
    """Cluster digits that hang together by neighbours: their indices, (k,) int each."""
    across, down = gaps(boxes, boxes)
    is_near = np.maximum(np.maximum(across, down), 0) < MAX_NUMBER_GAP * np.maximum.outer(boxes[:, 3], boxes[:, 3])
    labels = np.arange(len(boxes))
    while True:
        lowest = np.where(is_near, labels, len(boxes)).min(axis=1)
        if (lowest == labels).all():
            return [np.flatnonzero(labels == label) for label in np.unique(labels)]
        labels = lowest[lowest]  # the lowest neighbour's is of the same cluster: half as many rounds each time


def places_of(readings: Sequence[Digit]) -> tuple[Box, ...]:
    """Return the boxes on the page set upright, where all are known there, else in the frame."""
    page_box = tuple(reading.page_box for reading in readings if reading.page_box)
    return page_box if len(page_box) == len(readings) else tuple(reading.box for reading in readings)


def place_along(boxes: np.ndarray, tilt: float) -> np.ndarray:
    """Lay boxes out along a line, (n, 4): middle along it, middle across it, width, height."""
    centres = boxes[:, :2] + boxes[:, 2:] / 2
    return np.column_stack([_turned(centres, -tilt), _upright_sizes(boxes[:, 2:], tilt)])


def _turned(points: np.ndarray, angle: float) -> np.ndarray:
    c, s = np.cos(angle), np.sin(angle)
    return points @ np.array([[c, s], [-s, c]])


def _upright_sizes(sizes: np.ndarray, tilt: float) -> np.ndarray:
    """Compute widths and heights of the digits themselves from those of the upright boxes around the tilted digits.

    A digit w wide and h high that is turned by t has a box w cos t + h sin t wide and w sin t + h cos t high. Solved
    for w and h this is of no use near 45 degrees, where both are the same; there a digit's usual aspect must do.
    """
    c, s = np.cos(tilt), abs(np.sin(tilt))
    if s < SOLVABLE:
        solved = sizes @ np.array([[c, -s], [-s, c]]) / (c * c - s * s)
        return np.maximum(solved, MIN_ASPECT * sizes.max(axis=1, keepdims=True))
    heights = sizes.sum(axis=1) / ((1 + ASPECT) * (c + s))
    return np.column_stack([ASPECT * heights, heights])
