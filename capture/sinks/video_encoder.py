"""Puts frames with their times into an H.264 file that plays everywhere, even if the program is killed half-way.

Importing PyAV costs 0.3 s: only `capture/sinks/video.py` imports this module, once there is something to record.
"""

from __future__ import annotations

from contextlib import suppress
from fractions import Fraction

import av
import cv2
import numpy as np
from av.video.frame import PictureType

from capture.sinks.files import OutputFile
from capture.sinks.names import OutputError

TICKS_PER_S = 90_000
"""The usual clock of MPEG: exact for 24, 25, 30 and 30000/1001 frames a second, and far finer than any camera."""
TYPICAL_FPS = 30.0
"""How long the only frame of a one-frame recording lasts, when nothing better is known."""
CLOCK_WAS_SET_BACK_S = 1.0
"""Going back by less is jitter between frames; by more, somebody set the clock, and time starts anew from there."""
CLOCK_WAS_SET_FORWARD_S = 3600.0
"""The same for a gap that no camera makes; MP4 cannot hold one of seven hours."""
KEYFRAME_EVERY_S = 1.0
"""Players can only jump to keyframes; at this spacing they cost a few percent of the file."""
FRAGMENT_US = 250_000
"""How much video waits in memory before it is on the disk, in microseconds; a killed recording loses this much."""
LETTERBOX_BGR = (0, 0, 0)

# An MP4 is written in pieces that play as they are; when it is closed properly it becomes an ordinary file, which
# more players can seek in. Its head waits for the first frame, whose time it tells. Matroska needs no such care.
MP4_OPTIONS = {
    "movflags": "hybrid_fragmented+delay_moov",
    "frag_duration": str(FRAGMENT_US),
    "flush_packets": "1",
}
MUXERS = {
    ".mp4": ("mp4", MP4_OPTIONS),
    ".m4v": ("mp4", MP4_OPTIONS),
    ".mov": ("mov", MP4_OPTIONS),
    ".mkv": ("matroska", {"cluster_time_limit": str(FRAGMENT_US // 1000), "flush_packets": "1"}),
}
LOSSLESS = 0
"""The quality (crf) at which every pixel comes back as it was: kept as RGB, for YUV rounds. Few players show that."""
# OpenCV turns BGR into BT.601 colours of limited range. Players guess BT.709 for large pictures unless told.
COLOURS = {"colorspace": 6, "color_primaries": 6, "color_trc": 6, "color_range": 1}


FAILURES = (OSError, MemoryError, av.FFmpegError, av.codec.codec.UnknownCodecError, cv2.error)
"""What can go wrong with an encoder: the disk, a picture too large for it, a PyAV that was built without x264."""


class Timeline:
    """Gives each frame its tick: strictly later than the last, whatever the clock does."""

    def __init__(self, starts_at_s: float | None = 0.0) -> None:
        self._origin_s = starts_at_s
        self._first: int | None = None
        self._last = -1
        self._frames = 0

    def tick(self, time_s: float) -> int:
        """Return the tick of a frame taken at `time_s`."""
        if self._origin_s is None:
            self._origin_s = time_s
        wanted = round((time_s - self._origin_s) * TICKS_PER_S)
        if not -CLOCK_WAS_SET_BACK_S < (wanted - self._last) / TICKS_PER_S < CLOCK_WAS_SET_FORWARD_S:
            wanted = self._last + self.typical_step()
            self._origin_s = time_s - wanted / TICKS_PER_S
        self._last = max(wanted, self._last + 1)
        self._first = self._last if self._first is None else self._first
        self._frames += 1
        return self._last

    def typical_step(self) -> int:
        """Return the mean time between frames so far, in ticks: how long the last frame is taken to last."""
        if self._frames < 2:
            return round(TICKS_PER_S / TYPICAL_FPS)
        return max(1, round((self._last - self._first) / (self._frames - 1)))


class VideoEncoder:
    """Writes one video file, frame by frame, on the caller's thread; a context manager, which finishes the file.

    Args:
        output: the file, open and empty; its suffix, one of `MUXERS`, chooses the container. It is closed at the end.
        crf: x264's constant rate factor: `LOSSLESS`, 23 is its usual, 51 is the worst.
        preset: x264's balance between speed and size.
        starts_at_s: the frame time at which the video's clock reads 0; None for the first frame's.

    Raises:
        OutputError: from `add` and on leaving, when writing fails. What was written until then still plays.

    Example:
        with VideoEncoder(OutputFile(Path("out.mp4")), crf=23, preset="ultrafast") as encoder:
            encoder.add(image, time_s=0.0)
    """

    def __init__(self, output: OutputFile, crf: int, preset: str, starts_at_s: float | None = 0.0) -> None:
        self._file = output
        self._x264 = {"preset": preset, "crf": str(crf), "tune": "zerolatency", "forced-idr": "1", "threads": "1"}
        self._is_lossless = crf == LOSSLESS
        self._timeline = Timeline(starts_at_s)
        self._next_keyframe = self._head_bytes = 0
        self._container: av.container.OutputContainer | None = None
        self._stream: av.VideoStream | None = None

    def add(self, image: np.ndarray, time_s: float) -> None:
        """Append a picture.

        Args:
            image: (H, W, 3) uint8, BGR; fitted into the first picture's size when it has another.
            time_s: when it was taken, on the clock of `starts_at_s`.
        """
        try:
            if self._stream is None:
                self._open(*(image.shape[1::-1] if self._is_lossless else even_size(image)))
            self._encode(image, self._timeline.tick(time_s))
        except FAILURES as error:
            raise OutputError(
                "{path}: the recording has ended, as encoding failed ({error})", path=self._file.path, error=error
            ) from error

    def __enter__(self) -> VideoEncoder:
        return self

    def __exit__(self, failure: type[BaseException] | None, *_details: object) -> None:
        """Finish the file; after a failure as well as it can, so that the failure is what the caller hears of."""
        if failure is not None:
            with suppress(OutputError):
                self._finish()
        else:
            self._finish()

    def _finish(self) -> None:
        try:
            if self._container is not None:
                self._mux(None)
                self._container.close()
                self._file.mark_whole()
        except FAILURES as error:
            raise OutputError(
                "{path}: may lack its end, as finishing failed ({error})", path=self._file.path, error=error
            ) from error
        finally:
            self._file.close()

    def _open(self, width: int, height: int) -> None:
        muxer, options = MUXERS[self._file.path.suffix.lower()]
        self._container = av.open(self._file, "w", format=muxer, options=options)
        name, pixels = ("libx264rgb", "bgr24") if self._is_lossless else ("libx264", "yuv420p")
        self._stream = self._container.add_stream(name, rate=round(TYPICAL_FPS), options=self._x264)
        codec = self._stream.codec_context
        codec.width, codec.height, codec.pix_fmt = width, height, pixels
        codec.time_base = Fraction(1, TICKS_PER_S)
        for name, value in ({} if self._is_lossless else COLOURS).items():
            setattr(codec, name, value)
        self._container.start_encoding()
        self._head_bytes = self._file.tell()

    def _encode(self, image: np.ndarray, tick: int) -> None:
        fitted = fit(image, self._stream.codec_context.width, self._stream.codec_context.height)
        if self._is_lossless:
            frame = av.VideoFrame.from_ndarray(fitted, format="bgr24")
        else:
            frame = av.VideoFrame.from_ndarray(cv2.cvtColor(fitted, cv2.COLOR_BGR2YUV_I420), format="yuv420p")
        frame.pts, frame.time_base = tick, Fraction(1, TICKS_PER_S)
        if tick >= self._next_keyframe:
            self._file.check_still_there()
            frame.pict_type = PictureType.I
            self._next_keyframe = tick + round(KEYFRAME_EVERY_S * TICKS_PER_S)
        self._mux(frame)

    def _mux(self, frame: av.VideoFrame | None) -> None:
        for packet in self._stream.encode(frame):
            packet.duration = self._timeline.typical_step()
            self._container.mux(packet)
            if self._file.tell() > self._head_bytes:  # a head without a frame must not replace an older recording
                self._file.mark_whole()


def even_size(image: np.ndarray) -> tuple[int, int]:
    """Round width and height of `image` up to even numbers, which colour at half size needs."""
    height, width = image.shape[:2]
    return width + width % 2, height + height % 2


def fit(image: np.ndarray, width: int, height: int) -> np.ndarray:
    """Fit the picture into a frame of the given size: as it is up to a pixel, else shrunk or enlarged, with bars.

    Args:
        image: (H, W, 3) uint8, BGR.
        width: in pixels.
        height: in pixels.

    Returns:
        (height, width, 3) uint8; `image` itself where nothing had to change.
    """
    if image.shape[:2] == (height, width):
        return image
    if even_size(image) == (width, height):
        return cv2.copyMakeBorder(
            image, 0, height - image.shape[0], 0, width - image.shape[1], borderType=cv2.BORDER_REPLICATE
        )
    scale = min(width / image.shape[1], height / image.shape[0])
    inner_w, inner_h = (max(1, round(side * scale)) for side in image.shape[1::-1])
    left, top = (width - inner_w) // 2, (height - inner_h) // 2
    canvas = np.full((height, width, 3), LETTERBOX_BGR, np.uint8)
    inside = canvas[top : top + inner_h, left : left + inner_w]
    inside[:] = cv2.resize(image, (inner_w, inner_h), interpolation=cv2.INTER_AREA)
    return canvas
