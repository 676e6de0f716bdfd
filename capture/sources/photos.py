"""Photos as a source: one, a folder or a glob, in natural order; the loop treats each for itself."""

from __future__ import annotations

import glob
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from capture.sources.base import Source, SourceError
from capture.sources.image_file import read_picture
from capture.types import Frame

READABLE_SUFFIXES = (".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".webp", ".avif", ".gif", ".jp2", ".tif", ".tiff")
READABLE_RAW_SUFFIXES = (".bmp", ".dib", ".ppm", ".pgm", ".pbm", ".pnm")
UNREADABLE_SUFFIXES = (".heic", ".heif")  # must not go missing without a word
PICTURE_SUFFIXES = frozenset((*READABLE_SUFFIXES, *READABLE_RAW_SUFFIXES, *UNREADABLE_SUFFIXES))
NO_PIXELS = np.zeros((0, 0, 3), np.uint8)
NO_PIXELS.flags.writeable = False


class PhotosSource(Source):
    """Pictures read one after the other.

    A picture that cannot be read ends the run when it was given by name; in a folder or glob it becomes a
    frame with `error` set, and the run goes on.
    """

    is_stills = True

    def __init__(self, name: str, paths: Sequence[Path], *, skips_bad: bool) -> None:
        super().__init__(name, name if len(paths) == 1 else f"{name}: {len(paths)} pictures")
        self.length = len(paths)
        self.paths = paths
        self._skips_bad = skips_bad

    def __iter__(self) -> Iterator[Frame]:
        """Yields a frame a picture, all at time 0: stills have no clock."""
        for index, path in enumerate(self.paths):
            yield self._frame(index, path)

    def _frame(self, index: int, path: Path) -> Frame:
        try:
            return Frame(read_picture(path), index, 0.0, str(path))
        except SourceError as error:
            if not self._skips_bad:
                raise
            return Frame(NO_PIXELS, index, 0.0, str(path), error=str(error))


def is_picture_name(path: Path) -> bool:
    """True when the name ends like a picture's; hidden files are none (macOS leaves `._photo.jpg` beside photos)."""
    return path.suffix.lower() in PICTURE_SUFFIXES and not path.name.startswith(".")


def open_photo(path: Path) -> PhotosSource:
    """One photo, given by its name."""
    return PhotosSource(str(path), [path], skips_bad=False)


def open_folder(folder: Path) -> PhotosSource:
    """All pictures that lie directly in `folder`; other files are passed over."""
    try:
        entries = list(folder.iterdir())
    except OSError as error:
        raise SourceError(f"{folder}: cannot be opened ({error.strerror}); check your rights to it") from error
    pictures = _in_order(entries)
    if not pictures:
        raise SourceError(f"{folder}: no picture in this folder; for pictures in its subfolders try '{folder}/*/*.jpg'")
    return PhotosSource(str(folder), pictures, skips_bad=True)


def open_glob(pattern: str) -> PhotosSource:
    """All pictures whose paths match `pattern`; `**` stands for any depth of folders."""
    pictures = _in_order(Path(path) for path in glob.glob(pattern, recursive=True))  # noqa: PTH207 - takes absolute patterns
    if not pictures:
        raise SourceError(f"{pattern}: no picture matches; check the pattern, and quote it against the shell")
    return PhotosSource(pattern, pictures, skips_bad=True)


def _in_order(paths: Iterator[Path] | Sequence[Path]) -> list[Path]:
    return sorted((path for path in paths if is_picture_name(path) and path.is_file()), key=natural_key)


def natural_key(path: Path) -> list[tuple[int, str]]:
    """A sort key that puts `page2` before `page10`, whatever the case of letters."""
    pieces = re.findall(r"\d+|\D+", str(path).casefold())
    return [(int(piece), piece) if piece.isdecimal() else (-1, piece) for piece in pieces]
