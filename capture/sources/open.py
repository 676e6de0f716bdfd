"""Opens the source that a name stands for: camera, video, photos, stream, demo, drawing sheet, browser page."""

from __future__ import annotations

import os
import re
import stat
from pathlib import Path
from urllib.parse import urlsplit

import cv2

from capture.language import translatable, translate
from capture.sources.base import Source, SourceError, SourceOptions, without_password
from capture.sources.browser import NAME as BROWSER
from capture.sources.browser import BrowserSource
from capture.sources.camera import CameraSource
from capture.sources.canvas import DrawSource
from capture.sources.demo import open_demo
from capture.sources.video import VideoSource

__all__ = ["Source", "SourceError", "SourceOptions", "open_source"]

OPENCV_SETTINGS = {  # read by OpenCV when it opens the first video or camera
    "OPENCV_FFMPEG_LOGLEVEL": "-8",  # FFmpeg's AV_LOG_QUIET
    "OPENCV_VIDEOIO_V4L_SELECT_TIMEOUT": "3",  # seconds until a camera that sends nothing fails; 10 unless told
    "OPENCV_VIDEOIO_MSMF_ENABLE_HW_TRANSFORMS": "0",  # else Windows takes up to 30 s to open some cameras
}
DEFAULT_OPTIONS = SourceOptions()
CAMERA = re.compile(r"[0-9]+|/dev/.+")
MAX_CAMERA_DIGITS = 4  # more is a slip of the hand, and from ten digits on no number of OpenCV's
DEMO = re.compile(r"demo(:.*)?")
NO_PATH = re.compile(r"[0-9]+|demo(:.*)?")  # although there may be a file or folder of this name
STREAM = re.compile(r"(https?|rtsps?)://.+", re.IGNORECASE)
BARE_ADDRESS = re.compile(r"(\S+@)?(\d+(\.\d+){3}(:\d+)?|[\w.-]+:\d+)(/\S*)?$")  # as phones show it: 192.168.1.20:8080
FILE_ADDRESS = re.compile(r"file://(localhost)?/", re.IGNORECASE)
KINDS = translatable("a camera number, file, folder, 'glob', http:// or rtsp:// address, demo[:SEED], draw or browser")


def open_source(spec: str, options: SourceOptions = DEFAULT_OPTIONS) -> Source:
    """Open what `spec` names; use the result in a `with` block.

    Args:
        spec: `0`, `/dev/video2`; a video, photo, folder or glob of photos; `http(s)://` or `rtsp://`;
            `demo`, `demo:SEED`; `draw`; `browser`. A file that happens to have such a name is meant by `./demo`.
        options: what to ask of the source.

    Raises:
        SourceError: there is no such source, or it cannot be opened.
    """
    silence_opencv()
    try:
        source = _open_kind(spec, options)
    except SourceError as error:
        if NO_PATH.fullmatch(spec) and os.path.lexists(spec):
            raise SourceError(
                "{error}; for the file or folder of this name: ./{spec}", error=error, spec=spec
            ) from error
        raise
    source.is_mirrored = options.is_mirrored
    return source


def _open_kind(spec: str, options: SourceOptions) -> Source:
    """Open the kind of source that such a name stands for."""
    if CAMERA.fullmatch(spec) and not _is_file_of_memory(spec):
        return CameraSource(_device(spec), options)
    if DEMO.fullmatch(spec):
        return open_demo(spec, options)
    if spec == "draw":
        return DrawSource(options)
    if spec == BROWSER:
        return BrowserSource()
    if STREAM.fullmatch(spec):
        from capture.sources.network.stream import open_stream  # noqa: PLC0415 - Python's http client takes 0.1 s to load

        return open_stream(spec, options)
    return _open_path(spec, options)


def _is_file_of_memory(spec: str) -> bool:
    """Say whether a path below /dev leads to no device: to a file in /dev/shm, or to what a shell pipes in."""
    mode = _mode_of(Path(spec), spec) if not spec.isdecimal() else None
    return mode is not None and not stat.S_ISCHR(mode)


def _device(spec: str) -> int | str:
    """Give a camera as OpenCV names it."""
    if not spec.isdecimal():
        return spec
    if len(spec.lstrip("0")) > MAX_CAMERA_DIGITS:
        raise SourceError("{spec}: there is no such camera; cameras are numbered from 0", spec=spec)
    return int(spec)


def _open_path(spec: str, options: SourceOptions) -> Source:
    """Open a file, folder or glob; a path that exists is never taken for a glob."""
    from capture.sources import photos  # noqa: PLC0415 - Pillow takes 0.1 s to load, and a camera needs none

    if FILE_ADDRESS.match(spec):  # as browsers and file managers write a path
        from urllib.request import url2pathname  # noqa: PLC0415 - takes 0.1 s to load

        spec = url2pathname(urlsplit(spec).path)
    path = Path(os.path.expanduser(spec))  # noqa: PTH111 - Path's raises for the home of nobody, as in ~backup.jpg
    mode = _mode_of(path, spec)
    if mode is None:
        shown = without_password(spec)
        if photos.GLOB_CHARACTERS.search(spec):
            return photos.open_glob(str(path), options.max_pixels, shown)
        if BARE_ADDRESS.match(spec):
            raise SourceError("{name}: no such file; the address of a camera begins so: http://{name}", name=shown)
        raise SourceError(
            "{name}: no such file or folder; --source takes {kinds}", name=shown or repr(shown), kinds=translate(KINDS)
        )
    if stat.S_ISDIR(mode):
        return photos.open_folder(path, options.max_pixels)
    if not stat.S_ISREG(mode):
        raise SourceError("{spec}: is no ordinary file; --source takes {kinds}", spec=spec, kinds=translate(KINDS))
    if photos.is_page_name(path) or photos.is_page_data(path):
        return photos.open_photo(path, options.max_pixels)
    return VideoSource(path, options.is_paced)


def _mode_of(path: Path, spec: str) -> int | None:
    """Give the kind of a file, as `stat` does; None when there is none of this name.

    Raises:
        SourceError: one may not look at it.
    """
    try:
        return path.stat().st_mode if spec else None
    except PermissionError as error:
        raise SourceError(
            "{spec}: cannot be opened (permission denied); check your rights to its folder", spec=spec
        ) from error
    except (OSError, ValueError):  # not there, too long for a name, or with a null in it
        return None


def silence_opencv() -> None:
    """Turn off OpenCV's and FFmpeg's own messages, and shorten their waits; what the user has set stays as it is."""
    for variable, value in OPENCV_SETTINGS.items():
        os.environ.setdefault(variable, value)
    if "OPENCV_LOG_LEVEL" not in os.environ:
        cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)
