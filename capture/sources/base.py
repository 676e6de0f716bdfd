"""What every source of frames is: a context manager that yields `Frame`s and knows what loop and window ask."""

from __future__ import annotations

import re
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Self

import cv2

from capture.types import Frame
from model.errors import DigitsError

MAX_PIXELS = 200_000_000  # of a picture, unless told otherwise: the largest of phones; about 2 GB while it is decoded
USER_INFO = re.compile(r"^((?:[a-z][a-z0-9+.-]*:/+)?+).*:.*@", re.IGNORECASE | re.DOTALL)  # to the last @
SECRET = re.compile(r"(?i)((?:pass|pwd|psw|paswd|token|secret|auth|key)\w*=)[^&#/?;\s]+")  # in a path or query
MAX_CATCH_UP_S = 0.25  # more behind than this (a pause, a slow computer): go on from now, without a rush


class SourceError(DigitsError):
    """A source cannot be opened, is not what it seems, or breaks off."""


@dataclass(frozen=True)
class SourceOptions:
    """What is asked of a source; a source that cannot grant it says in `opened_as` what it gives instead.

    Attributes:
        width, height: picture size asked of a camera, drawn by `demo` and `draw`, in pixels.
        fps: frames per second, likewise.
        is_paced: True when somebody watches: `demo` and videos then run at their true speed instead of as fast as
            they can be read, and `draw` has a window to draw in.
        max_pixels: the most that a picture file's page may have; None for no limit.
        is_mirrored: True when the pictures are mirror images, which are turned back before they are read.
        trusted_certificate: of one network camera that signs its own: the SHA-256 fingerprint in hexadecimal digits, or
            a PEM file; "" for none.
    """

    width: int = 1280
    height: int = 720
    fps: float = 30.0
    is_paced: bool = False
    max_pixels: int | None = MAX_PIXELS
    is_mirrored: bool = False
    trusted_certificate: str = ""

    @property
    def size(self) -> tuple[int, int]:
        """Give (width, height), as OpenCV writes sizes."""
        return self.width, self.height


def without_password(spec: str) -> str:
    """Give a source's name as it may be shown and written: without what is, or may be meant as, a password.

    A password with a `#`, `/` or `?` in it splits an address in the wrong place, so all to the last `@` goes.
    """
    return SECRET.sub(r"\1***", USER_INFO.sub(r"\1", spec))


class Source(ABC):
    """Frames from somewhere; open from its making until `close`, best used in a `with` block.

    Attributes:
        name: the source as it may be shown: what the user gave, without passwords.
        opened_as: one line on what was opened and granted, for the start of a run.
        left_out: what lies beside the frames and is not read, a line for each kind.
        is_live: the clock runs: camera, stream, demo, draw. Such frames are worth recording.
        can_wait: no frame is lost by taking it late, although it is live: a demo that nobody watches.
        is_stills: the frames are unrelated pictures: nothing to track from one to the next.
        length: how many frames there are, for a progress bar (a close estimate for some videos); None if unknown.
        fps: frames per second if known.
        size: (width, height) of the first frame in pixels if known.
        paths: the files that it reads, which no output may replace; none for a camera.
        is_mirrored: its pictures are mirror images: `frames` turns them back.
        shows_sheet: the frame yielded last is a sheet that one writes on with mouse, pen or finger.

    Example:
        with open_source("demo", SourceOptions(640, 480)) as source:
            for frame in source.frames():
                print(frame.index, frame.time_s)
    """

    left_out: Sequence[str] = ()
    is_live = False
    can_wait = False
    is_stills = False
    length: int | None = None
    fps: float | None = None
    size: tuple[int, int] | None = None
    paths: Sequence[Path] = ()
    is_mirrored = False
    shows_sheet = False

    def __init__(self, name: str, opened_as: str = "") -> None:
        self.name = name
        self.opened_as = opened_as or name

    @abstractmethod
    def __iter__(self) -> Iterator[Frame]:
        """Yield the frames in order, with strictly growing times unless `is_stills`."""

    def frames(self) -> Iterator[Frame]:
        """Yield the frames as they are to be read and shown: mirror images turned back."""
        return map(self.as_read, self)

    def as_read(self, frame: Frame) -> Frame:
        """Turn a frame back where it is a mirror image."""
        return unmirrored(frame) if self.is_mirrored else frame

    def reopen(self, index: int) -> Frame:
        """Read again the picture of a frame that was yielded already; only stills can.

        Raises:
            SourceError: it cannot be read any more.
        """
        raise SourceError("{name}: shows each picture once", name=self.name)

    def title(self, frame: Frame) -> str:
        """Give the name of a frame's picture, and which of how many it is; only stills have one."""
        return ""

    def note(self) -> str:
        """Give a few words for the corner of the picture when something is out of the ordinary, else ""."""
        return ""

    def close(self) -> None:  # noqa: B027 - many sources hold nothing open between frames
        """Give back what is held: camera, connection, thread. May be called twice."""

    def __enter__(self) -> Self:
        """Return the source itself, already open."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the source, whatever happened."""
        self.close()


def unmirrored(frame: Frame) -> Frame:
    """Give the frame whose mirror image this one is."""
    return replace(frame, image=cv2.flip(frame.image, 1)) if frame.image.size else frame


class Pacer:
    """Waits for each frame's moment on a clock that starts with the first frame.

    Args:
        clock: gives seconds.
        sleep: waits so many seconds.

    Example:
        pacer = Pacer()
        for frame in frames:
            pacer.wait_until(frame.time_s)
    """

    def __init__(
        self, clock: Callable[[], float] = time.perf_counter, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._clock = clock
        self._sleep = sleep
        self._start: float | None = None

    def wait_until(self, time_s: float) -> None:
        """Sleep until `time_s` seconds of the source have passed; return at once when late."""
        now = self._clock()
        if self._start is None or now - self._start - time_s > MAX_CATCH_UP_S:
            self._start = now - time_s
        early_s = self._start + time_s - now
        if early_s > 0:
            self._sleep(early_s)
