"""A sheet in the window to write on with the mouse, read as one writes."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator

import cv2
import numpy as np

from capture.frame import Frame
from capture.source_base import Source, SourceError, SourceOptions

PAPER = 255
INK = 30
PEN_SHARE = 1 / 60  # of the sheet's height: a felt pen on a page
ERASER_SHARE = 1 / 12
SUBPIXEL_BITS = 4  # strokes are placed to 1/16 pixel, else slow strokes look like stairs

PRESSES = (cv2.EVENT_LBUTTONDOWN, cv2.EVENT_RBUTTONDOWN)
ANY_BUTTON = cv2.EVENT_FLAG_LBUTTON | cv2.EVENT_FLAG_RBUTTON


class DrawCanvas:
    """White paper that takes mouse events: the left button draws, the right one erases.

    Attributes:
        image: (H, W, 3) uint8 BGR, the sheet as it is now; copy it to keep it.
    """

    def __init__(self, size: tuple[int, int]) -> None:
        width, height = size
        self.image = np.full((height, width, 3), PAPER, np.uint8)
        self._pen_px = max(2, round(height * PEN_SHARE))
        self._eraser_px = max(4, round(height * ERASER_SHARE))
        self._last: tuple[float, float] | None = None

    def mouse(self, event: int, x: float, y: float, flags: int) -> None:
        """Takes one of OpenCV's mouse events.

        Args:
            event: `cv2.EVENT_...`.
            x: column on the sheet, in pixels of `image`.
            y: row on the sheet.
            flags: which buttons are down, `cv2.EVENT_FLAG_...`.
        """
        if event in PRESSES:
            self._last = (x, y)
        elif self._last is None or not flags & ANY_BUTTON:
            self._last = None
            return
        erases = event == cv2.EVENT_RBUTTONDOWN or (event not in PRESSES and bool(flags & cv2.EVENT_FLAG_RBUTTON))
        self._draw_to((x, y), erases)

    def clear(self) -> None:
        """A new sheet."""
        self.image[:] = PAPER
        self._last = None

    def _draw_to(self, point: tuple[float, float], erases: bool) -> None:
        """A round-ended line from the last point to this one."""
        shade, width_px = (PAPER, self._eraser_px) if erases else (INK, self._pen_px)
        start, end = _fixed_point(self._last), _fixed_point(point)
        cv2.line(self.image, start, end, (shade,) * 3, width_px, cv2.LINE_AA, SUBPIXEL_BITS)
        self._last = point


def _fixed_point(point: tuple[float, float]) -> tuple[int, int]:
    """A point as OpenCV's `shift` argument wants it."""
    return round(point[0] * (1 << SUBPIXEL_BITS)), round(point[1] * (1 << SUBPIXEL_BITS))


class DrawSource(Source):
    """The sheet as it is now, `fps` times a second.

    Attributes:
        canvas: where the window sends its mouse events.
    """

    is_live = True

    def __init__(
        self,
        options: SourceOptions,
        clock: Callable[[], float] = time.perf_counter,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        if not options.paced:
            raise SourceError("draw: needs a window to draw in, and there is none; try --source demo or a photo")
        super().__init__("draw", "draw: left button writes, right button erases, c clears")
        self.size = options.size
        self.fps = options.fps
        self.canvas = DrawCanvas(options.size)
        self._clock = clock
        self._sleep = sleep
        self._is_closed = False

    def __iter__(self) -> Iterator[Frame]:
        """Yields copies of the sheet, evenly in time, until closed."""
        start = self._clock()
        for index in itertools.count():
            if self._is_closed:
                return
            time_s = self._clock() - start
            yield Frame(self.canvas.image.copy(), index, time_s, self.name)
            self._sleep(max(0.0, start + time_s + 1 / self.fps - self._clock()))

    def close(self) -> None:
        """Ends the frames."""
        self._is_closed = True
