"""Ink is what is darker than the paper around it, however the light falls."""

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from capture.detect.binarize import LEAST_INK, ink_of, is_light_on_dark, keep_ink
from capture.synthetic.page import page_of
from capture.synthetic.styles import Pen, Style

SIZE = (320, 240)
SHOWS = 60  # of 255: a pen's stroke


def gray_page(text="4711\n203", **style):
    """The page in grey, and its truth."""
    page = page_of(text, SIZE, Style(digit_px=40, **style))
    return cv2.cvtColor(page.image, cv2.COLOR_BGR2GRAY), page


def slope(gray, darkest):
    """The page under a lamp at its left."""
    return (gray * np.linspace(1, darkest, gray.shape[1])).astype(np.uint8)


def halves(gray, darkest):
    """The page with a sharp shadow on its right."""
    shaded = gray.copy()
    shaded[:, gray.shape[1] // 2 :] = shaded[:, gray.shape[1] // 2 :] * darkest
    return shaded


@pytest.mark.parametrize("darkest", [1.0, 0.6, 0.25])
def test_ink_is_the_same_in_bright_and_dim_light(darkest):
    gray, page = gray_page()
    bright, dim = ink_of(gray), ink_of(slope(gray, darkest))
    for digit in page.digits:
        window = slice(digit.box.y, digit.box.y + digit.box.h), slice(digit.box.x, digit.box.x + digit.box.w)
        assert int(dim[window].max()) == pytest.approx(int(bright[window].max()), abs=5)
    assert np.percentile(dim, 80) < LEAST_INK


@pytest.mark.parametrize("value", [1, 128, 255])
@pytest.mark.parametrize("shape", [(1, 1), (1, 90), (90, 1), (240, 320)])
def test_an_even_picture_has_no_ink(shape, value):
    assert ink_of(np.full(shape, value, np.uint8)).max() <= 1  # 1 by rounding


def test_a_broad_marker_is_inked_to_its_middle():
    gray = np.full((240, 320), 230, np.uint8)
    gray[60:180, 140:180] = 20
    ink = ink_of(gray)
    assert ink[80:160, 150:170].min() > SHOWS
    assert ink[:, :100].max() < LEAST_INK


def test_a_broad_corner_of_a_stroke_is_inked():
    """Where two broad strokes meet they are broader than each alone."""
    gray = np.full((584, 375), 200, np.uint8)
    cv2.polylines(gray, [np.array([(70, 75), (330, 50), (75, 520)])], False, 70, 38, cv2.LINE_AA)
    ink = keep_ink(ink_of(gray))
    assert (ink[gray < 90] > SHOWS).mean() > 0.97


def test_a_soft_shadow_is_no_ink():
    gray = cv2.GaussianBlur(halves(np.full((240, 320), 230, np.uint8), 0.6), (0, 0), 12)
    assert keep_ink(ink_of(gray)).max() == 0


def test_grain_goes_and_writing_stays():
    rng = np.random.default_rng(0)
    gray, _ = gray_page(pen=Pen((120, 120, 120), 0.09))
    noisy = np.clip(gray + rng.normal(0, 4, gray.shape), 0, 255).astype(np.uint8)
    kept = keep_ink(ink_of(cv2.GaussianBlur(noisy, (3, 3), 0))) > 0  # smoothed, as `find_candidates` does
    written = gray < 180
    assert kept[written].mean() > 0.95
    assert kept[cv2.dilate(written.astype(np.uint8), np.ones((9, 9))) == 0].mean() < 0.01


def test_grain_in_one_corner_hides_nothing_in_another():
    rng = np.random.default_rng(0)
    ink = np.zeros((320, 320), np.uint8)
    ink[:, 160:] = rng.integers(0, 80, (320, 160))
    ink[40:44, 20:140] = ink[280:284, 180:300] = 20
    kept = keep_ink(ink) > 0
    assert kept[40:44, 20:140].all()
    assert not kept[280:284, 200:300].all()


@pytest.mark.parametrize(
    ("style", "expected"),
    [
        ({}, False),
        ({"paper": "squared"}, False),
        ({"pen": Pen((120, 120, 120), 0.05)}, False),
        ({"paper_bgr": (60, 60, 60), "pen": Pen((5, 5, 5), 0.1)}, False),
        ({"paper": "board", "paper_bgr": (45, 50, 45), "pen": Pen((230, 230, 230), 0.1)}, True),
        ({"paper_bgr": (0, 0, 0), "pen": Pen((255, 255, 255), 0.04)}, True),
        ({"paper_bgr": (110, 110, 110), "pen": Pen((250, 250, 250), 0.1)}, True),
    ],
    ids=["ink", "squared", "pencil", "black on grey", "chalk", "screen", "white on grey"],
)
def test_chalk_is_told_from_ink(style, expected):
    assert is_light_on_dark(gray_page(**style)[0]) is expected


@pytest.mark.parametrize("share", [0.4, 0.7])
@pytest.mark.parametrize("level", [20, 50])
def test_a_dark_desk_around_the_sheet_is_not_taken_for_a_board(level, share):
    gray, _ = gray_page()
    across, down = (round(side * (1 / share - 1) / 2) for side in SIZE)
    assert not is_light_on_dark(cv2.copyMakeBorder(gray, down, down, across, across, cv2.BORDER_CONSTANT, value=level))


@settings(max_examples=40, deadline=None)
@given(gray=arrays(np.uint8, st.tuples(st.integers(1, 120), st.integers(1, 120))))
def test_any_picture_has_an_ink_map_of_its_size(gray):
    ink = ink_of(gray)
    kept = keep_ink(ink)
    assert ink.shape == kept.shape == gray.shape and ink.dtype == kept.dtype == np.uint8
    assert ((kept == 0) | (kept == ink)).all()
    assert is_light_on_dark(gray) in (True, False)
