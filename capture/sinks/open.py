"""Open the outputs that `--save`, `--clean` and `--readings` name, once their names are found to suit the source."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import numpy as np

from capture.language import tr
from capture.sinks.names import (
    PICTURE_SUFFIXES,
    READINGS_SUFFIXES,
    VIDEO_SUFFIXES,
    OutputError,
    is_same_file,
    make_folder,
)
from capture.sinks.pictures import ImageSink
from capture.sinks.readings import STDOUT, CsvSink, JsonLinesSink
from capture.sinks.video import VideoSink
from capture.types import Frame, Page


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
    def write(self, frame: Frame, view: np.ndarray, page: Page) -> None:
        """Take one frame, what was drawn over it, and what was read in it."""


class SourceFacts(Protocol):
    """What an output needs to know of the source; `capture.sources.base.Source` says what each attribute means."""

    name: str
    is_live: bool
    can_wait: bool
    is_stills: bool
    length: int | None
    paths: Sequence[Path]


def check_outputs(save: str | None, clean: str | None, readings: str | None, source: SourceFacts) -> None:
    """Look at the names of all outputs before any is touched; None is no output.

    Raises:
        OutputError: a name does not suit the source, is an input's, or another output's.
    """
    for pictures in (save, clean):
        if pictures == STDOUT:
            raise OutputError("{path}: only readings go to stdout; name a file", path=pictures)
    if save:
        check_save(Path(save), source)
    if clean:
        check_video(Path(clean), source)
    if readings:
        check_readings(readings, source)
    check_outputs_differ(save, clean, readings)


def check_outputs_differ(*outputs: str | None) -> None:
    """Raise OutputError when two outputs name one file, through links as well; None is no output."""
    paths = [Path(output) for output in outputs if output]
    for index, path in enumerate(paths):
        for other in paths[:index]:
            if os.path.realpath(path) == os.path.realpath(other) or is_same_file(path, other):
                raise OutputError("{path}: is named for two outputs; give each its own name", path=path)


def open_save(save: str, source: SourceFacts) -> Sink:
    """Open the sink for the annotated copy.

    Args:
        save: a video's name for a video or camera; for photos a picture's name, or a folder.
        source: what will be recorded.

    Raises:
        OutputError: when that name does not suit the source or cannot be written.
        InUseError: when another run writes there.
    """
    path = Path(save)
    check_save(path, source)
    return open_picture_sink(path) if source.is_stills else open_video_sink(path, source, picture="view")


def open_clean(clean: str, source: SourceFacts) -> Sink:
    """Open the sink for a video of the camera's own picture, with nothing drawn on it, to be read again later.

    Raises:
        OutputError: when the name is no video's, the source holds photos, or the file cannot be written.
        InUseError: when another run writes there.
    """
    path = Path(clean)
    check_video(path, source)
    return open_video_sink(path, source, picture="frame")


def open_readings(readings: str, source: SourceFacts) -> Sink:
    """Open the sink for the readings as data: JSON lines, or CSV; `-` writes JSON lines to stdout.

    Raises:
        OutputError: when the suffix is unknown or the file cannot be written.
        InUseError: when another run writes there.
    """
    check_readings(readings, source)
    path = Path(readings)
    return (CsvSink if path.suffix.lower() == ".csv" else JsonLinesSink)(path)


def open_video_sink(path: Path, source: SourceFacts, picture: str) -> VideoSink:
    """Open a video sink that may drop frames where the source cannot wait."""
    return VideoSink(path, picture, may_drop=source.is_live and not source.can_wait)


def open_picture_sink(path: Path) -> ImageSink:
    """Open a picture sink: for the one picture that `path` names, or for the folder, which is made."""
    make_folder(path.parent if is_picture_file(path) else path)
    return ImageSink(path)


def is_picture_file(path: Path) -> bool:
    """Say whether `path` names a picture rather than a folder."""
    return path.suffix.lower() in PICTURE_SUFFIXES and not os.path.isdir(path)


def check_save(path: Path, source: SourceFacts) -> None:
    """Raise OutputError when `--save` does not suit the source, or is an input."""
    if not source.is_stills:
        check_video(path, source)
        return
    check_not_input(path, source)
    if os.path.isdir(path):
        return
    if path.suffix.lower() in VIDEO_SUFFIXES:
        raise OutputError(
            "{path}: {name} holds photos, not a video; name a picture or a folder", path=path, name=source.name
        )
    if is_picture_file(path) and source.length != 1:
        raise OutputError("{path}: is one picture, and {name} holds many; name a folder", path=path, name=source.name)
    if path.suffix and not is_picture_file(path):
        raise OutputError(
            "{path}: unknown kind of picture; end its name with {suffixes}",
            path=path,
            suffixes=_either(PICTURE_SUFFIXES),
        )


def check_video(path: Path, source: SourceFacts) -> None:
    """Raise OutputError when the name is no video's, the source holds photos, or the file is an input."""
    check_not_input(path, source)
    if source.is_stills:
        raise OutputError(
            "{path}: {name} holds photos, not a video; name a picture or a folder", path=path, name=source.name
        )
    if path.suffix.lower() not in VIDEO_SUFFIXES:
        raise OutputError(
            "{path}: unknown kind of video; end its name with {suffixes}", path=path, suffixes=_either(VIDEO_SUFFIXES)
        )


def check_readings(readings: str, source: SourceFacts) -> None:
    """Raise OutputError when the name is no readings file's, or an input's."""
    path = Path(readings)
    if readings != STDOUT and path.suffix.lower() not in READINGS_SUFFIXES:
        raise OutputError(
            "{path}: unknown kind of readings file; end its name with {suffixes}",
            path=path,
            suffixes=_either(READINGS_SUFFIXES),
        )
    check_not_input(path, source)


def check_not_input(path: Path, source: SourceFacts) -> None:
    """Raise OutputError when the output is an input, or a folder that inputs lie in."""
    output = Path(os.path.realpath(path))  # new/../in.jpg is in.jpg, although there is no folder new yet
    inputs = [Path(source.name), *source.paths]
    folders = {given.parent for given in inputs}
    if any(is_same_file(output, given) for given in (*inputs, *folders)):
        raise OutputError("{path}: is where the input lies, which would be overwritten; name another output", path=path)


def _either(suffixes: tuple[str, ...]) -> str:
    return tr("{several} or {last}", several=", ".join(suffixes[:-1]), last=suffixes[-1])
