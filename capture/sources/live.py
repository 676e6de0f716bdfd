"""A camera or network stream as a source: the newest picture, and a sign of life while none comes."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator

import numpy as np

from capture.sources.base import Source, SourceError
from capture.sources.latest import STALLED_AFTER_S, Feed, NewestPicture
from capture.types import Frame

FIRST_PICTURE_S = 10.0  # cameras on Windows take up to some seconds to wake
LONGEST_WAIT_S = 0.2  # then the last picture comes again: window and keys stay alive, a recording goes on

TICK_S = 0.001  # a frame is at least so much later than the one before, even where the clock stands or jumps back


class LiveSource(Source):
    """The newest picture of a feed, as often as the loop asks for one.

    Args:
        name: the source as it may be shown.
        kind: "camera" or "stream", for the notes.
        connect: opens the feed; see `NewestPicture`.
        clock: seconds on a clock that never jumps; tests bring their own.

    Raises:
        SourceError: the feed cannot be opened, or sends nothing.
    """

    is_live = True

    def __init__(
        self, name: str, kind: str, connect: Callable[[], Feed], clock: Callable[[], float] = time.perf_counter
    ) -> None:
        super().__init__(name)
        self._kind = kind
        self._newest = NewestPicture(connect, clock)
        try:
            self._last = self._first_picture()
        except BaseException:
            self.close()
            raise
        height, width = self._last.shape[:2]
        self.size = width, height

    def __iter__(self) -> Iterator[Frame]:
        """Yields the newest picture, or after a short wait the last one again, until closed."""
        newest = self._newest.restart()
        self._last = self._last if newest is None else newest
        time_s = 0.0
        yield Frame(self._last, 0, time_s, self.name)
        for index in itertools.count(1):
            if self._newest.is_closed:
                return
            taken = self._newest.take(LONGEST_WAIT_S)
            self._last, now_s = taken or (self._last, self._newest.now())
            time_s = max(now_s, time_s + TICK_S)
            yield Frame(self._last, index, time_s, self.name)

    def note(self) -> str:
        """Says what is wrong with the feed, else how many pictures came too fast to be read."""
        if self._newest.is_lost:
            return f"{self._kind} lost: trying again"
        silent_s = self._newest.silent_for()
        if silent_s > STALLED_AFTER_S:
            return f"{self._kind} stalled: no picture for {silent_s:.0f} s"
        return f"{self._newest.dropped} dropped" if self._newest.dropped else ""

    def close(self) -> None:
        """Stops the reader thread, which gives the camera or connection back."""
        self._newest.close()

    def _first_picture(self) -> np.ndarray:
        taken = self._newest.take(FIRST_PICTURE_S)
        if taken is None:
            raise SourceError(
                f"{self.name}: sends no picture; check that the {self._kind} is on and no other program uses it"
            )
        return taken[0]
