"""How much of a camera of 60 frames a second is shown, and how old that is which stands on it.

The camera is made up: the demo's frames, drawn beforehand, come at their times, whether the program is ready or not.
With --stream they come over the network from another process, as JPEG, and decoding them is the program's work as well.

Run: python tests/benchmarks/live/bench_live.py [--seconds 10] [--fps 60] [--size 1280x720] [--stream]
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import cycle, islice
from multiprocessing.connection import Connection
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as run_camera.py does

import cv2
import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

from capture.live_reader import LiveReader
from capture.loop import draw_frame
from capture.read.reader import PageReader
from capture.read.select import MIN_CONFIDENCE
from capture.sources.live import LiveSource
from capture.sources.open import Source, open_source
from capture.synthetic.demo import demo_frames
from capture.track.cache import StillFrameCache
from capture.track.optical_flow import flow_page
from capture.track.tracker import Tracker
from capture.types import Frame, Page
from capture.view.labels import LabelMemory
from capture.view.panel import Status
from tests.support.cameras.network_camera import NetworkCamera, part

FRAMES = 120  # drawn beforehand, shown to and fro
SHOWING_S = 0.002  # what a window takes for a picture


class Camera:
    """A feed that gives its pictures at their times, and passes over those that nobody waited for."""

    def __init__(self, images: list[np.ndarray], fps: float) -> None:
        self._images, self._fps = cycle(images + images[::-1]), fps
        self._start_s, self._count, self.skipped = time.perf_counter(), 0, 0

    def read(self) -> np.ndarray:
        """Wait for the next picture."""
        self._count += 1
        time.sleep(max(0.0, self._start_s + self._count / self._fps - time.perf_counter()))
        return next(self._images)

    def close(self) -> None:
        """Nothing is open."""


class Dated:
    """A reader, with its tracker, that notes of which frames the page is that is shown.

    Attributes:
        page_s: when the frame came in which the digits were seen last: read, carried on by optical flow, or unchanged.
        read_s: when the frame came that the network read last.
    """

    def __init__(self) -> None:
        self._reader = PageReader(min_confidence=MIN_CONFIDENCE, is_video=True)
        self._cached, self._tracker = StillFrameCache(self._read_anew, flow_page), Tracker()
        self.page_s = self.read_s = self._pending_s = 0.0
        self.is_carried = False

    def read(self, frame: Frame) -> Page:
        """Read a frame, or carry the last page on."""
        return self._cached(frame)

    def _read_anew(self, frame: Frame) -> Page:
        self._pending_s = frame.time_s
        return self._reader(frame)

    def update(self, frame: Frame, page: Page) -> Page:
        """Follow its digits."""
        self.page_s, self.read_s = frame.time_s, self._pending_s
        return self._tracker.update(frame, page)

    def carry(self, page: Page, before: np.ndarray, now: np.ndarray, cell_px: float) -> Page | None:
        """Carry a page on while the next one is being read."""
        carried = flow_page(page, before, now, cell_px)
        self.is_carried = carried is not None
        return carried

    def velocities(self) -> dict[int, complex]:
        """Give those of the tracks."""
        return self._tracker.velocities()


def print_run(name: str, source: Source, fps: float, seconds: float, *, is_live: bool) -> None:
    """Show a camera for some seconds; print how much of it was shown, and how old that was which stood on it."""
    dated, labels, ages, spent_s = Dated(), LabelMemory(), [], time.process_time()
    with source, LiveReader(dated.read, dated, dated.carry) as live:
        read = live if is_live else lambda frame: dated.update(frame, dated.read(frame))
        for frame in filter(lambda frame: frame.is_new, source.frames()):
            dated.is_carried = False
            draw_frame(frame, read(frame), Status(), labels)
            time.sleep(SHOWING_S)
            ages.append([0.0 if dated.is_carried else frame.time_s - dated.page_s, frame.time_s - dated.read_s])
            if frame.time_s >= seconds:
                break
    page, anew = fps * np.percentile(ages, (50, 95), axis=0).T
    spent_ms = 1000 * (time.process_time() - spent_s) / len(ages)
    print(
        f"{name:20} {len(ages) / (seconds * fps):7.1%} shown; digits seen {page[0]:.1f} frames ago, {page[1]:.1f} at "
        f"most in 95% of the frames; read anew {anew[0]:.1f} ago, {anew[1]:.1f} at most; {spent_ms:.1f} ms of one core"
    )


def serve(pipe: Connection, images: list[np.ndarray], fps: float) -> None:
    """Send the images as a network camera, to and fro, until the pipe is closed; tells it the address."""
    parts = [part(cv2.imencode(".jpg", image)[1].tobytes()) for image in images + images[::-1]]
    with NetworkCamera(in_time(parts, fps)) as camera:
        pipe.send(camera.url)
        pipe.poll(None)


def in_time(parts: list[bytes], fps: float) -> Iterator[bytes | float]:
    """Yield the parts, over and over, and the seconds to wait before each."""
    start_s = time.perf_counter()
    for count, content in enumerate(cycle(parts), 1):
        yield max(0.0, start_s + count / fps - time.perf_counter())
        yield content


@contextmanager
def streamed(images: list[np.ndarray], fps: float) -> Iterator[str]:
    """The address at which another process sends the images."""
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    server = context.Process(target=serve, args=(there, images, fps))
    server.start()
    yield here.recv()
    here.send("enough")
    server.join()


def main() -> None:
    """Print both ways."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=10, help="of each run (default: %(default)s)")
    parser.add_argument("--fps", type=float, default=60, help="of the camera (default: %(default)s)")
    parser.add_argument("--size", default="1280x720", help="of the pictures in pixels (default: %(default)s)")
    parser.add_argument("--stream", action="store_true", help="decode them from a network camera, too")
    args = parser.parse_args()
    width, height = map(int, args.size.split("x"))
    images = [frame.image for frame in islice(demo_frames(0, (width, height), args.fps), FRAMES)]
    for name, is_live in (("frame by frame", False), ("on its own thread", True)):
        source = LiveSource("made up", "camera", lambda: Camera(images, args.fps))
        print_run(name, source, args.fps, args.seconds, is_live=is_live)
    if args.stream:
        with streamed(images, args.fps) as url:
            print_run("a stream, likewise", open_source(url), args.fps, args.seconds, is_live=True)


if __name__ == "__main__":
    main()
