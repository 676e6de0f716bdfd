"""Frames of a network camera, waited for and looked at."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator

from capture.sources.base import Source
from capture.sources.open import open_source
from capture.types import Frame
from tests.support.cameras.network_camera import BRIGHT, DARK, NetworkCamera

PATIENCE_S = 8.0


def shade(frame: Frame) -> int:
    return round(float(frame.image.mean()))


def until(frames: Iterator[Frame], is_it: Callable[[Frame], bool]) -> list[Frame]:
    """The frames up to and with the first for which `is_it` holds."""
    end, seen = time.monotonic() + PATIENCE_S, []
    for frame in frames:
        seen.append(frame)
        if is_it(frame):
            return seen
        assert time.monotonic() < end, f"not seen among {len(seen)} frames"
    raise AssertionError("the frames ended")


def is_bright(frame: Frame) -> bool:
    return abs(shade(frame) - BRIGHT) < 3


def is_dark(frame: Frame) -> bool:
    return abs(shade(frame) - DARK) < 3


def assert_in_order(frames: list[Frame]) -> None:
    assert [frame.index for frame in frames] == list(range(len(frames)))
    assert all(a.time_s < b.time_s for a, b in itertools.pairwise(frames))


def opened(camera: NetworkCamera) -> Source:
    return open_source(camera.url)
