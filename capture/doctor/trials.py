"""Trials of camera and recorder that the doctor makes: short, and undone at once."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from http import HTTPStatus
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import cv2
import numpy as np

from capture.language import current_language, tr
from capture.sinks.video import VideoSink
from capture.sources.camera import Capture
from capture.types import Frame
from capture.web.address import listen

WARM_UP_FRAMES = 5  # the first pictures of many cameras are black
CLIP_FRAMES, CLIP_FPS, CLIP_SIZE = 30, 15, (320, 240)
CLIP_STEP_LEVELS = 7  # each frame of the clip is lighter by this, so that reading it again tells frames apart
PAGE_ANSWER_S = 5.0
CLIP_TOLERANCE_LEVELS = 3  # what compression may change


@dataclass(frozen=True)
class CameraTrial:
    """What a camera gave: its picture, (H, W, 3) uint8 or None, its rate (0 if unknown), OpenCV's way to it."""

    picture: np.ndarray | None
    fps: float
    backend: str
    wait_s: float


def try_camera(open_camera: Callable[[], Capture | None], clock: Callable[[], float]) -> CameraTrial | None:
    """Open a camera and take a few pictures; None when it does not open."""
    start_s = clock()
    capture = open_camera()
    if capture is None:
        return None
    try:
        pictures = [image for is_there, image in (capture.read() for _ in range(WARM_UP_FRAMES)) if is_there]
        picture = pictures[-1] if pictures and pictures[-1].size else None
        return CameraTrial(picture, capture.get(cv2.CAP_PROP_FPS), capture.getBackendName(), clock() - start_s)
    finally:
        capture.release()


def try_recording(path: Path, record: Callable[[Path], VideoSink]) -> str:
    """Record a clip and read it again; returns what went wrong, "" for nothing.

    Raises:
        DigitsError: the recording cannot be opened.
    """
    with record(path) as sink:
        for index in range(CLIP_FRAMES):
            image = np.full((CLIP_SIZE[1], CLIP_SIZE[0], 3), CLIP_STEP_LEVELS * (index + 1), np.uint8)
            sink.write(Frame(image, index, index / CLIP_FPS, "doctor"), image, [])
    return sink.problem or _compare_clip(path)


def try_page() -> int:
    """Serve the browser page for a moment and ask for it, as a browser would; returns its port.

    Raises:
        DigitsError: no port can be listened on.
        OSError: the page does not answer.
        ImportError: a package that it needs is missing.
    """
    from capture.web.exchange import Exchange  # noqa: PLC0415 - aiohttp may be missing, which is for the doctor to find
    from capture.web.number_log import NumberLog  # noqa: PLC0415
    from capture.web.server import PageServer  # noqa: PLC0415

    listener = listen()
    with PageServer(listener, Exchange(), NumberLog(), source=None, language=current_language()) as server:
        address = urlsplit(server.url)
        connection = HTTPConnection(address.hostname, address.port, timeout=PAGE_ANSWER_S)
        with closing(connection):
            connection.request("GET", f"{address.path}?{address.query}")
            status = connection.getresponse().status
    if status >= HTTPStatus.BAD_REQUEST:
        raise OSError(f"HTTP {status}")
    return listener.port


def _compare_clip(path: Path) -> str:
    """Say what is wrong with the clip, read again."""
    capture = cv2.VideoCapture(str(path))
    levels = []
    while (frame := capture.read())[0]:
        levels.append(frame[1].mean())
    capture.release()
    if len(levels) != CLIP_FRAMES:
        return tr("of {count} frames written, {readable} can be read again", count=CLIP_FRAMES, readable=len(levels))
    off = np.abs(np.array(levels) - CLIP_STEP_LEVELS * np.arange(1, CLIP_FRAMES + 1)).max()
    return tr("the clip read again differs by {off:.0f} grey levels", off=off) if off > CLIP_TOLERANCE_LEVELS else ""
