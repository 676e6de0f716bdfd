"""Draw what the reader saw (key `d`): its ink map, and each glyph with what the network said of it."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from capture.language import tr
from capture.types import Trace
from capture.view.labels import BLACK, YELLOW, Bgr, paste, render_text
from capture.view.overlay import DOUBTFUL, SURE, SURE_CONFIDENCE, BoxStyle, percent
from capture.view.panel import line_height
from model.classifier import NO_DIGIT

STRIP_SHARE = 0.3  # the strip of crops below the ink map, as a share of the picture's height
VERDICT_SHARE = 0.26  # the line of text under a crop, as a share of the crop's side
MIN_CROP_PX = 16  # smaller ones cannot be told apart; what has no room is left out
GAP_PX = 3  # between crops
BOX_LINE_PX = 2
GREY: Bgr = (150, 150, 150)
REFUSED = BoxStyle(line=GREY, text=BLACK, mark="", is_dashed=True)


def draw_inspection(image: np.ndarray, trace: Trace | None) -> np.ndarray:
    """Draw what happened to a picture on its way to being read.

    Args:
        image: (H, W, 3) uint8, BGR.
        trace: what the reader saw in it; None where it was not read.

    Returns:
        (H, W, 3) uint8, BGR: the ink map of the page set upright, in the middle, with a box around every candidate that
        was chosen; below it their glyphs as the network got them, each with its verdict, "-" for no digit; last a
        legend.
    """
    if not image.size:
        return image.copy()
    height = image.shape[0]
    line_px = min(line_height(image.shape), height)
    strip_px = round(height * STRIP_SHARE)
    view = np.zeros_like(image)
    ink, strip, legend = np.split(view, [max(1, height - strip_px - line_px), height - line_px])
    if trace is not None and trace.ink.size:
        _draw_ink(ink, trace)
        glyphs = [one.candidate.glyph for one in trace.hypotheses]
        probabilities = [one.probabilities for one in trace.hypotheses]
        paste(strip, _montage(glyphs, probabilities, *strip.shape[:2]), 0, 0)
    paste(legend, _legend(line_px), 0, 0)
    return view


def _legend(line_px: int) -> np.ndarray:
    """Write one line on what the colours mean, and on the way back."""
    meanings = (SURE, tr("digit")), (DOUBTFUL, tr("doubtful")), (REFUSED, tr("- no digit"))
    plates = [render_text(text, line_px, look.text, look.line) for look, text in meanings]
    gap = np.zeros((line_px, line_px // 2, 3), np.uint8)
    back = render_text(tr("d: back"), line_px, YELLOW, BLACK)
    return np.hstack([part for plate in plates for part in (plate, gap)] + [back])


def _draw_ink(picture: np.ndarray, trace: Trace) -> None:
    """Lay the ink map on the middle of the picture, as large as it fits, and a box around each candidate."""
    (height, width), (ink_height, ink_width) = picture.shape[:2], trace.ink.shape
    zoom = min(height / ink_height, width / ink_width)
    size = max(1, int(ink_width * zoom)), max(1, int(ink_height * zoom))
    left, top = (width - size[0]) // 2, (height - size[1]) // 2
    ink = cv2.resize(trace.ink, size, interpolation=cv2.INTER_NEAREST)
    paste(picture, cv2.cvtColor(ink, cv2.COLOR_GRAY2BGR), left, top)
    for one in trace.hypotheses:
        x, y, w, h = (side * trace.scale * zoom for side in one.candidate.box)
        corners = (round(left + x), round(top + y)), (round(left + x + w), round(top + y + h))
        cv2.rectangle(picture, *corners, _verdict(one.probabilities)[1].line, BOX_LINE_PX)


def _montage(glyphs: Sequence[np.ndarray], probabilities: Sequence[np.ndarray], height: int, width: int) -> np.ndarray:
    """Draw the glyphs with their verdicts in rows, as large as they all fit into a strip of that size in pixels."""
    from imutils import build_montages  # noqa: PLC0415 - 0.1 s that only the key `d` costs

    side = _crop_side(len(glyphs), height, width)
    tiles = [_tile(glyph, row, side) for glyph, row in zip(glyphs, probabilities, strict=True)]
    columns, rows = max(1, width // side), max(1, height // _tile_height(side))
    return build_montages(tiles, (side, _tile_height(side)), (columns, rows))[0]


def _tile(glyph: np.ndarray, row: np.ndarray, side: int) -> np.ndarray:
    """Draw one glyph enlarged, and what the network says of it on a line below."""
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
    """Compute the height of a glyph `side` pixels wide with its verdict."""
    return int(side * (1 + VERDICT_SHARE))


def _crop_side(count: int, height: int, width: int) -> int:
    """Compute how large so many crops can be shown on a strip, in pixels."""
    for rows in range(1, height + 1):
        side = int(height / rows / (1 + VERDICT_SHARE))
        if side <= MIN_CROP_PX or rows * (width // side) >= count:
            return max(MIN_CROP_PX, side)
    return MIN_CROP_PX


def _verdict(row: np.ndarray) -> tuple[str, BoxStyle]:
    """Word what the network says of a crop, and choose how that looks: sure, doubtful, or refused as no digit."""
    best = int(row[:NO_DIGIT].argmax())
    nothing = float(row[NO_DIGIT:].sum())
    if nothing > row[best]:
        return f"-  {percent(nothing)}", REFUSED
    return f"{best}  {percent(float(row[best]))}", SURE if row[best] >= SURE_CONFIDENCE else DOUBTFUL
