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
PAPER_BLUR_PX = 1.5  # in the reduced picture: takes the closing's steps away, and no more, or the sheet's edge glows
BLACKEST = 8  # grey levels: paper darker than this is no paper; black bars beside a video have no ink
LEAST_BLOB_PX = 12  # in the reduced picture
BLOB_RADIUS = 0.22  # of its length; a marker's 1 has 0.15
DESK_SHARE = 0.4  # of the picture's width or height
BLOCK_PX = 16
UPPER_QUARTILE = BLOCK_PX**2 // 4 * 3 // 4  # rank among a block's pixels, which are taken at half the size
LEAST_INK = 12  # of 255: fainter than any pen, stronger than JPEG's blocks on plain paper
INK_OVER_GRAIN, ABOVE_GRAIN = 1.6, 8.0  # the least ink is this factor and this much above the grain
MOST_GRAIN = 90  # of 255: in a block full of writing even the quartile is the writing's
CHALK_LEAD = 1.6  # ink darker than its paper is far commoner, so chalk must show clearly
CHALK_LEAST = 0.05  # grey levels a pixel: an even picture has no chalk on it
STRONG, MOST_STEP = 12, 40  # grey levels


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
    return cv2.max(fine, _without_desk(coarse))


def _without_desk(coarse: np.ndarray) -> np.ndarray:
    """Leaves out what is dark and no stroke: what runs off the picture (desk, hand), and blobs (hard shadows)."""
    small = cv2.resize(coarse, _small_size(coarse), interpolation=cv2.INTER_AREA)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(small, connectivity=8)
    is_desk = _runs_off(stats, small.shape) | _is_blob(small, labels, stats)
    is_desk[0] = False  # label 0 is what is not dark
    if not is_desk.any():
        return coarse
    ink = cv2.resize((~is_desk[labels]).view(np.uint8), coarse.shape[::-1], interpolation=cv2.INTER_NEAREST)
    return cv2.multiply(coarse, ink)


def _runs_off(stats: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    height, width = shape
    x, y, w, h = stats[:, :4].T
    borders = (x == 0).astype(int) + (y == 0) + (x + w == width) + (y + h == height)
    return (borders >= 2) | ((borders == 1) & ((w > DESK_SHARE * width) | (h > DESK_SHARE * height)))


def _is_blob(small: np.ndarray, labels: np.ndarray, stats: np.ndarray) -> np.ndarray:
    """Which components are broad for their length: no pen draws a stroke nearly as broad as its digit is high."""
    distance = cv2.distanceTransform((small > 0).view(np.uint8), cv2.DIST_L2, 3)
    length = stats[:, 2:4].max(axis=1)
    candidates = np.flatnonzero(length > LEAST_BLOB_PX)
    is_blob = np.zeros(len(stats), bool)
    for label in candidates[candidates > 0]:
        x, y, w, h = stats[label, :4]
        window = slice(y, y + h), slice(x, x + w)
        radius = distance[window][labels[window] == label].max()
        is_blob[label] = radius > BLOB_RADIUS * length[label]
    return is_blob


def _against_paper(gray: np.ndarray, window: float) -> np.ndarray:
    """255 * (1 - gray / paper), the paper being what a closing with the window leaves."""
    height, width = gray.shape
    paper = cv2.resize(gray, _small_size(gray), interpolation=cv2.INTER_AREA)
    side = max(3, int(min(paper.shape) * window)) | 1
    paper = cv2.morphologyEx(paper, cv2.MORPH_CLOSE, np.ones((side, side), np.uint8), borderType=cv2.BORDER_REPLICATE)
    paper = cv2.GaussianBlur(paper, (0, 0), PAPER_BLUR_PX)
    paper = cv2.resize(paper, (width, height))
    return cv2.bitwise_not(cv2.divide(np.maximum(gray, BLACKEST), np.maximum(paper, BLACKEST), scale=255))


def _small_size(gray: np.ndarray) -> tuple[int, int]:
    """(width, height) of a reduced picture that still shows all there is to see of light and paper."""
    shrink = max(1, round(max(gray.shape) / BACKGROUND_SIDE_PX))
    return max(1, gray.shape[1] // shrink), max(1, gray.shape[0] // shrink)


def keep_ink(ink: np.ndarray) -> np.ndarray:
    """Sets to 0 what is no stronger than the paper's own grain, which may differ from place to place."""
    level = cv2.resize(_grain(ink), ink.shape[::-1], interpolation=cv2.INTER_LINEAR)
    return cv2.bitwise_and(ink, cv2.compare(ink, level, cv2.CMP_GE))


def _grain(ink: np.ndarray) -> np.ndarray:
    """The least ink that stands out in each block, by its upper quartile: grain is everywhere, writing is not."""
    cell = BLOCK_PX // 2
    rows, columns = max(1, ink.shape[0] // BLOCK_PX), max(1, ink.shape[1] // BLOCK_PX)
    halved = cv2.resize(ink, (columns * cell, rows * cell), interpolation=cv2.INTER_AREA)
    blocks = halved.reshape(rows, cell, columns, cell).transpose(0, 2, 1, 3).reshape(rows, columns, cell * cell)
    quartile = np.partition(blocks, UPPER_QUARTILE, axis=2)[..., UPPER_QUARTILE]
    level = np.clip(INK_OVER_GRAIN * quartile + ABOVE_GRAIN, LEAST_INK, MOST_GRAIN).astype(np.uint8)
    if min(level.shape) < 5:
        return np.full_like(level, int(np.median(level)))
    return cv2.medianBlur(level, 5)


def is_light_on_dark(gray: np.ndarray) -> bool:
    """Says whether the writing is chalk: lighter than what is around it.

    Writing is thin, so most of what departs from the local median is ink, on the side where the ink is. Where the
    median itself steps, a sheet ends and says nothing.
    """
    small = cv2.resize(gray, _small_size(gray), interpolation=cv2.INTER_AREA)
    window = min(max(3, min(small.shape) // 6) | 1, 255)
    around = cv2.medianBlur(small, window)
    is_flat = _range(around, window) < MOST_STEP
    lighter, darker = (_sum_of_strong(cv2.subtract(*pair), is_flat) for pair in ((small, around), (around, small)))
    return lighter > CHALK_LEAD * darker + CHALK_LEAST * small.size


def _range(levels: np.ndarray, window: int) -> np.ndarray:
    """Highest less lowest value in a square window around each pixel."""
    square = np.ones((window, window), np.uint8)
    return cv2.subtract(cv2.dilate(levels, square), cv2.erode(levels, square))


def _sum_of_strong(levels: np.ndarray, where: np.ndarray) -> float:
    return float(levels[where & (levels > STRONG)].sum())
