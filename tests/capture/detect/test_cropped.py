"""Pictures cropped to their writing are read like those with a margin; photographs are left as they are."""

import cv2
import numpy as np
import pytest

from capture import PageReader
from capture.detect.ground import is_cropped, with_margin
from capture.synthetic.page import page_of
from capture.synthetic.styles import Pen, Style
from capture.types import AS_SEEN
from capture.view.inspection import draw_inspection

DESK, PAPER = 40, 235


@pytest.fixture(scope="module")
def reader():
    return PageReader()


def cropped(text, height, margin, is_light=False):
    """Digits of that height in pixels, with so many pixels of paper around their ink."""
    style = Style(digit_px=height, paper_bgr=(PAPER,) * 3, pen=Pen((20, 20, 20), 0.1))
    page = page_of(text, (height * (len(text) + 3), 3 * height), style).image
    y, x = np.nonzero(page.min(axis=2) < PAPER // 2)
    image = page[y.min() - margin : y.max() + 1 + margin, x.min() - margin : x.max() + 1 + margin]
    return 255 - image if is_light else image.copy()


def strip_beside(image):
    """The same picture with a desk along its left side."""
    return cv2.copyMakeBorder(image, 0, 0, 8, 0, cv2.BORDER_CONSTANT, value=(DESK,) * 3)


def shaded(image):
    """The same picture in light that falls off to one side, as on a photograph."""
    return (image * np.linspace(1, 0.4, image.shape[1])[:, None]).astype(np.uint8)


@pytest.mark.parametrize("is_light", [False, True], ids=["dark on light", "light on dark"])
@pytest.mark.parametrize("margin", range(4))
@pytest.mark.parametrize("height", [30, 60, 90])
@pytest.mark.parametrize("text", ["4730", "8"])
def test_writing_is_read_whatever_margin_it_has(text, height, margin, is_light, reader):
    image = cropped(text, height, margin, is_light)
    assert [number.text for number in reader(image).numbers] == [text]


@pytest.mark.parametrize("margin", [0, 1])
def test_boxes_lie_on_the_ink_within_the_picture(margin, reader):
    image = cropped("8", 80, margin)
    (digit,) = reader(image).digits
    height, width = image.shape[:2]
    x, y, w, h = digit.box
    assert 0 <= x <= margin + 2 and 0 <= y <= margin + 2
    assert width - margin - 2 <= x + w <= width and height - margin - 2 <= y + h <= height


def test_what_the_reader_saw_can_be_looked_at(reader):
    image = cropped("4730", 60, 0)
    assert draw_inspection(image, reader(image).trace).shape == image.shape


@pytest.mark.parametrize(
    "image",
    [
        np.full((1, 1, 3), PAPER, np.uint8),
        np.full((200, 300, 3), PAPER, np.uint8),
        cropped("4730", 60, 12),
        strip_beside(cropped("4730", 60, 0)),
        cv2.rectangle(np.full((200, 300, 3), DESK, np.uint8), (80, 0), (240, 200), (PAPER,) * 3, -1),
        shaded(cropped("4730", 60, 0)),
        np.random.default_rng(0).integers(0, 255, (240, 320, 3), np.uint8),
    ],
    ids=["pixel", "bare", "with a margin", "desk beside", "sheet beyond the picture", "shaded", "noise"],
)
def test_other_pictures_stay_as_they_are(image):
    assert not is_cropped(image)
    picture, to_frame = with_margin(image)
    assert picture is image and to_frame is AS_SEEN
