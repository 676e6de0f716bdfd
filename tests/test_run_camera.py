"""The program from the outside: what it takes, what it leaves behind, what it says and how it ends."""

import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import cv2
import numpy as np
import pytest

import run_camera
from capture.pages import page_of
from model.classifier import CLASSES, DEFAULT_WEIGHTS

ROOT = Path(__file__).resolve().parents[1]
MOST_FLAGS = 14
END_S = 20  # for a program to end that was asked to
ALL_SEVENS = """
import sys, numpy as np, run_camera
run_camera.load_classifier = lambda path: lambda glyphs: np.eye(11, dtype=np.float32)[[7] * len(glyphs)]
raise SystemExit(run_camera.main(sys.argv[1:]))
"""


@pytest.fixture(autouse=True)
def all_sevens(monkeypatch):
    """A network that takes everything for a 7: these tests are not about reading."""
    network = np.eye(CLASSES, dtype=np.float32)
    monkeypatch.setattr(run_camera, "load_classifier", lambda path: lambda glyphs: network[[7] * len(glyphs)])


@pytest.fixture
def photo(tmp_path):
    """The name of a photo with the digits 4711."""
    return write_photo(tmp_path / "photo.png", "4711")


def write_photo(path, text):
    cv2.imwrite(str(path), page_of(text, (320, 240)).image)
    return path


def start(*arguments, **settings):
    """The program in a process of its own."""
    command = [sys.executable, "-c", ALL_SEVENS, *map(str, arguments)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **settings)


def run_program(*arguments, **settings):
    """The program in a process of its own, until it ends."""
    command = [sys.executable, "-c", ALL_SEVENS, *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, text=True, check=False, timeout=END_S, **settings)


def lines_of(path):
    return [json.loads(line) for line in path.read_text().splitlines()]


def frame_count(path):
    video, frames = cv2.VideoCapture(str(path)), 0
    while video.read()[0]:
        frames += 1
    return frames


def main(*arguments):
    return run_camera.main([*map(str, arguments), "--no-show"])


class TestWhatItLeaves:
    def test_a_photo_gives_an_annotated_photo_and_a_line(self, photo, tmp_path):
        before = photo.read_bytes()
        out, lines = tmp_path / "out.png", tmp_path / "out.jsonl"
        assert main("--source", photo, "--save", out, "--readings", lines) == 0
        (line,) = lines_of(lines)
        assert [digit["digit"] for digit in line["digits"]] == [7, 7, 7, 7]
        assert [number["text"] for number in line["numbers"]] == ["7777"]
        assert (line["width"], line["height"], line["source"]) == (320, 240, str(photo))
        view, image = cv2.imread(str(out)), cv2.imread(str(photo))
        assert view.shape == image.shape
        assert not (view == image).all()
        assert photo.read_bytes() == before

    def test_a_folder_gives_a_line_a_picture_in_natural_order(self, tmp_path, capsys):
        folder = tmp_path / "photos"
        folder.mkdir()
        for name in ("10.png", "2.png", "1.png"):
            write_photo(folder / name, "12")
        (folder / "3.jpg").write_text("no picture")
        lines, out = tmp_path / "out.jsonl", tmp_path / "annotated"
        assert main("--source", folder, "--readings", lines, "--save", out) == 1
        assert [Path(line["source"]).name for line in lines_of(lines)] == ["1.png", "2.png", "3.jpg", "10.png"]
        assert ["error" in line for line in lines_of(lines)] == [False, False, True, False]
        assert sorted(path.name for path in out.iterdir()) == ["1.png", "10.png", "2.png"]
        assert "3.jpg" in capsys.readouterr().err

    def test_the_demo_gives_a_video_and_a_line_a_frame(self, tmp_path):
        video, clean, lines = (tmp_path / name for name in ("out.mp4", "clean.mp4", "out.jsonl"))
        outputs = f"--save {video} --clean {clean} --readings {lines}"
        assert main(*f"--source demo --max-frames 6 --size 320x240 {outputs}".split()) == 0
        assert [line["frame"] for line in lines_of(lines)] == list(range(6))
        assert frame_count(video) == frame_count(clean) == 6

    def test_csv_has_a_row_a_digit(self, photo, tmp_path):
        table = tmp_path / "out.csv"
        assert main("--source", photo, "--readings", table) == 0
        assert len(table.read_text().splitlines()) == 1 + 4

    def test_the_duration_is_that_of_the_source(self, tmp_path):
        lines = tmp_path / "out.jsonl"
        assert main(*f"--source demo --size 160x120 --fps 10 --duration 0.5 --readings {lines}".split()) == 0
        assert [line["time_s"] for line in lines_of(lines)] == [0.0, 0.1, 0.2, 0.3, 0.4]

    def test_the_least_confidence_is_obeyed(self, photo, monkeypatch, capsys):
        unsure = np.full(CLASSES, 0.06, np.float32)
        unsure[7] = 0.4
        monkeypatch.setattr(run_camera, "load_classifier", lambda path: lambda glyphs: np.stack([unsure] * len(glyphs)))
        main("--source", photo, "--conf", "0.3")
        main("--source", photo, "--conf", "0.6")
        assert capsys.readouterr().out == f"{photo}: 7777\n{photo}: -\n"


class TestWhatItSays:
    def test_numbers_go_to_stdout_when_no_file_takes_them(self, photo, capsys):
        assert main("--source", photo) == 0
        assert capsys.readouterr().out == f"{photo}: 7777\n"

    def test_a_dash_sends_the_lines_to_stdout_and_nothing_else(self, photo, capsys):
        assert main("--source", photo, "--readings", "-") == 0
        assert len(json.loads(capsys.readouterr().out)["digits"]) == 4

    def test_it_says_where_it_left_its_files(self, photo, tmp_path, capsys):
        lines = tmp_path / "out.jsonl"
        main("--source", photo, "--readings", lines)
        assert f"written: {lines}" in capsys.readouterr().err

    def test_without_a_display_it_says_so_in_one_line_and_goes_on(self, photo, monkeypatch, capsys):
        monkeypatch.setenv("DISPLAY", "")
        monkeypatch.setattr("sys.platform", "linux")
        assert run_camera.main(["--source", str(photo)]) == 0
        told = capsys.readouterr()
        assert told.err.count("display") == 1
        assert "7777" in told.out

    def test_help_names_every_flag_with_its_default(self, capsys):
        with pytest.raises(SystemExit) as ended:
            run_camera.main(["--help"])
        told = capsys.readouterr().out
        flags = [line for line in told.splitlines() if line.startswith("  --")]
        assert ended.value.code == 0
        assert len(flags) <= MOST_FLAGS
        assert all(default in told for default in ("default: 0)", "default: 0.5", "default: 1280x720", "default: 30"))

    def test_every_command_of_the_readme_has_flags_that_exist(self):
        readme = (ROOT / "README.md").read_text(encoding="utf-8")
        commands = re.findall(r"python run_camera\.py([^`\n#]*)", readme)
        assert len(commands) > 10
        for command in commands:
            run_camera.parse_args([argument for argument in shlex.split(command) if argument != "--help"])

    def test_stdout_may_be_closed_at_any_time(self):
        child = start("--source", "demo", "--no-show", "--size", "160x120", "--readings", "-")
        assert json.loads(child.stdout.readline())["frame"] == 0
        child.stdout.close()
        assert child.wait(END_S) == 0
        assert "Traceback" not in child.stderr.read()
        child.stderr.close()

    @pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device that is always full is Linux's")
    @pytest.mark.parametrize("readings", [[], ["--readings", "-"]], ids=["numbers", "readings"])
    def test_a_full_stdout_is_told_in_one_line(self, readings, photo):
        with Path("/dev/full").open("w") as full:
            done = run_program("--source", photo, "--no-show", *readings, stdout=full, stderr=subprocess.PIPE)
        assert done.returncode == 1
        assert done.stderr.startswith("stdout: no more readings are written (no space left on device)\n1 picture, ")

    @pytest.mark.skipif(os.name != "posix", reason="closes a file descriptor the POSIX way")
    def test_without_a_stderr_it_reads_all_the_same(self, photo):
        done = run_program("--source", photo, "--no-show", stdout=subprocess.PIPE, preexec_fn=lambda: os.close(2))
        assert (done.returncode, done.stdout) == (0, f"{photo}: 7777\n")


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
            *("--duration inf", "--size 10", "--size 0x5", "--fps 0", "--no-such-flag", "--source"),
        ],
    )
    def test_wrong_flags_are_bad_usage(self, arguments, capsys):
        with pytest.raises(SystemExit) as ended:
            run_camera.main(arguments.split())
        assert ended.value.code == 2
        assert arguments.split()[0] in capsys.readouterr().err


ODD_PICTURES = {
    "1x1": np.full((1, 1, 3), 255, np.uint8),
    "one row": np.full((1, 500, 3), 255, np.uint8),
    "grey": np.full((60, 80), 255, np.uint8),
    "16-bit": np.full((60, 80, 3), 65535, np.uint16),
    "RGBA": np.full((60, 80, 4), 255, np.uint8),
    "all ink": np.zeros((60, 80, 3), np.uint8),
}


@pytest.mark.parametrize("image", ODD_PICTURES.values(), ids=ODD_PICTURES)
def test_odd_pictures_are_read_like_any_other(image, tmp_path):
    path, out, lines = tmp_path / "odd.png", tmp_path / "out.png", tmp_path / "out.jsonl"
    cv2.imwrite(str(path), image)
    assert main("--source", path, "--save", out, "--readings", lines) == 0
    assert cv2.imread(str(out)).shape == (*image.shape[:2], 3)
    assert len(lines_of(lines)) == 1


@pytest.mark.skipif(os.name != "posix", reason="signals of this kind are sent on POSIX systems only")
class TestHowItEnds:
    @pytest.mark.parametrize(
        "signals, code",
        [
            ([signal.SIGINT], 130),
            ([signal.SIGTERM], 143),
            ([signal.SIGINT] * 2, 130),
            ([signal.SIGTERM] * 2, 143),
        ],
        ids=["Ctrl-C", "SIGTERM", "Ctrl-C twice", "SIGTERM twice"],
    )
    def test_signals_close_everything(self, signals, code, tmp_path):
        video, lines = tmp_path / "out.mp4", tmp_path / "out.jsonl"
        child = start(*f"--source demo --no-show --size 320x240 --save {video} --readings {lines}".split())
        self.wait_for_lines(lines, 10)
        for number in signals:
            child.send_signal(number)
        _, complaints = child.communicate(timeout=END_S)
        assert child.returncode == code
        assert complaints.splitlines() == [
            "demo:0: 320x240 at 30 fps, drawn",
            f"written: {video}",
            f"written: {lines}",
        ]
        assert abs(frame_count(video) - len(lines_of(lines))) <= 1

    def wait_for_lines(self, path, count):
        deadline = time.monotonic() + END_S
        while not path.exists() or path.read_bytes().count(b"\n") < count:
            assert time.monotonic() < deadline, "the program wrote nothing"
            time.sleep(0.02)

    def test_handlers_are_given_back(self, photo):
        before = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)
        main("--source", photo)
        assert (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)) == before


def test_the_shipped_network_reads_the_demo(monkeypatch, tmp_path):
    if not DEFAULT_WEIGHTS.exists():
        pytest.skip("no weights have been installed")
    monkeypatch.undo()
    lines = tmp_path / "out.jsonl"
    assert main("--source", "demo", "--max-frames", "5", "--readings", lines) == 0
    assert len(lines_of(lines)[-1]["digits"]) >= 15


def test_the_real_photos_give_a_line_each(monkeypatch, tmp_path):
    photos = ROOT.parent / "shared" / "data" / "photos" / "images"
    if not photos.exists():
        pytest.skip("the shared photos are not at hand")
    some = tmp_path / "some"
    some.mkdir()
    for path in sorted(photos.iterdir())[:5]:
        shutil.copy(path, some)
    lines = tmp_path / "out.jsonl"
    assert main("--source", some, "--readings", lines) == 0
    assert len(lines_of(lines)) == 5
