"""The help that `h` lays over the picture: every key and what it does."""

from __future__ import annotations

import numpy as np

from capture.commands.command import Command
from capture.language import translate
from capture.view.labels import BLACK, WHITE, YELLOW, paste, render_text

LINES = len(Command) + 2  # with room above and below
MAX_LINE_PX = 32
MAX_LINE_ASPECT = 22  # a line of the help is about so many times as wide as it is high


def draw_help(view: np.ndarray) -> np.ndarray:
    """Draw the keys in the middle of a copy of the view, as large as it allows; (H, W, 3) uint8 BGR in and out."""
    picture = view.copy()
    height, width = view.shape[:2]
    line_px = min(MAX_LINE_PX, height // LINES, width // MAX_LINE_ASPECT)
    if line_px < 1:
        return picture
    panel = _help_panel(line_px)
    paste(picture, panel, (width - panel.shape[1]) // 2, (height - panel.shape[0]) // 2)
    return picture


def _help_panel(line_px: int) -> np.ndarray:
    keys = [render_text(translate(command.label), line_px, YELLOW, BLACK) for command in Command]
    meanings = [render_text(translate(command.meaning), line_px, WHITE, BLACK) for command in Command]
    second_column = max(key.shape[1] for key in keys) + line_px
    margin_px = line_px // 2
    width = second_column + max(meaning.shape[1] for meaning in meanings)
    panel = np.zeros((len(keys) * line_px + 2 * margin_px, width + 2 * margin_px, 3), np.uint8)
    for row, (key, meaning) in enumerate(zip(keys, meanings, strict=True)):
        paste(panel, key, margin_px, margin_px + row * line_px)
        paste(panel, meaning, margin_px + second_column, margin_px + row * line_px)
    return panel
