"""The panel in a corner of the view: recording and pause signs, frames per second, the numbers read, notes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import wrap

import cv2
import numpy as np

from capture.boxes import Box
from capture.language import tr
from capture.types import Number
from capture.view.labels import BLACK, VERMILLION, WHITE, YELLOW, LabelMemory, OccupancyMap, paste, render_text

LINE_PER_PICTURE = 1 / 30  # a line's height as a share of the picture's shorter side: 24 px at 720 lines
MIN_LINE_PX = 14
PANEL_WIDTH = 0.4  # of the picture: numbers and notes beyond it go to the next line
LETTER_SHARE = 0.45  # a letter's usual width as a share of the line's height
MIN_NOTE_LETTERS = 20  # letters
MAX_NUMBER_LINES = 3  # more would hide the picture; the readings file has them all
SPOTS_PER_EDGE = 8  # the panel moves along the edge in steps of an eighth when the corners are taken
CUT_SIGN = "..."
PANEL = "panel"  # by which its place is remembered


@dataclass(frozen=True, slots=True)
class Status:
    """What the panel says besides the numbers read.

    Attributes:
        fps: frames handled a second; None hides it.
        notes: short texts: trouble with the camera, hints, what a key just did.
        recorded_s: how long the recording is, in seconds; None when nothing is recorded.
        is_paused: whether the picture stands still on purpose.
    """

    fps: float | None = None
    notes: tuple[str, ...] = ()
    recorded_s: float | None = None
    is_paused: bool = False


def draw_panel(
    view: np.ndarray, occupied: OccupancyMap, numbers: Sequence[Number], status: Status, memory: LabelMemory
) -> None:
    """Draw the panel on the view in the first corner, or place along the edge, where it covers nothing.

    Where there is none the numbers give way: they stand on the labels too. Signs and notes are always shown, where they
    cover least.
    """
    line_px = line_height(view.shape)
    width_px = round(view.shape[1] * PANEL_WIDTH)
    signs, notes = _state_row(status, line_px), _note_rows(status.notes, line_px, width_px)
    rows = _number_rows(numbers, line_px, width_px)
    for panel in filter(len, (_stack(signs + rows + notes), _stack(signs + notes))):
        place = memory.choose(PANEL, _spots(panel, occupied), occupied)
        if place:
            break
    else:
        if not signs + notes:
            return
        panel = _stack(signs + notes)
        place = min(_spots(panel, occupied), key=occupied.overlap)
    paste(view, panel, place.x, place.y)


def line_height(shape: tuple[int, ...]) -> int:
    """Choose the height of a line of text, in pixels, for a picture of that shape."""
    return max(MIN_LINE_PX, round(min(shape[:2]) * LINE_PER_PICTURE))


def _state_row(status: Status, line_px: int) -> list[np.ndarray]:
    """Make one row with the recording sign, the pause sign and the frames per second, or no row."""
    parts = []
    if status.recorded_s is not None:
        minutes, seconds = divmod(int(status.recorded_s), 60)
        parts += [_recording_dot(line_px), render_text(f"REC {minutes}:{seconds:02}", line_px, WHITE, BLACK)]
    if status.is_paused:
        parts += [_pause_bars(line_px), render_text(tr("paused"), line_px, WHITE, BLACK)]
    if status.fps is not None:
        parts.append(render_text(tr("{fps:.0f} fps", fps=status.fps), line_px, WHITE, BLACK))
    return [np.hstack(parts)] if parts else []


def _recording_dot(line_px: int) -> np.ndarray:
    plate = np.zeros((line_px, line_px, 3), np.uint8)
    cv2.circle(plate, (line_px // 2, line_px // 2), line_px // 3, VERMILLION, cv2.FILLED, cv2.LINE_AA)
    return plate


def _pause_bars(line_px: int) -> np.ndarray:
    plate = np.zeros((line_px, line_px, 3), np.uint8)
    bar = max(1, line_px // 6)
    for x in (2 * bar, 4 * bar):
        plate[line_px // 5 : -(line_px // 5), x : x + bar] = WHITE
    return plate


def _number_rows(numbers: Sequence[Number], line_px: int, width_px: int) -> list[np.ndarray]:
    """Write the numbers read, in reading order, broken into at most `MAX_NUMBER_LINES` rows."""
    rows: list[list[np.ndarray]] = [[]]
    used_px = 0
    for number in numbers:
        plate = render_text(number.text, line_px, WHITE, BLACK)
        if rows[-1] and used_px + plate.shape[1] > width_px:
            if len(rows) == MAX_NUMBER_LINES:
                rows[-1].append(render_text(CUT_SIGN, line_px, WHITE, BLACK))
                break
            rows.append([])
            used_px = 0
        rows[-1].append(plate)
        used_px += plate.shape[1]
    return [np.hstack(row) for row in rows if row]


def _note_rows(notes: Sequence[str], line_px: int, width_px: int) -> list[np.ndarray]:
    """Write the notes, broken into lines that fit."""
    letters = max(MIN_NOTE_LETTERS, round(width_px / (line_px * LETTER_SHARE)))
    lines = [line for note in notes for line in wrap(note, letters)]
    return [render_text(line, line_px, YELLOW, BLACK) for line in lines]


def _stack(rows: Sequence[np.ndarray]) -> np.ndarray:
    """Stack rows, flush left on one black plate; an empty array for no rows."""
    if not rows:
        return np.zeros((0, 0, 3), np.uint8)
    panel = np.zeros((sum(len(row) for row in rows), max(row.shape[1] for row in rows), 3), np.uint8)
    top = 0
    for row in rows:
        panel[top : top + len(row), : row.shape[1]] = row
        top += len(row)
    return panel


def _spots(panel: np.ndarray, occupied: OccupancyMap) -> list[Box]:
    """Find where the panel can stand: the four corners, then between them along the top and the bottom."""
    h, w = panel.shape[:2]
    right, bottom = max(0, occupied.width - w), max(0, occupied.height - h)
    steps = (0, SPOTS_PER_EDGE, *range(1, SPOTS_PER_EDGE))
    return [Box(right * step // SPOTS_PER_EDGE, y, w, h) for step in steps for y in (0, bottom)]
