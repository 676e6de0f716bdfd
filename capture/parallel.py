"""Reads the pictures of a folder on every core: worker processes read whole files, their pages come back in order."""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, replace
from functools import cache
from itertools import count, islice
from pathlib import Path
from types import TracebackType
from typing import Self

import cv2
import numpy as np

from capture.language import current_language, tr, use_language
from capture.loop import NOTHING_READ, read_frame
from capture.read.reader import PageReader
from capture.sources.base import unmirrored
from capture.sources.photos import PhotosSource, frames_of
from capture.track.tracker import NoTracking
from capture.types import NO_IMAGE, Frame, Page
from model.classifier import Classifier

MIN_FILES_PER_JOB = 4  # a process takes about as long to start as reading so many pictures
FILES_AHEAD_PER_JOB = 6  # being read or waiting for their turn: the others go on while one reads a picture of 12 MP
IMAGES_AHEAD_PER_JOB = 3  # the same where pictures come back: few enough for the memory
MAX_PAGES_SENT = 16  # of one file with its pictures; a file of more is read here, page by page

Read = tuple[Frame, tuple[int, ...], Page]  # a frame, perhaps without its pixels, the picture's shape, what was read


def usable_jobs(source: PhotosSource, jobs: int | None) -> int:
    """Count the processes worth starting for a source: at most `jobs`, or as many as this process may use cores."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(jobs or cores, len(source.paths) // MIN_FILES_PER_JOB))


@dataclass(frozen=True)
class FileReader:
    """Reads all pages of a file; made here, called in the workers.

    Attributes:
        weights: of the network, a `.tflite` file.
        min_confidence: digits less sure are left out, 0 to 1.
        max_pixels: the most that one picture may have; None for no limit.
        wants_images: whether the pictures are sent back with what was read in them.
        is_mirrored: whether they are mirror images, to be turned back first.
    """

    weights: Path
    min_confidence: float
    max_pixels: int | None
    wants_images: bool
    is_mirrored: bool = False

    def __call__(self, path: Path) -> list[Read] | None:
        """Read a file; None for one of so many pages that they must not be held at once."""
        most = MAX_PAGES_SENT + 1 if self.wants_images else None
        reads = list(islice(self.pages(path), most))
        return None if len(reads) == most else reads

    def pages(self, path: Path) -> Iterator[Read]:
        """Read a file page by page."""
        reader, tracker = _reader(self.weights, self.min_confidence), NoTracking(self.min_confidence)
        frames = frames_of(path, self.max_pixels)
        for frame in map(unmirrored, frames) if self.is_mirrored else frames:
            read, page = read_frame(frame, reader, tracker)
            image = frame.image if self.wants_images else NO_IMAGE
            yield replace(read, image=image), frame.image.shape, replace(page, trace=None)


@cache  # one for each worker process, which lives for many files
def _reader(weights: Path, min_confidence: float) -> PageReader:
    reader = PageReader(Classifier(weights, threads=1), min_confidence)
    gc.freeze()  # what is loaded by now stays, and is not searched for garbage again and again
    return reader


class ParallelReader:
    """Stands for a source and its reader: iterate over it for the frames, call it with a frame for its page.

    A worker process that dies, for want of memory say, costs the file that killed it, which becomes a frame with an
    error; the others are read.

    Args:
        source: files to read, of which one that cannot be read does not end the run.
        read_file: reads one file, in a worker.
        jobs: how many workers.

    Example:
        with ParallelReader(source, FileReader(DEFAULT_WEIGHTS, 0.5, None, False), jobs=4) as reader:
            for frame in reader:
                page = reader(frame)
    """

    def __init__(self, source: PhotosSource, read_file: FileReader, jobs: int) -> None:
        self._source, self._read_file, self._jobs = source, read_file, jobs
        self._page = NOTHING_READ

    def __enter__(self) -> Self:
        """Start the workers."""
        self._start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the workers at once: what they are reading is wanted no more."""
        self._stop()

    def __call__(self, frame: Frame) -> Page:
        """Give the page of the frame that was yielded last."""
        return self._page

    def __iter__(self) -> Iterator[Frame]:
        """Yield a frame a page, in the order of the source."""
        waiting: deque[tuple[Path, Future]] = deque()
        paths, index = iter(self._source.paths), count()
        while self._hand_out(waiting, paths):
            for frame, shape, page in self._next_reads(waiting):
                self._page = page
                image = frame.image if frame.image.size else np.broadcast_to(np.uint8(255), shape)
                yield replace(frame, image=image, index=next(index))

    def _hand_out(self, waiting: deque[tuple[Path, Future]], paths: Iterator[Path]) -> bool:
        """Send files to the workers until enough are on their way; False when all are done."""
        ahead = IMAGES_AHEAD_PER_JOB if self._read_file.wants_images else FILES_AHEAD_PER_JOB
        for path in islice(paths, self._jobs * ahead - len(waiting)):
            waiting.append((path, self._pool.submit(self._read_file, path)))
        return bool(waiting)

    def _next_reads(self, waiting: deque[tuple[Path, Future]]) -> Iterator[Read]:
        """Wait for what was read in the next file."""
        path, future = waiting.popleft()
        try:
            reads = future.result()
        except BrokenProcessPool:
            reads = self._read_alone(path)
            others = [path for path, _ in waiting]
            waiting.clear()
            waiting.extend((other, self._pool.submit(self._read_file, other)) for other in others)
        return iter(reads) if reads is not None else self._read_file.pages(path)

    def _read_alone(self, path: Path) -> list[Read] | None:
        """Read a file again by itself: one of several files being read has killed a worker."""
        self._restart()
        try:
            return self._pool.submit(self._read_file, path).result()
        except BrokenProcessPool:
            self._restart()
            error = tr(
                "{path}: the process that read it ended, perhaps for want of memory; read it by itself", path=path
            )
            return [(Frame(NO_IMAGE, 0, 0.0, str(path), error), NO_IMAGE.shape, NOTHING_READ)]

    def _start(self) -> None:
        spawn = multiprocessing.get_context("spawn")  # the same on every system; a fork would copy OpenCV's threads
        self._pool = ProcessPoolExecutor(self._jobs, spawn, initializer=_prepare_worker, initargs=(current_language(),))

    def _restart(self) -> None:
        self._stop()
        self._start()

    def _stop(self) -> None:
        workers = list((self._pool._processes or {}).values())
        self._pool.shutdown(wait=False, cancel_futures=True)
        for worker in workers:
            worker.kill()
            worker.join()


def _prepare_worker(language: str) -> None:
    """Speak as the main process does; leave Ctrl-C to it, and the other cores to the other workers."""
    use_language(language)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    cv2.setNumThreads(1)
