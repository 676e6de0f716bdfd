"""Pictures out, asks in: what pages and strangers of all kinds get."""

import asyncio
import socket
from contextlib import ExitStack

import aiohttp
import cv2
import numpy as np
import pytest
from yarl import URL

from capture.boxes import Box
from capture.commands.command import Command
from capture.types import Number
from capture.web.messages import Do
from capture.web.viewers import ENDED, FULL, MAX_IN_FLIGHT, MAX_VIEWERS
from tests.support.web.page_client import (
    client_of,
    closing_code,
    next_picture,
    next_text,
    own_origin,
    page_of,
    publish,
    serving,
    until,
)


def level_of(jpeg):
    return round(float(cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR).mean()))


def test_two_viewers_see_the_same_pictures_and_states(served):
    async def watch():
        async with (
            client_of(served) as client,
            page_of(served, client) as one,
            page_of(served, client) as other,
        ):
            seen = []
            for level in (50, 90):
                publish(served.exchange, level)
                for page in (one, other):
                    assert (await next_text(page, "state"))["level"] == level
                    number, jpeg = await next_picture(page)
                    await page.send_json({"drawn": number})
                    seen.append((number, level_of(jpeg)))
            return seen

    assert asyncio.run(watch()) == [(1, 50), (1, 50), (2, 90), (2, 90)]


def test_who_draws_slowly_gets_the_newest_not_all(served):
    async def watch():
        async with client_of(served) as client, page_of(served, client) as page:
            for level in range(1, MAX_IN_FLIGHT + 1):
                publish(served.exchange, 20 * level)
                await next_picture(page)
            for level in (100, 150, 200):
                publish(served.exchange, level)
                assert await next_text(page, "state") == {"level": level}, "words are not held back"
            await page.send_json({"drawn": 1})
            return level_of((await next_picture(page))[1])

    assert asyncio.run(watch()) == 200


def test_a_viewer_that_stops_reading_slows_nobody_and_is_dropped():
    async def watch(served):
        async with client_of(served) as client:
            cookies = client.cookie_jar.filter_cookies(URL(served.base))
            with stalled(served, cookies):
                async with page_of(served, client) as page:
                    await until(lambda: len(served.server._viewers) == 2)
                    for level in range(30):
                        publish(served.exchange, 8 * level, (1080, 1920))
                        number, _ = await next_picture(page)
                        await page.send_json({"drawn": number})
                    await until(lambda: len(served.server._viewers) == 1)

    with serving(heartbeat_s=0.4) as served:
        asyncio.run(watch(served))


def stalled(served, cookies):
    """A viewer that opens a WebSocket and never reads from it."""
    raw = socket.create_connection(("127.0.0.1", served.port))
    raw.sendall(
        (
            f"GET /live HTTP/1.1\r\nHost: 127.0.0.1:{served.port}\r\nOrigin: {served.base}\r\n"
            f"Cookie: {'; '.join(f'{name}={morsel.value}' for name, morsel in cookies.items())}\r\n"
            "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        ).encode()
    )
    return raw


def test_viewers_are_bounded_and_the_next_is_told(served):
    async def crowd():
        async with client_of(served) as client:
            pages = [await client.ws_connect(f"{served.base}/live", headers=own_origin(served)) for _ in range(9)]
            code = await closing_code(pages[MAX_VIEWERS])
            await pages[0].close()
            await until(lambda: len(served.server._viewers) == MAX_VIEWERS - 1)
            again = await client.ws_connect(f"{served.base}/live", headers=own_origin(served))
            publish(served.exchange, 77)
            await next_picture(again)
            return code

    assert asyncio.run(crowd()) == FULL


def test_commands_reach_the_run(served):
    async def press():
        async with client_of(served) as client, page_of(served, client) as page:
            await page.send_json({"do": "PAUSE"})
            await until(lambda: not served.exchange._asks.empty())

    asyncio.run(press())
    assert served.exchange.next_ask() == Do(Command.PAUSE)
    assert served.exchange.next_ask() is None


@pytest.mark.parametrize("said", ['{"do": "EXEC"}', "x", "", '{"answer": 99}'])
def test_who_says_what_no_page_says_is_cut_off(served, said):
    async def say():
        async with client_of(served) as client, page_of(served, client) as page:
            await page.send_str(said)
            return await closing_code(page)

    assert asyncio.run(say()) == aiohttp.WSCloseCode.POLICY_VIOLATION
    assert served.exchange.next_ask() is None


def test_the_end_of_the_run_is_told():
    async def watch():
        with ExitStack() as run:
            served = run.enter_context(serving())
            async with client_of(served) as client, page_of(served, client) as page:
                await until(lambda: served.server.has_viewers)
                ending = asyncio.create_task(asyncio.to_thread(run.close))
                code = await closing_code(page)
                await ending
                return code

    assert asyncio.run(watch()) == ENDED


def test_numbers_are_listed_to_who_comes_late_and_given_as_csv(served):
    async def watch():
        number = Number("4711", Box(0, 0, 9, 9), 0.9)
        served.log.note([number], 0.0, "a.jpg", is_steady=True)
        async with client_of(served) as client, page_of(served, client) as page:
            (entry,) = await next_text(page, "entries")
            async with client.get(f"{served.base}/numbers.csv") as answer:
                return entry["texts"], answer.headers["Content-Disposition"], await answer.text()

    texts, disposition, csv = asyncio.run(watch())
    assert texts == ["4711"] and disposition.startswith("attachment")
    assert ",4711," in csv


def test_files_of_this_run_can_be_downloaded_and_only_those(served, tmp_path):
    (tmp_path / "clip.mp4").write_bytes(b"moov" * 100)
    served.exchange.files = {"recording": tmp_path / "clip.mp4", "snapshot": tmp_path / "gone.png"}

    async def fetch():
        async with client_of(served) as client:
            async with client.get(f"{served.base}/recording") as answer:
                data, disposition = await answer.read(), answer.headers["Content-Disposition"]
            async with client.get(f"{served.base}/snapshot") as answer:
                return data, disposition, answer.status

    assert asyncio.run(fetch()) == (b"moov" * 100, 'attachment; filename="clip.mp4"', 404)


@pytest.mark.parametrize(
    "data",
    [
        b"GET / HTTP/1.1\r\n\r\n",
        b"GET /\xff HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
        b"\x16\x03\x01" * 30,
        b"GET / HTTP/9.9\r\n\r\n",
        b"POST /photo HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: abc\r\n\r\n",
    ],
    ids=["no host", "no text", "no http", "another http", "no length"],
)
def test_nobody_fills_the_terminal_with_what_is_no_request(served, data, caplog):
    with socket.create_connection(("127.0.0.1", served.port)) as raw:
        raw.sendall(data)
        assert raw.recv(100).split()[1] in (b"400", b"403")  # by the version of aiohttp
    assert not caplog.records


def test_a_fault_of_the_page_is_one_line_and_the_rest_goes_on(served, monkeypatch, capsys):
    def fail():
        raise KeyError("no\x1bway")

    async def fetch():
        async with client_of(served) as client:
            async with client.get(f"{served.base}/numbers.csv") as answer:
                status = answer.status
            async with client.get(f"{served.base}/style.css") as answer:
                return status, answer.status

    monkeypatch.setattr(served.log, "csv", fail)
    assert asyncio.run(fetch()) == (500, 200)
    assert capsys.readouterr().err == "page: KeyError('no\\x1bway'); please report it\n"
