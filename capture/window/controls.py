"""Steers a run from the window: shows each frame, and passes keys and mouse on to the session."""

from __future__ import annotations

import numpy as np

from capture.commands.command import Command
from capture.commands.correction import Answer, Move
from capture.commands.session import Session
from capture.loop import Summary
from capture.types import Frame, Page
from capture.view.panel import Status
from capture.window.keys import BACKSPACE, DELETE, DIGIT_KEYS, DOWN, ENTER, ESCAPE, LEFT, RIGHT, TAB, UP
from capture.window.window import KEY_WAIT_MS, Window
from model.classifier import NO_DIGIT

STILL_WAIT_MS = 40  # between looks at the keys while the picture stands still
ANSWERS: dict[int, Answer | Command] = {
    **DIGIT_KEYS,
    **dict.fromkeys(map(ord, "xXnN"), NO_DIGIT),
    **dict.fromkeys((RIGHT, DOWN), Move.FORWARD),
    **dict.fromkeys((LEFT, UP), Move.BACK),
    **dict.fromkeys((BACKSPACE, DELETE), Move.TAKE_BACK),
    **dict.fromkeys((ESCAPE, *map(ord, "wW ")), Move.END),
    **dict.fromkeys(map(ord, "qQ"), Command.QUIT),
    TAB: Move.NEXT,
    ENTER: Move.ACCEPT,
}
"""What the keys mean while readings are corrected."""
COMMANDS: dict[int, Answer | Command] = {
    **{ord(key): command for command in Command for key in command.keys},
    **dict.fromkeys((RIGHT, DOWN), Command.PAUSE),
    **dict.fromkeys((LEFT, UP, BACKSPACE), Command.PREVIOUS),
}
"""What they mean otherwise; arrows are for photos."""


class Controls:
    """Shows each frame in the window and does what the keys ask for.

    Args:
        window: already open.
        session: what the keys change.
    """

    def __init__(self, window: Window, session: Session) -> None:
        self.window, self.session = window, session
        window.on_mouse = session.mouse

    def status(self, summary: Summary) -> Status:
        """Say what the panel shows of the run; `run` asks for each frame."""
        return self.session.status(summary.fps)

    def show(self, frame: Frame, view: np.ndarray, page: Page) -> bool:
        """Show a frame, for as long as the picture stands still, and do what the keys ask for.

        Returns:
            True when the user wants to quit.
        """
        self.session.take(frame, view, page)
        self._look_at_keys(KEY_WAIT_MS)
        while self.session.stands_still:
            self._look_at_keys(STILL_WAIT_MS)
        return self.session.wants_quit

    def _look_at_keys(self, wait_ms: int) -> None:
        meanings = ANSWERS if self.session.correction else COMMANDS
        self.window.is_full_screen = self.session.is_full_screen
        self.session.do(self.window.show(self.session.picture(), wait_ms, meanings))
