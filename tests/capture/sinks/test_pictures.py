"""Annotated pictures: the right name, whole or not at all, never over the input."""

import re

import cv2
import numpy as np
import pytest

from capture.sinks.names import PICTURE_SUFFIXES, OutputError
from capture.sinks.pictures import ImageSink, save_snapshot, write_picture
from capture.types import Frame, Page

VIEW = np.full((40, 60, 3), (30, 160, 220), np.uint8)


def frame_of(source, index=0, **fields):
    return Frame(VIEW, index, 0.0, str(source), **fields)


def load(path):
    return cv2.imdecode(np.fromfile(path, np.uint8), cv2.IMREAD_COLOR)


@pytest.mark.parametrize("suffix", PICTURE_SUFFIXES)
def test_each_format_holds_the_view(tmp_path, suffix):
    path = tmp_path / f"Übung ½{suffix}"
    with ImageSink(path) as sink:
        sink.write(frame_of("a.jpg"), VIEW, Page())
    assert (sink.problem, sink.written) == (None, 1)
    assert load(path).mean(axis=(0, 1)) == pytest.approx(VIEW.mean(axis=(0, 1)), abs=4)
    assert [entry.name for entry in tmp_path.iterdir()] == [path.name], "nothing half-written is left"


def test_a_folder_keeps_names_where_it_can(tmp_path):
    sources = ["in/one.jpg", "in/Two.PNG", "in/three.gif", "other/one.jpg", "in/no suffix"]
    with ImageSink(tmp_path) as sink:
        for index, source in enumerate(sources):
            sink.write(frame_of(source, index), VIEW, Page())
    expected = {"one.jpg", "Two.PNG", "three.png", "one-2.jpg", "no suffix.png"}
    assert {entry.name for entry in tmp_path.iterdir()} == expected


def test_names_that_differ_in_capitals_only_do_not_replace_each_other(tmp_path):
    """Windows and macOS take them for one."""
    with ImageSink(tmp_path) as sink:
        for source in ["one/A.jpg", "two/a.jpg", "three/a.JPG"]:
            sink.write(frame_of(source), VIEW, Page())
    assert {entry.name for entry in tmp_path.iterdir()} == {"A.jpg", "a-2.jpg", "a-3.JPG"}


def test_many_pictures_of_one_name_cost_no_more_each(tmp_path, monkeypatch):
    looked_at = []
    monkeypatch.setattr("capture.sinks.pictures.is_same_file", lambda *paths: bool(looked_at.append(paths)))
    monkeypatch.setattr("capture.sinks.pictures.write_picture", lambda path, image: None)
    with ImageSink(tmp_path) as sink:
        for number in range(300):
            sink.write(frame_of(f"folder-{number}/page.jpg"), VIEW, Page())
    assert sink.written == 300
    assert len(looked_at) == 300


def test_the_one_picture_that_is_written_is_never_the_one_that_was_read(tmp_path):
    source = tmp_path / "a.jpg"
    source.write_bytes(b"the input")
    (tmp_path / "link.jpg").hardlink_to(source)
    with ImageSink(tmp_path / "link.jpg") as sink:
        sink.write(frame_of(source), VIEW, Page())
    assert "is the input, which would be overwritten" in sink.problem
    assert source.read_bytes() == (tmp_path / "link.jpg").read_bytes() == b"the input"


def test_a_name_as_long_as_names_can_be_is_kept(tmp_path):
    with ImageSink(tmp_path) as sink:
        for source in (f"in/{'b' * 251}.jpg", f"other/{'b' * 251}.jpg", f"in/{'c' * 255}"):
            sink.write(frame_of(source), VIEW, Page())
    assert (sink.problem, sink.written) == (None, 3)


def test_a_second_run_replaces_the_pictures_of_the_first(tmp_path):
    for _ in range(2):
        with ImageSink(tmp_path) as sink:
            for source in ["in/one.jpg", "other/one.jpg"]:
                sink.write(frame_of(source), VIEW, Page())
    assert {entry.name for entry in tmp_path.iterdir()} == {"one.jpg", "one-2.jpg"}


def test_the_input_itself_is_never_overwritten(tmp_path):
    source = tmp_path / "a.jpg"
    source.write_bytes(b"the input")
    with ImageSink(tmp_path) as sink:
        sink.write(frame_of(source), VIEW, Page())
    assert source.read_bytes() == b"the input"
    assert load(tmp_path / "a-2.jpg").shape == VIEW.shape


def test_a_picture_that_could_not_be_read_leaves_none(tmp_path):
    with ImageSink(tmp_path) as sink:
        sink.write(frame_of("bad.jpg", error="cut short"), np.zeros((0, 0, 3), np.uint8), Page())
    assert (sink.problem, sink.written, list(tmp_path.iterdir())) == (None, 0, [])


def test_one_failure_is_told_and_the_rest_is_written(tmp_path):
    (tmp_path / "one.jpg").mkdir()
    with ImageSink(tmp_path) as sink:
        for source in ["in/one.jpg", "in/two.jpg"]:
            sink.write(frame_of(source), VIEW, Page())
    assert re.search(r"one\.jpg: cannot be written \(.*directory.*\)", sink.problem)
    assert sink.written == 1
    assert {entry.name for entry in tmp_path.iterdir()} == {"one.jpg", "two.jpg"}


def test_a_folder_that_vanishes_is_told(tmp_path):
    folder = tmp_path / "out"
    folder.mkdir()
    with ImageSink(folder) as sink:
        folder.rmdir()
        sink.write(frame_of("a.jpg"), VIEW, Page())
    assert "no such file or directory" in sink.problem


@pytest.mark.parametrize("suffix", [".jpg", ".webp"])
def test_a_picture_too_large_for_its_format_says_so(tmp_path, suffix):
    path = tmp_path / f"a{suffix}"
    with pytest.raises(OutputError, match=r"70000x1 pixels do not fit .*; name a \.png instead"):
        write_picture(path, np.zeros((1, 70_000, 3), np.uint8))
    assert not path.exists()


def test_a_failed_write_keeps_the_old_picture(tmp_path):
    path = tmp_path / "a.jpg"
    path.write_bytes(b"old")
    with pytest.raises(OutputError):
        write_picture(path, np.zeros((1, 70_000, 3), np.uint8))
    assert path.read_bytes() == b"old"


def test_a_snapshot_that_fails_leaves_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr("cv2.imencode", lambda *_: (False, None))
    with pytest.raises(OutputError):
        save_snapshot(VIEW, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_snapshots_never_overwrite_each_other(tmp_path):
    paths = {save_snapshot(VIEW, tmp_path) for _ in range(3)}
    assert len(paths) == 3
    assert all(re.fullmatch(r"digits-\d{4}-\d\d-\d\d_\d\d-\d\d-\d\d(-\d)?\.png", path.name) for path in paths)
    assert all(np.array_equal(load(path), VIEW) for path in paths)
