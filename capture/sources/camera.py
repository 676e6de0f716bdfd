"""A camera as a source: opened with the settings asked for, and a helpful word when there is none."""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import cv2
import numpy as np

from capture import advice
from capture.language import tr
from capture.sources.base import SourceError, SourceOptions
from capture.sources.live import LiveSource
from capture.types import NO_IMAGE
from model.stderr import muted_stderr

LOST_AFTER_S = 1.0  # of failed reads; some cameras drop a few while they wake
MISS_PAUSE_S = 0.05
RAW_PIXELS = 640 * 480  # larger pictures come at full rate over USB 2 only as JPEG
SAME_FPS = 0.5  # 29.97 is as good as 30
MJPG = cv2.VideoWriter.fourcc(*"MJPG")
PROBED_CAMERAS = range(5)
BACKENDS = {"linux": cv2.CAP_V4L2, "darwin": cv2.CAP_AVFOUNDATION, "win32": cv2.CAP_DSHOW}
TO_BGR = {1: cv2.COLOR_GRAY2BGR, 4: cv2.COLOR_BGRA2BGR}  # by the number of channels

Device = int | str


class Capture(Protocol):
    """The part of `cv2.VideoCapture` that is used here."""

    def isOpened(self) -> bool:  # noqa: N802 - OpenCV's name
        """Say whether the device could be opened."""

    def read(self) -> tuple[bool, np.ndarray | None]:
        """Read the next frame: whether there is one, and the frame."""

    def get(self, prop: int) -> float:
        """Give a setting as granted."""

    def set(self, prop: int, value: float) -> bool:
        """Ask for a setting."""

    def release(self) -> None:
        """Give the device back."""


OpenCapture = Callable[[Device, int], Capture]


class CameraMissingError(SourceError):
    """The camera cannot be opened, now."""


class CameraFeed:
    """An open camera, as `capture.sources.live` reads it; it gives every picture, so `skipped` is 0."""

    skipped = 0

    def __init__(self, capture: Capture) -> None:
        self._capture = capture

    def read(self) -> np.ndarray | None:
        """Wait for the next picture, (H, W, 3) uint8 BGR; None when reads have failed for a while."""
        deadline_s = time.perf_counter() + LOST_AFTER_S
        while True:
            image = self._read_once()
            if image.size:
                return image
            if time.perf_counter() > deadline_s:
                return None
            time.sleep(MISS_PAUSE_S)

    def _read_once(self) -> np.ndarray:
        try:
            is_there, pixels = self._capture.read()
        except cv2.error:  # a torn picture of some drivers
            is_there = False
        return as_bgr(pixels) if is_there and pixels is not None else NO_IMAGE

    def close(self) -> None:
        """Give the camera back."""
        self._capture.release()


class CameraSource(LiveSource):
    """The newest picture of a camera; `opened_as` tells what the camera granted."""

    def __init__(self, device: Device, options: SourceOptions, open_capture: OpenCapture = cv2.VideoCapture) -> None:
        self._device = device
        self._options = options
        self._open_capture = open_capture
        self._granted = ""
        try:
            super().__init__(str(device), "camera", self._connect)
        except CameraMissingError as error:
            raise SourceError("{error} {ways_on}", error=error, ways_on=_ways_on(device, open_capture)) from error
        self.opened_as = tr("camera {device}: {granted}", device=device, granted=self._granted)

    def _connect(self) -> CameraFeed:
        capture = open_camera(self._device, self._open_capture)
        if capture is None:
            raise CameraMissingError("camera {device}: cannot be opened", device=self._device)
        _ask_for(capture, self._options)
        self.fps = max(0.0, capture.get(cv2.CAP_PROP_FPS)) or None
        self._granted = describe(capture, self._options)
        return CameraFeed(capture)


def open_camera(device: Device, open_capture: OpenCapture = cv2.VideoCapture) -> Capture | None:
    """Open a camera by number or path; None when it cannot be opened."""
    capture = open_capture(device, BACKENDS.get(sys.platform, cv2.CAP_ANY))
    if capture.isOpened():
        return capture
    capture.release()
    return None


def working_cameras(open_capture: OpenCapture = cv2.VideoCapture) -> list[int]:
    """List the numbers of the cameras that open now."""
    with muted_stderr():
        return [number for number in _camera_numbers() if _opens(number, open_capture)]


def describe(capture: Capture, options: SourceOptions) -> str:
    """Say what the camera granted, and what was asked if that differs: "640x480 at 30 fps (asked 1280x720)"."""
    size = tuple(round(capture.get(p)) for p in (cv2.CAP_PROP_FRAME_WIDTH, cv2.CAP_PROP_FRAME_HEIGHT))
    fps = capture.get(cv2.CAP_PROP_FPS)
    granted, asked = size_and_rate(*size, fps), size_and_rate(*options.size)
    if fps > 0 and abs(fps - options.fps) > SAME_FPS:
        asked = size_and_rate(*options.size, options.fps)
    elif size == options.size:
        return granted
    return tr("{granted} (asked {asked})", granted=granted, asked=asked)


def size_and_rate(width: int, height: int, fps: float = 0.0) -> str:
    """Write a picture's size in pixels, and its frames a second where they are known (not 0)."""
    if fps <= 0:
        return f"{width}x{height}"
    return tr("{width}x{height} at {fps:g} fps", width=width, height=height, fps=fps)


def as_bgr(pixels: np.ndarray) -> np.ndarray:
    """Convert what a driver or decoder gave to BGR bytes: infrared and depth cameras give other channels and depths.

    Args:
        pixels: (H, W), (H, W, 1), (H, W, 3) BGR or (H, W, 4) BGRA; of any depth, floats being from 0 to 1.

    Returns:
        (H, W, 3) uint8 BGR: `pixels` itself where it has that form already; empty when it is no picture at all.
    """
    if pixels.ndim == 3 and pixels.shape[2] == 3 and pixels.dtype == np.uint8:
        return pixels
    channels = {2: 1, 3: pixels.shape[-1]}.get(pixels.ndim) if pixels.ndim else None
    if channels not in (3, *TO_BGR) or not pixels.size or pixels.dtype.kind not in "biuf":
        return NO_IMAGE
    levels = _as_bytes(pixels)
    return cv2.cvtColor(levels, TO_BGR[channels]) if channels in TO_BGR else levels


def _as_bytes(pixels: np.ndarray) -> np.ndarray:
    """Scale the same brightness to levels from 0 to 255; what is not a number is black."""
    white = np.iinfo(pixels.dtype).max if pixels.dtype.kind in "iu" else 1
    shares = np.nan_to_num(np.clip(pixels, 0, white)) / np.float32(white)
    return np.ascontiguousarray(np.rint(255 * shares).astype(np.uint8))


def _opens(number: int, open_capture: OpenCapture) -> bool:
    capture = open_camera(number, open_capture)
    if capture is not None:
        capture.release()
    return capture is not None


def _ask_for(capture: Capture, options: SourceOptions) -> None:
    """Ask for size and rate; the pixel format comes first, since it decides which sizes there are (V4L2)."""
    if options.width * options.height > RAW_PIXELS:
        capture.set(cv2.CAP_PROP_FOURCC, MJPG)
    capture.set(cv2.CAP_PROP_FRAME_WIDTH, options.width)
    capture.set(cv2.CAP_PROP_FRAME_HEIGHT, options.height)
    capture.set(cv2.CAP_PROP_FPS, options.fps)


def _camera_numbers() -> list[int]:
    """List the numbers worth probing: on Linux those of the device files."""
    if sys.platform != "linux":
        return list(PROBED_CAMERAS)
    names = (re.fullmatch(r"video(\d+)", path.name) for path in Path("/dev").glob("video*"))
    return sorted(int(name[1]) for name in names if name)


def _ways_on(device: Device, open_capture: OpenCapture) -> str:
    """Word the end of the error line for a camera that cannot be opened: what does open, and what to do."""
    others = [number for number in working_cameras(open_capture) if number != device]
    found = (
        tr("cameras that open: {names}", names=", ".join(map(str, others))) if others else tr("no other camera opens")
    )
    path = Path(device if isinstance(device, str) else f"/dev/video{device}")
    way_on = advice.for_camera(sys.platform, path.parent, path.name)
    return tr("({found}); {way_on}; or try --source demo, or a photo: --source PHOTO.jpg", found=found, way_on=way_on)
