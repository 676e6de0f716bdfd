"""What a run shows and what the commands change in it, for window and page alike."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from time import monotonic
from typing import Protocol

import cv2
import numpy as np

from capture.commands.album import Album
from capture.commands.command import Command
from capture.commands.correction import Answer, Correction, corrected_page
from capture.commands.correction import start_correction as ask_about
from capture.commands.greeting import draw_greeting, is_blank
from capture.commands.help import draw_help
from capture.commands.notes import Notes
from capture.language import tr
from capture.sinks.open import Recorder
from capture.sinks.pictures import save_snapshot
from capture.sources.base import Source
from capture.types import Frame, Number, Page, Trace
from capture.view.labels import LabelMemory
from capture.view.mirror import mirrored
from capture.view.overlay import draw_page
from capture.view.panel import Status
from model.errors import DigitsError

CONFIDENCE_STEP = 0.05
CONFIDENCE_RANGE = 0.05, 0.95

StartCorrection = Callable[[np.ndarray, Page], Correction]


class Adjustable(Protocol):
    """A tracker, as the commands see it."""

    min_confidence: float

    def name(self, track: int, label: int) -> None: ...


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
        start_correction: lets the user name the digits of a frame.
        has_keys: whether keys are all there is to steer by: then the first hints name the one that tells the others.
        clock: seconds; a test may bring its own.
        correction: the one under way, or None; meanwhile its answers are taken in place of commands.
        is_paused: whether the picture stands still on purpose.
        is_inspecting: whether what the reader saw is shown.
        is_full_screen: whether the window is to fill the screen.
        is_helping: whether the keys are listed over the picture.
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
    start_correction: StartCorrection = ask_about
    has_keys: bool = False
    clock: Callable[[], float] = monotonic
    correction: Correction | None = field(default=None, init=False)
    is_paused: bool = field(default=False, init=False)
    wants_quit: bool = field(default=False, init=False)
    is_inspecting: bool = field(default=False, init=False)
    is_full_screen: bool = field(default=False, init=False)
    is_helping: bool = field(default=False, init=False)
    snapshot: Path | None = field(default=None, init=False)
    frame: Frame | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        self._is_untouched = True
        self._album = Album(self.source.reopen) if self.source.is_stills else None
        self._notes = Notes(self.clock)
        self._labels = LabelMemory()
        self._recording_since_s = 0.0
        self._status = Status()
        self._view: np.ndarray | None = None
        self._page = Page()
        self._drawn: tuple[tuple, np.ndarray] | None = None
        self._changes = 0
        self._actions = {
            Command.QUIT: self._quit,
            Command.LEAVE: self._leave,
            Command.PAUSE: self._pause,
            Command.PREVIOUS: lambda: self._turn(-1),
            Command.RECORD: self._record,
            Command.SNAPSHOT: self._snapshot,
            Command.INSPECT: lambda: self._switch("is_inspecting"),
            Command.MIRROR: lambda: self._switch("is_mirrored"),
            Command.STRICTER: lambda: self._change_confidence(CONFIDENCE_STEP),
            Command.LAXER: lambda: self._change_confidence(-CONFIDENCE_STEP),
            Command.CORRECT: self._correct,
            Command.CLEAR: self._clear,
            Command.FULL_SCREEN: lambda: self._switch("is_full_screen"),
            Command.HELP: lambda: self._switch("is_helping"),
        }

    @property
    def canvas(self) -> object | None:
        """The sheet that the mouse writes on, or None."""
        return getattr(self.source, "canvas", None)

    @property
    def numbers(self) -> tuple[Number, ...]:
        """What is read in the picture that is shown."""
        return self._page.numbers

    @property
    def has_before(self) -> bool:
        """Whether there is a photo before this one."""
        return self._album is not None and self._album.has_before

    @property
    def stands_still(self) -> bool:
        """Whether the same frame is to be shown on: until a command says otherwise."""
        return (self.is_paused or self.correction is not None) and not self.wants_quit

    @property
    def notes(self) -> tuple[str, ...]:
        """Short texts on the source, on what a command just did, on what would help, on a recording that failed."""
        return tuple(filter(None, (self.source.note(), *self._notes.now, self.recorder.problem)))

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
        if self._album and not frame.error:
            self._album.add(frame, page)
        if self.gives_hints and self.source.is_live and not self.source.shows_sheet:
            self._notes.watch(frame, page)
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
        self._is_untouched = False
        if isinstance(asked, Command):
            self._actions[asked]()
        elif self.correction:
            self.correction.answer(asked)
            if self.correction.is_done:
                self._take_corrections(self.correction)
                self.correction = None

    def mouse(self, event: int, x: float, y: float, flags: int) -> None:
        """Take one of OpenCV's mouse events, in pixels of what is shown: it writes, or chooses the digit to correct."""
        if self.frame is None or (self.is_inspecting and not self.correction):
            return
        self._is_untouched &= event == cv2.EVENT_MOUSEMOVE
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
        if self.is_helping:
            return draw_help(picture)
        return self._greet(picture)

    def _greet(self, picture: np.ndarray) -> np.ndarray:
        """Draw the first hints where they are due."""
        is_sheet = self.source.shows_sheet and is_blank(self.frame.image)
        has_keys = self.has_keys and self.source.is_live and self._is_untouched
        return draw_greeting(picture, is_sheet=is_sheet, has_keys=has_keys) if is_sheet or has_keys else picture

    def _redraw(self) -> np.ndarray:
        image, page = self.frame.image, self._page
        is_still = self.source.is_stills
        notes = (self.source.title(self.frame), *self._ways_on()) if is_still else ()
        status = replace(self._status, is_paused=self.is_paused and not is_still, notes=notes + self.notes)
        if self.is_mirrored:
            image, page = cv2.flip(image, 1), mirrored(page, image.shape[1])
        return draw_page(image, page, status, memory=self._labels, is_stale=self.frame.is_stale)

    def _ways_on(self) -> tuple[str, ...]:
        """Say which keys lead to the other photos, where keys are what one has."""
        if not self.has_keys:
            return ()
        back = (tr("b: back"),) if self.has_before else ()
        return (", ".join((tr("space: go on"), *back, tr("h: help"))),)

    def _take_corrections(self, correction: Correction) -> None:
        """Show what was named from now on: in this picture, and in the next ones where digits are followed."""
        self._page = corrected_page(self._page, correction.pieces)
        self._view = draw_page(self.frame.image, self._page, self._status, memory=self._labels)
        if self._album:
            self._album.keep(self._page)
        for piece in correction.pieces:
            if piece.label is not None and piece.shown and piece.shown.track is not None:
                self.tracker.name(piece.shown.track, piece.label)

    def _turn(self, step: int) -> bool:
        """Show the photo after or before this one, where it was shown already; False where there is none."""
        try:
            turned = self._album.turn(step) if self._album else None
        except DigitsError as error:
            self._notes.say(str(error))
            return True
        if turned:
            self.frame, self._page = turned
            self._view = draw_page(self.frame.image, self._page)
        return turned is not None

    def _switch(self, name: str) -> None:
        setattr(self, name, not getattr(self, name))

    def _quit(self) -> None:
        self.wants_quit = True

    def _leave(self) -> None:
        """Go back one step; what was drawn by hand is never left by the key that leads back."""
        layers = [one for one in ("is_helping", "is_inspecting", "is_full_screen") if getattr(self, one)]
        if layers:
            self._switch(layers[0])
        elif self.is_paused and not self.source.is_stills:
            self.is_paused = False
        elif self.canvas and not is_blank(self.canvas.image):
            self._notes.say(tr("the sheet would be lost: s saves it, c clears it, q quits"))
        else:
            self.wants_quit = True

    def _pause(self) -> None:
        if not (self.source.is_stills and self._turn(1)):
            self.is_paused = not self.is_paused

    def _change_confidence(self, step: float) -> None:
        least, most = CONFIDENCE_RANGE
        self.tracker.min_confidence = min(most, max(least, round(self.tracker.min_confidence + step, 2)))
        self._notes.say(tr("shown from {min_confidence:.0%}", min_confidence=self.tracker.min_confidence))

    def _correct(self) -> None:
        if self.frame.image.size:
            self.correction = self.start_correction(self.frame.image, self._page)

    def _clear(self) -> None:
        if self.canvas:
            self.canvas.clear()

    def _record(self) -> None:
        if self.source.is_stills:
            self._notes.say(tr("photos are not recorded: press s"))
            return
        self._recording_since_s = self.frame.time_s
        if not self.recorder.toggle() and not self.recorder.problem:
            self._notes.say(tr("saved {name}", name=self.recorder.path.name))

    def _snapshot(self) -> None:
        try:
            self.snapshot = save_snapshot(self._view, self.folder)
            self._notes.say(tr("saved {name}", name=self.snapshot.name))
        except DigitsError as error:
            self._notes.say(str(error))
