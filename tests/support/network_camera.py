"""A network camera on loopback that plays a script: cuts, silence, garbage, changing sizes."""

from __future__ import annotations

import io
import threading
from collections.abc import Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import cv2
import numpy as np

HOLD = 10.0  # seconds of silence in a script: longer than any test, short enough for a forgotten one
BRIGHT, DARK = 200, 40


def jpeg(shade: int, size: tuple[int, int] = (64, 48)) -> bytes:
    """A one-coloured JPEG of `size` (width, height): recognised by its shade."""
    return cv2.imencode(".jpg", np.full((size[1], size[0], 3), shade, np.uint8))[1].tobytes()


def part(content: bytes, has_length: bool = True) -> bytes:
    """`content` as one part of a multipart stream."""
    length = f"Content-Length: {len(content)}\r\n" if has_length else ""
    return f"--cut\r\nContent-Type: image/jpeg\r\n{length}\r\n".encode() + content + b"\r\n"


class NetworkCamera:
    """An MJPEG server: each connection plays the next script, later ones the last again, then cuts the line.

    In a script bytes are sent as they are, numbers are seconds to wait, events are waited for.
    """

    def __init__(
        self,
        *scripts: Sequence[bytes | float | threading.Event],
        status: int = 200,
        kind: str = "multipart/x-mixed-replace; boundary=cut",
    ) -> None:
        self.scripts, self.status, self.kind = scripts, status, kind
        self.connections = 0
        self.hung_up = threading.Event()
        self.authorization: str | None = None
        self._stop = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self._server.server_port}/video"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)

    def __enter__(self) -> NetworkCamera:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._server.shutdown()
        self._server.server_close()

    def _handler(camera) -> type[BaseHTTPRequestHandler]:  # noqa: N805 - `self` is the handler within
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                camera.authorization = self.headers["Authorization"]
                self.send_response(camera.status)
                self.send_header("Content-Type", camera.kind)
                self.end_headers()
                camera._play(self.wfile)

            def log_message(self, *_: object) -> None:
                """Says nothing."""

        return Handler

    def _play(self, line: io.BufferedIOBase) -> None:
        script = self.scripts[min(self.connections, len(self.scripts) - 1)] if self.scripts else ()
        self.connections += 1
        try:
            for item in script:
                if isinstance(item, bytes):
                    line.write(item)
                elif isinstance(item, threading.Event):
                    item.wait(HOLD)
                elif self._stop.wait(item):
                    return
        except OSError:
            self.hung_up.set()
