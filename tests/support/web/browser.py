"""A real browser for the tests, Debian's Chromium without a screen, and the program whose page it opens."""

import os
import re
import shutil
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
CHROMIUM, DRIVER = "/usr/bin/chromium", "/usr/bin/chromedriver"
FLAGS = (
    *("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--hide-scrollbars"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage"),
    *("--disable-extensions", "--no-default-browser-check", "--mute-audio"),
)
WAIT_S = 20.0  # for what a page must show, on a machine with much else to do
LOAD_S = 90.0  # for a page to load: a browser's very first one also reads its program from a cold disk
END_S = 20.0


@contextmanager
def open_browser(profile, *flags, size=(1280, 800), preferences=None):
    """A driver of a browser of its own; skips the test where there is none.

    Args:
        profile: a new folder.
        flags: more of Chromium's.
        size: of the page in pixels.
        preferences: of the profile, such as where downloads go.
    """
    selenium = pytest.importorskip("selenium")
    if not (shutil.which(CHROMIUM) and shutil.which(DRIVER)):
        pytest.skip("needs Debian's chromium and chromium-driver")
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM
    for flag in (*FLAGS, f"--user-data-dir={profile}", f"--window-size={size[0]},{size[1]}", *flags):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    if preferences:
        options.add_experimental_option("prefs", preferences)
    assert selenium
    driver = webdriver.Chrome(options, Service(DRIVER))
    driver.set_page_load_timeout(LOAD_S)
    try:
        yield driver
    finally:
        driver.quit()


def resize(driver, width, height, *, is_dark=False, is_phone=False):
    """Give the page a screen of that size, and its user's wish for dark or light."""
    metrics = {"width": width, "height": height, "deviceScaleFactor": 2 if is_phone else 1, "mobile": is_phone}
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    driver.execute_cdp_cmd("Emulation.setTouchEmulationEnabled", {"enabled": is_phone})
    wish = {"name": "prefers-color-scheme", "value": "dark" if is_dark else "light"}
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [wish]})


def wait_for(condition, what):
    """What `condition` gives, once that is true."""
    deadline = time.monotonic() + WAIT_S
    while not (found := condition()):
        assert time.monotonic() < deadline, f"not in time: {what}"
        time.sleep(0.02)
    return found


class ServedProgram:
    """The program with its page, in a process of its own.

    Attributes:
        url: of the page, with the token.
        folder: where it runs and keeps recordings and snapshots.
    """

    def __init__(self, folder, *arguments, code=None):
        environment = {**os.environ, "BROWSER": "true", "DISPLAY": ""}
        program = ["-c", code] if code else [str(ROOT / "run_camera.py")]
        self.folder, self.lines = folder, []
        self.process = subprocess.Popen(
            [sys.executable, *program, "--show", "browser", *map(str, arguments)],
            cwd=folder,
            env={**environment, "PYTHONPATH": str(ROOT)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self._listener = threading.Thread(target=lambda: self.lines.extend(self.process.stderr), daemon=True)
        self._reader = threading.Thread(target=lambda: list(self.process.stdout), daemon=True)
        self._listener.start()
        self._reader.start()

    @property
    def url(self):
        return wait_for(self._address, f"the page's address; the program said: {self.lines}")

    def _address(self):
        assert self.process.poll() is None, self.lines
        found = re.search(r"page\s?: (http\S+)", "".join(self.lines))
        return found and found[1]

    def end(self):
        """Ask it to end, if it runs; returns its exit code."""
        self.process.terminate()
        code = self.process.wait(END_S)
        for thread in (self._listener, self._reader):
            thread.join()
        self.process.stdout.close()
        self.process.stderr.close()
        return code


@contextmanager
def serve(folder, *arguments, code=None):
    """The program with its page, until the block ends."""
    program = ServedProgram(folder, *arguments, code=code)
    try:
        yield program
    finally:
        program.end()
