"""Take printed rules out of a piece of ink: the lines of squared and ruled paper, of forms and tables."""

from __future__ import annotations

import cv2
import numpy as np

MIN_LENGTH_PX = 40
MAX_LENGTH_PX = 160
SLOPE_SLACK_PX = 3  # a rule that is not quite level wanders by this much within its length
MAX_BROAD_SHARE = 0.5  # of the ink: a piece that is mostly broad is a desk or a blot, not a net of rules
MIN_SPAN = 0.5  # of the ink's width, in one row: a rule that bounds a row of boxes
ROW_SHARE = 0.5  # of the ink's height lies between the two rules of a row of boxes; squared paper has many rows
BRIDGE_PX = 9  # a stroke cut by a removed rule is mended over this gap


def remove_ruling(ink: np.ndarray) -> np.ndarray | None:
    """Remove long thin level and upright lines and mends the strokes that cross them.

    Args:
        ink: (h, w) uint8, 0 where there is none.

    Returns:
        The rest, of the same shape; None when there was no line.
    """
    solid = (ink > 0).astype(np.uint8) * 255
    length = min(max(max(ink.shape) // 4, MIN_LENGTH_PX), MAX_LENGTH_PX)
    broad = _broad(solid, max(7, length // 10))
    if cv2.countNonZero(cv2.bitwise_and(broad, solid)) > MAX_BROAD_SHARE * cv2.countNonZero(solid):
        return None
    level = cv2.bitwise_and(_runs(solid, (length, 1)), cv2.bitwise_not(broad))
    upright = cv2.bitwise_and(_runs(solid, (1, length)), cv2.bitwise_not(broad))
    upright |= _sides(solid, level, length)
    level |= _sides(solid.T, upright.T, length).T
    lines = cv2.bitwise_or(level, upright)
    if not lines.any():
        return None
    rest = cv2.bitwise_and(solid, cv2.bitwise_not(lines))
    for line, bridge in ((level, (1, BRIDGE_PX)), (upright, (BRIDGE_PX, 1))):
        mended = cv2.morphologyEx(rest, cv2.MORPH_CLOSE, _bar(bridge))
        rest = cv2.bitwise_or(rest, cv2.bitwise_and(mended, line))
    return cv2.bitwise_and(ink, rest)


def _sides(solid: np.ndarray, level: np.ndarray, length: int) -> np.ndarray:
    """Find the upright sides of a row of boxes, shorter than a rule: they reach from one level rule to the next.

    Args:
        solid: (h, w) uint8, 255 where there is ink.
        level: likewise, the level rules found in it.
        length: of an upright rule, px: what is as long was found without this.
    """
    rows = np.flatnonzero((level > 0).sum(axis=1) > MIN_SPAN * solid.shape[1])
    gap = int(np.diff(rows).max(initial=0))
    if not ROW_SHARE * solid.shape[0] < gap < length:
        return np.zeros_like(solid)
    return _runs(np.ascontiguousarray(solid), (1, gap))


def _bar(size: tuple[int, int]) -> np.ndarray:
    width, height = size
    return np.ones((height, width), np.uint8)


def _opened(solid: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """Open morphologically; beyond the border there is no ink (OpenCV's default takes it for ink)."""
    border = {"borderType": cv2.BORDER_CONSTANT, "borderValue": 0}
    return cv2.dilate(cv2.erode(solid, _bar(size), **border), _bar(size), **border)


def _runs(solid: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """Find ink that lies on straight runs of at least this size."""
    across = (1, SLOPE_SLACK_PX) if size[0] > size[1] else (SLOPE_SLACK_PX, 1)
    runs = _opened(cv2.dilate(solid, _bar(across)), size)
    return cv2.bitwise_and(runs, solid)


def _broad(solid: np.ndarray, width_px: int) -> np.ndarray:
    """Find strokes broader than any rule, with a rim."""
    core = _opened(solid, (width_px, width_px))
    return cv2.dilate(core, _bar((5, 5)))
