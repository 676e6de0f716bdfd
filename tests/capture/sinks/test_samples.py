from datetime import datetime

import cv2
import numpy as np
import pytest

from capture.sinks.locks import InUseError
from capture.sinks.names import RecordingError
from capture.sinks.samples import Keeper, cut_out
from capture.types import Box
from model.classifier import NO_DIGIT
from model.glyph import normalise

IMAGE = np.zeros((100, 200, 3), np.uint8)
IMAGE[..., 2] = 90
BOX = Box(50, 30, 20, 40)
GLYPH = normalise(np.full((30, 8), 255, np.uint8))


@pytest.fixture
def keeper(tmp_path):
    return Keeper(tmp_path / "own", now=lambda: datetime(2026, 5, 4, 13, 30, 59))


def read(path):
    return cv2.imread(str(path), cv2.IMREAD_UNCHANGED)


def test_the_glyph_lies_under_its_label_and_the_colours_beside(keeper):
    path = keeper.keep(IMAGE, BOX, GLYPH, 1)
    assert path == keeper.folder / "1" / "2026-05-04_13-30-59-1.png"
    assert (read(path) == GLYPH).all()
    crop = read(keeper.folder / "crops" / "1" / path.name)
    assert crop.shape == (72, 52, 3), "the box with 16 px around it"
    assert (crop == (0, 0, 90)).all()


def test_no_digit_has_a_folder_of_its_own_and_names_never_clash(keeper):
    paths = [keeper.keep(IMAGE, BOX, GLYPH, NO_DIGIT) for _ in range(3)]
    assert {path.parent.name for path in paths} == {"none"}
    assert len(set(paths)) == 3
    assert keeper.summary().startswith("kept: 3 digits in ")


def test_nothing_is_made_before_something_is_kept(keeper):
    assert not keeper.folder.exists()
    assert keeper.summary() == ""


def test_a_second_run_is_kept_out_of_the_folder(tmp_path):
    with Keeper(tmp_path / "own"), pytest.raises(InUseError, match="own: is being written by another run"):
        Keeper(tmp_path / "own").__enter__()
    assert not (tmp_path / "own").exists(), "no empty folder is left"


def test_what_was_kept_stays_when_the_run_ends(tmp_path):
    with Keeper(tmp_path / "own") as keeper:
        path = keeper.keep(IMAGE, BOX, GLYPH, 4)
    assert path.is_file()


def test_a_failed_write_leaves_neither_picture(keeper, monkeypatch):
    def fail(path, image):
        raise RecordingError("the disk is full")

    monkeypatch.setattr("capture.sinks.samples.write_picture", fail)
    with pytest.raises(RecordingError, match="full"):
        keeper.keep(IMAGE, BOX, GLYPH, 4)
    assert not [file for file in keeper.folder.rglob("*") if file.is_file()]


def test_what_is_taken_back_is_gone(keeper):
    path = keeper.keep(IMAGE, BOX, GLYPH, 7)
    keeper.take_back(path)
    assert not [file for file in keeper.folder.rglob("*") if file.is_file()]
    assert keeper.kept == []


def test_a_file_in_the_folders_place_is_refused_at_once(tmp_path):
    (tmp_path / "own").write_text("")
    with pytest.raises(RecordingError, match="is a file; name a folder"):
        Keeper(tmp_path / "own")


def test_a_failure_leaves_nothing_of_the_digit(keeper, monkeypatch):
    def full_disk(path, image):
        if "crops" not in path.parts:
            raise RecordingError(f"{path}: cannot be written (no space left on device)")
        path.write_bytes(b"crop")

    monkeypatch.setattr("capture.sinks.samples.write_picture", full_disk)
    with pytest.raises(RecordingError, match="no space left"):
        keeper.keep(IMAGE, BOX, GLYPH, 7)
    assert not [file for file in keeper.folder.rglob("*") if file.is_file()]
    assert keeper.kept == []


def test_a_folder_that_cannot_be_made_is_told_in_one_line(keeper):
    keeper.folder.parent.joinpath("own").mkdir()
    (keeper.folder / "crops").write_text("in the way")
    with pytest.raises(RecordingError, match=r"cannot be made a folder .*; choose another place"):
        keeper.keep(IMAGE, BOX, GLYPH, 7)


@pytest.mark.parametrize("box", [Box(0, 0, 200, 100), Box(-5, -5, 20, 20), Box(190, 90, 20, 20)])
def test_cutting_stays_within_the_picture(box):
    assert cut_out(IMAGE, box).size > 0
