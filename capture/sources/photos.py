"""Photos and scans as a source: one, a folder or a glob, in natural order; the loop treats each page for itself."""

from __future__ import annotations

import fnmatch
import itertools
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from capture.language import system_words, tr
from capture.sources.base import MAX_PIXELS, Source, SourceError
from capture.sources.image_file import ImageFile, is_picture_data
from capture.sources.pdf import PDF_SUFFIX, PdfFile, is_pdf
from capture.types import NO_IMAGE, Frame

PICTURE_SUFFIXES = frozenset(
    (
        *(".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".webp", ".avif", ".gif", ".jp2", ".tif", ".tiff"),
        *(".heic", ".heif", ".bmp", ".dib", ".ppm", ".pgm", ".pbm", ".pnm"),
    )
)
GLOB_CHARACTERS = re.compile(r"[*?[]")
ANY_DEPTH = "**"
MAX_NAMES_TOLD = 3  # of a folder's other files


class PhotosSource(Source):
    """Pictures read one after the other, of files with several pages each page.

    A picture that cannot be read ends the run when it is all there is; among others it becomes a frame with `error`
    set, and the run goes on.

    Args:
        name: what the user gave.
        paths: the files.
        skips_bad: whether one that cannot be read leaves others to be read.
        max_pixels: the most that one picture may have; None for no limit.
    """

    is_stills = True

    def __init__(
        self, name: str, paths: Sequence[Path], *, skips_bad: bool, max_pixels: int | None = MAX_PIXELS
    ) -> None:
        super().__init__(name, name if len(paths) == 1 else tr("{name}: {count} pictures", name=name, count=len(paths)))
        self.paths = paths
        self.skips_bad, self.max_pixels = skips_bad, max_pixels
        self.length = len(paths)
        self._pages: list[tuple[Path, int]] = []  # the file of each frame so far, and its number there
        if len(paths) == 1 and not skips_bad:
            with closing(open_pages(paths[0], max_pixels)) as pages:
                self.length = len(pages)

    def __iter__(self) -> Iterator[Frame]:
        """Yield a frame a page, all at time 0: stills have no clock."""
        index = itertools.count()
        for path in self.paths:
            for frame in frames_of(path, self.max_pixels):
                if frame.error and not self.skips_bad and self.length == 1:
                    raise SourceError(frame.error)
                self._pages.append((path, frame.index))
                yield replace(frame, index=next(index))

    def reopen(self, index: int) -> Frame:
        """Read the picture of a frame that was yielded already, turned back where it is a mirror image.

        Raises:
            SourceError: its file is gone, or damaged since.
        """
        path, number = self._pages[index]
        with closing(open_pages(path, self.max_pixels)) as pages:
            return self.as_read(Frame(pages.page(number), index, 0.0, str(path)))

    def title(self, frame: Frame) -> str:
        """Name the picture, and say which of how many it is: of the files, or of the pages where there is one file."""
        path, number, count, page = Path(frame.source), frame.index, self.length, ""
        if path in self.paths and len(self.paths) > 1:
            number, count = self.paths.index(path), len(self.paths)
            page = f", page {frame.page}" if frame.page else ""
        return f"{path.name} {number + 1}/{count}{page}" if count > 1 else path.name


def frames_of(path: Path, max_pixels: int | None = MAX_PIXELS) -> Iterator[Frame]:
    """Read a file, a frame a page, with an `error` where a page or the whole file cannot be read."""
    try:
        pages = open_pages(path, max_pixels)
    except SourceError as error:
        yield Frame(NO_IMAGE, 0, 0.0, str(path), str(error))
        return
    with closing(pages):
        for number in range(len(pages)):
            page = number + 1 if len(pages) > 1 else None
            try:
                yield Frame(pages.page(number), number, 0.0, str(path), page=page)
            except SourceError as error:
                yield Frame(NO_IMAGE, number, 0.0, str(path), str(error), page=page)


def open_pages(path: Path, max_pixels: int | None = MAX_PIXELS) -> ImageFile | PdfFile:
    """Open a picture file or a PDF; raises SourceError when it is neither, or damaged."""
    return (PdfFile if is_pdf(path) else ImageFile)(path, max_pixels)


def is_picture_name(path: Path) -> bool:
    """Say whether a name ends like a picture's; hidden files are none (macOS leaves `._photo.jpg` beside photos)."""
    return path.suffix.lower() in PICTURE_SUFFIXES and not path.name.startswith(".")


def is_page_name(path: Path) -> bool:
    """Say whether a name ends like that of a picture or a PDF."""
    return is_picture_name(path) or (path.suffix.lower() == PDF_SUFFIX and not path.name.startswith("."))


def is_page_data(path: Path) -> bool:
    """Say whether the file's first bytes are those of a picture or a PDF, whatever its name."""
    return is_pdf(path) or is_picture_data(path)


def open_photo(path: Path, max_pixels: int | None = MAX_PIXELS) -> PhotosSource:
    """Open one photo, given by its name."""
    return PhotosSource(str(path), [path], skips_bad=False, max_pixels=max_pixels)


def open_folder(folder: Path, max_pixels: int | None = MAX_PIXELS) -> PhotosSource:
    """Open all pictures that lie directly in `folder`; that other files are left out is told."""
    try:
        entries = list(folder.iterdir())
    except OSError as error:
        raise SourceError(
            "{folder}: cannot be opened ({reason}); check your rights to it",
            folder=folder,
            reason=system_words(error.strerror),
        ) from error
    pictures, others = _in_order(entries), _other_files(entries)
    if not pictures and others:
        raise SourceError(
            "{folder}: no picture in this folder, only {names}; name a video or picture itself",
            folder=folder,
            names=others,
        )
    if not pictures:
        raise SourceError(
            "{folder}: no picture in this folder; name another, or its subfolders too: '{folder}/**'", folder=folder
        )
    source = PhotosSource(str(folder), pictures, skips_bad=True, max_pixels=max_pixels)
    named = tr("{folder}: no pictures by their names, so left out: {names}", folder=folder, names=others)
    deeper = tr("{folder}: pictures in its subfolders are left out; for these too: '{folder}/**'", folder=folder)
    source.left_out = [named] * bool(others) + [deeper] * any(map(_has_pages, entries))
    return source


def open_glob(pattern: str, max_pixels: int | None = MAX_PIXELS, name: str = "") -> PhotosSource:
    """Open all pictures whose paths match `pattern`; `**` stands for any depth of folders, `name` is what is shown."""
    pictures = _in_order(matching_paths(pattern))
    name = name or pattern
    if not pictures:
        raise SourceError("{name}: no picture matches; check and quote the pattern, name videos one by one", name=name)
    return PhotosSource(name, pictures, skips_bad=True, max_pixels=max_pixels)


def matching_paths(pattern: str) -> list[Path]:
    """Find the paths that match a pattern as the shell would, but each folder once, however many links lead to it.

    `glob` of the standard library follows a link to its own folder forty times, and two such links for ever.
    """
    start, parts = Path(Path(pattern).anchor), list(Path(pattern).parts)
    parts = parts[1:] if start.anchor else parts
    if parts and parts[-1] == ANY_DEPTH:
        parts.append("*")
    paths = [start]
    for part in parts:
        if part == ANY_DEPTH:
            paths = list(_with_subfolders(paths))
        else:
            paths = [child for folder in paths for child in _children(folder, part)]
    return list(dict.fromkeys(paths))


def _children(folder: Path, pattern: str) -> list[Path]:
    """Give what in a folder has a name that matches; hidden names are matched by patterns with a dot only."""
    if not GLOB_CHARACTERS.search(pattern):
        return [folder / pattern] if os.path.lexists(folder / pattern) else []
    names = fnmatch.filter(_names_in(folder), pattern)
    return [folder / name for name in names if pattern.startswith(".") or not name.startswith(".")]


def _with_subfolders(folders: Iterable[Path]) -> Iterator[Path]:
    """Give folders and all below them, each once by its identity on the disk, in the order of names."""
    seen: set[tuple[int, int]] = set()
    waiting = list(folders)[::-1]
    while waiting:
        folder = waiting.pop()
        try:
            status = folder.stat()
        except OSError:
            continue
        if (status.st_dev, status.st_ino) not in seen:
            seen.add((status.st_dev, status.st_ino))
            yield folder
            below = [folder / name for name in _names_in(folder) if not name.startswith(".")]
            waiting.extend(path for path in reversed(below) if os.path.isdir(path))


def _names_in(folder: Path) -> list[str]:
    """Give the names in a folder in order; none where it is no folder or may not be looked into."""
    try:
        return sorted(path.name for path in folder.iterdir())
    except OSError:
        return []


def _has_pages(folder: Path) -> bool:
    """Say whether a path is a folder, not hidden, with pictures or PDFs right in it."""
    return not folder.name.startswith(".") and any(is_page_name(folder / name) for name in _names_in(folder))


def _in_order(paths: Iterable[Path]) -> list[Path]:
    """Keep the pictures, in natural order; what cannot be looked at is kept too, and told when it is read."""
    return sorted((path for path in paths if is_page_name(path) and not os.path.isdir(path)), key=natural_key)


def _other_files(paths: Iterable[Path]) -> str:
    """Name the files that are no pictures by their names, the first few; "" for none."""
    names = [path.name for path in sorted(paths, key=natural_key) if not is_page_name(path) and not os.path.isdir(path)]
    shown = [name for name in names if not name.startswith(".")]
    return ", ".join(shown[:MAX_NAMES_TOLD]) + ", ..." * (len(shown) > MAX_NAMES_TOLD)


def natural_key(path: Path) -> list[tuple[int, str]]:
    """Make a sort key that puts `page2` before `page10`, whatever the case of letters."""
    pieces = re.findall(r"\d+|\D+", str(path).casefold())
    return [(int(piece), piece) if piece.isdecimal() else (-1, piece) for piece in pieces]
