"""Logs the numbers that are read, one entry each time that they change: the page lists them, and gives them as CSV."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from capture.sinks.readings import csv_text
from capture.types import Number

MAX_ENTRIES = 10_000  # older ones are forgotten: some MB at most, however long the program runs
STEADY_S = 0.4  # numbers stand still so long before they are noted: a page that moves in is not noted bit by bit
COLUMNS = "time", "seconds", "source", "number", "confidence"


class Entry(NamedTuple):
    """What was read at a time.

    Attributes:
        number: 1 for the first entry.
        when: local time.
        time_s: of the frame, in seconds since the source's start.
        source: the frame's.
        numbers: texts and confidences.
    """

    number: int
    when: datetime
    time_s: float
    source: str
    numbers: tuple[tuple[str, float], ...]


class NumberLog:
    """Notes numbers when they have changed and stand still; the server's thread reads it too.

    Example:
        log = NumberLog()
        log.note(page.numbers, frame.time_s, frame.source, is_steady=True)
        print(log.csv())
    """

    def __init__(self) -> None:
        self._entries: deque[Entry] = deque(maxlen=MAX_ENTRIES)
        self._lock = threading.Lock()
        self._count = 0
        self._noted: tuple[str, ...] = ()
        self._seen: tuple[str, ...] = ()
        self._seen_since_s = 0.0

    def note(self, numbers: Sequence[Number], time_s: float, source: str, *, is_steady: bool = False) -> None:
        """Take in the numbers of a frame.

        Args:
            numbers: in reading order.
            time_s: of the frame.
            source: of the frame.
            is_steady: note them at once, as those of a photo.
        """
        texts = tuple(number.text for number in numbers)
        if texts != self._seen or time_s < self._seen_since_s:
            self._seen, self._seen_since_s = texts, time_s
        if texts == self._noted or not (is_steady or time_s - self._seen_since_s >= STEADY_S):
            return
        self._noted = texts
        if texts:
            found = tuple((number.text, float(number.confidence)) for number in numbers)
            with self._lock:
                self._count += 1
                self._entries.append(Entry(self._count, datetime.now().astimezone(), time_s, source, found))

    @property
    def count(self) -> int:
        """Entries made so far, with those forgotten."""
        return self._count

    def after(self, number: int, limit: int) -> list[Entry]:
        """Give the entries after that number, oldest first, the last `limit` of them."""
        with self._lock:
            return [entry for entry in self._entries if entry.number > number][-limit:]

    def csv(self) -> str:
        """Write all entries as CSV, a row a number, oldest first."""
        rows: list[tuple[object, ...]] = [COLUMNS]
        for entry in self.after(0, MAX_ENTRIES):
            when = entry.when.isoformat(timespec="seconds")
            for number, confidence in entry.numbers:
                rows.append((when, round(entry.time_s, 2), entry.source, number, round(confidence, 4)))
        return csv_text(rows)
