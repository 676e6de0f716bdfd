"""Writing too small for one look is looked at twice as large; all else is not."""

import cv2
import numpy as np
import pytest

from capture import PageReader
from capture.detect.find import SMALL_PX, WORK_SIDE_PX, usual_scale, zoom_for
from capture.synthetic.page import page_of

TEXT = "4711 203 86\n958 3647 12\n20 7395 84"


def shrunk(text, height_px):
    """A page whose digits are so high, and their middles."""
    page = page_of(text, (900, 600))
    factor = height_px / np.median([digit.box.h for digit in page.digits])
    image = cv2.resize(page.image, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    return image, [np.array(digit.box.centre) * factor for digit in page.digits]


@pytest.mark.parametrize("height_px", [10, 12, 14, 18])
def test_small_digits_are_read_and_boxed_where_they_stand(height_px):
    image, middles = shrunk(TEXT, height_px)
    page = PageReader()(image)
    assert [number.text for number in page.numbers] == TEXT.split()
    for digit, middle in zip(page.digits, middles, strict=True):
        assert np.abs(np.array(digit.box.centre) - middle).max() < 2
    assert page.trace.scale == 2


def test_usual_digits_are_looked_at_once():
    image, _ = shrunk(TEXT, 40)
    assert PageReader()(image).trace.scale == 1


def test_a_video_goes_on_at_the_scale_that_its_writing_needs():
    reader, (small, _), (large, _) = PageReader(is_video=True), shrunk(TEXT, 12), shrunk(TEXT, 40)
    scales = [reader(image).trace.scale for image in (small, small, small, large, large)]
    assert scales == [1, 2, 2, 2, 1]


def test_a_still_picture_says_nothing_of_the_next():
    reader, (small, _), (large, _) = PageReader(), shrunk(TEXT, 12), shrunk(TEXT, 40)
    assert [reader(image).trace.scale for image in (small, large, small)] == [2, 1, 2]


def test_a_few_small_pieces_are_no_small_writing():
    assert zoom_for([10, 10], 1.0) == 1
    assert zoom_for([10, 10, 10], 1.0) == 2


def test_what_is_small_counts_in_pixels_that_are_looked_at():
    heights = [2 * SMALL_PX] * 3
    assert zoom_for(heights, usual_scale((480, 640, 3))) == 1
    assert zoom_for(heights, usual_scale((3 * WORK_SIDE_PX, WORK_SIDE_PX, 3))) == 2


def test_a_page_at_the_border_stays_as_it_is():
    heights = [1.1 * SMALL_PX] * 3
    assert zoom_for(heights, 1.0, zoom=1.0) == 1
    assert zoom_for(heights, 1.0, zoom=2.0) == 2
