"""The front door of all that frames come from: camera, video, photo, folder, glob, stream, demo, drawing sheet."""

from __future__ import annotations

import re
from pathlib import Path

from capture.sources.base import Source, SourceError, SourceOptions
from capture.sources.camera import CameraSource
from capture.sources.canvas import DrawSource
from capture.sources.demo import open_demo
from capture.sources.image_file import is_picture_data
from capture.sources.photos import is_picture_name, open_folder, open_glob, open_photo
from capture.sources.quiet import hush_opencv
from capture.sources.video import VideoSource

__all__ = ["Source", "SourceError", "SourceOptions", "open_source"]

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
