"""Leave out what stands beside the sheet by itself: a 1 alone on the desk is a cable or a shadow's edge."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from capture.boxes import as_array
from capture.types import Box, Digit

MAX_DISTANCE = 1.5  # sizes: how far, and in what measure larger, the next digit of a number may be
MIN_BRIGHTNESS_RATIO = 0.75  # to the sheet: a card beside it is as white, wood and clothes are not


def on_paper(digits: Sequence[Digit], image: np.ndarray, corners: np.ndarray | None) -> list[Digit]:
    """Keep the digits on the sheet; beside it those with neighbours, and those on paper as bright as the sheet's.

    Args:
        digits: of one frame.
        image: (H, W, 3) uint8, BGR, the frame.
        corners: (4, 2) float32 of the sheet; None keeps all digits.
    """
    if corners is None:
        return list(digits)
    is_on_sheet = [cv2.pointPolygonTest(corners, digit.box.centre, measureDist=False) >= 0 for digit in digits]
    beside = [digit for digit, on_sheet in zip(digits, is_on_sheet, strict=True) if not on_sheet]
    if not beside:
        return list(digits)
    paper, kept = _brightness_within(image, corners), _with_neighbours(beside)
    return [
        digit
        for digit, on_sheet in zip(digits, is_on_sheet, strict=True)
        if on_sheet or digit in kept or _brightness_around(image, digit.box) > MIN_BRIGHTNESS_RATIO * paper
    ]


def _brightness_within(image: np.ndarray, corners: np.ndarray) -> float:
    """Measure the brightness of the paper of a sheet with these corners, 0 to 255."""
    steps = np.linspace(0.1, 0.9, 9)[:, None]
    one_side, other = (start + steps * (end - start) for start, end in (corners[:2], corners[:1:-1]))
    x, y = np.round(one_side[:, None] + steps * (other - one_side)[:, None]).astype(int).reshape(-1, 2).T
    return float(np.median(image[y, x].mean(axis=1)))


def _brightness_around(image: np.ndarray, box: Box) -> float:
    """Measure the brightness of what a digit stands on, 0 to 255."""
    margin = 1 + box.h // 4
    around = image[max(0, box.y - margin) : box.y + box.h + margin, max(0, box.x - margin) : box.x + box.w + margin]
    return float(np.percentile(around.mean(axis=2), 75))


def _with_neighbours(digits: Sequence[Digit]) -> list[Digit]:
    """Keep the digits that stand by another of about their size."""
    boxes = as_array(digit.box for digit in digits)
    centres, sizes = boxes[:, :2] + boxes[:, 2:] / 2, boxes[:, 2:].max(axis=1)
    larger, smaller = np.maximum(sizes[:, None], sizes), np.minimum(sizes[:, None], sizes)
    is_near = np.linalg.norm(centres[:, None] - centres, axis=-1) < MAX_DISTANCE * smaller
    has_neighbour = (is_near & (larger < MAX_DISTANCE * smaller)).sum(axis=1) > 1  # each is near itself
    return [digit for digit, is_kept in zip(digits, has_neighbour, strict=True) if is_kept]
