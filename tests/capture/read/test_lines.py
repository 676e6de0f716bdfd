"""Digits into lines and numbers, on level and tilted sheets."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from capture.boxes import Box
from capture.read.lines import group_numbers
from capture.synthetic.camera import Troubles, photograph
from capture.synthetic.page import page_of
from capture.synthetic.styles import Style
from capture.types import Digit

WIDTH, HEIGHT, PITCH, LINE = 24, 40, 30, 72
FLAT = np.full(11, 1 / 11, np.float32)


def reading(digit, x, y, w=WIDTH, h=HEIGHT, *, confidence=0.9):
    return Digit(Box(round(x), round(y), round(w), round(h)), digit, confidence, FLAT)


def lay_out(text, turn_deg=0.0, size=1.0):
    """Digits of a text in lines, the sheet turned clockwise about its corner; spaces are a digit wide."""
    turn = math.radians(turn_deg)
    readings = []
    for row, line in enumerate(text.splitlines()):
        for column, character in enumerate(line):
            along, down = size * column * PITCH, size * row * LINE
            x = along * math.cos(turn) - down * math.sin(turn) + 2000
            y = along * math.sin(turn) + down * math.cos(turn) + 2000
            if character != " ":
                readings.append(reading(int(character), x, y, size * WIDTH, size * HEIGHT))
    return readings


def shuffled(readings, seed=0):
    return [readings[i] for i in np.random.default_rng(seed).permutation(len(readings))]


def texts(readings):
    return [number.text for number in group_numbers(readings)]


def test_no_digits_make_no_numbers():
    assert group_numbers([]) == ()


def test_a_digit_alone_is_a_number():
    (number,) = group_numbers([reading(7, 100, 50, confidence=0.8)])
    assert (number.text, number.box, number.confidence) == ("7", Box(100, 50, WIDTH, HEIGHT), 0.8)


def test_a_number_spans_its_digits_and_is_as_sure_as_the_weakest():
    (number,) = group_numbers([reading(4, 100, 50), reading(2, 130, 54, confidence=0.6)])
    assert (number.text, number.box, number.confidence) == ("42", Box(100, 50, 54, 44), 0.6)


@pytest.mark.parametrize("turn_deg", [-40, -25, -10, 0, 4, 10, 25, 40])
@pytest.mark.parametrize("size", [0.4, 1.0, 6.0])
@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("4711 203\n586", ["4711", "203", "586"]),
        ("4711  203\n 58   6", ["4711", "203", "58", "6"]),
        ("123456789", ["123456789"]),
        ("12\n34\n56", ["12", "34", "56"]),
    ],
    ids=["two lines", "ragged", "one line", "block"],
)
def test_lines_and_numbers(text, numbers, size, turn_deg):
    assert texts(shuffled(lay_out(text, turn_deg, size))) == numbers


def test_columns_of_numbers_are_read_line_by_line():
    assert texts(shuffled(lay_out("12   345\n67   8\n901  23"))) == ["12", "345", "67", "8", "901", "23"]


def test_a_column_of_single_digits_stays_apart():
    assert texts(shuffled(lay_out("1\n2\n3\n4"))) == ["1", "2", "3", "4"]


def test_a_large_heading_does_not_join_the_small_print_beside_it():
    heading = [reading(9, 0, 0, 90, 150), reading(8, 100, 0, 90, 150)]
    small = [reading(1, 200, 110), reading(2, 230, 110)]
    assert texts(shuffled(heading + small)) == ["98", "12"]


@pytest.mark.parametrize("factor", [0.7, 1.5])
def test_uneven_hands_still_write_one_number(factor):
    uneven = reading(5, 130, 50 + HEIGHT * (1 - factor), WIDTH, HEIGHT * factor)
    assert texts([reading(4, 100, 50), uneven, reading(6, 162, 50)]) == ["456"]


def spaced(text, within, between):
    """Digits of a line, so many heights apart within a number and between numbers."""
    readings, x = [], 0.0
    for word in text.split():
        for digit in word:
            readings.append(reading(int(digit), x, 0))
            x += WIDTH + within * HEIGHT
        x += (between - within) * HEIGHT
    return readings


@pytest.mark.parametrize("within, between", [(0.1, 0.5), (0.1, 0.6), (0.3, 1.0), (0.6, 1.4), (0.9, 2.0)])
def test_a_hand_may_write_tightly_or_loosely(within, between):
    assert texts(spaced("12 345 6 78", within, between)) == ["12", "345", "6", "78"]


@pytest.mark.parametrize("within", [0.05, 0.3, 0.6])
def test_a_single_long_number_stays_whole(within):
    assert texts(spaced("0612345678", within, 0)) == ["0612345678"]


def row(gaps, heights):
    """Digits on one line, so many heights of the higher neighbour apart."""
    readings, x = [], 100.0
    for number, height in enumerate(heights):
        if number:
            x += gaps[number - 1] * max(height, heights[number - 1])
        readings.append(reading(number, x, 200 - height, height // 2, height))
        x += height // 2
    return readings


def test_a_hand_that_spreads_more_and_more_writes_one_number():
    assert texts(row([0.25, 0.45, 0.58, 0.75, 1.0], [60] * 6)) == ["012345"]


def test_beyond_a_clear_step_begins_another_number():
    assert texts(row([0.25, 0.45, 0.3, 1.0, 0.4], [60] * 6)) == ["0123", "45"]


def test_a_small_zero_is_still_of_the_number():
    assert texts(row([0.3, 0.3, 0.3], [60, 28, 60, 60])) == ["0123"]


def test_a_dancing_line_is_one_number():
    heights = [0, 9, -6, 12, 3]
    assert texts([reading(i, i * PITCH, 100 + y) for i, y in enumerate(heights)]) == ["01234"]


def test_a_narrow_one_beside_a_wide_zero():
    assert texts([reading(1, 0, 0, 5), reading(0, 20, 0, 34), reading(1, 70, 0, 5)]) == ["101"]


@pytest.mark.parametrize("turn_deg", [0, 10, 25, 40])
def test_a_photographed_sheet(turn_deg):
    page = page_of("4711 203\n586 99", (800, 600), Style(digit_px=50))
    photo = photograph(page, np.random.default_rng(0), Troubles(turn_deg=turn_deg))
    readings = [Digit(one.box, one.digit, 0.9, FLAT) for one in photo.digits]
    assert texts(shuffled(readings)) == page.numbers


def test_reading_order_keeps_every_reading():
    readings = lay_out("4711 203\n586")
    ordered = [digit for number in group_numbers(shuffled(readings)) for digit in number.digits]
    assert [one.digit for one in ordered] == [4, 7, 1, 1, 2, 0, 3, 5, 8, 6]
    assert ordered == readings


BOXES = st.builds(reading, st.integers(0, 9), *[st.integers(0, 400)] * 2, *[st.integers(1, 120)] * 2)


@settings(max_examples=100, deadline=None)
@given(readings=st.lists(BOXES, max_size=25))
def test_any_digits_are_each_in_one_number(readings):
    numbers = group_numbers(readings)
    assert sorted("".join(number.text for number in numbers)) == sorted(str(one.digit) for one in readings)
    assert all(number.text == "".join(str(one.digit) for one in number.digits) for number in numbers)


@settings(max_examples=50, deadline=None)
@given(readings=st.lists(BOXES, max_size=12, unique_by=lambda one: one.box.centre), seed=st.integers(0, 99))
def test_the_order_given_does_not_matter_for_what_stands_apart(readings, seed):
    spread = [
        Digit(Box(10 * one.box.x, 10 * one.box.y, one.box.w, one.box.h), one.digit, 0.9, FLAT) for one in readings
    ]
    assert len(group_numbers(shuffled(spread, seed))) == len(group_numbers(spread))


def texts_of(digits):
    return [number.text for number in group_numbers(digits)]


def turned_line(text, x, y, turn_deg):
    """Digits of a line that is turned clockwise."""
    step = 34 * np.array([np.cos(np.deg2rad(turn_deg)), np.sin(np.deg2rad(turn_deg))])
    places = [np.rint((x, y) + i * step).astype(int).tolist() for i in range(len(text))]
    return [Digit(Box(*place, 26, 42), int(one), 0.9, FLAT) for place, one in zip(places, text, strict=True)]


def test_rows_of_a_wide_table_stay_rows_though_each_second_digit_stands_lower():
    """The nearest neighbours all say that the lines fall by 2 degrees; what stands far along them tells better."""
    rows = [[(i, j) for j in range(8)] for i in range(3)]
    digits = [
        Digit(Box(100 + 280 * j + 28 * k, 100 + 70 * i + k, 24, 40), digit, 0.9, FLAT)
        for row in rows
        for i, j in row
        for k, digit in enumerate((i + 1, j))
    ]
    assert texts_of(digits) == [f"{i + 1}{j}" for i in range(3) for j in range(8)]


def test_numbers_on_two_sheets_turned_differently_stay_whole():
    sheets = [
        turned_line(text, 300 + 600 * k, 300, turn) for k, (text, turn) in enumerate((("4718", 12), ("9542", -15)))
    ]
    below = [
        turned_line(text, 280 + 640 * k, 380, turn) for k, (text, turn) in enumerate((("2055", 12), ("3636", -15)))
    ]
    digits = [digit for some in (*sheets, *below) for digit in some]
    assert sorted(texts_of(digits)) == ["2055", "3636", "4718", "9542"]
    assert texts_of(digits)[:2] == ["4718", "2055"], "one sheet after the other"


def test_a_column_on_a_sheet_is_no_sheet_of_its_own():
    """Its one pair of digits, a large 3 and a small 0, says nothing of where its lines lead."""
    rows = [
        [(2, 310, 114, 89, 106), (6, 594, 127, 45, 92), (2, 651, 90, 97, 131), (0, 1089, 156, 44, 57)],
        [(5, 310, 324, 69, 103), (7, 567, 320, 60, 109), (2, 638, 321, 70, 106), (9, 1018, 310, 40, 120)],
        [(3, 310, 574, 66, 115), (0, 389, 639, 40, 49), (4, 642, 605, 69, 83), (5, 958, 562, 79, 123)],
    ]
    numbers = texts(shuffled([reading(*one) for row in rows for one in row]))
    assert numbers[:6] == ["2", "62", "0", "5", "72", "9"]
