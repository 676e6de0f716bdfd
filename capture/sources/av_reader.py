"""Decodes video by PyAV: files that OpenCV's FFmpeg lacks a decoder for, such as AV1, and network streams."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import BinaryIO

import av
import cv2
import numpy as np

QUARTER_TURN = 90  # degrees; frames tell how far they are turned against the clock


class AvReader:
    """Does what is used here of `cv2.VideoCapture`, by PyAV.

    Args:
        source: a path, an address, or an open file.
        options: of FFmpeg, by their names.
        timeout_s: for opening, and for each next packet; None for a file.

    Raises:
        OSError: it cannot be opened, or no frame of it can be decoded.

    Example:
        reader = AvReader("clip.webm")
        is_there, image = reader.read()
        reader.release()
    """

    def __init__(
        self, source: str | BinaryIO, options: dict[str, str] | None = None, timeout_s: float | None = None
    ) -> None:
        try:
            self._container = av.open(source, options=options or {}, timeout=timeout_s, metadata_errors="replace")
        except (av.FFmpegError, ValueError) as error:
            raise OSError(getattr(error, "strerror", None) or "no video in it") from error
        try:
            self._stream = self._container.streams.video[0]
            self._stream.thread_type = "AUTO"
            frames = self._container.decode(self._stream)
            self._frame: av.VideoFrame | None = next(frames)
        except (av.FFmpegError, OSError, ValueError, IndexError, StopIteration) as error:
            self._container.close()
            raise OSError("no frame that can be decoded") from error
        self._frames: Iterator[av.VideoFrame] = itertools.chain([self._frame], frames)

    def isOpened(self) -> bool:  # noqa: N802 - OpenCV's name
        """Say whether there is more to be read, as far as is known."""
        return self._container is not None

    def read(self) -> tuple[bool, np.ndarray | None]:
        """Give the next frame, turned upright, as (H, W, 3) uint8 BGR; False and None where none can be decoded."""
        try:
            self._frame = next(self._frames, None) if self._container else None
            image = self._frame.to_ndarray(format="bgr24") if self._frame else None
        except (av.FFmpegError, OSError, ValueError, MemoryError):
            self._frame = image = None
        return image is not None, None if image is None else np.ascontiguousarray(np.rot90(image, self._quarter_turns))

    def get(self, prop: int) -> float:
        """Give a property by OpenCV's number: fps, frame count, width, height, ms played; 0 where it is not known."""
        width, height = self._stream.width, self._stream.height
        if self._quarter_turns % 2:
            width, height = height, width
        facts = {
            cv2.CAP_PROP_FPS: self._stream.average_rate or 0,
            cv2.CAP_PROP_FRAME_COUNT: self._stream.frames,
            cv2.CAP_PROP_FRAME_WIDTH: width,
            cv2.CAP_PROP_FRAME_HEIGHT: height,
            cv2.CAP_PROP_POS_MSEC: self._time_s * 1000,
        }
        return float(facts[prop])

    def release(self) -> None:
        """Close the file or connection."""
        if self._container:
            self._container.close()
        self._container = None

    close = release

    @property
    def _quarter_turns(self) -> int:
        return round((self._frame.rotation if self._frame else 0) / QUARTER_TURN) % 4

    @property
    def _time_s(self) -> float:
        """Say when the frame is to be shown, from the first one's time on."""
        if self._frame is None or self._frame.time is None:
            return 0.0
        start = self._stream.start_time or 0
        return self._frame.time - float(start * self._stream.time_base)
