"""Take printed rules out of a piece of ink: the lines of squared and ruled paper, of forms and tables."""

from __future__ import annotations

import cv2
import numpy as np

MIN_LENGTH_PX = 40
MAX_LENGTH_PX = 160
SLOPE_SLACK_PX = 3  # a rule that is not quite level wanders by this much within its length
BRIDGE_PX = 9  # a stroke cut by a removed rule is mended over this gap


def remove_ruling(ink: np.ndarray) -> np.ndarray | None:
    """Remove long thin level and upright lines and mend the strokes that cross them.

    Args:
        ink: (h, w) uint8, 0 where there is none.

    Returns:
        The rest, of the same shape; None when there was no line.
    """
    solid = cv2.threshold(ink, 0, 255, cv2.THRESH_BINARY)[1]
    length = min(max(max(ink.shape) // 4, MIN_LENGTH_PX), MAX_LENGTH_PX)
    broad = _broad(solid, max(7, length // 10))
    if 2 * cv2.countNonZero(cv2.bitwise_and(broad, solid)) > cv2.countNonZero(solid):
        return None  # mostly broad: no net
    level = cv2.bitwise_and(_level_runs(solid, length), cv2.bitwise_not(broad))
    upright = cv2.bitwise_and(_upright_runs(solid, length), cv2.bitwise_not(broad))
    upright |= _sides(solid, level, length)
    level |= cv2.transpose(_sides(cv2.transpose(solid), cv2.transpose(upright), length))
    lines = cv2.bitwise_or(level, upright)
    if not lines.any():
        return None
    rest = cv2.bitwise_and(solid, cv2.bitwise_not(lines))
    for line, bridge in ((level, (1, BRIDGE_PX)), (upright, (BRIDGE_PX, 1))):
        if not cv2.hasNonZero(line):
            continue
        mended = cv2.morphologyEx(rest, cv2.MORPH_CLOSE, _bar(bridge))
        rest = cv2.bitwise_or(rest, cv2.bitwise_and(mended, line))
    return cv2.bitwise_and(ink, rest)


def is_bare_rule(ink: np.ndarray) -> bool:
    """Say whether (h, w) ink is one thin line, however it slants, on which nothing stands."""
    height = cv2.reduce(cv2.threshold(ink, 0, 1, cv2.THRESH_BINARY)[1], 0, cv2.REDUCE_SUM, dtype=cv2.CV_32S)
    return bool(height.max() <= 1 + SLOPE_SLACK_PX)


def _sides(solid: np.ndarray, level: np.ndarray, length: int) -> np.ndarray:
    """Find the upright sides of a row of boxes, shorter than a rule: they reach from one level rule to the next.

    Args:
        solid: (h, w) uint8, 255 where there is ink.
        level: likewise, the level rules found in it.
        length: of an upright rule, px: what is as long was found without this.
    """
    rows = np.flatnonzero(2 * _ink_in_rows(level) > solid.shape[1])  # mostly rule
    gap = int(np.diff(rows).max(initial=0))
    if not solid.shape[0] < 2 * gap < 2 * length:
        return np.zeros_like(solid)
    return _upright_runs(solid, gap)


def _bar(size: tuple[int, int]) -> np.ndarray:
    width, height = size
    return np.ones((height, width), np.uint8)


def _opened(solid: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """Open morphologically; beyond the border there is no ink (OpenCV's default takes it for ink)."""
    border = {"borderType": cv2.BORDER_CONSTANT, "borderValue": 0}
    return cv2.dilate(cv2.erode(solid, _bar(size), **border), _bar(size), **border)


def _level_runs(solid: np.ndarray, length: int) -> np.ndarray:
    """Find ink that lies on level runs of at least this length; rows with less ink than that are not looked at."""
    thick = cv2.dilate(solid, _bar((1, SLOPE_SLACK_PX)))
    rows = np.flatnonzero(_ink_in_rows(thick) >= length)
    runs = np.zeros_like(solid)
    if rows.size:
        runs[rows] = _opened(thick[rows], (length, 1))
    return cv2.bitwise_and(runs, solid)


def _upright_runs(solid: np.ndarray, length: int) -> np.ndarray:
    return cv2.transpose(_level_runs(cv2.transpose(solid), length))


def _ink_in_rows(solid: np.ndarray) -> np.ndarray:
    """Count the pixels of ink in each row of an (h, w) mask of 0 and 255: (h,)."""
    return cv2.reduce(solid, 1, cv2.REDUCE_SUM, dtype=cv2.CV_32S)[:, 0] // 255


def _broad(solid: np.ndarray, width_px: int) -> np.ndarray:
    """Find strokes broader than any rule, with a rim."""
    core = _opened(solid, (width_px, width_px))
    return cv2.dilate(core, _bar((5, 5)))
