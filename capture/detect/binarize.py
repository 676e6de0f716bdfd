"""Even out the light: from a grey picture to ink, the share of light that each point takes from the paper around it.

Shading correction by division through a morphological closing (Gonzalez & Woods, Digital Image Processing, 9.6), done
twice: a fine one, whose small window follows shadows and vignettes closely, and a coarse one for broad marker strokes.
Thresholds are found by counts of ink, level by level: 256 counts answer, however large a piece is.
Arrays are written over once their values are no longer needed, so that fewer pass through the processor's cache.
"""

from __future__ import annotations

import math

import cv2
import numpy as np

GRAYS = np.arange(256)  # the levels that a pixel can have
NEARLY_THERE = 1.1  # times the size wanted: beyond it, grain would come through between the points of interpolation
SMOOTH_PX, SMOOTH_SIGMA_PX = 3, 0.6
BACKGROUND_SIDE_PX = 320  # paper has no finer detail than this shows
FINE_WINDOW = 0.1  # of the picture's shorter side: wider than a pen stroke, narrower than most shadows' edges
COARSE_WINDOW = 0.35  # wider than the stroke of a digit that fills the picture; longer at its border is a desk
PAPER_BLUR_PX = 1.5  # in the reduced picture: takes the closing's steps away, and no more, or the sheet's edge glows
PAPER_RANK = 0.9  # of the brightness of what is around ink: its paper, and no highlight
RING_PX = 3  # in the reduced picture: how far around a broad stroke one looks for paper
MAX_OPEN_SHARE = 0.2  # of that ring may be dark: neighbours and soft edges darken less, a shadow at its corner a third
BLOCK_PX = 16
CELL_PX = 4  # pixels are averaged over cells before they are ranked
MIN_INK = 12  # of 255: fainter than any pen, stronger than JPEG's blocks on plain paper
INK_OVER_GRAIN, ABOVE_GRAIN = 1.6, 8.0  # the least ink is this factor and this much above a block's quartile
INK_OVER_MEDIAN, ABOVE_MEDIAN = 4.0, 24.0  # or, if that is less, above its median: a block may be half full of writing
MAX_GRAIN = 90  # of 255: ink this dark is no grain, even in a block full of writing, and no soft shadow


def to_gray(image: np.ndarray) -> np.ndarray:
    """Convert (H, W, 3) uint8 BGR of at least one pixel to (H, W) uint8, by the faster of OpenCV's two ways."""
    return cv2.cvtColor(image, cv2.COLOR_BGR2GRAY, hint=cv2.ALGO_HINT_APPROX)


def downscale(gray: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """Halve the picture while it stays larger than `size`; interpolate the rest, less than a factor of 2.

    OpenCV averages 2 x 2 pixels twenty times faster than any other number.

    Args:
        gray: (H, W) uint8, uint16 or float32; whole numbers are rounded.
        size: width and height wanted, px; neither larger than the picture's.
    """
    width, height = size
    while gray.shape[1] >= 2 * width and gray.shape[0] >= 2 * height:
        half = gray.shape[1] // 2, gray.shape[0] // 2
        gray = cv2.resize(gray[: 2 * half[1], : 2 * half[0]], half, interpolation=cv2.INTER_AREA)
    if gray.shape == (height, width):
        return gray
    if gray.shape[1] > NEARLY_THERE * width:
        gray = cv2.GaussianBlur(gray, (SMOOTH_PX, SMOOTH_PX), SMOOTH_SIGMA_PX)
    return cv2.resize(gray, size, interpolation=cv2.INTER_LINEAR)


def extract_ink(gray: np.ndarray) -> np.ndarray:
    """Measure the ink at every pixel.

    Args:
        gray: (H, W) uint8, dark ink on light paper.

    Returns:
        (H, W) uint8: 0 as light as the paper around, 255 black on white.
    """
    least = np.full_like(gray, MIN_INK)  # darker paper is no paper: black bars beside a video have no ink
    gray = cv2.max(gray, least, least)
    small = downscale(gray, small_size(gray))
    fine_paper = _estimate_background(small, FINE_WINDOW)
    ink = _absorbance(gray, fine_paper)
    broad = _broad_strokes(small, fine_paper)
    if broad is not None:
        _ink_broad_strokes(ink, gray, _estimate_background(small, COARSE_WINDOW), broad)
    return ink


def _ink_broad_strokes(ink: np.ndarray, gray: np.ndarray, paper: np.ndarray, broad: np.ndarray) -> None:
    """Add to `ink`, in place, what the coarse `paper` says where `broad` is 1; only these two are reduced."""
    x, y, w, h = cv2.boundingRect(broad)
    across, down = gray.shape[1] / broad.shape[1], gray.shape[0] / broad.shape[0]
    region = slice(int(y * down), math.ceil((y + h) * down)), slice(int(x * across), math.ceil((x + w) * across))
    reduced_region = slice(y, y + h), slice(x, x + w)
    coarse = _absorbance(gray[region], paper[reduced_region])
    coarse *= cv2.resize(broad[reduced_region], coarse.shape[::-1], interpolation=cv2.INTER_NEAREST)
    ink[region] = np.maximum(ink[region], coarse)


def _estimate_background(small: np.ndarray, window: float) -> np.ndarray:
    """Estimate what the bare paper would look like: a closing fills in all that is narrower than the window."""
    side = max(3, int(min(small.shape) * window)) | 1
    paper = cv2.morphologyEx(small, cv2.MORPH_CLOSE, np.ones((side, side), np.uint8), borderType=cv2.BORDER_REPLICATE)
    return cv2.GaussianBlur(paper, (0, 0), PAPER_BLUR_PX)


def _absorbance(gray: np.ndarray, paper: np.ndarray) -> np.ndarray:
    """Compute 255 * (1 - gray / paper), the share of light that is taken; `paper` may be smaller."""
    share = cv2.resize(paper, gray.shape[::-1])
    cv2.divide(gray, share, share, scale=255)
    return cv2.bitwise_not(share, share)


def _broad_strokes(small: np.ndarray, fine_paper: np.ndarray) -> np.ndarray | None:
    """Find where strokes are too broad for the fine window: (h, w) uint8 of 0 and 1, reduced; None if nowhere.

    Broad and dark but no stroke is what runs off the picture (desk, hand) and the corner of a hard shadow.
    """
    fine = _absorbance(small, fine_paper)
    if not _is_missed(fine, _absorbance(small, np.full_like(small, small.max()))).any():
        return None  # not even if all paper were as bright as the brightest
    coarse = _absorbance(small, _estimate_background(small, COARSE_WINDOW))
    is_missed = _is_missed(fine, coarse)
    if not is_missed.any():
        return None
    is_dark = coarse > MAX_GRAIN
    _, labels, stats, _ = cv2.connectedComponentsWithStats(is_dark.view(np.uint8), connectivity=8)
    is_stroke = np.bincount(labels[is_missed], minlength=len(stats)) > 0
    is_stroke[0] = False  # label 0 is what is not dark
    is_stroke &= ~_touches_border(stats, small.shape)
    for label in np.flatnonzero(is_stroke):
        is_stroke[label] = not _merges_into_shadow(small, labels, stats[label], label)
    return is_stroke[labels].view(np.uint8) if is_stroke.any() else None


def _is_missed(fine: np.ndarray, coarse: np.ndarray) -> np.ndarray:
    """Find where the ink by the fine map is less than half of that by the coarse one, which is dark: (h, w) bool."""
    return (coarse > MAX_GRAIN) & (fine < coarse // 2)


def _touches_border(stats: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    height, width = shape
    x, y, w, h = stats[:, :4].T
    borders = (x == 0).astype(int) + (y == 0) + (x + w == width) + (y + h == height)
    return (borders >= 2) | ((borders == 1) & ((w > COARSE_WINDOW * width) | (h > COARSE_WINDOW * height)))


def _merges_into_shadow(small: np.ndarray, labels: np.ndarray, stats: np.ndarray, label: int) -> bool:
    """Say whether what is around a component is in part as dark: a shadow's corner goes over into the shadow.

    A closing fills the corner of a shadow, for its window does not fit into it, but a stroke ends on all sides.
    """
    x, y, w, h = stats[:4]
    top, left = max(0, y - RING_PX), max(0, x - RING_PX)
    region = slice(top, y + h + RING_PX), slice(left, x + w + RING_PX)
    own, gray = (labels[region] == label).view(np.uint8), small[region]
    ring = cv2.dilate(own, np.ones((2 * RING_PX + 1, 2 * RING_PX + 1), np.uint8)) - own
    around = gray[ring > 0]
    if not around.size:
        return False
    middle = (cv2.mean(gray, own)[0] + np.sort(around)[int(PAPER_RANK * around.size)]) / 2
    return np.count_nonzero(around < middle) > MAX_OPEN_SHARE * around.size


def small_size(gray: np.ndarray, side_px: int = BACKGROUND_SIDE_PX) -> tuple[int, int]:
    """Compute the (width, height) of the picture reduced to about `side_px`."""
    shrink = max(1, round(max(gray.shape) / side_px))
    return max(1, gray.shape[1] // shrink), max(1, gray.shape[0] // shrink)


def suppress_grain(ink: np.ndarray) -> np.ndarray:
    """Set to 0 what is no stronger than the paper's own grain, which may differ from place to place."""
    level = cv2.resize(_grain(ink), ink.shape[::-1], interpolation=cv2.INTER_LINEAR)
    is_stronger = cv2.compare(ink, level, cv2.CMP_GE, level)
    return cv2.bitwise_and(ink, is_stronger, is_stronger)


def _grain(ink: np.ndarray) -> np.ndarray:
    """Find the least ink that stands out in each block, by quartile or median: grain is everywhere, writing is not."""
    cell = BLOCK_PX // CELL_PX
    rows, columns = max(1, ink.shape[0] // BLOCK_PX), max(1, ink.shape[1] // BLOCK_PX)
    whole = ink[: rows * BLOCK_PX, : columns * BLOCK_PX]
    sixteenths = np.multiply(whole, CELL_PX**2, dtype=np.uint16)  # rounded up, averages would pass for grain
    cells = downscale(sixteenths, (columns * cell, rows * cell)).astype(np.int32)
    blocks = cells.reshape(rows, cell, columns, cell).transpose(0, 2, 1, 3).reshape(rows, columns, cell * cell)
    ranked = np.sort(blocks, axis=2)
    median, quartile = (ranked[..., share * cell * cell // 4] / CELL_PX**2 for share in (2, 3))
    level = np.minimum(INK_OVER_GRAIN * quartile + ABOVE_GRAIN, INK_OVER_MEDIAN * median + ABOVE_MEDIAN)
    level = np.clip(level, MIN_INK, MAX_GRAIN).astype(np.uint8)
    if min(level.shape) < 5:
        return np.full_like(level, int(np.median(level)))
    return cv2.medianBlur(level, 5)


def threshold_to_zero(ink: np.ndarray, level: float) -> np.ndarray:
    """Keep the ink stronger than `level`, 0 elsewhere."""
    return cv2.threshold(ink, level, 255, cv2.THRESH_TOZERO)[1]


def count_levels(ink: np.ndarray) -> np.ndarray:
    """Count the pixels of each level in an (h, w) uint8 ink map: (256,) float64, none of level 0, which is bare."""
    return cv2.calcHist([ink], [0], ink, [len(GRAYS)], [0, len(GRAYS)]).ravel().astype(float)


def faintest(counts: np.ndarray) -> int:
    """Find the level of the faintest ink."""
    return int((counts > 0).argmax())


def darkness(counts: np.ndarray) -> int:
    """Find the 90th percentile of ink: the stroke's middle, without a blot."""
    total = counts.cumsum()
    return _level_of(int(0.9 * total[-1]), total)


def median_level(counts: np.ndarray) -> float:
    """Find the median level of ink."""
    total = counts.cumsum()
    count = int(total[-1])
    return (_level_of((count - 1) // 2, total) + _level_of(count // 2, total)) / 2


def _level_of(rank: int, total: np.ndarray) -> int:
    """Find the level of one pixel by its rank, 0 for the faintest; `total`: (256,) pixels up to each level."""
    return int(total.searchsorted(rank, side="right"))


def mean_level(counts: np.ndarray) -> float:
    """Compute the mean level of ink."""
    return float(counts @ GRAYS / counts.sum())


def split_at(counts: np.ndarray, level: float) -> tuple[np.ndarray, np.ndarray]:
    """Part counts: of what is up to `level`, and of what is darker."""
    is_darker = level < GRAYS
    return counts * ~is_darker, counts * is_darker


def otsu_threshold(counts: np.ndarray) -> tuple[int, float]:
    """Find the level that parts pixels best in two (Otsu 1979), and how far apart the means of the two are, in levels.

    Args:
        counts: (256,) float64, pixels of each level.
    """
    below, sum_below = counts.cumsum(), (counts * GRAYS).cumsum()
    above, sum_above = below[-1] - below, sum_below[-1] - sum_below
    apart = sum_above / np.maximum(above, 1) - sum_below / np.maximum(below, 1)
    level = int((below * above * apart**2).argmax())
    return level, float(apart[level])
