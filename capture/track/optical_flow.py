"""Carry a page on to the next frame by optical flow: what moves and looks the same need not be read again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np

from capture.boxes import around, as_array
from capture.types import Digit, Number, Page

WINDOW = 1.5  # heights of a digit: its ends are in view, so that a 1 is not lost along its stroke
MIN_WINDOW, MAX_WINDOW = 7, 31  # cells
MAX_CHANGE = 6.0  # grey levels, mean over the window: a sensor's noise brings 1 to 3, a finger 20
PYRAMID = 2  # halvings: a digit may move by up to four windows


def flow_page(page: Page, before: np.ndarray, now: np.ndarray, cell_px: float) -> Page | None:
    """Move the digits of a page as the picture under them has moved (Lucas and Kanade 1981, by Bouguet's pyramids).

    Args:
        page: as read in the picture before.
        before: (h, w) uint8, that picture in grey cells.
        now: the same size, the picture to which the page is carried.
        cell_px: pixels of a picture a cell.

    Returns:
        The page; None where a digit has gone or no longer looks the same, or where a page without digits has changed.
    """
    if not page.digits:
        return page if cv2.norm(before, now, cv2.NORM_L1) <= MAX_CHANGE * before.size else None
    boxes = as_array(digit.box for digit in page.digits)
    centres = ((boxes[:, :2] + boxes[:, 2:] / 2) / cell_px - 0.5).astype(np.float32)
    side = int(np.clip(WINDOW * np.median(boxes[:, 3]) / cell_px, MIN_WINDOW, MAX_WINDOW))
    after, is_found, change = cv2.calcOpticalFlowPyrLK(
        before, now, centres[:, None], None, winSize=(side, side), maxLevel=PYRAMID
    )
    if not is_found.all() or change.max() > MAX_CHANGE:
        return None
    return _moved(page, (after[:, 0] - centres) * cell_px)


def _moved(page: Page, steps: np.ndarray) -> Page:
    """Move a page's digits by (n, 2) steps in pixels, and all else by their median."""
    digits = [_moved_digit(digit, step) for digit, step in zip(page.digits, steps.tolist(), strict=True)]
    new = {before.box: after for before, after in zip(page.digits, digits, strict=True)}
    step = np.median(steps, axis=0)
    to_frame = np.array([[1, 0, step[0]], [0, 1, step[1]], [0, 0, 1]]) @ page.pose.to_frame
    is_upright = page.pose.size is None
    return replace(
        page,
        digits=tuple(digits),
        numbers=tuple(_moved_number(number, [new[one.box] for one in number.digits]) for number in page.numbers),
        marks=tuple(mark._replace(box=mark.box.moved(*step.tolist())) for mark in page.marks)
        if is_upright
        else page.marks,
        pose=page.pose if is_upright else replace(page.pose, to_frame=to_frame),
    )


def _moved_digit(digit: Digit, step: Sequence[float]) -> Digit:
    return replace(digit, box=digit.box.moved(*step))


def _moved_number(number: Number, digits: Sequence[Digit]) -> Number:
    return replace(number, box=around([digit.box for digit in digits]), digits=tuple(digits))
