"""What the terminal says while a run goes on: results on stdout, messages and progress on stderr."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from types import TracebackType
from typing import Protocol, Self

import numpy as np

from capture.frame import Frame, Reading
from capture.reading import group_numbers
from capture.source_base import Source


class Fallible(Protocol):
    """A sink, as the terminal sees it."""

    problem: str | None


def tell(message: object) -> None:
    """One line for the person at the terminal, on stderr."""
    print(message, file=sys.stderr, flush=True)


class Terminal:
    """The sink that keeps the terminal informed; a context manager.

    Args:
        source: of the frames.
        sinks: their problems are told as soon as they arise.
        prints_numbers: whether the numbers read are the run's result on stdout.
        total: how many frames will come, for a progress bar on a terminal; None for no bar.
    """

    def __init__(self, source: Source, sinks: Sequence[Fallible], prints_numbers: bool, total: int | None) -> None:
        self._source, self._sinks, self._prints_numbers = source, sinks, prints_numbers
        self._told: list[str] = []
        self._last_line = ""
        self._bar = _progress_bar(total) if total and total > 1 and sys.stderr.isatty() else None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Ends the progress bar's line."""
        if self._bar:
            self._bar.close()

    def write(self, frame: Frame, view: np.ndarray, readings: list[Reading]) -> None:
        """Tell what is new with this frame: numbers, an unreadable picture, a recording that broke off.

        Raises:
            BrokenPipeError: nobody reads the numbers any more.
        """
        if self._bar:
            self._bar.update()
        if frame.error:
            self._tell(frame.error)
        elif self._prints_numbers:
            self._print_numbers(frame, readings)
        self.tell_problems()

    def tell_problems(self) -> None:
        """Tell each sink's problem, once."""
        for problem in _problems(self._sinks):
            if problem not in self._told:
                self._told.append(problem)
                self._tell(problem)

    @property
    def has_problems(self) -> bool:
        """Whether any sink has come to grief."""
        return bool(self._told)

    def _print_numbers(self, frame: Frame, readings: list[Reading]) -> None:
        """One line a photo, or one each time that the numbers in a video change."""
        numbers = " ".join(number.text for number in group_numbers(readings))
        if self._source.is_stills:
            self._print(f"{frame.source}: {numbers or '-'}")
        elif numbers != self._last_line:
            self._last_line = numbers
            self._print(f"{frame.time_s:.2f} s: {numbers or '-'}")

    def _print(self, line: str) -> None:
        if self._bar:
            self._bar.clear()
        print(line, flush=True)

    def _tell(self, message: str) -> None:
        if self._bar:
            self._bar.clear()
        tell(message)


def _problems(sinks: Iterable[Fallible]) -> list[str]:
    return [sink.problem for sink in sinks if sink.problem]


def _progress_bar(total: int):
    from tqdm import tqdm  # noqa: PLC0415 - most runs show no bar

    return tqdm(total=total, unit="frame", file=sys.stderr, leave=False, dynamic_ncols=True)
