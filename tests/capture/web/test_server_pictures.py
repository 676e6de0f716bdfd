"""Pictures that pages give: photos and a page's own camera, good ones and bad."""

import asyncio
import io
from contextlib import suppress

import cv2
import numpy as np
import pytest
from PIL import Image

from capture.sources.browser import NAME
from capture.web import server as server_module
from capture.web.viewers import MAX_SIDE_PX, to_jpeg
from tests.support.web.page_client import (
    client_of,
    closing_code,
    next_text,
    own_origin,
    page_of,
)

SMALL = cv2.imencode(".jpg", np.full((40, 60, 3), 180, np.uint8))[1].tobytes()


def test_a_photo_is_taken_with_its_name(giving):
    async def send():
        async with client_of(giving) as client:
            url = f"{giving.base}/photo?name=a%2F%1Bb.jpg"
            async with client.post(url, data=SMALL, headers=own_origin(giving)) as answer:
                return answer.status, await answer.json()

    assert asyncio.run(send()) == (200, {})
    frame = next(iter(giving.source))
    assert frame.image.shape == (40, 60, 3) and frame.source == "a__b.jpg"
    assert giving.exchange.next_ask(), "the run is woken up"


def test_of_a_picture_of_several_pages_it_is_told_that_one_is_read(giving):
    pages, file = [Image.new("L", (60, 40), shade) for shade in (180, 200, 220)], io.BytesIO()
    pages[0].save(file, "TIFF", save_all=True, append_images=pages[1:])

    async def send():
        async with (
            client_of(giving) as client,
            client.post(f"{giving.base}/photo", data=file.getvalue(), headers=own_origin(giving)) as answer,
        ):
            return await answer.json()

    assert "page 1 of 3" in asyncio.run(send())["told"]
    assert (next(iter(giving.source)).image == 180).all()


@pytest.mark.parametrize("data, words", [(b"", "not a picture"), (b"x" * 3000, "more than"), (SMALL[:-30], "damaged")])
def test_a_bad_or_too_large_photo_is_told_in_one_line(giving, monkeypatch, data, words):
    monkeypatch.setattr(server_module, "MAX_PHOTO_BYTES", 2000)

    async def send():
        async with (
            client_of(giving) as client,
            client.post(f"{giving.base}/photo", data=data, headers=own_origin(giving)) as answer,
        ):
            return answer.status, (await answer.json())["error"]

    status, error = asyncio.run(send())
    assert status == 400
    assert error.startswith("photo: ") and "\n" not in error
    assert not giving.source.has_news
    assert words in error


def test_a_pages_camera_is_taken_and_the_last_page_to_start_wins(giving):
    async def send():
        async with (
            client_of(giving) as client,
            page_of(giving, client) as one,
            page_of(giving, client) as other,
        ):
            await one.send_bytes(SMALL)
            await next_text(one, "taken")
            assert not giving.source.has_news, "it has not asked to give"
            await one.send_json({"give": "camera"})
            await one.send_bytes(SMALL)
            await next_text(one, "taken")
            assert next(iter(giving.source)).source == NAME
            await other.send_json({"give": "camera"})
            assert await next_text(one, "taken_over")
            await one.send_bytes(SMALL)
            await next_text(one, "taken")
            assert not giving.source.has_news

    asyncio.run(send())


@pytest.mark.parametrize("data", [b"no picture", SMALL + bytes(5 << 20)], ids=["no picture", "too large"])
def test_a_page_that_sends_no_picture_is_cut_off(giving, data):
    async def send():
        async with client_of(giving) as client, page_of(giving, client) as page:
            await page.send_json({"give": "camera"})
            with suppress(ConnectionError):  # the rest of a long message finds nobody
                await page.send_bytes(data)
            await closing_code(page)

    asyncio.run(send())
    assert not giving.source.has_news


@pytest.mark.parametrize(
    "shape, sent", [((720, 1280, 3), (720, 1280)), ((3000, 4000, 3), (1440, MAX_SIDE_PX)), ((0, 0, 3), None)]
)
def test_pictures_are_sent_no_larger_than_screens_are(shape, sent):
    data = to_jpeg(np.zeros(shape, np.uint8))
    assert (cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR).shape[:2] if data else None) == sent
