"""Rules go, strokes stay."""

import cv2
import numpy as np
import pytest

from capture.detect.ruling import is_bare_rule, remove_ruling
from capture.synthetic.page import page_of
from capture.synthetic.styles import Style

SIZE = (400, 240)
PAPER = 40  # of 255: lighter than any stroke


def written():
    """Digits as an ink map, (240, 400) uint8."""
    ink = 255 - page_of("2358", SIZE, Style(digit_px=60)).image.min(axis=2)
    return np.where(ink > PAPER, ink, 0)


def pieces(ink):
    """Connected pieces that are more than specks."""
    _, _, stats, _ = cv2.connectedComponentsWithStats((ink > 0).astype(np.uint8))
    return sum(area > 40 for *_, area in stats[1:].tolist())


def rule(ink, y, thickness=2, slope_px=0):
    return cv2.line(ink, (0, y), (ink.shape[1], y + slope_px), 150, thickness)


def column(ink, x):
    return cv2.line(ink, (x, 0), (x, ink.shape[0]), 150, 2)


def test_ink_without_lines_is_left_alone():
    assert remove_ruling(written()) is None


@pytest.mark.parametrize("slope_px", [0, 3, -3])
@pytest.mark.parametrize("y", [100, 130])
def test_a_rule_across_digits_goes_and_the_digits_stay_whole(y, slope_px):
    ink = written()
    ruled = rule(ink.copy(), y, slope_px=slope_px)
    rest = remove_ruling(ruled)
    assert (pieces(ink), pieces(ruled), pieces(rest)) == (4, 1, 4)
    assert (rest[ink > 100] > 0).mean() > 0.93


def test_squared_paper_goes():
    ink = written()
    for y in range(10, 240, 30):
        rule(ink, y, 1)
    for x in range(5, 400, 30):
        column(ink, x)
    rest = remove_ruling(ink)
    assert (rest[written() > 100] > 0).mean() > 0.8
    assert (rest[written() == 0] > 0).mean() < 0.02


@pytest.mark.parametrize("turned", [False, True], ids=["level", "upright"])
def test_nothing_is_left_of_a_lone_rule(turned):
    ink = rule(np.zeros((60, 300), np.uint8), 30)
    assert not remove_ruling(ink.T.copy() if turned else ink).any()


def test_a_bar_as_broad_as_a_marker_is_no_rule():
    ink = cv2.line(np.zeros((200, 300), np.uint8), (10, 100), (290, 100), 255, 30)
    rest = remove_ruling(ink)
    assert rest is None or (rest[ink > 0] > 0).mean() > 0.9


def test_strokes_as_high_as_the_piece_are_no_rules():
    ink = rule(np.zeros((50, 320), np.uint8), 25)
    ink[:, 100:106] = ink[:, 150:156] = 200
    rest = remove_ruling(ink)
    assert (rest[ink == 200] > 0).mean() > 0.8


@pytest.mark.parametrize("shape", [(1, 1), (1, 300), (300, 1), (5, 5)])
def test_small_and_thin_ink_is_taken(shape):
    rest = remove_ruling(np.full(shape, 255, np.uint8))
    assert rest is None or rest.shape == shape


def test_the_ink_given_is_left_as_it_was():
    ink = rule(written(), 115)
    before = ink.copy()
    rest = remove_ruling(ink)
    assert np.array_equal(ink, before)
    assert ((rest == 0) | (rest == ink)).all()


@pytest.mark.parametrize("is_column", [False, True], ids=["row", "column"])
def test_the_sides_of_touching_boxes_go_and_ones_between_them_stay(is_column):
    """Sides are as short as the row is high, a quarter of the length that its width lets one expect of a rule."""
    ink = np.zeros((110, 640), np.uint8)
    for x in range(10, 640, 88):
        ink[10:100, x : x + 4] = 200
    ink[10:13], ink[97:100] = 200, 200
    for x in range(54, 620, 88):
        ink[35:99, x : x + 6] = 200  # each stands on the lower rule
    rest = remove_ruling(ink.T.copy()).T if is_column else remove_ruling(ink)
    columns = np.flatnonzero((rest > 0).sum(axis=0) > 40)
    assert {int(column) // 88 for column in columns} == set(range(7))
    assert all(abs(column % 88 - 57) < 6 for column in columns)


@pytest.mark.parametrize("slope_px", [0, 40, -40])
def test_a_slanting_rule_is_bare_until_something_stands_on_it(slope_px):
    ink = np.zeros((240, 400), np.uint8)
    rule(ink, 120, slope_px=slope_px)
    assert is_bare_rule(ink)
    for text in ("0", "1", "4", "7"):
        digit = 255 - page_of(text, SIZE, Style(digit_px=24)).image.min(axis=2)
        assert not is_bare_rule(np.maximum(ink, np.where(digit > PAPER, digit, 0)))
