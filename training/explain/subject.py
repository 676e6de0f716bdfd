"""Finds the digit that `train.py explain` looks at: in the data set, in a picture file, or cut from a photo."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np

from capture.boxes import Box
from capture.detect.find import ink_map
from capture.language import tr
from capture.read.reader import PageReader
from capture.sources.image_file import read_picture
from capture.types import Digit
from model.errors import DigitsError
from model.glyph import SIDE, normalise
from training.datasets.folder import ink_of_picture
from training.datasets.labelled import Labelled

SURE = 0.5  # readings below are more likely no digit than one


class SubjectError(DigitsError):
    """There is no such digit to explain."""


@dataclass(frozen=True)
class Subject:
    """One digit to explain.

    Attributes:
        name: where it comes from, for titles.
        picture: what was given: (H, W) or (H, W, 3) uint8, BGR.
        glyph: (28, 28) uint8, white on black: what the network gets.
        label: the digit that it is, where that is known.
        box: where in `picture` the digit is; None when the whole picture is the digit.
    """

    name: str
    picture: np.ndarray = field(repr=False)
    glyph: np.ndarray = field(repr=False)
    label: int | None = None
    box: Box | None = None


def from_data(images: Labelled, index: int) -> Subject:
    """Take the image with this index in a data set.

    Raises:
        SubjectError: the data set is smaller.
    """
    if not 0 <= index < len(images):
        raise SubjectError(
            "--index {index}: there are {count} test images; give 0 to {last}",
            index=index,
            count=len(images),
            last=len(images) - 1,
        )
    image = images.x[index]
    return Subject(tr("test image {index}", index=index), image, normalise(image), int(images.y[index]))


def from_picture(path: Path) -> Subject:
    """Take a picture of one digit, of any size, dark on light or light on dark.

    Raises:
        SourceError: the file is no readable picture.
        SubjectError: it holds no ink, or several digits.
    """
    picture = read_picture(path)
    ink = ink_of_picture(picture)
    page = cv2.copyMakeBorder(cv2.bitwise_not(ink), *[SIDE] * 4, cv2.BORDER_CONSTANT, value=255)
    if len(_readings(cv2.cvtColor(page, cv2.COLOR_GRAY2BGR))) > 1:
        raise SubjectError(
            "{path}: several digits; choose one by --digit N, in reading order, or by --box X,Y,W,H", path=path
        )
    return Subject(path.name, picture, _glyph(ink, str(path)))


def from_box(path: Path, box: Box) -> Subject:
    """Take the digit in a box of a photo; light and grain are judged by the whole photo, as the camera does.

    Raises:
        SourceError: the file is no readable picture.
        SubjectError: the box is not in the picture, or holds no ink.
    """
    return _cut(
        path, read_picture(path), box, tr("{file}, box {box}", file=path.name, box=",".join(map(str, box.xywh)))
    )


def from_photo(path: Path, number: int) -> Subject:
    """Take the digit with this number, from 1 and in reading order, of those that the camera path reads in a photo.

    Raises:
        SourceError: the file is no readable picture.
        SubjectError: fewer digits are found.
    """
    picture = read_picture(path)
    readings = _readings(picture)
    if not 1 <= number <= len(readings):
        found = tr("{count} digits are found", count=len(readings)) if readings else tr("no digit is found")
        raise SubjectError(
            "{path}, --digit {number}: {found}; count from 1 in reading order, or give --box X,Y,W,H",
            path=path,
            number=number,
            found=found,
        )
    return _cut(path, picture, readings[number - 1].box, tr("{file}, digit {number}", file=path.name, number=number))


def _readings(picture: np.ndarray) -> tuple[Digit, ...]:
    return PageReader(min_confidence=SURE)(picture).digits


def _cut(path: Path, picture: np.ndarray, box: Box, name: str) -> Subject:
    height, width = picture.shape[:2]
    if box.x < 0 or box.y < 0 or box.w < 1 or box.h < 1 or box.x + box.w > width or box.y + box.h > height:
        raise SubjectError(
            "--box {names}: not inside {path}, which is {width}x{height} pixels",
            names=",".join(map(str, box.xywh)),
            path=path,
            width=width,
            height=height,
        )
    ink = ink_map(picture)
    scale = ink.shape[1] / width
    left, top = round(box.x * scale), round(box.y * scale)
    right, bottom = round((box.x + box.w) * scale), round((box.y + box.h) * scale)
    return Subject(name, picture, _glyph(ink[top : bottom + 1, left : right + 1], name), box=box)


def _glyph(ink: np.ndarray, name: str) -> np.ndarray:
    glyph = normalise(ink)
    if not glyph.any():
        raise SubjectError("{name}: no ink there; give a picture or a box with a digit in it", name=name)
    return glyph
