"""Picture sinks: the annotated copy of a photo, or of each photo of a folder, written whole or not at all."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from capture.sinks.files import PICTURE_SUFFIXES, RecordingError, is_same_file, new_output_path, numbered, reason
from capture.types import Digit, Frame

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
    """

    def __init__(self, path: Path) -> None:
        self.path, self.problem, self.written = path, None, 0
        self._is_folder = path.is_dir()
        self._taken: set[Path] = set()

    def __enter__(self) -> ImageSink:
        return self

    def __exit__(self, *_exception: object) -> None:
        """Nothing is left to do: each picture was complete when it was written."""

    def write(self, frame: Frame, view: np.ndarray, readings: list[Digit]) -> None:
        """Writes `view` under the name that belongs to the frame; skips a picture that could not be read."""
        if frame.error or view.size == 0:
            return
        try:
            write_picture(self._target(frame), view)
            self.written += 1
        except RecordingError as error:
            self.problem = self.problem or str(error)

    def _target(self, frame: Frame) -> Path:
        if not self._is_folder:
            return self.path
        source = Path(frame.source)
        suffix = source.suffix if source.suffix.lower() in PICTURE_SUFFIXES else FALLBACK_SUFFIX
        names = numbered(self.path / f"{source.stem}{suffix}")
        target = next(name for name in names if name not in self._taken and not is_same_file(name, source))
        self._taken.add(target)
        return target


def write_picture(path: Path, image: np.ndarray) -> None:
    """Writes a picture: under a passing name first, so that `path` never holds half of one.

    Args:
        path: the file; its suffix chooses the format.
        image: (H, W, 3) uint8, BGR.

    Raises:
        RecordingError: when the format cannot hold the picture or the file cannot be written.
    """
    passing = path.with_name(f".{path.name}.part")
    try:
        passing.write_bytes(encode_picture(path, image))
        passing.replace(path)
    except OSError as error:
        passing.unlink(missing_ok=True)
        raise RecordingError(f"{path}: cannot be written ({reason(error)}); choose another place for it") from error


def encode_picture(path: Path, image: np.ndarray) -> bytes:
    """The bytes of a picture in the format that `path` ends with."""
    suffix = path.suffix.lower()
    try:
        is_encoded, data = cv2.imencode(suffix, image, ENCODER_SETTINGS.get(suffix, ()))
    except cv2.error:
        is_encoded = False
    if not is_encoded:
        height, width = image.shape[:2]
        raise RecordingError(f"{path}: {width}x{height} pixels do not fit into {suffix} files; name a .png instead")
    return data.tobytes()


def save_snapshot(view: np.ndarray, folder: Path, stem: str = "digits") -> Path:
    """Writes `view` as a PNG named after the date and time; returns where.

    Raises:
        RecordingError: when the folder cannot be written to.
    """
    path = new_output_path(folder, stem, ".png")
    write_picture(path, view)
    return path
