"""A display that no one sees, and hands on it: presses keys, moves the mouse and closes windows in all the ways."""

import ctypes
import os
import shutil
import subprocess
from contextlib import contextmanager

import pytest

SERVER_START_S = 10  # and to end
WINDOW_S = 20
CLIENT_MESSAGE, NO_MASK = 33, 0  # X11/X.h


class ClientMessage(ctypes.Structure):
    """XClientMessageEvent of X11/Xlib.h, with the room of an XEvent."""

    _fields_ = (
        ("type", ctypes.c_int),
        ("serial", ctypes.c_ulong),
        ("send_event", ctypes.c_int),
        ("display", ctypes.c_void_p),
        ("window", ctypes.c_ulong),
        ("message_type", ctypes.c_ulong),
        ("format", ctypes.c_int),
        ("data", ctypes.c_long * 5),
        ("rest", ctypes.c_long * 12),
    )


@contextmanager
def open_display():
    """The name of a display that no one sees, on a server of its own; skips the test where there can be none."""
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


def find_window(display):
    """The id of the program's window, once it is there."""
    return xdotool(display, "search", "--sync", "--name", "^digits$").split()[-1]


def close_as_a_user(display, window):
    """Says what a window manager says when its button x is pressed (ICCCM, 4.2.8.1)."""
    x = ctypes.CDLL("libX11.so.6")
    x.XOpenDisplay.restype, x.XInternAtom.restype = ctypes.c_void_p, ctypes.c_ulong
    x.XCloseDisplay.argtypes = (ctypes.c_void_p,)
    x.XInternAtom.argtypes = (ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int)
    x.XSendEvent.argtypes = (ctypes.c_void_p, ctypes.c_ulong, ctypes.c_int, ctypes.c_long, ctypes.c_void_p)
    connection = x.XOpenDisplay(display.encode())
    protocols, delete = (x.XInternAtom(connection, name, False) for name in (b"WM_PROTOCOLS", b"WM_DELETE_WINDOW"))
    event = ClientMessage(CLIENT_MESSAGE, 0, 1, None, int(window), protocols, 32, (ctypes.c_long * 5)(delete))
    x.XSendEvent(connection, int(window), False, NO_MASK, ctypes.byref(event))
    x.XCloseDisplay(connection)


def kill(display, window):
    """Cuts the program off from the display, as `xkill` does, or as an ssh connection that breaks."""
    xdotool(display, "windowkill", window)
