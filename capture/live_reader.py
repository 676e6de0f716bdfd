"""Reads a camera on a thread of its own: every picture is shown, with what was read a frame or two ago, moved on."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from types import TracebackType
from typing import Protocol, Self

from capture.track.cache import Carry, grey_cells
from capture.track.carrying import carried
from capture.types import Frame, Page

PATIENCE_S = 0.008  # for a page of the very frame: of the 17 ms between frames, drawing and showing take the rest
MAX_AGE_S = 0.034  # of what is shown, two frames of a camera of 60 a second: an older page would lie
MAX_CARRIED_S = 0.1  # six such frames: so long may one be carried on by what the pictures show, then it is waited for


class Tracks(Protocol):
    """A `Tracker`."""

    def update(self, frame: Frame, page: Page) -> Page: ...

    def velocities(self) -> dict[int, complex]: ...


class LiveReader:
    """Stands for a reader and its tracker: call it with each frame for the page to be shown with it.

    Args:
        read: finds and reads the digits of a frame; called on the thread.
        tracker: makes the pages steady; called where the reader is.
        carry: carries a page that is too old on to a later picture, or gives None where it must be read; without it
            the next page is waited for.
        clock: seconds on a clock that never jumps.

    Example:
        with LiveReader(PageReader(is_video=True), Tracker(), flow_page) as read:
            for frame in source:
                page = read(frame)
    """

    def __init__(
        self,
        read: Callable[[Frame], Page],
        tracker: Tracks,
        carry: Carry | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._read, self._tracker, self._carry, self._clock = read, tracker, carry, clock
        self._thread = ThreadPoolExecutor(1, "reader")
        self._pending: Future[Page] | None = None
        self._asked: Frame | None = None
        self._page, self._read_s = Page(), 0.0
        self._scene: Frame | None = None  # that the page was read in

    def __enter__(self) -> Self:
        """Start the thread that reads."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the thread, once it has read what it is reading."""
        self._thread.shutdown(cancel_futures=True)

    def __call__(self, frame: Frame) -> Page:
        """Give the newest page that there is, moved on to this frame; an error in reading is raised."""
        until_s = self._clock() + PATIENCE_S
        late = self._carried(frame)
        self._take(frame, until_s, is_urgent=late is None)
        if not self._pending:
            self._asked, self._pending = frame, self._thread.submit(self._read, frame)
            self._take(frame, until_s, is_urgent=late is None)
        if late and self._age_s(frame) > MAX_AGE_S:
            return late
        return carried(self._page, self._tracker.velocities(), self._age_s(frame))

    def update(self, frame: Frame, page: Page) -> Page:
        """Leave the page as it is: it has been followed already."""
        return page

    def _carried(self, frame: Frame) -> Page | None:
        """Carry the last page on to a frame for which it is too old as it is; None where that cannot be."""
        if self._carry is None or self._scene is None or not MAX_AGE_S < self._age_s(frame) <= MAX_CARRIED_S:
            return None
        before, now = grey_cells(self._scene.image), grey_cells(frame.image)
        if before.shape != now.shape:
            return None
        return self._carry(self._page, before, now, frame.image.shape[1] / now.shape[1])

    def _take(self, frame: Frame, until_s: float, *, is_urgent: bool) -> None:
        """Take in the page that is being read, if it comes in time; it is waited for where there is no other."""
        is_too_old = is_urgent and self._age_s(frame) > MAX_AGE_S
        timeout_s = None if is_too_old else max(0.0, until_s - self._clock())
        if self._pending and wait([self._pending], timeout_s).done:
            pending, self._pending = self._pending, None
            self._page, self._read_s = self._tracker.update(self._asked, pending.result()), self._asked.time_s
            self._scene = self._asked

    def _age_s(self, frame: Frame) -> float:
        """Tell how much later a frame is than the last one that was read."""
        return max(0.0, frame.time_s - self._read_s)
