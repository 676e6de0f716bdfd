"""What the doctor finds, and the world that it looks at: a test brings its own."""

from __future__ import annotations

import importlib.metadata
import sys
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from time import perf_counter

from capture.doctor.trials import try_page
from capture.sinks.video import VideoSink
from capture.sources.camera import Capture, open_camera, working_cameras
from capture.window.display import display_works
from model.classifier import DEFAULT_WEIGHTS, Classifier


class State(Enum):
    """How a check came out."""

    OK = "OK"
    WARN = "WARN"  # something is not as it could be; digits can be read all the same
    FAIL = "FAIL"  # the main job does not work


@dataclass(frozen=True)
class Check:
    """One thing tried: what was found, and what to do about it."""

    name: str
    state: State
    found: str
    remedy: str = ""


def installed_version(package: str) -> str | None:
    """Return the version of a package as pip knows it; None when it is not installed."""
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return None


@dataclass(frozen=True)
class World:
    """Everything outside that the doctor touches; a test brings its own.

    Attributes:
        python: version of the interpreter.
        version_of: version of an installed package; None when it is missing.
        has_display: whether a window can be opened.
        cameras: numbers of the cameras that open.
        open_camera: opens one by number.
        record: opens a recording of a video at a path.
        serve: serves the browser page for a moment, at the port that it returns.
        weights: the network's file.
        load: loads it.
        clock: seconds.
    """

    python: tuple[int, ...] = sys.version_info[:3]
    version_of: Callable[[str], str | None] = installed_version
    has_display: Callable[[], bool] = display_works
    cameras: Callable[[], list[int]] = working_cameras
    open_camera: Callable[[int], Capture | None] = open_camera
    record: Callable[[Path], VideoSink] = lambda path: VideoSink(path, may_drop=False)
    serve: Callable[[], int] = try_page
    weights: Path = DEFAULT_WEIGHTS
    load: Callable[[Path], Classifier] = Classifier
    clock: Callable[[], float] = perf_counter
