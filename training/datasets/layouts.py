"""Loads data sets as students have them: MNIST's idx files, Kaggle's tables, folders `train` and `test`; zips too."""

from __future__ import annotations

import gzip
import math
import re
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import numpy as np

from capture.language import tr
from capture.terminal import tell
from model.errors import first_line
from model.glyph import SIDE
from training.datasets.labelled import DataError, DigitImages, Labelled
from training.datasets.mnist import DAMAGED, AnyPath, load_images

FOLDERS = {"Training": "train", "Testing": "test"}  # with how a word of a folder's name begins
DEPTH = 4  # how far below the given folder `Training` may lie: archives like to wrap their content
PARTS = {"train": "train", "training": "train", "test": "test", "testing": "test", "t10k": "test"}
IDX_NAME = re.compile(r"(train|test|t10k)[-_.](images|labels)[-_.]idx[13][-_.]ubyte(\.gz)?", re.IGNORECASE)
TABLE_NAME = re.compile(r"(?:.*[-_])?(train|test)(?:ing)?\.csv(\.gz)?", re.IGNORECASE)
UBYTE = 8  # the only kind of number in idx files of images and labels
MAX_BYTES = 2 << 30  # of one array: 2.7 million images
MAX_ARCHIVE_BYTES = 4 << 30  # unpacked: ten times MNIST in pictures
UNPACKABLE = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)
TEST_PART = 7  # of a table without a test set every seventh row, as MNIST's own share
"""Kaggle keeps its test labels to itself."""


def load_zip(path: Path, is_colour: bool) -> DigitImages:
    """Read a zip as a folder.

    Raises:
        DataError: it is damaged, encrypted, too large, or holds no data set.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            check_archive(archive, str(path))
            return load_folder(zipfile.Path(archive), str(path), is_colour)
    except (*DAMAGED, ValueError) as error:
        raise DataError(
            "{path}: not a readable zip file ({error}); fetch it again", path=path, error=first_line(error)
        ) from error


def load_folder(root: AnyPath, name: str, is_colour: bool) -> DigitImages:
    """Read whichever of the layouts is there."""
    folders, files = _below(root)
    splits = [_find_split(folders, begins_with) for begins_with in FOLDERS.values()]
    if not any(splits) and (idx := find_idx(files)):
        return load_idx(idx, name)
    if not any(splits) and (tables := find_tables(files)):
        return load_tables(tables, name)
    for split, folder in zip(FOLDERS, splits, strict=True):
        if folder is None:
            raise DataError(
                "{name}: holds no folder {split} with folders 0 to 9 in it; lay the images out as {split}/7/a.jpg",
                name=name,
                split=split,
            )
    return DigitImages(*(load_images(folder, is_colour) for folder in splits))


def _below(root: AnyPath) -> tuple[list[AnyPath], list[AnyPath]]:
    """List the folders and files below `root`, nearest first; what lies in the folders of the digits is left out."""
    level, folders, files = [root], [], []
    for _ in range(DEPTH):
        children = [child for folder in level if not folder.name.isdecimal() for child in folder.iterdir()]
        level = sorted((child for child in children if child.is_dir()), key=lambda child: child.name)
        folders += level
        files += sorted((child for child in children if child.is_file()), key=lambda child: child.name)
    return folders, files


def _find_split(folders: list[AnyPath], begins_with: str) -> AnyPath | None:
    """Find the first folder that holds the folders of the digits, and in whose name a word begins so."""
    for folder in folders:
        words = re.split(r"[^a-z]+", folder.name.lower())
        if any(word.startswith(begins_with) for word in words) and (folder / "0").is_dir():
            return folder
    return None


def load_idx(files: Mapping[tuple[str, str], AnyPath], name: str) -> DigitImages:
    """Read the four files that MNIST is published in, packed or not.

    Args:
        files: by part ("train" or "test") and content ("images" or "labels").
        name: of the data set, for messages.

    Raises:
        DataError: one is missing or damaged.
    """
    parts = []
    for part in ("train", "test"):
        if missing := [kind for kind in ("images", "labels") if (part, kind) not in files]:
            raise DataError(
                "{name}: holds no {part} {missing}; put all four idx-ubyte files of MNIST there",
                name=name,
                part=part,
                missing=missing[0],
            )
        parts.append(Labelled(*(read_idx(files[part, kind]) for kind in ("images", "labels"))))
    return DigitImages(*parts)


def read_idx(path: AnyPath) -> np.ndarray:
    """Read an idx file of bytes: two zeros, 8, how many dimensions, each as 32 bits big-endian, then the values.

    Raises:
        DataError: it is damaged, or holds something else.
    """
    try:
        with open_unpacked(path) as file:
            *start, dimensions = file.read(4)
            if start != [0, 0, UBYTE] or not 1 <= dimensions <= 3:
                raise ValueError("not the start of an idx file of bytes")
            shape = np.frombuffer(file.read(4 * dimensions), ">u4").tolist()
            if len(shape) != dimensions or math.prod(shape) > MAX_BYTES:
                raise ValueError(f"a shape of {shape}")
            values = np.frombuffer(file.read(math.prod(shape)), np.uint8)
            return values.reshape(shape).copy()
    except Exception as error:  # zip, gzip and NumPy fail in many ways
        raise DataError(
            "{path}: not a readable idx file ({error}); fetch it again", path=path, error=first_line(error)
        ) from error


def load_tables(files: Mapping[str, AnyPath], name: str) -> DigitImages:
    """Read tables of a label and 784 pixels a row: Kaggle's `train.csv`, or `mnist_train.csv` and `mnist_test.csv`.

    A test table without labels, such as Kaggle's, is passed over: a part of the training rows is held out instead.

    Args:
        files: by part, "train" and perhaps "test".
        name: of the data set, for messages.

    Raises:
        DataError: they are damaged, or hold something else.
    """
    if "train" not in files:
        raise DataError("{name}: holds no training table; name it train.csv", name=name)
    train = read_table(files["train"])
    test = read_table(files["test"], needs_labels=False) if "test" in files else None
    return DigitImages(train, test) if test else hold_out(train, str(name))


def read_table(path: AnyPath, needs_labels: bool = True) -> Labelled | None:
    """Read one table, with or without a row of names; None for one without labels where none are needed.

    Raises:
        DataError: it is no such table.
    """
    try:
        with open_unpacked(path) as file:
            first = file.readline(MAX_BYTES)
            columns = first.count(b",") + 1
            if columns == SIDE * SIDE and not needs_labels:
                return None
            if columns != 1 + SIDE * SIDE:
                raise ValueError(f"{columns} columns, not a label and {SIDE * SIDE} pixels")
            rows = iter(file) if first[:1].isalpha() or first.startswith(b'"') else _with(first, file)
            values = np.loadtxt(rows, np.uint8, delimiter=",", ndmin=2)
            images = values[:, 1:].reshape(len(values), SIDE, SIDE)
    except Exception as error:  # zip, gzip and NumPy fail in many ways
        raise DataError(
            "{path}: not a readable table of digits ({error}); fetch it again",
            path=path,
            error=first_line(error),
        ) from error
    return Labelled(images, values[:, 0])


def _with(first: bytes, rest: BinaryIO) -> Iterator[bytes]:
    yield first
    yield from rest


def hold_out(images: Labelled, name: str) -> DigitImages:
    """Divide a data set that has no test images: of every digit each seventh image is for testing."""
    tell(
        tr(
            "{name}: has no test set with labels; every {test_part}th image is kept for testing",
            name=name,
            test_part=TEST_PART,
        )
    )
    order = np.argsort(images.y, kind="stable")
    is_test = np.zeros(len(images), bool)
    is_test[order[TEST_PART - 1 :: TEST_PART]] = True
    return DigitImages(Labelled(images.x[~is_test], images.y[~is_test]), Labelled(images.x[is_test], images.y[is_test]))


def find_idx(files: list[AnyPath]) -> dict[tuple[str, str], AnyPath]:
    """Find the idx files among these, by part and content."""
    found = {}
    for file in files:
        if match := IDX_NAME.fullmatch(file.name):
            found.setdefault((PARTS[match[1].lower()], match[2].lower()), file)
    return found


def find_tables(files: list[AnyPath]) -> dict[str, AnyPath]:
    """Find the tables among these, by part."""
    found = {}
    for file in files:
        if match := TABLE_NAME.fullmatch(file.name):
            found.setdefault(match[1].lower(), file)
    return found


@contextmanager
def open_unpacked(path: AnyPath) -> Iterator[BinaryIO]:
    """Open a file for reading, unpacked if its name says that it is packed."""
    with path.open("rb") as file:
        if path.name.endswith(".gz"):
            with gzip.GzipFile(fileobj=file) as unpacked:
                yield unpacked
        else:
            yield file


def check_archive(archive: zipfile.ZipFile, name: str) -> None:
    """Raise DataError where Python cannot unpack a zip, or it would fill the memory."""
    for entry in archive.infolist():
        if entry.flag_bits & 1:
            raise DataError("{name}: is encrypted; unpack it with its password, and give the folder", name=name)
        if entry.compress_type not in UNPACKABLE:
            raise DataError(
                "{name}: is packed in a way that Python does not know; unpack it, and give the folder", name=name
            )
    if sum(entry.file_size for entry in archive.infolist()) > MAX_ARCHIVE_BYTES:
        raise DataError(
            "{name}: unpacks to more than {most} GiB; give a smaller data set",
            name=name,
            most=MAX_ARCHIVE_BYTES >> 30,
        )
