"""Decodes pictures that a page sends: no more bytes than a photo has, no more pixels than fit the memory."""

from __future__ import annotations

import io
import re

import cv2
import numpy as np
from aiohttp import web
from PIL import Image

from capture.sources.network.mjpeg import START as JPEG_START
from capture.sources.pixels import pixels_of, upright
from model.errors import DigitsError

MAX_FRAME_BYTES = 4 << 20  # of the page's camera or sheet: ten times what 720p takes
MAX_PHOTO_BYTES = 40 << 20  # phones' largest JPEGs have 30 MB
MAX_PIXELS = 64_000_000  # of phones' 50 megapixels; 0.2 GB once decoded
KINDS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF")
MAX_NAME_LETTERS = 80
ODD_LETTERS = re.compile(r"[^\w .()+-]")


class UploadError(DigitsError):
    """What a page sent is no picture, or too large a one."""


async def read_limited(request: web.Request, limit_bytes: int) -> bytes:
    """Read the body of a request; give up at once where it is longer than allowed.

    Raises:
        UploadError: it is.
    """
    data = bytearray()
    async for chunk in request.content.iter_any():
        data += chunk
        if len(data) > limit_bytes:
            raise UploadError("photo: has more than {limit} MB; make it smaller", limit=limit_bytes >> 20)
    return bytes(data)


def decode_upload(data: bytes) -> np.ndarray:
    """Decode a picture that a stranger may have made: its size is looked at first.

    Returns:
        (H, W, 3) uint8, BGR, turned as its EXIF says.

    Raises:
        UploadError: no picture, damaged, or too large.
    """
    width, height = size_of(data)
    if width * height > MAX_PIXELS:
        raise UploadError(
            "photo: has {megapixels:.4g} megapixels, {most} are the limit",
            megapixels=width * height / 1e6,
            most=MAX_PIXELS // 10**6,
        )
    try:
        if data.startswith(JPEG_START):  # as the page's camera sends them, many a second
            image = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
        else:  # OpenCV would leave out what is transparent, and 8 of 16 bits
            with Image.open(io.BytesIO(data), formats=KINDS) as picture:
                image = pixels_of(upright(picture, may_change=True))
    except Exception:  # decoders raise what comes to their mind
        image = None
    if image is None or not image.size:
        raise UploadError("photo: is damaged or of an unsupported kind; send it as JPEG or PNG")
    return image


def size_of(data: bytes) -> tuple[int, int]:
    """Read the width and height that a picture's header claims, in pixels.

    Raises:
        UploadError: it has no such header.
    """
    try:
        with Image.open(io.BytesIO(data), formats=KINDS) as picture:
            return picture.size
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise UploadError("photo: has too many megapixels, {most} are the limit", most=MAX_PIXELS // 10**6) from error
    except (OSError, ValueError, SyntaxError) as error:
        raise UploadError("photo: is not a picture that can be read; send it as JPEG or PNG") from error


def count_pages(data: bytes) -> int:
    """Count the pages of a picture, or the frames of an animation; only the first is read here, so 1 if damaged."""
    try:
        with Image.open(io.BytesIO(data), formats=KINDS) as picture:
            return getattr(picture, "n_frames", 1)
    except Exception:  # the first was decoded: what is wrong behind it harms nobody
        return 1


def safe_name(name: str) -> str:
    """Replace in a file's name, as a page gave it, what could disturb a terminal or a table; "photo" for none."""
    return ODD_LETTERS.sub("_", name)[:MAX_NAME_LETTERS].strip() or "photo"
