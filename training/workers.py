"""Starts processes that work beside this one; what is too large to be sent with every call, each is given once."""

from __future__ import annotations

import multiprocessing
import signal
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from typing import TypeVar

import cv2

Result = TypeVar("Result")

_given: list[object] = []  # in a worker only: a process pool has no other place for what its workers keep


def start_workers(count: int, *given: object) -> ProcessPoolExecutor:
    """Start so many processes, each with one thread; `given` is what `with_given` adds to every call in them.

    Example:
        with start_workers(2, supplies) as pool:
            pages = list(pool.map(partial(with_given, draw_page), numbers))  # draw_page(number, supplies) in each
    """
    spawn = multiprocessing.get_context("spawn")  # a fork would copy TensorFlow's threads in an unknown state
    return ProcessPoolExecutor(count, spawn, initializer=_receive, initargs=given)


def with_given(work: Callable[..., Result], *args: object) -> Result:
    """Call a function in a worker: `work(*args, *given)`."""
    return work(*args, *_given)


def _receive(*given: object) -> None:
    _given[:] = given
    cv2.setNumThreads(1)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the process that started them to answer
