"""Evens out the light: from a grey picture to ink, the share of light that each point takes from the paper around it.

Shading correction by division through a morphological closing (Gonzalez & Woods, Digital Image Processing, 9.6), done
twice: a fine one, whose small window follows shadows and vignettes closely, and a coarse one for broad marker strokes.
Pictures made on the way are written over once they have served, so that fewer pass through the processor's cache.
"""

from __future__ import annotations

import math

import cv2
import numpy as np

from capture.detect.reduce import reduced

BACKGROUND_SIDE_PX = 320  # paper has no finer detail than this shows
FINE_WINDOW = 0.1  # of the picture's shorter side: wider than a pen stroke, narrower than most shadows' edges
COARSE_WINDOW = 0.35  # wider than the stroke of a digit that fills the picture
COARSE_MIN_INK = 80  # of 255: only what is clearly dark is taken from the coarse map, shadows are lighter
PAPER_BLUR_PX = 1.5  # in the reduced picture: takes the closing's steps away, and no more, or the sheet's edge glows
BLACKEST = 8  # grey levels: paper darker than this is no paper; black bars beside a video have no ink
LEAST_BLOB_PX = 12  # in the reduced picture
BLOB_RADIUS = 0.22  # of its length; a marker's 1 has 0.15
RING_PX = 3  # in the reduced picture: how far around a broad stroke one looks for paper
PAPER_PERCENT = 90  # of that ring is no brighter than paper
MOST_OPEN = 0.2  # of the ring: neighbours and soft edges darken less, a third of a shadow's corner is open to it
MISSED_SHARE = 0.04  # of a component's pixels: so much must the fine window miss before the coarse one is asked
DESK_SHARE = 0.4  # of the picture's width or height
BLOCK_PX = 16
CELL_PX = 4  # pixels are averaged over cells before they are ranked
MEDIAN, UPPER_QUARTILE = ((BLOCK_PX // CELL_PX) ** 2 * share // 4 for share in (2, 3))  # ranks among a block's cells
LEAST_INK = 12  # of 255: fainter than any pen, stronger than JPEG's blocks on plain paper
INK_OVER_GRAIN, ABOVE_GRAIN = 1.6, 8.0  # the least ink is this factor and this much above a block's quartile
INK_OVER_MEDIAN, ABOVE_MEDIAN = 4.0, 24.0  # or, if that is less, above its median: a block may be half full of writing
MOST_GRAIN = 90  # of 255: in a block full of writing even the quartile is the writing's
CHALK_SIDE_PX = 160
PAPER_LIGHT = 170  # grey levels, mean: no board is so light that chalk on it is lighter
CHALK_LEAD = 2.2  # ink darker than its paper is far commoner, so chalk must show clearly
CHALK_LEAST = 0.05  # grey levels a pixel: an even picture has no chalk on it
MAX_GROUND = 100  # grey levels: a lighter ground is no dark one
MAX_UNEVEN_BORDER = 0.05  # of the picture's border may differ from its ground
SHEET_RADIUS = 0.3  # of its length; a brush's closed 8 has 0.25
MIN_LIGHT_LEAD = 64  # grey levels above the ground
STRONG, MOST_STEP = 12, 40  # grey levels


def ink_of(gray: np.ndarray) -> np.ndarray:
    """Measures the ink at every pixel.

    Args:
        gray: (H, W) uint8, dark ink on light paper.

    Returns:
        (H, W) uint8: 0 as light as the paper around, 255 black on white.
    """
    least = np.full_like(gray, BLACKEST)
    gray = cv2.max(gray, least, least)
    small = reduced(gray, _small_size(gray))
    fine_paper = _paper(small, FINE_WINDOW)
    ink = _share_taken(gray, fine_paper)
    broad = _broad_strokes(small, fine_paper)
    if broad is not None:
        _ink_broad_strokes(ink, gray, _paper(small, COARSE_WINDOW), broad)
    return ink


def _ink_broad_strokes(ink: np.ndarray, gray: np.ndarray, paper: np.ndarray, broad: np.ndarray) -> None:
    """Adds to `ink`, in place, what the coarse `paper` says where `broad` is 1; only these two are reduced."""
    x, y, w, h = cv2.boundingRect(broad)
    across, down = gray.shape[1] / broad.shape[1], gray.shape[0] / broad.shape[0]
    region = slice(int(y * down), math.ceil((y + h) * down)), slice(int(x * across), math.ceil((x + w) * across))
    reduced_region = slice(y, y + h), slice(x, x + w)
    coarse = _share_taken(gray[region], paper[reduced_region])
    coarse *= cv2.resize(broad[reduced_region], coarse.shape[::-1], interpolation=cv2.INTER_NEAREST)
    ink[region] = np.maximum(ink[region], coarse)


def _paper(small: np.ndarray, window: float) -> np.ndarray:
    """What the bare paper would look like: a closing fills in all that is narrower than the window."""
    side = max(3, int(min(small.shape) * window)) | 1
    paper = cv2.morphologyEx(small, cv2.MORPH_CLOSE, np.ones((side, side), np.uint8), borderType=cv2.BORDER_REPLICATE)
    return cv2.GaussianBlur(paper, (0, 0), PAPER_BLUR_PX)


def _share_taken(gray: np.ndarray, paper: np.ndarray) -> np.ndarray:
    """255 * (1 - gray / paper)."""
    share = cv2.resize(paper, gray.shape[::-1])
    cv2.divide(gray, share, share, scale=255)
    return cv2.bitwise_not(share, share)


def _broad_strokes(small: np.ndarray, fine_paper: np.ndarray) -> np.ndarray | None:
    """Where strokes are too broad for the fine window: (h, w) uint8 of 0 and 1, reduced; None if nowhere.

    Broad and dark but no stroke is what runs off the picture (desk, hand) and what is a blob (hard shadow).
    """
    fine = _share_taken(small, fine_paper)
    if not _is_missed(fine, _share_taken(small, np.full_like(small, small.max()))).any():
        return None  # not even if all paper were as bright as the brightest
    coarse = _share_taken(small, _paper(small, COARSE_WINDOW))
    is_missed = _is_missed(fine, coarse)
    if not is_missed.any():
        return None
    is_dark = coarse > COARSE_MIN_INK
    _, labels, stats, _ = cv2.connectedComponentsWithStats(is_dark.view(np.uint8), connectivity=8)
    missed = np.bincount(labels[is_missed], minlength=len(stats))
    is_stroke = missed > MISSED_SHARE * stats[:, cv2.CC_STAT_AREA]
    is_stroke[0] = False  # label 0 is what is not dark
    is_stroke &= ~_runs_off(stats, small.shape)
    for label in np.flatnonzero(is_stroke):
        is_stroke[label] = not (_is_blob(labels, stats[label], label) or _lies_open(small, labels, stats[label], label))
    return is_stroke[labels].view(np.uint8) if is_stroke.any() else None


def _is_missed(fine: np.ndarray, coarse: np.ndarray) -> np.ndarray:
    """(h, w) bool: where the ink by the fine map is less than half of that by the coarse one, which is dark there."""
    return (coarse > COARSE_MIN_INK) & (fine < coarse // 2)


def _runs_off(stats: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    height, width = shape
    x, y, w, h = stats[:, :4].T
    borders = (x == 0).astype(int) + (y == 0) + (x + w == width) + (y + h == height)
    return (borders >= 2) | ((borders == 1) & ((w > DESK_SHARE * width) | (h > DESK_SHARE * height)))


def _is_blob(labels: np.ndarray, stats: np.ndarray, label: int, least_radius: float = BLOB_RADIUS) -> bool:
    """Says whether a component is broad for its length: no pen's stroke is nearly as broad as its digit is high."""
    x, y, w, h = stats[:4]
    own = (labels[y : y + h, x : x + w] == label).view(np.uint8)
    radius = cv2.distanceTransform(np.pad(own, 1), cv2.DIST_L2, 3).max()
    return max(w, h) > LEAST_BLOB_PX and radius > least_radius * max(w, h)


def _lies_open(small: np.ndarray, labels: np.ndarray, stats: np.ndarray, label: int) -> bool:
    """Says whether what is around a component is in part as dark: a shadow's corner goes over into the shadow.

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
    middle = (cv2.mean(gray, own)[0] + np.percentile(around, PAPER_PERCENT)) / 2
    return np.count_nonzero(around < middle) > MOST_OPEN * around.size


def _small_size(gray: np.ndarray, side_px: int = BACKGROUND_SIDE_PX) -> tuple[int, int]:
    """(width, height) of the picture reduced to about `side_px`."""
    shrink = max(1, round(max(gray.shape) / side_px))
    return max(1, gray.shape[1] // shrink), max(1, gray.shape[0] // shrink)


def keep_ink(ink: np.ndarray) -> np.ndarray:
    """Sets to 0 what is no stronger than the paper's own grain, which may differ from place to place."""
    level = cv2.resize(_grain(ink), ink.shape[::-1], interpolation=cv2.INTER_LINEAR)
    is_stronger = cv2.compare(ink, level, cv2.CMP_GE, level)
    return cv2.bitwise_and(ink, is_stronger, is_stronger)


def _grain(ink: np.ndarray) -> np.ndarray:
    """The least ink that stands out in each block, by quartile or median: grain is everywhere, writing is not."""
    cell = BLOCK_PX // CELL_PX
    rows, columns = max(1, ink.shape[0] // BLOCK_PX), max(1, ink.shape[1] // BLOCK_PX)
    whole = ink[: rows * BLOCK_PX, : columns * BLOCK_PX]
    sixteenths = np.multiply(whole, CELL_PX**2, dtype=np.uint16)  # rounded up, averages would pass for grain
    cells = reduced(sixteenths, (columns * cell, rows * cell)).astype(np.int32)
    blocks = cells.reshape(rows, cell, columns, cell).transpose(0, 2, 1, 3).reshape(rows, columns, cell * cell)
    ranked = np.sort(blocks, axis=2)
    median, quartile = ranked[..., MEDIAN] / CELL_PX**2, ranked[..., UPPER_QUARTILE] / CELL_PX**2
    level = np.minimum(INK_OVER_GRAIN * quartile + ABOVE_GRAIN, INK_OVER_MEDIAN * median + ABOVE_MEDIAN)
    level = np.clip(level, LEAST_INK, MOST_GRAIN).astype(np.uint8)
    if min(level.shape) < 5:
        return np.full_like(level, int(np.median(level)))
    return cv2.medianBlur(level, 5)


def is_drawn_light_on_dark(gray: np.ndarray) -> bool:
    """Say whether light strokes, however broad, stand on an even dark ground, as in a drawing or a digit's own file.

    An even border is the ground. What is lighter must be strokes: a sheet on a dark desk is a blob.

    Args:
        gray: (H, W) uint8.
    """
    border = np.concatenate([gray[0], gray[-1], gray[:, 0], gray[:, -1]])
    ground = float(np.median(border))
    if ground > MAX_GROUND or (np.abs(border - ground) > STRONG).mean() > MAX_UNEVEN_BORDER:
        return False
    small = reduced(gray, _small_size(gray, CHALK_SIDE_PX))
    light = cv2.threshold(small, ground + MIN_LIGHT_LEAD, 1, cv2.THRESH_BINARY)[1]
    count, labels, stats, _ = cv2.connectedComponentsWithStats(light, connectivity=8)
    return count > 1 and not any(_is_blob(labels, stats[label], label, SHEET_RADIUS) for label in range(1, count))


def is_light_on_dark(gray: np.ndarray) -> bool:
    """Says whether the writing is chalk: lighter than what is around it.

    Writing is thin, so most of what departs from the local median is ink, on the side where the ink is. Where the
    median itself steps, a sheet ends and says nothing.
    """
    small = reduced(gray, _small_size(gray, CHALK_SIDE_PX))
    if cv2.mean(small)[0] > PAPER_LIGHT:
        return False
    window = min(max(3, min(small.shape) // 6) | 1, 255)
    around = _local_median(small, window)
    lighter, least = _strong(cv2.subtract(small, around)), CHALK_LEAST * small.size
    if lighter.sum() <= least:
        return False
    is_flat = _range(around, window) < MOST_STEP
    darker = _strong(cv2.subtract(around, small))
    return bool(lighter[is_flat].sum() > CHALK_LEAD * darker[is_flat].sum() + least)


def _local_median(levels: np.ndarray, window: int) -> np.ndarray:
    """Median of a square window around each pixel, of every second pixel across and down: an eighth of the work."""
    sparse = cv2.medianBlur(levels[::2, ::2].copy(), max(3, window // 2) | 1)
    return cv2.resize(sparse, levels.shape[::-1])


def _range(levels: np.ndarray, window: int) -> np.ndarray:
    """Highest less lowest value in a square window around each pixel."""
    square = np.ones((window, window), np.uint8)
    return cv2.subtract(cv2.dilate(levels, square), cv2.erode(levels, square))


def _strong(levels: np.ndarray) -> np.ndarray:
    return cv2.threshold(levels, STRONG, 0, cv2.THRESH_TOZERO)[1]
