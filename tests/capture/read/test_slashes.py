"""Slashes between digits are no 1s, and slanting 1s are no slashes."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from capture import PageReader
from capture.synthetic.handwriting import CAREFUL_HAND
from capture.synthetic.page import page_of
from capture.synthetic.styles import PENS, Style

SIZE, DIGIT_PX = (900, 240), 60
STYLE = Style(digit_px=DIGIT_PX, pen=PENS["blue ballpoint"])


@pytest.fixture(scope="module")
def reader():
    return PageReader()


def with_slashes(text, hand=CAREFUL_HAND, lean=0.45):
    """A page of numbers with a slash in each gap between them."""
    page = page_of(text, SIZE, STYLE, hand)
    image, ends = page.image.copy(), np.cumsum([len(number) for number in text.split()])[:-1]
    for end in ends:
        left, right = page.digits[end - 1].box, page.digits[end].box
        x, foot, half = (left.x + left.w + right.x) // 2, right.y + right.h + 4, round(DIGIT_PX * lean / 2)
        cv2.line(image, (x + half, foot - DIGIT_PX - 8), (x - half, foot), STYLE.pen.bgr, 3, cv2.LINE_AA)
    return image


@pytest.mark.parametrize("text", ["28 03 2026", "7 12 94", "3 4", "45 60"])
def test_slashes_of_dates_and_fractions_are_no_ones(text, reader):
    assert "".join(number.text for number in reader(with_slashes(text)).numbers) == text.replace(" ", "/")


def evenly_written(text, lean=0.45):
    """A number whose slashes have the place and the height of digits."""
    page = page_of(text.replace("/", "1"), SIZE, STYLE, CAREFUL_HAND)
    image, paper = page.image.copy(), np.median(page.image, axis=(0, 1))
    for sign, (x, y, w, h) in zip(text, (digit.box.xywh for digit in page.digits), strict=True):
        if sign == "/":
            image[y : y + h, x : x + w] = paper
            middle, half = x + w // 2, round(h * lean / 2)
            cv2.line(image, (middle + half, y), (middle - half, y + h), STYLE.pen.bgr, 3, cv2.LINE_AA)
    return image


@pytest.mark.parametrize("text", ["28/03/2026", "3/4", "7/8"])
def test_slashes_as_high_and_as_close_as_digits_are_no_ones(text, reader):
    assert [number.text for number in reader(evenly_written(text)).numbers] == [text]


@pytest.mark.parametrize(
    ("text", "slant"),
    [("61172", 0.05), ("61172", 0.35), ("2117", 0.05), ("2117", 0.35), ("9105", 0.05), ("9105", 0.2)],
)
def test_ones_of_a_slanting_hand_are_no_slashes(text, slant, reader):
    page = page_of(text, SIZE, STYLE, replace(CAREFUL_HAND, slant=slant))
    assert [number.text for number in reader(page.image).numbers] == [text]
