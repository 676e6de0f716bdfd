"""Turns picture files into pixels, by Pillow: every depth, colour kind and page, and one line on what is wrong."""

from __future__ import annotations

import os
import stat
import warnings
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import BinaryIO

import numpy as np
from PIL import (  # the plugins decode; to find them by itself Pillow would load forty more
    AvifImagePlugin,  # noqa: F401
    BmpImagePlugin,  # noqa: F401
    GifImagePlugin,  # noqa: F401
    Image,
    Jpeg2KImagePlugin,  # noqa: F401
    JpegImagePlugin,  # noqa: F401
    MpoImagePlugin,  # noqa: F401
    PngImagePlugin,  # noqa: F401
    PpmImagePlugin,  # noqa: F401
    TiffImagePlugin,  # noqa: F401
    UnidentifiedImageError,
    WebPImagePlugin,  # noqa: F401
)

from capture.language import system_words
from capture.sources.base import MAX_PIXELS, SourceError
from capture.sources.network.mjpeg import START as JPEG_START
from capture.sources.network.mjpeg import NotJpegError, jpeg_size
from capture.sources.pixels import pixels_of, upright
from model.stderr import muted_stderr

MAX_FILE_BYTES = 2 << 30  # larger than any picture within the limit of pixels: some decoders read it all at once
# Pillow knows more, among them programs to be run (EPS) and videos
FORMATS = ("JPEG", "MPO", "PNG", "GIF", "WEBP", "TIFF", "BMP", "DIB", "PPM", "JPEG2000", "AVIF", "HEIF")
PAGED_FORMATS = ("PNG", "GIF", "WEBP", "TIFF", "AVIF")  # further pictures in a JPEG or HEIC serve the camera itself
MAX_FRAME_PIXELS = 7680 * 4320  # of an animation: the largest screens
HEIC_BRANDS = (b"ftypheic", b"ftypheix", b"ftyphevc", b"ftypmif1", b"ftypmsf1")
BRAND_BYTES = slice(4, 12)
JPEG_HEADER_BYTES = 256 << 10, 16 << 20  # in which the size mostly, and surely, stands: notes may come before it
TIFF_SUBFILE_TYPE, TIFF_SMALLER_COPY_OR_MASK = 254, 0b101  # TIFF 6.0, page 36

Image.MAX_IMAGE_PIXELS = None  # Pillow's limit warns first and is one for all; ours is said in one line, and settable


class ImageFile:
    """An open picture file, whose pages are decoded one by one.

    Args:
        path: the file, perhaps within an archive.
        max_pixels: more than these in a page are refused before any is decoded; None for no limit.

    Raises:
        SourceError: the file cannot be read, is empty, or no picture.

    Example:
        with closing(ImageFile(Path("scan.tif"))) as file:
            images = [file.page(index) for index in range(len(file))]
    """

    def __init__(self, path: Path | zipfile.Path, max_pixels: int | None = MAX_PIXELS) -> None:
        self._path, self._max_pixels, self._is_refused = path, max_pixels, False
        self._file = open_file(path)
        try:
            with _quietly(path):
                if max_pixels is not None and self._file.seek(0, os.SEEK_END) > MAX_FILE_BYTES:
                    raise SourceError("{path}: is larger than any picture; name another file", path=path)
                _check_start(path, self._file)
                self._image = Image.open(self._file, formats=_known_formats())
                self._pages = list(_page_numbers(self._image))
        except BaseException:
            self._file.close()
            raise

    def __len__(self) -> int:
        """Count the pages or frames that are pictures of their own."""
        return len(self._pages)

    def page(self, index: int) -> np.ndarray:
        """Decode a page as `cv2.imread` would (EXIF turned), with transparency laid on a ground that shows the ink.

        Returns:
            (H, W, 3) uint8, BGR; 16-bit pictures scaled to 8. Read only.

        Raises:
            SourceError: the page is damaged, cut short or too large.
        """
        where = self._path if len(self) == 1 else f"{self._path}, page {index + 1}"
        if self._is_refused:  # each frame of an animation is drawn over the one before
            raise SourceError("{where}: comes after a frame that is too large; make it smaller", where=where)
        with _quietly(where), _limited(self._most_pixels()):
            try:
                if self._image.tell() != self._pages[index]:
                    self._image.seek(self._pages[index])
                check_size(where, self._image.size, self._most_pixels())
            except (SourceError, Image.DecompressionBombError):
                self._is_refused = self._is_animation
                raise
            return pixels_of(upright(self._image, may_change=len(self) == 1))

    def _most_pixels(self) -> int | None:
        """Give the limit of a page: a frame of an animation is no larger than a screen, but there may be thousands."""
        return min(self._max_pixels, MAX_FRAME_PIXELS) if self._is_animation and self._max_pixels else self._max_pixels

    @property
    def _is_animation(self) -> bool:
        return len(self) > 1 and self._image.format != "TIFF"

    def close(self) -> None:
        """Close the file."""
        self._file.close()


def read_picture(path: Path | zipfile.Path, max_pixels: int | None = MAX_PIXELS) -> np.ndarray:
    """Read a picture file, of several pages the first; see `ImageFile`."""
    with closing(ImageFile(path, max_pixels)) as file:
        return file.page(0)


def is_picture_data(path: Path) -> bool:
    """Say whether the file's first bytes are those of a picture, whatever its name."""
    try:
        ImageFile(path).close()
    except SourceError:
        return False
    return True


def open_file(path: Path | zipfile.Path) -> BinaryIO:
    """Open a file of ordinary kind for reading: a pipe or a device would keep the program waiting.

    Raises:
        SourceError: there is none, it is empty, of another kind, or may not be read.
    """
    try:
        if isinstance(path, Path) and not stat.S_ISREG(path.stat().st_mode):
            raise SourceError("{path}: is no ordinary file; name a file or folder", path=path)
        file = path.open("rb")
        if not file.seek(0, os.SEEK_END):
            file.close()
            raise SourceError("{path}: the file is empty; copy or download it again", path=path)
        file.seek(0)
        return file
    except (OSError, ValueError) as error:
        reason = system_words(str(getattr(error, "strerror", None) or error))
        raise SourceError(
            "{path}: cannot be read ({reason}); check the name and your rights to it", path=path, reason=reason
        ) from error


def check_size(where: Path | str, size: Sequence[float], max_pixels: int | None) -> None:
    """Raise SourceError when a page of (width, height) pixels is larger than allowed."""
    width, height = size
    if max_pixels is not None and width * height > max_pixels:
        raise SourceError(
            "{where}: {width:.0f}x{height:.0f} are {megapixels:.4g} megapixels, more than the {most:g} "
            "allowed; make it smaller, or allow more with --max-megapixels",
            where=where,
            width=width,
            height=height,
            megapixels=width * height / 1e6,
            most=max_pixels / 1e6,
        )


@contextmanager
def _limited(max_pixels: int | None) -> Iterator[None]:
    """Let Pillow refuse what is larger than allowed within a file too; it does so beyond twice its own limit."""
    Image.MAX_IMAGE_PIXELS = max_pixels and max_pixels // 2
    try:
        yield
    finally:
        Image.MAX_IMAGE_PIXELS = None


@contextmanager
def _quietly(path: Path | str) -> Iterator[None]:
    """Turn whatever a decoder raises into a SourceError, and keep what it prints off the terminal."""
    try:
        with muted_stderr(), warnings.catch_warnings(action="ignore"):
            yield
    except SourceError:
        raise
    except UnidentifiedImageError as error:
        raise SourceError(
            "{path}: not a picture, damaged, or of an unsupported kind; convert it to JPEG or PNG", path=path
        ) from error
    except Image.DecompressionBombError as error:
        raise SourceError(
            "{path}: holds a frame of more pixels than allowed; make it smaller, or allow more with --max-megapixels",
            path=path,
        ) from error
    except MemoryError as error:
        raise SourceError("{path}: not enough memory for so large a picture; make it smaller", path=path) from error
    except Exception as error:  # decoders raise what comes to their mind: OSError, SyntaxError, struct.error, KeyError
        if "truncated" in str(error).lower():
            raise SourceError("{path}: the picture is cut short; copy or download it again", path=path) from error
        raise SourceError("{path}: the picture is damaged; copy or download it again", path=path) from error


def _check_start(path: Path, file: BinaryIO) -> None:
    """Look at the first bytes: load what HEIC needs, refuse a JPEG whose fill bytes would keep Pillow busy for ever."""
    start = _first_bytes(file, BRAND_BYTES.stop)
    if start[BRAND_BYTES] in HEIC_BRANDS:
        _load_heif(path)
    if start.startswith(JPEG_START):
        try:
            any(jpeg_size(_first_bytes(file, count)) for count in JPEG_HEADER_BYTES)
        except NotJpegError as error:
            raise UnidentifiedImageError from error
    file.seek(0)


def _first_bytes(file: BinaryIO, count: int) -> bytes:
    file.seek(0)
    return file.read(count)


def _known_formats() -> list[str]:
    """Give those of the formats that this computer's Pillow can decode."""
    return [name for name in FORMATS if name in Image.OPEN]


def _load_heif(path: Path) -> None:
    try:
        from pillow_heif import register_heif_opener  # noqa: PLC0415 - 0.1 s that only such pictures cost
    except ImportError as error:
        raise SourceError(
            "{path}: HEIC pictures need pillow-heif; run: pip install pillow-heif, or convert it to JPEG", path=path
        ) from error
    register_heif_opener(thumbnails=False)


def _page_numbers(image: Image.Image) -> Iterator[int]:
    """Give the pages that are pictures of their own, not smaller copies or masks of another."""
    count = getattr(image, "n_frames", 1) if image.format in PAGED_FORMATS else 1
    for number in range(count):
        if image.format == "TIFF" and count > 1:
            image.seek(number)
            if number and int(image.tag_v2.get(TIFF_SUBFILE_TYPE, 0)) & TIFF_SMALLER_COPY_OR_MASK:
                continue
        yield number
