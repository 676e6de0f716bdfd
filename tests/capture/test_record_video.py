"""Recordings: they play, last as long as the scene, and survive whatever happens to the program or the disk."""

import signal
import struct
import subprocess
import sys
import threading
import time
from itertools import islice
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from capture.demo import demo_frames
from capture.encode_video import MUXERS, Timeline, fit
from capture.frame import Frame
from capture.outputs import VIDEO_SUFFIXES, RecordingError
from capture.record_video import VideoSink
from capture.sources import open_source

ROOT = Path(__file__).resolve().parents[2]


def make_frame(index, time_s, size=(64, 48), level=None):
    """A grey frame whose level tells its index."""
    level = (40 + 10 * index) % 250 if level is None else level
    return Frame(np.full((size[1], size[0], 3), level, np.uint8), index, time_s, "test")


def record(path, times, size=(64, 48), **options):
    """Records one frame a time, waiting for the encoder as a file source would; returns the closed sink."""
    options.setdefault("may_drop", False)
    with VideoSink(path, **options) as sink:
        for index, time_s in enumerate(times):
            frame = make_frame(index, time_s, size)
            sink.write(frame, frame.image, [])
    return sink


def decode(path):
    """The pictures of a video, and their times in seconds."""
    with av.open(str(path)) as container:
        frames = list(container.decode(video=0))
    return [frame.to_ndarray(format="bgr24") for frame in frames], [frame.time for frame in frames]


def duration_s(path):
    with av.open(str(path)) as container:
        return container.duration / av.time_base


def box_types(path):
    """The kinds of boxes that an MP4 file is made of."""
    data, kinds, at = path.read_bytes(), [], 0
    while at < len(data):
        size, kind = struct.unpack(">I4s", data[at : at + 8])
        kinds.append(kind.decode())
        at += size if size != 1 else struct.unpack(">Q", data[at + 8 : at + 16])[0]
    return kinds


def test_every_video_suffix_has_a_muxer():
    assert set(VIDEO_SUFFIXES) == set(MUXERS)


@pytest.mark.parametrize("suffix", VIDEO_SUFFIXES)
def test_a_recording_is_h264_that_phones_play(tmp_path, suffix):
    sink = record(tmp_path / f"a{suffix}", [i / 30 for i in range(30)])
    assert (sink.problem, sink.dropped) == (None, 0)
    with av.open(str(sink.path)) as container:
        codec = container.streams.video[0].codec_context
        assert (codec.name, codec.pix_fmt, codec.width, codec.height) == ("h264", "yuv420p", 64, 48)
    pictures, _ = decode(sink.path)
    assert [round(float(picture.mean())) for picture in pictures] == pytest.approx(
        [make_frame(i, 0).image.mean() for i in range(30)], abs=3
    )


@pytest.mark.parametrize(
    ("times", "scene_s"),
    [
        pytest.param([i / 30 for i in range(60)], 2.0, id="30 fps"),
        pytest.param([i * 1001 / 30000 for i in range(60)], 2.002, id="29.97 fps"),
        pytest.param([float(i) for i in range(12)], 12.0, id="1 fps"),
        pytest.param([i / 240 for i in range(240)], 1.0, id="240 fps"),
        pytest.param([5.0 * i for i in range(4)], 20.0, id="a frame every 5 s"),
        pytest.param([0, 0.03, 0.5, 0.51, 1.9, 2.0, 3.7, 4.0], 32 / 7, id="irregular"),
    ],
)
@pytest.mark.parametrize("suffix", [".mp4", ".mkv"])
def test_a_recording_lasts_as_long_as_the_scene(tmp_path, suffix, times, scene_s):
    sink = record(tmp_path / f"a{suffix}", times)
    assert decode(sink.path)[1] == pytest.approx(times, abs=0.001)
    assert duration_s(sink.path) == pytest.approx(scene_s, rel=0.02)


def test_there_is_a_keyframe_at_least_every_second(tmp_path):
    sink = record(tmp_path / "a.mp4", [i / 10 for i in range(50)])
    with av.open(str(sink.path)) as container:
        times = [float(packet.pts * packet.time_base) for packet in container.demux(video=0) if packet.is_keyframe]
    assert max(np.diff([*times, 5.0])) <= 1.001


def test_a_recording_that_starts_later_starts_at_nought(tmp_path):
    sink = record(tmp_path / "a.mp4", [37.0, 37.5, 38.0], starts_at_s=None)
    assert decode(sink.path)[1] == pytest.approx([0, 0.5, 1.0])


def test_a_late_first_frame_keeps_its_time(tmp_path):
    sink = record(tmp_path / "a.mp4", [0.4, 0.5, 0.6])
    assert decode(sink.path)[1] == pytest.approx([0.4, 0.5, 0.6])


@pytest.mark.parametrize(
    ("times", "wanted"),
    [
        pytest.param([0, 0.1, 0.1, 0.2], [0, 0.1, 0.1, 0.2], id="equal times"),
        pytest.param([0, 0.1, 0.05, 0.2], [0, 0.1, 0.1, 0.2], id="jitter"),
        pytest.param([100, 100.1, 100.2, 5.0, 5.1, 5.2], [0, 0.1, 0.2, 0.3, 0.4, 0.5], id="clock set back"),
        pytest.param([-1.0, -0.5, 0.5], [0, 0, 0.5], id="before the start"),
    ],
)
def test_a_clock_that_goes_back_does_not_stop_the_recording(times, wanted):
    timeline = Timeline(None if times[0] == 100 else 0.0)
    ticks = [timeline.tick(time_s) for time_s in times]
    assert all(np.diff(ticks) > 0)
    assert [tick / 90000 for tick in ticks] == pytest.approx(wanted, abs=0.001)


@given(st.lists(st.floats(-1e12, 1e12, allow_nan=False), min_size=2, max_size=50), st.sampled_from([0.0, None]))
def test_no_clock_is_too_wild_for_a_video(times, starts_at_s):
    timeline = Timeline(starts_at_s)
    steps = np.diff([timeline.tick(time_s) for time_s in times]) / 90_000
    assert steps.min() > 0
    assert steps.max() < 3601


@pytest.mark.parametrize("suffix", VIDEO_SUFFIXES)
def test_a_clock_set_forward_by_days_does_not_stop_the_recording(tmp_path, suffix):
    sink = record(tmp_path / f"a{suffix}", [0, 0.1, 1e6, 1e6 + 0.1])
    assert sink.problem is None
    assert decode(sink.path)[1] == pytest.approx([0, 0.1, 0.2, 0.3], abs=0.001)


@pytest.mark.parametrize("size", [(1, 1), (2, 2), (63, 47), (640, 1), (321, 240)], ids=str)
def test_odd_sizes_are_padded_by_a_pixel(tmp_path, size):
    sink = record(tmp_path / "a.mp4", [0, 0.1, 0.2], size)
    pictures, _ = decode(sink.path)
    assert sink.problem is None
    assert [picture.shape for picture in pictures] == [(size[1] + size[1] % 2, size[0] + size[0] % 2, 3)] * 3


def test_frames_of_another_size_are_letterboxed_and_none_is_lost(tmp_path):
    with VideoSink(tmp_path / "a.mp4", may_drop=False) as sink:
        for index, size in enumerate([(64, 48), (32, 96), (641, 480), (1, 1)]):
            frame = make_frame(index, index / 10, size, level=200)
            sink.write(frame, frame.image, [])
    pictures, _ = decode(sink.path)
    assert [picture.shape for picture in pictures] == [(48, 64, 3)] * 4
    tall = pictures[1]
    assert tall[24, 32].mean() == pytest.approx(200, abs=4)
    assert tall[24, 4].mean() == pytest.approx(0, abs=4)


def test_fit_keeps_the_shape_of_what_it_shrinks():
    image = np.full((100, 400, 3), 255, np.uint8)
    fitted = fit(image, 200, 200)
    rows = np.flatnonzero(fitted[:, 100, 0])
    assert (fitted.shape, rows[0], len(rows)) == ((200, 200, 3), 75, 50)


def test_a_clean_recording_holds_the_frame_and_not_the_view(tmp_path):
    frame = make_frame(0, 0.0, level=180)
    with VideoSink(tmp_path / "a.mp4", picture="frame") as sink:
        sink.write(frame, np.zeros_like(frame.image), [])
    assert decode(sink.path)[0][0].mean() == pytest.approx(180, abs=2)


@pytest.mark.parametrize("suffix", VIDEO_SUFFIXES)
def test_a_clean_recording_is_the_scene_again_as_a_source(tmp_path, suffix):
    scene = list(islice(demo_frames(4, (321, 240)), 12))
    with VideoSink(tmp_path / f"a{suffix}", picture="frame", may_drop=False) as sink:
        for frame in scene:
            sink.write(frame, np.zeros_like(frame.image), [])
    with open_source(str(sink.path)) as source:
        replay = list(source)
    assert [frame.index for frame in replay] == [frame.index for frame in scene]
    assert [frame.time_s for frame in replay] == pytest.approx([frame.time_s for frame in scene], abs=0.001)
    for again, frame in zip(replay, scene, strict=True):
        grey, grey_again = (cv2.cvtColor(image, cv2.COLOR_BGR2GRAY) for image in (frame.image, again.image[:, :321]))
        assert np.abs(np.subtract(grey, grey_again, dtype=np.float32)).mean() < 3


def test_colours_come_back_as_they_were(tmp_path):
    colours = [(200, 40, 60), (30, 180, 220), (90, 90, 200)]
    with VideoSink(tmp_path / "a.mp4", may_drop=False) as sink:
        for index, colour in enumerate(colours):
            image = np.full((48, 64, 3), colour, np.uint8)
            sink.write(Frame(image, index, index / 10, "test"), image, [])
    for picture, colour in zip(decode(sink.path)[0], colours, strict=True):
        assert picture.mean(axis=(0, 1)) == pytest.approx(colour, abs=4)


def test_pictures_that_could_not_be_read_are_skipped(tmp_path):
    broken = Frame(np.zeros((0, 0, 3), np.uint8), 1, 0.1, "bad.jpg", error="cannot be read")
    with VideoSink(tmp_path / "a.mp4", may_drop=False) as sink:
        for frame in [make_frame(0, 0.0), broken, make_frame(2, 0.2)]:
            sink.write(frame, frame.image, [])
    assert decode(sink.path)[1] == pytest.approx([0, 0.2])


def test_a_recording_without_frames_leaves_no_file(tmp_path):
    with VideoSink(tmp_path / "a.mp4") as sink:
        pass
    assert sink.problem is None
    assert not sink.path.exists()


def test_a_second_close_and_late_frames_do_no_harm(tmp_path):
    sink = record(tmp_path / "a.mp4", [0, 0.1])
    sink.write(make_frame(2, 0.2), make_frame(2, 0.2).image, [])
    sink.close()
    assert len(decode(sink.path)[1]) == 2


class SlowEncoder:
    """Stands in for the encoder; takes a frame only when it is let."""

    def __init__(self, output, *_settings):
        self.output, self.times, self.may_go = output, [], threading.Event()
        SlowEncoder.last = self

    def __enter__(self):
        return self

    def __exit__(self, *_failure):
        self.output.close()

    def add(self, image, time_s):
        self.may_go.wait(10)
        self.times.append(time_s)


def wait_until(is_true, limit_s=10.0):
    """Waits for another thread; fails the test when it takes too long."""
    deadline = time.monotonic() + limit_s
    while not is_true():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.005)


def test_a_camera_is_never_kept_waiting_and_drops_are_counted(tmp_path, monkeypatch):
    monkeypatch.setattr("capture.encode_video.VideoEncoder", SlowEncoder)
    monkeypatch.setattr("capture.record_video.QUEUE_BYTES", 0)
    with VideoSink(tmp_path / "a.mp4", may_drop=True) as sink:
        for index in range(50):
            frame = make_frame(index, index / 30)
            sink.write(frame, frame.image, [])
        wait_until(lambda: hasattr(SlowEncoder, "last"))
        SlowEncoder.last.may_go.set()
    assert sink.dropped > 0
    assert sink.dropped + len(SlowEncoder.last.times) == 50


def test_a_file_is_recorded_whole_however_slow_the_encoder(tmp_path, monkeypatch):
    monkeypatch.setattr("capture.record_video.QUEUE_BYTES", 0)
    times = [i / 30 for i in range(100)]
    sink = record(tmp_path / "a.mp4", times, size=(640, 480))
    assert sink.dropped == 0
    assert decode(sink.path)[1] == pytest.approx(times, abs=0.001)


@pytest.mark.parametrize(
    "path", ["file.txt/a.mp4", "/proc/a.mp4", "folder.mp4"], ids=["below a file", "refusing file system", "a folder"]
)
def test_an_output_that_cannot_be_written_fails_at_once(tmp_path, path):
    (tmp_path / "file.txt").write_text("x")
    (tmp_path / "folder.mp4").mkdir()
    with pytest.raises(RecordingError, match=r"cannot be written \(.+\); choose another place"):
        VideoSink(tmp_path / path)


def test_an_encoder_that_fails_ends_the_recording_and_not_the_run(tmp_path):
    image = np.zeros((2, 20_000, 3), np.uint8)
    with VideoSink(tmp_path / "a.mp4", may_drop=False) as sink:
        for index in range(30):
            sink.write(Frame(image, index, index / 10, "test"), image, [])
    assert "the recording has ended" in sink.problem


@pytest.mark.skipif(sys.platform == "win32", reason="Windows does not let go of an open file")
def test_a_removed_output_is_noticed_within_a_second_of_video(tmp_path):
    with VideoSink(tmp_path / "a.mp4", may_drop=False) as sink:
        for index in range(60):
            frame = make_frame(index, index / 30)
            sink.write(frame, frame.image, [])
            if index == 10:
                wait_until(lambda: sink.path.stat().st_size > 0)
                sink.path.unlink()
    assert sink.problem == f"{sink.path}: the recording has ended, because somebody removed the file"


CHILD = """
import sys, time
from pathlib import Path
import numpy as np
from capture.frame import Frame
from capture.record_video import VideoSink
FPS, SECONDS = 30, float(sys.argv[2])
noise = np.random.default_rng(0).integers(0, 255, (4, 240, 320, 3), np.uint8)
started = time.monotonic()
with VideoSink(Path(sys.argv[1]), may_drop=False) as sink:
    for index in range(int(FPS * SECONDS)):
        time.sleep(max(0.0, started + index / FPS - time.monotonic()) if sys.argv[3] == "live" else 0)
        sink.write(Frame(noise[index % 4], index, index / FPS, "child"), noise[index % 4], [])
        print(index / FPS, flush=True)
print(sink.problem, flush=True)
"""


def start_child(path, seconds, pace, **options):
    return subprocess.Popen(
        [sys.executable, "-c", CHILD, str(path), str(seconds), pace],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        **options,
    )


@pytest.mark.parametrize("suffix", [".mp4", ".mkv"])
def test_a_killed_recording_plays_up_to_its_last_second(tmp_path, suffix):
    path = tmp_path / f"a{suffix}"
    with start_child(path, 60, "live") as child:
        last_s = 0.0
        while last_s < 2.5:
            last_s = float(child.stdout.readline())
        child.send_signal(signal.SIGKILL)
        last_s = float(([str(last_s), *child.stdout.read().split()])[-1])
    times = decode(path)[1]
    assert times == pytest.approx([i / 30 for i in range(len(times))], abs=0.001)
    assert last_s - times[-1] < 1.0


@pytest.mark.parametrize("limit_kib", [0, 1, 40, 600, 1200])
@pytest.mark.parametrize("suffix", [".mp4", ".mkv"])
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit on the size of files")
def test_a_full_disk_ends_the_recording_and_what_was_recorded_plays(tmp_path, suffix, limit_kib):
    import resource

    def limit_file_size():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit_kib * 1024, limit_kib * 1024))

    path = tmp_path / f"a{suffix}"
    with start_child(path, 5, "fast", preexec_fn=limit_file_size) as child:
        lines = child.stdout.read().splitlines()
    assert child.returncode == 0
    assert len(lines) == 151, "reading went on to the end"
    assert lines[-1] == f"{path}: the recording has ended (file too large); what was recorded is kept"
    if limit_kib >= 600:
        times = decode(path)[1]
        assert len(times) > 3
        assert times == pytest.approx([i / 30 for i in range(len(times))], abs=0.001)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no signals to send to a child")
@pytest.mark.parametrize("signals", [[signal.SIGINT], [signal.SIGINT, signal.SIGINT]], ids=["once", "twice"])
def test_ctrl_c_finishes_the_file(tmp_path, signals):
    path = tmp_path / "a.mp4"
    with start_child(path, 60, "live", stderr=subprocess.DEVNULL) as child:
        for _ in range(20):
            child.stdout.readline()
        for number in signals:
            child.send_signal(number)
            time.sleep(0.01)
        told = 20 + len(child.stdout.read().split())
    assert box_types(path) == ["ftyp", "free", "mdat", "moov"], "an ordinary MP4, no longer in pieces"
    assert told <= len(decode(path)[1]) <= told + 1


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_bug_in_the_encoder_does_not_hang_the_reader(tmp_path, monkeypatch):
    monkeypatch.setattr("capture.record_video.QUEUE_BYTES", 0)
    monkeypatch.setattr("capture.encode_video.fit", None)
    record(tmp_path / "a.mp4", [i / 10 for i in range(20)])


def test_a_broken_pyav_is_told(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "capture.encode_video", None)
    sink = record(tmp_path / "a.mp4", [0, 0.1])
    assert "PyAV cannot be loaded" in sink.problem
    assert sink.problem.endswith("pip install --force-reinstall av")


def test_a_missing_pyav_is_told_at_once(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "av", None)
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(RecordingError, match="need PyAV, which is not installed; run: pip install av"):
        VideoSink(tmp_path / "a.mp4")


@pytest.mark.parametrize(
    "image", [np.zeros((48, 64), np.uint8), np.zeros((48, 64, 3), np.float64)], ids=["grey", "float"]
)
def test_a_picture_of_the_wrong_kind_ends_the_recording_only(tmp_path, image):
    with VideoSink(tmp_path / "a.mp4", may_drop=False) as sink:
        for index in range(20):
            sink.write(Frame(image, index, index / 10, "test"), image, [])
    assert "encoding failed" in sink.problem
