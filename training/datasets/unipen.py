"""Loads handwriting of people from many countries as pen strokes: UNIPEN train_r01_v07 (Guyon et al. 1994; CC BY 4.0).

Digits, letters and signs, each with its label and its writer. Writers set aside for testing are never given unasked.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from capture.language import system_words, translatable, translate
from capture.sinks.names import replacing
from training.datasets.download import DownloadError, cache_folder, fetch
from training.datasets.labelled import DataError
from training.datasets.unipen_tree import Character, characters_of, is_set_aside

TRAIN, TEST = "train", "eval"
FILES = ("unipen-digits.jsonl.gz", "unipen-letters-symbols.jsonl.gz")
COMMIT = "552a4d440bc94bb34710650c0826be7deb986f7c"  # Zenodo's record 1195803, with patches that help to read it
ARCHIVE_URL = f"https://github.com/GreenCappuccino/train_r01_v07/archive/{COMMIT}.zip"
TREE_SHA256 = "a5b163ccf5c4a7c86d3234addc5d58a931abda1b63e4f13f0743ba3f2e6c671f"
"""Of the archive's files: a line each, its git blob checksum and its path, in the paths' order. The archive itself may
be packed anew at any time."""
WAY_OUT = translatable("go online once, or fetch it elsewhere and pass --unipen PATH")
ENCODING = "latin-1"  # of the oldest files; any byte is some letter in it


@dataclass(frozen=True)
class Sign:
    """One character as a pen wrote it.

    Attributes:
        label: the character.
        writer: who wrote it, by source and number, for the collection's writers are not to be named.
        strokes: from pen down to pen up, (n, 2) float32 points x, y each; y grows downwards, the longer side is 1, and
            the smallest x and y are 0. A dot is a point.
    """

    label: str
    writer: str
    strokes: tuple[np.ndarray, ...]


def load_unipen(path: Path | None = None, split: str = TRAIN) -> list[Sign]:
    """Load the characters of the writers to train on, or of those to test on.

    Args:
        path: a `.jsonl.gz` file of characters, a folder of such files, or UNIPEN's own folder with `data` and
            `include`; None downloads the public archive to the user's cache, and keeps the characters there.
        split: `TRAIN` or `TEST`: no writer is in both.

    Raises:
        DataError: missing, damaged, or without any character of these writers.
        DownloadError: the archive is not cached and could not be fetched.
    """
    if path and (path / "data").is_dir() and (path / "include").is_dir():
        signs = [sign(*one) for one in _of_folder(path) if is_set_aside(one[1]) == (split == TEST)]
    else:
        signs = [one for file in _files(path) for one in _signs(file, split)]
    if not signs:
        raise DataError(
            "{path}: holds no characters of '{split}' writers; give a folder with {files}",
            path=path,
            split=split,
            files=FILES[0],
        )
    return signs


def is_at_hand() -> bool:
    """Say whether the archive has been downloaded before."""
    return _kept().is_file()


def _kept() -> Path:
    return cache_folder() / f"unipen-{COMMIT[:8]}.jsonl.gz"


def _files(path: Path | None) -> list[Path]:
    if path is None:
        return [_kept() if is_at_hand() else _fetch(_kept())]
    files = [path / name for name in FILES if (path / name).is_file()] if path.is_dir() else [path]
    if not files:
        raise DataError(
            "{path}: holds no UNIPEN characters; put {files} there, or UNIPEN's data and include",
            path=path,
            files=FILES[0],
        )
    return files


def _signs(file: Path, split: str) -> Iterator[Sign]:
    try:
        with gzip.open(file, "rt", encoding="utf-8") as lines:
            for line in lines:
                row = json.loads(line)
                if row["split"] == split:
                    yield sign(row["label"], row["writer"], [points(flat) for flat in row["strokes"]])
    except (OSError, EOFError, ValueError, KeyError, TypeError, zlib.error) as error:
        raise DataError(
            "{file}: not a readable file of UNIPEN characters ({error}); fetch it again", file=file, error=error
        ) from error


def points(flat: list[float]) -> np.ndarray:
    """Convert x, y, x, y, ... to (n, 2) float32."""
    return np.array(flat, np.float32).reshape(-1, 2)


def sign(label: str, writer: str, strokes: list[np.ndarray]) -> Sign:
    """Move strokes to 0, 0 and scale them so that the longer side is 1."""
    every = np.concatenate(strokes)
    low, size = every.min(axis=0), float(np.ptp(every, axis=0).max())
    return Sign(label, writer, tuple(((stroke - low) / (size or 1.0)).astype(np.float32) for stroke in strokes))


def _of_folder(folder: Path) -> Iterator[Character]:
    def read(name: str) -> str | None:
        file = folder / name
        return file.read_text(encoding=ENCODING) if file.is_file() else None

    names = (file.relative_to(folder).as_posix() for file in (folder / "data").rglob("*.dat"))
    try:
        yield from characters_of(names, read)
    except OSError as error:
        raise DataError(
            "{folder}: cannot be read ({reason}); give UNIPEN's folder",
            folder=folder,
            reason=system_words(error.strerror),
        ) from error


def _fetch(target: Path) -> Path:
    """Download the archive, and keep of it the characters alone."""
    archive = fetch(ARCHIVE_URL, cache_folder() / "unipen.zip", WAY_OUT)
    try:
        with zipfile.ZipFile(archive) as content:
            members = {name.partition("/")[2]: name for name in content.namelist() if not name.endswith("/")}
            _check(content, members, archive)
            _keep(characters_of(members, lambda name: _text(content, members.get(name))), target)
    except (OSError, zipfile.BadZipFile, zlib.error) as error:
        raise DownloadError(
            "{archive}: cannot be unpacked ({error}); delete it and try again", archive=archive, error=error
        ) from error
    archive.unlink()
    return target


def _text(content: zipfile.ZipFile, member: str | None) -> str | None:
    return content.read(member).decode(ENCODING) if member else None


def _check(content: zipfile.ZipFile, members: dict[str, str], archive: Path) -> None:
    """Raise DownloadError where a file is not as it was published."""
    tree = hashlib.sha256()
    for path in sorted(members):
        data = content.read(members[path])
        blob = hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()
        tree.update(f"{blob} {path}\n".encode())
    if tree.hexdigest() != TREE_SHA256:
        raise DownloadError(
            "{archive}: is not UNIPEN as it was published; delete it and try again, or {way_out}",
            archive=archive,
            way_out=translate(WAY_OUT),
        )


def _keep(characters: Iterator[Character], target: Path) -> None:
    """Write a line of JSON a character: the file appears once it is whole."""
    with replacing(target) as partial, gzip.open(partial, "wt", encoding="utf-8") as file:
        for label, writer, strokes in characters:
            split = TEST if is_set_aside(writer) else TRAIN
            flat = [stroke.ravel().tolist() for stroke in strokes]
            file.write(json.dumps({"label": label, "writer": writer, "split": split, "strokes": flat}) + "\n")
