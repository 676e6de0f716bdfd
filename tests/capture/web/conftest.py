"""A browser with a camera, and programs that it visits; servers in this process."""

import re

import pytest

from capture.sources.browser import BrowserSource
from tests.support.web.browser import open_browser, resize, serve
from tests.support.web.driving import DESK, sheet_as_jpeg
from tests.support.web.page_client import serving


@pytest.fixture(scope="module")
def driver(tmp_path_factory):
    """A browser whose camera films a drawn sheet."""
    folder = tmp_path_factory.mktemp("browser")
    (folder / "camera.mjpeg").write_bytes(sheet_as_jpeg() * 3)
    flags = (
        *("--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream"),
        f"--use-file-for-fake-video-capture={folder / 'camera.mjpeg'}",
    )
    with open_browser(folder / "profile", *flags) as one:
        yield one


@pytest.fixture
def visit(driver, tmp_path):
    """Starts the program and opens its page; what both leave behind is cleared away."""
    from contextlib import ExitStack

    with ExitStack() as stack:

        def open_page(*arguments, size=DESK, **screen):
            program = stack.enter_context(serve(tmp_path, *arguments))
            resize(driver, *size, **screen)
            driver.get(program.url)
            return program

        yield open_page
        for handle in driver.window_handles[1:]:
            driver.switch_to.window(handle)
            driver.close()
        driver.switch_to.window(driver.window_handles[0])
        complaints = [entry["message"] for entry in driver.get_log("browser") if entry["level"] == "SEVERE"]
    assert [line for line in complaints if not re.search("WebSocket|/photo", line)] == []


@pytest.fixture
def served():
    with serving() as one:
        yield one


@pytest.fixture
def giving():
    """A server whose pages send pictures."""
    with BrowserSource() as source, serving(source=source) as one:
        one.source = source
        yield one
