"""Tell what ground writing stands on, and give it a light one with a margin.

Light writing on a dark ground is made dark writing on a light one. A digit cut out of a scan or a drawing is laid on
more of its ground.
"""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple

import cv2
import numpy as np

from capture.boxes import MIN_SAMPLE, SAME_SIZE
from capture.detect.binarize import (
    FINE_WINDOW,
    MIN_INK,
    SMOOTH_PX,
    downscale,
    extract_ink,
    small_size,
    suppress_grain,
    to_gray,
)
from capture.detect.components import MAX_DIGIT_ASPECT, MIN_HEIGHT_PX, find_components, without_rules
from capture.detect.outlines import is_edge
from capture.types import AS_SEEN, Component

POLARITY_SIDE_PX = 160
MAX_DARK = 128  # grey levels: a lighter ground is no dark one, nor a board on which chalk is lighter
LIGHT_ON_DARK_RATIO = 2.2  # ink darker than its paper is far commoner, so chalk must show clearly
MAX_UNEVEN_BORDER = 0.05  # of the picture's border may differ from its ground
SHEET_RADIUS = 0.3  # of its length: a sheet's, or a lamp's; a brush's closed 8 has 0.25
MAX_STEP = 40  # grey levels by which a ground changes: what is lighter by more stands on it, or is where a sheet ends
FRAMES_A_LOOK = 6  # of a video: then what seems unchanged is looked at again, so that time corrects what was misread


class Suspicion(Enum):
    """What light writing there seems to be, at a glance."""

    NONE, DRAWN, CHALK = range(3)


class Side(NamedTuple):
    """A picture or its negative.

    Attributes:
        gray: (H, W) uint8.
        ink: (H, W) uint8, 0 paper, 255 darkest ink.
        pieces: of that ink; None where nobody has looked for them.
    """

    gray: np.ndarray
    ink: np.ndarray
    pieces: list[Component] | None = None


def side_of(gray: np.ndarray) -> Side:
    """Measure the ink of an (H, W) uint8 picture, dark on light."""
    return Side(gray, suppress_grain(extract_ink(gray)))


class Polarity:
    """Gives pictures as dark writing on light: as they are, or their negatives.

    Args:
        is_video: whether pictures are frames of one scene: then a closer look holds for some of them, as long as they
            look the same at a glance.
    """

    def __init__(self, is_video: bool = False) -> None:
        self._frames_a_look = FRAMES_A_LOOK if is_video else 1
        self._frames = self._frames_a_look
        self._suspicion, self._is_light = Suspicion.NONE, False

    def __call__(self, gray: np.ndarray) -> Side:
        """Give an (H, W) uint8 picture, or its negative, with the ink on it."""
        suspicion = suspect_light_writing(gray)
        if suspicion is not self._suspicion or self._frames >= self._frames_a_look:
            self._suspicion, self._frames = suspicion, 0
            side = _look(gray, suspicion)
            self._is_light = side.gray is not gray
        else:
            side = side_of(cv2.bitwise_not(gray) if self._is_light else gray)
        self._frames += 1
        return side


def suspect_light_writing(gray: np.ndarray) -> Suspicion:
    """Say at a glance what light writing a picture seems to show."""
    if is_drawn_light_on_dark(gray):
        return Suspicion.DRAWN
    return Suspicion.CHALK if is_light_on_dark(gray) else Suspicion.NONE


def _look(gray: np.ndarray, suspicion: Suspicion) -> Side:
    """Choose the negative where light writing that is suspected looks no less like digits than the dark one does.

    Before a dark background full of light things a white sheet's writing is still dark. Where light strokes stand on
    an even ground, dark pieces may be the bare insides of their loops: fewer and lower than a sheet's writing.
    """
    dark = side_of(gray)
    if suspicion is Suspicion.NONE:
        return dark
    dark, light = (side._replace(pieces=find_components(side.ink)) for side in (dark, side_of(cv2.bitwise_not(gray))))
    dark_heights, light_heights = _consistent_heights(dark), _consistent_heights(light)
    if suspicion is Suspicion.DRAWN:
        return light if len(dark_heights) < MIN_SAMPLE or dark_heights.sum() <= light_heights.sum() else dark
    return light if len(dark_heights) <= len(light_heights) else dark


def _consistent_heights(side: Side) -> np.ndarray:
    """Find the heights, (n,) px, of the most pieces of ink that are about equally high, as a page's digits are."""
    slim = (piece for piece in without_rules(side.pieces) if piece.box.w < MAX_DIGIT_ASPECT * piece.box.h)
    heights = np.array([piece.box.h for piece in slim if not is_edge(side.gray, piece)], float)
    ratios = heights[:, None] / heights
    is_alike = np.maximum(ratios, 1 / ratios) ** 2 < SAME_SIZE  # then no two of them differ by more
    return heights[is_alike[is_alike.sum(axis=1).argmax()]] if len(heights) else heights


def is_drawn_light_on_dark(gray: np.ndarray) -> bool:
    """Say whether light strokes, however broad, stand on an even dark ground, as in a drawing or a digit's own file.

    An even border is the ground. What is lighter must be strokes: a sheet on a dark desk is a blob.

    Args:
        gray: (H, W) uint8.
    """
    border = _border(gray)
    ground = float(np.median(border))
    if ground > MAX_DARK or (np.abs(border - ground) > MIN_INK).mean() > MAX_UNEVEN_BORDER:
        return False
    small = downscale(gray, small_size(gray, POLARITY_SIDE_PX))
    light = cv2.threshold(small, ground + MAX_STEP, 1, cv2.THRESH_BINARY)[1]
    return len(_strokes(light)) > 0


def _strokes(mask: np.ndarray) -> np.ndarray:
    """List OpenCV's statistics, (n, 5), of the pieces of an (h, w) uint8 mask; none where one of them is no stroke."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    return stats[:0] if any(_is_blob(labels, stats[label], label) for label in range(1, count)) else stats[1:]


def _is_blob(labels: np.ndarray, stats: np.ndarray, label: int) -> bool:
    """Say whether a component is broad for its length: no pen's stroke is nearly as broad as its digit is high."""
    x, y, w, h = stats[:4]
    own = (labels[y : y + h, x : x + w] == label).view(np.uint8)
    radius = cv2.distanceTransform(np.pad(own, 1), cv2.DIST_L2, 3).max()
    return max(w, h) >= MIN_HEIGHT_PX and radius > SHEET_RADIUS * max(w, h)


def is_light_on_dark(gray: np.ndarray) -> bool:
    """Say whether the writing is chalk: lighter than what is around it.

    Writing is thin, so most of what departs from the local median is ink, on the side where the ink is. Where the
    median itself steps, a sheet ends and says nothing.
    """
    small = downscale(gray, small_size(gray, POLARITY_SIDE_PX))
    if cv2.mean(small)[0] > MAX_DARK:
        return False
    window = min(max(3, min(small.shape) // 6) | 1, 255)
    around = _local_median(small, window)
    lighter = _strong(cv2.subtract(small, around))
    if not lighter.any():
        return False
    is_flat = _range(around, window) < MAX_STEP
    darker = _strong(cv2.subtract(around, small))
    return bool(lighter[is_flat].sum() > LIGHT_ON_DARK_RATIO * darker[is_flat].sum())


def _local_median(levels: np.ndarray, window: int) -> np.ndarray:
    """Take the median around each pixel, of every second pixel across and down: an eighth of the work."""
    sparse = cv2.medianBlur(levels[::2, ::2].copy(), max(3, window // 2) | 1)
    return cv2.resize(sparse, levels.shape[::-1])


def _range(levels: np.ndarray, window: int) -> np.ndarray:
    """Subtract the lowest from the highest value in a square window around each pixel."""
    square = np.ones((window, window), np.uint8)
    return cv2.subtract(cv2.dilate(levels, square), cv2.erode(levels, square))


def _strong(levels: np.ndarray) -> np.ndarray:
    return cv2.threshold(levels, MIN_INK, 0, cv2.THRESH_TOZERO)[1]


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
    """Say whether strokes on an even ground are over half as high as the picture, and reach its upper and lower border.

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
    ink = _ink(downscale(gray, small_size(gray, POLARITY_SIDE_PX)), ground)
    heights = _strokes(ink.view(np.uint8))[:, cv2.CC_STAT_HEIGHT]
    return bool(len(heights) and 2 * np.median(heights) > len(ink))


def _border(image: np.ndarray) -> np.ndarray:
    """List the outermost pixels of an image or a grey picture: (n, 3) or (n,)."""
    return np.concatenate([image[0], image[-1], image[:, 0], image[:, -1]])


def _ink(gray: np.ndarray, ground: float) -> np.ndarray:
    """Find what is clearly darker or lighter than the ground: (h, w) bool."""
    return cv2.absdiff(gray, ground) > MAX_STEP


def _is_most(mask: np.ndarray) -> bool:
    return bool(2 * np.count_nonzero(mask) > mask.size)
