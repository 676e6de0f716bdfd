"""JPEGs by their markers: where one ends, how large it is, and the stream that network cameras make of them.

Measured against FFmpeg's MJPEG reader: that one ends at the first garbage, stretches all pictures to the size of the
first, and is a picture late when parts carry no length; ours goes on, keeps sizes, and shows each picture at once.
"""

from __future__ import annotations

import re
from typing import Protocol

import cv2
import numpy as np

MAX_JPEG_BYTES = 32 << 20  # a "picture" that does not end by then is garbage
MAX_FRAME_PIXELS = 100_000_000  # larger than any network camera's
CHUNK_BYTES = 1 << 20
START = b"\xff\xd8"
END = b"\xff\xd9"
# Marker codes of ITU T.81, table B.1.
_START_OF_IMAGE, _END_OF_IMAGE, _START_OF_SCAN = 0xD8, 0xD9, 0xDA
_FIRST_MARKER, _FILL = 0xC0, 0xFF
_HEIGHT_AT, _WIDTH_AT, _SIZE_END = 5, 7, 9  # after a start of frame
_STARTS_OF_FRAME = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_MARKER_AFTER_SCAN = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")  # passes over stuffed bytes, fill and restart markers
_AFTER_FILL = re.compile(rb"[^\xff]")
_MARKER_AND_LENGTH_BYTES = 4
MAX_FILL_BYTES = 1000  # before a marker; writers leave none to a few, and only a hostile file more
MAX_SEGMENTS = 10_000  # before the picture itself; notes and profiles of many megabytes take hundreds


class NotJpegError(ValueError):
    """The bytes break the rules of JPEG markers."""


def jpeg_size(data: bytes | bytearray) -> tuple[int, int] | None:
    """Find a JPEG's size by its header.

    Returns:
        (width, height) in pixels, or None when the data stop before it is told.

    Raises:
        NotJpegError: the data are no JPEG, or damaged.
    """
    if not data.startswith(START):
        raise NotJpegError("no start marker")
    at = len(START)
    for _ in range(MAX_SEGMENTS):
        following = _after_segment(data, at)
        if data[at + 1 : at + 2] and data[at + 1] in _STARTS_OF_FRAME and len(data) >= at + _SIZE_END:
            height, width = (int.from_bytes(data[at + side : at + side + 2]) for side in (_HEIGHT_AT, _WIDTH_AT))
            return width, height
        if following is None:
            return None
        at = following
    raise NotJpegError("too many segments")


def jpeg_end(data: bytes | bytearray, start: int = 0) -> int | None:
    """Find where the JPEG that starts at `start` ends.

    Goes from marker to marker, so the end of a thumbnail in the EXIF data is not taken for the picture's, and
    damage inside the picture shows as a marker that may not stand there.

    Returns:
        The index after the end marker, or None when the data stops before it.

    Raises:
        NotJpegError: the data are no JPEG, damaged, or another picture starts before this one has ended.
    """
    if not data.startswith(START, start):
        raise NotJpegError("no start marker")
    at = start + len(START)
    while not data.startswith(END, at):
        following = _after_segment(data, at)
        if following is None:
            return None
        at = following
    return at + len(END)


def _after_segment(data: bytes | bytearray, at: int) -> int | None:
    """Find the index of the marker after the one at `at`; None when `data` stop before."""
    if at + _MARKER_AND_LENGTH_BYTES > len(data):
        return None
    prefix, code = data[at], data[at + 1]
    if prefix != _FILL or code < _FIRST_MARKER or code in (_START_OF_IMAGE, _END_OF_IMAGE):
        raise NotJpegError(f"no segment can start with {prefix:02x} {code:02x}")
    after = at + 2 + int.from_bytes(data[at + 2 : at + 4])
    if code == _FILL:
        return _after_fill(data, at)
    if code != _START_OF_SCAN:
        return after
    marker = _MARKER_AFTER_SCAN.search(data, after)
    return marker.start() if marker else None


def _after_fill(data: bytes | bytearray, at: int) -> int | None:
    """Find the last of the fill bytes that start at `at`, the marker's own; None when `data` stop before."""
    code = _AFTER_FILL.search(data, at)
    if (code.start() if code else len(data)) - at > MAX_FILL_BYTES:
        raise NotJpegError("fill bytes without end")
    return code.start() - 1 if code else None


class Connection(Protocol):
    """The part of an open HTTP response that is used here."""

    def read1(self, amt: int) -> bytes:
        """Wait for bytes, and give those that have come; none once it has ended, broken or fallen silent."""

    def close(self) -> None:
        """Hang up."""


class MjpegFeed:
    """Reads a multipart stream as JPEGs laid end to end: headers, boundaries and garbage between are passed over.

    A picture is there as soon as its last byte is, without waiting for the next boundary; of several that
    have come meanwhile only the last is decoded, and the others are counted in `skipped`.
    """

    def __init__(self, response: Connection) -> None:
        self._response = response
        self._bytes = bytearray()
        self._has_end = False
        self.skipped = 0

    def read(self) -> np.ndarray | None:
        """Give the newest whole picture, (H, W, 3) uint8 BGR; None when the stream ends, breaks or falls silent."""
        self.skipped = 0
        while True:
            jpeg = self._newest_jpeg() if self._has_end else None
            image = None if jpeg is None else decode_jpeg(jpeg)
            if image is not None:
                return image
            if len(self._bytes) > MAX_JPEG_BYTES:
                self._bytes.clear()
            if not self._receive():
                return None

    def close(self) -> None:
        """Close the connection."""
        self._response.close()

    def _receive(self) -> bool:
        """Wait for more bytes, and note whether a picture may end among them; False when none come.

        Bytes that come in thousands of small pieces are walked through once a picture, not once a piece.
        """
        chunk = self._response.read1(CHUNK_BYTES)
        self._has_end = END in self._bytes[1 - len(END) :] + chunk
        self._bytes += chunk
        return bool(chunk)

    def _newest_jpeg(self) -> bytes | None:
        """Cut all whole JPEGs off the buffer, and return the last; None where there is none."""
        newest = None
        while True:
            start = self._bytes.find(START)
            del self._bytes[: start if start >= 0 else max(0, len(self._bytes) - 1)]
            try:
                end = jpeg_end(self._bytes) if start >= 0 else None
            except NotJpegError:
                del self._bytes[: len(START)]
                continue
            if end is None:
                return newest
            self.skipped += newest is not None
            newest = bytes(self._bytes[:end])
            del self._bytes[:end]


def decode_jpeg(data: bytes | bytearray) -> np.ndarray | None:
    """Decode one picture of a stream to (H, W, 3) uint8 BGR; None when it is garbage or larger than any camera's."""
    try:
        width, height = jpeg_size(data) or (0, 0)
        if not 0 < width * height <= MAX_FRAME_PIXELS:
            return None
        return cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    except (NotJpegError, cv2.error, MemoryError):
        return None
