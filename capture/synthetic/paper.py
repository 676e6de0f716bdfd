"""Empty sheets: plain, ruled, squared, French seyes and dotted paper, and blackboards."""

from __future__ import annotations

from functools import cache

import cv2
import numpy as np

TILE_PX = 768
RULE_BGR = {"ruled": (215, 180, 150), "squared": (215, 190, 165), "seyes": (225, 175, 185), "dotted": (160, 150, 145)}
MARGIN_BGR = (150, 140, 230)
FEINT_PER_SEYES = 4
"""Thin lines a strong one of French school paper (8 mm squares, thin lines 2 mm apart)."""
FIBRE = 2.0, 1
"""Unevenness of paper: its spread in grey levels, its size in px."""
SMEAR = 5.0, 64
"""Likewise the clouds of a wiped blackboard."""

Bgr = tuple[int, int, int]


def draw_paper(kind: str, size: tuple[int, int], bgr: Bgr, spacing_px: float, rng: np.random.Generator) -> np.ndarray:
    """Draw an empty sheet.

    Args:
        kind: "plain", "ruled", "squared", "seyes", "dotted", "board", or the quite even "screen".
        size: (width, height) in px.
        bgr: colour of the paper.
        spacing_px: distance of the rules (of the strong ones for seyes).
        rng: where the rules start, how strong they are, how the fibres lie.

    Returns:
        (H, W, 3) uint8, BGR.
    """
    if kind == "screen":
        return np.full((size[1], size[0], 3), bgr, np.uint8)
    sheet = _uneven(size, bgr, *(SMEAR if kind == "board" else FIBRE), rng)
    if kind in RULE_BGR:
        rules = _RULES[kind](size, spacing_px, rng)
        _ink(sheet, rules, RULE_BGR[kind], rng.uniform(0.35, 1.0))
    if kind in ("ruled", "seyes") and rng.random() < 0.5:
        _ink(sheet, _margin(size, rng), MARGIN_BGR, rng.uniform(0.5, 1.0))
    return sheet


def _uneven(size: tuple[int, int], bgr: Bgr, spread: float, grain_px: int, rng: np.random.Generator) -> np.ndarray:
    small = -(-size[0] // grain_px), -(-size[1] // grain_px)
    noise = noise_field(small, rng) * np.float32(spread)
    noise = cv2.resize(noise, size, interpolation=cv2.INTER_CUBIC) if grain_px > 1 else noise
    return cv2.merge([cv2.convertScaleAbs(cv2.max(noise + np.float32(channel), 0.0)) for channel in bgr])


def noise_field(size: tuple[int, int], rng: np.random.Generator) -> np.ndarray:
    """Draw (H, W) float32 normal noise with spread 1: another piece of one large tile each time."""
    width, height = size
    tile = _noise_tile()
    if width > TILE_PX or height > TILE_PX:
        repeats = -(-height // TILE_PX), -(-width // TILE_PX)
        tile = np.tile(tile, repeats)
    y, x = rng.integers(0, [tile.shape[0] - height + 1, tile.shape[1] - width + 1])
    return tile[y : y + height, x : x + width]


@cache
def _noise_tile() -> np.ndarray:
    """Draw noise once: fresh noise for each sheet would cost more than the sheet."""
    return np.random.default_rng(2).standard_normal((TILE_PX, TILE_PX), np.float32)


def _ruled(size: tuple[int, int], spacing_px: float, rng: np.random.Generator) -> np.ndarray:
    mask = np.zeros((size[1], size[0]), np.uint8)
    _rows(mask, spacing_px, rng.uniform(0, spacing_px), 255, _rule_px(spacing_px))
    return mask


def _squared(size: tuple[int, int], spacing_px: float, rng: np.random.Generator) -> np.ndarray:
    mask = _ruled(size, spacing_px, rng)
    _rows(mask.T, spacing_px, rng.uniform(0, spacing_px), 255, _rule_px(spacing_px))
    return mask


def _seyes(size: tuple[int, int], spacing_px: float, rng: np.random.Generator) -> np.ndarray:
    mask = np.zeros((size[1], size[0]), np.uint8)
    start = rng.uniform(0, spacing_px)
    _rows(mask, spacing_px / FEINT_PER_SEYES, start % (spacing_px / FEINT_PER_SEYES), 90, 1)
    for lines, first in ((mask, start), (mask.T, rng.uniform(0, spacing_px))):
        _rows(lines, spacing_px, first, 255, _rule_px(spacing_px))
    return mask


def _dotted(size: tuple[int, int], spacing_px: float, rng: np.random.Generator) -> np.ndarray:
    rows = _ruled(size, spacing_px, rng)
    columns = np.zeros_like(rows)
    _rows(columns.T, spacing_px, rng.uniform(0, spacing_px), 255, _rule_px(spacing_px))
    return cv2.min(rows, columns)


def _margin(size: tuple[int, int], rng: np.random.Generator) -> np.ndarray:
    mask = np.zeros((size[1], size[0]), np.uint8)
    x = int(size[0] * rng.uniform(0.06, 0.2))
    mask[:, x : x + max(1, size[0] // 500)] = 255
    return mask


def _rule_px(spacing_px: float) -> int:
    """Choose how wide printed rules are: about a fortieth of their distance."""
    return max(1, round(spacing_px / 40))


def _rows(mask: np.ndarray, spacing_px: float, start: float, value: int, width_px: int) -> None:
    for y in np.arange(start, mask.shape[0], max(spacing_px, 3.0)).astype(int):
        mask[y : y + width_px] = value


_RULES = {"ruled": _ruled, "squared": _squared, "seyes": _seyes, "dotted": _dotted}


def _ink(sheet: np.ndarray, mask: np.ndarray, bgr: Bgr, strength: float) -> None:
    """Print rules in place, darkening only: rules on coloured paper are never lighter than it."""
    where = np.flatnonzero(mask)
    pixels = sheet.reshape(-1, 3)
    under = pixels[where].astype(np.float32)
    alpha = mask.ravel()[where, None] * np.float32(strength / 255)
    pixels[where] = (under + alpha * (np.minimum(under, np.float32(bgr)) - under)).astype(np.uint8)
