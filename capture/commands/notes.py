"""Short texts in the panel for a while: what a command just did, what would help the reader."""

from __future__ import annotations

from collections.abc import Callable

from capture.commands.hints import HintTimer
from capture.types import Frame, Page

MESSAGE_S = 2.5  # how long the panel says what a command did


class Notes:
    """Keeps what the panel says to the user, besides what the source says.

    Args:
        clock: seconds.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._message, self._message_until_s = "", 0.0
        self._hint_timer, self._hint = HintTimer(), ""

    def say(self, message: str) -> None:
        """Say what a command did."""
        self._message, self._message_until_s = message, self._clock() + MESSAGE_S

    def watch(self, frame: Frame, page: Page) -> None:
        """Look at a live frame for what makes reading hard; an old picture needs no advice."""
        if frame.is_stale:
            self._hint = ""
        elif frame.is_new:
            self._hint = self._hint_timer.update(frame.image, page.digits, frame.time_s)

    @property
    def now(self) -> tuple[str, ...]:
        """What is to be said now."""
        message = self._message if self._clock() < self._message_until_s else ""
        return tuple(filter(None, (message, self._hint)))
