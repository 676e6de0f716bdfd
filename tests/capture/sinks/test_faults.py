"""Recordings survive whatever happens to the program, the disk or the encoder, and the reader is never held up."""

import signal
import subprocess
import sys
import threading
import time
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from capture.sinks.names import OutputError
from capture.sinks.video import VideoSink
from capture.types import Frame, Page
from tests.support.video_files import box_types, decode, make_frame, record, wait_until

ROOT = Path(__file__).resolve().parents[3]


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


def test_a_camera_is_never_kept_waiting_and_drops_are_counted(tmp_path, monkeypatch):
    monkeypatch.setattr("capture.sinks.video_encoder.VideoEncoder", SlowEncoder)
    monkeypatch.setattr("capture.sinks.video.QUEUE_BYTES", 0)
    with VideoSink(tmp_path / "a.mp4", may_drop=True) as sink:
        for index in range(50):
            frame = make_frame(index, index / 30)
            sink.write(frame, frame.image, Page())
        wait_until(lambda: hasattr(SlowEncoder, "last"))
        SlowEncoder.last.may_go.set()
    assert sink.dropped > 0
    assert sink.dropped + len(SlowEncoder.last.times) == 50


def test_a_file_is_recorded_whole_however_slow_the_encoder(tmp_path, monkeypatch):
    monkeypatch.setattr("capture.sinks.video.QUEUE_BYTES", 0)
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
    with pytest.raises(OutputError, match=r"cannot be written \(.+\); choose another place"):
        VideoSink(tmp_path / path)


def test_an_encoder_that_fails_ends_the_recording_and_not_the_run(tmp_path):
    image = np.zeros((2, 20_000, 3), np.uint8)
    with VideoSink(tmp_path / "a.mp4", may_drop=False) as sink:
        for index in range(30):
            sink.write(Frame(image, index, index / 10, "test"), image, Page())
    assert "the recording has ended" in sink.problem


@pytest.mark.skipif(sys.platform == "win32", reason="Windows does not let go of an open file")
def test_a_removed_output_is_noticed_within_a_second_of_video(tmp_path):
    with VideoSink(tmp_path / "a.mp4", may_drop=False) as sink:
        for index in range(60):
            frame = make_frame(index, index / 30)
            sink.write(frame, frame.image, Page())
            if index == 10:
                wait_until(lambda: sink.path.stat().st_size > 0)
                sink.path.unlink()
    assert sink.problem == f"{sink.path}: the recording has ended, because somebody removed the file"


CHILD = """
import signal, sys, time
from pathlib import Path
import numpy as np
from capture.types import Frame, Page
from capture.sinks.video import VideoSink
signal.signal(signal.SIGINT, signal.default_int_handler)  # what is started in the background ignores it
FPS, SECONDS = 30, float(sys.argv[2])
noise = np.random.default_rng(0).integers(0, 255, (4, 240, 320, 3), np.uint8)
started = time.monotonic()
with VideoSink(Path(sys.argv[1]), may_drop=False) as sink:
    for index in range(int(FPS * SECONDS)):
        time.sleep(max(0.0, started + index / FPS - time.monotonic()) if sys.argv[3] == "live" else 0)
        sink.write(Frame(noise[index % 4], index, index / FPS, "child"), noise[index % 4], Page())
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


def limit_file_size(limit_bytes):
    import resource

    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit_bytes, limit_bytes))


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
    path = tmp_path / f"a{suffix}"
    with start_child(path, 5, "fast", preexec_fn=partial(limit_file_size, limit_kib * 1024)) as child:
        lines = child.stdout.read().splitlines()
    assert child.returncode == 0
    assert len(lines) == 151, "reading went on to the end"
    assert lines[-1] == f"{path}: the recording has ended (file too large); what was recorded is kept"
    if limit_kib >= 600:
        times = decode(path)[1]
        assert len(times) > 3
        assert times == pytest.approx([i / 30 for i in range(len(times))], abs=0.001)


@pytest.mark.parametrize("suffix", [".mp4", ".mkv"])
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit on the size of files")
def test_a_disk_that_is_full_before_the_first_frame_leaves_the_older_recording(tmp_path, suffix):
    path = tmp_path / f"a{suffix}"
    path.write_bytes(b"an older recording")
    room_for_a_head = partial(limit_file_size, 700)
    with start_child(path, 1, "fast", preexec_fn=room_for_a_head) as child:
        told = child.stdout.read().splitlines()[-1]
    assert told == f"{path}: the recording has ended (file too large); what was there before is kept"
    assert path.read_bytes() == b"an older recording"
    assert [entry.name for entry in tmp_path.iterdir()] == [path.name]


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
    monkeypatch.setattr("capture.sinks.video.QUEUE_BYTES", 0)
    monkeypatch.setattr("capture.sinks.video_encoder.fit", None)
    record(tmp_path / "a.mp4", [i / 10 for i in range(20)])


def test_a_broken_pyav_is_told(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "capture.sinks.video_encoder", None)
    sink = record(tmp_path / "a.mp4", [0, 0.1])
    assert "PyAV cannot be loaded" in sink.problem
    assert sink.problem.endswith("pip install --force-reinstall av")


def test_a_pyav_that_loses_frames_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("av.__version__", "17.1.0")
    sink = record(tmp_path / "a.mp4", [0, 0.1])
    assert "PyAV 17.1.0 loses most of a recording; run: pip install --upgrade 'av>=18'" in sink.problem
    assert not sink.path.exists()


def test_a_missing_pyav_is_told_at_once(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "av", None)
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(OutputError, match="need PyAV, which is not installed; run: pip install av"):
        VideoSink(tmp_path / "a.mp4")


@pytest.mark.parametrize(
    "image", [np.zeros((48, 64), np.uint8), np.zeros((48, 64, 3), np.float64)], ids=["grey", "float"]
)
def test_a_picture_of_the_wrong_kind_ends_the_recording_only(tmp_path, image):
    with VideoSink(tmp_path / "a.mp4", may_drop=False) as sink:
        for index in range(20):
            sink.write(Frame(image, index, index / 10, "test"), image, Page())
    assert "encoding failed" in sink.problem
