"""What a run shows and what the commands change in it, for window and page alike."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from time import monotonic
from typing import Protocol

import cv2
import numpy as np

from capture.commands.command import Command
from capture.commands.correction import Answer, Correction
from capture.commands.help import draw_help
from capture.commands.hints import Coach
from capture.language import tr
from capture.sinks.open import Recorder
from capture.sinks.pictures import save_snapshot
from capture.sources.base import Source
from capture.types import Digit, Frame, Page, Trace
from capture.view.labels import LabelMemory
from capture.view.overlay import draw_page
from capture.view.panel import Status
from model.errors import DigitsError

MESSAGE_S = 2.5  # how long the panel says what a command did
CONFIDENCE_STEP = 0.05
CONFIDENCE_RANGE = 0.05, 0.95
STILLS_NOTE = "space: go on"

StartCorrection = Callable[[np.ndarray, Page], Correction]


class Adjustable(Protocol):
    """A tracker, as the commands see it."""

    min_confidence: float


@dataclass
class Session:
    """What is shown of a run, and what commands do to it; a face brings frames and commands, and shows `picture()`.

    Attributes:
        source: of the frames: its note is shown, its canvas (`draw`) takes the mouse.
        tracker: whose `min_confidence` STRICTER and LAXER change.
        recorder: what RECORD starts and stops; it is one of the run's sinks, too.
        inspect: draws what the reader saw in a picture.
        folder: where snapshots go.
        gives_hints: whether advice is shown when a live picture cannot be read.
        is_mirrored: whether the picture is shown as in a mirror; it is read, and kept, as it is.
        start_correction: lets the user name the digits of a frame; None when nothing is to be kept.
        clock: seconds; a test may bring its own.
        correction: the one under way, or None; meanwhile its answers are taken in place of commands.
        is_paused: whether the picture stands still on purpose.
        wants_quit: whether the user wants the run to end.
        snapshot: the last one saved, or None.
        frame: the one that is shown; None before the first.
    """

    source: Source
    tracker: Adjustable
    recorder: Recorder
    inspect: Callable[[np.ndarray, Trace | None], np.ndarray]
    folder: Path = field(default_factory=Path.cwd)
    gives_hints: bool = True
    is_mirrored: bool = False
    start_correction: StartCorrection | None = None
    clock: Callable[[], float] = monotonic
    correction: Correction | None = field(default=None, init=False)
    is_paused: bool = field(default=False, init=False)
    wants_quit: bool = field(default=False, init=False)
    is_inspecting: bool = field(default=False, init=False)
    snapshot: Path | None = field(default=None, init=False)
    frame: Frame | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        self._helps = False
        self._message, self._message_until_s = "", 0.0
        self._coach, self._hint = Coach(), ""
        self._labels = LabelMemory()
        self._recording_since_s = 0.0
        self._status = Status()
        self._view: np.ndarray | None = None
        self._page = Page()
        self._drawn: tuple[tuple, np.ndarray] | None = None
        self._changes = 0
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

    @property
    def canvas(self) -> object | None:
        """The sheet that the mouse writes on, or None."""
        return getattr(self.source, "canvas", None)

    @property
    def stands_still(self) -> bool:
        """Whether the same frame is to be shown on: until a command says otherwise."""
        return (self.is_paused or self.correction is not None) and not self.wants_quit

    @property
    def notes(self) -> tuple[str, ...]:
        """Short texts on the source, on what a command just did, on what would help, on a recording that failed."""
        message = self._message if self.clock() < self._message_until_s else ""
        return tuple(filter(None, (self.source.note(), message, self._hint, self.recorder.problem)))

    @property
    def recorded_s(self) -> float | None:
        """How long the recording is, in seconds of the source; None when nothing is recorded."""
        return self.frame.time_s - self._recording_since_s if self.recorder.is_recording and self.frame else None

    def status(self, fps: float | None) -> Status:
        """Say what the panel tells of the run, whose frames come at so many a second; asked for each frame."""
        self._status = Status(None if self.source.is_stills else fps, self.notes, self.recorded_s)
        return self._status

    def take(self, frame: Frame, view: np.ndarray, page: Page) -> None:
        """Show a frame from now on; photos stand still by themselves, each until PAUSE."""
        self.frame, self._view, self._page = frame, view, page
        self._changes += 1
        if frame.is_stale:
            self._hint = ""
        elif frame.is_new and self.gives_hints and self.source.is_live and not self.canvas:
            self._hint = self._coach.update(frame.image, page.digits, frame.time_s)
        self.is_paused |= self.source.is_stills and not frame.error

    def picture(self) -> np.ndarray:
        """Give what is to be shown now, (H, W, 3) uint8 BGR: the same array as long as nothing has changed."""
        state = self._changes, self.notes
        if self._drawn is None or self._drawn[0] != state:
            self._drawn = state, self._draw()
        return self._drawn[1]

    def do(self, asked: Command | Answer | None) -> None:
        """Do what a command, or while correcting an answer, asks for; None changes nothing."""
        if asked is None or (self.frame is None and asked is not Command.QUIT):
            return
        self._changes += 1
        if isinstance(asked, Command):
            self._actions[asked]()
        elif self.correction:
            self.correction.answer(asked)
            self.correction = None if self.correction.is_done else self.correction

    def mouse(self, event: int, x: float, y: float, flags: int) -> None:
        """Take one of OpenCV's mouse events, in pixels of what is shown: it writes, or chooses the digit to correct."""
        if self.frame is None or (self.is_inspecting and not self.correction):
            return
        x = self.frame.image.shape[1] - 1 - x if self.is_mirrored else x
        if not self.correction:
            if self.canvas:
                self.canvas.mouse(event, x, y, flags)
        elif event == cv2.EVENT_LBUTTONDOWN:
            self._changes += 1
            self.correction.point_at(x, y)

    def _draw(self) -> np.ndarray:
        """Draw the view anew where it differs from what is kept."""
        if self.correction:
            return self.correction.draw(self.is_mirrored)
        if self.is_inspecting:
            picture = self.inspect(self.frame.image, self._page.trace)
        elif self.is_paused or self.is_mirrored:
            picture = self._redraw()
        else:
            picture = self._view
        return draw_help(picture) if self._helps else picture

    def _redraw(self) -> np.ndarray:
        image, page = self.frame.image, self._page
        is_still = self.source.is_stills
        notes = (STILLS_NOTE,) if is_still else ()
        status = replace(self._status, is_paused=self.is_paused and not is_still, notes=notes + self.notes)
        if self.is_mirrored:
            image, page = cv2.flip(image, 1), mirrored(page, image.shape[1])
        return draw_page(image, page, status, memory=self._labels, is_stale=self.frame.is_stale)

    def _say(self, message: str) -> None:
        self._message, self._message_until_s = message, self.clock() + MESSAGE_S

    def _quit(self) -> None:
        self.wants_quit = True

    def _pause(self) -> None:
        self.is_paused = not self.is_paused

    def _switch_inspection(self) -> None:
        self.is_inspecting = not self.is_inspecting

    def _switch_mirror(self) -> None:
        self.is_mirrored = not self.is_mirrored

    def _switch_help(self) -> None:
        self._helps = not self._helps

    def _change_confidence(self, step: float) -> None:
        least, most = CONFIDENCE_RANGE
        self.tracker.min_confidence = min(most, max(least, round(self.tracker.min_confidence + step, 2)))
        self._say(tr("shown from {min_confidence:.0%}", min_confidence=self.tracker.min_confidence))

    def _correct(self) -> None:
        if not self.start_correction:
            self._say(tr("to correct readings, and to keep the digits, start with --keep FOLDER"))
        elif self.frame.image.size:
            self.correction = self.start_correction(self.frame.image, self._page)

    def _clear(self) -> None:
        if self.canvas:
            self.canvas.clear()

    def _record(self) -> None:
        if self.source.is_stills:
            self._say(tr("photos are not recorded: press s"))
            return
        self._recording_since_s = self.frame.time_s
        if not self.recorder.toggle() and not self.recorder.problem:
            self._say(tr("saved {name}", name=self.recorder.path.name))

    def _snapshot(self) -> None:
        try:
            self.snapshot = save_snapshot(self._view, self.folder)
            self._say(tr("saved {name}", name=self.snapshot.name))
        except DigitsError as error:
            self._say(str(error))


def mirrored(page: Page, width: int) -> Page:
    """Move a page to where it is in the mirrored picture, `width` pixels wide; numbers keep their texts: 17 is 17."""
    numbers = (
        replace(number, box=number.box.mirrored(width), digits=_mirrored(number.digits, width))
        for number in page.numbers
    )
    return replace(page, digits=_mirrored(page.digits, width), numbers=tuple(numbers))


def _mirrored(digits: Iterable[Digit], width: int) -> tuple[Digit, ...]:
    return tuple(replace(digit, box=digit.box.mirrored(width)) for digit in digits)
