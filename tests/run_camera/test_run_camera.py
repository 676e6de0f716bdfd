"""The program from the outside: what it takes, and what it leaves behind."""

import shutil
from pathlib import Path

import cv2
import numpy as np
import pytest

import run_camera
from model.classifier import CLASSES, DEFAULT_WEIGHTS, NO_DIGIT
from tests.support.network import FakeNetwork
from tests.support.program import ROOT, frame_count, lines_of, main, write_photo

pytestmark = pytest.mark.usefixtures("all_sevens")


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
        assert main(*f"--source demo --size 160x120@10 --duration 0.5 --readings {lines}".split()) == 0
        assert [line["time_s"] for line in lines_of(lines)] == [0.0, 0.1, 0.2, 0.3, 0.4]

    def test_the_least_confidence_is_obeyed(self, photo, monkeypatch, capsys):
        unsure = np.zeros(CLASSES, np.float32)
        unsure[: NO_DIGIT + 1] = 0.06
        unsure[7] = 0.4
        network = FakeNetwork(lambda glyphs: np.stack([unsure] * len(glyphs)))
        monkeypatch.setattr(run_camera, "Classifier", lambda path: network)
        main("--source", photo, "--conf", "0.3")
        main("--source", photo, "--conf", "0.6")
        assert capsys.readouterr().out == f"{photo}: 7777\n{photo}: -\n"


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


@pytest.mark.usefixtures("all_sevens")
def test_digits_that_nobody_could_keep_are_told(photo, tmp_path, capsys):
    assert main("--source", photo, "--no-show", "--keep", tmp_path / "own") == 0
    assert "kept: nothing" in capsys.readouterr().err
