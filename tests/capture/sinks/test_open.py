"""What `--save` and `--readings` accept, and the recording that a key starts and stops."""

import json
from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np
import pytest

from capture.sinks.names import OutputError
from capture.sinks.open import check_outputs, open_clean, open_readings, open_save
from capture.sinks.pictures import ImageSink
from capture.sinks.readings import CsvSink, JsonLinesSink
from capture.sinks.recorder import Recorder
from capture.sinks.video import VideoSink
from capture.types import Frame, Page

IMAGE = np.full((48, 64, 3), 120, np.uint8)


@dataclass
class FakeSource:
    name: str
    is_live: bool = False
    is_stills: bool = False
    length: int | None = None
    can_wait: bool = False
    paths: tuple = ()


CAMERA = FakeSource("0", is_live=True)
VIDEO = FakeSource("in/film.mp4", length=90)
PHOTO = FakeSource("in/photo.jpg", is_stills=True, length=1)
FOLDER = FakeSource("in", is_stills=True, length=3, paths=(Path("in/photo.jpg"),))
GLOB = FakeSource("in/*.jpg", is_stills=True, length=3, paths=(Path("in/photo.jpg"),))


@pytest.fixture
def at_home(tmp_path, monkeypatch):
    """A working folder with inputs: in/film.mp4, in/photo.jpg and a link to it."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "in").mkdir()
    for name in ("film.mp4", "photo.jpg"):
        (tmp_path / "in" / name).write_bytes(b"input")
    (tmp_path / "link.jpg").symlink_to("in/photo.jpg")
    (tmp_path / "taken").write_text("a file")
    (tmp_path / "films.mp4").mkdir()
    return tmp_path


@pytest.mark.parametrize(
    ("save", "source", "kind"),
    [
        pytest.param("out.mp4", CAMERA, VideoSink, id="camera to mp4"),
        pytest.param("out.MOV", VIDEO, VideoSink, id="video to mov, capitals"),
        pytest.param("new/folder/out.mkv", VIDEO, VideoSink, id="video into a new folder"),
        pytest.param("out.png", PHOTO, ImageSink, id="photo to picture"),
        pytest.param("new/out.jpg", PHOTO, ImageSink, id="photo into a new folder"),
        pytest.param("out", PHOTO, ImageSink, id="photo to folder"),
        pytest.param("new/out/", FOLDER, ImageSink, id="folder to new folder"),
        pytest.param("films.mp4", FOLDER, ImageSink, id="folder to folder with a dot"),
        pytest.param("out", GLOB, ImageSink, id="glob to folder"),
    ],
)
def test_save_suits_the_source(at_home, save, source, kind):
    with open_save(save, source) as sink:
        sink.write(Frame(IMAGE, 0, 0.0, "in/photo.jpg"), IMAGE, Page())
    assert isinstance(sink, kind)
    assert sink.problem is None
    assert (at_home / save).exists()


@pytest.mark.parametrize(
    ("save", "source", "complaint"),
    [
        pytest.param("out.xyz", CAMERA, r"unknown kind of video; end its name with \.mp4, .* or \.mkv", id="unknown"),
        pytest.param("out", CAMERA, "unknown kind of video", id="no suffix"),
        pytest.param("out.png", VIDEO, "unknown kind of video", id="video to picture"),
        pytest.param("out.xyz", PHOTO, "unknown kind of picture", id="photo to unknown"),
        pytest.param("out.mp4", PHOTO, "photos, not a video; name a picture or a folder", id="photo to video"),
        pytest.param("out.mp4", FOLDER, "photos, not a video", id="folder to video"),
        pytest.param("out.png", FOLDER, "is one picture, and in holds many; name a folder", id="folder to picture"),
        pytest.param("taken", FOLDER, "cannot be made a folder", id="folder to existing file"),
        pytest.param("taken/out", FOLDER, "cannot be made a folder", id="folder below a file"),
        pytest.param("taken/out.png", PHOTO, "cannot be made a folder", id="photo below a file"),
        pytest.param("taken/out.mp4", CAMERA, "cannot be written", id="video below a file"),
        pytest.param("films.mp4", CAMERA, "cannot be written", id="video to a folder's name"),
        pytest.param("in/film.mp4", VIDEO, "would be overwritten", id="video onto itself"),
        pytest.param("in/../in/film.mp4", VIDEO, "would be overwritten", id="onto itself by a detour"),
        pytest.param("link.jpg", PHOTO, "would be overwritten", id="photo onto itself through a link"),
        pytest.param("in", PHOTO, "would be overwritten", id="photo into its own folder"),
        pytest.param("in", FOLDER, "would be overwritten", id="folder onto itself"),
        pytest.param("in", GLOB, "would be overwritten", id="glob into its own folder"),
    ],
)
def test_save_that_does_not_suit_is_refused(at_home, save, source, complaint):
    with pytest.raises(OutputError, match=complaint):
        open_save(save, source)
    assert (at_home / "in" / "film.mp4").read_bytes() == b"input"
    assert (at_home / "in" / "photo.jpg").read_bytes() == b"input"


@pytest.mark.parametrize(
    ("outputs", "complaint"),
    [
        pytest.param(("-", None, None), "-: only readings go to stdout", id="a video to stdout"),
        pytest.param((None, "-", None), "-: only readings go to stdout", id="a clean video to stdout"),
        pytest.param(("out.mp4", None, "out.txt"), "unknown kind of readings file", id="a wrong second name"),
        pytest.param(("out.mp4", "out.mp4", None), "out.mp4: is named for two outputs", id="one name twice"),
        pytest.param(("out.mp4", "new/../out.mp4", None), "is named for two outputs", id="by a detour"),
        pytest.param(("link.mp4", "old.mp4", None), "is named for two outputs", id="through a link"),
        pytest.param(("hard.mp4", "old.mp4", None), "is named for two outputs", id="hard links"),
        pytest.param(("old.mp4", "new/../in/film.mp4", None), "would be overwritten", id="the input by a detour"),
    ],
)
def test_all_names_are_looked_at_before_any_output_is_touched(at_home, outputs, complaint):
    Path("old.mp4").write_bytes(b"old")
    Path("link.mp4").symlink_to("old.mp4")
    Path("hard.mp4").hardlink_to("old.mp4")
    before = sorted(at_home.rglob("*"))
    with pytest.raises(OutputError, match=complaint):
        check_outputs(*outputs, VIDEO)
    assert sorted(at_home.rglob("*")) == before
    assert Path("old.mp4").read_bytes() == b"old"


def test_a_camera_may_drop_frames_of_its_recording_and_a_file_may_not(at_home, monkeypatch):
    asked = {}
    monkeypatch.setattr(
        "capture.sinks.open.VideoSink", lambda path, picture, may_drop: asked.update({path.name: may_drop})
    )
    open_save("live.mp4", CAMERA)
    open_save("file.mp4", VIDEO)
    open_save("demo.mp4", FakeSource("demo", is_live=True, can_wait=True))
    assert asked == {"live.mp4": True, "file.mp4": False, "demo.mp4": False}


def test_a_clean_recording_keeps_the_frame(at_home):
    with open_clean("clean.mp4", CAMERA) as sink:
        sink.write(Frame(IMAGE, 0, 0.0, "0"), np.zeros_like(IMAGE), Page())
    with av.open("clean.mp4") as container:
        picture = next(container.decode(video=0)).to_ndarray(format="bgr24")
    assert picture.mean() == pytest.approx(120, abs=2)


@pytest.mark.parametrize(
    ("readings", "kind"),
    [("a.jsonl", JsonLinesSink), ("a.JSON", JsonLinesSink), ("b/a.csv", CsvSink), ("-", JsonLinesSink)],
)
def test_readings_go_by_their_suffix(at_home, readings, kind):
    with open_readings(readings, CAMERA) as sink:
        assert isinstance(sink, kind)


@pytest.mark.parametrize("readings", ["a.txt", "a", "a.mp4"])
def test_unknown_kinds_of_readings_are_refused(at_home, readings):
    with pytest.raises(OutputError, match=r"unknown kind of readings file; end its name with .*\.csv"):
        open_readings(readings, CAMERA)


def test_times_of_readings_are_those_of_the_video(at_home):
    times = [0.0, 0.033, 0.5, 0.501, 1.7, 2.0]
    with open_save("a.mp4", VIDEO) as video, JsonLinesSink(at_home / "a.jsonl") as lines:
        for index, time_s in enumerate(times):
            for sink in (video, lines):
                sink.write(Frame(IMAGE, index, time_s, "film"), IMAGE, Page())
    with av.open("a.mp4") as container:
        of_video = [frame.time for frame in container.decode(video=0)]
    of_lines = [json.loads(line)["time_s"] for line in (at_home / "a.jsonl").read_text("utf-8").splitlines()]
    assert of_video == pytest.approx(of_lines, abs=1e-4)


def feed(recorder, start, count=5):
    for index in range(start, start + count):
        recorder.write(Frame(IMAGE, index, index / 10, "0"), IMAGE, Page())


def test_the_recorder_keeps_what_comes_between_two_presses(tmp_path):
    with Recorder(tmp_path) as recorder:
        feed(recorder, 0)
        assert recorder.toggle()
        feed(recorder, 5)
        first = recorder.path
        assert not recorder.toggle()
        feed(recorder, 10)
        assert recorder.toggle()
        feed(recorder, 15)
    assert recorder.path != first
    assert recorder.problem is None
    for path in (first, recorder.path):
        with av.open(str(path)) as container:
            assert [frame.time for frame in container.decode(video=0)] == pytest.approx([0, 0.1, 0.2, 0.3, 0.4])


def test_a_recording_without_a_frame_leaves_no_file(tmp_path):
    with Recorder(tmp_path) as recorder:
        assert recorder.toggle()
    assert list(tmp_path.iterdir()) == []


def test_two_programs_that_record_in_the_same_second_have_two_files(tmp_path):
    with Recorder(tmp_path) as one, Recorder(tmp_path) as other:
        assert one.toggle() and other.toggle()
        feed(one, 0)
        feed(other, 0, count=3)
    assert one.path != other.path
    frames = [len(list(av.open(str(path)).decode(video=0))) for path in (one.path, other.path)]
    assert frames == [5, 3]


def test_a_recorder_that_cannot_start_says_so_and_idles(tmp_path):
    (tmp_path / "file").write_text("x")
    with Recorder(tmp_path / "file") as recorder:
        assert not recorder.toggle()
        feed(recorder, 0)
        assert "cannot be written" in recorder.problem
        assert not recorder.is_recording
