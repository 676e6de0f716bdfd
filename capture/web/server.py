"""The page's server, on a thread of its own beside the run."""

from __future__ import annotations

import asyncio
import threading
from contextlib import suppress
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Self

from aiohttp import WSCloseCode, WSMsgType, web

from capture.language import tr
from capture.sources.browser import BrowserSource
from capture.web.access import Gate, add_headers
from capture.web.address import DEFAULT_HOST, Listener
from capture.web.assets import Asset, load_assets
from capture.web.exchange import Exchange
from capture.web.faults import catch_faults, silent_logger, tell_unexpected
from capture.web.messages import Acknowledge, Give, MessageError, parse_message
from capture.web.number_log import NumberLog
from capture.web.uploads import (
    MAX_FRAME_BYTES,
    MAX_PHOTO_BYTES,
    UploadError,
    count_pages,
    decode_upload,
    read_limited,
    safe_name,
)
from capture.web.viewers import ENDED, FULL, MAX_VIEWERS, JpegEncoder, Viewer

HEARTBEAT_S = 10.0  # a page that answers no ping for half as long is gone: a phone out of reach
CLOSE_S = 1.0  # for pages to hear that the run is over
MAX_UPLOADS = 2  # photos at a time: each takes up to 0.25 GB while it is decoded; the next ones wait
UPLOAD_TIMEOUT_S = 60.0  # for a large photo over a slow network
FILES = ("recording", "snapshot")


class PageServer:
    """Serves the page between entering and leaving it as a context.

    Args:
        listener: the open socket.
        exchange: pictures and states out, asks in.
        log: of numbers.
        source: takes the pages' pictures; None when the run has another source.
        language: of the page, "en" or "fr".
        heartbeat_s: between pings to each page.

    Attributes:
        url: to be opened, with the token.
        local_url: to be opened on this machine, where browsers lend a page their camera.
        had_viewers: whether any page has looked on so far.
    """

    def __init__(
        self,
        listener: Listener,
        exchange: Exchange,
        log: NumberLog,
        *,
        source: BrowserSource | None = None,
        language: str = "en",
        heartbeat_s: float = HEARTBEAT_S,
    ) -> None:
        self._listener, self._exchange, self._log, self._source = listener, exchange, log, source
        self._heartbeat_s = heartbeat_s
        self._gate = Gate(listener.port, listener.is_local)
        self._assets = load_assets(language)
        self._encoder = JpegEncoder()
        self._viewers: dict[Viewer, web.WebSocketResponse] = {}
        self._giver: Viewer | None = None
        self._uploads = asyncio.Semaphore(MAX_UPLOADS)
        self.url = listener.url(self._gate.token)
        self.local_url = listener.url(self._gate.token, DEFAULT_HOST) if listener.is_everywhere else self.url
        self.had_viewers = False
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="page server", daemon=True)

    @property
    def has_viewers(self) -> bool:
        """Whether any page looks on."""
        return bool(self._viewers)

    def __enter__(self) -> Self:
        """Start to serve."""
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Tell the pages that the run is over, and stop."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.set_exception_handler(tell_unexpected)
        runner = web.AppRunner(self._app(), access_log=None, logger=silent_logger(), shutdown_timeout=CLOSE_S)
        self._loop.run_until_complete(runner.setup())
        self._loop.run_until_complete(web.SockSite(runner, self._listener.socket).start())
        self._loop.run_forever()
        self._loop.run_until_complete(self._close_viewers())
        self._loop.run_until_complete(runner.cleanup())
        self._loop.run_until_complete(self._loop.shutdown_default_executor())
        self._loop.close()

    def _app(self) -> web.Application:
        app = web.Application(middlewares=[self._gate.check, catch_faults])
        app.on_response_prepare.append(add_headers)
        for path, asset in self._assets.items():
            app.router.add_get(path, partial(send_asset, asset))
        app.router.add_get("/live", self._serve_viewer)
        app.router.add_get("/numbers.csv", self._send_csv)
        for name in FILES:
            app.router.add_get(f"/{name}", partial(self._send_file, name))
        if self._source:
            app.router.add_post("/photo", self._take_photo)
        return app

    async def _close_viewers(self) -> None:
        closing = [socket.close(code=ENDED) for socket in list(self._viewers.values())]
        with suppress(TimeoutError):
            async with asyncio.timeout(CLOSE_S):
                await asyncio.gather(*closing, return_exceptions=True)

    async def _serve_viewer(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(max_msg_size=MAX_FRAME_BYTES, heartbeat=self._heartbeat_s, compress=False)
        await socket.prepare(request)
        if len(self._viewers) >= MAX_VIEWERS:
            await socket.close(code=FULL)
            return socket
        viewer = Viewer(socket, self._exchange, self._log, self._encoder)
        self._viewers[viewer] = socket
        self.had_viewers = True
        sending = asyncio.create_task(viewer.send_all())
        sending.add_done_callback(lambda _: request.transport and request.transport.abort())
        try:
            await self._hear(viewer, socket)
        finally:
            del self._viewers[viewer]
            self._giver = None if self._giver is viewer else self._giver
            sending.cancel()
            with suppress(asyncio.CancelledError):
                await sending
        return socket

    async def _hear(self, viewer: Viewer, socket: web.WebSocketResponse) -> None:
        """Take what a page says until it goes, or says what no page of ours does."""
        async for message in socket:
            try:
                if message.type == WSMsgType.TEXT:
                    await self._hear_text(viewer, message.data)
                elif message.type == WSMsgType.BINARY:
                    await self._take_frame(viewer, message.data)
            except (MessageError, UploadError):
                await socket.close(code=WSCloseCode.POLICY_VIOLATION)

    async def _hear_text(self, viewer: Viewer, text: str) -> None:
        message = parse_message(text)
        if isinstance(message, Acknowledge):
            viewer.acknowledge(message.number)
        elif isinstance(message, Give):
            await self._change_giver(viewer, is_sheet=message.is_sheet)
        else:
            self._exchange.ask(message)

    async def _change_giver(self, viewer: Viewer | None, *, is_sheet: bool = False) -> None:
        """Choose the page that sends its camera's picture: one at a time, the last one to start."""
        before, self._giver = self._giver, viewer
        if self._source and viewer:
            self._source.begin_scene(is_sheet=is_sheet)
        if before not in (None, viewer):
            with suppress(ConnectionError, TimeoutError):
                await before.tell(taken_over=True)

    async def _take_frame(self, viewer: Viewer, data: bytes) -> None:
        """Hand a picture of the page's camera or sheet to the source, and ask for the next one."""
        if self._source and viewer is self._giver:
            await self._offer(data)
        await viewer.tell(taken=True)

    async def _take_photo(self, request: web.Request) -> web.Response:
        async with self._uploads:
            try:
                async with asyncio.timeout(UPLOAD_TIMEOUT_S):
                    data = await read_limited(request, MAX_PHOTO_BYTES)
                await self._change_giver(None)
                await self._offer(data, safe_name(request.query.get("name", "")))
            except TimeoutError:
                raise web.HTTPRequestTimeout from None
            except UploadError as error:
                return web.json_response({"error": str(error)}, status=400)
        pages = await asyncio.get_running_loop().run_in_executor(None, count_pages, data)
        told = tr("Read: page 1 of {count}. All: python run_camera.py --source FILE", count=pages) if pages > 1 else ""
        return web.json_response({"told": told} if told else {})

    async def _offer(self, data: bytes, *name: str) -> None:
        image = await asyncio.get_running_loop().run_in_executor(None, decode_upload, data)
        self._source.offer(image, *name)
        self._exchange.ask(wake)

    async def _send_csv(self, request: web.Request) -> web.Response:
        return web.Response(
            text=self._log.csv(), content_type="text/csv", headers={"Content-Disposition": attachment("numbers.csv")}
        )

    async def _send_file(self, name: str, request: web.Request) -> web.StreamResponse:
        """Send what this run has recorded or saved last; the name is one of ours, the path is never the browser's."""
        path: Path | None = self._exchange.files.get(name)
        if path is None or not path.is_file():
            raise web.HTTPNotFound
        return web.FileResponse(path, headers={"Content-Disposition": attachment(path.name)})


async def send_asset(asset: Asset, request: web.Request) -> web.Response:
    """Send a file of the page."""
    return web.Response(body=asset.data, content_type=asset.content_type, charset="utf-8")


def attachment(name: str) -> str:
    """Write the header that makes a browser save a file rather than show it."""
    return f'attachment; filename="{name}"'


def wake(session: object) -> None:
    """Ask for nothing: it only ends the run's wait for something to do."""
