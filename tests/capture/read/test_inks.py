from dataclasses import replace

import cv2
import numpy as np
import pytest

from capture.detect.find import detect, find_strokes, measure_ink
from capture.read.inks import POINTS, hues_of, inks_of, measure_inks, strengths_of, with_inks
from capture.read.pose import rotate_ink
from capture.synthetic.page import page_of
from capture.synthetic.styles import PENS, Style
from capture.types import Hypothesis, InkImage

BLUE, BLACK, RED = ((150, 60, 30), (40, 38, 38), (50, 40, 190))
PEN_PX = 4.0
ONE_PEN = 0.055  # distance between hues: strokes of one pen are hardly further apart
OTHER_PEN = 0.12


def sheet_of(*inks, paper=(235, 240, 242)):
    """A sheet with an 8 in each ink, from left to right."""
    image = np.full((120, 100 * len(inks), 3), paper, np.uint8)
    for index, ink in enumerate(inks):
        middle = 50 + 100 * index
        for y in (45, 75):
            cv2.circle(image, (middle, y), 15, ink, 4, cv2.LINE_AA)
    return image


def inks_on(image, turn_deg=0.0):
    seen = measure_ink(image)
    if turn_deg:
        seen, _ = rotate_ink(seen, turn_deg)
    pieces = sorted(find_strokes(seen), key=lambda piece: piece.box.x)
    return measure_inks(pieces, np.full(len(pieces), PEN_PX), seen)


def apart(inks):
    hues = hues_of(inks)
    return np.hypot(*(hues[1:] - hues[0]).T)


def test_two_pens_have_two_hues_and_one_pen_has_one():
    inks = inks_on(sheet_of(BLUE, BLUE, BLACK, RED))
    assert inks.shape == (4, 3)
    assert inks.dtype == np.float32
    same, black, red = apart(inks)
    assert same < ONE_PEN
    assert min(black, red) > OTHER_PEN


@pytest.mark.parametrize("lamp", [(0.6, 0.8, 1.0), (1.0, 0.9, 0.7), (0.5, 0.5, 0.5)])
def test_the_lamp_changes_no_hue(lamp):
    image = sheet_of(BLUE, BLACK)
    lit = np.round(image * lamp).astype(np.uint8)
    assert hues_of(inks_on(lit)) == pytest.approx(hues_of(inks_on(image)), abs=ONE_PEN)


def test_a_blurred_stroke_is_weaker_and_keeps_its_hue():
    image = sheet_of(BLUE, BLACK)
    sharp, blurred = (inks_on(one) for one in (image, cv2.GaussianBlur(image, (0, 0), 1.6)))
    assert (strengths_of(blurred) < strengths_of(sharp) - 0.2).all()
    assert hues_of(blurred) == pytest.approx(hues_of(sharp), abs=ONE_PEN)


def test_chalk_on_a_board_is_ink():
    inks = inks_on(sheet_of((225, 230, 232), (120, 225, 240), paper=(45, 50, 42)))
    assert len(inks) == 2
    assert (inks.sum(axis=1) > 0).all()
    assert apart(inks)[0] > ONE_PEN


@pytest.mark.parametrize("turn_deg", [90.0, 180.0, 17.0])
def test_a_turned_page_has_the_colours_of_its_picture(turn_deg):
    image = sheet_of(RED, BLUE)
    hues, turned = hues_of(inks_on(image)), hues_of(inks_on(image, turn_deg))
    assert len(turned) == len(hues)
    for hue in hues:
        assert np.hypot(*(turned - hue).T).min() < ONE_PEN


def test_a_large_picture_is_measured_where_its_ink_is():
    image = cv2.resize(sheet_of(BLUE, BLACK), None, fx=20, fy=20, interpolation=cv2.INTER_CUBIC)
    assert apart(inks_on(image))[0] > OTHER_PEN


@pytest.mark.parametrize("name", ["blue ballpoint", "red ballpoint", "fineliner", "pencil"])
def test_the_strokes_of_a_drawn_hand_are_of_one_pen(name):
    page = page_of("4 7 1 9 0", (640, 160), Style(digit_px=70, pen=PENS[name]))
    inks = inks_on(page.image)
    assert len(inks) >= 5
    assert np.median(apart(inks)) < ONE_PEN


def test_ink_of_a_single_pixel_and_of_no_picture():
    seen = measure_ink(sheet_of(BLUE))
    piece = find_strokes(seen)[0]
    dot = replace(piece, box=piece.box._replace(w=1, h=1), ink=np.full((1, 1), 200, np.uint8))
    assert np.isfinite(measure_inks([dot], np.ones(1), seen)).all()
    blind = InkImage(seen.gray, seen.ink, 1.0, seen.shape)
    assert not measure_inks([piece], np.ones(1), blind).any()
    assert measure_inks([], np.ones(0), seen).shape == (0, 3)
    assert POINTS % 4 == 0  # as many on each side of a box


def eights_in(*inks):
    """Hypotheses of an 8 in each ink, side by side, and what they were found in."""
    image = np.full((120, 100 * len(inks), 3), 240, np.uint8)
    for index, ink in enumerate(inks):
        for y in (45, 75):
            cv2.circle(image, (50 + 100 * index, y), 15, ink, 4, cv2.LINE_AA)
    detection = detect(image)
    found = sorted(detection.candidates, key=lambda one: one.box.x)
    return [Hypothesis(one, np.zeros(0), one.box) for one in found], detection.ink_image


def test_each_ink_is_measured_once():
    hypotheses, seen = eights_in((150, 60, 30), (40, 40, 40))
    inks = inks_of(with_inks(hypotheses, seen))
    assert inks.shape == (2, 3)
    assert np.ptp(inks[0]) > 0.3 > np.ptp(inks[1])
    known = [replace(hypotheses[0], ink=np.zeros(3)), hypotheses[1]]
    assert inks_of(with_inks(known, seen)) == pytest.approx(np.array([np.zeros(3), inks[1]]))


def test_what_has_no_ink_of_its_own_has_no_colour():
    hypotheses, seen = eights_in((40, 40, 40))
    bare = replace(hypotheses[0], candidate=replace(hypotheses[0].candidate, component=None))
    measured = with_inks([bare, *hypotheses], seen)
    assert [one.ink is None for one in measured] == [True, False]
    assert inks_of(measured) is None
    assert inks_of([]).shape == (0, 3)
