"""Stands between FFmpeg and an rtsp camera: FFmpeg connects to this computer only, and is led nowhere else.

FFmpeg follows a camera's redirects to any host, with the password, and has no option against it. So it is given an
address on loopback. What it says there goes to the camera as it is; what the camera answers goes back message by
message, and the line is cut at the first redirect. Certificates are checked here too, before a word is sent.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import select
import socket
import ssl
import threading
from contextlib import suppress
from urllib.parse import quote, urlsplit

from capture.sources.network.address import Address

HERE = "127.0.0.1"
CHUNK_BYTES = 1 << 16  # more than a TLS record, so that none stays behind unseen
MAX_HEAD_BYTES = 1 << 14
DATA_MARK = b"$"  # before pictures' bytes among the answers; a channel and their number follow (RFC 2326, 10.12)
DATA_HEAD_BYTES = 4
SPACES = re.compile(rb"[ \t]+")
CONTROLS = re.compile(rb"[\0-\x08\x0a-\x1f]")
STATUS = re.compile(rb"[1-5]\d\d")
REDIRECTS = b"3"  # first digit of their status
TARGET = re.compile(rb"location: *(.*)", re.IGNORECASE)
LENGTH = re.compile(rb"content-length: {0,9}(\d{1,6})", re.IGNORECASE)
LENGTH_NAME = b"content-length:"


class UnusualAnswerError(ValueError):
    """What an honest camera does not send: FFmpeg may understand it in another way than we do."""


class RedirectError(UnusualAnswerError):
    """The camera leads elsewhere: there, or nowhere."""

    def __init__(self, target: str) -> None:
        super().__init__(target)
        self.target = target


class RtspRelay:
    """One connection to a camera, passed on; close it after use.

    Attributes:
        url: for FFmpeg, with the name and password for the camera.
        target: where the camera led, if it did.

    Args:
        address: of the camera.
        timeout_s: for connecting, and for the camera to take what is said to it.

    Raises:
        OSError: it does not answer, or is not trusted (`ssl.SSLError` is one).
    """

    def __init__(self, address: Address, timeout_s: float) -> None:
        self.target: str | None = None
        self._timeout_s = timeout_s
        self._camera = connect(address, timeout_s)
        self._entrance = socket.create_server((HERE, 0))
        self._entrance.settimeout(timeout_s)
        self.url = _url_here(address, self._entrance.getsockname()[1])
        self._reader: socket.socket | None = None
        self._answers = bytearray()
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        """Hang up on both sides; the thread ends with the lines."""
        for line in (self._entrance, self._reader, self._camera):
            if line:
                with suppress(OSError):
                    line.shutdown(socket.SHUT_RDWR)  # wakes who waits for it
                line.close()

    def _serve(self) -> None:
        """Let one reader in, and pass on what is said until one side hangs up or the camera leads elsewhere."""
        try:
            self._reader, _ = self._entrance.accept()
            self._entrance.close()
            while True:
                ready, _, _ = select.select([self._reader, self._camera], [], [])
                if self._reader in ready:
                    self._camera.settimeout(self._timeout_s)
                    self._camera.sendall(_received(self._reader))
                if self._camera in ready:
                    self._pass_answers()
        except RedirectError as error:
            self.target = error.target
        except (OSError, ValueError):  # ValueError: unusual, or closed meanwhile
            """Whoever is left is told by the end of the line."""
        finally:
            self.close()

    def _pass_answers(self) -> None:
        """Pass on what the camera has said, as far as it is whole."""
        self._camera.settimeout(0)  # TLS has messages of its own, behind which nothing need come
        with suppress(ssl.SSLWantReadError, BlockingIOError):
            self._answers += _received(self._camera)
        while message := first_message(self._answers):
            del self._answers[: len(message)]
            self._reader.sendall(message)


def first_message(data: bytearray) -> bytes:
    """Give the first message of a camera: an answer, a question, or a packet of pictures; nothing while it comes.

    Raises:
        RedirectError: it leads elsewhere.
        UnusualAnswerError: it can be understood in several ways.
    """
    if data.startswith(DATA_MARK):
        end = DATA_HEAD_BYTES + int.from_bytes(data[2:DATA_HEAD_BYTES])
        is_whole = len(data) >= max(end, DATA_HEAD_BYTES)
    else:
        lines, head_bytes = _head(data)
        end = head_bytes + (_body_bytes(lines) if head_bytes else 0)
        is_whole = head_bytes > 0 and end <= len(data)
        if head_bytes:
            _refuse_redirect(lines)
    return bytes(data[:end]) if is_whole else b""


def connect(address: Address, timeout_s: float) -> socket.socket:
    """Connect to a camera; nothing is sent to one that is not trusted.

    Raises:
        OSError: it does not answer, or is not trusted (`ssl.SSLError` is one).
    """
    plain = socket.create_connection((address.host, address.port), timeout_s)
    try:
        return _secured(plain, address) if address.scheme == "rtsps" else plain
    except OSError:
        plain.close()
        raise


def _secured(plain: socket.socket, address: Address) -> ssl.SSLSocket:
    """Make a connection secure, with whom this computer trusts or who shows the one trusted certificate."""
    context = ssl.create_default_context()
    if address.fingerprint:
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE  # the fingerprint tells
    line = context.wrap_socket(plain, server_hostname=address.host)
    shown = hashlib.sha256(line.getpeercert(binary_form=True) or b"").hexdigest()
    if address.fingerprint and not hmac.compare_digest(shown, address.fingerprint):
        line.close()
        raise ssl.SSLCertVerificationError("another certificate than the trusted one")
    return line


def _url_here(address: Address, port: int) -> str:
    """Write a camera's address as if it stood here."""
    login = f"{quote(address.user, safe='')}:{quote(address.password, safe='')}@" if address.user else ""
    return urlsplit(address.url)._replace(scheme="rtsp", netloc=f"{login}{HERE}:{port}").geturl()


def _received(line: socket.socket) -> bytes:
    """Take what has come over a line; raises OSError when it has ended."""
    data = line.recv(CHUNK_BYTES)
    if not data:
        raise ConnectionResetError("the line has ended")
    return data


def _head(data: bytearray) -> tuple[list[bytes], int]:
    """Split the lines up to and with the first empty one from what has come; no lines, and 0 bytes, while it has not.

    Lines end where FFmpeg ends them.
    """
    lines, at = [], 0
    while (end := data.find(b"\n", at, MAX_HEAD_BYTES)) >= 0:
        lines.append(bytes(data[at:end]).rstrip(b"\r"))
        at = end + 1
        if CONTROLS.search(lines[-1]) or lines[-1].startswith(DATA_MARK):
            raise UnusualAnswerError("a line that is no text")
        if not lines[-1]:
            return lines, at
    if len(data) >= MAX_HEAD_BYTES:
        raise UnusualAnswerError("lines without end")
    return [], 0


def _refuse_redirect(lines: list[bytes]) -> None:
    """Raise RedirectError for an answer that leads elsewhere; a camera may also ask, as for a sign of life."""
    protocol, status, *_ = [*SPACES.split(lines[0].strip()), b""]
    if not protocol.startswith(b"RTSP/"):
        return
    if not STATUS.fullmatch(status):
        raise UnusualAnswerError("a status that is none")
    if status.startswith(REDIRECTS):
        found = (TARGET.fullmatch(line) for line in lines)
        raise RedirectError(next((one[1].decode("ascii", "replace") for one in found if one), ""))


def _body_bytes(lines: list[bytes]) -> int:
    """Count the bytes that follow a head of these lines."""
    counts = [line for line in lines if line.lower().startswith(LENGTH_NAME)]
    found = LENGTH.fullmatch(counts[0]) if counts else None
    if len(counts) > 1 or bool(counts) != bool(found):
        raise UnusualAnswerError("a length that is none")
    return int(found[1]) if found else 0
