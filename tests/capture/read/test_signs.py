"""Signs in numbers: read into their texts, or the number ends there; never joined over ink that was not understood."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from capture import PageReader
from capture.boxes import Box
from capture.read.lines import TextLines
from capture.synthetic.page import page_of
from capture.synthetic.styles import PENS, Style
from capture.track.tracker import Tracker
from capture.types import Digit, Frame, Mark

HEIGHT, WIDTH, STEP = 40, 24, 44  # px; digits of a line stand so far apart that a sign has room between them
FLAT = np.full(11, 1 / 11, np.float32)


def line(text, x=100, y=100, step=STEP):
    """Digits in a line."""
    return [Digit(Box(x + step * i, y, WIDTH, HEIGHT), int(one), 0.9, FLAT) for i, one in enumerate(text)]


def mark(x, y, w, h, lean=0.0):
    """A mark whose ink fills its box, or runs through it from corner to corner."""
    area = w * h if not lean else 3.0 * max(w, h)
    return Mark(Box(x, y, w, h), area, (w * w / 12, lean * w * h / 12, h * h / 12))


def texts(digits, *marks, **known):
    return [number.text for number in TextLines(digits, marks).numbers(**known)]


POINT, COMMA, DASH = mark(173, 134, 6, 6), mark(172, 132, 6, 15, -0.8), mark(169, 118, 16, 5)
COLON = (mark(173, 112, 6, 6), mark(173, 134, 6, 6))
SLASH, SCRAWL = mark(169, 98, 18, 44, -0.95), mark(166, 102, 22, 40)
"""Between the second digit and the third."""


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
        ([mark(174, 60, 5, 5)], ["345"]),
    ],
    ids=["nothing", "point", "comma", "dash", "slash", "colon", "scrawl", "far above"],
)
def test_what_stands_between_digits_is_read_or_parts_them(marks, expected):
    assert texts(line("345"), *marks) == expected


@pytest.mark.parametrize(
    ("digits", "marks", "expected"),
    [
        (line("12"), [mark(72, 118, 18, 5)], ["-12"]),
        (line("12"), [mark(0, 118, 18, 5)], ["12"]),
        (line("12"), [mark(84, 134, 6, 6)], ["12"]),
        (line("12"), [mark(66, 112, 20, 4), mark(66, 124, 20, 4)], ["12"]),
        (line("37") + line("12", x=260), [mark(234, 118, 18, 5)], ["37", "-12"]),
    ],
    ids=["minus", "too far", "a point before it", "equals", "behind another number"],
)
def test_a_dash_before_a_number_is_its_minus(digits, marks, expected):
    assert texts(digits, *marks) == expected


def test_a_list_is_no_number():
    assert texts(line("12") + line("34", x=230), mark(172, 132, 6, 15, -0.8)) == ["12", "34"]


def test_known_numbers_end_where_ink_is_not_understood():
    assert texts(line("345"), SCRAWL, number_ids=[1, 1, 1]) == ["34", "5"]
    assert texts(line("345"), POINT, number_ids=[1, 1, 1]) == ["34.5"]


def test_lines_that_fall_are_read_as_level_ones():
    turn = np.deg2rad(20)
    way = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    places = [way @ (x, 0) + (300, 200) for x in (0, 44, 66, 88)]
    three, four, point, five = (np.rint(place).astype(int).tolist() for place in places)
    digits = [Digit(Box(x - 16, y - 23, 32, 46), n, 0.9, FLAT) for n, (x, y) in ((3, three), (4, four), (5, five))]
    foot = np.rint(way @ (0, 17) + point).astype(int).tolist()
    assert texts(digits, mark(foot[0] - 3, foot[1] - 3, 6, 6)) == ["34.5"]


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


def test_both_bars_of_a_slanting_equals_are_ink(reader):
    """Their boxes overlap; one bar alone would be a minus."""

    def equals(image, x, top, h):
        for y in (top + 22, top + 36):
            cv2.line(image, (x - 14, y + 9), (x + 14, y - 9), INK, 4, cv2.LINE_AA)

    page = reader(with_sign(equals))
    assert len(page.marks) == 2
    assert [number.text for number in page.numbers] == ["47", "52"]
