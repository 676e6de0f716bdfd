"""Picture sinks: the annotated copy of a photo, or of each photo of a folder, written whole or not at all."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np

from capture.sinks.names import (
    PICTURE_SUFFIXES,
    OutputError,
    is_same_file,
    new_output_path,
    reason,
    replacing,
    with_number,
)
from capture.types import Frame, Page

JPEG_QUALITY = 92
"""Thin labels stay crisp; above this files grow faster than they improve."""
ENCODER_SETTINGS = {
    ".jpg": (cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY),
    ".jpeg": (cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY),
    ".webp": (cv2.IMWRITE_WEBP_QUALITY, JPEG_QUALITY),
}
FALLBACK_SUFFIX = ".png"


class ImageSink:
    """Writes annotated pictures; a context manager.

    Args:
        path: the file to write, for a single photo; or a folder, which gets a picture of the same name for each.

    Attributes:
        path: the file or folder.
        problem: the first thing that went wrong, or None; the other pictures are still written.
        written: how many pictures were.

    Example:
        with ImageSink(Path("read.jpg")) as pictures:
            pictures.write(frame, view, page)
    """

    def __init__(self, path: Path) -> None:
        self.path, self.problem, self.written = path, None, 0
        self._is_folder = os.path.isdir(path)
        self._taken: set[str] = set()  # without capitals: some file systems take A.jpg and a.jpg for one
        self._unused: dict[str, Iterator[int]] = {}  # each name's numbers that are left

    def __enter__(self) -> ImageSink:
        return self

    def __exit__(self, *_exception: object) -> None:
        """Do nothing: each picture was complete when it was written."""

    def write(self, frame: Frame, view: np.ndarray, page: Page) -> None:
        """Write `view` under the name that belongs to the frame; skip a picture that could not be read."""
        if frame.error or view.size == 0:
            return
        try:
            write_picture(self._target(frame), view)
            self.written += 1
        except OutputError as error:
            self.problem = self.problem or str(error)

    def _target(self, frame: Frame) -> Path:
        source = Path(frame.source)
        if not self._is_folder:
            if is_same_file(self.path, source):
                raise OutputError(
                    "{path}: is the input, which would be overwritten; name another output", path=self.path
                )
            return self.path
        suffix = source.suffix if source.suffix.lower() in PICTURE_SUFFIXES else FALLBACK_SUFFIX
        wanted = self.path / f"{source.stem}{suffix}"
        numbers = self._unused.setdefault(wanted.name.casefold(), itertools.count(1))
        names = (with_number(wanted, number) for number in numbers)
        target = next(
            name for name in names if name.name.casefold() not in self._taken and not is_same_file(name, source)
        )
        self._taken.add(target.name.casefold())
        return target


def write_picture(path: Path, image: np.ndarray) -> None:
    """Write a picture, whole or not at all.

    Args:
        path: the file; its suffix chooses the format.
        image: (H, W, 3) uint8, BGR.

    Raises:
        OutputError: when the format cannot hold the picture or the file cannot be written.
    """
    data = encode_picture(path, image)
    try:
        with replacing(path) as partial:
            partial.write_bytes(data)
    except OSError as error:
        raise OutputError(
            "{path}: cannot be written ({reason}); choose another place for it", path=path, reason=reason(error)
        ) from error


def encode_picture(path: Path, image: np.ndarray) -> bytes:
    """Encode a picture, (H, W, 3) uint8 BGR, in the format that `path` ends with.

    Raises:
        OutputError: when the format cannot hold it.
    """
    suffix = path.suffix.lower()
    try:
        is_encoded, data = cv2.imencode(suffix, image, ENCODER_SETTINGS.get(suffix, ()))
    except (cv2.error, MemoryError):
        is_encoded = False
    if not is_encoded:
        height, width = image.shape[:2]
        raise OutputError(
            "{path}: {width}x{height} pixels do not fit into {suffix} files; name a .png instead",
            path=path,
            width=width,
            height=height,
            suffix=suffix,
        )
    return data.tobytes()


def save_snapshot(view: np.ndarray, folder: Path, stem: str = "digits") -> Path:
    """Write `view` as a PNG named after the date and time; return where.

    Raises:
        OutputError: when the folder cannot be written to.
    """
    path = new_output_path(folder, stem, ".png")
    try:
        write_picture(path, view)
    except OutputError:
        path.unlink(missing_ok=True)
        raise
    return path
