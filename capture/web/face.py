"""Steers a run from the browser page: shows each frame there, and does what its viewers ask for."""

from __future__ import annotations

from pathlib import Path
from time import monotonic
from typing import Any, Protocol

import numpy as np

from capture.commands.command import Command
from capture.commands.correction import Correction
from capture.commands.session import Session
from capture.loop import Summary
from capture.sources.browser import BrowserSource
from capture.types import Frame, Page
from capture.view.panel import Status
from capture.web.exchange import Exchange
from capture.web.number_log import NumberLog
from model.classifier import NO_DIGIT

STILL_WAIT_S = 0.25  # between looks whether a note has had its time, while the picture stands still

MAX_PERCENT = 99  # as in the picture: nothing read is certain
GONE_AFTER_S = 5.0  # a page that is loaded again is back sooner


class Viewers(Protocol):
    """The server, as the face sees it."""

    has_viewers: bool
    had_viewers: bool


class BrowserFace:
    """Shows frames on the page for as long as they stand still, and does what is asked for meanwhile.

    Args:
        session: what the asks change.
        exchange: to and from the viewers.
        log: of the numbers shown.
        viewers: whether anybody looks on.
    """

    def __init__(self, session: Session, exchange: Exchange, log: NumberLog, viewers: Viewers) -> None:
        self._session, self._exchange, self._log, self._viewers = session, exchange, log, viewers
        self._fps: float | None = None
        self._is_over = False
        self._publish()

    def status(self, summary: Summary) -> Status:
        """Say what the panel tells of the run; `run` asks for each frame."""
        self._fps = summary.fps
        return self._session.status(summary.fps)

    def show(self, frame: Frame, view: np.ndarray, page: Page) -> bool:
        """Show a frame, for as long as the picture stands still, and do what viewers ask for.

        Returns:
            True when one of them wants to quit.
        """
        self._session.take(frame, view, page)
        is_photo = not self._session.source.is_live or frame.source != self._session.source.name
        self._log.note(self._session.numbers, frame.time_s, self._name(), is_steady=is_photo)
        self._publish()
        self._do_asks(0.0)
        while self._waits():
            self._do_asks(STILL_WAIT_S)
        return self._session.wants_quit

    def wait_to_start(self) -> None:
        """Wait until there is something to read, or for a video or photos until somebody has opened the page."""
        while self._waits_to_start() and not self._session.wants_quit:
            self._do_asks(STILL_WAIT_S)
        if self._session.wants_quit:
            self._session.source.close()

    def hold_last(self) -> None:
        """Leave the last picture to viewers who look on when the source has ended, until they quit or have gone."""
        self._is_over = True
        self._publish()
        seen_s = monotonic() if self._viewers.has_viewers else -GONE_AFTER_S
        while monotonic() - seen_s < GONE_AFTER_S and not self._session.wants_quit:
            self._do_asks(STILL_WAIT_S)
            seen_s = monotonic() if self._viewers.has_viewers else seen_s

    def _waits_to_start(self) -> bool:
        source = self._session.source
        if isinstance(source, BrowserSource):
            return not source.has_news
        return not (source.is_live or self._viewers.had_viewers)

    def _waits(self) -> bool:
        """Say whether the same frame is to be shown on: it stands still, or no page has sent another one."""
        is_last = isinstance(self._session.source, BrowserSource) and not self._session.source.has_news
        return (self._session.stands_still or is_last) and not self._session.wants_quit

    def _do_asks(self, timeout_s: float) -> None:
        """Do what is waiting to be done; wait for the first of it so long."""
        ask = self._exchange.next_ask(timeout_s)
        while ask:
            ask(self._session)
            ask = self._exchange.next_ask()
        self._publish()

    def _publish(self) -> None:
        session = self._session
        recorder = session.recorder
        self._exchange.files = {"snapshot": session.snapshot, "recording": recorder.finished}
        self._exchange.publish(None if session.frame is None else session.picture(), self._state())

    def _name(self) -> str:
        """Name what is shown: the picture, the video, or the source as the user named it; no folders of here."""
        frame, source = self._session.frame, self._session.source
        if source.is_live:
            return source.name if frame is None else frame.source
        return Path(source.name).name if frame is None else source.title(frame) or Path(frame.source).name

    def _state(self) -> dict[str, Any]:
        """Give what the page shows beside the picture, as plain values."""
        session, correction = self._session, self._session.correction
        recorded_s = session.recorded_s
        return {
            "source": self._name(),
            "numbers": [number.text for number in session.numbers],
            "fps": None if self._fps is None or session.source.is_stills else round(self._fps),
            "notes": list(session.notes),
            "min_confidence": session.tracker.min_confidence,
            "recorded_s": None if recorded_s is None else int(recorded_s),
            "is_paused": session.is_paused,
            "is_stills": session.source.is_stills,
            "is_mirrored": session.is_mirrored,
            "is_inspecting": session.is_inspecting,
            "is_over": self._is_over,
            "is_writable": session.canvas is not None,
            "gives": isinstance(session.source, BrowserSource),
            "commands": [command.name for command in Command if self._makes_sense(command)],
            "correction": correction and correction_state(correction),
            "files": {name: path.name for name, path in self._exchange.files.items() if path},
        }

    def _makes_sense(self, command: Command) -> bool:
        """Say whether the page needs a button for it: there is a sheet to clear, a video to record."""
        if command is Command.LEAVE:
            return False
        if command is Command.CLEAR:
            return self._session.canvas is not None
        if command is Command.PREVIOUS:
            return self._session.has_before
        return command is not Command.RECORD or not self._session.source.is_stills


def correction_state(correction: Correction) -> dict[str, Any]:
    """Give what the page asks about a digit: what was read, how surely, what the user said, and how many are kept."""
    piece, kept = correction.current, sum(piece.file is not None for piece in correction.pieces)
    if piece is None:
        return {"asks": "ask_nothing", "kept": kept}
    if piece.label is not None:
        return {"asks": "ask_no_digit" if piece.label == NO_DIGIT else "ask_said", "digit": piece.label, "kept": kept}
    if piece.shown is None:
        return {"asks": "ask_unread", "kept": kept}
    certainty = min(int(100 * piece.shown.confidence), MAX_PERCENT)
    return {"asks": "ask_read", "digit": piece.shown.digit, "certainty": certainty, "kept": kept}
