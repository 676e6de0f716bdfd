import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from capture.commands.command import Command
from capture.window.controls import COMMANDS
from capture.window.display import DisplayProbe
from capture.window.screen import screen_size
from capture.window.window import MAX_WINDOW_SIZE, fitted_size, largest_window, place_on_screen
from tests.support.windows import WINDOW_S, close_as_a_user, find_window, xdotool

ROOT = Path(__file__).resolve().parents[3]
SHOW_AND_TELL = """
import cv2, numpy as np
from capture.commands.command import Command
from capture.window.controls import COMMANDS
from capture.window.window import Window
with Window() as window:
    window.on_mouse = lambda event, x, y, flags: print("mouse", event, x, y, flush=True)
    command = None
    while command is not Command.QUIT:
        command = window.show(np.full((400, 600, 3), 90, np.uint8), 20, COMMANDS)
        window.is_full_screen ^= command is Command.FULL_SCREEN
        if command:
            print(command.name, flush=True)
        if command is Command.FULL_SCREEN:
            window.show(np.full((400, 600, 3), 90, np.uint8), 20)
            print("fills", int(cv2.getWindowProperty("digits", cv2.WND_PROP_FULLSCREEN)), flush=True)
"""


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
    window = find_window(display)
    time.sleep(0.3)  # until Qt listens to keys
    yield display, child, window
    child.kill()
    child.communicate()


@pytest.mark.parametrize(
    "key, command",
    [
        ("q", Command.QUIT),
        ("\x1b", Command.LEAVE),
        (" ", Command.PAUSE),
        ("r", Command.RECORD),
        ("s", Command.SNAPSHOT),
        ("d", Command.INSPECT),
        ("m", Command.MIRROR),
        ("+", Command.STRICTER),
        ("=", Command.STRICTER),
        ("-", Command.LAXER),
        ("w", Command.CORRECT),
        ("c", Command.CLEAR),
        ("h", Command.HELP),
    ],
)
def test_each_key_has_its_command(key, command):
    assert COMMANDS[ord(key)] is command


def test_no_two_commands_share_a_key():
    assert len({key for command in Command for key in command.keys}) == sum(len(command.keys) for command in Command)


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
    assert all(side <= most for side, most in zip(fitted, MAX_WINDOW_SIZE, strict=True))


@pytest.mark.parametrize(
    "screen, size, fitted",
    [
        (None, (1280, 720), (1173, 660)),
        ((1920, 1080), (1280, 720), (1173, 660)),
        ((1024, 600), (1280, 720), (889, 500)),
        ((800, 480), (1280, 720), (676, 380)),
        ((800, 480), (720, 1280), (214, 380)),
        ((30, 30), (1280, 720), (1, 1)),
    ],
)
def test_a_small_screen_has_a_small_window(screen, size, fitted):
    assert fitted_size(*size, largest_window(screen)) == fitted


@pytest.mark.parametrize(
    "window, screen, place",
    [
        ((676, 380), (800, 480), (62, 20)),
        ((889, 500), (1024, 600), (67, 20)),
        ((214, 380), (800, 480), None),
        ((1173, 660), (3840, 1080), None),
        ((1173, 660), None, None),
    ],
    ids=["panel", "netbook", "narrow picture", "two screens", "unknown"],
)
def test_a_window_that_nearly_fills_the_screen_is_put_where_it_fits(window, screen, place):
    assert place_on_screen(window, screen) == place


def test_the_screen_tells_its_size(display, monkeypatch):
    monkeypatch.setenv("DISPLAY", display)
    assert screen_size() == (1366, 768)


def test_no_screen_tells_none(monkeypatch):
    monkeypatch.setenv("DISPLAY", ":987")
    assert screen_size() is None


def test_full_screen_and_back(shown):
    """Without a window manager the window keeps its size, but OpenCV says what was asked of it."""
    display, child, window = shown
    for key in ("f", "f", "q"):
        xdotool(display, "key", "--window", window, key)
        time.sleep(0.2)
    told, complaints = child.communicate(timeout=WINDOW_S)
    assert [line for line in told.split("\n") if line.startswith("fills")] == ["fills 1", "fills 0"]
    assert complaints == ""


def test_keys_and_mouse_reach_the_program(shown):
    display, child, window = shown
    for key in ("r", "space", "Left", "plus", "h", "Escape", "q"):  # an arrow's code ends like the letter Q's
        xdotool(display, "key", "--window", window, key)
        time.sleep(0.1)
        if key == "h":
            xdotool(display, "mousemove", "--window", window, "150", "100", "click", "1")
            time.sleep(0.1)
    told, complaints = child.communicate(timeout=WINDOW_S)
    lines = told.split("\n")
    assert [line for line in lines if line.isupper()] == [
        *("RECORD", "PAUSE", "PREVIOUS", "STRICTER", "HELP", "LEAVE", "QUIT")
    ]
    assert "mouse 1 90 60" in lines  # the view is shown 1.65 times as large as it is
    assert complaints == ""


def test_a_window_that_is_closed_ends_the_run(shown):
    display, child, window = shown
    close_as_a_user(display, window)
    assert child.communicate(timeout=WINDOW_S) == ("QUIT\n", "")


def test_a_display_that_works_is_recognised(display, monkeypatch):
    monkeypatch.setenv("DISPLAY", display)
    with DisplayProbe() as probe:
        assert probe.works()
        assert probe.works()


def test_a_display_that_is_being_tried_takes_others(display, monkeypatch):
    """Xvfb starts anew when its last client leaves, and sends away who comes then: a probe stays until it is closed."""
    monkeypatch.setenv("DISPLAY", display)
    with DisplayProbe() as probe:
        assert probe.works()
        for _ in range(5):
            with DisplayProbe() as other:
                assert other.works()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only X11 displays have names")
@pytest.mark.parametrize("name", ["", ":4242"])
def test_no_display_and_a_stale_one_do_not_work(name, monkeypatch):
    monkeypatch.setenv("DISPLAY", name)
    with DisplayProbe() as probe:
        assert not probe.works()


def test_a_display_that_hangs_does_not_hang_the_program(monkeypatch):
    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.setattr("capture.window.display.PROBE_TIMEOUT_S", 0.2)
    with DisplayProbe("import time; time.sleep(60)") as probe:
        assert not probe.works()


def test_code_beside_the_photos_is_not_run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DISPLAY", ":9999")
    for name in ("cv2", "numpy"):
        (tmp_path / f"{name}.py").write_text(f"open({str(tmp_path / 'run')!r}, 'w')")
    with DisplayProbe() as probe:
        assert not probe.works()
    assert not (tmp_path / "run").exists()
