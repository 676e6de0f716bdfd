"""A network camera as a source: MJPEG over http(s) by our own reader, everything else by PyAV.

FFmpeg connects to nothing but our own relay to an rtsp camera: what comes over http is handed to it as bytes, so that
a playlist can make it ask no other host and read no file.
"""

from __future__ import annotations

import ssl
import time
from contextlib import closing
from dataclasses import replace

import numpy as np

from capture.language import tr
from capture.sources.base import SourceError, SourceOptions
from capture.sources.live import Feed, LiveSource
from capture.sources.network.address import Address, certificate_problem, parse_address, readable, target_of
from capture.sources.network.http_camera import MAX_REDIRECTS, TIMEOUT_S, Body, HttpCamera, reason_of
from capture.sources.network.mjpeg import MAX_JPEG_BYTES, MjpegFeed, decode_jpeg
from capture.sources.network.rtsp_relay import RtspRelay

SNAPSHOT_PAUSE_S = 0.1  # between pictures of a camera that sends one an answer
MJPEG_TYPE, SNAPSHOT_TYPE = "multipart/", "image/jpeg"
NO_VIDEO_TYPES = ("text/", "json", "mpegurl", "dash+xml", "sdp")  # web pages, and playlists that lead elsewhere
NO_PROTOCOLS = {"protocol_whitelist": "none"}
RTSP_OPTIONS = {
    "rtsp_transport": "tcp",
    "protocol_whitelist": "rtsp,rtp,tcp",
    "analyzeduration": "500000",  # microseconds; FFmpeg would watch for 3 s to find the rate, which nobody asks for
}


class SnapshotFeed:
    """Asks a camera that answers with one picture, again and again."""

    skipped = 0

    def __init__(self, camera: HttpCamera) -> None:
        self._camera = camera

    def read(self) -> np.ndarray | None:
        """Ask for the next picture, (H, W, 3) uint8 BGR; None when there is no answer, or none with a picture."""
        time.sleep(SNAPSHOT_PAUSE_S)
        try:
            with closing(Body(self._camera.ask())) as body:
                data = b"".join(iter(lambda: body.read1(MAX_JPEG_BYTES), b""))
        except SourceError:
            return None
        return decode_jpeg(data)

    def close(self) -> None:
        """Do nothing: nothing is open between pictures."""


class AvFeed:
    """A stream that PyAV reads: rtsp, or the bytes of a video over http.

    Args:
        source: address or bytes.
        options: of FFmpeg.
        connection: to be closed at the end.
    """

    skipped = 0

    def __init__(self, source: str | Body, options: dict[str, str], connection: Body | RtspRelay) -> None:
        from capture.sources.av_reader import AvReader  # noqa: PLC0415 - 0.2 s that MJPEG streams need not

        self._connection = connection
        self._reader = AvReader(source, options, TIMEOUT_S)

    def read(self) -> np.ndarray | None:
        """Give the next picture, (H, W, 3) uint8 BGR; None when the stream ends, breaks or falls silent."""
        return self._reader.read()[1]

    def close(self) -> None:
        """Close the connection."""
        self._reader.release()
        self._connection.close()


def open_stream(url: str, options: SourceOptions) -> LiveSource:
    """Open an `http(s)://` or `rtsp(s)://` stream; name and password may stand in the address.

    Raises:
        SourceError: nothing answers, or what answers sends no pictures or is not who it should be.
    """
    address = parse_address(url, options.trusted_certificate)
    camera = HttpStream(address) if address.scheme.startswith("http") else RtspStream(address)
    return LiveSource(address.name, "stream", camera.connect)


class RtspStream:
    """Connects to a camera that speaks rtsp: by FFmpeg, through our relay, so that no other host is asked."""

    def __init__(self, address: Address) -> None:
        self._address = address

    def connect(self) -> Feed:
        """Open the stream, where the camera itself leads to another of its own; raises SourceError when that fails."""
        address = self._address
        for _ in range(MAX_REDIRECTS):
            relay = self._relay(address)
            try:
                return AvFeed(relay.url, RTSP_OPTIONS, relay)
            except OSError as error:
                relay.close()
                if relay.target is None:
                    raise self._no_stream(error) from error
            target = target_of(self._address, address.url, relay.target)
            address = replace(parse_address(target), **self._login)
        raise SourceError("{name}: leads from page to page without end; check the address", name=self._address.name)

    @property
    def _login(self) -> dict[str, str]:
        """Give what stays the same wherever the camera leads."""
        return {name: getattr(self._address, name) for name in ("user", "password", "fingerprint")}

    def _relay(self, address: Address) -> RtspRelay:
        try:
            return RtspRelay(address, TIMEOUT_S)
        except ssl.SSLError as error:
            raise certificate_problem(self._address, error, TIMEOUT_S) from error
        except OSError as error:
            raise self._no_stream(error) from error

    def _no_stream(self, error: OSError) -> SourceError:
        return SourceError(
            "{name}: no stream there ({reason}); check the address, name and password, and "
            "that the camera is on and in reach",
            name=self._address.name,
            reason=reason_of(error),
        )


class HttpStream:
    """Connects to a camera that speaks http(s), and chooses the reader for what it answers."""

    def __init__(self, address: Address) -> None:
        self._name, self._camera = address.name, HttpCamera(address)

    def connect(self) -> Feed:
        """Open the stream; raises SourceError when that fails."""
        response = self._camera.ask()
        kind = response.headers.get("Content-Type", "").lower()
        if kind.startswith(MJPEG_TYPE):
            return MjpegFeed(Body(response))
        if kind.startswith(SNAPSHOT_TYPE):
            response.close()
            return SnapshotFeed(self._camera)
        is_video = not any(words in kind for words in NO_VIDEO_TYPES)
        if is_video and "Content-Length" in response.headers:  # read as a stream, it would begin anew without end
            response.close()
            raise SourceError("{name}: is a file, no stream; download it, and name the copy", name=self._name)
        try:
            if not is_video:
                raise OSError("no video")
            body = Body(response)
            return AvFeed(body, NO_PROTOCOLS, body)
        except OSError as error:
            response.close()
            shown = readable(kind) or tr("something unknown")
            raise SourceError(
                "{name}: no stream there, but {shown}; name the camera's rtsp:// or MJPEG address",
                name=self._name,
                shown=shown,
            ) from error
