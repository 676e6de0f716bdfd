import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from capture.display import DisplayProbe
from capture.window import COMMANDS, LARGEST_WINDOW, Command, fitted_size

ROOT = Path(__file__).resolve().parents[2]
SERVER_START_S = 10  # and to end
WINDOW_S = 20
SHOW_AND_TELL = """
import cv2, numpy as np
from capture.window import Command, Window
with Window() as window:
    window.on_mouse = lambda event, x, y, flags: print("mouse", event, x, y, flush=True)
    command = None
    while command is not Command.QUIT:
        command = window.show(np.full((400, 600, 3), 90, np.uint8), 20)
        if command:
            print(command.name, flush=True)
"""


@pytest.fixture(scope="module")
def display():
    """The name of a display that no one sees, on a server of its own."""
    if not (shutil.which("Xvfb") and shutil.which("xdotool")):
        pytest.skip("needs Xvfb and xdotool")
    out, into = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(into), "-screen", "0", "1366x768x24"], pass_fds=[into], stderr=subprocess.DEVNULL
    )
    os.close(into)
    with os.fdopen(out) as answer:
        number = answer.readline().strip()
    if not number:
        pytest.skip("Xvfb does not start here")
    yield f":{number}"
    server.terminate()
    server.wait(SERVER_START_S)


@pytest.fixture
def shown(display):
    """A child process that shows a window and prints commands; its id on the display."""
    environment = {**os.environ, "DISPLAY": display, "PYTHONPATH": str(ROOT)}
    child = subprocess.Popen(
        [sys.executable, "-c", SHOW_AND_TELL],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    window = xdotool(display, "search", "--sync", "--name", "^digits$").split()[-1]
    time.sleep(0.3)  # until Qt listens to keys
    yield display, child, window
    child.kill()
    child.communicate()


def xdotool(display, *arguments):
    done = subprocess.run(
        ["xdotool", *arguments],
        env={**os.environ, "DISPLAY": display},
        capture_output=True,
        text=True,
        timeout=WINDOW_S,
        check=True,
    )
    return done.stdout


@pytest.mark.parametrize(
    "key, command",
    [
        ("q", Command.QUIT),
        ("\x1b", Command.QUIT),
        (" ", Command.PAUSE),
        ("r", Command.RECORD),
        ("s", Command.SNAPSHOT),
        ("d", Command.INSPECT),
        ("m", Command.MIRROR),
        ("+", Command.STRICTER),
        ("=", Command.STRICTER),
        ("-", Command.LAXER),
        ("c", Command.CLEAR),
        ("h", Command.HELP),
    ],
)
def test_each_key_has_its_command(key, command):
    assert COMMANDS[ord(key)] is command


def test_no_two_commands_share_a_key():
    assert len(COMMANDS) == sum(len(command.keys) for command in Command)


@pytest.mark.parametrize(
    "size, fitted",
    [
        ((1280, 720), (1173, 660)),
        ((4000, 3000), (880, 660)),
        ((3000, 4000), (495, 660)),
        ((320, 240), (640, 480)),
        ((1, 1), (2, 2)),
        ((20000, 1), (1200, 1)),
    ],
)
def test_the_window_fits_a_small_screen_in_the_pictures_proportions(size, fitted):
    assert fitted_size(*size) == fitted
    assert all(side <= most for side, most in zip(fitted, LARGEST_WINDOW, strict=True))


def test_keys_and_mouse_reach_the_program(shown):
    display, child, window = shown
    for key in ("r", "space", "plus", "h", "Escape"):
        xdotool(display, "key", "--window", window, key)
        time.sleep(0.1)
        if key == "h":
            xdotool(display, "mousemove", "--window", window, "150", "100", "click", "1")
            time.sleep(0.1)
    told, complaints = child.communicate(timeout=WINDOW_S)
    lines = told.split("\n")
    assert [line for line in lines if line and not line.startswith("mouse")] == [
        *("RECORD", "PAUSE", "STRICTER", "HELP", "QUIT")
    ]
    assert "mouse 1 90 60" in lines  # the view is shown 1.65 times as large as it is
    assert complaints == ""


def test_a_display_that_works_is_recognised(display, monkeypatch):
    monkeypatch.setenv("DISPLAY", display)
    assert DisplayProbe().works()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only X11 displays have names")
@pytest.mark.parametrize("name", ["", ":4242"])
def test_no_display_and_a_stale_one_do_not_work(name, monkeypatch):
    monkeypatch.setenv("DISPLAY", name)
    assert not DisplayProbe().works()


def test_a_display_that_hangs_does_not_hang_the_program(monkeypatch):
    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.setattr("capture.display.PROBE_TIMEOUT_S", 0.2)
    assert not DisplayProbe("import time; time.sleep(60)").works()
