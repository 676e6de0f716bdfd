"""Sheets on desks: corners found where they are, not where there are none, and straightened true to shape."""

import cv2
import numpy as np
import pytest

from capture.read.sheet import find_sheet, is_distorted, rectify
from capture.synthetic.camera import lean
from capture.synthetic.demo import Demo

SIZE = (1280, 720)
A4 = 2**0.5  # width in heights


def seen(turn_deg=0.0, tilt_deg=0.0, towards_deg=60.0, *, paper=230, desk=60, half=(300 * A4 / 1.4, 300 / 1.4)):
    """A picture of a sheet on a desk, and its corners."""
    middle = np.array(SIZE) / 2
    flat = middle + np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * half
    corners = cv2.perspectiveTransform(flat[None].astype(np.float32), lean(SIZE, turn_deg, tilt_deg, towards_deg))[0]
    image = np.full((SIZE[1], SIZE[0], 3), desk, np.uint8)
    cv2.fillConvexPoly(image, np.round(corners).astype(np.int32), (paper, paper, paper), cv2.LINE_AA)
    return image, corners


@pytest.mark.parametrize("turn_deg, tilt_deg", [(0, 0), (0, 40), (30, 20), (80, 30), (180, 50), (-30, 0)])
def test_corners_are_found(turn_deg, tilt_deg):
    image, corners = seen(turn_deg, tilt_deg)
    found = find_sheet(image)
    assert np.linalg.norm(corners[:, None] - found, axis=-1).min(axis=1).max() < 10


@pytest.mark.parametrize("time_s", [50 / 30, 70 / 30, 92 / 30])
def test_the_bright_half_of_a_sheet_is_not_the_sheet(time_s):
    demo = Demo(0, speed=6.0)
    found = find_sheet(demo.image_at(time_s))
    centres = [digit.box.centre for digit in demo.digits_at(time_s)]
    assert found is None or all(cv2.pointPolygonTest(found, centre, measureDist=False) > 0 for centre in centres)


@pytest.mark.parametrize("bgr", [(170, 200, 190), (90, 160, 235)], ids=["light grey card", "yellow card"])
def test_corners_are_found_beside_other_bright_things(bgr):
    image, corners = seen(20, 30, paper=240)
    sheet = (image == 240).all(axis=2)
    cv2.rectangle(image, (700, 60), (1200, 660), bgr, -1)
    image[sheet] = 240
    found = find_sheet(image)
    assert np.linalg.norm(corners[:, None] - found, axis=-1).min(axis=1).max() < 12


@pytest.mark.parametrize(
    "image",
    [
        np.full((720, 1280, 3), 230, np.uint8),
        np.zeros((1, 1, 3), np.uint8),
        np.full((1, 1300, 3), 255, np.uint8),
        np.full((2600, 2, 3), 255, np.uint8),
        np.random.default_rng(0).integers(0, 255, (480, 640, 3), np.uint8),
        cv2.circle(np.full((480, 640, 3), 40, np.uint8), (320, 240), 200, (230, 230, 230), -1),
        seen(half=(700, 300))[0],
        seen(half=(60, 40))[0],
        seen(paper=100, desk=90)[0],
    ],
    ids=[
        "all paper",
        "one pixel",
        "thin and broad",
        "thin and high",
        "noise",
        "a plate",
        "cut off by the border",
        "a note",
        "a bright desk",
    ],
)
def test_no_corners_where_no_sheet_lies(image):
    assert find_sheet(image) is None


@pytest.mark.parametrize(
    "turn_deg, tilt_deg, is_so",
    [(0, 0, False), (5, 5, False), (-8, 0, False), (90, 0, False), (180, 0, False), (25, 0, False), (0, 40, True)],
)
def test_only_what_leans_is_distorted(turn_deg, tilt_deg, is_so):
    assert is_distorted(seen(turn_deg, tilt_deg)[1]) is is_so


def sheet_in(corners, to_image):
    """Where the sheet is in the picture laid flat: left, top, right, bottom."""
    places = cv2.perspectiveTransform(np.float32(corners)[None], np.linalg.inv(to_image))[0]
    return (*places.min(axis=0), *places.max(axis=0))


@pytest.mark.parametrize("order", [1, -1])
@pytest.mark.parametrize("turn_deg", [0.0, 30.0, -30.0])
@pytest.mark.parametrize("tilt_deg, towards_deg", [(0.0, 0.0), (55.0, 60.0), (55.0, 0.0), (60.0, 200.0)])
def test_straightened_sheets_keep_shape_and_orientation(turn_deg, tilt_deg, towards_deg, order):
    image, corners = seen(turn_deg, tilt_deg, towards_deg)
    flat, to_image = rectify(image, np.roll(corners, 2, axis=0)[::order].astype(np.float32))
    left, top, right, bottom = sheet_in(corners, to_image)
    assert (right - left) / (bottom - top) == pytest.approx(A4, rel=0.1)
    middles = np.array([[[(left + right) / 2, top], [(left + right) / 2, (top + bottom) / 2]]], np.float32)
    upper, middle = cv2.perspectiveTransform(middles, to_image)[0]
    assert np.linalg.norm(upper - corners[:2].mean(axis=0)) < 60  # the upper edge stays above
    assert image[round(middle[1]), round(middle[0])].tolist() == [230] * 3
    inner = flat[round(top) + 5 : round(bottom) - 5, round(left) + 5 : round(right) - 5]
    assert (inner > 200).mean() > 0.98  # next to no desk


def test_what_lies_beside_the_sheet_comes_with_it():
    image, corners = seen(0, 45)
    flat, to_image = rectify(image, corners)
    left, top, right, bottom = sheet_in(corners, to_image)
    assert flat.shape[1] > 1.1 * (right - left) and flat.shape[0] > 1.1 * (bottom - top)
