"""Mirror images, as some webcams and phones send them, are turned back before they are read, in every source."""

import cv2
import numpy as np
import pytest

from capture.sources.base import SourceOptions
from capture.sources.open import open_source
from capture.synthetic.page import page_of
from tests.support.program import lines_of, main

PAGE = page_of("4711 203", (640, 480)).image
MIRRORED = cv2.flip(PAGE, 1)


def make_photo(folder):
    cv2.imwrite(str(folder / "mirrored.png"), MIRRORED)
    return folder / "mirrored.png"


def make_folder(folder):
    (folder / "photos").mkdir()
    for name in ("a.png", "b.png"):
        cv2.imwrite(str(folder / "photos" / name), MIRRORED)
    return folder / "photos"


def make_video(folder):
    video = cv2.VideoWriter(str(folder / "mirrored.avi"), cv2.VideoWriter.fourcc(*"MJPG"), 10, (640, 480))
    for _ in range(3):
        video.write(MIRRORED)
    video.release()
    return folder / "mirrored.avi"


@pytest.mark.parametrize(
    ("make", "flags"),
    [(make_photo, []), (make_folder, ["--jobs", "1"]), (make_folder, ["--jobs", "2"]), (make_video, [])],
    ids=["photo", "folder", "workers", "video"],
)
def test_what_is_mirrored_is_read_rightly(tmp_path, make, flags):
    source, readings = make(tmp_path), tmp_path / "out.jsonl"
    assert main("--source", source, "--read-mirrored", "--readings", readings, *flags) == 0
    for line in lines_of(readings):
        assert [number["text"] for number in line["numbers"]] == ["4711", "203"]
        assert line["digits"][0]["box_xywh_px"][0] < 320, "boxes are those of the picture turned back"


def test_what_is_kept_is_turned_back_too(tmp_path):
    main("--source", make_photo(tmp_path), "--read-mirrored", "--save", tmp_path / "kept.png")
    kept = cv2.imread(str(tmp_path / "kept.png"))
    assert np.abs(kept.astype(int) - PAGE).mean() < np.abs(kept.astype(int) - MIRRORED).mean()


def test_a_sheet_that_one_writes_on_is_never_a_mirror_image():
    with open_source("draw", SourceOptions(64, 48, is_paced=True, is_mirrored=True)) as source:
        source.canvas.image[:, :9] = 0
        assert not next(source.frames()).image[:, :9].any()
