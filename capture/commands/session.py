"""Does the commands, for window and browser page alike: each changes what is shown of a run."""

from __future__ import annotations

import cv2

from capture.commands.command import Command
from capture.commands.correction import Answer, Correction, corrected_page
from capture.commands.first_hints import is_blank
from capture.commands.shown import Shown
from capture.language import tr
from capture.sinks.pictures import save_snapshot
from model.errors import DigitsError

CONFIDENCE_STEP = 0.05
CONFIDENCE_RANGE = 0.05, 0.95


class Session(Shown):
    """Does commands and answers; window or page bring it frames by `take`, and show its `picture()`."""

    def __post_init__(self) -> None:
        super().__post_init__()
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

    def _take_corrections(self, correction: Correction) -> None:
        """Show what was named from now on: in this picture, and in the next ones where digits are followed."""
        self._change_page(corrected_page(self._page, correction.pieces))
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
            self.frame, page = turned
            self._change_page(page)
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
        if self.source.is_stills and not self.frame.error:
            self._change_page(self.tracker.update(self.frame, self._page))

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
