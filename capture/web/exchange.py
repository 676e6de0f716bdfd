"""Passes things between the run's thread and the server's: pictures and states one way, what viewers ask for back."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Any

import numpy as np

from capture.commands.session import Session

MAX_WAITING = 200  # things asked for and not yet done: more is no person; the rest is dropped

Ask = Callable[[Session], None]
"""Something to be done to the session, by the thread that runs it."""


@dataclass(frozen=True)
class Published:
    """What the run shows at a moment.

    Attributes:
        number: 1 for the first picture, counted on.
        picture: (H, W, 3) uint8 BGR; nobody draws on it any more.
        at_s: when it was published, on the monotonic clock.
    """

    number: int
    picture: np.ndarray
    at_s: float


class Exchange:
    """Keeps the newest picture and state for the viewers, and a queue of what they ask; nobody waits for a viewer.

    Attributes:
        newest: the last picture; None before the first.
        state: what the page shows besides it, as plain values; {} before the first.
        files: what viewers may download, by its name in the address.

    Example:
        exchange = Exchange()
        exchange.publish(session.picture(), {"numbers": ["4711"]})  # the run's thread
        exchange.ask(lambda session: session.do(Command.PAUSE))  # the server's
    """

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._asks: queue.Queue[Ask] = queue.Queue(MAX_WAITING)
        self._listeners: list[Callable[[], None]] = []
        self._lock = threading.Lock()
        self.newest: Published | None = None
        self.state: dict[str, Any] = {}
        self.files: dict[str, Path | None] = {}

    def publish(self, picture: np.ndarray | None, state: dict[str, Any]) -> None:
        """Show a picture, if there is one yet, and a state from now on; called by the run, as often as it likes."""
        is_new = picture is not None and (self.newest is None or self.newest.picture is not picture)
        if not is_new and state == self.state:
            return
        if is_new:
            number = 1 if self.newest is None else self.newest.number + 1
            self.newest = Published(number, picture, self._clock())
        self.state = state
        with self._lock:
            listeners = list(self._listeners)
        for tell in listeners:
            tell()

    def listen(self, tell: Callable[[], None]) -> Callable[[], None]:
        """Have `tell` called, on the run's thread, after each change; returns what ends that."""
        with self._lock:
            self._listeners.append(tell)

        def end() -> None:
            with self._lock:
                self._listeners.remove(tell)

        return end

    def ask(self, ask: Ask) -> bool:
        """Leave something for the run to do; False when it has too much to do already."""
        try:
            self._asks.put_nowait(ask)
        except queue.Full:
            return False
        return True

    def next_ask(self, timeout_s: float = 0.0) -> Ask | None:
        """Give what a viewer asked for next; None when nothing was asked in time."""
        try:
            return self._asks.get(block=timeout_s > 0, timeout=timeout_s or None)
        except queue.Empty:
            return None
