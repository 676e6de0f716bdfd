"""Draws the picture in which readings are corrected: what is asked about in yellow, what is named in green.

Below it stand the glyph as the network sees it and what the keys do.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from textwrap import wrap
from typing import Protocol

import cv2
import numpy as np

from capture.boxes import Box
from capture.language import tr, translatable, translate
from capture.types import Digit, Page
from capture.view.labels import BLACK, WHITE, YELLOW, Bgr, paste, render_text
from capture.view.overlay import draw_page, percent
from capture.view.panel import LETTER_SHARE, MIN_NOTE_LETTERS, line_height
from model.classifier import NO_DIGIT

KEYS = (
    translatable("0 to 9: the right digit;  x: no digit;  Enter: right as it is;  Backspace: take back"),
    translatable("Tab: the next doubtful one;  arrows, mouse: any other;  Esc: go on"),
)
STATE_LINES = 2  # above the keys: what is asked, what became of the last key
GLYPH_LINES = 4  # the glyph's side, in lines of text
LINE_WIDTH_PX = 4
KEPT: Bgr = (115, 158, 0)  # Okabe and Ito's bluish green
NO_DIGIT_SIGN = "-"


class Named(Protocol):
    """A piece of ink, as it is drawn."""

    box: Box
    glyph: np.ndarray
    shown: Digit | None
    label: int | None


def draw_correction(
    image: np.ndarray, pieces: Sequence[Named], current: Named | None, message: str, is_mirrored: bool = False
) -> np.ndarray:
    """Draw what is asked on a copy of the picture, and a band below it.

    Args:
        image: (H, W, 3) uint8, BGR.
        pieces: of ink, named or not.
        current: the one that is asked about, if any.
        message: what became of the last key.
        is_mirrored: whether the picture is shown as in a mirror.

    Returns:
        (H + band, W, 3) uint8, BGR; the band's height depends on the picture's size alone.
    """
    width = image.shape[1]
    line_px = line_height(image.shape)
    open_ones = [piece.shown for piece in pieces if piece.shown and piece.label is None and piece is not current]
    if is_mirrored:
        image = cv2.flip(image, 1)
        open_ones = [replace(reading, box=reading.box.mirrored(width)) for reading in open_ones]
    view = draw_page(image, Page(tuple(open_ones)))
    for piece in pieces:
        box = piece.box.mirrored(width) if is_mirrored else piece.box
        if piece is current:
            _mark(view, box, YELLOW, "?" if piece.label is None else _name(piece.label), line_px)
        elif piece.label is not None:
            _mark(view, box, KEPT, _name(piece.label), line_px)
    return np.vstack([view, _band(width, line_px, current, message)])


def question(piece: Named | None) -> str:
    """Word what is asked about a piece."""
    if piece is None:
        return tr("Nothing is read here: click on the digit that is missing")
    if piece.label is not None:
        name = tr("no digit") if piece.label == NO_DIGIT else piece.label
        return tr("You said: {name}. Another key corrects that.", name=name)
    if piece.shown is None:
        return tr("Not read as a digit. What is it?")
    certainty = percent(piece.shown.confidence)
    return tr("Read as {digit}, {certainty} sure. What is it?", digit=piece.shown.digit, certainty=certainty)


def _mark(view: np.ndarray, box: Box, colour: Bgr, text: str, line_px: int) -> None:
    """Draw a strong box with a black rim, readable on any paper, and a plate above, at the picture's top below it."""
    grown = Box(box.x - LINE_WIDTH_PX, box.y - LINE_WIDTH_PX, box.w + 2 * LINE_WIDTH_PX, box.h + 2 * LINE_WIDTH_PX)
    cv2.rectangle(view, grown.top_left, grown.bottom_right, BLACK, 2 * LINE_WIDTH_PX)
    cv2.rectangle(view, grown.top_left, grown.bottom_right, colour, LINE_WIDTH_PX)
    plate = render_text(text, line_px, BLACK, colour)
    above = grown.y - LINE_WIDTH_PX - line_px
    paste(view, plate, max(0, grown.x), above if above >= 0 else grown.bottom_right[1] + LINE_WIDTH_PX)


def _name(label: int) -> str:
    return NO_DIGIT_SIGN if label == NO_DIGIT else str(label)


def _band(width: int, line_px: int, current: Named | None, message: str) -> np.ndarray:
    """Draw the glyph enlarged, and beside it the question, the message and the keys."""
    side = GLYPH_LINES * line_px
    letters = max(MIN_NOTE_LETTERS, round((width - side - line_px) / (line_px * LETTER_SHARE)))
    keys = [row for text in KEYS for row in wrap(translate(text), letters)]
    state = wrap(question(current), letters, max_lines=1) + wrap(message, letters, max_lines=1)
    band = np.zeros((max(side, (STATE_LINES + len(keys)) * line_px), width, 3), np.uint8)
    if current:
        glyph = cv2.resize(current.glyph, (side, side), interpolation=cv2.INTER_NEAREST)
        paste(band, cv2.cvtColor(glyph, cv2.COLOR_GRAY2BGR), 0, 0)
    for row, text in enumerate(state):
        paste(band, render_text(text, line_px, YELLOW, BLACK), side + line_px // 2, row * line_px)
    for row, text in enumerate(keys, STATE_LINES):
        paste(band, render_text(text, line_px, WHITE, BLACK), side + line_px // 2, row * line_px)
    return band
