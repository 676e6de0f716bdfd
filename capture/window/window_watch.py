"""Notices on X11 when another program destroys our window: Qt keeps that to itself, and the run would go on unseen.

Speaks to Xlib by `ctypes`, on a connection of its own; without Xlib there is nothing to watch.
"""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

# From X11/X.h and X11/Xlib.h.
DESTROY_NOTIFY, STRUCTURE_NOTIFY_MASK, ANY_PROPERTY_TYPE = 17, 1 << 17, 0
EVENT_LONGS = 24
LONGS_AT_MOST = 4096  # of a property, such as the list of all windows

_Window, _Windows = ctypes.c_ulong, ctypes.POINTER(ctypes.c_ulong)
_OnError = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p)


class WindowWatch:
    """Watches one window of this process.

    Args:
        title: of the window, in ASCII.
    """

    def __init__(self, title: str) -> None:
        self._title = title.encode()
        self._x = load_xlib()
        self._display = self._x and self._x.XOpenDisplay(None)
        self._window: int | None = None
        self._is_destroyed = False

    def find(self) -> bool:
        """Looks for the window, once it is there; whether it is watched from now on."""
        if self._display and self._window is None:
            with self._errors_passed_over():
                self._window = next(filter(self._is_ours, self._top_windows()), None)
                if self._window is not None:
                    self._x.XSelectInput(self._display, self._window, STRUCTURE_NOTIFY_MASK)
                self._x.XSync(self._display, False)
        return self._window is not None

    def is_destroyed(self) -> bool:
        """Whether the window was found and then destroyed; costs no way to the server and back."""
        event = (ctypes.c_long * EVENT_LONGS)()
        while self._window is not None and self._x.XPending(self._display):
            self._x.XNextEvent(self._display, event)
            self._is_destroyed |= ctypes.c_int.from_buffer(event).value == DESTROY_NOTIFY
        return self._is_destroyed

    def close(self) -> None:
        """Ends the connection."""
        if self._display:
            self._x.XCloseDisplay(self._display)
        self._display = self._window = None

    def _is_ours(self, window: int) -> bool:
        return self._property(window, b"_NET_WM_PID") == [os.getpid()] and self._name(window) == self._title

    def _top_windows(self) -> list[int]:
        """What the window manager lists, or without one what lies on the screen itself."""
        root = self._x.XDefaultRootWindow(self._display)
        return self._property(root, b"_NET_CLIENT_LIST") or self._children(root)

    def _children(self, window: int) -> list[int]:
        found, count, others = _Windows(), ctypes.c_uint(), (_Window * 2)()
        at = ctypes.byref
        self._x.XQueryTree(self._display, window, at(others), at(others, ctypes.sizeof(_Window)), at(found), at(count))
        return self._taken(found, count.value)

    def _property(self, window: int, name: bytes) -> list[int]:
        """A property made of numbers; empty where there is none."""
        atom = self._x.XInternAtom(self._display, name, True)
        found, count, other = _Windows(), ctypes.c_ulong(), (ctypes.c_ulong * 3)()
        what = 0, LONGS_AT_MOST, False, ANY_PROPERTY_TYPE
        kind, form, rest = (ctypes.byref(other, i * ctypes.sizeof(ctypes.c_ulong)) for i in range(3))
        answer = kind, form, ctypes.byref(count), rest, ctypes.byref(found)
        self._x.XGetWindowProperty(self._display, window, atom, *what, *answer)
        return self._taken(found, count.value)

    def _name(self, window: int) -> bytes | None:
        name = ctypes.c_char_p()
        self._x.XFetchName(self._display, window, ctypes.byref(name))
        found = name.value
        self._free(name)
        return found

    def _taken(self, found: ctypes._Pointer, count: int) -> list[int]:
        numbers = found[:count] if found else []
        self._free(found)
        return numbers

    def _free(self, pointer: ctypes._Pointer | ctypes.c_char_p) -> None:
        if pointer:
            self._x.XFree(pointer)

    @contextmanager
    def _errors_passed_over(self) -> Iterator[None]:
        """Lets windows vanish while they are looked at: Xlib would end the program for it."""
        pass_over = _OnError(lambda _display, _event: 0)
        before = self._x.XSetErrorHandler(ctypes.cast(pass_over, ctypes.c_void_p))
        try:
            yield
        finally:
            self._x.XSetErrorHandler(before)


def load_xlib() -> ctypes.CDLL | None:
    """Xlib, where there is one; its functions know what they take and give."""
    if not sys.platform.startswith("linux"):
        return None
    try:
        x = ctypes.CDLL("libX11.so.6")
    except OSError:
        return None
    pointer, number, text = ctypes.c_void_p, ctypes.c_int, ctypes.c_char_p
    declare(x.XOpenDisplay, pointer, text)
    declare(x.XCloseDisplay, number, pointer)
    declare(x.XDefaultRootWindow, _Window, pointer)
    declare(x.XInternAtom, ctypes.c_ulong, pointer, text, number)
    declare(x.XQueryTree, number, pointer, _Window, *[pointer] * 4)
    long = ctypes.c_long
    declare(x.XGetWindowProperty, number, pointer, _Window, _Window, long, long, number, _Window, *[pointer] * 5)
    declare(x.XFetchName, number, pointer, _Window, pointer)
    declare(x.XSelectInput, number, pointer, _Window, long)
    declare(x.XSync, number, pointer, number)
    declare(x.XPending, number, pointer)
    declare(x.XNextEvent, number, pointer, pointer)
    declare(x.XFree, number, pointer)
    declare(x.XSetErrorHandler, pointer, pointer)
    return x


def declare(function: ctypes._CFuncPtr, gives: type, *takes: type) -> None:
    """Says what a C function takes and gives, without which `ctypes` cuts pointers to 32 bits."""
    function.restype, function.argtypes = gives, takes
