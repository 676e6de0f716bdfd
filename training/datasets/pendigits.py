"""Loads digits as pen strokes: UCI's "Pen-Based Recognition of Handwritten Digits" (Alpaydin, Alimoglu; CC BY 4.0).

Strokes can be drawn with any pen at any size, and their 1s and 7s are the European kind that MNIST lacks. The writers
of the set's other part are for testing: only a file named in full gives them.
"""

from __future__ import annotations

import gzip
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from capture.language import system_words, translatable, translate
from training.datasets.download import cache_folder, fetch
from training.datasets.labelled import DataError
from training.datasets.unpack import MAGIC as Z_MAGIC
from training.datasets.unpack import unpack_z

ARCHIVE_URL = "https://archive.ics.uci.edu/static/public/81/pen+based+recognition+of+handwritten+digits.zip"
ARCHIVE_NAME = "pendigits.zip"
TRAIN_MEMBER = "pendigits-orig.tra.Z"
TRAIN_FILES = ("pendigits-train.unipen.gz", "pendigits-orig.tra.Z", "pendigits-orig.tra")
TEST_FILES = ("pendigits-test.unipen.gz", "pendigits-orig.tes.Z", "pendigits-orig.tes")
TRAIN_DIGITS = 7494  # as the archive's own pendigits.names counts them: the check of a whole download
WAY_OUT = translatable("go online once, or fetch it elsewhere and pass --strokes PATH")
GZIP_MAGIC = b"\x1f\x8b"
MIN_HEIGHT = 1.0  # of the tablet's 500 units: a dot has no height to scale by


@dataclass(frozen=True)
class Handwritten:
    """One digit as a pen wrote it.

    Attributes:
        label: 0 to 9.
        writer: who wrote it, by number or name.
        strokes: from pen down to pen up, (n, 2) float32 points x, y each; y grows downwards, the height is 1, and the
            smallest x and y are 0.
    """

    label: int
    writer: int | str
    strokes: tuple[np.ndarray, ...]


def load_strokes(path: Path | None = None) -> list[Handwritten]:
    """Load the training writers' digits.

    Args:
        path: a file of pen strokes (plain, `.gz` or `.Z`), or a folder that holds one under its usual name; None
            downloads the public archive to the user's cache.

    Raises:
        DataError: missing, damaged, or without any digit.
        DownloadError: the archive is not cached and could not be fetched.
    """
    if path is None:
        archive = fetch(ARCHIVE_URL, cache_folder() / ARCHIVE_NAME, WAY_OUT)
        digits = _parse(_unpack(_member(archive), str(archive)), str(archive))
        if len(digits) != TRAIN_DIGITS:
            raise DataError(
                "{archive}: {count} digits, not {train_digits}; delete it and try again, or {way_out}",
                archive=archive,
                count=len(digits),
                train_digits=TRAIN_DIGITS,
                way_out=translate(WAY_OUT),
            )
        return digits
    file = _find(path)
    return _parse(_unpack(_read(file), str(file)), str(file))


def is_at_hand() -> bool:
    """Say whether the archive has been downloaded before."""
    return (cache_folder() / ARCHIVE_NAME).is_file()


def _find(path: Path) -> Path:
    if not path.is_dir():
        return path
    for name in TRAIN_FILES:
        if (path / name).is_file():
            return path / name
    raise DataError(
        "{path}: holds no pen strokes; put {file} or {or_file} there",
        path=path,
        file=TRAIN_FILES[0],
        or_file=TRAIN_FILES[1],
    )


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise DataError(
            "{path}: cannot be read ({reason}); give a file of pen strokes or its folder",
            path=path,
            reason=system_words(error.strerror),
        ) from error


def _member(archive: Path) -> bytes:
    try:
        with zipfile.ZipFile(archive) as content:
            return content.read(TRAIN_MEMBER)
    except (zipfile.BadZipFile, KeyError, zlib.error, RuntimeError, EOFError, OSError) as error:
        raise DataError(
            "{archive}: damaged, or without {train_member}; delete it and try again, or {way_out}",
            archive=archive,
            train_member=TRAIN_MEMBER,
            way_out=translate(WAY_OUT),
        ) from error


def _unpack(data: bytes, name: str) -> str:
    try:
        if data.startswith(GZIP_MAGIC):
            data = gzip.decompress(data)
        elif data.startswith(Z_MAGIC):
            data = unpack_z(data)
        return data.decode("ascii")
    except (ValueError, EOFError, OSError, zlib.error) as error:
        raise DataError(
            "{name}: not a readable file of pen strokes ({error}); fetch it again", name=name, error=error
        ) from error


def _parse(text: str, name: str) -> list[Handwritten]:
    """Read UNIPEN: `.SEGMENT DIGIT n ? "8"`, `.COMMENT label writer index`, `.PEN_DOWN`, points, `.PEN_UP`."""
    digits = [digit for segment in text.split(".SEGMENT")[1:] if (digit := _digit(segment, name))]
    if not digits:
        raise DataError(
            "{name}: holds no pen strokes; give the archive's {file}, or {or_file}",
            name=name,
            file=TRAIN_FILES[1],
            or_file=TRAIN_FILES[0],
        )
    return digits


def _digit(segment: str, name: str) -> Handwritten | None:
    """Read one digit; None for a segment in which the pen never touched."""
    header, *rest = segment.strip().splitlines()
    try:
        label = int(header.split('"')[1])
        writer = next((int(line.split()[2]) for line in rest if line.startswith(".COMMENT")), 0)
        strokes = tuple(_strokes(rest))
    except (ValueError, IndexError) as error:
        raise DataError(
            "{name}: damaged near {strip!r} ({error}); fetch it again", name=name, strip=header.strip(), error=error
        ) from error
    return Handwritten(label, writer, _upright(strokes)) if strokes else None


def _strokes(lines: list[str]) -> Iterator[np.ndarray]:
    points: list[tuple[float, float]] = []
    for line in [*lines, ".PEN_UP"]:
        if not line.startswith("."):
            points += [_point(line)] if line.strip() else []
        elif points:
            yield np.array(points, np.float32)
            points = []


def _point(line: str) -> tuple[float, float]:
    x, y = line.split()
    return float(x), float(y)


def _upright(strokes: tuple[np.ndarray, ...]) -> tuple[np.ndarray, ...]:
    """Turn y downwards and scale to a height of 1; the tablet's y grows upwards."""
    every = np.concatenate(strokes)
    left, top = every[:, 0].min(), every[:, 1].max()
    scale = 1 / max(np.ptp(every[:, 1]), MIN_HEIGHT)
    return tuple(np.column_stack([stroke[:, 0] - left, top - stroke[:, 1]]) * np.float32(scale) for stroke in strokes)
