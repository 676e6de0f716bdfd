"""The video sink: hands frames to an encoder on a thread of its own, so that encoding never slows the picture."""

from __future__ import annotations

import os
import queue
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np

from capture.sinks.files import OutputFile
from capture.sinks.names import OutputError, check_encoder_installed
from capture.types import Frame, Page

if TYPE_CHECKING:
    from capture.sinks.video_encoder import VideoEncoder

QUEUE_BYTES = 32 * 2**20
"""Memory for frames that wait for the encoder: a third of a second of 1280x720, a hiccup of the disk."""
MIN_QUEUE_FRAMES = 2
CLOSING_POLL_S = 0.05
"""How soon an idle encoder sees that the recording was stopped."""
ENCODER_NICENESS = 5
"""Reading goes first when both want the processor, and yet a recording on a busy machine does not starve."""

MIN_PYAV = 18
"""With 14 to 17 a closed MP4 keeps 8 of 60 frames, without a word."""
PRESET = "ultrafast"
"""The next slower preset takes about twice the time, for files hardly smaller (see bench_recording.py)."""
VIEW_CRF = 23
"""x264's own default: pen strokes and labels look as they did."""
CLEAN_CRF = 18
"""Found ink lies where it did, within a pixel; 14 is hardly nearer at three times the size, 23 visibly further off."""
EXACT_SUFFIX = ".mkv"
"""A clean recording of this kind loses nothing, at some 10 to 45 MB a second of 1280x720: it reads as it did live."""


class VideoSink:
    """Records a video between entering and leaving it as a context; safe to leave at any moment.

    Args:
        path: the file, with one of `names.VIDEO_SUFFIXES`.
        picture: "view" for the annotated picture, "frame" for the camera's own, to be read again later; without any
            loss in Matroska.
        may_drop: leave frames out of the recording when the encoder is too slow (a camera); else wait (a file).
        starts_at_s: the frame time at which the video's clock reads 0; None for the first frame's.

    Attributes:
        path: the file.
        problem: why the recording ended early, or None.
        dropped: frames left out because the encoder was too slow.

    Raises:
        OutputError: when the file cannot be created. Later trouble ends up in `problem`.

    Example:
        with VideoSink(Path("out.mp4")) as video:
            video.write(frame, view, page)
    """

    def __init__(
        self,
        path: Path,
        picture: Literal["view", "frame"] = "view",
        may_drop: bool = True,
        starts_at_s: float | None = 0.0,
    ) -> None:
        self.path, self.problem, self.dropped = path, None, 0
        self._is_clean, self._may_drop, self._starts_at_s = picture == "frame", may_drop, starts_at_s
        is_exact = self._is_clean and path.suffix.lower() == EXACT_SUFFIX
        self._crf = 0 if is_exact else CLEAN_CRF if self._is_clean else VIEW_CRF
        check_encoder_installed(path)
        self._output = OutputFile(path)
        self._queue: queue.Queue[tuple[np.ndarray, float]] = queue.Queue()
        self._closing, self._finished = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._encode_all, name=f"encode {path.name}")

    def __enter__(self) -> VideoSink:
        """Start the encoder: it loads while the first frame is still on its way."""
        self._thread.start()
        return self

    def __exit__(self, *_exception: object) -> None:
        self.close()

    def write(self, frame: Frame, view: np.ndarray, page: Page) -> None:
        """Take a frame for the recording; return at once, unless frames must not be dropped."""
        image = frame.image if self._is_clean else view
        if frame.error or image.size == 0 or self.problem or self._closing.is_set():
            return
        if not self._queue.maxsize:  # the first frame tells how many there is memory for
            self._queue.maxsize = max(MIN_QUEUE_FRAMES, QUEUE_BYTES // image.nbytes)
        try:
            self._queue.put((image, frame.time_s), block=not self._may_drop)
        except queue.Full:
            self.dropped += 1

    @property
    def is_finished(self) -> bool:
        """Whether the file is closed, with all that it was given."""
        return self._finished.is_set()

    def stop(self) -> None:
        """Take no more frames, and let the encoder finish by itself; `close` waits for it."""
        self._closing.set()

    def close(self) -> None:
        """Finish the file, with all frames it was given."""
        self.stop()
        self._finished.wait()  # interrupted by Ctrl-C, `join` would take the thread for ended (CPython 90882)
        self._thread.join()

    def _encode_all(self) -> None:
        lower_thread_priority()
        try:
            self._encode_waiting()
        except OutputError as error:
            self.problem = str(error)
        finally:
            self._output.close()
            for _ in self._waiting():  # a writer that may not drop must not wait for ever
                pass
            self._finished.set()

    def _encode_waiting(self) -> None:
        video_encoder = load_video_encoder(self.path)
        with video_encoder(self._output, self._crf, PRESET, self._starts_at_s) as encoder:
            for image, time_s in self._waiting():
                encoder.add(image, time_s)

    def _waiting(self) -> Iterator[tuple[np.ndarray, float]]:
        """Yield frames as they come, until the recording is stopped and none is left.

        A flag rather than a last entry in the queue: setting it never blocks, so a second Ctrl-C loses nothing.
        """
        while True:
            try:
                yield self._queue.get(timeout=CLOSING_POLL_S)
            except queue.Empty:
                if self._closing.is_set():
                    return


def load_video_encoder(path: Path) -> type[VideoEncoder]:
    """Import the encoder's class; called where nobody waits for the 0.3 s that this takes.

    Raises:
        OutputError: when PyAV is installed and yet cannot be loaded, or so old that it loses frames.
    """
    try:
        import av  # noqa: PLC0415

        from capture.sinks.video_encoder import VideoEncoder  # noqa: PLC0415
    except ImportError as error:
        raise OutputError(
            "{path}: PyAV cannot be loaded ({error}); run: pip install --force-reinstall av", path=path, error=error
        ) from error
    if int(av.__version__.partition(".")[0]) < MIN_PYAV:
        raise OutputError(
            "{path}: PyAV {version} loses most of a recording; run: pip install --upgrade 'av>={oldest}'",
            path=path,
            version=av.__version__,
            oldest=MIN_PYAV,
        )
    return VideoEncoder


def lower_thread_priority() -> None:
    """Lower the calling thread's priority, where the system has priorities for threads."""
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), ENCODER_NICENESS)
