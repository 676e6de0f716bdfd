"""A video file as a source: every frame, at the time the file gives it, turned upright as its metadata says.

OpenCV's FFmpeg reader gives the same frames and times as PyAV (variable frame rates and late starts too) at much the
same speed, is loaded already, and can be read on past damage, where PyAV's decoding ends. PyAV reads what OpenCV has no
decoder for.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np

from capture.language import system_words, tr
from capture.sources.base import Pacer, Source, SourceError
from capture.types import Frame

if TYPE_CHECKING:
    from capture.sources.av_reader import AvReader

MAX_MISSES = 300  # undecodable frames in a row before we believe in the end: the longest usual key frame interval
USUAL_FPS = 30.0
START_BYTES = 1000  # of a file tell what it is
DOCUMENT_STARTS = (  # zip, as new Office files are; old Office; RTF; gzip; bzip2; xz; 7z; RAR
    *(b"PK\3\4", b"PK\5\6", b"\xd0\xcf\x11\xe0", b"{\\rtf"),
    *(b"\x1f\x8b", b"BZh", b"\xfd7zXZ\0", b"7z\xbc\xaf\x27\x1c", b"Rar!"),
)
MAX_CHARACTER_BYTES = 4  # in UTF-8
MAX_MISSING_S = 1.0  # at the end of a whole file: audio and rounding take less


class VideoSource(Source):
    """Yields the frames of a video file, each with the file's own time, the first at 0 or a little after.

    Args:
        path: the file.
        is_paced: whether the frames come at their true speed, not as fast as they can be read.

    Raises:
        SourceError: it is no video.
    """

    def __init__(self, path: Path, is_paced: bool = False) -> None:
        self._capture = _open_capture(path)
        self.paths = (path,)
        self.fps = self._capture.get(cv2.CAP_PROP_FPS) or None
        self.length = max(0, int(self._capture.get(cv2.CAP_PROP_FRAME_COUNT))) or None
        self.size = tuple(int(self._capture.get(p)) for p in (cv2.CAP_PROP_FRAME_WIDTH, cv2.CAP_PROP_FRAME_HEIGHT))
        super().__init__(
            str(path),
            tr(
                "{path}: {width}x{height}, {fps:.4g} fps",
                path=path,
                width=self.size[0],
                height=self.size[1],
                fps=self.fps or 0,
            ),
        )
        self._path = path
        self._pacer = Pacer() if is_paced else None
        self._has_damage = False

    def __iter__(self) -> Iterator[Frame]:
        """Yield all frames, going on past damaged ones.

        Raises:
            SourceError: after the last frame, when the file breaks off before its end.
        """
        time_s, index = -1.0, 0
        while (image := self._next_image()) is not None:
            time_s = self._time_after(time_s)
            if self._pacer:
                self._pacer.wait_until(time_s)
            yield Frame(image, index, time_s, self.name)
            index += 1
        if not self._capture.isOpened():
            return  # closed meanwhile
        if not index:
            raise SourceError("{path}: holds no frame that can be decoded; record or export it again", path=self._path)
        self._refuse_broken_end(time_s)

    def note(self) -> str:
        """Say so when frames had to be left out."""
        return tr("damaged frames left out") if self._has_damage else ""

    def close(self) -> None:
        """Close the file."""
        self._capture.release()

    def _next_image(self) -> np.ndarray | None:
        """Give the next frame that can be decoded, (H, W, 3) uint8 BGR; None at the end."""
        for misses in range(MAX_MISSES):
            try:
                is_there, image = self._capture.read()
            except (cv2.error, MemoryError):
                is_there = False
            if is_there:
                self._has_damage |= misses > 0
                return image
        return None

    def _time_after(self, previous_s: float) -> float:
        """Give the current frame's time; a file with times that stand still or jump back gets a steady step instead."""
        time_s = self._capture.get(cv2.CAP_PROP_POS_MSEC) / 1000
        return time_s if time_s > previous_s else previous_s + 1 / (self.fps or USUAL_FPS)

    def _refuse_broken_end(self, last_s: float) -> None:
        """Raise SourceError when the file promises much more than it gave."""
        promised_s = (self.length or 0) / (self.fps or USUAL_FPS)
        if promised_s - last_s > MAX_MISSING_S and _is_broken_off(self._path, last_s):
            raise SourceError(
                "{path}: breaks off at {last_s:.1f} s of {promised_s:.1f} s; what came before has been read",
                path=self._path,
                last_s=last_s,
                promised_s=promised_s,
            )


def _open_capture(path: Path) -> cv2.VideoCapture | AvReader:
    """Open a video by the reader that can decode its first frame, preferably OpenCV's.

    Raises:
        SourceError: neither takes it for a video.
    """
    name = str(path.absolute())  # FFmpeg would take the colon of a relative 12:30.mp4 for the end of a protocol
    capture = cv2.VideoCapture(name, cv2.CAP_FFMPEG)
    is_video = capture.isOpened()
    can_decode = is_video and capture.grab()
    capture.release()
    if not can_decode and (reader := _open_by_pyav(name)):
        return reader
    if not is_video:
        raise SourceError("{path}: {reason}", path=path, reason=_why_unreadable(path))
    return cv2.VideoCapture(name, cv2.CAP_FFMPEG)  # from the first frame on


def _open_by_pyav(name: str) -> AvReader | None:
    """Open a video by PyAV; None when it cannot decode a first frame either, or is not installed."""
    try:
        from capture.sources.av_reader import AvReader  # noqa: PLC0415 - 0.2 s that most videos need not

        return AvReader(name)
    except (OSError, ImportError):
        return None


def _why_unreadable(path: Path) -> str:
    """Find words for a file that is not taken for a video."""
    try:
        with path.open("rb") as file:
            start = file.read(START_BYTES)
    except OSError as error:
        return tr("cannot be read ({reason}); check your rights to it", reason=system_words(error.strerror))
    if not start:
        return tr("the file is empty; record or copy it again")
    if start.startswith(DOCUMENT_STARTS):
        return tr("an Office document or an archive; export it as PDF, or unpack the pictures in it")
    if _is_text(start):
        return tr("text, not a video; name a picture, PDF or video")
    if _is_sound(path):
        return tr("sound without a picture; name a picture, PDF or video")
    return tr("not a video, or its recording broke off before its index was written; try another file")


def _is_sound(path: Path) -> bool:
    """Say whether FFmpeg finds sound in the file, and no picture."""
    import av  # noqa: PLC0415 - 0.2 s that only a doubtful file costs

    try:
        with av.open(str(path.absolute()), metadata_errors="replace") as container:
            return bool(container.streams.audio) and not container.streams.video
    except (av.FFmpegError, ValueError):
        return False


def _is_text(start: bytes) -> bool:
    """Say whether bytes are text in UTF-8, up to the last characters, which may be cut."""
    try:
        text = (start[:-MAX_CHARACTER_BYTES] if len(start) == START_BYTES else start).decode()
    except UnicodeDecodeError:
        return False
    return "\0" not in text


def _is_broken_off(path: Path, last_s: float) -> bool:
    """Tell a file that was cut or damaged from one whose sound simply lasts longer than its pictures.

    Args:
        path: the video.
        last_s: when the last frame that could be decoded begins.
    """
    import av  # noqa: PLC0415 - 0.2 s that only a doubtful file costs

    video_s, other_s = [], []
    try:
        with av.open(str(path.absolute()), metadata_errors="replace") as container:
            for packet in container.demux():
                if packet.pts is not None:
                    times_s = video_s if packet.stream.type == "video" else other_s
                    times_s.append(float(packet.pts * packet.time_base))
            promised_s = (container.duration or 0) / av.time_base
    except (av.FFmpegError, ValueError):
        return True
    is_undecodable = max(video_s, default=0.0) - min(video_s, default=0.0) - last_s > MAX_MISSING_S
    is_cut = promised_s - max(video_s + other_s, default=0.0) > MAX_MISSING_S
    return is_undecodable or is_cut
