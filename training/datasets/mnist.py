"""Loads MNIST from Keras' public download or an `mnist.npz`, and data sets like it from a folder or zip of images."""

from __future__ import annotations

import hashlib
import os
import sys
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np

from capture.language import system_words, tr, translatable, translate
from capture.sources.base import SourceError
from capture.sources.image_file import read_picture
from capture.sources.photos import is_picture_name
from capture.terminal import tell
from model.errors import first_line
from model.glyph import SIDE
from training.datasets.download import fetch, home_folder
from training.datasets.labelled import DIGITS, MNIST, DataError, DigitImages, Labelled

MNIST_URL = "https://storage.googleapis.com/tensorflow/tf-keras-datasets/mnist.npz"
MNIST_SHA256 = "731c5ac602752760c8e48fbffcf8c3b850d9dc2a2aedcf2cc48468fc17b673d1"  # as keras.datasets.mnist checks it
MNIST_TEST_SHA256 = "6d87418db22cc8025d05968bec9bd5c3932904b23485740db143a061a2c9d161"  # of the test images' bytes
WAY_OUT = translatable("go online once, or fetch it elsewhere and pass --data mnist.npz")
WANTED = translatable(
    "mnist.npz, MNIST's idx-ubyte files, Kaggle's train.csv, or a folder or zip with Training/0..9 and Testing/0..9"
)
NAMED_FAILURES = 5  # files left out that are named in full; the others are only counted

DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, OSError, MemoryError)  # an entry of a zip

AnyPath = Path | zipfile.Path


def load_digits(path: Path | None = None, is_colour: bool = False) -> DigitImages:
    """Load a data set of digits.

    Args:
        path: an `.npz` in Keras' layout; a folder or a `.zip` with `Training/0..9` and `Testing/0..9` (or `train`,
            `test`), with MNIST's four idx files or Kaggle's tables; one of these files; None downloads MNIST to Keras'
            own cache.
        is_colour: read a folder's or zip's pictures in colour.

    Raises:
        DataError: missing, damaged, wrong shapes, labels outside 0 to 9, or a digit without any image.
        DownloadError: MNIST is not cached and could not be fetched.
    """
    if path is None:
        path = fetch(MNIST_URL, _keras_cache() / "mnist.npz", WAY_OUT, MNIST_SHA256)
    images = _load(path, is_colour)
    for part, what in ((images.train, "training"), (images.test, "test")):
        _check(part, f"{path} ({what})", (SIDE, SIDE, 3) if is_colour else (SIDE, SIDE))
    return replace(images, name=_name(path, images))


def _name(path: Path, images: DigitImages) -> str:
    """Name the data set: whether it is MNIST is told by its images, not by its file's name or packing."""
    is_mnist = hashlib.sha256(np.ascontiguousarray(images.test.x)).hexdigest() == MNIST_TEST_SHA256
    return MNIST if is_mnist else path.resolve().name


def _load(path: Path, is_colour: bool) -> DigitImages:
    from training.datasets import layouts

    try:
        if path.is_dir():
            return layouts.load_folder(path, str(path), is_colour)
        if not path.is_file():
            raise DataError("{path}: no such file or folder; give {wanted}", path=path, wanted=translate(WANTED))
        if path.suffix.lower() == ".zip":
            return layouts.load_zip(path, is_colour)
        if layouts.find_idx([path]):
            return layouts.load_idx(layouts.find_idx(list(path.parent.iterdir())), str(path.parent))
    except OSError as error:
        raise DataError(
            "{path}: cannot be read ({reason}); check your rights to it", path=path, reason=system_words(error.strerror)
        ) from error
    return layouts.load_tables({"train": path}, str(path)) if ".csv" in path.suffixes else _load_npz(path)


def _keras_cache() -> Path:
    return Path(os.environ.get("KERAS_HOME") or home_folder() / ".keras") / "datasets"


def _load_npz(path: Path) -> DigitImages:
    try:
        with path.open("rb") as file:
            arrays = np.load(file, allow_pickle=False)
            if not isinstance(arrays, Mapping):
                raise ValueError("a single array")
            x_train, y_train, x_test, y_test = (arrays[key] for key in ("x_train", "y_train", "x_test", "y_test"))
    except KeyError as error:
        raise DataError(
            "{path}: {what}; save x_train, y_train, x_test and y_test in it", path=path, what=error.args[0]
        ) from error
    except Exception as error:  # a damaged file fails in zip and NumPy in many ways
        reason = "another kind of file" if "pickle" in str(error) else first_line(error)  # not NumPy's advice to trust
        raise DataError(
            "{path}: not a readable .npz file ({reason}); fetch it again", path=path, reason=reason
        ) from error
    return DigitImages(Labelled(x_train, y_train), Labelled(x_test, y_test))


def load_images(folder: AnyPath, is_colour: bool = False) -> Labelled:
    """Read the images in the folders 0 to 9 of `folder` into one array.

    A file that is no image, or a damaged one, is named, skipped and counted.

    Args:
        folder: on disk or in a zip.
        is_colour: keep the colours; else all images become grey.
    """
    from tqdm import tqdm

    images, labels, skipped = [], [], []
    files = list(_image_files(folder))
    for label, file in tqdm(files, desc=folder.name, unit=" images", disable=not sys.stderr.isatty()):
        try:
            image = read_picture(file)
        except SourceError as problem:
            skipped.append(str(problem))
            continue
        except DAMAGED as problem:
            skipped.append(f"{file}: {first_line(problem)}")
            continue
        if not is_colour:
            image = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)
        if image.shape[:2] != (SIDE, SIDE):
            image = cv2.resize(image, (SIDE, SIDE), interpolation=cv2.INTER_AREA)
        images.append(image)
        labels.append(label)
    report_skipped(skipped)
    shape = (SIDE, SIDE, 3) if is_colour else (SIDE, SIDE)
    return Labelled(np.array(images, np.uint8).reshape(-1, *shape), np.array(labels, np.uint8), tuple(skipped))


def _image_files(folder: AnyPath) -> Iterator[tuple[int, AnyPath]]:
    for label in range(DIGITS):
        if (folder / str(label)).is_dir():
            files = sorted((folder / str(label)).iterdir(), key=lambda file: file.name)
            yield from ((label, file) for file in files if is_picture_name(file))


def report_skipped(problems: list[str]) -> None:
    """Name the first files that were left out, and count them all."""
    for problem in problems[:NAMED_FAILURES]:
        tell(tr("{problem} (skipped)", problem=problem))
    if problems:
        tell(tr("{count} of the images skipped in all", count=len(problems)))


def _check(images: Labelled, name: str, shape: tuple[int, ...]) -> None:
    if images.x.shape[1:] != shape or images.x.dtype != np.uint8:
        wanted = ", ".join(map(str, ("n", *shape)))
        raise DataError(
            "{name}: images are {dtype} of shape {shape}; they must be uint8 of shape ({wanted})",
            name=name,
            dtype=images.x.dtype,
            shape=images.x.shape,
            wanted=wanted,
        )
    if images.y.shape != (len(images.x),) or not np.issubdtype(images.y.dtype, np.integer):
        raise DataError(
            "{name}: {shape} {dtype} labels for {count} images; give one whole number each",
            name=name,
            shape=images.y.shape,
            dtype=images.y.dtype,
            count=len(images.x),
        )
    if wrong := sorted(set(images.y.tolist()) - set(range(DIGITS))):
        raise DataError("{name}: labels such as {wrong}; they must be 0 to 9", name=name, wrong=wrong[0])
    if empty := sorted(set(range(DIGITS)) - set(images.y.tolist())):
        raise DataError(
            "{name}: no image of {names}; every digit needs some", name=name, names=", ".join(map(str, empty))
        )
