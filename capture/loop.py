"""The one loop of the program: each frame is read, followed, drawn on, kept and shown."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from time import perf_counter
from typing import Protocol

import numpy as np

from capture.read.select import group_numbers
from capture.types import Digit, Frame
from capture.view.labels import LabelMemory
from capture.view.overlay import draw_readings
from capture.view.panel import Status

RATE_FRAMES = 30  # the frame rate is that of so many last frames: steady enough to read, quick enough to be true

Read = Callable[[np.ndarray], list[Digit]]
Show = Callable[[Frame, np.ndarray, list[Digit]], bool]


class Follows(Protocol):
    """A `Tracker` or `NoTracking`."""

    def update(self, readings: Sequence[Digit], time_s: float) -> list[Digit]: ...


class Keeps(Protocol):
    """Anything that takes each frame with its view and readings: a file, a recording, the terminal."""

    def write(self, frame: Frame, view: np.ndarray, readings: list[Digit]) -> None: ...


@dataclass
class Summary:
    """What a run has done so far.

    Attributes:
        frames: how many were handled.
        unreadable: how many of them were pictures that could not be read.
        digits: readings in all frames together.
        last: the readings of the last frame that had any.
        clock: gives seconds; a test may bring its own.
    """

    frames: int = 0
    unreadable: int = 0
    digits: int = 0
    last: list[Digit] = field(default_factory=list)
    clock: Callable[[], float] = perf_counter
    _ends_s: deque[float] = field(default_factory=lambda: deque(maxlen=RATE_FRAMES))

    def __post_init__(self) -> None:
        self._start_s = self._end_s = self.clock()

    def count(self, frame: Frame, readings: list[Digit]) -> None:
        """Take in one handled frame."""
        self.frames += 1
        self.unreadable += frame.error is not None
        self.digits += len(readings)
        self.last = readings or self.last
        self._end_s = self.clock()
        if frame.is_new:
            self._ends_s.append(self._end_s)

    @property
    def duration_s(self) -> float:
        """From the start of the run to its last frame."""
        return self._end_s - self._start_s

    @property
    def fps(self) -> float | None:
        """New frames a second lately; None until it can be told."""
        span_s = self._ends_s[-1] - self._ends_s[0] if self._ends_s else 0.0
        return (len(self._ends_s) - 1) / span_s if span_s > 0 else None

    @property
    def numbers(self) -> list[str]:
        """The numbers last read, in reading order."""
        return [number.text for number in group_numbers(self.last)]


def show_nothing(frame: Frame, view: np.ndarray, readings: list[Digit]) -> bool:
    """Stands in for a window where there is none; never asks for the end."""
    return False


def say_nothing(summary: Summary) -> Status:
    """Stands in for the corner panel's status where nobody watches."""
    return Status()


def in_picture(readings: Iterable[Digit], shape: tuple[int, ...]) -> list[Digit]:
    """The readings whose middle lies in a picture of this shape: what has left it is followed on, but not shown."""
    height, width = shape[:2]
    return [one for one in readings if 0 <= one.box.centre[0] <= width and 0 <= one.box.centre[1] <= height]


def run(
    frames: Iterable[Frame],
    read: Read,
    tracker: Follows,
    sinks: Iterable[Keeps] = (),
    *,
    show: Show = show_nothing,
    status: Callable[[Summary], Status] = say_nothing,
) -> Summary:
    """Take every frame all the way, until there are no more or `show` asks for the end.

    A picture that is not new is not read: the sinks get it without readings; the view keeps the last ones until the
    picture is stale. A frame that cannot be read gets an `error`, and the run goes on.

    Args:
        frames: from a source.
        read: finds and reads the digits of a picture.
        tracker: makes readings steady from frame to frame.
        sinks: what keeps each frame; they never raise.
        show: shows a frame; True ends the run.
        status: what the corner panel says besides the numbers.
    """
    summary, readings, labels = Summary(), [], LabelMemory()
    for frame in frames:
        if frame.is_new:
            frame, readings = read_frame(frame, read, tracker)  # noqa: PLW2901 - the same frame, with its error
        elif frame.is_stale:
            readings = []
        view = draw_readings(frame.image, readings, status(summary), memory=labels, is_stale=frame.is_stale)
        for sink in sinks:
            sink.write(frame, view, readings if frame.is_new else [])
        summary.count(frame, readings if frame.is_new else [])
        if show(frame, view, readings):
            break
    return summary


def read_frame(frame: Frame, read: Read, tracker: Follows) -> tuple[Frame, list[Digit]]:
    """Read a frame's digits and follow them; whatever goes wrong in it is no more than its `error`."""
    if frame.error:
        return frame, []
    try:
        readings = in_picture(tracker.update(read(frame.image), frame.time_s), frame.image.shape)
    except Exception as error:
        words = "not enough memory" if isinstance(error, MemoryError) else f"{type(error).__name__}: {error}"
        told = f"{frame.source}, frame {frame.index}: cannot be read ({' '.join(words.split())}); please report it"
        return replace(frame, error=told), []
    return frame, readings
