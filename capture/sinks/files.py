"""Where results go: what an output file may be called, and a file that notices when the world takes it away."""

from __future__ import annotations

import importlib.util
import itertools
import os
import stat
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from model.errors import DigitsError

VIDEO_SUFFIXES = (".mp4", ".m4v", ".mov", ".mkv")
PICTURE_SUFFIXES = (".jpg", ".jpeg", ".png", ".webp", ".bmp", ".tif", ".tiff")
READINGS_SUFFIXES = (".jsonl", ".json", ".csv")


class RecordingError(DigitsError):
    """An output cannot be opened, or came to an end before the run did."""


def reason(error: OSError) -> str:
    """The system's words for what went wrong, without the file's name, which the message already has."""
    return (error.strerror or str(error)).lower()


def new_output_path(folder: Path, stem: str, suffix: str, now: datetime | None = None) -> Path:
    """A name that no file has yet, such as `digits-2026-05-04_13-30-59.mp4`, in local time.

    Args:
        folder: where the file will be.
        stem: how the name begins.
        suffix: how it ends, with the dot.
        now: the moment to name; the clock's when None.
    """
    moment = (now or datetime.now()).strftime("%Y-%m-%d_%H-%M-%S")
    return unused_path(folder / f"{stem}-{moment}{suffix}")


def unused_path(path: Path) -> Path:
    """`path`, or the first of its numbered names that no file has yet."""
    return next(candidate for candidate in numbered(path) if not candidate.exists())


def numbered(path: Path) -> Iterator[Path]:
    """`a.png`, `a-2.png`, `a-3.png` and so on."""
    yield path
    for number in itertools.count(2):
        yield path.with_stem(f"{path.stem}-{number}")


def is_same_file(one: Path, other: Path) -> bool:
    """Whether both names lead to one existing file or folder, through links as well."""
    try:
        return one.samefile(other)
    except OSError:
        return False


def check_encoder_installed(path: Path) -> None:
    """Raises RecordingError when PyAV is missing, without paying for its import."""
    if importlib.util.find_spec("av") is None:
        raise RecordingError(f"{path}: videos need PyAV, which is not installed; run: pip install av")


class OutputFile:
    """A binary file written straight through to the system, so that a killed program loses nothing it wrote.

    After the first failure the file is cut back to where it was last whole, and further writes are swallowed:
    whoever writes may still tidy up, and cannot damage what is already there.

    Raises:
        RecordingError: at once, when the file cannot be created.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.problem: str | None = None
        self._whole_bytes = 0
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = path.open("w+b", buffering=0)
        except OSError as error:
            raise RecordingError(
                f"{path}: cannot be written ({reason(error)}); choose another place for the output"
            ) from error

    def write(self, data: bytes) -> int:
        """Writes all of `data`; returns its length, as files do.

        Raises:
            RecordingError: the first time that it cannot be written, because the disk is full, say.
        """
        rest = memoryview(data)
        while rest and self.problem is None:
            try:
                rest = rest[self._file.write(rest) :]
            except OSError as error:
                self.problem = f"{self.path}: the recording has ended ({reason(error)}); what was recorded is kept"
                self._file.truncate(self._whole_bytes)
                raise RecordingError(self.problem) from error
        return len(data)

    def mark_whole(self) -> None:
        """Says that the file makes sense as it is now: between two frames, or two lines."""
        self._whole_bytes = self._file.tell()

    def check_still_there(self) -> None:
        """Raises RecordingError when the file was removed or replaced: the system goes on writing into nothing."""
        try:
            is_there = os.path.samestat(self.path.stat(), os.fstat(self._file.fileno()))
        except OSError:
            is_there = False
        if not is_there and self.problem is None:
            self.problem = f"{self.path}: the recording has ended, because somebody removed the file"
            raise RecordingError(self.problem)

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Moves to a place in the file, as files do."""
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        """The place in the file, in bytes."""
        return self._file.tell()

    def close(self) -> None:
        """Closes the file, and removes it when nothing was ever written."""
        if self._file.closed:
            return
        state = os.fstat(self._file.fileno())
        is_empty = stat.S_ISREG(state.st_mode) and state.st_size == 0 and self.tell() == 0  # /dev/null stays
        self._file.close()
        if is_empty:
            self.path.unlink(missing_ok=True)
