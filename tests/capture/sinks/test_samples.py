from datetime import datetime

import cv2
import numpy as np
import pytest

from capture.boxes import Box
from capture.sinks.locks import InUseError
from capture.sinks.names import OutputError
from capture.sinks.samples import SampleStore, crop_with_margin
from model.classifier import NO_DIGIT
from model.glyph import normalise

IMAGE = np.zeros((100, 200, 3), np.uint8)
IMAGE[..., 2] = 90
BOX = Box(50, 30, 20, 40)
GLYPH = normalise(np.full((30, 8), 255, np.uint8))


@pytest.fixture
def samples(tmp_path):
    return SampleStore(tmp_path / "own", now=lambda: datetime(2026, 5, 4, 13, 30, 59))


def read(path):
    return cv2.imread(str(path), cv2.IMREAD_UNCHANGED)


def test_the_glyph_lies_under_its_label_and_the_colours_beside(samples):
    path = samples.add(IMAGE, BOX, GLYPH, 1)
    assert path == samples.folder / "1" / "2026-05-04_13-30-59-1.png"
    assert (read(path) == GLYPH).all()
    crop = read(samples.folder / "crops" / "1" / path.name)
    assert crop.shape == (72, 52, 3), "the box with 16 px around it"
    assert (crop == (0, 0, 90)).all()


def test_no_digit_has_a_folder_of_its_own_and_names_never_clash(samples):
    paths = [samples.add(IMAGE, BOX, GLYPH, NO_DIGIT) for _ in range(3)]
    assert {path.parent.name for path in paths} == {"none"}
    assert len(set(paths)) == 3
    assert samples.summary().startswith("kept: 3 digits in ")


def test_nothing_is_made_before_something_is_kept(samples):
    assert not samples.folder.exists()
    assert "nothing" in samples.summary()


def test_a_second_run_is_kept_out_of_the_folder(tmp_path):
    with SampleStore(tmp_path / "own"), pytest.raises(InUseError, match="own: is being written by another run"):
        SampleStore(tmp_path / "own").__enter__()
    assert not (tmp_path / "own").exists(), "no empty folder is left"


def test_what_was_kept_stays_when_the_run_ends(tmp_path):
    with SampleStore(tmp_path / "own") as samples:
        path = samples.add(IMAGE, BOX, GLYPH, 4)
    assert path.is_file()


def test_a_failed_write_leaves_neither_picture(samples, monkeypatch):
    def fail(path, image):
        raise OutputError("the disk is full")

    monkeypatch.setattr("capture.sinks.samples.write_picture", fail)
    with pytest.raises(OutputError, match="full"):
        samples.add(IMAGE, BOX, GLYPH, 4)
    assert not [file for file in samples.folder.rglob("*") if file.is_file()]


def test_what_is_taken_back_is_gone(samples):
    path = samples.add(IMAGE, BOX, GLYPH, 7)
    samples.remove(path)
    assert not [file for file in samples.folder.rglob("*") if file.is_file()]
    assert samples.kept == []


def test_a_file_in_the_folders_place_is_refused_at_once(tmp_path):
    (tmp_path / "own").write_text("")
    with pytest.raises(OutputError, match="is a file; name a folder"):
        SampleStore(tmp_path / "own")


def test_a_failure_leaves_nothing_of_the_digit(samples, monkeypatch):
    def full_disk(path, image):
        if "crops" not in path.parts:
            raise OutputError(f"{path}: cannot be written (no space left on device)")
        path.write_bytes(b"crop")

    monkeypatch.setattr("capture.sinks.samples.write_picture", full_disk)
    with pytest.raises(OutputError, match="no space left"):
        samples.add(IMAGE, BOX, GLYPH, 7)
    assert not [file for file in samples.folder.rglob("*") if file.is_file()]
    assert samples.kept == []


def test_a_folder_that_cannot_be_made_is_told_in_one_line(samples):
    samples.folder.parent.joinpath("own").mkdir()
    (samples.folder / "crops").write_text("in the way")
    with pytest.raises(OutputError, match=r"cannot be made a folder .*; choose another place"):
        samples.add(IMAGE, BOX, GLYPH, 7)


@pytest.mark.parametrize("box", [Box(0, 0, 200, 100), Box(-5, -5, 20, 20), Box(190, 90, 20, 20)])
def test_cutting_stays_within_the_picture(box):
    assert crop_with_margin(IMAGE, box).size > 0
