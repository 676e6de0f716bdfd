"""Who is let in, and to what."""

import asyncio

import aiohttp
import pytest

from capture.web.access import Gate, is_same
from tests.support.web.page_client import client_of, own_origin, serving


@pytest.fixture(scope="module")
def served():
    with serving() as one:
        yield one


def status_of(served, path, *, method="GET", is_let_in=True, **headers):
    async def ask():
        async with (
            client_of(served, is_let_in=is_let_in) as client,
            client.request(method, served.base + path, headers=headers) as answer,
        ):
            return answer.status

    return asyncio.run(ask())


@pytest.mark.parametrize(
    "path", ["/", "/?token=", "/?token=wrong", "/style.css", "/main.js", "/live", "/numbers.csv", "/recording"]
)
def test_strangers_get_nothing(served, path):
    assert status_of(served, path, is_let_in=False) == 403


def test_the_token_opens_the_page_and_the_cookie_the_rest(served):
    assert status_of(served, served.server.url.removeprefix(served.base), is_let_in=False) == 200
    assert [status_of(served, path) for path in ("/", "/style.css", "/numbers.csv")] == [200] * 3


def test_the_token_opens_nothing_but_the_page(served):
    token = served.server.url.partition("?")[2]
    assert status_of(served, f"/numbers.csv?{token}", is_let_in=False) == 403


@pytest.mark.parametrize(
    "path",
    [
        *("/../run_camera.py", "/%2e%2e/run_camera.py", "/static/main.js", "/etc/passwd", "//etc/passwd", "/recording"),
        *("/snapshot", "/snapshot/../../x", "/index.html", "/texts/en.json", "/photo", "/.git/config"),
    ],
)
def test_no_file_of_the_machine_is_served(served, path):
    assert status_of(served, path) == 404


def host(served, name):
    return {"Host": f"{name}:{served.port}"}


@pytest.mark.parametrize("name", ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example", "10.0.0.1", "["])
def test_a_foreign_host_is_refused_even_with_the_cookie(served, name):
    assert status_of(served, "/numbers.csv", **host(served, name)) == 403


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost", "LOCALHOST"])
def test_names_of_this_machine_are_known(served, name):
    token = served.server.url.partition("?")[2]
    assert status_of(served, f"/?{token}", is_let_in=False, **host(served, name)) == 200


@pytest.mark.parametrize("origin", [None, "null", "http://evil.example", "https://{here}", "http://localhost:1"])
def test_a_foreign_origin_opens_no_connection(served, origin):
    async def connect():
        headers = {} if origin is None else {"Origin": origin.format(here=f"127.0.0.1:{served.port}")}
        async with client_of(served) as client, client.ws_connect(f"{served.base}/live", headers=headers):
            pass

    with pytest.raises(aiohttp.WSServerHandshakeError, match="403"):
        asyncio.run(connect())


def test_a_foreign_origin_sends_no_photo():
    from capture.sources.browser import BrowserSource

    with BrowserSource() as source, serving(source=source) as served:
        assert status_of(served, "/photo", method="POST", Origin="http://evil.example") == 403
        assert status_of(served, "/photo", method="POST") == 403
        assert status_of(served, "/photo", method="POST", **own_origin(served)) == 400, "it is empty"


def test_the_page_may_load_nothing_from_elsewhere_and_is_kept_nowhere(served):
    async def headers():
        async with client_of(served, is_let_in=False) as client, client.get(served.server.url) as answer:
            return answer.headers

    given = asyncio.run(headers())
    policy = given["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; ") and "unsafe" not in policy and "*" not in policy
    assert given["Cache-Control"] == "no-store"
    assert given["Referrer-Policy"] == "no-referrer"
    assert given["X-Content-Type-Options"] == "nosniff"
    cookie = given["Set-Cookie"]
    assert "SameSite=Strict" in cookie and "HttpOnly" in cookie
    assert served.server.url.partition("=")[2] not in cookie, "the token is no cookie"


@pytest.mark.parametrize(
    "is_local, name, is_known",
    [
        (True, "127.0.0.1:80", True),
        (True, "[::1]:80", True),
        (True, "192.168.1.5:80", False),
        (False, "192.168.1.5:80", True),
        (False, "[fe80::1]:80", True),
        (False, "pi.evil.example:80", False),
        (False, "", False),
        (False, "]:80[", False),
    ],
)
def test_in_a_network_numbers_are_known_but_no_names_that_others_own(is_local, name, is_known):
    assert Gate(80, is_local).knows_host(name) is is_known


def test_every_run_has_a_token_of_its_own():
    tokens = {Gate(80, True).token for _ in range(10)}
    assert len(tokens) == 10 and min(map(len, tokens)) >= 22


@pytest.mark.parametrize("given, same", [("abc", True), ("abd", False), ("", False), ("ab\ud800", False), ("é", False)])
def test_secrets_are_compared(given, same):
    assert is_same(given, "abc") is same
