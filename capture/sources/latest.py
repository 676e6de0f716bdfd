"""Live means now: reads a camera or stream on a thread of its own, keeps the newest picture only, and reconnects."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Protocol

import numpy as np

from capture.sources.base import SourceError

FIRST_RETRY_S = 0.5
MAX_RETRY_S = 8.0  # doubled from try to try up to here: soon enough for a person who plugs the camera in again
STALLED_AFTER_S = 2.0  # slower than any stream that is worth watching
THREAD_NAME = "newest picture"
JOIN_S = 1.0  # a read that hangs longer than this keeps its (daemon) thread; the program ends without it


class Feed(Protocol):
    """An open camera or connection.

    Attributes:
        skipped: how many pictures the last `read` passed over, since newer ones had already come.
    """

    skipped: int

    def read(self) -> np.ndarray | None:
        """Waits for the next picture, (H, W, 3) uint8 BGR; None when the feed is lost."""

    def close(self) -> None:
        """Gives the device or connection back."""


def retry_pauses() -> Iterator[float]:
    """Seconds to wait before each next try to connect: 0.5, 1, 2, 4, 8, 8 and so on."""
    pause_s = FIRST_RETRY_S
    while True:
        yield pause_s
        pause_s = min(2 * pause_s, MAX_RETRY_S)


class NewestPicture:
    """The newest picture of a feed, and how the feed is doing.

    Args:
        connect: opens the feed, or raises SourceError; called again, with back-off, whenever the feed is lost.
        clock: seconds on a clock that never jumps.
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
        """Waits for a picture that has not been taken yet.

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
        """Sets clock and count of dropped pictures to zero; returns the newest picture if it was not taken yet."""
        with self._changed:
            self._start, self._arrived, self.dropped = self._clock(), 0.0, 0
            taken, self._unseen = self._unseen, None
            return None if taken is None else taken[0]

    def now(self) -> float:
        """Seconds since the first picture or `restart`."""
        return 0.0 if self._start is None else self._clock() - self._start

    def silent_for(self) -> float:
        """Seconds since the newest picture came."""
        return self.now() - self._arrived

    @property
    def is_closed(self) -> bool:
        """True once `close` was called."""
        return self._stop.is_set()

    def close(self) -> None:
        """Stops reading; the thread closes the feed."""
        self._stop.set()
        self._thread.join(JOIN_S)

    def _run(self) -> None:
        """The thread: any error before the first picture, and any bug, is handed to the thread that takes."""
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
        """Keeps the newest picture until the feed is lost or `close` is called; True when there was one."""
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
