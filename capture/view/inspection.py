"""What the program sees (key `d`): the ink map, and each crop as the network gets it with what the network says."""

from __future__ import annotations

import cv2
import numpy as np

from capture.detect.find import find_candidates, ink_map
from capture.view.labels import BLACK, Bgr, paste, render_text
from capture.view.overlay import DOUBTFUL, SURE, SURE_CONFIDENCE, BoxStyle
from model.classifier import NO_DIGIT, Classify
from model.glyph import SIDE

STRIP_SHARE = 0.4  # the strip of crops below the ink map, as a share of the picture's height
VERDICT_SHARE = 0.26  # the line of text under a crop, as a share of the crop's side
SMALLEST_CROP_PX = 16  # smaller ones cannot be told apart; what has no room is left out
GAP_PX = 3  # between crops
BOX_LINE_PX = 2
GREY: Bgr = (150, 150, 150)
REFUSED = BoxStyle(line=GREY, text=BLACK, mark="", is_dashed=True)


def draw_inspection(image: np.ndarray, classify: Classify) -> np.ndarray:
    """Draw what happens to a picture on its way to being read.

    Args:
        image: (H, W, 3) uint8, BGR.
        classify: the network: (n, 28, 28) uint8 to (n, 11) probabilities.

    Returns:
        (1.4 H, W, 3) uint8, BGR: the ink map with a box around every piece that was cut out, and below it the pieces as
        the network gets them, each with its verdict; "-" for no digit.
    """
    if not image.size:
        return image.copy()
    crops = find_candidates(image)
    glyphs = np.array([crop.glyph for crop in crops], np.uint8).reshape(-1, SIDE, SIDE)
    probabilities = classify(glyphs)
    height, width = image.shape[:2]
    ink = cv2.resize(ink_map(image), (width, height), interpolation=cv2.INTER_NEAREST)
    picture = cv2.cvtColor(ink, cv2.COLOR_GRAY2BGR)
    for crop, row in zip(crops, probabilities, strict=True):
        cv2.rectangle(picture, crop.box.top_left, crop.box.bottom_right, _verdict(row)[1].line, BOX_LINE_PX)
    strip = np.zeros((round(height * STRIP_SHARE), width, 3), np.uint8)
    paste(strip, _montage(glyphs, probabilities, *strip.shape[:2]), 0, 0)
    return np.vstack([picture, strip])


def _montage(glyphs: np.ndarray, probabilities: np.ndarray, height: int, width: int) -> np.ndarray:
    """The glyphs with their verdicts in rows, as large as they all fit into a strip of that size in pixels."""
    from imutils import build_montages  # noqa: PLC0415 - 0.1 s that only the key `d` costs

    side = _crop_side(len(glyphs), height, width)
    tiles = [_tile(glyph, row, side) for glyph, row in zip(glyphs, probabilities, strict=True)]
    columns, rows = max(1, width // side), max(1, height // _tile_height(side))
    return build_montages(tiles, (side, _tile_height(side)), (columns, rows))[0]


def _tile(glyph: np.ndarray, row: np.ndarray, side: int) -> np.ndarray:
    """One glyph enlarged, and what the network says of it on a line below."""
    text, look = _verdict(row)
    tile = np.zeros((_tile_height(side), side, 3), np.uint8)
    inner = side - GAP_PX
    enlarged = cv2.cvtColor(cv2.resize(glyph, (inner, inner), interpolation=cv2.INTER_NEAREST), cv2.COLOR_GRAY2BGR)
    cv2.rectangle(enlarged, (0, 0), (inner - 1, inner - 1), look.line)
    paste(tile, enlarged, 0, 0)
    plate = render_text(text, _tile_height(side) - side, look.text, look.line)
    paste(tile, plate[:, :inner], 0, inner)
    return tile


def _tile_height(side: int) -> int:
    """The height of a glyph `side` pixels wide with its verdict."""
    return int(side * (1 + VERDICT_SHARE))


def _crop_side(count: int, height: int, width: int) -> int:
    """How large so many crops can be shown on a strip, in pixels."""
    for rows in range(1, height + 1):
        side = int(height / rows / (1 + VERDICT_SHARE))
        if side <= SMALLEST_CROP_PX or rows * (width // side) >= count:
            return max(SMALLEST_CROP_PX, side)
    return SMALLEST_CROP_PX


def _verdict(row: np.ndarray) -> tuple[str, BoxStyle]:
    """What the network says of a crop, and how that looks: sure, doubtful, or refused as no digit."""
    best = int(row.argmax())
    if best == NO_DIGIT:
        return f"- {row[best]:.0%}", REFUSED
    return f"{best} {row[best]:.0%}", SURE if row[best] >= SURE_CONFIDENCE else DOUBTFUL
