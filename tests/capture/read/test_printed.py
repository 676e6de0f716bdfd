"""Print beside handwriting is left out; whatever may be handwriting stays."""

from dataclasses import replace

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from capture.read.printed import ink_colours, without_print
from capture.types import Box, Digit
from model.classifier import CLASSES

BLACK, BLUE, RED, PAPER = (40, 42, 45), (160, 70, 50), (70, 50, 190), (235, 240, 242)
SAME, VARIED = (40, 40, 41, 40, 39, 40), (38, 52, 45, 60, 41, 49)
"""Heights as print has them, and as a hand has them."""
NO_PROBABILITIES = np.zeros(CLASSES, np.float32)


def sheet(*rows):
    """Rings in rows, each of (ink, heights): the picture, and a reading for each ring, doubted where all are alike."""
    image, readings = np.full((400, 600, 3), PAPER, np.uint8), []
    for number, (ink, heights) in enumerate(rows):
        for column, height in enumerate(heights):
            box = Box(30 + 80 * column, 20 + 90 * number, height * 2 // 3, height)
            middle, axes = (box.x + box.w // 2, box.y + box.h // 2), (box.w // 2 - 2, box.h // 2 - 2)
            cv2.ellipse(image, middle, axes, 0, 0, 360, ink, 5, cv2.LINE_AA)
            readings.append(Digit(box, 0, 0.9 if heights[:3] == SAME[:3] else 0.99, NO_PROBABILITIES))
    return image, readings


def kept(*rows):
    """How many of each row's readings stay."""
    image, readings = sheet(*rows)
    left = [reading.box for reading in without_print(readings, image)]
    return [sum(box.y == 20 + 90 * number for box in left) for number in range(len(rows))]


@pytest.mark.parametrize("pen", [BLUE, RED])
def test_black_print_beside_a_coloured_pen_is_left_out(pen):
    assert kept((BLACK, SAME), (pen, VARIED)) == [0, 6]


@pytest.mark.parametrize(
    "rows",
    [
        [(BLACK, SAME)],
        [(BLACK, VARIED), (BLUE, VARIED)],
        [(BLACK, SAME), (BLACK, VARIED)],
        [(BLUE, SAME), (BLACK, VARIED)],
        [(BLACK, SAME[:3]), (BLUE, VARIED)],
        [(BLACK, SAME), (BLUE, VARIED[:1])],
    ],
    ids=["print alone", "two pens", "one ink", "a neat coloured hand", "three alike", "one written"],
)
def test_what_may_be_handwriting_stays(rows):
    assert kept(*rows) == [len(heights) for _, heights in rows]


def test_a_neat_hand_of_which_the_network_is_sure_stays():
    image, readings = sheet((BLACK, SAME), (BLUE, VARIED))
    assert len(without_print([replace(reading, confidence=0.99) for reading in readings], image)) == 12


def test_a_shadow_over_half_the_sheet_changes_nothing():
    image, readings = sheet((BLACK, SAME), (BLUE, VARIED))
    image = (image * np.where(np.arange(600) < 300, 1.0, 0.55)[:, None]).astype(np.uint8)
    assert len(without_print(readings, image)) == 6


def test_an_inks_colour_is_what_it_leaves_of_the_paper():
    image, readings = sheet((BLUE, (60,)))
    colour = ink_colours(image, np.array([readings[0].box.xywh]))[0]
    assert colour == pytest.approx(np.divide(BLUE, PAPER), abs=0.03)


BOXES = st.builds(Box, *[st.integers(0, 10)] * 2, *[st.integers(1, 10)] * 2)


@settings(max_examples=50, deadline=None)
@given(image=arrays(np.uint8, (20, 20, 3)), boxes=st.lists(BOXES, max_size=12))
def test_any_readings_are_kept_or_left_out_whole(image, boxes):
    readings = [Digit(box, 1, 0.9, NO_PROBABILITIES) for box in boxes]
    assert all(reading in readings for reading in without_print(readings, image))
