"""Holds frames back until their time has come, so that a clip or the demo runs at its true speed in a window."""

from __future__ import annotations

import time
from collections.abc import Callable

MAX_CATCH_UP_S = 0.25  # more behind than this (a pause, a slow computer): go on from now, without a rush


class Pacer:
    """Waits for each frame's moment on a clock that starts with the first frame."""

    def __init__(
        self, clock: Callable[[], float] = time.perf_counter, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._clock = clock
        self._sleep = sleep
        self._start: float | None = None

    def wait_until(self, time_s: float) -> None:
        """Sleeps until `time_s` seconds of the source have passed; returns at once when late."""
        now = self._clock()
        if self._start is None or now - self._start - time_s > MAX_CATCH_UP_S:
            self._start = now - time_s
        early_s = self._start + time_s - now
        if early_s > 0:
            self._sleep(early_s)
