"""Evens out the light: from a grey picture to ink, the share of light that each point takes from the paper around it.

Shading correction by division through a morphological closing (Gonzalez & Woods, Digital Image Processing, 9.6), done
twice: a fine one, whose small window follows shadows and vignettes closely, and a coarse one for broad marker strokes.
"""

from __future__ import annotations

import cv2
import numpy as np

BACKGROUND_SIDE_PX = 320  # paper has no finer detail than this shows
FINE_WINDOW = 0.1  # of the picture's shorter side: wider than a pen stroke, narrower than most shadows' edges
COARSE_WINDOW = 0.35  # wider than the stroke of a digit that fills the picture
COARSE_MIN_INK = 80  # of 255: only what is clearly dark is taken from the coarse map, shadows are lighter
BLOCK_PX = 16
LEAST_INK = 12  # of 255: fainter than any pen, stronger than JPEG's blocks on plain paper
MOST_NOISE = 45  # of 255: in a block full of writing the spread is the writing's, not the paper's
INK_OVER_NOISE = 2.6  # standard deviations of the paper's grain


def ink_of(gray: np.ndarray) -> np.ndarray:
    """Measures the ink at every pixel.

    Args:
        gray: (H, W) uint8, dark ink on light paper.

    Returns:
        (H, W) uint8: 0 as light as the paper around, 255 black on white.
    """
    fine = _against_paper(gray, FINE_WINDOW)
    coarse = _against_paper(gray, COARSE_WINDOW)
    cv2.threshold(coarse, COARSE_MIN_INK, 255, cv2.THRESH_TOZERO, dst=coarse)
    return cv2.max(fine, coarse)


def _against_paper(gray: np.ndarray, window: float) -> np.ndarray:
    """255 * (1 - gray / paper), the paper being what a closing with the window leaves."""
    height, width = gray.shape
    shrink = max(1, round(max(height, width) / BACKGROUND_SIDE_PX))
    small_size = max(1, width // shrink), max(1, height // shrink)
    paper = cv2.resize(gray, small_size, interpolation=cv2.INTER_AREA)
    side = max(3, int(min(small_size) * window)) | 1
    paper = cv2.morphologyEx(paper, cv2.MORPH_CLOSE, np.ones((side, side), np.uint8), borderType=cv2.BORDER_REPLICATE)
    paper = cv2.GaussianBlur(paper, (0, 0), max(1.0, side / 8))
    return cv2.bitwise_not(cv2.divide(gray, cv2.resize(paper, (width, height)), scale=255))


def keep_ink(ink: np.ndarray) -> np.ndarray:
    """Sets to 0 what is no stronger than the paper's own grain, which may differ from place to place."""
    level = cv2.resize(_grain(ink), ink.shape[::-1], interpolation=cv2.INTER_LINEAR)
    return cv2.bitwise_and(ink, cv2.compare(ink, level, cv2.CMP_GE))


def _grain(ink: np.ndarray) -> np.ndarray:
    """The least ink that stands out, for each block: the spread inside it, with lone blocks of writing left out."""
    cell = BLOCK_PX // 2
    rows, columns = max(1, ink.shape[0] // BLOCK_PX), max(1, ink.shape[1] // BLOCK_PX)
    halved = cv2.resize(ink, (columns * cell, rows * cell), interpolation=cv2.INTER_AREA)
    spread = halved.reshape(rows, cell, columns, cell).astype(np.float32).std(axis=(1, 3))
    level = np.clip(INK_OVER_NOISE * spread, LEAST_INK, MOST_NOISE).astype(np.uint8)
    if min(level.shape) < 5:
        return np.full_like(level, int(np.median(level)))
    return cv2.medianBlur(level, 5)


def is_light_on_dark(gray: np.ndarray) -> bool:
    """Says whether the writing is chalk: lighter than what is around it.

    Writing is thin, so most of what departs from the local median is ink, on the side where the ink is.
    """
    shrink = max(1, round(max(gray.shape) / BACKGROUND_SIDE_PX))
    size = max(1, gray.shape[1] // shrink), max(1, gray.shape[0] // shrink)
    small = cv2.resize(gray, size, interpolation=cv2.INTER_AREA)
    window = min(max(3, min(size) // 4) | 1, 255)
    around = cv2.medianBlur(small, window)
    darker, lighter = cv2.subtract(around, small), cv2.subtract(small, around)
    return _sum_of_strong(lighter) > CHALK_LEAD * _sum_of_strong(darker) + CHALK_LEAST * small.size


CHALK_LEAD = 1.6  # ink darker than its paper is far commoner, so chalk must show clearly
CHALK_LEAST = 0.05  # grey levels a pixel: an even picture has no chalk on it
STRONG = 12  # grey levels


def _sum_of_strong(levels: np.ndarray) -> float:
    return float(cv2.sumElems(cv2.threshold(levels, STRONG, 255, cv2.THRESH_TOZERO)[1])[0])
