"""Shows views in OpenCV's window and gives the keys pressed; open it only where `capture.window.display` allows it."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Self, TypeVar

import cv2
import numpy as np

from capture.commands.command import Command
from capture.window.keys import wait_for_key
from capture.window.screen import Size, screen_size

TITLE = "digits"
KEY_WAIT_MS = 1  # the least that lets OpenCV handle its events
MAX_WINDOW_SIZE = (1200, 660)  # pixels; fits a 1366x768 laptop with its bars
BARS_PX = 60  # of the screen's height for the title and a panel
SMALL_SCREEN_SHARE = 0.7  # a window of so much of the screen's width has little room beside it
SCREEN_BARS = (40, 100)  # pixels of the screen's width and height for borders, title, panels
MAX_ZOOM = 2.0  # a small picture is not blown up further

OnMouse = Callable[[int, int, int, int], None]
Meaning = TypeVar("Meaning")
NO_KEYS: Mapping = {}


class Window:
    """A resizable window; a context manager.

    Args:
        title: of the window.
        find_screen: gives the screen's (width, height), or None.

    Attributes:
        is_full_screen: whether it fills the screen, from the next view on.
        on_mouse: called with OpenCV's event, x, y and flags, in pixels of the view shown; None for nobody.

    Example:
        with Window() as window:
            asked = window.show(view, wait_ms=1, meanings={ord("q"): Command.QUIT})
    """

    def __init__(self, title: str = TITLE, find_screen: Callable[[], Size | None] = screen_size) -> None:
        self.on_mouse: OnMouse | None = None
        self.is_full_screen = self._fills_screen = False
        self._find_screen = find_screen
        self._title = title
        self._shape: tuple[int, ...] = ()

    def __enter__(self) -> Self:
        """Open the window, still empty."""
        if sys.platform.startswith("linux"):
            os.environ.setdefault("QT_QPA_PLATFORM", "xcb")  # the only one the wheel has; Wayland would warn
        cv2.namedWindow(self._title, cv2.WINDOW_NORMAL | cv2.WINDOW_KEEPRATIO | cv2.WINDOW_GUI_NORMAL)
        cv2.setMouseCallback(self._title, self._pass_mouse)
        self._screen = self._find_screen()
        self._largest = largest_window(self._screen)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the window."""
        if self._is_open():
            cv2.destroyWindow(self._title)

    def show(
        self, view: np.ndarray, wait_ms: int = KEY_WAIT_MS, meanings: Mapping[int, Meaning] = NO_KEYS
    ) -> Meaning | Command | None:
        """Show a view and ask what the user wants.

        Args:
            view: (H, W, 3) uint8, BGR; an empty one leaves the last in place.
            wait_ms: how long to wait for a key, at least 1.
            meanings: what the keys mean now, by their codes (`capture/window/keys.py`).

        Returns:
            What the key pressed means; QUIT when the window was closed; None when there is nothing to do.
        """
        if view.size:
            self._switch_full_screen()
            self._fit(view.shape)
            cv2.imshow(self._title, view)
        key = wait_for_key(wait_ms)
        if not self._is_open():
            return Command.QUIT
        return meanings.get(key) if key is not None else None

    def _fit(self, shape: tuple[int, ...]) -> None:
        """Give the window the picture's own shape, once for each size of picture: the user may resize it after.

        The first time it is put where it fits, as some desktops place it before they know how large it will be.
        """
        if shape == self._shape or self._fills_screen:
            return
        width, height = fitted_size(shape[1], shape[0], self._largest)
        cv2.resizeWindow(self._title, width, height)
        place = place_on_screen((width, height), self._screen)
        if place and not self._shape:
            cv2.moveWindow(self._title, *place)
        self._shape = shape

    def _switch_full_screen(self) -> None:
        if self.is_full_screen != self._fills_screen:
            self._fills_screen = self.is_full_screen
            state = cv2.WINDOW_FULLSCREEN if self._fills_screen else cv2.WINDOW_NORMAL
            cv2.setWindowProperty(self._title, cv2.WND_PROP_FULLSCREEN, state)

    def _pass_mouse(self, event: int, x: int, y: int, flags: int, _: object) -> None:
        if self.on_mouse:
            self.on_mouse(event, x, y, flags)

    def _is_open(self) -> bool:
        try:
            return cv2.getWindowProperty(self._title, cv2.WND_PROP_VISIBLE) >= 1
        except cv2.error:  # some window systems raise for a window that is gone
            return False


def largest_window(screen: Size | None) -> Size:
    """Compute the (width, height) that a window may have on a screen of that size, None for one that is not known."""
    if screen is None:
        return MAX_WINDOW_SIZE
    width, height = (max(1, side - bars) for side, bars in zip(screen, SCREEN_BARS, strict=True))
    return min(width, MAX_WINDOW_SIZE[0]), min(height, MAX_WINDOW_SIZE[1])


def place_on_screen(window: Size, screen: Size | None) -> Size | None:
    """Find where a window's top left corner belongs: in the middle of a screen that it nearly fills.

    On a larger one, or several side by side, which X11 calls one, None: the desktop knows better.
    """
    if screen is None or window[0] < SMALL_SCREEN_SHARE * screen[0]:
        return None
    return max(0, screen[0] - window[0]) // 2, max(0, screen[1] - window[1] - BARS_PX) // 2


def fitted_size(width: int, height: int, largest: Size = MAX_WINDOW_SIZE) -> Size:
    """Compute the window's (width, height) for a picture: in its proportions, as large as fits."""
    zoom = min(largest[0] / width, largest[1] / height, MAX_ZOOM)
    return max(1, round(width * zoom)), max(1, round(height * zoom))
