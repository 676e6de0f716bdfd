"""Names of outputs: new ones are never shared, long ones still fit, and a folder that cannot be used is told."""

import os
import sys
from datetime import datetime
from pathlib import Path

import pytest

from capture.sinks.names import (
    MAX_NAME_BYTES,
    OutputError,
    claim,
    is_same_file,
    make_folder,
    new_output_path,
    numbered,
)


def test_output_names_hold_the_time_and_never_clash(tmp_path):
    moment = datetime(2026, 5, 4, 13, 30, 59)
    names = [new_output_path(tmp_path, "digits", ".mp4", moment).name for _ in range(3)]
    stem = "digits-2026-05-04_13-30-59"
    assert names == [f"{stem}.mp4", f"{stem}-2.mp4", f"{stem}-3.mp4"]


def test_a_claimed_name_belongs_to_one_program_even_in_the_same_moment(tmp_path, monkeypatch):
    """Both have seen that the name is free: only the system can say who came first."""
    monkeypatch.setattr("pathlib.Path.exists", lambda path: False)
    assert claim(tmp_path / "a.png") != claim(tmp_path / "a.png")


def test_a_place_where_nothing_can_be_claimed_is_told(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match=r"cannot be written \(not a directory\)"):
        claim(tmp_path / "file" / "a.png")


@pytest.mark.parametrize("stem", ["b" * 251, "ü" * 125, "七" * 83], ids=["ASCII", "two bytes", "three bytes"])
def test_numbered_names_that_would_be_too_long_lose_their_stems_end(tmp_path, stem):
    names = [path for path, _ in zip(numbered(tmp_path / f"{stem}.jpg"), range(12), strict=False)]
    assert len(set(names)) == 12
    for path in names:
        assert len(os.fsencode(path.name)) <= MAX_NAME_BYTES
        assert path.suffix == ".jpg"
        path.touch()


@pytest.mark.skipif(sys.platform != "linux", reason="/proc is Linux's folder where nobody can write, root neither")
def test_a_folder_where_nothing_can_be_written_is_told():
    with pytest.raises(OutputError, match=r"/proc/self: cannot be written to \(.*\); choose another place"):
        make_folder(Path("/proc/self"))


def test_a_folder_is_made_with_those_it_lies_in_and_tried(tmp_path):
    make_folder(tmp_path / "a" / "b")
    assert list((tmp_path / "a" / "b").iterdir()) == []


def test_a_file_in_a_folders_place_is_told(tmp_path):
    (tmp_path / "a").write_text("")
    with pytest.raises(OutputError, match=r"cannot be made a folder \(.*\); choose another place"):
        make_folder(tmp_path / "a" / "b")


def test_names_that_the_system_refuses_are_no_file(tmp_path):
    assert not is_same_file(tmp_path / ("a" * 300), tmp_path)
    assert not is_same_file(tmp_path / "a\0b", tmp_path)
