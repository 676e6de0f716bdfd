"""Pictures that the page sends: its camera, photos, a sheet to write on; the newest one counts."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Callable, Iterator

import numpy as np

from capture.language import tr
from capture.sources.base import Source
from capture.types import Frame

NAME = "browser"
LOOK_UP_S = 0.5  # between looks whether the run is to end; Windows lets no signal through a wait without end


class BrowserSource(Source):
    """Yields the newest picture that a page has sent, each once.

    Args:
        clock: seconds on a clock that never jumps.

    Attributes:
        scene: counts what has nothing to do with each other: each photo is one, and each time that a page begins to
            send its camera or its sheet; of the frame that was yielded last.
        dropped: pictures that newer ones have taken the place of.
        shows_sheet: whether the frame that was yielded last is of the page's sheet to write on.

    Example:
        source = BrowserSource()
        source.offer(image, "photo.jpg")  # on the server's thread
        frame = next(iter(source))  # on the run's
    """

    is_live = True

    def __init__(self, clock: Callable[[], float] = time.perf_counter) -> None:
        super().__init__(NAME, tr("browser: reads what the page sends: its camera, photos, a sheet to write on"))
        self._clock = clock
        self._changed = threading.Condition()
        self._waiting: tuple[np.ndarray, str, int, bool] | None = None
        self._newest_scene, self._gives_sheet = 0, False
        self._is_closed = False
        self.scene = self.dropped = 0
        self.shows_sheet = False

    def offer(self, image: np.ndarray, name: str = NAME) -> None:
        """Hand over a picture, in place of one that nobody has taken yet.

        Args:
            image: (H, W, 3) uint8, BGR; nobody changes it any more.
            name: of the photo, for the readings; of what moves none.
        """
        with self._changed:
            self.dropped += self._waiting is not None
            self._newest_scene += name != NAME
            self._waiting = image, name, self._newest_scene, self._gives_sheet and name == NAME
            self._changed.notify_all()

    def begin_scene(self, *, is_sheet: bool = False) -> None:
        """Say that what is offered from now on has nothing to do with what was offered before.

        Args:
            is_sheet: whether it is a sheet to write on, which is never a mirror image; photos are none.
        """
        with self._changed:
            self._newest_scene += 1
            self._gives_sheet = is_sheet

    def as_read(self, frame: Frame) -> Frame:
        """Turn back the page's camera and photos where they are mirror images."""
        return frame if self.shows_sheet else super().as_read(frame)

    @property
    def has_news(self) -> bool:
        """Whether a picture waits to be taken, or none will come any more."""
        return self._waiting is not None or self._is_closed

    def __iter__(self) -> Iterator[Frame]:
        """Yield each picture as it is taken, timed from the first, until closed."""
        start_s = None
        for index in itertools.count():
            with self._changed:
                while not self.has_news:
                    self._changed.wait(LOOK_UP_S)
                if self._is_closed:
                    return
                (image, name, self.scene, self.shows_sheet), self._waiting = self._waiting, None
            start_s = self._clock() if start_s is None else start_s
            yield Frame(image, index, self._clock() - start_s, name)

    def close(self) -> None:
        """End the frames."""
        with self._changed:
            self._is_closed = True
            self._changed.notify_all()
