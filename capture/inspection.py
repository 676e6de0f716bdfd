"""What the program sees (key `d`): the ink map, and each crop as the network gets it with what the network says."""

from __future__ import annotations

import cv2
import numpy as np

from capture.overlay import DOUBTFUL, SURE, SURE_CONFIDENCE, Look
from capture.plates import BLACK, Bgr, paste, text_plate
from capture.segment import find_digits, ink_map
from model.classifier import NO_DIGIT, Classify
from model.glyph import SIDE

STRIP_SHARE = 0.4  # the strip of crops below the ink map, as a share of the picture's height
VERDICT_SHARE = 0.26  # the line of text under a crop, as a share of the crop's side
SMALLEST_CROP_PX = 16  # smaller ones cannot be told apart; what has no room is left out
GAP_PX = 3  # between crops
BOX_LINE_PX = 2
GREY: Bgr = (150, 150, 150)
REFUSED = Look(line=GREY, text=BLACK, mark="", is_dashed=True)


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
    crops = find_digits(image)
    glyphs = np.array([crop.glyph for crop in crops], np.uint8).reshape(-1, SIDE, SIDE)
    probabilities = classify(glyphs)
    height, width = image.shape[:2]
    ink = cv2.resize(ink_map(image), (width, height), interpolation=cv2.INTER_NEAREST)
    picture = cv2.cvtColor(ink, cv2.COLOR_GRAY2BGR)
    for crop, row in zip(crops, probabilities, strict=True):
        cv2.rectangle(picture, crop.box.top_left, crop.box.bottom_right, _verdict(row)[1].line, BOX_LINE_PX)
    strip = np.zeros((round(height * STRIP_SHARE), width, 3), np.uint8)
    _lay_out(strip, glyphs, probabilities)
    return np.vstack([picture, strip])


def _lay_out(strip: np.ndarray, glyphs: np.ndarray, probabilities: np.ndarray) -> None:
    """Lay the glyphs in rows on the strip, in place, as large as they all fit."""
    side = _crop_side(len(glyphs), *strip.shape[:2])
    columns, row_px = max(1, strip.shape[1] // side), round(side * (1 + VERDICT_SHARE))
    for place, (glyph, row) in enumerate(zip(glyphs, probabilities, strict=True)):
        y, x = place // columns * row_px, place % columns * side
        text, look = _verdict(row)
        enlarged = cv2.resize(glyph, (side - GAP_PX, side - GAP_PX), interpolation=cv2.INTER_NEAREST)
        tile = cv2.cvtColor(enlarged, cv2.COLOR_GRAY2BGR)
        cv2.rectangle(tile, (0, 0), (side - GAP_PX - 1, side - GAP_PX - 1), look.line)
        paste(strip, tile, x, y)
        plate = text_plate(text, row_px - side, look.text, look.line)
        paste(strip, plate[:, : side - GAP_PX], x, y + side - GAP_PX)


def _crop_side(count: int, height: int, width: int) -> int:
    """How large so many crops can be shown on a strip, in pixels."""
    for rows in range(1, height + 1):
        side = int(height / rows / (1 + VERDICT_SHARE))
        if side <= SMALLEST_CROP_PX or rows * (width // side) >= count:
            return max(SMALLEST_CROP_PX, side)
    return SMALLEST_CROP_PX


def _verdict(row: np.ndarray) -> tuple[str, Look]:
    """What the network says of a crop, and how that looks: sure, doubtful, or refused as no digit."""
    best = int(row.argmax())
    if best == NO_DIGIT:
        return f"- {row[best]:.0%}", REFUSED
    return f"{best} {row[best]:.0%}", SURE if row[best] >= SURE_CONFIDENCE else DOUBTFUL
