"""The one loop of the program: each frame is read, followed, drawn on, kept and shown."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from time import perf_counter
from typing import Protocol

import numpy as np

from capture.language import tr
from capture.types import Frame, Page
from capture.view.labels import LabelMemory
from capture.view.overlay import draw_page
from capture.view.panel import Status
from model.errors import DigitsError

STAGES = "wait", "read", "draw", "write", "show"
STILL_S = 0.5  # a frame that is shown for longer stands still on purpose, which takes no time of the run's
RATE_FRAMES = 30  # the frame rate is that of so many last frames: steady enough to read, quick enough to be true

Read = Callable[[Frame], Page]
Show = Callable[[Frame, np.ndarray, Page], bool]
NOTHING_READ = Page()


class Follows(Protocol):
    """A `Tracker` or `NoTracking`."""

    def update(self, frame: Frame, page: Page) -> Page: ...


class Keeps(Protocol):
    """Anything that takes each frame with its view and page: a file, a recording, the terminal."""

    def write(self, frame: Frame, view: np.ndarray, page: Page) -> None: ...


@dataclass
class Summary:
    """What a run has done so far.

    Attributes:
        frames: how many were handled.
        unreadable: how many of them were pictures that could not be read.
        digits: readings in all frames together.
        numbers: those of the last frame that had any, in reading order.
        clock: gives seconds; a test may bring its own.
        stages_s: how long each stage took, all frames together.
    """

    frames: int = 0
    unreadable: int = 0
    digits: int = 0
    numbers: list[str] = field(default_factory=list)
    clock: Callable[[], float] = perf_counter
    stages_s: dict[str, float] = field(default_factory=lambda: dict.fromkeys(STAGES, 0.0))
    _ends_s: deque[float] = field(default_factory=lambda: deque(maxlen=RATE_FRAMES))

    def __post_init__(self) -> None:
        self._start_s = self._end_s = self._lap_s = self.clock()

    def lap(self, stage: str) -> None:
        """Book the time since the last call to a stage that has just ended."""
        now_s = self.clock()
        if stage != "show" or now_s - self._lap_s < STILL_S:
            self.stages_s[stage] += now_s - self._lap_s
        self._lap_s = now_s

    def count(self, frame: Frame, page: Page) -> None:
        """Take in one handled frame."""
        self.frames += 1
        self.unreadable += frame.error is not None
        self.digits += len(page.digits)
        self.numbers = [number.text for number in page.numbers] or self.numbers
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


def show_nothing(frame: Frame, view: np.ndarray, page: Page) -> bool:
    """Stand in for a window where there is none; never asks for the end."""
    return False


def say_nothing(summary: Summary) -> Status:
    """Stand in for the corner panel's status where nobody watches."""
    return Status()


def run(
    frames: Iterable[Frame],
    read: Read,
    tracker: Follows,
    sinks: Iterable[Keeps] = (),
    *,
    show: Show = show_nothing,
    status: Callable[[Summary], Status] = say_nothing,
    is_seen: bool = True,
) -> Summary:
    """Take every frame all the way, until there are no more or `show` asks for the end.

    A picture that is not new is not read: the sinks get it with nothing read; the view keeps the last page until the
    picture is stale. A frame that cannot be read or drawn on gets an `error`, and the run goes on.

    Args:
        frames: from a source.
        read: finds and reads the digits of a frame.
        tracker: makes pages steady from frame to frame.
        sinks: what keeps each frame; they never raise.
        show: shows a frame; True ends the run.
        status: what the corner panel says besides the numbers.
        is_seen: whether views are shown or kept; frames are not drawn on where they are not.
    """
    summary, page, labels = Summary(), NOTHING_READ, LabelMemory()
    for frame in frames:
        summary.lap("wait")
        if frame.is_new:
            frame, page = read_frame(frame, read, tracker)  # noqa: PLW2901 - the same frame, with its error
        elif frame.is_stale:
            page = NOTHING_READ
        summary.lap("read")
        view = frame.image
        if is_seen:
            frame, view = draw_frame(frame, page, status(summary), labels)  # noqa: PLW2901
        summary.lap("draw")
        new_page = page if frame.is_new else NOTHING_READ
        for sink in sinks:
            sink.write(frame, view, new_page)
        summary.count(frame, new_page)
        summary.lap("write")
        if show(frame, view, page):
            break
        summary.lap("show")
    return summary


def read_frame(frame: Frame, read: Read, tracker: Follows) -> tuple[Frame, Page]:
    """Read a frame's page and follow its digits; whatever goes wrong in it is no more than its `error`."""
    if frame.error:
        return frame, NOTHING_READ
    try:
        return frame, tracker.update(frame, read(frame))
    except Exception as error:
        words = tr("{source}, frame {index}: cannot be read ({words})", **_facts(frame, error))
        return replace(frame, error=words), NOTHING_READ


def draw_frame(frame: Frame, page: Page, status: Status, labels: LabelMemory) -> tuple[Frame, np.ndarray]:
    """Draw a frame's view; whatever goes wrong in it is no more than its `error`, and it is shown as it is."""
    try:
        return frame, draw_page(frame.image, page, status, memory=labels, is_stale=frame.is_stale)
    except Exception as error:
        words = tr("{source}, frame {index}: cannot be drawn on ({words})", **_facts(frame, error))
        return replace(frame, error=words), frame.image


def _facts(frame: Frame, error: Exception) -> dict[str, object]:
    """Give what a message on a frame that went wrong is made of."""
    return {"source": frame.source, "index": frame.index, "words": _words(error)}


def _words(error: Exception) -> str:
    """Give what went wrong and what to do, in one line."""
    if isinstance(error, DigitsError):
        return str(error)
    if isinstance(error, MemoryError):
        return tr("not enough memory; make it smaller")
    return tr("{error}; please report it", error=f"{type(error).__name__}: {' '.join(str(error).split())}")
