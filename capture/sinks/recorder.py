"""The recording that a key starts and stops."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

import numpy as np

from capture.sinks.locks import InUseError
from capture.sinks.names import OutputError, new_output_path
from capture.sinks.video import VideoSink
from capture.types import Frame, Page


class Recorder:
    """Starts and stops a recording when a key is pressed; a sink that idles in between.

    Args:
        folder: where recordings go, each named after its date and time.

    Attributes:
        path: the recording under way, or the last one; the folder before the first.
        problem: why that recording ended early or could not start, or None.

    Example:
        with Recorder(Path("output")) as recorder:
            recorder.toggle()  # the key r
            recorder.write(frame, view, page)
    """

    def __init__(self, folder: Path) -> None:
        self.path, self._folder = folder, folder
        self._is_on = False
        self._current: VideoSink | None = None
        self._recordings = ExitStack()
        self._start_problem: str | None = None

    def __enter__(self) -> Recorder:
        return self

    def __exit__(self, *_exception: object) -> None:
        self._recordings.close()

    @property
    def is_recording(self) -> bool:
        """Whether frames are being kept."""
        return self._is_on and self._current.problem is None

    @property
    def problem(self) -> str | None:
        """Why the last recording failed, or None."""
        return self._start_problem or (self._current and self._current.problem)

    @property
    def finished(self) -> Path | None:
        """The last recording once it is whole, or None."""
        return self.path if self._current and not self._is_on and self._current.is_finished else None

    @property
    def dropped(self) -> int:
        """Frames that the last recording lacks, because the encoder was too slow."""
        return self._current.dropped if self._current else 0

    def toggle(self) -> bool:
        """Start a recording, or end the one under way without waiting for it; say whether one is running."""
        if self.is_recording:
            self._is_on = False
            self._current.stop()
        else:
            self._start()
        return self.is_recording

    def write(self, frame: Frame, view: np.ndarray, page: Page) -> None:
        """Pass the frame on while recording."""
        if self._is_on:
            self._current.write(frame, view, page)

    def _start(self) -> None:
        self._is_on, self._start_problem = False, None
        try:
            path = new_output_path(self._folder, "digits", ".mp4")
            self._current = self._recordings.enter_context(VideoSink(path, starts_at_s=None))
            self._is_on, self.path = True, path
        except (OutputError, InUseError) as error:
            self._start_problem = str(error)
