"""The simulated camera: each trouble does what it says, and the boxes follow exactly."""

from dataclasses import fields

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from capture.boxes import Box
from capture.synthetic.camera import Troubles, lean, photograph, random_troubles
from capture.synthetic.page import DrawnPage, page_of, random_page
from capture.synthetic.styles import Style

PAGE = page_of("4711\n203 55\n968", style=Style(digit_px=48, gap=0.9, line_gap=1.4))
STRENGTHS = {
    "turn_deg": 12, "tilt_deg": 25, "edge": 0.3, "lamp": 0.5, "shadow": 0.5, "vignette": 0.5, "folds": 0.3,
    "exposure_stops": -1, "cast": 0.2, "blur_px": 2, "motion_px": 6, "noise": 10, "jpeg": 1.0,
}  # fmt: skip


def edges(box: Box) -> np.ndarray:
    """Left, top, right, bottom."""
    return np.array([*box.top_left, *box.bottom_right])


def ink_box(image: np.ndarray, near: Box) -> Box:
    """The box of what is dark within a few pixels of a box."""
    x, y = near.x - 5, near.y - 5
    piece = image[y : near.y + near.h + 5, x : near.x + near.w + 5].max(axis=2)
    left, top, w, h = cv2.boundingRect((piece < 172).astype(np.uint8))
    return Box(left + x, top + y, w, h)


def test_no_troubles_change_nothing():
    photo = photograph(PAGE, np.random.default_rng(0), Troubles())
    assert np.array_equal(photo.image, PAGE.image)
    assert photo.digits == PAGE.digits


def test_the_table_knows_every_trouble():
    assert {*STRENGTHS, "whole_sheet"} == {field.name for field in fields(Troubles)}


def test_the_whole_sheet_stays_in_the_picture():
    """Its corners are seen: the desk, darker than the paper, is on all four borders."""
    troubles = Troubles(tilt_deg=40, edge=0.2, whole_sheet=True)
    gray = photograph(PAGE, np.random.default_rng(1), troubles).image.mean(axis=2)
    borders = [gray[0], gray[-1], gray[:, 0], gray[:, -1]]
    assert all((border < 200).mean() > 0.9 for border in borders)


@pytest.mark.parametrize("name", STRENGTHS)
def test_each_trouble_shows_and_keeps_the_reading(name):
    photo = photograph(PAGE, np.random.default_rng(1), Troubles(**{name: STRENGTHS[name]}))
    assert photo.image.shape == PAGE.image.shape and photo.image.dtype == np.uint8
    assert np.abs(photo.image.astype(int) - PAGE.image).max() > 8
    assert photo.numbers == PAGE.numbers


@pytest.mark.parametrize("troubles", [
    Troubles(turn_deg=30), Troubles(turn_deg=-90), Troubles(tilt_deg=35), Troubles(edge=0.4),
    Troubles(turn_deg=10, tilt_deg=20, edge=0.2),
], ids=str)  # fmt: skip
def test_boxes_follow_the_ink(troubles):
    photo = photograph(PAGE, np.random.default_rng(2), troubles)
    assert len(photo.digits) == len(PAGE.digits)
    for digit in photo.digits:
        assert np.abs(edges(ink_box(photo.image, digit.box)) - edges(digit.box)).max() <= 1


def test_a_turn_is_clockwise():
    page = page_of("1 8", style=Style(digit_px=50))
    left, right = photograph(page, np.random.default_rng(0), Troubles(turn_deg=20)).digits
    assert right.box.centre[1] > left.box.centre[1] + 10


def test_darker_exposure_halves_the_light():
    photo = photograph(PAGE, np.random.default_rng(0), Troubles(exposure_stops=-1))
    assert np.median(photo.image) == pytest.approx(np.median(PAGE.image) / 2, abs=2)


def test_a_lamp_only_takes_light_away_and_most_on_one_side():
    photo = photograph(PAGE, np.random.default_rng(3), Troubles(lamp=0.6))
    share = photo.image[:, :, 1].astype(float) / PAGE.image[:, :, 1]
    assert share.max() <= 1.02
    assert share.min() == pytest.approx(0.4, abs=0.05)


def test_blur_lowers_contrast_and_noise_raises_unrest():
    calm = photograph(PAGE, np.random.default_rng(0), Troubles(blur_px=2.5)).image
    loud = photograph(PAGE, np.random.default_rng(0), Troubles(noise=12)).image
    assert cv2.Laplacian(calm, cv2.CV_32F).std() < cv2.Laplacian(PAGE.image, cv2.CV_32F).std()
    assert loud[:40].std() == pytest.approx(12, abs=3)


def test_looking_straight_down_is_the_identity():
    assert lean((640, 480), 0, 0, 33) == pytest.approx(np.eye(3))


def test_the_near_side_looks_larger():
    corners = np.array([[[0, 0], [640, 0], [640, 480], [0, 480]]], np.float64)
    seen = cv2.perspectiveTransform(corners, lean((640, 480), 0, 30, 0))[0]
    heights = seen[3, 1] - seen[0, 1], seen[2, 1] - seen[1, 1]
    assert abs(heights[0] - heights[1]) > 100


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 2**32), level=st.floats(0, 1), width=st.integers(30, 300), height=st.integers(30, 300))
def test_any_photo_has_all_boxes_inside(seed, level, width, height):
    rng = np.random.default_rng(seed)
    page = random_page(rng, (width, height))
    photo = photograph(page, rng, random_troubles(rng, level))
    assert photo.image.shape == (height, width, 3) and photo.image.dtype == np.uint8
    assert len(photo.digits) <= len(page.digits)
    for drawn in photo.digits + photo.others:
        assert drawn.box.x >= 0 and drawn.box.y >= 0
        assert drawn.box.x + drawn.box.w <= width and drawn.box.y + drawn.box.h <= height


def test_the_same_seed_takes_the_same_photo():
    one, two = (photograph(PAGE, np.random.default_rng(9), random_troubles(np.random.default_rng(8))) for _ in range(2))
    assert np.array_equal(one.image, two.image)


def test_level_nought_is_no_trouble():
    assert random_troubles(np.random.default_rng(0), 0.0) == Troubles()


def test_an_empty_page_can_be_photographed():
    blank = DrawnPage(np.full((90, 120, 3), 240, np.uint8), ())
    photo = photograph(blank, np.random.default_rng(0), Troubles(turn_deg=40, edge=0.3, shadow=0.5))
    assert photo.digits == () and photo.numbers == []
