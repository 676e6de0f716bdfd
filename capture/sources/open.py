"""The front door of all that frames come from: camera, video, photo, folder, glob, stream, demo, drawing sheet."""

from __future__ import annotations

import os
import re
from pathlib import Path

import cv2

from capture.sources.base import Source, SourceError, SourceOptions
from capture.sources.camera import CameraSource
from capture.sources.canvas import DrawSource
from capture.sources.demo import open_demo
from capture.sources.image_file import is_picture_data
from capture.sources.photos import is_picture_name, open_folder, open_glob, open_photo
from capture.sources.video import VideoSource

__all__ = ["Source", "SourceError", "SourceOptions", "open_source"]

OPENCV_SETTINGS = {  # read by OpenCV when it opens the first video or camera
    "OPENCV_FFMPEG_LOGLEVEL": "-8",  # FFmpeg's AV_LOG_QUIET
    "OPENCV_VIDEOIO_V4L_SELECT_TIMEOUT": "3",  # seconds until a camera that sends nothing fails; 10 unless told
    "OPENCV_VIDEOIO_MSMF_ENABLE_HW_TRANSFORMS": "0",  # else Windows takes up to 30 s to open some cameras
}
DEFAULT_OPTIONS = SourceOptions()
CAMERA = re.compile(r"\d+|/dev/.+")
DEMO = re.compile(r"demo(:.*)?")
STREAM = re.compile(r"(https?|rtsps?)://.+", re.IGNORECASE)
GLOB_SIGNS = re.compile(r"[*?[]")
KINDS = "a camera number, file, folder, 'glob', http:// or rtsp:// address, demo[:SEED] or draw"


def open_source(spec: str, options: SourceOptions = DEFAULT_OPTIONS) -> Source:
    """Opens what `spec` names; use the result in a `with` block.

    Args:
        spec: `0`, `/dev/video2`; a video, photo, folder or glob of photos; `http(s)://` or `rtsp://`;
            `demo`, `demo:SEED`; `draw`. A file that happens to have such a name is meant by `./demo`.
        options: what to ask of the source.

    Raises:
        SourceError: there is no such source, or it cannot be opened.
    """
    hush_opencv()
    if CAMERA.fullmatch(spec):
        return CameraSource(int(spec) if spec.isdecimal() else spec, options)
    if DEMO.fullmatch(spec):
        return open_demo(spec, options)
    if spec == "draw":
        return DrawSource(options)
    if STREAM.fullmatch(spec):
        from capture.sources.stream import open_stream  # noqa: PLC0415 - Python's http client takes 0.1 s to load

        return open_stream(spec)
    return _open_path(spec, options)


def _open_path(spec: str, options: SourceOptions) -> Source:
    """Opens a file, folder or glob; a path that exists is never taken for a glob."""
    path = Path(spec).expanduser()
    if not spec or not path.exists():
        if GLOB_SIGNS.search(spec):
            return open_glob(str(path))
        raise SourceError(f"{spec or repr(spec)}: no such file or folder; --source takes {KINDS}")
    if path.is_dir():
        return open_folder(path)
    if is_picture_name(path) or is_picture_data(path):
        return open_photo(path)
    return VideoSource(path, options.paced)


def hush_opencv() -> None:
    """Turns OpenCV's and FFmpeg's own messages off and shortens its waits; what the user has set stays as it is."""
    for variable, value in OPENCV_SETTINGS.items():
        os.environ.setdefault(variable, value)
    if "OPENCV_LOG_LEVEL" not in os.environ:
        cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)
