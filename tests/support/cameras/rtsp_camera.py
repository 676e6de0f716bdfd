"""An rtsp camera on loopback that sends H.264 within the control connection, as most cameras can (RFC 2326, 6184)."""

from __future__ import annotations

import base64
import itertools
import socketserver
import ssl
import struct
import threading
from typing import BinaryIO

import av
import numpy as np
import trustme

RATE, CLOCK_HZ = 10, 90_000
MAX_PAYLOAD_BYTES = 1400
FRAGMENT, START_BIT, END_BIT, END_OF_FRAME = 28, 0x80, 0x40, 0x80
SDP = (
    "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=camera\r\nc=IN IP4 0.0.0.0\r\nt=0 0\r\nm=video 0 RTP/AVP 96\r\n"
    "a=rtpmap:96 H264/90000\r\na=fmtp:96 packetization-mode=1;sprop-parameter-sets={sets}\r\na=control:track1\r\n"
)


def h264_frames(shades: list[int], size: tuple[int, int] = (64, 48)) -> list[list[bytes]]:
    """One-coloured frames, recognised by their shades, as the NAL units of each."""
    encoder = av.CodecContext.create("libx264", "w")
    encoder.width, encoder.height, encoder.pix_fmt = *size, "yuv420p"
    encoder.framerate, encoder.gop_size = RATE, 1
    encoder.options = {"tune": "zerolatency", "preset": "ultrafast"}
    frames = [
        encoder.encode(av.VideoFrame.from_ndarray(np.full((*size[::-1], 3), s, np.uint8), "bgr24")) for s in shades
    ]
    coded = [bytes(packet) for packets in (*frames, encoder.encode()) for packet in packets]
    return [[unit.rstrip(b"\0") for unit in data.split(b"\0\0\1") if unit.strip(b"\0")] for data in coded]


class RtspCamera:
    """Plays frames of the shades one after the other, the last again and again; a context manager.

    Args:
        shades: of the frames.
        target: where it leads instead.
        leads_at: the request that it answers so.
        certificate: makes it an rtsps camera.
    """

    def __init__(
        self,
        shades: list[int],
        *,
        target: str = "",
        leads_at: str = "DESCRIBE",
        certificate: trustme.LeafCert | None = None,
    ) -> None:
        self._frames = h264_frames(shades)
        self.target, self._leads_at = target, leads_at
        self.requests: list[str] = []
        self._stop = threading.Event()
        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self.url = f"rtsp://127.0.0.1:{self._server.server_address[1]}/live"
        if certificate:
            context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            certificate.configure_cert(context)
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
            self.url = self.url.replace("rtsp:", "rtsps:")

    def __enter__(self) -> RtspCamera:
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._server.shutdown()
        self._server.server_close()

    def _handler(camera) -> type[socketserver.StreamRequestHandler]:  # noqa: N805 - `self` is the handler within
        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                try:
                    while line := self.rfile.readline().decode():
                        headers = dict(
                            row.decode().strip().split(": ", 1) for row in iter(self.rfile.readline, b"\r\n") if row
                        )
                        method = line.split()[0]
                        camera.requests.append(line.strip())
                        self.wfile.write(camera._answer(method, headers))
                        if method == "PLAY":
                            camera._play(self.wfile)
                            return
                except OSError:
                    """Who asked has hung up."""

        return Handler

    def _answer(self, method: str, headers: dict[str, str]) -> bytes:
        if self.target and method == self._leads_at:
            packet = b"$\0\0\3abc"  # pictures may come before an answer
            return packet + f"RTSP/1.0 302 Moved\r\nCSeq: {headers['CSeq']}\r\nLocation: {self.target}\r\n\r\n".encode()
        sets = ",".join(base64.b64encode(unit).decode() for unit in self._frames[0] if unit[0] & 31 in (7, 8))
        body = SDP.format(sets=sets) if method == "DESCRIBE" else ""
        rows = {
            "OPTIONS": "Public: OPTIONS, DESCRIBE, SETUP, PLAY",
            "DESCRIBE": f"Content-Type: application/sdp\r\nContent-Length: {len(body)}",
            "SETUP": "Session: 7\r\nTransport: RTP/AVP/TCP;unicast;interleaved=0-1",
            "PLAY": "Session: 7",
        }
        head = f"RTSP/1.0 200 OK\r\nCSeq: {headers['CSeq']}\r\n{rows.get(method, 'Session: 7')}\r\n\r\n"
        return (head + body).encode()

    def _play(self, line: BinaryIO) -> None:
        number = 0
        for index in itertools.count():
            payloads = [cut for unit in self._frames[min(index, len(self._frames) - 1)] for cut in _payloads(unit)]
            for payload in payloads:
                mark = END_OF_FRAME if payload is payloads[-1] else 0
                header = struct.pack(">BBHII", 0x80, mark | 96, number % 65536, index * CLOCK_HZ // RATE, 1)
                line.write(struct.pack(">cBH", b"$", 0, len(header + payload)) + header + payload)
                number += 1
            if self._stop.wait(1 / RATE):
                return


def _payloads(unit: bytes) -> list[bytes]:
    """Cut a NAL unit into what fits into a packet."""
    if len(unit) <= MAX_PAYLOAD_BYTES:
        return [unit]
    pieces = [unit[at : at + MAX_PAYLOAD_BYTES] for at in range(1, len(unit), MAX_PAYLOAD_BYTES)]
    kinds = [START_BIT, *[0] * (len(pieces) - 2), END_BIT]
    head = unit[0] & 0xE0 | FRAGMENT
    return [bytes([head, kind | unit[0] & 31]) + piece for kind, piece in zip(kinds, pieces, strict=True)]
