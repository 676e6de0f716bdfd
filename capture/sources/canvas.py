"""A sheet in the window to write on with the mouse, read as one writes."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator

import cv2
import numpy as np

from capture.language import tr
from capture.sources.base import Source, SourceError, SourceOptions
from capture.types import Frame

PAPER = 255
INK = 30
PEN_SHARE = 1 / 60  # the width of its line, of the sheet's height: a felt pen on a page
ERASER_SHARE = 1 / 12
SUBPIXEL_BITS = 4  # strokes are placed to 1/16 pixel, else slow strokes look like stairs
CURVE_STEPS = 9  # points of a curve between two mouse events; more cannot be seen
PRESSES = (cv2.EVENT_LBUTTONDOWN, cv2.EVENT_RBUTTONDOWN)
ANY_BUTTON = cv2.EVENT_FLAG_LBUTTON | cv2.EVENT_FLAG_RBUTTON


class DrawCanvas:
    """White paper that takes mouse events: the left button draws, the right one erases.

    Strokes are curves through the middles between mouse positions, so that a quick hand leaves no corners.

    Args:
        size: (width, height) in pixels.

    Attributes:
        image: (H, W, 3) uint8 BGR, the sheet as it is now; copy it to keep it.

    Example:
        canvas = DrawCanvas((640, 480))
        canvas.mouse(cv2.EVENT_LBUTTONDOWN, 100, 80, cv2.EVENT_FLAG_LBUTTON)
        canvas.mouse(cv2.EVENT_MOUSEMOVE, 100, 200, cv2.EVENT_FLAG_LBUTTON)
        canvas.mouse(cv2.EVENT_LBUTTONUP, 100, 200, 0)
    """

    def __init__(self, size: tuple[int, int]) -> None:
        width, height = size
        self.image = np.full((height, width, 3), PAPER, np.uint8)
        self._pen = INK, max(2, round(height * PEN_SHARE))
        self._eraser = PAPER, max(4, round(height * ERASER_SHARE))
        self._tool = self._pen
        self._mouse: np.ndarray | None = None  # where it was last, while a button is down
        self._tip: np.ndarray | None = None  # where the stroke that is drawn so far ends

    def mouse(self, event: int, x: float, y: float, flags: int) -> None:
        """Take one of OpenCV's mouse events.

        Args:
            event: `cv2.EVENT_...`.
            x: column on the sheet, in pixels of `image`.
            y: row on the sheet.
            flags: which buttons are down, `cv2.EVENT_FLAG_...`.
        """
        position = np.array((x, y), float)
        if event in PRESSES:
            self._tool = self._pen if event == cv2.EVENT_LBUTTONDOWN else self._eraser
            self._mouse = self._tip = position
            self._draw_to(position)
        elif self._mouse is not None and flags & ANY_BUTTON:
            self._draw_to((self._mouse + position) / 2)
            self._mouse = position
        elif self._mouse is not None:
            self._draw_to(self._mouse)
            self._mouse = None

    def clear(self) -> None:
        """Begin a new sheet."""
        self.image[:] = PAPER
        self._mouse = None

    def _draw_to(self, end: np.ndarray) -> None:
        """Go on from the tip to `end` in a curve that bends at the mouse's last position (quadratic Bezier)."""
        t = np.linspace(0, 1, CURVE_STEPS)[:, np.newaxis]
        curve = (1 - t) ** 2 * self._tip + 2 * t * (1 - t) * self._mouse + t**2 * end
        shade, width_px = self._tool
        points = np.rint(curve * (1 << SUBPIXEL_BITS)).astype(np.int32)
        cv2.polylines(self.image, [points], False, (shade,) * 3, width_px, cv2.LINE_AA, SUBPIXEL_BITS)
        self._tip = end


class DrawSource(Source):
    """Yields the sheet as it is now, `fps` times a second.

    Attributes:
        canvas: where the window sends its mouse events.
    """

    is_live = True
    shows_sheet = True

    def __init__(
        self,
        options: SourceOptions,
        clock: Callable[[], float] = time.perf_counter,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        if not options.is_paced:
            raise SourceError("draw: needs a window to draw in, and there is none; try --show browser")
        super().__init__("draw", tr("draw: left button writes, right button erases, c clears"))
        self.size = options.size
        self.fps = options.fps
        self.canvas = DrawCanvas(options.size)
        self._clock = clock
        self._sleep = sleep
        self._is_closed = False

    def __iter__(self) -> Iterator[Frame]:
        """Yield copies of the sheet, evenly in time, until closed."""
        start = self._clock()
        for index in itertools.count():
            if self._is_closed:
                return
            time_s = self._clock() - start
            yield Frame(self.canvas.image.copy(), index, time_s, self.name)
            self._sleep(max(0.0, start + time_s + 1 / self.fps - self._clock()))

    def as_read(self, frame: Frame) -> Frame:
        """Leave the sheet as it is: what one writes is no mirror image."""
        return frame

    def close(self) -> None:
        """End the frames."""
        self._is_closed = True
