"""The window shows views, turns keys into commands; open it only where `capture.window.display` says that it works."""

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

TITLE = "digits"
KEY_WAIT_MS = 1  # the least that lets OpenCV handle its events
LARGEST_WINDOW = (1200, 660)  # pixels; fits a 1366x768 laptop with its bars; OpenCV cannot tell the screen's size
LARGEST_ZOOM = 2.0  # a small picture is not blown up further

OnMouse = Callable[[int, int, int, int], None]
Meaning = TypeVar("Meaning")


COMMANDS = {ord(key): command for command in Command for key in command.keys}


class Window:
    """A resizable window; a context manager.

    Args:
        title: of the window.

    Attributes:
        on_mouse: called with OpenCV's event, x, y and flags, in pixels of the view shown; None for nobody.
    """

    def __init__(self, title: str = TITLE) -> None:
        self.on_mouse: OnMouse | None = None
        self._title = title
        self._shape: tuple[int, ...] = ()

    def __enter__(self) -> Self:
        """Opens the window, still empty."""
        if sys.platform.startswith("linux"):
            os.environ.setdefault("QT_QPA_PLATFORM", "xcb")  # the only one the wheel has; Wayland would warn
        cv2.namedWindow(self._title, cv2.WINDOW_NORMAL | cv2.WINDOW_KEEPRATIO | cv2.WINDOW_GUI_NORMAL)
        cv2.setMouseCallback(self._title, self._pass_mouse)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Closes the window."""
        if self._is_open():
            cv2.destroyWindow(self._title)

    def show(
        self, view: np.ndarray, wait_ms: int = KEY_WAIT_MS, meanings: Mapping[int, Meaning] = COMMANDS
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
            self._fit(view.shape)
            cv2.imshow(self._title, view)
        key = wait_for_key(wait_ms)
        if not self._is_open():
            return Command.QUIT
        return meanings.get(key) if key is not None else None

    def _fit(self, shape: tuple[int, ...]) -> None:
        """Give the window the picture's own shape, once for each size of picture: the user may resize it after."""
        if shape != self._shape:
            self._shape = shape
            cv2.resizeWindow(self._title, *fitted_size(shape[1], shape[0]))

    def _pass_mouse(self, event: int, x: int, y: int, flags: int, _: object) -> None:
        if self.on_mouse:
            self.on_mouse(event, x, y, flags)

    def _is_open(self) -> bool:
        try:
            return cv2.getWindowProperty(self._title, cv2.WND_PROP_VISIBLE) >= 1
        except cv2.error:  # some window systems raise for a window that is gone
            return False


def fitted_size(width: int, height: int) -> tuple[int, int]:
    """The window's (width, height) for a picture: in its proportions, as large as fits a small screen."""
    zoom = min(LARGEST_WINDOW[0] / width, LARGEST_WINDOW[1] / height, LARGEST_ZOOM)
    return max(1, round(width * zoom)), max(1, round(height * zoom))
