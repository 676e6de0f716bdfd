"""A network camera on loopback that plays a script: cuts, silence, garbage, changing sizes."""

from __future__ import annotations

import hashlib
import io
import re
import ssl
import threading
from base64 import b64decode
from collections.abc import Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import cv2
import numpy as np
import trustme

HOLD = 10.0  # seconds of silence in a script: longer than any test, short enough for a forgotten one
BRIGHT, DARK = 200, 40


def jpeg(shade: int, size: tuple[int, int] = (64, 48)) -> bytes:
    """A one-coloured JPEG of `size` (width, height): recognised by its shade."""
    return cv2.imencode(".jpg", np.full((size[1], size[0], 3), shade, np.uint8))[1].tobytes()


def part(content: bytes, has_length: bool = True) -> bytes:
    """`content` as one part of a multipart stream."""
    length = f"Content-Length: {len(content)}\r\n" if has_length else ""
    return f"--cut\r\nContent-Type: image/jpeg\r\n{length}\r\n".encode() + content + b"\r\n"


USER, PASSWORD = "me", "p@ss:wörd"


def _is_login(challenge: str, answer: str) -> bool:
    """Whether an answer to `Basic ...` or `Digest ...` shows that the asker knows the password (RFC 7617, RFC 2617)."""
    if answer.startswith("Basic"):
        return challenge.startswith("Basic") and b64decode(answer[6:]).decode() == f"{USER}:{PASSWORD}"
    if not answer.startswith("Digest"):
        return False
    told = dict(re.findall(r'(\w+)="?([^",]*)"?', answer))
    who = _md5(f"{USER}:{told['realm']}:{PASSWORD}")
    what = _md5(f"GET:{told['uri']}")
    return told["response"] == _md5(f"{who}:{told['nonce']}:{told['nc']}:{told['cnonce']}:{told['qop']}:{what}")


def _md5(text: str) -> str:
    return hashlib.md5(text.encode()).hexdigest()


class NetworkCamera:
    """An MJPEG server: each connection plays the next script, later ones the last again, then cuts the line.

    In a script bytes are sent as they are, numbers are seconds to wait, events are waited for. With `login`, a
    challenge such as `Basic realm="x"`, it wants `USER` and `PASSWORD`.
    """

    def __init__(
        self,
        *scripts: Sequence[bytes | float | threading.Event],
        status: int = 200,
        kind: str = "multipart/x-mixed-replace; boundary=cut",
        headers: dict[str, str] | None = None,
        login: str = "",
        reason: str | None = None,
        certificate: trustme.LeafCert | None = None,
        port: int = 0,
    ) -> None:
        self.scripts, self.status, self.kind = scripts, status, kind
        self.headers, self.login, self.reason = headers or {}, login, reason
        self.paths: list[str] = []
        self.connections = 0
        self.hung_up = threading.Event()
        self.authorization: str | None = None
        self._stop = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", port), self._handler())
        self.port = self._server.server_port
        self.url = f"http://127.0.0.1:{self.port}/video"
        if certificate:
            context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            certificate.configure_cert(context)
            self._server.socket = context.wrap_socket(
                self._server.socket, server_side=True, do_handshake_on_connect=False
            )
            self._server.handle_error = lambda *_: None  # who does not trust hangs up
            self.url = self.url.replace("http", "https")
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
                camera.paths.append(self.path)
                camera.authorization = self.headers["Authorization"]
                if camera.login and not _is_login(camera.login, camera.authorization or ""):
                    self.send_response(401)
                    self.send_header("WWW-Authenticate", camera.login)
                    self.send_header("Content-Length", "0")
                    self.end_headers()
                    return
                self.send_response(camera.status, camera.reason)
                for name, value in {"Content-Type": camera.kind, **camera.headers}.items():
                    self.send_header(name, value)
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
