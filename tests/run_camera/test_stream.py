"""The program at a network camera with whatever such a camera does: it is read, recorded and brought to its end."""

import itertools
from contextlib import contextmanager
from types import SimpleNamespace

import numpy as np
import pytest

import run_camera
from capture.live_reader import LiveReader
from capture.sources import live
from capture.synthetic.page import page_of
from capture.track.optical_flow import flow_page
from capture.view.panel import Status
from tests.support.cameras.network_camera import HOLD, NetworkCamera, part
from tests.support.program import lines_of, main
from tests.support.video_files import decode, duration_s

SECONDS = 2.0
LAST_FRAME_S = 0.2  # a live source shows its last picture again at least this often

pytestmark = pytest.mark.usefixtures("all_sevens")


def picture(text, size=(320, 240), shift_px=0):
    import cv2

    image = np.roll(page_of(text, size).image, shift_px, axis=1)
    return part(cv2.imencode(".jpg", image)[1].tobytes())


FEW, MANY = picture("4"), picture("4711", (640, 480))
NOISE = np.random.default_rng(0).bytes(9000)
SCRIPTS = {
    "cut and resumed": ([FEW, 0.3], [], [MANY, HOLD]),
    "one frame a second": ([FEW, 1.0, MANY, 1.0, MANY, HOLD],),
    "sizes that change": ([FEW, 0.3, MANY, 0.3, FEW, 0.3, MANY, HOLD],),
    "garbage": ([FEW, 0.3, part(NOISE), part(FEW[:500]), NOISE, 0.3, MANY, HOLD],),
    "slowed": ([FEW, *(item for at in range(0, len(MANY), 4000) for item in (MANY[at : at + 4000], 0.02)), HOLD],),
}


@pytest.mark.parametrize("scripts", SCRIPTS.values(), ids=SCRIPTS)
def test_a_stream_is_read_and_recorded_to_the_end(scripts, tmp_path, monkeypatch):
    monkeypatch.setattr(live, "EARLY_RETRY_S", 0.05)
    monkeypatch.setenv("no_proxy", "*")
    video, readings = tmp_path / "out.mp4", tmp_path / "out.jsonl"
    with NetworkCamera(*scripts) as camera:
        assert main("--source", camera.url, "--duration", SECONDS, "--save", video, "--readings", readings) == 0
    lines = lines_of(readings)
    assert not any(line["digits"] or line["numbers"] for line in lines if line.get("stale")), "read what is not new"
    assert {1, 4} <= {len(line["digits"]) for line in lines}
    assert SECONDS - lines[-1]["time_s"] < 2 * LAST_FRAME_S
    pictures, times = decode(video)
    known = [line["time_s"] for line in lines]
    assert len(times) <= len(known)
    assert max(min(abs(time_s - one) for one in known) for time_s in times) < 0.001, "each at its line's time"
    assert duration_s(video) == pytest.approx(SECONDS, abs=2 * LAST_FRAME_S)
    assert len({image.shape for image in pictures}) == 1


def test_a_camera_that_dies_is_told_and_not_read_until_it_is_back(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(live, "EARLY_RETRY_S", 0.05)
    readings = tmp_path / "out.jsonl"
    with NetworkCamera([FEW, 0.3], *[[]] * 12, [MANY, HOLD]) as camera:
        assert main("--source", camera.url, "--duration", SECONDS, "--readings", readings) == 0
    told = capsys.readouterr().err.splitlines()
    assert told[0] == camera.url
    assert told[1] == f"{camera.url}: stream lost: trying again"
    assert told[2].startswith(f"{camera.url}: back after ")
    lines = lines_of(readings)
    counts = [None if line.get("stale") else len(line["digits"]) for line in lines]
    assert [count for count, _ in itertools.groupby(counts)][:3] == [1, None, 4], "read, stale, read again"
    assert all(not line["digits"] and not line["numbers"] for line in lines if line.get("stale"))


def test_a_watched_camera_is_read_beside_the_showing(monkeypatch):
    shown, readers = [], []

    @contextmanager
    def watch(args, session):
        yield SimpleNamespace(show=show, status=lambda summary: Status())

    def show(frame, view, page):
        shown.append((frame, page))
        return len(page.digits) == 4  # of MANY

    class Noted(LiveReader):
        def __init__(self, *args):
            super().__init__(*args)
            readers.append(self)

    monkeypatch.setattr(run_camera, "LiveReader", Noted)
    monkeypatch.setattr(run_camera, "open_face", watch)
    monkeypatch.setattr(run_camera, "can_show", lambda has_display: True)
    with NetworkCamera([FEW, 0.5, MANY, HOLD]) as camera:
        assert run_camera.main(["--source", camera.url, "--show", "--duration", "9"]) == 0
    (reader,) = readers
    assert reader._thread._shutdown, "the thread has ended with the run"
    assert {len(page.digits) for _, page in shown} <= {0, 1, 4}
    assert len(shown[-1][1].digits) == 4, "what came last was read"


def test_a_watched_cameras_digits_move_with_the_picture_between_two_readings(monkeypatch):
    carried = []

    @contextmanager
    def watch(args, session):
        yield SimpleNamespace(show=lambda frame, view, page: len(carried) > 1, status=lambda summary: Status())

    def noted(page, before, now, cell_px):
        moved = flow_page(page, before, now, cell_px)
        carried.extend([] if moved is None else [moved])
        return moved

    monkeypatch.setattr(run_camera, "flow_page", noted)
    monkeypatch.setattr(run_camera, "open_face", watch)
    monkeypatch.setattr(run_camera, "can_show", lambda has_display: True)
    moving = [item for step in range(60) for item in (picture("4711", shift_px=step), 1 / 30)]
    with NetworkCamera([*moving, HOLD]) as camera:
        assert run_camera.main(["--source", camera.url, "--show", "--duration", "9"]) == 0
    assert {len(page.digits) for page in carried} == {4}
