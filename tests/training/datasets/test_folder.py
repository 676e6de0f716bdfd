import cv2
import numpy as np
import pytest

from capture.boxes import Box
from capture.sinks.samples import SampleStore
from model.classifier import NO_DIGIT
from model.glyph import normalise
from tests.support.tiny import printed_digit, tiny_labelled
from training.datasets.folder import glyph_of, ink_of_picture, label_of, load_own
from training.datasets.labelled import DataError


def draw(strokes: list[list[tuple[float, float]]], size=(300, 200), ink=0, paper=255, pen_px=12) -> np.ndarray:
    """A Paint drawing: hard-edged strokes, given in shares of the picture."""
    picture = np.full((size[1], size[0], 3), paper, np.uint8)
    for stroke in strokes:
        points = (np.array(stroke) * size).astype(np.int32)
        cv2.polylines(picture, [points], False, (ink,) * 3, pen_px)
    return picture


FRAME = np.full((60, 60, 3), 200, np.uint8)
FIVE = [[(0.4, 0.2), (0.38, 0.5), (0.55, 0.5), (0.6, 0.65), (0.5, 0.85), (0.37, 0.8)], [(0.42, 0.2), (0.62, 0.18)]]


def likeness(a: np.ndarray, b: np.ndarray) -> float:
    return float(np.corrcoef(a.ravel(), b.ravel())[0, 1])


def glyph(digit, seed=0):
    return normalise(printed_digit(digit, np.random.default_rng(seed)))


@pytest.mark.parametrize("size", [(28, 28), (120, 120), (400, 250), (1600, 1200)], ids=str)
@pytest.mark.parametrize(("ink", "paper"), [(0, 255), (255, 0)], ids=["black on white", "white on black"])
def test_a_drawing_of_any_size_and_polarity_is_the_same_glyph(tmp_path, size, ink, paper):
    cv2.imwrite(str(tmp_path / "5.png"), draw(FIVE, size, ink, paper, max(1, size[1] // 16)))
    cv2.imwrite(str(tmp_path / "reference.png"), draw(FIVE, (300, 300 * size[1] // size[0]), pen_px=18))
    assert likeness(glyph_of(tmp_path / "5.png"), glyph_of(tmp_path / "reference.png")) > 0.85


def test_several_strokes_belong_to_one_digit_and_dust_does_not():
    picture = draw(FIVE)
    picture[40:140, 150:156] = 255  # parts the bar from the body
    clean = ink_of_picture(picture)
    picture[10:13, 10:13] = 0
    dusty = ink_of_picture(picture)
    assert not dusty[:20, :20].any()
    assert cv2.connectedComponents((clean > 60).view(np.uint8))[0] - 1 >= 2
    assert abs(clean.astype(int) - dusty).mean() < 2


def test_a_shadow_does_not_decide_what_is_paper():
    picture = draw(FIVE, ink=40, paper=230)
    light = np.linspace(0.35, 1, picture.shape[1])[None, :, None]
    shaded = (picture * light).astype(np.uint8)
    assert likeness(ink_of_picture(shaded), ink_of_picture(picture)) > 0.9


@pytest.mark.parametrize(
    ("name", "label"),
    [("7_anything.png", 7), ("0.png", 0), ("3 (2).png", 3), ("4/x.png", 4), ("4/9_x.png", 4)],
)
def test_label_from_folder_or_name(tmp_path, name, label):
    assert label_of(tmp_path / name, tmp_path) == label


@pytest.mark.parametrize("name", ["12_x.png", "seven.png", "10/x.png", "seven/7_x.png", "²_x.png"])
def test_a_label_outside_0_to_9_is_told(tmp_path, name):
    with pytest.raises(DataError, match="no label from 0 to 9"):
        label_of(tmp_path / name, tmp_path)


@pytest.fixture
def folder(tmp_path):
    images = tiny_labelled(2)
    for number, (image, label) in enumerate(zip(images.x, images.y, strict=True)):
        path = tmp_path / (f"{label}/{number}.png" if number % 2 else f"{label}_{number}.png")
        path.parent.mkdir(exist_ok=True)
        cv2.imwrite(str(path), 255 - image if number % 3 else image)
    return tmp_path


def test_subfolders_and_names_may_be_mixed(folder):
    own = load_own(folder)
    assert len(own.digits) == 20
    assert np.bincount(own.digits.y).tolist() == [2] * 10
    assert own.digits.skipped == ()
    for name, label in zip(own.names, own.digits.y, strict=True):
        assert name.startswith(str(label))


def test_what_cannot_be_read_is_named_and_skipped(folder, capsys):
    (folder / "3_broken.png").write_bytes(b"no picture")
    cv2.imwrite(str(folder / "12_x.png"), printed_digit(1, np.random.default_rng(0)))
    cv2.imwrite(str(folder / "5_blank.png"), np.full((40, 40), 255, np.uint8))
    (folder / "notes.txt").write_text("no image, and not meant to be")
    own = load_own(folder)
    assert len(own.digits) == len(own.names) == 20
    assert {problem.split(":")[0] for problem in own.digits.skipped} == {"3_broken.png", "12_x.png", "5_blank.png"}
    assert "3 of the images skipped" in capsys.readouterr().err


def test_a_limit_draws_the_same_again(folder):
    assert len(load_own(folder, 5).names) == 5
    assert load_own(folder, 5, seed=1).names == load_own(folder, 5, seed=1).names


@pytest.mark.parametrize("exists", [True, False])
def test_nothing_to_read(tmp_path, exists):
    with pytest.raises(DataError, match="7_anything"):
        load_own(tmp_path if exists else tmp_path / "none")


def test_what_the_camera_keeps_is_loaded_as_the_network_saw_it(tmp_path):
    samples = SampleStore(tmp_path)
    for label in (7, 1, NO_DIGIT):
        samples.add(FRAME, Box(10, 10, 20, 30), glyph(label % 10), label)
    own = load_own(tmp_path, is_kept=True).digits
    assert own.y.tolist() == [1, 7, NO_DIGIT]
    assert (own.x[1] == glyph(7)).all()


def test_any_other_picture_is_cut_out(tmp_path):
    (tmp_path / "3").mkdir()
    paper = np.full((90, 120), 240, np.uint8)
    paper[20:76, 30:86] -= cv2.resize(printed_digit(3, np.random.default_rng(0)), (56, 56)) // 2
    cv2.imwrite(str(tmp_path / "3" / "drawn.png"), paper)
    own = load_own(tmp_path, is_kept=True).digits
    overlap = np.corrcoef(own.x[0].ravel(), glyph(3).ravel())[0, 1]
    assert overlap > 0.8


def test_names_that_say_the_digit_do_for_folders(tmp_path):
    paper = 255 - cv2.resize(printed_digit(3, np.random.default_rng(0)), (200, 160))
    for name in ("3_first.png", "12_twelve.png", "holiday.png"):
        cv2.imwrite(str(tmp_path / name), paper)
    SampleStore(tmp_path).add(FRAME, Box(10, 10, 20, 30), glyph(7), 7)
    own = load_own(tmp_path, is_kept=True).digits
    assert own.y.tolist() == [3, 7]
    assert np.corrcoef(own.x[0].ravel(), glyph(3).ravel())[0, 1] > 0.8


def test_unreadable_files_are_named_and_skipped(tmp_path, capsys):
    SampleStore(tmp_path).add(FRAME, Box(10, 10, 20, 30), glyph(5), 5)
    (tmp_path / "5" / "broken.png").write_bytes(b"no picture")
    assert len(load_own(tmp_path, is_kept=True).digits) == 1
    assert "broken.png" in capsys.readouterr().err


def test_an_empty_folder_is_told_with_the_way_to_fill_it(tmp_path):
    with pytest.raises(DataError, match=r"no picture of a digit .* run_camera\.py --keep"):
        load_own(tmp_path, is_kept=True)
