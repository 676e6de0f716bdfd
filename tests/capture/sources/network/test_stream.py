"""Network cameras on loopback: cut, slow, silent, with garbage, of changing size."""

from __future__ import annotations

import threading
import time

import cv2
import numpy as np
import pytest

from capture.sources import live
from capture.sources.base import SourceError
from capture.sources.network import http_camera
from capture.sources.network import stream as source_stream
from capture.sources.open import open_source
from tests.support.cameras.frames import PATIENCE_S, assert_in_order, is_bright, is_dark, opened, shade, until
from tests.support.cameras.network_camera import BRIGHT, DARK, HOLD, NetworkCamera, jpeg, part
from tests.support.cameras.rtsp_camera import RtspCamera


def test_pictures_come_with_size_and_times() -> None:
    with NetworkCamera([part(jpeg(BRIGHT)), 0.1, part(jpeg(DARK)), HOLD]) as camera, opened(camera) as source:
        frames = until(iter(source), is_dark)
        assert source.size == (64, 48)
        assert source.is_live and not source.is_stills and source.length is None
        assert is_bright(frames[0]) and frames[0].time_s == 0
        assert_in_order(frames)
        assert frames[0].source == camera.url


def test_cut_line_is_told_and_taken_up_again() -> None:
    scripts = [part(jpeg(BRIGHT))], [], [0.3, part(jpeg(DARK)), HOLD]
    with NetworkCamera(*scripts) as camera, opened(camera) as source:
        frames = iter(source)
        first = until(frames, lambda _: source.note() == "stream lost: trying again")
        assert is_bright(first[-1])
        assert until(frames, lambda frame: frame.is_stale)[-1].is_new is False
        later = until(frames, is_dark)
        assert all(frame.is_new == is_dark(frame) for frame in later), "what is shown again is not new"
        assert not later[-1].is_stale
        assert source.note() == ""
        assert camera.connections == 3


def test_slow_stream_repeats_its_last_picture() -> None:
    with NetworkCamera([part(jpeg(BRIGHT)), 0.5, part(jpeg(DARK)), HOLD]) as camera, opened(camera) as source:
        frames = until(iter(source), is_dark)
        assert len(frames) > 3
        assert source.note() == ""
        assert [frame.is_new for frame in frames] == [True, *[False] * (len(frames) - 2), True]
        assert not any(frame.is_stale for frame in frames), "slow is not lost"


def test_a_picture_that_comes_in_drops_is_put_together() -> None:
    whole = part(jpeg(DARK))
    drops = [piece for at in range(0, len(whole), 40) for piece in (whole[at : at + 40], 0.01)]
    with NetworkCamera([part(jpeg(BRIGHT)), *drops, HOLD]) as camera, opened(camera) as source:
        assert all(is_bright(frame) for frame in until(iter(source), is_dark)[:-1])


def test_stalled_stream_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "STALLED_AFTER_S", 0.1)
    with NetworkCamera([part(jpeg(BRIGHT)), HOLD]) as camera, opened(camera) as source:
        frame = until(iter(source), lambda _: source.note().startswith("stream stalled: no picture for"))[-1]
        assert frame.is_stale and not frame.is_new


def test_silent_stream_is_connected_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_camera, "TIMEOUT_S", 0.2)
    with NetworkCamera([part(jpeg(BRIGHT)), HOLD], [part(jpeg(DARK)), HOLD]) as camera, opened(camera) as source:
        until(iter(source), is_dark)


def test_garbage_is_passed_over() -> None:
    noise = np.random.default_rng(0).bytes(5000)
    good = jpeg(BRIGHT)
    junk = [part(noise), part(good[:200]), part(b"<html>"), part(b"\xff\xd8" + noise), part(b""), b"\r\n\r\n--cut--"]
    script = [*junk, part(good), *junk, 0.1, part(jpeg(DARK)), *junk, HOLD]
    with NetworkCamera(script) as camera, opened(camera) as source:
        frames = until(iter(source), is_dark)
        assert all(is_bright(frame) or is_dark(frame) for frame in frames)
        assert camera.connections == 1


def test_size_may_change_mid_stream() -> None:
    script = [part(jpeg(BRIGHT, (64, 48))), 0.1, part(jpeg(DARK, (32, 80))), HOLD]
    with NetworkCamera(script) as camera, opened(camera) as source:
        assert until(iter(source), is_dark)[-1].image.shape == (80, 32, 3)


def test_pictures_that_come_too_fast_are_dropped_and_counted() -> None:
    gate = threading.Event()
    script = [part(jpeg(BRIGHT)), gate, *(part(jpeg(BRIGHT)) for _ in range(9)), part(jpeg(DARK)), HOLD]
    with NetworkCamera(script) as camera, opened(camera) as source:
        frames = iter(source)
        next(frames)
        gate.set()
        end = time.monotonic() + PATIENCE_S
        while source.note() != "9 dropped" and time.monotonic() < end:
            time.sleep(0.01)
        assert source.note() == "9 dropped"
        assert is_dark(next(frames))


def test_a_camera_that_sends_one_picture_an_answer_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source_stream, "SNAPSHOT_PAUSE_S", 0.001)
    scripts = [jpeg(BRIGHT)], [jpeg(BRIGHT)], [jpeg(DARK)]
    with NetworkCamera(*scripts, kind="image/jpeg") as camera, opened(camera) as source:
        frames = until(iter(source), is_dark)
        assert is_bright(frames[0])
        assert not any(frame.is_stale for frame in frames)


def test_an_rtsp_camera_is_read_and_its_newest_picture_counts() -> None:
    with RtspCamera([DARK] * 5 + [BRIGHT]) as camera, open_source(camera.url) as source:
        frames = until(iter(source), lambda frame: abs(shade(frame) - BRIGHT) < 6)
        assert source.size == (64, 48)
        assert_in_order(frames)
    assert [request.split()[0] for request in camera.requests] == ["OPTIONS", "DESCRIBE", "SETUP", "PLAY"]


def test_an_rtsp_camera_that_dies_is_stale() -> None:
    camera = RtspCamera([BRIGHT])
    with camera, open_source(camera.url) as source:
        frames = iter(source)
        next(frames)
        camera.__exit__()
        assert until(frames, lambda frame: frame.is_stale)
        assert source.note() == "stream lost: trying again"


def test_other_video_over_http_goes_through_ffmpeg(tmp_path) -> None:
    path = tmp_path / "clip.avi"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 10, (64, 48))
    writer.write(np.full((48, 64, 3), BRIGHT, np.uint8))
    writer.release()
    with NetworkCamera([path.read_bytes()], kind="video/x-msvideo") as camera, opened(camera) as source:
        assert is_bright(next(iter(source)))


@pytest.mark.parametrize(
    ("camera", "words"),
    [
        pytest.param({"status": 404}, "the server answers 404 Not Found", id="wrong path"),
        pytest.param({"status": 401}, "NAME:PASSWORD", id="password wanted"),
        pytest.param({"kind": "text/html"}, "no stream there, but text/html", id="a web page"),
        pytest.param({"kind": "video/mp4", "headers": {"Content-Length": "25"}}, "is a file", id="a video to download"),
        pytest.param({}, "sends no picture", id="line cut at once"),
    ],
)
def test_servers_without_a_stream(camera: dict, words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "FIRST_PICTURE_S", 0.3)
    with (
        NetworkCamera([b"<html>no camera</html>"], **camera) as server,
        pytest.raises(SourceError, match=words) as told,
    ):
        open_source(server.url)
    assert "\n" not in str(told.value)


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:9/v", "rtsp://127.0.0.1:9/v", "http://[::1/v", "http://127.0.0.1:x/"]
)
def test_dead_addresses(url: str) -> None:
    with pytest.raises(SourceError) as told:
        open_source(url)
    assert str(told.value).startswith(f"{url}: ") and "\n" not in str(told.value)


def test_closing_hangs_up_and_ends_thread_and_frames(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "JOIN_S", PATIENCE_S)
    before = set(threading.enumerate())
    script = [part(jpeg(BRIGHT)), *([0.02, part(jpeg(BRIGHT))] * 400)]
    with NetworkCamera(script) as camera:
        with opened(camera) as source:
            frames = iter(source)
            next(frames)
            (reader,) = (t for t in threading.enumerate() if t.name == live.THREAD_NAME and t not in before)
        assert not reader.is_alive()
        assert list(frames) == []
        assert camera.hung_up.wait(PATIENCE_S)
