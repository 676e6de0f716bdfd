"""A network camera as a source: MJPEG over http(s) by our own reader, everything else (rtsp) by OpenCV's FFmpeg.

Measured against FFmpeg's MJPEG reader: that one ends at the first garbage, stretches all pictures to the size of the
first, and is a picture late when parts carry no length; ours goes on, keeps sizes, and shows each picture at once.
"""

from __future__ import annotations

from collections.abc import Callable
from http.client import HTTPException, HTTPResponse
from urllib.error import HTTPError, URLError
from urllib.parse import unquote, urlsplit
from urllib.request import HTTPBasicAuthHandler, HTTPPasswordMgrWithPriorAuth, build_opener

import cv2
import numpy as np

from capture.sources.base import SourceError, SourceOptions, without_password
from capture.sources.jpeg import START, NotJpegError, jpeg_end, jpeg_size
from capture.sources.live import Feed, LiveSource

TIMEOUT_S = 5.0  # for connecting, and for the next bytes of an open stream
MAX_JPEG_BYTES = 32 << 20  # a "picture" that does not end by then is garbage
CHUNK_BYTES = 1 << 20
MAX_FRAME_PIXELS = 100_000_000  # larger than any network camera's
MJPEG_TYPE = "multipart/"


class MjpegFeed:
    """A multipart stream, read as JPEGs laid end to end: headers, boundaries and garbage between are passed over.

    A picture is there as soon as its last byte is, without waiting for the next boundary; of several that
    have come meanwhile only the last is decoded, and the others are counted in `skipped`.
    """

    def __init__(self, response: HTTPResponse) -> None:
        self._response = response
        self._bytes = bytearray()
        self.skipped = 0

    def read(self) -> np.ndarray | None:
        """The newest whole picture, (H, W, 3) uint8 BGR; None when the stream ends, breaks or falls silent."""
        self.skipped = 0
        while True:
            jpeg = self._newest_jpeg()
            image = None if jpeg is None else decode_jpeg(jpeg)
            if image is not None:
                return image
            if not self._receive():
                return None

    def close(self) -> None:
        """Closes the connection."""
        self._response.close()

    def _receive(self) -> bool:
        """Waits for more bytes; False when none come."""
        try:
            chunk = self._response.read1(CHUNK_BYTES)
        except (OSError, HTTPException, ValueError):  # ValueError: a chunked transfer that makes no sense
            return False
        self._bytes += chunk
        return bool(chunk)

    def _newest_jpeg(self) -> bytes | None:
        """Cuts all whole JPEGs off the buffer and returns the last."""
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
                if len(self._bytes) > MAX_JPEG_BYTES:
                    self._bytes.clear()
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


class FfmpegFeed:
    """A stream that OpenCV's FFmpeg reads: rtsp, or http with a video in it."""

    skipped = 0

    def __init__(self, url: str, name: str) -> None:
        timeout_ms = round(TIMEOUT_S * 1000)
        settings = [cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, timeout_ms, cv2.CAP_PROP_READ_TIMEOUT_MSEC, timeout_ms]
        self._capture = cv2.VideoCapture(url, cv2.CAP_FFMPEG, settings)
        if not self._capture.isOpened():
            raise SourceError(f"{name}: no stream there; check the address, and that the camera is on and in reach")

    def read(self) -> np.ndarray | None:
        """The next picture, (H, W, 3) uint8 BGR; None when the stream ends, breaks or falls silent."""
        is_there, image = self._capture.read()
        return image if is_there else None

    def close(self) -> None:
        """Closes the connection."""
        self._capture.release()


def open_stream(url: str, options: SourceOptions) -> LiveSource:
    """Opens an `http(s)://` or `rtsp://` stream; name and password may stand in the address.

    Raises:
        SourceError: nothing answers, or what answers sends no pictures.
    """
    name = without_password(url)
    try:
        urlsplit(url)
    except ValueError as error:
        raise SourceError(f"{name}: not an address ({str(error).lower()}); write http://HOST:PORT/PATH") from error
    return LiveSource(name, "stream", _connector(url, name))


def _connector(url: str, name: str) -> Callable[[], Feed]:
    if not url.lower().startswith("http"):
        return lambda: FfmpegFeed(url, name)
    return lambda: _connect_http(url, name)


def _connect_http(url: str, name: str) -> Feed:
    response = _request(url, name)
    if response.headers.get_content_type().startswith(MJPEG_TYPE):
        return MjpegFeed(response)
    response.close()
    return FfmpegFeed(url, name)


def _request(url: str, name: str) -> HTTPResponse:
    """Asks the server for the stream; every way this can fail becomes a SourceError."""
    parts = urlsplit(url)
    passwords = HTTPPasswordMgrWithPriorAuth()
    if parts.username:
        passwords.add_password(None, name, unquote(parts.username), unquote(parts.password or ""), True)
    try:
        return build_opener(HTTPBasicAuthHandler(passwords)).open(name, timeout=TIMEOUT_S)
    except HTTPError as error:
        error.close()  # it is a response too, and holds the connection
        advice = "write http://NAME:PASSWORD@..." if error.code == 401 else "check the address"
        raise SourceError(f"{name}: the server answers {error.code} {error.reason}; {advice}") from error
    except URLError as error:
        raise SourceError(f"{name}: cannot be reached ({_plainly(error.reason)}); is the camera on?") from error
    except (OSError, HTTPException, ValueError) as error:
        raise SourceError(f"{name}: cannot be reached ({_plainly(error)}); check the address") from error


def _plainly(reason: object) -> str:
    """The system's own words for an error, without its number."""
    return str(getattr(reason, "strerror", None) or reason).lower()
