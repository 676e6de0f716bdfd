"""Turns the bytes of a picture file into pixels: every depth and colour kind OpenCV reads; a clear word on the rest."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from capture.sources.base import SourceError
from capture.sources.jpeg import START as JPEG_START
from capture.sources.jpeg import NotJpegError, jpeg_end
from model.stderr import muted_stderr

PNG_START = b"\x89PNG\r\n\x1a\n"
PNG_END = b"IEND"
PNG_COLOUR_TYPE_AT = 25
PNG_ALPHA_TYPES = (4, 6)  # grey or colour, with alpha (PNG specification, 11.2.2)
PNG_TRANSPARENT_PALETTE = b"tRNS"
HEIC_BRANDS = (b"ftypheic", b"ftypheix", b"ftyphevc", b"ftypmif1", b"ftypmsf1")
BRAND_BYTES = slice(4, 12)
TO_BGR = {1: cv2.COLOR_GRAY2BGR, 4: cv2.COLOR_BGRA2BGR}  # by the number of channels
NO_PICTURE = np.zeros((0, 0, 3), np.uint8)


def read_picture(path: Path) -> np.ndarray:
    """Reads a picture file as `cv2.imread` would (EXIF turned), but with transparency laid on white paper.

    Returns:
        (H, W, 3) uint8, BGR; 16-bit pictures scaled to 8.

    Raises:
        SourceError: the file cannot be read, is empty, cut short, too large or no picture.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise SourceError(f"{path}: cannot be read ({error.strerror}); check the name and your rights to it") from error
    _refuse_by_bytes(path, data)
    return _decode(path, data)


def is_picture_data(path: Path) -> bool:
    """Whether the file's first bytes are those of a picture, whatever its name."""
    try:
        return bool(cv2.haveImageReader(str(path)))
    except cv2.error:
        return False


def decode_jpeg(data: bytes | bytearray) -> np.ndarray | None:
    """Decodes one picture of a stream to (H, W, 3) uint8 BGR; None when it is garbage."""
    try:
        return cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    except cv2.error:
        return None


def as_bgr(pixels: np.ndarray) -> np.ndarray:
    """What a camera's driver gave, in the form that all stages take: infrared and depth cameras have their own ways.

    Args:
        pixels: (H, W), (H, W, 1), (H, W, 3) BGR or (H, W, 4) BGRA; of any depth, floats being from 0 to 1.

    Returns:
        (H, W, 3) uint8 BGR: `pixels` itself where it has that form already; empty when it is no picture at all.
    """
    if pixels.ndim == 3 and pixels.shape[2] == 3 and pixels.dtype == np.uint8:
        return pixels
    channels = {2: 1, 3: pixels.shape[-1]}.get(pixels.ndim) if pixels.ndim else None
    if channels not in (3, *TO_BGR) or not pixels.size or pixels.dtype.kind not in "biuf":
        return NO_PICTURE
    levels = _as_bytes(pixels)
    return cv2.cvtColor(levels, TO_BGR[channels]) if channels in TO_BGR else levels


def _as_bytes(pixels: np.ndarray) -> np.ndarray:
    """The same brightness in levels from 0 to 255; what is not a number is black."""
    white = np.iinfo(pixels.dtype).max if pixels.dtype.kind in "iu" else 1
    shares = np.nan_to_num(np.clip(pixels, 0, white)) / np.float32(white)
    return np.ascontiguousarray(np.rint(255 * shares).astype(np.uint8))


def _refuse_by_bytes(path: Path, data: bytes) -> None:
    """Raises SourceError for what OpenCV would take in silence or refuse without a word."""
    if not data:
        raise SourceError(f"{path}: the file is empty; copy or download it again")
    if data[BRAND_BYTES] in HEIC_BRANDS:
        raise SourceError(f"{path}: HEIC pictures are not supported; convert it to JPEG")
    if _is_cut_short(data):
        raise SourceError(f"{path}: the picture is cut short; copy or download it again")


def _is_cut_short(data: bytes) -> bool:
    """True for a JPEG or PNG without its end: OpenCV would fill the rest with grey, or just say no."""
    if data.startswith(PNG_START):
        return PNG_END not in data
    if not data.startswith(JPEG_START):
        return False
    try:
        return jpeg_end(data) is None
    except NotJpegError:
        return False  # damaged in another way: the decoder decides


def _decode(path: Path, data: bytes) -> np.ndarray:
    """Decodes with OpenCV; its exceptions and its silent None become a SourceError."""
    try:
        with muted_stderr():
            buffer = np.frombuffer(data, np.uint8)
            image = _on_white(buffer) if _may_be_transparent(data) else cv2.imdecode(buffer, cv2.IMREAD_COLOR)
    except cv2.error as error:
        if "MAX_IMAGE" in str(error):
            raise SourceError(f"{path}: more pixels than OpenCV takes (2^30); make it smaller") from error
        if error.code == cv2.Error.StsNoMem:
            raise SourceError(f"{path}: not enough memory for so large a picture; make it smaller") from error
        image = None
    if image is None:
        raise SourceError(f"{path}: not a picture, damaged, or of an unsupported kind; convert it to JPEG or PNG")
    return image


def _may_be_transparent(data: bytes) -> bool:
    """Whether decoding with the alpha channel is worth its time."""
    if data.startswith(JPEG_START):
        return False
    if not data.startswith(PNG_START):
        return True
    return data[PNG_COLOUR_TYPE_AT] in PNG_ALPHA_TYPES or PNG_TRANSPARENT_PALETTE in data[: data.find(b"IDAT")]


def _on_white(buffer: np.ndarray) -> np.ndarray | None:
    """Decodes a picture that may have an alpha channel, and lays it on white; None when it cannot be decoded."""
    alpha = _alpha(buffer)
    image = cv2.imdecode(buffer, cv2.IMREAD_COLOR)
    if image is None or alpha is None:
        return image
    cv2.bitwise_not(image, image)  # in place: the largest pictures fill the memory
    cv2.multiply(image, cv2.merge([alpha] * 3), image, scale=1 / 255)
    return cv2.bitwise_not(image, image)


def _alpha(buffer: np.ndarray) -> np.ndarray | None:
    """The alpha channel of an encoded picture, (H, W) uint8, turned as its EXIF says; None without one."""
    pixels, kinds, metadata = cv2.imdecodeWithMetadata(buffer, flags=cv2.IMREAD_UNCHANGED)
    if pixels is None or pixels.ndim < 3 or pixels.shape[2] < 4 or pixels.dtype not in (np.uint8, np.uint16):
        return None
    alpha = pixels[:, :, 3] if pixels.dtype == np.uint8 else (pixels[:, :, 3] >> 8).astype(np.uint8)
    exif = [blob for kind, blob in zip(np.ravel(kinds), metadata, strict=True) if kind == cv2.IMAGE_METADATA_EXIF]
    return _turned(alpha, exif) if exif else np.ascontiguousarray(alpha)


def _turned(alpha: np.ndarray, exif: list[np.ndarray]) -> np.ndarray:
    """OpenCV turns colours as EXIF says, but not alpha: so that goes through once more, as a grey picture."""
    _, buffer = cv2.imencodeWithMetadata(".png", alpha, [cv2.IMAGE_METADATA_EXIF] * len(exif), exif)
    return cv2.imdecode(buffer, cv2.IMREAD_GRAYSCALE)
