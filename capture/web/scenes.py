"""Tracks digits within a scene only: a photo that a page sends has nothing to do with the one before."""

from __future__ import annotations

from capture.sources.browser import BrowserSource
from capture.track.tracker import Tracker
from capture.types import Frame, Page


class SceneTracker:
    """Tracks digits as `Tracker` does, and begins anew with each scene of a source.

    Args:
        source: knows the scene of the frame that is being read.
        min_confidence: a digit is shown from this probability on; it may be changed between any two frames.
    """

    def __init__(self, source: BrowserSource, min_confidence: float = 0.5) -> None:
        self._source, self._scene = source, source.scene
        self._tracker = Tracker(min_confidence)

    @property
    def min_confidence(self) -> float:
        """What a digit must reach to be shown."""
        return self._tracker.min_confidence

    @min_confidence.setter
    def min_confidence(self, value: float) -> None:
        self._tracker.min_confidence = value

    def name(self, track: int, label: int) -> None:
        """Take a person's word for a digit of this scene."""
        self._tracker.name(track, label)

    def update(self, frame: Frame, page: Page) -> Page:
        """Take in the page of a frame, as `Tracker.update` does; tracks of another scene are forgotten."""
        if self._source.scene != self._scene:
            self._scene, self._tracker = self._source.scene, Tracker(self.min_confidence)
        return self._tracker.update(frame, page)
