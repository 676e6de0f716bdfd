"""A page without a browser: the server in this process, and a client that speaks to it as pages, and strangers, do."""

import asyncio
from contextlib import asynccontextmanager, contextmanager
from types import SimpleNamespace

import aiohttp
import numpy as np

from capture.web.address import listen
from capture.web.exchange import Exchange
from capture.web.number_log import NumberLog
from capture.web.server import PageServer
from capture.web.viewers import HEADER

WAIT_S = 10.0


@contextmanager
def serving(**settings):
    """A server with nothing behind it: what viewers ask for waits in `exchange`."""
    listener, exchange, log = listen(), Exchange(), NumberLog()
    with PageServer(listener, exchange, log, **settings) as server:
        base = f"http://127.0.0.1:{listener.port}"
        yield SimpleNamespace(server=server, exchange=exchange, log=log, base=base, port=listener.port)


def publish(exchange, level, size=(48, 64), **state):
    """Show a grey picture."""
    exchange.publish(np.full((*size, 3), level, np.uint8), {"level": level, **state})


@asynccontextmanager
async def client_of(served, *, is_let_in=True):
    """An HTTP client with the cookie, or a stranger."""
    jar = aiohttp.CookieJar(unsafe=True)  # for addresses that are numbers
    async with aiohttp.ClientSession(cookie_jar=jar, timeout=aiohttp.ClientTimeout(WAIT_S)) as client:
        if is_let_in:
            async with client.get(served.server.url) as answer:
                assert answer.status == 200
        yield client


def own_origin(served):
    return {"Origin": served.base}


@asynccontextmanager
async def page_of(served, client):
    """A page's WebSocket."""
    async with client.ws_connect(f"{served.base}/live", headers=own_origin(served)) as socket:
        yield socket


async def next_picture(socket):
    """The number and the JPEG of the next picture, whatever else is said before."""
    while True:
        message = await asyncio.wait_for(socket.receive(), WAIT_S)
        assert message.type in (aiohttp.WSMsgType.TEXT, aiohttp.WSMsgType.BINARY), message
        if message.type == aiohttp.WSMsgType.BINARY:
            return HEADER.unpack_from(message.data)[0], message.data[HEADER.size :]


async def next_text(socket, name):
    """What the next message of that name says."""
    while True:
        message = await asyncio.wait_for(socket.receive(), WAIT_S)
        assert message.type in (aiohttp.WSMsgType.TEXT, aiohttp.WSMsgType.BINARY), message
        if message.type == aiohttp.WSMsgType.TEXT and name in message.json():
            return message.json()[name]


async def closing_code(socket):
    """Why the server closed the connection."""
    while True:
        message = await asyncio.wait_for(socket.receive(), WAIT_S)
        if message.type in (aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.CLOSED, aiohttp.WSMsgType.CLOSING):
            return socket.close_code


async def until(condition):
    """Waits for what another thread does."""
    async with asyncio.timeout(WAIT_S):
        while not condition():
            await asyncio.sleep(0.01)
