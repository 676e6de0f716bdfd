"""Finds out in a child process whether a window can be opened: without a display OpenCV aborts its process."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from types import TracebackType
from typing import Self

PROBE = """
import sys, cv2
cv2.namedWindow('probe', cv2.WINDOW_GUI_NORMAL); cv2.waitKey(1); cv2.destroyAllWindows()
print('works', flush=True)
sys.stdin.read()
"""
PROBE_TIMEOUT_S = 10.0  # a display that takes longer to open an empty window is of no use


class DisplayProbe:
    """Tries the display beside the start of the rest; `works` waits for the answer.

    The child keeps its connection until `close`: some X servers start anew when their last client leaves, and whoever
    comes at that moment is sent away. So close it once our own window is open.

    Args:
        code: Python code that needs a display, prints a line once it had one, and ends when its stdin does.

    Example:
        with DisplayProbe() as probe:  # the child starts at once
            has_window = probe.works()  # waits for it
    """

    def __init__(self, code: str = PROBE) -> None:
        self._answer: bool | None = None
        self._child: subprocess.Popen[str] | None = None
        if sys.platform.startswith("linux") and not os.environ.get("DISPLAY"):
            self._answer = False  # OpenCV's wheel speaks X11 only; Wayland desktops offer that too
            return
        pipe = subprocess.PIPE
        command = [sys.executable, "-P", "-c", code]  # -P: a cv2.py beside the photos is no OpenCV
        self._child = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, text=True)

    def works(self) -> bool:
        """Say whether the child could open a window; False too when it did not answer in time."""
        if self._answer is None:
            lines: list[str] = []
            listener = threading.Thread(target=lambda: lines.append(self._child.stdout.readline()), daemon=True)
            listener.start()
            listener.join(PROBE_TIMEOUT_S)
            self._answer = any(lines)
            if listener.is_alive():
                self._child.kill()  # which ends the listener, too
                listener.join()
        return self._answer

    def close(self) -> None:
        """End the child; may be called twice."""
        if self._child is not None:
            self._child.kill()
            self._child.communicate()
            self._child = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the child, whatever happened."""
        self.close()


def display_works() -> bool:
    """Say whether a window can be opened here; takes about half a second."""
    with DisplayProbe() as probe:
        return probe.works()
