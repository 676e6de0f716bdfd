"""Sends pictures and states to each page that looks on: the newest only, and only once it has drawn the last ones."""

from __future__ import annotations

import asyncio
import json
import struct
from functools import partial
from typing import Any

import cv2
import numpy as np
from aiohttp import web

from capture.web.exchange import Exchange, Published
from capture.web.number_log import Entry, NumberLog

MAX_VIEWERS = 8  # a class looks at one projector; each costs a thread nothing, but the network its share
MAX_IN_FLIGHT = 2  # pictures sent and not drawn yet: one on its way while one is drawn; more would only grow old
MAX_SIDE_PX = 1920  # of what is sent: a photo of 12 megapixels would be slow, and no screen shows it
JPEG_QUALITY = 85  # thin labels stay crisp; 720p takes about 150 kB
SEND_TIMEOUT_S = 10.0  # a viewer that takes nothing for so long is gone
SHOWN_ENTRIES = 200  # of the log, to a page that has just come; the CSV has the others
HEADER = struct.Struct(">I")  # before each picture: its number
FULL, ENDED = 4001, 4002  # why a connection was closed, for the page (RFC 6455: 4000 to 4999 are ours)


class JpegEncoder:
    """Encodes the newest picture as JPEG: once for all viewers, off the run's thread, only when one can take it."""

    def __init__(self) -> None:
        self._lock = asyncio.Lock()
        self._number, self._data = 0, b""

    async def encode(self, published: Published) -> bytes:
        """Encode a published picture, with its number before it."""
        async with self._lock:
            if published.number != self._number:
                loop = asyncio.get_running_loop()
                self._data = await loop.run_in_executor(None, to_jpeg, published.picture)
                self._number = published.number
            return HEADER.pack(self._number & 0xFFFFFFFF) + self._data


def to_jpeg(picture: np.ndarray) -> bytes:
    """Encode a picture, (H, W, 3) uint8 BGR, as JPEG of at most `MAX_SIDE_PX` a side; b"" for an empty one."""
    if not picture.size:
        return b""
    shrink = MAX_SIDE_PX / max(picture.shape[:2])
    if shrink < 1:
        picture = cv2.resize(picture, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA)
    done, data = cv2.imencode(".jpg", picture, (cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY))
    return data.tobytes() if done else b""


class Viewer:
    """Sends pictures, states and log entries to one page that looks on.

    Args:
        socket: its WebSocket, open.
        exchange: where pictures and states come from.
        log: of numbers.
        encoder: shared by all viewers.
    """

    def __init__(self, socket: web.WebSocketResponse, exchange: Exchange, log: NumberLog, encoder: JpegEncoder) -> None:
        self._socket, self._exchange, self._log, self._encoder = socket, exchange, log, encoder
        self._wake = asyncio.Event()
        self._in_flight: set[int] = set()
        self._sent_number = self._sent_entries = 0
        self._sent_state = ""

    async def send_all(self) -> None:
        """Send what is new, again and again, until the socket closes or takes nothing any more."""
        loop = asyncio.get_running_loop()
        end = self._exchange.listen(partial(loop.call_soon_threadsafe, self._wake.set))
        self._wake.set()
        try:
            while not self._socket.closed:
                await self._wake.wait()
                self._wake.clear()
                async with asyncio.timeout(SEND_TIMEOUT_S):
                    await self._send_state()
                    await self._send_picture()
        except (TimeoutError, ConnectionError):
            pass
        finally:
            end()

    async def tell(self, **message: Any) -> None:
        """Send one message of its own."""
        async with asyncio.timeout(SEND_TIMEOUT_S):
            await self._socket.send_json(message)

    def acknowledge(self, number: int) -> None:
        """Take note that a picture was drawn: there is room for another one."""
        self._in_flight.discard(number)
        self._wake.set()

    async def _send_state(self) -> None:
        text = json.dumps(self._exchange.state)
        if text not in (self._sent_state, "{}"):
            self._sent_state = text
            await self._socket.send_str(f'{{"state": {text}}}')
        entries = self._log.after(self._sent_entries, SHOWN_ENTRIES)
        if entries:
            self._sent_entries = entries[-1].number
            await self._socket.send_json({"entries": [entry_message(entry) for entry in entries]})

    async def _send_picture(self) -> None:
        newest = self._exchange.newest
        if newest is None or newest.number == self._sent_number or len(self._in_flight) >= MAX_IN_FLIGHT:
            return
        data = await self._encoder.encode(newest)
        self._sent_number = newest.number
        if len(data) > HEADER.size:
            self._in_flight.add(newest.number)
            await self._socket.send_bytes(data)


def entry_message(entry: Entry) -> dict[str, Any]:
    """Give what a page is told of an entry of the log."""
    return {"number": entry.number, "time": f"{entry.when:%H:%M:%S}", "texts": [text for text, _ in entry.numbers]}
