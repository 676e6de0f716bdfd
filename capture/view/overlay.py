"""Draws what was read on a copy of the picture: a box and a label per digit, and a panel in a free corner.

Sure readings are blue with a solid line; doubtful ones vermillion, dashed and with a "?": no one has to see colours to
tell them apart. No label covers a digit if there is any way around it, and never the digit it names.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np

from capture.read.select import group_numbers
from capture.types import Box, Digit, Number
from capture.view.labels import DIGIT_WEIGHT, LABEL_WEIGHT, Space
from capture.view.panel import Status, draw_panel
from capture.view.plates import BLACK, BLUE, VERMILLION, WHITE, Bgr, label_plate, paste, text_plate

SURE_CONFIDENCE = 0.8  # below it a reading is shown as doubtful
LABEL_PER_PICTURE = 1 / 36  # a label's height as a share of the picture's shorter side: 20 px at 720 lines
LABEL_PER_DIGIT = 0.45  # and at most this share of the digits' usual height, so that many small digits keep their room
SMALLEST_LABEL_PX = 12  # smaller text cannot be read
LABEL_STEP = 2**0.25  # label sizes go up in steps, or they would flicker with every pixel a digit grows
LINE_PER_LABEL = 1 / 8  # a box's line as a share of the label's height
DASH_LINES, GAP_LINES = 3, 4  # lengths in line widths; a line's round ends take one of each gap
STALE_BRIGHTNESS = 0.4  # of a picture that is not live any more: one sees at a glance that it stands still
QUIET = Status()


@dataclass(frozen=True, slots=True)
class Look:
    """How one kind of reading is drawn."""

    line: Bgr
    text: Bgr
    mark: str
    is_dashed: bool


SURE = Look(line=BLUE, text=WHITE, mark="", is_dashed=False)
DOUBTFUL = Look(line=VERMILLION, text=BLACK, mark="?", is_dashed=True)


def draw_readings(
    image: np.ndarray,
    readings: Sequence[Digit],
    status: Status = QUIET,
    numbers: Sequence[Number] | None = None,
    *,
    is_stale: bool = False,
) -> np.ndarray:
    """Draw boxes, labels and the corner panel on a copy of the picture.

    Args:
        image: (H, W, 3) uint8, BGR, of any size down to 0x0; it is not changed.
        readings: what was read, boxes in pixels of `image`.
        status: what else the corner panel says.
        numbers: what the panel gives as read; None for those that the readings make up.
        is_stale: the camera is lost: the picture is dimmed, and only recording sign and notes are drawn on it.

    Returns:
        The view: a new (H, W, 3) uint8 BGR picture.
    """
    if not image.size:
        return image.copy()
    if is_stale:
        return _draw_stale(image, status)
    view = image.copy()
    space = Space(*view.shape[:2])
    label_px = label_height(view.shape, readings)
    line_px = max(1, round(label_px * LINE_PER_LABEL))
    outlines = [_outline(reading.box, line_px) for reading in readings]
    for reading, outline in zip(readings, outlines, strict=True):
        space.take(outline, DIGIT_WEIGHT)
        _draw_box(view, outline, line_px, look_of(reading))
    for reading, outline in zip(readings, outlines, strict=True):
        _draw_label(view, space, reading, outline, label_px)
    draw_panel(view, space, group_numbers(readings) if numbers is None else numbers, status)
    return view


def _draw_stale(image: np.ndarray, status: Status) -> np.ndarray:
    """Draw a picture that no longer shows what is before the camera: dim, grey, without readings and rate."""
    grey = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)
    view = cv2.cvtColor(cv2.convertScaleAbs(grey, alpha=STALE_BRIGHTNESS), cv2.COLOR_GRAY2BGR)
    draw_panel(view, Space(*view.shape[:2]), (), replace(status, fps=None))
    return view


def look_of(reading: Digit) -> Look:
    """How a reading is drawn."""
    return SURE if reading.confidence >= SURE_CONFIDENCE else DOUBTFUL


def label_height(shape: tuple[int, ...], readings: Sequence[Digit]) -> int:
    """One label height in pixels for the whole picture, from its size and the usual height of its digits."""
    height = min(shape[:2]) * LABEL_PER_PICTURE
    if readings:
        usual_height = sorted(reading.box.h for reading in readings)[len(readings) // 2]
        height = min(height, LABEL_PER_DIGIT * usual_height)
    if height <= SMALLEST_LABEL_PX:
        return SMALLEST_LABEL_PX
    steps = math.floor(math.log(height / SMALLEST_LABEL_PX, LABEL_STEP))
    return round(SMALLEST_LABEL_PX * LABEL_STEP**steps)


def _outline(box: Box, line_px: int) -> Box:
    """The box with room for its line: the line runs around the ink, not over it."""
    margin = line_px + 1
    return Box(box.x - margin, box.y - margin, box.w + 2 * margin, box.h + 2 * margin)


def _draw_box(view: np.ndarray, outline: Box, line_px: int, look: Look) -> None:
    half = line_px // 2
    left, top = outline.x + half, outline.y + half
    right, bottom = outline.bottom_right[0] - half, outline.bottom_right[1] - half
    if not look.is_dashed:
        cv2.rectangle(view, (left, top), (right, bottom), look.line, line_px)
        return
    dash, step = DASH_LINES * line_px, (DASH_LINES + GAP_LINES) * line_px
    for x in range(left, right, step):
        for y in (top, bottom):
            cv2.line(view, (x, y), (min(x + dash, right), y), look.line, line_px)
    for y in range(top, bottom, step):
        for x in (left, right):
            cv2.line(view, (x, y), (x, min(y + dash, bottom)), look.line, line_px)


def _draw_label(view: np.ndarray, space: Space, reading: Digit, outline: Box, label_px: int) -> None:
    """Lay the label where it covers nothing: in full, else the digit alone, else where it covers least."""
    for plate in _label_plates(reading, label_px):
        place = space.first_free(_places(outline, plate, space))
        if place:
            break
    else:
        place = min(filter(space.holds, _places(outline, plate, space)), key=space.cost, default=None)
    if place:
        paste(view, plate, place.x, place.y)
        space.take(place, LABEL_WEIGHT)


def _label_plates(reading: Digit, label_px: int) -> Iterator[np.ndarray]:
    """The label in full, then short: the confidence has a plate of its own, or "7 100%" would look like 7100%."""
    look = look_of(reading)
    digit = f"{reading.digit}{look.mark}"
    yield label_plate(digit, f"{reading.confidence:.0%}", label_px, look.text, look.line)
    yield text_plate(digit, label_px, look.text, look.line)


def _places(outline: Box, plate: np.ndarray, space: Space) -> Iterator[Box]:
    """Where a label can stand beside its digit, best first: above, below, right, left."""
    h, w = plate.shape[:2]
    left = max(0, min(outline.x, space.width - w))
    flush_right = max(0, outline.x + outline.w - w)
    top = max(0, min(outline.y, space.height - h))
    for y in (outline.y - h, outline.y + outline.h):
        yield Box(left, y, w, h)
        yield Box(flush_right, y, w, h)
    yield Box(outline.x + outline.w, top, w, h)
    yield Box(outline.x - w, top, w, h)
