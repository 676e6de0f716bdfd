"""The doctor on simulated machines: what it finds, and the remedy it names."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from capture.doctor.checks import (
    NEEDED,
    check_cameras,
    check_display,
    check_opencv,
    check_packages,
    check_page,
    check_python,
    check_reading,
    check_recording,
    diagnose,
    run_doctor,
)
from capture.doctor.world import State, World
from capture.sinks.video import VideoSink
from capture.synthetic.page import page_of
from model.errors import DigitsError, WeightsError
from tests.support.network import FakeNetwork
from tests.support.pages import find_candidates


class FakeCamera:
    """Gives the same grey picture again and again."""

    def __init__(self, level=120, frames=100):
        self.picture = np.full((480, 640, 3), level, np.uint8)
        self.frames, self.is_released = frames, False

    def isOpened(self):  # noqa: N802
        return True

    def read(self):
        self.frames -= 1
        return (True, self.picture) if self.frames >= 0 else (False, None)

    def get(self, prop):
        return 30.0 if prop == cv2.CAP_PROP_FPS else 0.0

    def getBackendName(self):  # noqa: N802
        return "FAKE"

    def release(self):
        self.is_released = True


class Clock:
    """Moves on by so many seconds at each look."""

    def __init__(self, step_s=0.1):
        self.time_s, self.step_s = 0.0, step_s

    def __call__(self):
        self.time_s += self.step_s
        return self.time_s


def packages(**changes):
    versions = {**dict.fromkeys((*NEEDED, "opencv-python"), "1.0"), **changes}
    return versions.get


def reads_the_test_page(glyphs):
    """A network that knows the doctor's page by heart; pieces are asked for in the order they were found."""
    truth = page_of("4711 203\n98 5516", size=(640, 480))
    crops = find_candidates(truth.image)
    rows = np.full((len(glyphs), 11), 0.001, np.float32)
    rows[:, 10] = 0.99
    for row, glyph in zip(rows, glyphs, strict=True):
        owner = next((crop for crop in crops if np.array_equal(crop.glyph, glyph)), None)
        for drawn in truth.digits if owner else ():
            if np.abs(np.subtract(owner.box.centre, drawn.box.centre)).max() < 6:
                row[[10, drawn.digit]] = 0.001, 0.99
    return rows


def healthy(**changes):
    world = World(
        python=(3, 12, 1),
        version_of=packages(),
        has_display=lambda: True,
        cameras=lambda: [0],
        open_camera=lambda number: FakeCamera(),
        serve=lambda: 8765,
        load=lambda path: FakeNetwork(reads_the_test_page),
        clock=Clock(),
    )
    return replace(world, **changes)


def test_a_healthy_machine_has_nothing_but_ok_and_exits_with_0(capsys):
    assert run_doctor(healthy()) == 0
    out = capsys.readouterr().out
    assert "WARN" not in out and "FAIL" not in out and "->" not in out
    assert out.endswith("the digit reader works here\n")


def test_no_camera_and_no_display_are_warnings_only(capsys):
    assert run_doctor(healthy(cameras=lambda: [], has_display=lambda: False)) == 0
    out = capsys.readouterr().out
    assert out.count("WARN") == 2 and out.count("->") == 2
    assert "--source demo" in out and "--show browser" in out


def test_a_machine_that_cannot_do_the_main_job_exits_with_1(capsys):
    assert run_doctor(healthy(load=missing_weights)) == 1
    out = capsys.readouterr().out
    assert out.count("FAIL") == 2 and "train.py --install" in out
    assert out.splitlines()[-1].startswith("the digit reader does not work here yet")


def missing_weights(path):
    raise WeightsError(f"{path}: there is no such file; train one")


@pytest.mark.parametrize(
    "check, changes, state, found, remedy",
    [
        pytest.param(check_python, {"python": (3, 9, 2)}, State.FAIL, "3.9.2", "3.11", id="old Python"),
        pytest.param(check_packages, {"version_of": packages(av=None)}, State.FAIL, "av", "pip install av", id="no av"),
        pytest.param(
            check_opencv,
            {"version_of": packages(**{"opencv-python-headless": "4.9"})},
            State.WARN,
            "overwrite",
            "uninstall -y opencv-python opencv-python-headless && pip install opencv-python",
            id="two wheels",
        ),
        pytest.param(
            check_opencv,
            {"version_of": {"opencv-python-headless": "5.0"}.get},
            State.WARN,
            "no windows",
            "uninstall -y opencv-python-headless",
            id="headless wheel",
        ),
        pytest.param(check_opencv, {"version_of": {}.get}, State.OK, cv2.__version__, "", id="system OpenCV"),
        pytest.param(
            check_display, {"has_display": lambda: False}, State.WARN, "no window", "--show browser", id="no display"
        ),
        pytest.param(
            check_reading, {"load": missing_weights}, State.FAIL, "no such file", "--install", id="no weights"
        ),
        pytest.param(
            check_reading,
            {"load": lambda path: FakeNetwork(lambda glyphs: np.eye(11, dtype=np.float32)[np.full(len(glyphs), 3)])},
            State.FAIL,
            "where 4711 203 98 5516 is written",
            "restore",
            id="a network that sees only 3",
        ),
    ],
)
def test_each_trouble_has_its_remedy(check, changes, state, found, remedy):
    result = check(healthy(**changes))
    assert result.state is state
    assert found in result.found
    assert remedy in result.remedy and bool(remedy) == bool(result.remedy)


@pytest.mark.parametrize(
    "camera, step_s, state, found",
    [
        pytest.param(
            FakeCamera(), 0.1, State.OK, "640x480 at 30 fps through FAKE, first pictures after 0.1 s", id="good"
        ),
        pytest.param(FakeCamera(level=1), 0.1, State.WARN, "all black", id="covered"),
        pytest.param(FakeCamera(), 9.0, State.WARN, "slow", id="slow"),
        pytest.param(FakeCamera(frames=0), 0.1, State.WARN, "no picture", id="silent"),
        pytest.param(None, 0.1, State.WARN, "no picture", id="gone again"),
    ],
)
def test_cameras_are_tried_and_given_back(camera, step_s, state, found):
    world = healthy(cameras=lambda: [2], open_camera=lambda number: camera, clock=Clock(step_s))
    (check,) = check_cameras(world)
    assert check.name == "camera 2"
    assert check.state is state and found in check.found
    assert bool(check.remedy) == (state is not State.OK)
    assert camera is None or camera.is_released


class LossySink(VideoSink):
    """Keeps every other frame."""

    def write(self, frame, view, readings):
        if frame.index % 2:
            super().write(frame, view, readings)


class PaleSink(VideoSink):
    """Records other pictures than it was given."""

    def write(self, frame, view, readings):
        super().write(frame, view // 2 + 100, readings)


@pytest.mark.parametrize(
    "sink, found",
    [
        pytest.param(LossySink, "of 30 frames written, 15 can be read again", id="frames lost"),
        pytest.param(PaleSink, "grey levels", id="other pictures"),
    ],
)
def test_a_recording_that_is_not_what_was_written_fails(sink, found):
    check = check_recording(healthy(record=lambda path: sink(path, may_drop=False)))
    assert check.state is State.FAIL and found in check.found
    assert "av" in check.remedy


def test_a_recording_that_cannot_be_opened_fails(tmp_path):
    in_the_way = tmp_path / "file"
    in_the_way.write_text("")
    check = check_recording(healthy(record=lambda path: VideoSink(in_the_way / "clip.mp4")))
    assert check.state is State.FAIL and "cannot be written" in check.found


def test_the_page_is_served_in_truth():
    check = check_page(World())
    assert check.state is State.OK and "port 8" in check.found


@pytest.mark.parametrize(
    ("error", "found", "remedy"),
    [
        (ModuleNotFoundError("no", name="aiohttp"), "aiohttp: is not installed", "requirements.txt"),
        (DigitsError("127.0.0.1:8864: cannot listen there"), "8864: cannot listen", "--listen"),
        (TimeoutError("timed out"), "timed out", "firewall"),
    ],
    ids=["package", "port", "silence"],
)
def test_a_page_that_is_not_served_is_a_warning(error, found, remedy):
    def serve():
        raise error

    check = check_page(healthy(serve=serve))
    assert check.state is State.WARN
    assert found in check.found and remedy in check.remedy


def test_no_trial_leaves_anything_behind(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    assert all(check.state is State.OK for check in diagnose(healthy()))
    assert list(tmp_path.iterdir()) == []
