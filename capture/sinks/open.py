"""The way out of the camera path: opens what `--save` and `--readings` name, and records when a key is pressed."""

from __future__ import annotations

import glob
from contextlib import ExitStack
from pathlib import Path
from typing import Protocol

import numpy as np

from capture.read.select import group_numbers
from capture.sinks.files import (
    PICTURE_SUFFIXES,
    READINGS_SUFFIXES,
    VIDEO_SUFFIXES,
    RecordingError,
    is_same_file,
    new_output_path,
    reason,
)
from capture.sinks.pictures import ImageSink
from capture.sinks.readings import STDOUT, CsvSink, JsonLinesSink
from capture.sinks.video import VideoSink
from capture.types import Digit, Frame


class Sink(Protocol):
    """Somewhere that results go: a context manager that takes every frame.

    Attributes:
        path: where.
        problem: what went wrong, in one line for the user, or None. A sink never raises once it is open.
    """

    path: Path
    problem: str | None

    def __enter__(self) -> Sink: ...
    def __exit__(self, *exception: object) -> None: ...
    def write(self, frame: Frame, view: np.ndarray, readings: list[Digit]) -> None:
        """Takes one frame, what was drawn over it, and what was read in it."""


class SourceFacts(Protocol):
    """What an output needs to know of the source."""

    name: str
    is_live: bool
    can_wait: bool
    is_stills: bool
    length: int | None


def open_save(save: str, source: SourceFacts) -> Sink:
    """The sink for the annotated copy.

    Args:
        save: a video's name for a video or camera; for photos a picture's name, or a folder.
        source: what will be recorded.

    Raises:
        RecordingError: when that name does not suit the source or cannot be written.
    """
    path = Path(save)
    check_not_input(path, source)
    if source.is_stills:
        return open_picture_sink(path, source)
    return open_video_sink(path, source, picture="view")


def open_clean(clean: str, source: SourceFacts) -> Sink:
    """The sink for a video of the camera's own picture, with nothing drawn on it, to be read again later."""
    path = Path(clean)
    check_not_input(path, source)
    return open_video_sink(path, source, picture="frame")


def open_readings(readings: str, source: SourceFacts) -> Sink:
    """The sink for the readings as data: JSON lines, or CSV; `-` writes JSON lines to stdout.

    Raises:
        RecordingError: when the suffix is unknown or the file cannot be written.
    """
    path = Path(readings)
    suffix = path.suffix.lower()
    if readings != STDOUT and suffix not in READINGS_SUFFIXES:
        raise RecordingError(f"{path}: unknown kind of readings file; end its name with {_either(READINGS_SUFFIXES)}")
    check_not_input(path, source)
    return (CsvSink if suffix == ".csv" else JsonLinesSink)(path, group_numbers)


def open_video_sink(path: Path, source: SourceFacts, picture: str) -> VideoSink:
    """A video sink, once the name is known to be one of a video and the source to be one too."""
    if source.is_stills:
        raise RecordingError(f"{path}: {source.name} holds photos, not a video; name a picture or a folder")
    if path.suffix.lower() not in VIDEO_SUFFIXES:
        raise RecordingError(f"{path}: unknown kind of video; end its name with {_either(VIDEO_SUFFIXES)}")
    return VideoSink(path, picture, may_drop=source.is_live and not source.can_wait)


def open_picture_sink(path: Path, source: SourceFacts) -> ImageSink:
    """A picture sink: for the one picture that `path` names, or for the folder, which is made."""
    suffix = path.suffix.lower()
    if suffix in VIDEO_SUFFIXES and not path.is_dir():
        raise RecordingError(f"{path}: {source.name} holds photos, not a video; name a picture or a folder")
    if suffix in PICTURE_SUFFIXES and not path.is_dir():
        if source.length != 1:
            raise RecordingError(f"{path}: is one picture, and {source.name} holds many; name a folder")
        make_folder(path.parent)
    elif suffix and not path.is_dir():
        raise RecordingError(f"{path}: unknown kind of picture; end its name with {_either(PICTURE_SUFFIXES)}")
    else:
        make_folder(path)
    return ImageSink(path)


def check_not_input(path: Path, source: SourceFacts) -> None:
    """Raises RecordingError when the output is an input, or a folder that inputs lie in."""
    inputs = [Path(source.name), *map(Path, glob.glob(source.name, recursive=True))]  # noqa: PTH207 - may be absolute
    if any(is_same_file(path, given) or (path.is_dir() and is_same_file(path, given.parent)) for given in inputs):
        raise RecordingError(f"{path}: is where the input lies, which would be overwritten; name another output")


def check_outputs_differ(*outputs: str | None) -> None:
    """Raises RecordingError when two outputs name one file, which both would write; None is no output."""
    paths = [Path(output).resolve() for output in outputs if output]
    for path in paths:
        if paths.count(path) > 1:
            raise RecordingError(f"{path}: is named for two outputs; give each its own name")


def make_folder(folder: Path) -> None:
    """Makes a folder and those it lies in.

    Raises:
        RecordingError: when it cannot be made, or a file has its name.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise RecordingError(f"{folder}: cannot be made a folder ({reason(error)}); choose another place") from error


class Recorder:
    """The recording that a key starts and stops; a sink that idles in between.

    Args:
        folder: where recordings go, each named after its date and time.

    Attributes:
        path: the recording under way, or the last one; the folder before the first.
        problem: why that recording ended early or could not start, or None.
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
    def dropped(self) -> int:
        """Frames that the last recording lacks, because the encoder was too slow."""
        return self._current.dropped if self._current else 0

    def toggle(self) -> bool:
        """Starts a recording, or ends the one under way without waiting for it; returns whether one is running."""
        if self.is_recording:
            self._is_on = False
            self._current.stop()
        else:
            self._start()
        return self.is_recording

    def write(self, frame: Frame, view: np.ndarray, readings: list[Digit]) -> None:
        """Passes the frame on while recording."""
        if self._is_on:
            self._current.write(frame, view, readings)

    def _start(self) -> None:
        path = new_output_path(self._folder, "digits", ".mp4")
        self._is_on, self._start_problem = False, None
        try:
            self._current = self._recordings.enter_context(VideoSink(path, starts_at_s=None))
            self._is_on, self.path = True, path
        except RecordingError as error:
            self._start_problem = str(error)


def _either(suffixes: tuple[str, ...]) -> str:
    return f"{', '.join(suffixes[:-1])} or {suffixes[-1]}"
