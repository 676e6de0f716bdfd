"""Keeps digits that the user has named, for `train.py fit --extra`: only when asked to, whole or not at all."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from pathlib import Path

import numpy as np

from capture.sinks.files import RecordingError, numbered, reason
from capture.sinks.pictures import write_picture
from capture.types import Box
from model.classifier import NO_DIGIT

CROPS = "crops"  # subfolder for the digits as the camera saw them, in colour; training takes the glyphs beside it
NOTHING = "none"  # stands for the label "no digit"
CROP_MARGIN = 0.4  # of the box' longer side, on every side: enough to cut the digit out anew


class Keeper:
    """Writes `FOLDER/<label>/<time>-<n>.png`, the glyph, and in colour `FOLDER/crops/<label>/<time>-<n>.png`.

    Args:
        folder: made with the first digit that is kept.
        now: local time; a test may bring its own.

    Attributes:
        kept: the glyphs' files of this run.

    Raises:
        RecordingError: the folder's name belongs to a file.
    """

    def __init__(self, folder: Path, now: Callable[[], datetime] = datetime.now) -> None:
        if folder.exists() and not folder.is_dir():
            raise RecordingError(f"{folder}: is a file; name a folder to keep digits in")
        self.folder = folder
        self.kept: list[Path] = []
        self._now = now

    def keep(self, image: np.ndarray, box: Box, glyph: np.ndarray, label: int) -> Path:
        """Writes one digit; returns the glyph's file.

        Args:
            image: (H, W, 3) uint8, BGR: the whole frame.
            box: where the digit is in it.
            glyph: (28, 28) uint8, as the network sees it.
            label: 0 to 9, or 10 for no digit.

        Raises:
            RecordingError: the disk is full, say; nothing is left of this digit then.
        """
        path = self._free_path(NOTHING if label == NO_DIGIT else str(label))
        crop = self.crop_of(path)
        try:
            for file, picture in ((crop, cut_out(image, box)), (path, glyph)):
                file.parent.mkdir(parents=True, exist_ok=True)
                write_picture(file, picture)
        except OSError as error:
            raise RecordingError(f"{path.parent}: cannot be made ({reason(error)}); choose another --keep") from error
        finally:
            if not path.exists():
                with suppress(OSError):  # there is none to remove
                    crop.unlink()
        self.kept.append(path)
        return path

    def take_back(self, path: Path) -> None:
        """Removes what `keep` wrote.

        Raises:
            RecordingError: it cannot be removed.
        """
        try:
            path.unlink(missing_ok=True)
            self.crop_of(path).unlink(missing_ok=True)
        except OSError as error:
            raise RecordingError(f"{path}: cannot be removed ({reason(error)}); remove it by hand") from error
        self.kept.remove(path)

    def crop_of(self, path: Path) -> Path:
        """The colour picture that belongs to a glyph's file."""
        return self.folder / CROPS / path.parent.name / path.name

    def summary(self) -> str:
        """What was kept in this run and what to do with it; "" for nothing."""
        count = f"{len(self.kept)} digit{'s' * (len(self.kept) != 1)}"
        learn = f"python train.py fit --extra {self.folder} --from shipped"
        return f"kept: {count} in {self.folder}; let the network learn from it: {learn}" if self.kept else ""

    def _free_path(self, name: str) -> Path:
        moment = f"{self._now():%Y-%m-%d_%H-%M-%S}"
        return next(path for path in numbered(self.folder / name / f"{moment}-1.png") if not path.exists())


def cut_out(image: np.ndarray, box: Box) -> np.ndarray:
    """The box' part of a picture with a margin, as far as the picture goes: a view of (h, w, 3) uint8."""
    margin = round(CROP_MARGIN * max(box.w, box.h))
    top, left = max(0, box.y - margin), max(0, box.x - margin)
    return image[top : box.y + box.h + margin, left : box.x + box.w + margin]
