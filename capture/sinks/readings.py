"""Readings as data: JSON lines, one a frame, or CSV, one row a digit; on the disk as soon as they are known."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from capture.language import in_english
from capture.sinks.files import OutputFile
from capture.sinks.names import OutputError
from capture.sinks.stdout import Stdout
from capture.types import Digit, Frame, Number, Page

STDOUT = "-"
TIME_DIGITS, CONFIDENCE_DIGITS = 6, 4
"""Microseconds are finer than a video's clock; the fourth digit of a probability means nothing any more."""
CSV_COLUMNS = (
    *("source", "frame", "time_s", "digit", "confidence"),
    *("x", "y", "w", "h", "track", "number", "number_index", "error", "page"),
)

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
SIGNED_NUMBER = re.compile(r"[+-]\d+([.,]\d+)?")
STEERING = re.compile("[\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]")
"""Delete, the C1 controls and what turns the direction of writing; JSON escapes the other controls itself."""


class _LinesSink:
    """Writes whole lines of text to a file or stdout, for both formats; a problem is kept, and never raised.

    Attributes:
        path: the file, or `-` for stdout.
        problem: why writing ended early, or None.
    """

    def __init__(self, path: Path) -> None:
        self.path, self.problem = path, None
        self._file = Stdout() if str(path) == STDOUT else OutputFile(path)

    def __enter__(self) -> _LinesSink:
        return self

    def __exit__(self, *_exception: object) -> None:
        self._file.close()

    def _write(self, text: str) -> None:
        if self.problem:
            return
        try:
            self._file.check_still_there()
            self._file.write(as_utf8(text))
            self._file.mark_whole()
        except OutputError as error:
            self.problem = str(error)


class JsonLinesSink(_LinesSink):
    """Writes one JSON object for each frame, in the form that the README documents.

    Example:
        with JsonLinesSink(Path("out.jsonl")) as readings:
            readings.write(frame, view, page)
    """

    def write(self, frame: Frame, view: np.ndarray, page: Page) -> None:
        """Append the frame's line."""
        entry = error_entry(frame) if frame.error else frame_entry(frame, page)
        self._write(json_text(entry) + "\n")


class CsvSink(_LinesSink):
    """Writes one row for each digit, below a row of column names; an unreadable picture gets a row with its error.

    Example:
        with CsvSink(Path("out.csv")) as readings:
            readings.write(frame, view, page)
    """

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self._head = [CSV_COLUMNS]  # comes with the first frame: an older file stays until there is one

    def write(self, frame: Frame, view: np.ndarray, page: Page) -> None:
        """Append the frame's rows: none when nothing was read."""
        place = frame_columns(frame)
        if frame.error:
            rows = [[*place, *[None] * (len(CSV_COLUMNS) - len(place) - 2), in_english(frame.error), frame.page]]
        else:
            rows = [[*place, *digit_columns(digit, page.numbers), None, frame.page] for digit in page.digits]
        if self._head or rows:
            self._write(csv_text([*self._head, *rows]))
            self._head = []


def frame_entry(frame: Frame, page: Page) -> dict:
    """Describe a frame as its JSON line does."""
    height, width = frame.image.shape[:2]
    return {
        **place_entry(frame),
        "time_s": round(frame.time_s, TIME_DIGITS),
        "width": width,
        "height": height,
        "digits": [digit_entry(digit) for digit in page.digits],
        "numbers": [number_entry(number) for number in page.numbers],
        **({} if frame.is_new else {"stale": True}),
    }


def error_entry(frame: Frame) -> dict:
    """Describe a picture that could not be read as its JSON line does."""
    return {**place_entry(frame), "error": in_english(frame.error)}


def place_entry(frame: Frame) -> dict:
    """Say where a picture comes from, for its JSON line; `page` where its file has several."""
    return {"source": frame.source, "frame": frame.index, **({"page": frame.page} if frame.page else {})}


def digit_entry(reading: Digit) -> dict:
    """Describe a digit as a JSON line does."""
    return {
        "box_xywh_px": [int(side) for side in reading.box.xywh],
        "digit": int(reading.digit),
        "confidence": round(float(reading.confidence), CONFIDENCE_DIGITS),
        "track": reading.track,
    }


def number_entry(number: Number) -> dict:
    """Describe a number as a JSON line does."""
    return {
        "text": number.text,
        "box_xywh_px": [int(side) for side in number.box.xywh],
        "confidence": round(float(number.confidence), CONFIDENCE_DIGITS),
    }


def frame_columns(frame: Frame) -> list:
    """Give the first columns of a CSV row: source, frame and time."""
    return [frame.source, frame.index, round(frame.time_s, TIME_DIGITS)]


def digit_columns(reading: Digit, numbers: Sequence[Number]) -> list:
    """Give the columns of a CSV row on a digit: what was read, and the text and index of the number it belongs to."""
    entry = digit_entry(reading)
    index = next((i for i, number in enumerate(numbers) if reading in number.digits), None)
    text = None if index is None else numbers[index].text
    return [entry["digit"], entry["confidence"], *entry["box_xywh_px"], reading.track, text, index]


def csv_text(rows: list) -> str:
    """Write rows as CSV, quoted where needed."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([[harmless_cell(cell) for cell in row] for row in rows])
    return text.getvalue()


def harmless_cell(cell: object) -> object:
    """Put an apostrophe before a cell's text that a spreadsheet would take for a formula; numbers stay numbers."""
    is_formula = isinstance(cell, str) and cell.startswith(FORMULA_STARTS) and not SIGNED_NUMBER.fullmatch(cell)
    return f"'{cell}" if is_formula else cell


def json_text(entry: dict) -> str:
    """Return an entry as JSON that a terminal may show: characters that steer it are written as escapes."""
    text = json.dumps(entry, ensure_ascii=False)
    return STEERING.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def as_utf8(text: str) -> bytes:
    """Encode as valid UTF-8, whatever the text: a byte of a name that is none becomes JSON's escape."""
    return text.encode(errors="backslashreplace")
