"""What the program does with sources, outputs and flags that make no sense."""

import cv2
import pytest

import run_camera
from capture.synthetic.page import page_of
from tests.support.program import main

pytestmark = pytest.mark.usefixtures("all_sevens")


def make_nothing(folder):
    """Leaves the path empty."""


def make_truncated_jpeg(path):
    data = cv2.imencode(".jpg", page_of("4711", (320, 240)).image)[1].tobytes()
    path.write_bytes(data[: len(data) // 2])


def make_text(path):
    path.write_text("digits")


def make_empty(path):
    path.write_bytes(b"")


def make_empty_folder(path):
    path.mkdir()


BAD_SOURCES = {
    "missing": ("missing.jpg", make_nothing),
    "text named .jpg": ("text.jpg", make_text),
    "truncated JPEG": ("half.jpg", make_truncated_jpeg),
    "empty picture": ("empty.png", make_empty),
    "empty video": ("empty.mp4", make_empty),
    "text named .mp4": ("text.mp4", make_text),
    "folder without pictures": ("folder", make_empty_folder),
    "glob without matches": ("*.tif", make_nothing),
}


class TestBadInput:
    """One clear line, exit code 1, nothing lost."""

    def check(self, capsys, *arguments):
        assert main(*arguments) == 1
        told = capsys.readouterr()
        assert len(told.err.splitlines()) == 1, told.err
        assert told.out == ""
        return told.err

    @pytest.mark.parametrize("name, make", BAD_SOURCES.values(), ids=BAD_SOURCES)
    def test_a_source_that_is_none(self, name, make, tmp_path, capsys):
        make(tmp_path / name)
        lines = tmp_path / "out.jsonl"
        assert name in self.check(capsys, "--source", tmp_path / name, "--readings", lines)
        assert not lines.exists()

    @pytest.mark.parametrize("source", ["99", "/dev/video99"])
    def test_a_missing_camera_names_ways_on_and_does_not_fall_back(self, source, capsys):
        assert "--source demo" in self.check(capsys, "--source", source)

    def test_a_dead_url(self, capsys):
        assert "127.0.0.1" in self.check(capsys, "--source", "http://127.0.0.1:9/video")

    @pytest.mark.parametrize(
        "flag, name",
        [("--save", "out.xyz"), ("--save", "out.mp4"), ("--readings", "out.txt"), ("--clean", "out.mp4")],
    )
    def test_an_output_of_a_kind_that_does_not_suit(self, flag, name, photo, tmp_path, capsys):
        assert name in self.check(capsys, "--source", photo, flag, tmp_path / name)
        assert not (tmp_path / name).exists()

    @pytest.mark.parametrize("flag, name", [("--save", "out.png"), ("--readings", "out.jsonl")])
    def test_an_output_that_cannot_be_written(self, flag, name, photo, tmp_path, capsys):
        (tmp_path / "file").write_text("not a folder")
        assert "/file" in self.check(capsys, "--source", photo, flag, tmp_path / "file" / name)

    def test_an_output_that_is_the_input(self, photo, capsys):
        before = photo.read_bytes()
        assert "input" in self.check(capsys, "--source", photo, "--save", photo)
        assert photo.read_bytes() == before

    def test_two_outputs_with_one_name(self, tmp_path, capsys):
        out = tmp_path / "out.mp4"
        arguments = ["--source", "demo", "--save", out, "--clean", tmp_path / "." / "out.mp4", "--max-frames", "2"]
        assert main(*arguments) == 1
        assert f"{out}: is named for two outputs" in capsys.readouterr().err
        assert not out.exists()

    @pytest.mark.parametrize("make", [make_nothing, make_empty, make_text])
    def test_weights_that_are_none(self, make, photo, tmp_path, monkeypatch, capsys):
        monkeypatch.undo()
        weights = tmp_path / "weights.tflite"
        make(weights)
        assert "weights.tflite" in self.check(capsys, "--source", photo, "--weights", weights)

    @pytest.mark.parametrize(
        "arguments",
        [
            *("--conf 2", "--conf high", "--conf nan", "--max-frames 0", "--max-frames many", "--duration -1"),
            *("--duration inf", "--size 10", "--size 0x5", "--size 10x10@0", "--no-such-flag", "--source"),
        ],
    )
    def test_wrong_flags_are_bad_usage(self, arguments, capsys):
        with pytest.raises(SystemExit) as ended:
            run_camera.main(arguments.split())
        assert ended.value.code == 2
        assert arguments.split()[0] in capsys.readouterr().err
