"""Digits in rings, boxes and triangles are offered, touching or not; what encloses them is not."""

import cv2
import numpy as np
import pytest

from capture.boxes import Box
from capture.detect.outlines import enclosed_components, without_outlines
from capture.types import Component
from tests.support.pages import find_candidates

PAPER, INK = 230, 40
CIRCLE = [(150 + round(60 * np.cos(a)), 150 + round(60 * np.sin(a))) for a in np.linspace(0, 6.2, 40)]
SQUARE = [(90, 90), (210, 92), (208, 210), (92, 208)]
TRIANGLE = [(150, 60), (240, 215), (62, 210)]
SEVEN = [(130, 120), (170, 118), (140, 180)]


def stroke(image, points, width=4, closed=False):
    cv2.polylines(image, [np.array(points, np.int32)], closed, INK, width, cv2.LINE_AA)


def page(outline, digit=SEVEN, dx=0):
    gray = np.full((300, 300), PAPER, np.uint8)
    stroke(gray, outline, closed=True)
    stroke(gray, [(x + dx, y) for x, y in digit])
    return cv2.cvtColor(gray, cv2.COLOR_GRAY2BGR)


def boxes(image):
    return [candidate.box for candidate in find_candidates(image)]


def is_about(box, expected, slack=12):
    return all(abs(a - b) <= slack for a, b in zip(box, expected, strict=True))


@pytest.mark.parametrize("outline", [CIRCLE, SQUARE, TRIANGLE], ids=["circle", "square", "triangle"])
def test_a_digit_in_an_outline_is_offered_alone(outline):
    (only,) = boxes(page(outline))
    assert is_about(only, (128, 116, 44, 66))


@pytest.mark.parametrize(("outline", "dx"), [(CIRCLE, -37), (SQUARE, -40), (SQUARE, 36)])
def test_a_digit_that_touches_its_outline_is_offered(outline, dx):
    assert any(is_about(box, (128 + dx, 116, 44, 66)) for box in boxes(page(outline, dx=dx)))


def ring(radius=40, width=5):
    ink = np.zeros((2 * radius + 11, 2 * radius + 11), np.uint8)
    cv2.circle(ink, (radius + 5, radius + 5), radius, 200, width)
    x, y, w, h = cv2.boundingRect(ink)
    return Component(Box(100, 100, w, h), ink[y : y + h, x : x + w])


@pytest.mark.parametrize(
    ("speck", "is_kept"), [(Box(140, 140, 8, 9), True), (Box(130, 125, 25, 35), False), (Box(190, 130, 25, 35), True)]
)
def test_a_zero_around_a_speck_or_beside_a_digit_stays(speck, is_kept):
    zero, other = ring(), Component(speck, np.full((speck.h, speck.w), 200, np.uint8))
    left = list(without_outlines([zero, other], np.full((400, 400), PAPER, np.uint8)))
    assert other in left
    assert (zero in left) is is_kept


def test_an_open_bow_encloses_nothing():
    """A bracket, or a 2 under which another digit stands, has ink on three sides of it at most."""
    bow = ring()
    bow.ink[:, bow.ink.shape[1] // 2 :] = 0
    bow.ink[0, :] = 200
    digit = Component(Box(130, 125, 25, 35), np.full((35, 25), 200, np.uint8))
    assert list(without_outlines([bow, digit], np.full((400, 400), PAPER, np.uint8))) == [bow, digit]


@pytest.mark.parametrize("width", [3, 9, 15])
def test_digits_with_loops_hold_nothing(width):
    eight = np.zeros((140, 90), np.uint8)
    cv2.circle(eight, (45, 40), 28, 200, width)
    cv2.circle(eight, (45, 96), 30, 200, width)
    for ink in (ring(width=width).ink, eight):
        assert enclosed_components(Component(Box(0, 0, *ink.shape[::-1]), ink)) == []


def test_a_table_is_taken_apart_and_its_digits_that_touch_rules_are_offered():
    gray = np.full((420, 420), PAPER, np.uint8)
    for at in range(30, 400, 90):
        cv2.line(gray, (at, 30), (at, 390), 90, 3)
        cv2.line(gray, (30, at), (390, at), 90, 3)
    for row in range(4):
        for column in range(4):
            x, y = 30 + 90 * column, 30 + 90 * row
            stroke(gray, [(x + 25, y + 20), (x + 65, y + 20), (x + 40, y + 90)], 5)  # each stands on a rule
    found = boxes(cv2.cvtColor(gray, cv2.COLOR_GRAY2BGR))
    places = [(52 + 90 * column, 48 + 90 * row, 46, 72) for row in range(4) for column in range(4)]
    assert sum(any(is_about(box, place) for box in found) for place in places) >= 14


@pytest.mark.parametrize(("right_of_it", "left"), [(PAPER, 2), (INK, 1)], ids=["a stroke", "the edge of a sheet"])
def test_what_is_darkest_of_an_outline_stays_unless_it_is_an_edge(right_of_it, left):
    ink, gray = np.zeros((300, 220), np.uint8), np.full((400, 400), PAPER, np.uint8)
    cv2.rectangle(ink, (3, 3), (216, 296), 90, 6)
    ink[150:250, 213:219] = 250
    sheet = Component(Box(50, 50, 220, 300), ink)
    gray[:, 269:] = right_of_it
    gray[200:300, 263:269] = INK
    digit = Component(Box(100, 150, 60, 100), np.full((100, 60), 200, np.uint8))
    kept = list(without_outlines([sheet, digit], gray))
    assert digit in kept and len(kept) == left
