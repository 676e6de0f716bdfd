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

from capture.quiet import muted_stderr
from capture.source_base import SourceError, SourceOptions
from capture.source_live import LiveSource

MAX_MISSES = 10  # failed reads in a row before the camera counts as lost: some drop a few while they wake
MISS_PAUSE_S = 0.05
RAW_PIXELS = 640 * 480  # larger pictures come at full rate over USB 2 only as JPEG
MJPG = cv2.VideoWriter.fourcc(*"MJPG")
PROBED_CAMERAS = range(5)
BACKENDS = {"linux": cv2.CAP_V4L2, "darwin": cv2.CAP_AVFOUNDATION, "win32": cv2.CAP_DSHOW}
WAYS_ON = "try --source demo, or a photo: --source PHOTO.jpg"

Device = int | str


class Capture(Protocol):
    """The part of `cv2.VideoCapture` that is used here."""

    def isOpened(self) -> bool:  # noqa: N802 - OpenCV's name
        """Whether the device could be opened."""

    def read(self) -> tuple[bool, np.ndarray | None]:
        """Whether there is a next frame, and the frame."""

    def get(self, prop: int) -> float:
        """A setting as granted."""

    def set(self, prop: int, value: float) -> bool:
        """Asks for a setting."""

    def release(self) -> None:
        """Gives the device back."""


OpenCapture = Callable[[Device, int], Capture]


class CameraFeed:
    """An open camera."""

    def __init__(self, capture: Capture) -> None:
        self._capture = capture

    def read(self) -> np.ndarray | None:
        """The next picture, (H, W, 3) uint8 BGR; None when several reads in a row have failed."""
        for _ in range(MAX_MISSES):
            is_there, image = self._capture.read()
            if is_there and image is not None and image.size:
                return image
            time.sleep(MISS_PAUSE_S)
        return None

    def close(self) -> None:
        """Gives the camera back."""
        self._capture.release()


class CameraSource(LiveSource):
    """The newest picture of a camera; `opened_as` tells what the camera granted."""

    def __init__(self, device: Device, options: SourceOptions, open_capture: OpenCapture = cv2.VideoCapture) -> None:
        self._device = device
        self._options = options
        self._open_capture = open_capture
        self._granted = ""
        super().__init__(str(device), "camera", self._connect)
        self.opened_as = f"camera {device}: {self._granted}"

    def _connect(self) -> CameraFeed:
        capture = open_camera(self._device, self._open_capture)
        if capture is None:
            raise SourceError(_why_no_camera(self._device, self._open_capture))
        _ask_for(capture, self._options)
        self.fps = capture.get(cv2.CAP_PROP_FPS) or None
        self._granted = describe(capture, self._options)
        return CameraFeed(capture)


def open_camera(device: Device, open_capture: OpenCapture = cv2.VideoCapture) -> Capture | None:
    """Opens a camera by number or path, silently; None when it cannot be opened."""
    backend = BACKENDS.get(sys.platform, cv2.CAP_ANY)
    with muted_stderr():
        capture = open_capture(device, backend)
    if capture.isOpened():
        return capture
    capture.release()
    return None


def working_cameras(open_capture: OpenCapture = cv2.VideoCapture) -> list[int]:
    """The numbers of the cameras that open now."""
    numbers = []
    for number in _camera_numbers():
        capture = open_camera(number, open_capture)
        if capture is not None:
            capture.release()
            numbers.append(number)
    return numbers


def describe(capture: Capture, options: SourceOptions) -> str:
    """What the camera granted, and what was asked where that differs, as in "640x480 at 30 fps (asked 1280x720)"."""
    size = tuple(round(capture.get(p)) for p in (cv2.CAP_PROP_FRAME_WIDTH, cv2.CAP_PROP_FRAME_HEIGHT))
    granted = f"{size[0]}x{size[1]} at {capture.get(cv2.CAP_PROP_FPS):g} fps"
    return granted if size == options.size else f"{granted} (asked {options.width}x{options.height})"


def _ask_for(capture: Capture, options: SourceOptions) -> None:
    """Asks for size and rate; the pixel format comes first, since it decides which sizes there are (V4L2)."""
    if options.width * options.height > RAW_PIXELS:
        capture.set(cv2.CAP_PROP_FOURCC, MJPG)
    capture.set(cv2.CAP_PROP_FRAME_WIDTH, options.width)
    capture.set(cv2.CAP_PROP_FRAME_HEIGHT, options.height)
    capture.set(cv2.CAP_PROP_FPS, options.fps)


def _camera_numbers() -> list[int]:
    """Numbers worth probing: on Linux those of the device files."""
    if sys.platform != "linux":
        return list(PROBED_CAMERAS)
    names = (re.fullmatch(r"video(\d+)", path.name) for path in Path("/dev").glob("video*"))
    return sorted(int(name[1]) for name in names if name)


def _why_no_camera(device: Device, open_capture: OpenCapture) -> str:
    """The error line for a camera that cannot be opened, with what does open and the ways on."""
    others = [number for number in working_cameras(open_capture) if number != device]
    found = f"cameras that open: {', '.join(map(str, others))}" if others else "no other camera opens"
    return f"camera {device}: cannot be opened ({found}); {_platform_hint()}{WAYS_ON}"


def _platform_hint() -> str:
    """What most often keeps a camera from opening on this kind of computer."""
    if sys.platform == "darwin":
        return "allow the terminal under System Settings > Privacy & Security > Camera, or "
    if sys.platform == "linux" and _is_wsl():
        return "WSL sees no camera until it is attached with usbipd, or "
    return "close programs that use it, or "


def _is_wsl() -> bool:
    version = Path("/proc/version")
    return version.exists() and "microsoft" in version.read_text().lower()
