"""A camera or network stream as a source: the newest picture, read on a thread of its own that reconnects when lost."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Protocol

import numpy as np

from capture.language import tr, translatable, translate
from capture.sources.base import Source, SourceError
from capture.types import Frame

FIRST_PICTURE_S = 10.0  # cameras on Windows take up to some seconds to wake
MAX_WAIT_S = 0.2  # then the last picture comes again: window and keys stay alive, a recording goes on
TICK_S = 0.001  # a frame is at least so much later than the one before, even where the clock stands or jumps back
EARLY_RETRY_S, EARLY_RETRIES = 0.5, 24  # a camera that was bumped or starts anew is mostly back within seconds
MAX_RETRY_S = 8.0  # later the pause doubles up to here: soon enough for a person who plugs the camera in again
STALLED_AFTER_S = 2.0  # slower than any stream that is worth watching
THREAD_NAME = "newest picture"
LOST = {"camera": translatable("camera lost: trying again"), "stream": translatable("stream lost: trying again")}
STALLED = {
    "camera": translatable("camera stalled: no picture for {silent_s:.0f} s"),
    "stream": translatable("stream stalled: no picture for {silent_s:.0f} s"),
}
SENDS_NOTHING = {
    "camera": translatable("{name}: sends no picture; check that the camera is on and no other program uses it"),
    "stream": translatable("{name}: sends no picture; check that the stream is on and no other program uses it"),
}
JOIN_S = 1.0  # a read that hangs longer than this keeps its (daemon) thread; the program ends without it


class Feed(Protocol):
    """An open camera or connection.

    Attributes:
        skipped: how many pictures the last `read` passed over, since newer ones had already come.
    """

    skipped: int

    def read(self) -> np.ndarray | None:
        """Wait for the next picture, (H, W, 3) uint8 BGR; None when the feed is lost."""

    def close(self) -> None:
        """Give the device or connection back."""


def retry_pauses() -> Iterator[float]:
    """Give the seconds to wait before each next try to connect: 0.5 for the first 12 s, then 1, 2, 4, 8, 8 .."""
    yield from itertools.repeat(EARLY_RETRY_S, EARLY_RETRIES)
    pause_s = EARLY_RETRY_S
    while True:
        pause_s = min(2 * pause_s, MAX_RETRY_S)
        yield pause_s


class NewestPicture:
    """Keeps the newest picture of a feed, read on a thread of its own, and knows whether the feed is lost.

    Args:
        connect: opens the feed, or raises SourceError; called again, with back-off, whenever the feed is lost.
        clock: seconds on a clock that never jumps.

    Attributes:
        dropped: pictures that nobody took before a newer one came, since the start or `restart`.
        is_lost: whether the feed is lost, and is being opened again.

    Example:
        newest = NewestPicture(connect)
        image, time_s = newest.take(timeout_s=10.0)
        newest.close()
    """

    def __init__(self, connect: Callable[[], Feed], clock: Callable[[], float] = time.perf_counter) -> None:
        self._connect = connect
        self._clock = clock
        self._changed = threading.Condition()
        self._stop = threading.Event()
        self._unseen: tuple[np.ndarray, float] | None = None
        self._start: float | None = None
        self._arrived = 0.0
        self._failure: BaseException | None = None
        self.dropped = 0
        self.is_lost = False
        self._thread = threading.Thread(target=self._run, name=THREAD_NAME, daemon=True)
        self._thread.start()

    def take(self, timeout_s: float) -> tuple[np.ndarray, float] | None:
        """Wait for a picture that has not been taken yet.

        Returns:
            The newest picture and when it came, in seconds since the first; None when none came in time.

        Raises:
            SourceError: the feed could not be opened to begin with.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._unseen is not None or self._failure is not None, timeout_s)
            if self._failure is not None:
                raise self._failure
            taken, self._unseen = self._unseen, None
            return taken

    def restart(self) -> np.ndarray | None:
        """Set clock and count of dropped pictures to zero; return the newest picture if it was not taken yet."""
        with self._changed:
            self._start, self._arrived, self.dropped = self._clock(), 0.0, 0
            taken, self._unseen = self._unseen, None
            return None if taken is None else taken[0]

    def now(self) -> float:
        """Give the seconds since the first picture or `restart`."""
        return 0.0 if self._start is None else self._clock() - self._start

    def silent_for(self) -> float:
        """Give the seconds since the newest picture came."""
        return self.now() - self._arrived

    @property
    def is_closed(self) -> bool:
        """Whether `close` was called."""
        return self._stop.is_set()

    def close(self) -> None:
        """Stop reading; the thread closes the feed."""
        self._stop.set()
        self._thread.join(JOIN_S)

    def _run(self) -> None:
        """Read on the thread; hand any error before the first picture, and any bug, to the thread that takes."""
        try:
            self._read_and_reconnect()
        except Exception as error:
            with self._changed:
                self._failure = error
                self._changed.notify_all()

    def _read_and_reconnect(self) -> None:
        pauses_s = retry_pauses()
        while not self._stop.is_set():
            try:
                with closing(self._connect()) as feed:
                    if self._read_until_lost(feed):
                        pauses_s = retry_pauses()
            except SourceError:
                if self._start is None:
                    raise
            self.is_lost = True
            self._stop.wait(next(pauses_s))

    def _read_until_lost(self, feed: Feed) -> bool:
        """Keep the newest picture until the feed is lost or `close` is called; True when there was one."""
        had_pictures = False
        while not self._stop.is_set():
            image = feed.read()
            if image is None:
                break
            self._keep(image, feed.skipped)
            had_pictures = True
        return had_pictures

    def _keep(self, image: np.ndarray, skipped: int) -> None:
        with self._changed:
            if self._start is None:
                self._start = self._clock()
            self._arrived = self.now()
            self.dropped += skipped + (self._unseen is not None)
            self.is_lost = False
            self._unseen = image, self._arrived
            self._changed.notify_all()


class LiveSource(Source):
    """Yields the newest picture of a feed, as often as the loop asks for one.

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
        """Yield the newest picture, or after a short wait the last one again, marked as not new, until closed."""
        newest = self._newest.restart()
        self._last = self._last if newest is None else newest
        time_s = 0.0
        yield Frame(self._last, 0, time_s, self.name)
        for index in itertools.count(1):
            if self._newest.is_closed:
                return
            taken = self._newest.take(MAX_WAIT_S)
            self._last, now_s = taken or (self._last, self._newest.now())
            time_s = max(now_s, time_s + TICK_S)
            is_new = taken is not None
            yield Frame(self._last, index, time_s, self.name, is_new=is_new, is_stale=not is_new and self._is_silent)

    @property
    def _is_silent(self) -> bool:
        """Whether the newest picture no longer shows what is before the camera."""
        return self._newest.is_lost or self._newest.silent_for() > STALLED_AFTER_S

    def note(self) -> str:
        """Say what is wrong with the feed, else how many pictures came too fast to be read."""
        if self._newest.is_lost:
            return translate(LOST[self._kind])
        silent_s = self._newest.silent_for()
        if silent_s > STALLED_AFTER_S:
            return translate(STALLED[self._kind], silent_s=silent_s)
        return tr("{count} dropped", count=self._newest.dropped) if self._newest.dropped else ""

    def close(self) -> None:
        """Stop the reader thread, which gives the camera or connection back."""
        self._newest.close()

    def _first_picture(self) -> np.ndarray:
        taken = self._newest.take(FIRST_PICTURE_S)
        if taken is None:
            raise SourceError(translate(SENDS_NOTHING[self._kind], name=self.name))
        return taken[0]
