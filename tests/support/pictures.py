"""Writes picture files of every kind for the tests, and reads them as the program does."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from capture.sources.base import SourceError
from capture.sources.open import open_source
from capture.types import Frame

LEFT, RIGHT = 30, 220  # shades of the two halves of the test picture
SIZE = (40, 24)
EXIF_TURN_RIGHT = b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0"  # orientation 6


def halves(dtype: type = np.uint8, channels: int = 3) -> np.ndarray:
    """Dark left, bright right half; `channels` 1 gives (H, W)."""
    image = np.full((SIZE[1], SIZE[0], channels), RIGHT, dtype)
    image[:, : SIZE[0] // 2] = LEFT
    image = image if dtype is np.uint8 else image * 257
    return image[:, :, 0] if channels == 1 else image


def saved(path: Path, image: np.ndarray, exif: bytes = b"") -> Path:
    kinds, blobs = ([cv2.IMAGE_METADATA_EXIF], [np.frombuffer(exif, np.uint8)]) if exif else ([], [])
    path.write_bytes(cv2.imencodeWithMetadata(path.suffix, image, kinds, blobs)[1].tobytes())
    return path


def frames(spec: str | Path) -> list[Frame]:
    with open_source(str(spec)) as source:
        return list(source)


def the_frame(spec: str | Path) -> Frame:
    (frame,) = frames(spec)
    return frame


def error_of(spec: str | Path) -> str:
    with pytest.raises(SourceError) as told:
        frames(spec)
    assert "\n" not in str(told.value)
    return str(told.value)


def png(width: int, height: int, colour_type: int, rows: bytes, *chunks: tuple[bytes, bytes]) -> bytes:
    """A PNG made by hand: for kinds that OpenCV does not write."""
    header = struct.pack(">IIBBBBB", width, height, 8, colour_type, 0, 0, 0)
    parts = [(b"IHDR", header), *chunks, (b"IDAT", zlib.compress(rows)), (b"IEND", b"")]
    packed = (
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body)) for kind, body in parts
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(packed)


def pages_saved(path: Path, shades: tuple[int, ...], **options: object) -> Path:
    """A file of one-coloured pages or frames, each recognised by its shade."""
    first, *others = (Image.new("RGB", SIZE, (shade,) * 3) for shade in shades)
    first.save(path, save_all=True, append_images=others, **options)
    return path


def shades(spec: str | Path) -> list[int]:
    return [round(frame.image.mean()) for frame in frames(spec)]


def form_pdf() -> bytes:
    """A PDF whose page shows nothing but the one field of a form, filled in."""
    objects = (
        "<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[4 0 R]/DR<</Font<</F 5 0 R>>>>>>>>",
        "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 100]/Annots[4 0 R]>>",
        "<</Type/Annot/Subtype/Widget/FT/Tx/T(n)/V(4711)/DA(/F 30 Tf 0 g)/Rect[20 20 180 80]/P 3 0 R/F 4>>",
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    )
    body = "".join(f"{number} 0 obj{text}endobj\n" for number, text in enumerate(objects, 1))
    return f"%PDF-1.4\n{body}trailer<</Root 1 0 R>>".encode()
