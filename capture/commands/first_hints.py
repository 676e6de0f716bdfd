"""Draws the first hints: where to write, until the first stroke; which key lists the others, until the first key."""

from __future__ import annotations

import numpy as np

from capture.language import tr
from capture.view.labels import BLACK, WHITE, YELLOW, Bgr, paste, render_text
from capture.view.panel import line_height

PAPER_LEVEL = 250  # of 255: compression leaves white paper a little less white
PALE: Bgr = (170, 170, 170)  # on white paper: seen, and nothing that one would read
SHEET_LINES = 3  # of the panel's: how high the words on the sheet are
SHEET_SHARE = 0.7  # of the sheet's width, at most: how long they are


def is_blank(sheet: np.ndarray) -> bool:
    """Say whether nothing is written on a sheet, (H, W, 3) uint8."""
    return bool(sheet.size) and int(sheet.min()) >= PAPER_LEVEL


def draw_first_hints(view: np.ndarray, *, is_sheet: bool, has_keys: bool) -> np.ndarray:
    """Draw the hints on a copy of the view, (H, W, 3) uint8 BGR in and out.

    Args:
        view: what is shown.
        is_sheet: whether it is one to write on, still empty.
        has_keys: whether it is shown where keys are all there is.
    """
    picture = view.copy()
    height, width = view.shape[:2]
    line_px = line_height(view.shape)
    if is_sheet:
        words = _fitting_text(tr("write digits here"), SHEET_LINES * line_px, width)
        paste(picture, words, (width - words.shape[1]) // 2, (height - words.shape[0]) // 2)
    if has_keys:
        plate = render_text(tr("h: help"), line_px, YELLOW, BLACK)
        paste(picture, plate, width - plate.shape[1], height - plate.shape[0])
    return picture


def _fitting_text(text: str, height_px: int, width_px: int) -> np.ndarray:
    """Render words on a sheet so wide in pixels, as high as asked, or lower where they would be too long."""
    words = render_text(text, height_px, PALE, WHITE)
    too_long = words.shape[1] / (SHEET_SHARE * width_px)
    return words if too_long <= 1 else render_text(text, max(1, int(height_px / too_long)), PALE, WHITE)
