"""Whether a window can be opened here, found out in a child process: without a display OpenCV aborts its process."""

from __future__ import annotations

import os
import subprocess
import sys

PROBE = "import cv2; cv2.namedWindow('probe', cv2.WINDOW_GUI_NORMAL); cv2.waitKey(1); cv2.destroyAllWindows()"
PROBE_TIMEOUT_S = 10.0  # a display that takes longer to open an empty window is of no use


class DisplayProbe:
    """Tries the display beside the start of the rest; `works` waits for the answer.

    Args:
        code: the Python code that needs a display.
    """

    def __init__(self, code: str = PROBE) -> None:
        self._answer: bool | None = None
        if sys.platform.startswith("linux") and not os.environ.get("DISPLAY"):
            self._answer = False  # OpenCV's wheel speaks X11 only; Wayland desktops offer that too
            return
        silent = subprocess.DEVNULL
        self._child = subprocess.Popen([sys.executable, "-c", code], stdin=silent, stdout=silent, stderr=silent)

    def works(self) -> bool:
        """Whether the child could open a window; False too when it did not answer in time."""
        if self._answer is None:
            try:
                self._answer = self._child.wait(PROBE_TIMEOUT_S) == 0
            except subprocess.TimeoutExpired:
                self._child.kill()
                self._child.wait()
                self._answer = False
        return self._answer


def display_works() -> bool:
    """Whether a window can be opened here; takes about half a second."""
    return DisplayProbe().works()
