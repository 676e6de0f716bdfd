"""What an output file may be called, and names that nobody else gets."""

from __future__ import annotations

import importlib.util
import itertools
import os
import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

from capture.language import system_words
from model.errors import DigitsError

VIDEO_SUFFIXES = (".mp4", ".m4v", ".mov", ".mkv")
PICTURE_SUFFIXES = (".jpg", ".jpeg", ".png", ".webp", ".bmp", ".tif", ".tiff")
READINGS_SUFFIXES = (".jsonl", ".json", ".csv")

MAX_NAME_BYTES = 255  # of one file's name, on every usual file system
OPEN_FLAGS = sum(getattr(os, name, 0) for name in ("O_WRONLY", "O_CLOEXEC", "O_NOFOLLOW", "O_BINARY"))
NEW_FILE_MODE = 0o666  # less the user's umask


class OutputError(DigitsError):
    """An output (recording, pictures, readings, samples) cannot be opened, or ended before the run did."""


def reason(error: OSError) -> str:
    """Give the system's words for what went wrong, without the file's name, which the message already has."""
    return system_words((error.strerror or str(error)).lower())


def new_output_path(folder: Path, stem: str, suffix: str, now: datetime | None = None) -> Path:
    """Make an empty file with a name that none had yet, such as `digits-2026-05-04_13-30-59.mp4`, in local time.

    Args:
        folder: where the file will be.
        stem: how the name begins.
        suffix: how it ends, with the dot.
        now: the moment to name; the clock's when None.

    Raises:
        OutputError: nothing can be written there.
    """
    moment = (now or datetime.now()).strftime("%Y-%m-%d_%H-%M-%S")
    return claim(folder / f"{stem}-{moment}{suffix}")


def claim(path: Path) -> Path:
    """Make an empty file called `path`, or the first of its numbered names that no file has: nobody else gets it.

    Raises:
        OutputError: nothing can be written there.
    """
    for candidate in numbered(path):
        try:
            os.close(os.open(candidate, OPEN_FLAGS | os.O_CREAT | os.O_EXCL, NEW_FILE_MODE))
        except FileExistsError:
            continue
        except OSError as error:
            raise OutputError(
                "{path}: cannot be written ({reason}); choose another place", path=path, reason=reason(error)
            ) from error
        return candidate
    raise AssertionError("numbers do not end")


def numbered(path: Path) -> Iterator[Path]:
    """Yield `a.png`, `a-2.png`, `a-3.png` and so on."""
    return (with_number(path, number) for number in itertools.count(1))


def with_number(path: Path, number: int) -> Path:
    """Return `a.png` for 1, `a-2.png` for 2 and so on; a name that would be too long loses its stem's end."""
    ending = path.suffix if number == 1 else f"-{number}{path.suffix}"
    return path.with_name(fitting_stem(path.stem, ending) + ending)


def fitting_stem(stem: str, ending: str) -> str:
    """Cut a stem so that it leaves room for an ending in a file's name."""
    while stem and len(os.fsencode(stem + ending)) > MAX_NAME_BYTES:
        stem = stem[:-1]
    return stem


def make_folder(folder: Path) -> None:
    """Make a folder and those it lies in, and check that files can be made there.

    Raises:
        OutputError: it cannot be made, a file has its name, or nothing can be written there.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(
            "{folder}: cannot be made a folder ({reason}); choose another place", folder=folder, reason=reason(error)
        ) from error
    try:
        with tempfile.TemporaryFile(dir=folder):
            """A disk that is read only, or belongs to somebody else, says so here."""
    except OSError as error:
        raise OutputError(
            "{folder}: cannot be written to ({reason}); choose another place", folder=folder, reason=reason(error)
        ) from error


def passing_path(path: Path, suffix: str = ".part") -> Path:
    """Make a name beside `path` that nobody can guess, for a file that is not whole yet.

    Args:
        path: what the file is to be called.
        suffix: how the name ends, for what goes by it in how it writes a file.
    """
    return path.with_name(f".{secrets.token_hex(8)}{suffix}")


@contextmanager
def replacing(path: Path, suffix: str = ".part") -> Iterator[Path]:
    """Give a passing name to write to; what is there at the end takes the place of `path`, whole or not at all.

    Args:
        path: the file to write.
        suffix: as for `passing_path`.

    Raises:
        OSError: it cannot take that place.

    Example:
        with replacing(Path("out.json")) as partial:
            partial.write_text("{}")
    """
    partial = passing_path(path, suffix)
    try:
        yield partial
        partial.replace(path)
    finally:
        with suppress(OSError):  # the first error counts
            partial.unlink(missing_ok=True)


def is_same_file(one: Path, other: Path) -> bool:
    """Say whether both names lead to one existing file or folder, through links as well."""
    try:
        return one.samefile(other)
    except (OSError, ValueError):
        return False


def check_encoder_installed(path: Path) -> None:
    """Raise OutputError when PyAV is missing, without paying for its import."""
    if importlib.util.find_spec("av") is None:
        raise OutputError("{path}: videos need PyAV, which is not installed; run: pip install av", path=path)
