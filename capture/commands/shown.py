"""Decides and draws what is shown of a run, for window and page alike: the frame with its page, or a view of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from time import monotonic
from typing import Protocol

import cv2
import numpy as np

from capture.commands.album import Album
from capture.commands.correction import Correction
from capture.commands.correction import start_correction as ask_about
from capture.commands.first_hints import draw_first_hints, is_blank
from capture.commands.help import draw_help
from capture.commands.notes import Notes
from capture.language import tr
from capture.sinks.recorder import Recorder
from capture.sources.base import Source
from capture.types import Frame, Number, Page, Trace
from capture.view.labels import LabelMemory
from capture.view.mirror import mirrored
from capture.view.overlay import draw_page
from capture.view.panel import Status

StartCorrection = Callable[[np.ndarray, Page], Correction]


class Adjustable(Protocol):
    """A tracker, as the commands see it."""

    min_confidence: float

    def update(self, frame: Frame, page: Page) -> Page: ...

    def name(self, track: int, label: int) -> None: ...


@dataclass
class Shown:
    """The state that decides what is shown, and the drawing of it; `Session` changes it.

    Attributes:
        source: of the frames: its note is shown, its canvas (`draw`) takes the mouse.
        tracker: whose `min_confidence` STRICTER and LAXER change.
        recorder: what RECORD starts and stops; it is one of the run's sinks, too.
        inspect: draws what the reader saw in a picture.
        folder: where snapshots go.
        gives_hints: whether advice is shown when a live picture cannot be read.
        is_mirrored: whether the picture is shown as in a mirror; it is read, and kept, as it is.
        start_correction: lets the user name the digits of a frame.
        has_keys: whether there are no buttons: then the first hints name the key that lists the others.
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
        return self._with_first_hints(picture)

    def _with_first_hints(self, picture: np.ndarray) -> np.ndarray:
        """Draw the first hints where they are due."""
        is_sheet = self.source.shows_sheet and is_blank(self.frame.image)
        has_keys = self.has_keys and self.source.is_live and self._is_untouched
        return draw_first_hints(picture, is_sheet=is_sheet, has_keys=has_keys) if is_sheet or has_keys else picture

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

    def _change_page(self, page: Page) -> None:
        """Show another page for the same picture."""
        self._page, self._view = page, draw_page(self.frame.image, page, self._status, memory=self._labels)
        if self._album:
            self._album.keep(page)
