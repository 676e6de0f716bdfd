"""Tell a pen's stroke from an edge: a stroke has paper on all sides, the edge of a sheet or shadow has dark on one."""

from __future__ import annotations

import math

import cv2
import numpy as np

from capture.detect.binarize import PAPER_RANK
from capture.detect.components import stroke_width
from capture.types import Component

PAD_SHARE, PAD_PX = 0.15, 3  # of the piece's height, and at least: how far around it the paper is looked at
MAX_DARK_SHARE = 0.35  # of the surroundings: neighbouring digits darken less, a desk beside an edge darkens half
LEVELS = 256  # of grey
DEPTH = 0.12  # of the paper's brightness: ink is so much darker than the darker side of its stroke
WINDOW, MIN_WINDOW_PX = 3.0, 5  # stroke widths: a stroke with its rims, but not the soft shadow along a sheet
DARKEST = 0.75  # of the piece's darkest ink: a stroke nearly whole, and of a soft shadow the first few pixels
MAX_WINDOW = 0.25  # of the piece's height: what is broader is no stroke
CORE, MOSTLY = 0.5, 0.6  # of the piece's darkest ink: its strokes without their soft rims; and the share of these


def is_edge(gray: np.ndarray, piece: Component) -> bool:
    """Say whether the piece is the rim of something dark rather than ink on paper.

    Args:
        gray: (H, W) uint8, the picture in which the piece was found, dark ink on light paper.
        piece: what was found.
    """
    box, pad = piece.box, int(PAD_SHARE * piece.box.h) + PAD_PX
    top, left = max(0, box.y - pad), max(0, box.x - pad)
    around = gray[top : box.y + box.h + pad, left : box.x + box.w + pad]
    y, x = box.y - top, box.x - left
    own = slice(y, y + box.h), slice(x, x + box.w)
    outside = around.size - cv2.countNonZero(piece.ink)
    if outside == 0:
        return True
    most_dark = MAX_DARK_SHARE * outside
    stroke, brightest = cv2.mean(around[own], piece.ink)[0], cv2.minMaxLoc(around)[1]
    if _count_darker(around, (stroke + brightest) / 2) <= most_dark:
        return False  # paper is no brighter than that: most pieces need no closer look
    is_outside = np.ones(around.shape, np.uint8)
    is_outside[own] = piece.ink == 0
    darker = np.cumsum(cv2.calcHist([around], [0], is_outside, [LEVELS], [0, LEVELS]))
    paper = int(np.searchsorted(darker, int(PAPER_RANK * outside), side="right"))
    if darker[math.ceil((stroke + paper) / 2) - 1] <= most_dark:
        return False
    return not _is_darker_than_both_sides(around, own, piece.ink, DEPTH * paper)


def _is_darker_than_both_sides(gray: np.ndarray, own: tuple[slice, slice], ink: np.ndarray, least: float) -> bool:
    """Say whether the ink is darker by `least` grey levels than what is on either side of its strokes, mostly.

    A closing raises a stroke to the darker of its two sides, and the rim of something dark not at all (the bottom-hat
    transform: Gonzalez & Woods, Digital Image Processing, 9.6).
    """
    core = ink > CORE * ink.max()
    darkest = (ink > DARKEST * ink.max()).view(np.uint8)
    broad = min(WINDOW * stroke_width(darkest), MAX_WINDOW * ink.shape[0])
    side = max(MIN_WINDOW_PX, round(broad)) | 1
    closed = cv2.morphologyEx(gray, cv2.MORPH_CLOSE, np.ones((side, side), np.uint8))
    depth = cv2.subtract(closed, gray)[own]
    return np.count_nonzero(depth[core] > least) > MOSTLY * np.count_nonzero(core)


def _count_darker(gray: np.ndarray, level: float) -> int:
    """Count how many pixels are darker than `level`."""
    return cv2.countNonZero(cv2.threshold(gray, math.ceil(level) - 1, 1, cv2.THRESH_BINARY_INV)[1])
