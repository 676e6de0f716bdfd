"""Keeps digits that the user has named, for `train.py fit --extra`: only when asked to, whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import ExitStack, suppress
from datetime import datetime
from pathlib import Path
from typing import Self

import numpy as np

from capture.boxes import Box
from capture.language import tr
from capture.sinks.locks import locked_folder
from capture.sinks.names import OutputError, claim, is_same_file, make_folder, reason
from capture.sinks.pictures import write_picture
from model.classifier import NO_DIGIT

CROPS = "crops"  # subfolder for the digits as the camera saw them, in colour; training takes the glyphs beside it
NO_DIGIT_FOLDER = "none"  # subfolder for the label "no digit"
CROP_MARGIN = 0.4  # of the box' longer side, on every side: enough to cut the digit out anew


class SampleStore:
    """Writes `FOLDER/<label>/<time>-<n>.png`, the glyph, and in colour `FOLDER/crops/<label>/<time>-<n>.png`.

    As a context manager it keeps other runs out of the folder, and leaves none behind that is empty.

    Example:
        with SampleStore(Path("my_digits")) as samples:
            samples.add(frame.image, digit.box, glyph, label=7)

    Args:
        folder: made with the first digit that is kept, or as the context is entered.
        now: local time; a test may bring its own.

    Attributes:
        kept: the glyphs' files of this run.

    Raises:
        OutputError: the folder's name belongs to a file, or nothing can be written there.
        InUseError: on entering, when another run keeps digits there.
    """

    def __init__(self, folder: Path, now: Callable[[], datetime] = datetime.now) -> None:
        if is_same_file(folder, folder) and not os.path.isdir(folder):
            raise OutputError("{folder}: is a file; name a folder to keep digits in", folder=folder)
        self.folder = folder
        self.kept: list[Path] = []
        self._now = now
        self._lock = ExitStack()

    def __enter__(self) -> Self:
        make_folder(self.folder)
        self._lock.enter_context(locked_folder(self.folder))
        return self

    def __exit__(self, *_exception: object) -> None:
        self._lock.close()
        with suppress(OSError):  # it is not empty
            self.folder.rmdir()

    def add(self, image: np.ndarray, box: Box, glyph: np.ndarray, label: int) -> Path:
        """Write one digit; return the glyph's file.

        Args:
            image: (H, W, 3) uint8, BGR: the whole frame.
            box: where the digit is in it.
            glyph: (28, 28) uint8, as the network sees it.
            label: 0 to 9, or 10 for no digit.

        Raises:
            OutputError: the disk is full, say; nothing is left of this digit then.
        """
        label_folder = self.folder / (NO_DIGIT_FOLDER if label == NO_DIGIT else str(label))
        for folder in (label_folder, self.folder / CROPS / label_folder.name):
            make_folder(folder)
        path = claim(label_folder / f"{self._now():%Y-%m-%d_%H-%M-%S}-1.png")
        try:
            write_picture(self.crop_of(path), crop_with_margin(image, box))
            write_picture(path, glyph)
        except OutputError:
            for file in (path, self.crop_of(path)):
                with suppress(OSError):  # there is none to remove
                    file.unlink()
            raise
        self.kept.append(path)
        return path

    def remove(self, path: Path) -> None:
        """Remove what `add` wrote.

        Raises:
            OutputError: it cannot be removed.
        """
        try:
            path.unlink(missing_ok=True)
            self.crop_of(path).unlink(missing_ok=True)
        except OSError as error:
            raise OutputError(
                "{path}: cannot be removed ({reason}); remove it by hand", path=path, reason=reason(error)
            ) from error
        self.kept.remove(path)

    def crop_of(self, path: Path) -> Path:
        """Name the colour picture that belongs to a glyph's file."""
        return self.folder / CROPS / path.parent.name / path.name

    def summary(self) -> str:
        """Say what was kept in this run and what to do with it, or how to keep anything."""
        if not self.kept:
            return tr("kept: nothing in {folder}; key w in the window or page does that", folder=self.folder)
        return tr(
            "kept: {digits} in {folder}; let the network learn from it: "
            "python train.py fit --extra {folder} --from shipped",
            digits=tr("1 digit") if len(self.kept) == 1 else tr("{count} digits", count=len(self.kept)),
            folder=self.folder,
        )


def crop_with_margin(image: np.ndarray, box: Box) -> np.ndarray:
    """Cut the box out of a picture with a margin, as far as the picture goes: a view of (h, w, 3) uint8."""
    margin = round(CROP_MARGIN * max(box.w, box.h))
    top, left = max(0, box.y - margin), max(0, box.x - margin)
    return image[top : box.y + box.h + margin, left : box.x + box.w + margin]
