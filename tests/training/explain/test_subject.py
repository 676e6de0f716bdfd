import cv2
import numpy as np
import pytest

from capture.boxes import Box
from capture.sources.base import SourceError
from capture.synthetic.page import page_of
from model.classifier import Classifier
from tests.support.tiny import printed_digit, tiny_labelled
from training.explain.subject import SubjectError, from_box, from_data, from_photo, from_picture

PAGE = page_of("4711", seed=1)


@pytest.fixture
def photo(tmp_path):
    return written(tmp_path / "photo.png", PAGE.image)


def written(path, image):
    cv2.imwrite(str(path), image)
    return path


def read(glyph):
    return int(Classifier()(glyph[None]).argmax())


@pytest.mark.parametrize("is_dark_paper", [False, True], ids=["black on white", "white on black"])
@pytest.mark.parametrize("size", [(28, 28), (400, 300), (90, 700)], ids=str)
def test_one_digit_of_any_size_and_polarity(size, is_dark_paper, tmp_path):
    image = np.zeros(size, np.uint8)
    side = min(size)
    image[:side, :side] = cv2.resize(printed_digit(3, np.random.default_rng(0)), (side, side))
    path = written(tmp_path / "three.png", image if is_dark_paper else 255 - image)
    subject = from_picture(path)
    assert subject.name == "three.png"
    assert read(subject.glyph) == 3


def test_a_tight_crop_keeps_its_polarity(tmp_path):
    image = printed_digit(8, np.random.default_rng(0))
    x, y, w, h = cv2.boundingRect(image)
    assert read(from_picture(written(tmp_path / "8.png", image[y : y + h, x : x + w])).glyph) == 8


def test_the_digits_of_a_photo_count_in_reading_order(photo):
    assert [read(from_photo(photo, number).glyph) for number in (1, 2, 3, 4)] == [4, 7, 1, 1]


def test_a_box_of_a_photo(photo):
    subject = from_box(photo, PAGE.digits[1].box)
    assert read(subject.glyph) == 7
    assert subject.box == PAGE.digits[1].box


def test_an_image_of_the_data_set_comes_with_its_label():
    images = tiny_labelled(2)
    subject = from_data(images, 13)
    assert subject.label == images.y[13] == 6
    assert subject.name == "test image 13"


@pytest.mark.parametrize(
    ("choose", "message"),
    [
        pytest.param(from_picture, "several digits; choose one", id="several digits"),
        pytest.param(lambda photo: from_photo(photo, 5), "4 digits are found; count from 1", id="too far"),
        pytest.param(lambda photo: from_photo(photo, 0), "count from 1", id="not from 0"),
        pytest.param(lambda photo: from_box(photo, Box(0, 0, 3, 3)), "no ink there", id="bare paper"),
        pytest.param(lambda photo: from_box(photo, Box(9, 9, 9999, 9)), "not inside", id="outside"),
        pytest.param(lambda photo: from_box(photo, Box(9, 9, 0, 9)), "not inside", id="no width"),
        pytest.param(lambda photo: from_data(tiny_labelled(1), 10), "give 0 to 9", id="index too large"),
        pytest.param(lambda photo: from_data(tiny_labelled(1), -1), "give 0 to 9", id="index below 0"),
    ],
)
def test_what_cannot_be_explained(choose, message, photo):
    with pytest.raises(SubjectError, match=message):
        choose(photo)


def test_a_file_that_is_no_picture(tmp_path):
    (tmp_path / "text.png").write_text("seven")
    with pytest.raises(SourceError):
        from_picture(tmp_path / "text.png")


def test_a_blank_picture(tmp_path):
    with pytest.raises(SubjectError, match="no ink"):
        from_picture(written(tmp_path / "blank.png", np.full((60, 60), 255, np.uint8)))
