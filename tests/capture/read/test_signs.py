"""Signs in numbers: read into their texts, or the number ends there; never joined over ink that was not understood."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from capture import PageReader
from capture.read.lines import TextLines
from capture.synthetic.page import page_of
from capture.synthetic.styles import PENS, Style
from capture.track.tracker import Tracker
from capture.types import Box, Digit, Frame

HEIGHT, WIDTH, STEP = 40, 24, 44  # px; digits of a line stand so far apart that a sign has room between them
FLAT = np.full(11, 1 / 11, np.float32)


def line(text, x=100, y=100, step=STEP):
    """Digits in a line."""
    return [Digit(Box(x + step * i, y, WIDTH, HEIGHT), int(one), 0.9, FLAT) for i, one in enumerate(text)]


def texts(digits, *marks, **known):
    return [number.text for number in TextLines(digits, [Box(*mark) for mark in marks]).numbers(**known)]


POINT, COMMA, DASH = (174, 134, 5, 5), (173, 132, 6, 15), (170, 118, 14, 4)  # between the second digit and the third
COLON = ((174, 110, 5, 5), (174, 132, 5, 5))
SLASH, SCRAWL = (171, 98, 16, 44), (168, 105, 16, 20)


@pytest.mark.parametrize(
    ("marks", "expected"),
    [
        ([], ["345"]),
        ([POINT], ["34.5"]),
        ([COMMA], ["34,5"]),
        ([DASH], ["34-5"]),
        ([SLASH], ["34/5"]),
        (COLON, ["34:5"]),
        ([SCRAWL], ["34", "5"]),
        ([POINT, SLASH], ["34", "5"]),
        ([(174, 60, 5, 5)], ["345"]),
        ([(174, 160, 5, 5)], ["345"]),
    ],
    ids=["nothing", "point", "comma", "dash", "slash", "colon", "scrawl", "two signs", "far above", "far below"],
)
def test_what_stands_between_digits_is_read_or_parts_them(marks, expected):
    assert texts(line("345"), *marks) == expected


@pytest.mark.parametrize(
    ("digits", "mark", "expected"),
    [
        (line("12"), (74, 118, 16, 4), ["-12"]),
        (line("12"), (30, 118, 16, 4), ["12"]),
        (line("12"), (84, 134, 5, 5), ["12"]),
        (line("7", x=30) + line("12"), (64, 118, 16, 4), ["7-12"]),
    ],
    ids=["minus", "too far", "a point before it", "between two numbers"],
)
def test_a_dash_before_a_number_is_its_minus(digits, mark, expected):
    assert texts(digits, mark) == expected


def test_a_piece_that_touches_the_next_digit_is_its_own():
    assert texts(line("345"), (181, 134, 8, 6)) == ["345"]


def test_a_list_is_no_number():
    assert texts(line("12") + line("34", x=250), (173, 132, 6, 15)) == ["12", "34"]


def test_known_numbers_end_where_ink_is_not_understood():
    assert texts(line("345"), SCRAWL, number_ids=[1, 1, 1]) == ["34", "5"]
    assert texts(line("345"), POINT, number_ids=[1, 1, 1]) == ["34.5"]


@pytest.fixture(scope="module")
def reader():
    return PageReader()


def with_sign(draw, text="47 52"):
    """A page with a number whose gap holds what `draw` draws, given the gap's middle, the digits' top and height."""
    page = page_of(text, (640, 240), Style(digit_px=60, pen=PENS["blue ballpoint"]))
    left, right = page.digits[1].box, page.digits[2].box
    middle, height = (left.x + left.w + right.x) // 2, 60
    image = page.image.copy()
    draw(image, middle, left.y + left.h - height, height)
    return image


INK = (120, 50, 30)


@pytest.mark.parametrize("lower_y", [124, 134, 140])
def test_an_equals_sign_before_a_number_is_no_minus(lower_y):
    assert texts(line("34"), (70, 116, 20, 4)) == ["-34"]
    assert texts(line("34"), (70, 116, 20, 4), (70, lower_y, 20, 4)) == ["34"]


@pytest.mark.parametrize(
    ("draw", "expected"),
    [
        (lambda image, x, top, h: cv2.circle(image, (x, top + h - 3), 4, INK, -1, cv2.LINE_AA), "47.52"),
        (lambda image, x, top, h: cv2.line(image, (x + 2, top + h - 6), (x - 4, top + h + 12), INK, 5), "47,52"),
        (lambda image, x, top, h: cv2.line(image, (x - 9, top + h // 2), (x + 9, top + h // 2), INK, 5), "47-52"),
        (lambda image, x, top, h: cv2.line(image, (x + 11, top), (x - 11, top + h), INK, 5, cv2.LINE_AA), "47/52"),
    ],
    ids=["point", "comma", "dash", "slash"],
)
def test_signs_on_paper_are_read_and_stay_in_a_video(draw, expected, reader):
    image = with_sign(draw)
    page = reader(image)
    assert [number.text for number in page.numbers] == [expected]
    tracker = Tracker()
    shown = [tracker.update(Frame(image, i, i / 30, "fake"), page) for i in range(5)]
    blinking = tracker.update(Frame(image, 5, 5 / 30, "fake"), replace(page, marks=()))
    assert {number.text for page in (*shown, blinking) for number in page.numbers} == {expected}
