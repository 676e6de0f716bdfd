import cv2
import numpy as np
import pytest

from capture.sinks.samples import Keeper
from capture.types import Box
from model.classifier import NO_DIGIT
from model.glyph import normalise
from tests.support.tiny import printed_digit, tiny_labelled
from training.datasets.corrections import load_extra, part, same_ink, vary
from training.datasets.mnist import DataError, Labelled

FRAME = np.full((60, 60, 3), 200, np.uint8)


def glyph(digit, seed=0):
    return normalise(printed_digit(digit, np.random.default_rng(seed)))


def test_what_the_camera_keeps_is_loaded_as_the_network_saw_it(tmp_path):
    keeper = Keeper(tmp_path)
    for label in (7, 1, NO_DIGIT):
        keeper.keep(FRAME, Box(10, 10, 20, 30), glyph(label % 10), label)
    own = load_extra(tmp_path)
    assert own.y.tolist() == [1, 7, NO_DIGIT]
    assert (own.x[1] == glyph(7)).all()


def test_any_other_picture_is_cut_out(tmp_path):
    (tmp_path / "3").mkdir()
    paper = np.full((90, 120), 240, np.uint8)
    paper[20:76, 30:86] -= cv2.resize(printed_digit(3, np.random.default_rng(0)), (56, 56)) // 2
    cv2.imwrite(str(tmp_path / "3" / "drawn.png"), paper)
    own = load_extra(tmp_path)
    overlap = np.corrcoef(own.x[0].ravel(), glyph(3).ravel())[0, 1]
    assert overlap > 0.8


def test_names_that_say_the_digit_do_for_folders(tmp_path):
    paper = 255 - cv2.resize(printed_digit(3, np.random.default_rng(0)), (200, 160))
    for name in ("3_first.png", "12_twelve.png", "holiday.png"):
        cv2.imwrite(str(tmp_path / name), paper)
    Keeper(tmp_path).keep(FRAME, Box(10, 10, 20, 30), glyph(7), 7)
    own = load_extra(tmp_path)
    assert own.y.tolist() == [7, 3]
    assert np.corrcoef(own.x[1].ravel(), glyph(3).ravel())[0, 1] > 0.8


def test_unreadable_files_are_named_and_skipped(tmp_path, capsys):
    Keeper(tmp_path).keep(FRAME, Box(10, 10, 20, 30), glyph(5), 5)
    (tmp_path / "5" / "broken.png").write_bytes(b"no picture")
    assert len(load_extra(tmp_path)) == 1
    assert "broken.png" in capsys.readouterr().err


def test_an_empty_folder_is_told_with_the_way_to_fill_it(tmp_path):
    with pytest.raises(DataError, match=r"holds no digits .* run_camera\.py --keep"):
        load_extra(tmp_path / "missing")


def test_pictures_of_one_ink_are_recognised():
    shifted = np.roll(glyph(4), 0)
    shifted = cv2.GaussianBlur(shifted, (0, 0), 0.5)  # the same digit in the next frame
    own = Labelled(np.stack([glyph(4), glyph(8), shifted]), np.array([4, 8, 4]))
    assert same_ink(own) == [0, 1, 0]


def test_parts_hold_every_label_evenly_and_never_share_ink():
    rng = np.random.default_rng(0)
    varied = vary(tiny_labelled(1), 80, rng)
    own = Labelled(np.concatenate([varied.x, varied.x]), np.concatenate([varied.y, varied.y]))
    parts = part(own, 4)
    assert (parts[:80] == parts[80:]).all(), "the same picture twice lies in one part"
    assert set(parts) == {0, 1, 2, 3}
    counts = np.array([[np.sum((parts == p) & (own.y == label)) for label in range(10)] for p in range(4)])
    assert np.ptp(counts, axis=0).max() <= 8, "as even as whole inks allow"


def test_variants_are_many_alike_and_never_quite_the_same():
    own = Labelled(np.stack([glyph(2), glyph(9)]), np.array([2, 9]))
    varied = vary(own, 21, np.random.default_rng(0))
    assert sorted(np.bincount(varied.y)[[2, 9]]) == [10, 11]
    assert len({image.tobytes() for image in varied.x}) == 21
    assert varied.x.dtype == np.uint8
