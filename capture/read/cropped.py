"""Give a margin to a picture that was cropped to its writing, as a digit cut out of a scan or a drawing is."""

from __future__ import annotations

import cv2
import numpy as np

from capture.detect.binarize import FINE_WINDOW, MIN_INK, SMOOTH_PX, downscale, small_size, to_gray
from capture.detect.polarity import MAX_STEP, MAX_UNEVEN_BORDER, POLARITY_SIDE_PX, is_blob
from capture.read.sheet import AS_SEEN


def with_margin(image: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Lay a picture that was cropped to its writing on a larger ground of the same shade.

    Else what reaches the border is taken for a desk or a hand, and there is no paper around it to measure ink by.

    Args:
        image: (H, W, 3) uint8, BGR, of at least one pixel.

    Returns:
        The larger picture, and the (3, 3) homography from its pixels to those of `image`; other pictures as they are.
    """
    if not is_cropped(image):
        return image, AS_SEEN
    margin = max(SMOOTH_PX, round(FINE_WINDOW * min(image.shape[:2])))
    ground = np.median(_border(image), axis=0).tolist()
    picture = cv2.copyMakeBorder(image, margin, margin, margin, margin, cv2.BORDER_CONSTANT, value=ground)
    return picture, np.array([[1.0, 0.0, -margin], [0.0, 1.0, -margin], [0.0, 0.0, 1.0]])


def is_cropped(image: np.ndarray) -> bool:
    """Say whether strokes on an even ground are about as high as the picture, and reach its upper and lower border.

    A photograph's border is seldom even but for strokes. What lies all along a side is a desk, not a stroke.

    Args:
        image: (H, W, 3) uint8, BGR, of at least one pixel.
    """
    border = to_gray(_border(image)[None])
    ground = float(np.median(border))
    off = cv2.absdiff(border, ground)
    if not _is_most(off <= MIN_INK) or ((off > MIN_INK) & (off <= MAX_STEP)).mean() > MAX_UNEVEN_BORDER:
        return False
    if not all(_ink(to_gray(rows), ground).any() for rows in (image[:SMOOTH_PX], image[-SMOOTH_PX:])):
        return False
    if any(_is_most(_ink(to_gray(column), ground)) for column in (image[:, :1], image[:, -1:])):
        return False
    gray = to_gray(image)
    return _are_tall_strokes(_ink(downscale(gray, small_size(gray, POLARITY_SIDE_PX)), ground))


def _are_tall_strokes(ink: np.ndarray) -> bool:
    """Say whether pieces of ink, an (h, w) bool mask, are strokes, most of them over half as high as the picture."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(ink.view(np.uint8), connectivity=8)
    heights = stats[1:, cv2.CC_STAT_HEIGHT]
    is_tall = count > 1 and 2 * np.median(heights) > len(ink)
    return bool(is_tall) and not any(is_blob(labels, stats[label], label) for label in range(1, count))


def _border(image: np.ndarray) -> np.ndarray:
    """List the outermost pixels of an image: (n, 3)."""
    return np.concatenate([image[0], image[-1], image[:, 0], image[:, -1]])


def _ink(gray: np.ndarray, ground: float) -> np.ndarray:
    """Find what is clearly darker or lighter than the ground: (h, w) bool."""
    return cv2.absdiff(gray, ground) > MAX_STEP


def _is_most(mask: np.ndarray) -> bool:
    return bool(2 * np.count_nonzero(mask) > mask.size)
