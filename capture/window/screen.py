"""Finds out how large the screen is, which OpenCV cannot tell."""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Callable

Size = tuple[int, int]


def screen_size() -> Size | None:
    """Find the (width, height) of the screen in pixels; None where it cannot be found out."""
    ask = {"linux": _ask_x11, "win32": _ask_windows, "darwin": _ask_macos}.get(sys.platform)
    try:
        return ask() if ask else None
    except (OSError, AttributeError):  # no such library, or one without these functions
        return None


def _ask_x11() -> Size | None:
    x11 = ctypes.CDLL("libX11.so.6")
    x11.XOpenDisplay.restype = ctypes.c_void_p
    display = x11.XOpenDisplay(None)
    if not display:
        return None
    width, height = (_call(one, ctypes.c_int, display, 0) for one in (x11.XDisplayWidth, x11.XDisplayHeight))
    _call(x11.XCloseDisplay, ctypes.c_int, display)
    return width, height


def _call(function: Callable, result: type, display: int, *numbers: int) -> int:
    function.argtypes, function.restype = [ctypes.c_void_p, *[ctypes.c_int] * len(numbers)], result
    return function(display, *numbers)


def _ask_windows() -> Size:
    metric = ctypes.windll.user32.GetSystemMetrics
    return metric(0), metric(1)  # SM_CXSCREEN, SM_CYSCREEN


def _ask_macos() -> Size:
    graphics = ctypes.CDLL("/System/Library/Frameworks/CoreGraphics.framework/CoreGraphics")
    main = graphics.CGMainDisplayID()
    graphics.CGDisplayPixelsWide.restype = graphics.CGDisplayPixelsHigh.restype = ctypes.c_size_t
    return graphics.CGDisplayPixelsWide(main), graphics.CGDisplayPixelsHigh(main)
