"""What the keys do: the person in front of the window steers the run, and the panel tells what happened."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from time import monotonic
from typing import Protocol

import cv2
import numpy as np

from capture.loop import Summary
from capture.read.select import group_numbers
from capture.sinks.open import Recorder
from capture.sinks.pictures import save_snapshot
from capture.sources.base import Source
from capture.types import Box, Digit, Frame
from capture.view.overlay import draw_readings
from capture.view.panel import Status
from capture.window.help import draw_help
from capture.window.hints import Coach
from capture.window.window import Command, Window
from model.errors import DigitsError

MESSAGE_S = 2.5  # how long the panel says what a key did
CONFIDENCE_STEP = 0.05
CONFIDENCE_RANGE = 0.05, 0.95
STILL_WAIT_MS = 40  # between looks at the keys while the picture stands still
STILLS_NOTE = "space: go on"


class Adjustable(Protocol):
    """A tracker, as the keys see it."""

    min_confidence: float


@dataclass
class Controls:
    """Shows each frame and does what the keys ask for.

    Attributes:
        window: already open.
        source: of the frames: its note is shown, its canvas (`draw`) takes the mouse.
        tracker: whose `min_confidence` + and - change.
        recorder: what `r` starts and stops; it is one of the run's sinks, too.
        inspect: draws what the program sees in a picture.
        folder: where snapshots go.
        gives_hints: whether the coach speaks when a live picture cannot be read.
        is_mirrored: whether the picture is shown as in a mirror; it is read, and kept, as it is.
        correct: lets the user name the digits of a frame, with the readings shown, as in a mirror or not; QUIT ends
            the run. None when nothing is to be kept.
        clock: seconds; a test may bring its own.
    """

    window: Window
    source: Source
    tracker: Adjustable
    recorder: Recorder
    inspect: Callable[[np.ndarray], np.ndarray]
    folder: Path = field(default_factory=Path.cwd)
    gives_hints: bool = True
    is_mirrored: bool = False
    correct: Callable[[Window, Frame, list[Digit], bool], Command | None] | None = None
    clock: Callable[[], float] = monotonic

    def __post_init__(self) -> None:
        self._wants_quit = self._is_paused = self._inspects = self._helps = False
        self._message, self._message_until_s = "", 0.0
        self._coach, self._hint = Coach(), ""
        self._recording_since_s = 0.0
        self._status = Status()
        self._frame: Frame | None = None
        self._view: np.ndarray | None = None
        self._readings: list[Digit] = []
        self._actions = {
            Command.QUIT: self._quit,
            Command.PAUSE: self._pause,
            Command.RECORD: self._record,
            Command.SNAPSHOT: self._snapshot,
            Command.INSPECT: self._switch_inspection,
            Command.MIRROR: self._switch_mirror,
            Command.STRICTER: lambda: self._change_confidence(CONFIDENCE_STEP),
            Command.LAXER: lambda: self._change_confidence(-CONFIDENCE_STEP),
            Command.CORRECT: self._correct,
            Command.CLEAR: self._clear,
            Command.HELP: self._switch_help,
        }
        self._canvas = getattr(self.source, "canvas", None)
        if self._canvas:
            self.window.on_mouse = self._write_on_canvas

    def status(self, summary: Summary) -> Status:
        """What the panel says of the run; `run` asks for each frame."""
        fps = None if self.source.is_stills else summary.fps
        self._status = Status(fps, self._notes(), self._recorded_s())
        return self._status

    def show(self, frame: Frame, view: np.ndarray, readings: list[Digit]) -> bool:
        """Show a frame, for as long as the picture stands still, and do what the keys ask for.

        Photos stand still by themselves, each until `space`.

        Returns:
            True when the user wants to quit.
        """
        self._frame, self._view, self._readings = frame, view, readings
        self._ask_coach(readings)
        self._is_paused |= self.source.is_stills and not frame.error
        self._obey(self.window.show(self._picture(readings)))
        while self._is_paused and not self._wants_quit:
            self._obey(self.window.show(self._picture(readings), STILL_WAIT_MS))
        return self._wants_quit

    def _picture(self, readings: list[Digit]) -> np.ndarray:
        """What the window shows: the view, drawn anew where it differs from what is kept."""
        if self._inspects:
            picture = self.inspect(self._frame.image)
        elif self._is_paused or self.is_mirrored:
            picture = self._redraw(readings)
        else:
            picture = self._view
        return draw_help(picture) if self._helps else picture

    def _redraw(self, readings: list[Digit]) -> np.ndarray:
        image = self._frame.image
        is_still = self.source.is_stills
        notes = (STILLS_NOTE,) if is_still else ()
        status = replace(self._status, is_paused=self._is_paused and not is_still, notes=notes + self._notes())
        numbers = group_numbers(readings)  # before they are mirrored: "17" stays "17"
        if self.is_mirrored:
            image, readings = cv2.flip(image, 1), mirrored(readings, image.shape[1])
        return draw_readings(image, readings, status, numbers)

    def _notes(self) -> tuple[str, ...]:
        message = self._message if self.clock() < self._message_until_s else ""
        return tuple(filter(None, (self.source.note(), message, self._hint, self.recorder.problem)))

    def _ask_coach(self, readings: list[Digit]) -> None:
        if self.gives_hints and self.source.is_live and not self._canvas:
            self._hint = self._coach.update(self._frame.image, readings, self._frame.time_s)

    def _recorded_s(self) -> float | None:
        return self._frame.time_s - self._recording_since_s if self.recorder.is_recording and self._frame else None

    def _obey(self, command: Command | None) -> None:
        if command:
            self._actions[command]()

    def _say(self, message: str) -> None:
        self._message, self._message_until_s = message, self.clock() + MESSAGE_S

    def _quit(self) -> None:
        self._wants_quit = True

    def _pause(self) -> None:
        self._is_paused = not self._is_paused

    def _switch_inspection(self) -> None:
        self._inspects = not self._inspects

    def _switch_mirror(self) -> None:
        self.is_mirrored = not self.is_mirrored

    def _switch_help(self) -> None:
        self._helps = not self._helps

    def _change_confidence(self, step: float) -> None:
        least, most = CONFIDENCE_RANGE
        self.tracker.min_confidence = min(most, max(least, round(self.tracker.min_confidence + step, 2)))
        self._say(f"shown from {self.tracker.min_confidence:.0%}")

    def _correct(self) -> None:
        if not self.correct:
            self._say("to correct readings, and to keep the digits, start with --keep FOLDER")
        elif self._frame.image.size:
            answer = self.correct(self.window, self._frame, self._readings, self.is_mirrored)
            self._wants_quit = answer is Command.QUIT

    def _clear(self) -> None:
        if self._canvas:
            self._canvas.clear()

    def _record(self) -> None:
        if self.source.is_stills:
            self._say("photos are not recorded: press s")
            return
        self._recording_since_s = self._frame.time_s
        if not self.recorder.toggle() and not self.recorder.problem:
            self._say(f"saved {self.recorder.path.name}")

    def _snapshot(self) -> None:
        try:
            self._say(f"saved {save_snapshot(self._view, self.folder).name}")
        except DigitsError as error:
            self._say(str(error))

    def _write_on_canvas(self, event: int, x: int, y: int, flags: int) -> None:
        """Pass the mouse on, from pixels of what is shown to pixels of the canvas."""
        if not self._inspects:
            self._canvas.mouse(event, self.source.size[0] - 1 - x if self.is_mirrored else x, y, flags)


def mirrored(readings: list[Digit], width: int) -> list[Digit]:
    """The readings where they are in the mirrored picture of that width in pixels."""
    return [
        replace(reading, box=Box(width - reading.box.x - reading.box.w, *reading.box.xywh[1:])) for reading in readings
    ]
