"""Corrects readings: the picture stands still, one digit after the other is named.

What is named is shown from then on; with a sample store it is kept as a labelled sample, too. The least sure reading
comes first; `view.correction` draws, `sinks.samples` writes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from pathlib import Path

import numpy as np

from capture.boxes import Box, iou
from capture.language import tr
from capture.read.lines import group_numbers
from capture.sinks.samples import SampleStore
from capture.track.naming import name_digit
from capture.types import Digit, Page
from capture.view.correction import draw_correction
from model.classifier import MIN_CLASSES, NO_DIGIT
from model.errors import DigitsError

SAME_PLACE = 0.3  # intersection over union: a followed box lags a little behind the ink
CLICK_REACH = 0.03  # of the picture's shorter side: a click so far beside a digit still means it


class Move(Enum):
    """What the keys mean besides the digits."""

    NEXT = "the next one, from doubtful to sure"
    FORWARD = "the next one on the sheet"
    BACK = "the one before on the sheet"
    ACCEPT = "right as it is"
    TAKE_BACK = "this one is not kept after all, or if it was not, the one before"
    END = "back to the camera"


Answer = int | Move


@dataclass
class Piece:
    """A piece of ink that may be named.

    Attributes:
        box: where it is in the frame.
        glyph: (28, 28) uint8, as the network saw it.
        shown: the digit that the window shows for it; None where it shows none: only the mouse gets there.
        label: what the user said: 0 to 9, or 10 for no digit; None so far.
        file: where it is kept, if it is.
        page_box: where it is on the page set upright, where that lies otherwise in the frame.
    """

    box: Box
    glyph: np.ndarray
    shown: Digit | None = None
    label: int | None = None
    file: Path | None = None
    page_box: Box | None = None


def start_correction(image: np.ndarray, page: Page, *, samples: SampleStore | None = None) -> Correction:
    """Ask about the digits of a frame, (H, W, 3) uint8 BGR, beginning with the least sure of those that are shown."""
    return Correction(image, pieces_of(page), samples)


def pieces_of(page: Page) -> list[Piece]:
    """List the ink that was seen: what is shown as digits in reading order, with what is shown, then the rest."""
    seen = list(page.trace.hypotheses) if page.trace else []
    pieces = []
    for digit in page.digits:
        best = max(seen, key=lambda one: iou(one.box, digit.box), default=None)
        if best and iou(best.box, digit.box) >= SAME_PLACE:
            seen.remove(best)
            pieces.append(Piece(best.box, best.candidate.glyph, digit))
    is_upright = page.pose.size is None
    rest = ((one.box, one.candidate.glyph, None if is_upright else one.candidate.box) for one in seen)
    return pieces + [Piece(box, glyph, page_box=page_box) for box, glyph, page_box in rest]


def corrected_page(page: Page, pieces: Iterable[Piece]) -> Page:
    """Put the names that a person gave to pieces of a page's ink in the place of what was read; join numbers anew."""
    pieces = [piece for piece in pieces if piece.label is not None]
    labels = {piece.shown.box: piece.label for piece in pieces if piece.shown}
    digits = [name_digit(one, labels[one.box]) if one.box in labels else one for one in page.digits]
    digits += [name_digit(as_digit(piece), piece.label) for piece in pieces if not piece.shown]
    kept = tuple(one for one in digits if one is not None)
    named = {piece.box for piece in pieces}
    doubtful = tuple(one for one in page.doubtful if one.box not in named)
    return replace(page, digits=kept, numbers=group_numbers(kept, page.marks), doubtful=doubtful)


def as_digit(piece: Piece) -> Digit:
    """Make a digit of ink that was not read as one."""
    return Digit(piece.box, 0, 0.0, np.zeros(MIN_CLASSES, np.float32), page_box=piece.page_box)


class Correction:
    """One frame whose digits are being named.

    Args:
        image: (H, W, 3) uint8, BGR.
        pieces: of ink in it.
        samples: takes what is named; None where nothing is kept.

    Attributes:
        is_done: whether the user has had enough.
        current: the piece that is asked about; None when there is none yet.
        message: what became of the last key.

    Example:
        correction = start_correction(frame.image, page)
        correction.answer(7)  # the least sure digit is a 7
        page = corrected_page(page, correction.pieces)
    """

    def __init__(self, image: np.ndarray, pieces: Sequence[Piece], samples: SampleStore | None) -> None:
        self.image, self.pieces, self.samples = image, pieces, samples
        self.is_done = False
        self.message = "" if samples else tr("shown only, not kept: --keep FOLDER keeps digits to train on")
        self._on_sheet = [piece for piece in pieces if piece.shown]
        self._by_doubt = sorted(self._on_sheet, key=lambda piece: piece.shown.confidence)
        self.current = self._by_doubt[0] if self._by_doubt else None
        self._last: Piece | None = None  # that was named

    def draw(self, is_mirrored: bool = False) -> np.ndarray:
        """Draw the picture, as in a mirror or not, with what is asked, (H + band, W, 3) uint8 BGR."""
        return draw_correction(self.image, self.pieces, self.current, self.message, is_mirrored)

    def answer(self, answer: Answer) -> None:
        """Take the name of the digit that is asked about, or a move; what goes wrong is told in the picture."""
        if answer is Move.END:
            self.is_done = True
        elif self.current:
            try:
                self._answer(self.current, answer)
            except DigitsError as error:
                self.message = str(error)

    def point_at(self, x: float, y: float) -> None:
        """Ask about the piece of ink at a place, in pixels of the frame; also one that is not read."""
        if not self.pieces:
            return
        nearest = min(self.pieces, key=lambda piece: (_distance(piece.box, x, y), piece.box.h))
        if _distance(nearest.box, x, y) <= CLICK_REACH * min(self.image.shape[:2]):
            self.current, self.message = nearest, ""

    def _answer(self, piece: Piece, answer: Answer) -> None:
        if isinstance(answer, int):
            self._name(piece, answer)
        elif answer is Move.ACCEPT:
            self._accept(piece)
        elif answer is Move.TAKE_BACK:
            self._take_back(piece if piece.label is not None else self._last)
        else:
            self._go(answer)

    def _name(self, piece: Piece, label: int) -> None:
        """Keep the piece under its name, in place of an earlier one, and go on to the next."""
        former = piece.file
        name = tr("no digit") if label == NO_DIGIT else label
        self.message = tr("from now on: {name}", name=name)
        if self.samples:
            piece.file = self.samples.add(self.image, piece.box, piece.glyph, label)
            self.message = tr("kept as {name}: {file}", name=name, file=piece.file)
        piece.label, self._last = label, piece
        if former:
            self.samples.remove(former)
        self.current = next((other for other in self._by_doubt if other.label is None), piece)

    def _accept(self, piece: Piece) -> None:
        if piece.shown:
            self._name(piece, piece.shown.digit)
        else:
            self.message = tr("this was not read as a digit: give one, or x")

    def _take_back(self, piece: Piece | None) -> None:
        if not piece or piece.label is None:
            return
        if piece.file:
            self.samples.remove(piece.file)
        piece.file = piece.label = None
        self.current, self.message = piece, tr("taken back")

    def _go(self, move: Move) -> None:
        """Ask about another piece: by doubt, or forward and back on the sheet, round and round."""
        order = self._by_doubt if move is Move.NEXT else self._on_sheet
        step = -1 if move is Move.BACK else 1
        if order:
            place = order.index(self.current) + step if self.current in order else 0
            self.current, self.message = order[place % len(order)], ""


def _distance(box: Box, x: float, y: float) -> float:
    """Measure from a point to a box, in pixels; 0 inside."""
    return float(np.hypot(max(box.x - x, 0, x - box.bottom_right[0]), max(box.y - y, 0, y - box.bottom_right[1])))
