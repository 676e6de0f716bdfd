"""Draws what was read on a copy of the picture: a box per digit, a line and a label per number, a panel in a corner.

Sure readings are blue with a solid line; doubtful ones vermillion, dashed, with a "?" and how likely they are: no one
has to see colours to tell them apart. A label covers no digit if there is any way around it, and stays where it was.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np

from capture.boxes import Box
from capture.language import format_number
from capture.types import Digit, Number, Page
from capture.view.labels import (
    BLACK,
    BLUE,
    DIGIT_WEIGHT,
    LABEL_WEIGHT,
    VERMILLION,
    WHITE,
    Bgr,
    LabelMemory,
    OccupancyMap,
    paste,
    render_label,
    render_text,
)
from capture.view.panel import Status, draw_panel

SURE_CONFIDENCE = 0.8  # below it a reading is shown as doubtful
LABEL_PER_PICTURE = 1 / 36  # a label's height as a share of the picture's shorter side: 20 px at 720 lines
LABEL_PER_DIGIT = 0.45  # and at most this share of the digits' usual height, so that many small digits keep their room
MIN_LABEL_PX = 12  # smaller text cannot be read
LABEL_STEP_RATIO = 2**0.25  # label sizes go up in steps, or they would flicker with every pixel a digit grows
LINE_PER_LABEL = 1 / 10  # a box's line as a share of the label's height
DASH_LINES, GAP_LINES = 3, 4  # lengths in line widths; a line's round ends take one of each gap
STALE_BRIGHTNESS = 0.4  # of a picture that is not live any more: one sees at a glance that it stands still
QUIET = Status()


@dataclass(frozen=True, slots=True)
class BoxStyle:
    """How one kind of reading is drawn."""

    line: Bgr
    text: Bgr
    mark: str
    is_dashed: bool


SURE = BoxStyle(line=BLUE, text=WHITE, mark="", is_dashed=False)
DOUBTFUL = BoxStyle(line=VERMILLION, text=BLACK, mark="?", is_dashed=True)


def draw_page(
    image: np.ndarray,
    page: Page,
    status: Status = QUIET,
    *,
    memory: LabelMemory | None = None,
    is_stale: bool = False,
) -> np.ndarray:
    """Draw boxes, labels and the corner panel on a copy of the picture.

    Args:
        image: (H, W, 3) uint8, BGR, of any size down to 0x0; it is not changed.
        page: what was read, boxes in pixels of `image`.
        status: what else the corner panel says.
        memory: of the frames of one video: labels stay where they were; None for a picture by itself.
        is_stale: the camera is lost: the picture is dimmed, and only recording sign and notes are drawn on it.

    Returns:
        The view: a new (H, W, 3) uint8 BGR picture.
    """
    if not image.size:
        return image.copy()
    if is_stale:
        return _draw_stale(image, status)
    view = image.copy()
    readings, numbers = page.digits, page.numbers
    memory = memory or LabelMemory()
    memory.begin_frame()
    occupied = OccupancyMap(*view.shape[:2])
    label_px = label_height(view.shape, readings)
    line_px = max(1, round(label_px * LINE_PER_LABEL))
    for reading in readings:
        outline = _outline(reading.box, line_px)
        occupied.mark(outline, DIGIT_WEIGHT)
        _draw_box(view, outline, line_px, style_of(reading))
    for number in numbers:
        _underline(view, number, line_px)
    for label in _labels(readings, numbers, line_px):
        _draw_label(view, occupied, label, label_px, memory)
    draw_panel(view, occupied, numbers, status, memory)
    return view


def _draw_stale(image: np.ndarray, status: Status) -> np.ndarray:
    """Draw a picture that no longer shows what is before the camera: dim, grey, without readings and rate."""
    grey = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)
    view = cv2.cvtColor(cv2.convertScaleAbs(grey, alpha=STALE_BRIGHTNESS), cv2.COLOR_GRAY2BGR)
    draw_panel(view, OccupancyMap(*view.shape[:2]), (), replace(status, fps=None), LabelMemory())
    return view


def style_of(reading: Digit) -> BoxStyle:
    """Choose how a reading is drawn."""
    return SURE if reading.confidence >= SURE_CONFIDENCE else DOUBTFUL


def percent(confidence: float) -> str:
    """Write a confidence, 0 to 1, in whole percent, rounded down and never above 99: nothing read is certain."""
    return format_number(min(int(100 * confidence), 99) / 100, ".0%")


def label_height(shape: tuple[int, ...], readings: Sequence[Digit]) -> int:
    """Choose one label height in pixels for the whole picture, from its size and the usual height of its digits."""
    height = min(shape[:2]) * LABEL_PER_PICTURE
    if readings:
        usual_height = sorted(reading.box.h for reading in readings)[len(readings) // 2]
        height = min(height, LABEL_PER_DIGIT * usual_height)
    if height <= MIN_LABEL_PX:
        return MIN_LABEL_PX
    steps = math.floor(math.log(height / MIN_LABEL_PX, LABEL_STEP_RATIO))
    return round(MIN_LABEL_PX * LABEL_STEP_RATIO**steps)


def _outline(box: Box, line_px: int) -> Box:
    """Widen the box by its line: the line runs around the ink, not over it."""
    margin = line_px + 1
    return Box(box.x - margin, box.y - margin, box.w + 2 * margin, box.h + 2 * margin)


def _draw_box(view: np.ndarray, outline: Box, line_px: int, style: BoxStyle) -> None:
    half = line_px // 2
    left, top = outline.x + half, outline.y + half
    right, bottom = outline.bottom_right[0] - half, outline.bottom_right[1] - half
    if not style.is_dashed:
        cv2.rectangle(view, (left, top), (right, bottom), style.line, line_px)
        return
    dash, step = DASH_LINES * line_px, (DASH_LINES + GAP_LINES) * line_px
    for x in range(left, right, step):
        for y in (top, bottom):
            cv2.line(view, (x, y), (min(x + dash, right), y), style.line, line_px)
    for y in range(top, bottom, step):
        for x in (left, right):
            cv2.line(view, (x, y), (x, min(y + dash, bottom)), style.line, line_px)


@dataclass(frozen=True, slots=True)
class _Label:
    """What is to be written beside `outline`, best above `start`: `key` says in the next frame that it is the same."""

    key: object
    text: str
    note: str
    outline: Box
    start: Box
    style: BoxStyle


def _labels(readings: Sequence[Digit], numbers: Sequence[Number], line_px: int) -> Iterator[_Label]:
    """Make a label for each number that is more than a digit, and for each digit that stands alone or is doubtful."""
    named = set()
    for number in numbers:
        if len(number.text) > 1:
            named.update(digit.box for digit in number.digits)
            key = ("number", number.digits[0].track) if number.digits and number.digits[0].track is not None else None
            outline = _outline(_outline(number.box, line_px), line_px)
            start = _outline(number.digits[0].box, line_px) if number.digits else outline
            yield _Label(key, number.text, "", outline, start, SURE)
    for reading in readings:
        style = style_of(reading)
        if style is DOUBTFUL or reading.box not in named:
            note = percent(reading.confidence) if style is DOUBTFUL else ""
            text = f"{reading.digit}{style.mark}"
            outline = _outline(reading.box, line_px)
            yield _Label(reading.track, text, note, outline, outline, style)


def _draw_label(view: np.ndarray, occupied: OccupancyMap, label: _Label, label_px: int, memory: LabelMemory) -> None:
    """Lay the label where it covers nothing: in full, else without its note, else where it covers least."""
    for plate in _plates(label, label_px):
        places = [_places(label.start, plate, occupied)[0], *_places(label.outline, plate, occupied)]
        place = memory.choose(label.key, places, occupied)
        if place:
            break
    else:
        place = min(filter(occupied.contains, places), key=occupied.overlap, default=None)
    if place:
        paste(view, plate, place.x, place.y)
        occupied.mark(place, LABEL_WEIGHT)


def _plates(label: _Label, label_px: int) -> list[np.ndarray]:
    """Yield the label in full, then short: a note has a plate of its own, or "7 62%" would look like 762%."""
    short = render_text(label.text, label_px, label.style.text, label.style.line)
    if not label.note:
        return [short]
    return [render_label(label.text, label.note, label_px, label.style.text, label.style.line), short]


def _places(outline: Box, plate: np.ndarray, occupied: OccupancyMap) -> list[Box]:
    """Find where a label can stand beside its ink, best first: above, below, right, left."""
    h, w = plate.shape[:2]
    left = max(0, min(outline.x, occupied.width - w))
    flush_right = max(0, outline.x + outline.w - w)
    top = max(0, min(outline.y, occupied.height - h))
    above, below = outline.y - h, outline.y + outline.h
    return [
        Box(left, above, w, h),
        Box(flush_right, above, w, h),
        Box(left, below, w, h),
        Box(flush_right, below, w, h),
        Box(outline.x + outline.w, top, w, h),
        Box(outline.x - w, top, w, h),
    ]


def _underline(view: np.ndarray, number: Number, line_px: int) -> None:
    """Draw a line along the foot of a number's digits, or beside them where they stand above each other."""
    boxes = [_outline(digit.box, line_px) for digit in number.digits]
    if len(boxes) < 2:
        return
    first, last = boxes[0], boxes[-1]
    (x, y), (end_x, end_y) = first.centre, last.centre
    if abs(end_x - x) >= abs(end_y - y):
        points = [(box.x + box.w / 2, box.y + box.h) for box in boxes]
        way = np.array([math.copysign(0.5, end_x - x), 0])
        before, after = first.w * way, last.w * way
    else:
        points = [(box.x + box.w, box.y + box.h / 2) for box in boxes]
        way = np.array([0, math.copysign(0.5, end_y - y)])
        before, after = first.h * way, last.h * way
    line = np.array([points[0] - before, *points[1:-1], points[-1] + after])
    cv2.polylines(view, [np.round(line).astype(np.int32)], False, BLUE, line_px + 1, cv2.LINE_AA)
