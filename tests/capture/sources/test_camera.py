"""Cameras, played by a fake of `cv2.VideoCapture`: there is none on a build machine."""

from __future__ import annotations

import itertools
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest

from capture import advice
from capture.sources import camera as source_camera
from capture.sources import live
from capture.sources.base import SourceError, SourceOptions
from capture.sources.camera import CameraSource, describe, working_cameras
from capture.sources.open import open_source

PATIENCE_FRAMES = 2000
OPTIONS = SourceOptions(width=1280, height=720, fps=30)
SIZE_PROPS = (cv2.CAP_PROP_FRAME_WIDTH, cv2.CAP_PROP_FRAME_HEIGHT)


class FakeCapture:
    """Plays shades; None is a failed read; when the list is over, the last entry goes on.

    Args:
        shades: what the reads give.
        largest: the largest (width, height) that the camera grants.
        opens: whether the device can be opened.
    """

    def __init__(self, shades: list[int | None], largest: tuple[int, int] = (1920, 1080), opens: bool = True) -> None:
        self.shades = iter(shades + [shades[-1]] * 10**6)
        self.largest = largest
        self.opens = opens
        self.settings: dict[int, float] = {cv2.CAP_PROP_FPS: 25.0}
        self.asked: list[int] = []
        self.is_released = threading.Event()

    def isOpened(self) -> bool:  # noqa: N802 - OpenCV's name
        return self.opens

    def set(self, prop: int, value: float) -> bool:
        self.asked.append(prop)
        limits = dict(zip(SIZE_PROPS, self.largest, strict=True))
        self.settings[prop] = min(value, limits.get(prop, value))
        return True

    def get(self, prop: int) -> float:
        return self.settings.get(prop, 0.0)

    def read(self) -> tuple[bool, np.ndarray | None]:
        self.is_released.wait(0.002)
        shade = next(self.shades)
        return (False, None) if shade is None else (True, np.full((6, 8, 3), shade, np.uint8))

    def release(self) -> None:
        self.is_released.set()


CLOSED = FakeCapture([None], opens=False)


class Plug:
    """The socket: each opening takes the next capture, later ones the last again; numbers what was opened."""

    def __init__(self, *captures: FakeCapture) -> None:
        self._captures = iter((*captures, *[captures[-1]] * 1000))
        self.opened: list[int | str] = []

    def __call__(self, device: int | str, _backend: int) -> FakeCapture:
        self.opened.append(device)
        return next(self._captures)


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source_camera, "LOST_AFTER_S", 0.01)
    monkeypatch.setattr(source_camera, "MISS_PAUSE_S", 0.002)
    monkeypatch.setattr(live, "EARLY_RETRY_S", 0.005)
    monkeypatch.setattr(live, "MAX_WAIT_S", 0.01)


def shades(source: CameraSource) -> Iterator[int]:
    return (int(frame.image[0, 0, 0]) for frame in itertools.islice(source, PATIENCE_FRAMES))


def test_settings_are_asked_for_and_what_was_granted_is_told() -> None:
    capture = FakeCapture([9], largest=(640, 480))
    with CameraSource(0, OPTIONS, Plug(capture)) as source:
        assert source.opened_as == "camera 0: 640x480 at 30 fps (asked 1280x720)"
        assert (source.fps, source.size, source.is_live) == (30, (8, 6), True)
        assert next(iter(source)).source == "0"
    assert capture.asked[0] == cv2.CAP_PROP_FOURCC, "the sizes to choose from hang on the pixel format"
    assert capture.settings[cv2.CAP_PROP_FOURCC] == cv2.VideoWriter.fourcc(*"MJPG")
    assert capture.is_released.is_set()


@pytest.mark.parametrize(
    "granted, told", [(29.97, "at 29.97 fps"), (15.0, "at 15 fps (asked 640x480 at 30 fps)")], ids=["nearly", "slower"]
)
def test_another_rate_than_asked_is_told(granted: float, told: str) -> None:
    capture = FakeCapture([9])
    capture.get = lambda prop: granted if prop == cv2.CAP_PROP_FPS else capture.settings.get(prop, 0.0)
    with CameraSource(0, SourceOptions(width=640, height=480), Plug(capture)) as source:
        assert source.opened_as == f"camera 0: 640x480 {told}"


def test_small_pictures_need_no_compression() -> None:
    capture = FakeCapture([9])
    with CameraSource(0, SourceOptions(width=640, height=480), Plug(capture)) as source:
        assert cv2.CAP_PROP_FOURCC not in capture.asked
        assert source.opened_as == "camera 0: 640x480 at 30 fps"


@pytest.mark.parametrize("fps", [0.0, -1.0])
def test_unknown_rate_is_not_told(fps: float) -> None:
    capture = FakeCapture([9])
    capture.settings = {cv2.CAP_PROP_FPS: fps, SIZE_PROPS[0]: 1280, SIZE_PROPS[1]: 720}
    assert describe(capture, OPTIONS) == "1280x720"


def test_a_few_failed_reads_are_no_loss(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source_camera, "LOST_AFTER_S", 60)
    plug = Plug(FakeCapture([None, None, 9, None, 7]))
    with CameraSource(0, OPTIONS, plug) as source:
        assert 7 in shades(source)
        assert plug.opened == [0]


def test_a_torn_picture_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source_camera, "LOST_AFTER_S", 60)
    capture = FakeCapture([9, 7])
    whole, reads = capture.read, itertools.count()

    def read() -> tuple[bool, np.ndarray | None]:
        if next(reads) == 1:
            raise cv2.error("a JPEG without its end")
        return whole()

    capture.read = read
    plug = Plug(capture)
    with CameraSource(0, OPTIONS, plug) as source:
        assert 7 in shades(source)
        assert plug.opened == [0]


def test_an_unplugged_camera_is_told_and_taken_up_again() -> None:
    first, last = FakeCapture([9, None]), FakeCapture([7])
    plug = Plug(first, CLOSED, CLOSED, last)
    with CameraSource(0, OPTIONS, plug) as source:
        notes = {source.note() for _ in itertools.takewhile(lambda shade: shade != 7, shades(source))}
        assert notes - {""} == {"camera lost: trying again"}
        assert first.is_released.is_set()
        assert plug.opened == [0, 0, 0, 0], "no other camera may be touched meanwhile"
        assert source.note() != "camera lost: trying again"


def test_a_missing_camera_names_the_ways_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source_camera, "_camera_numbers", lambda: [0, 1, 2])
    plug = Plug(CLOSED, CLOSED, FakeCapture([9]), CLOSED)
    with pytest.raises(SourceError) as told:
        CameraSource(0, OPTIONS, plug)
    assert str(told.value).startswith("camera 0: cannot be opened (cameras that open: 1); ")
    assert "--source demo" in str(told.value) and "photo" in str(told.value) and "\n" not in str(told.value)


def test_a_camera_without_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "FIRST_PICTURE_S", 0.1)
    capture = FakeCapture([None])
    with pytest.raises(SourceError, match="0: sends no picture; check that the camera is on"):
        CameraSource(0, OPTIONS, Plug(capture))
    assert capture.is_released.is_set()


def test_working_cameras_are_released_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source_camera, "_camera_numbers", lambda: [0, 4])
    capture = FakeCapture([9])
    assert working_cameras(Plug(capture, CLOSED)) == [0]
    assert capture.is_released.is_set()


@pytest.mark.parametrize(
    ("platform", "words"),
    [("linux", "plug one in"), ("darwin", "Privacy & Security > Camera"), ("win32", "allow desktop apps")],
)
def test_the_remedy_fits_the_computer(platform: str, words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setattr(advice, "is_wsl", lambda: False)
    with pytest.raises(SourceError, match=words):
        CameraSource(99, OPTIONS, Plug(CLOSED))


@pytest.mark.skipif(Path("/dev/video99").exists(), reason="this computer has so many cameras")
@pytest.mark.parametrize("spec", ["99", "/dev/video99"])
def test_the_real_thing_fails_in_one_line(spec: str, capfd: pytest.CaptureFixture) -> None:
    with pytest.raises(SourceError, match=f"camera {spec}: cannot be opened"):
        open_source(spec)
    assert capfd.readouterr().err == ""
