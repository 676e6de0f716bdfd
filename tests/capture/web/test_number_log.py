"""The numbers that the page lists."""

import csv
import io

import pytest

from capture.boxes import Box
from capture.types import Number
from capture.web.number_log import MAX_ENTRIES, STEADY_S, NumberLog


def numbers(*texts):
    return [Number(text, Box(0, 0, 10, 10), 0.9) for text in texts]


def texts(log):
    return [[text for text, _ in entry.numbers] for entry in log.after(0, 100)]


@pytest.mark.parametrize(
    "seen, listed",
    [
        ([(0.0, ["17"]), (0.5, ["17"]), (9.0, ["17"])], [["17"]]),
        ([(0.0, ["1"]), (0.1, ["17"]), (0.2, ["17"]), (0.6, ["17"])], [["17"]]),
        ([(0.0, ["17"]), (0.5, ["17"]), (0.6, []), (1.1, []), (1.2, ["17"]), (1.7, ["17"])], [["17"], ["17"]]),
        ([(0.0, ["17"]), (0.5, ["17"]), (0.6, ["11"]), (0.7, ["17"]), (1.5, ["17"])], [["17"]]),
        ([(5.0, ["17"]), (0.0, ["17"]), (0.2, ["17"])], []),
        ([], []),
    ],
    ids=["once", "not bit by bit", "again after nothing", "no flicker", "a clock that jumps back", "nothing"],
)
def test_numbers_are_listed_when_they_have_changed_and_stand_still(seen, listed):
    log = NumberLog()
    for time_s, shown in seen:
        log.note(numbers(*shown), time_s, "demo")
    assert texts(log) == listed
    assert STEADY_S < 0.5


def test_a_photo_is_listed_at_once():
    log = NumberLog()
    log.note(numbers("4711"), 0.0, "a.jpg", is_steady=True)
    assert texts(log) == [["4711"]]


def test_only_what_is_new_is_given_and_the_oldest_is_forgotten():
    log = NumberLog()
    for count in range(MAX_ENTRIES + 5):
        log.note(numbers(str(count)), 0.0, "a.jpg", is_steady=True)
    assert [entry.number for entry in log.after(MAX_ENTRIES + 2, 100)] == [MAX_ENTRIES + number for number in (3, 4, 5)]
    assert len(log.after(0, 2)) == 2
    assert len(log.after(0, 10 * MAX_ENTRIES)) == MAX_ENTRIES


def test_the_csv_has_a_row_a_number():
    log = NumberLog()
    log.note(numbers("34.5", "-12"), 1.25, 'a "b", c.jpg', is_steady=True)
    header, *rows = csv.reader(io.StringIO(log.csv()))
    assert header == ["time", "seconds", "source", "number", "confidence"]
    assert [row[1:] for row in rows] == [["1.25", 'a "b", c.jpg', text, "0.9"] for text in ("34.5", "-12")]


def test_no_name_runs_as_a_formula():
    log = NumberLog()
    log.note(numbers("-12"), 0.0, "=1+1.jpg", is_steady=True)
    (row,) = list(csv.reader(io.StringIO(log.csv())))[1:]
    assert row[2:4] == ["'=1+1.jpg", "-12"]
