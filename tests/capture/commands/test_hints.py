"""Hints say what is wrong, only when something is, and long enough to be read."""

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from capture.boxes import Box
from capture.commands.hints import HintTimer, hint
from capture.synthetic.camera import Troubles, photograph
from capture.synthetic.page import page_of
from capture.types import Digit

PHOTOS = Path(__file__).resolve().parents[4] / "shared" / "data" / "photos"


def sheet(**troubles):
    page = page_of("4711 203\n98 5516", size=(1280, 720), seed=1)
    return photograph(page, np.random.default_rng(1), Troubles(noise=3, lamp=0.3, **troubles)).image


def reading(height):
    return Digit(Box(0, 0, 10, height), 4, 0.9, np.zeros(11, np.float32))


def blackboard():
    return cv2.addWeighted(255 - sheet(), 0.8, np.zeros((720, 1280, 3), np.uint8), 0, 0)


def scan():
    return np.where(sheet() > 110, 255, 30).astype(np.uint8)


@pytest.mark.parametrize(
    "image, readings, trouble",
    [
        pytest.param(sheet(), [reading(60)], "", id="all well"),
        pytest.param(sheet(exposure_stops=-4), [], "too dark", id="dark"),
        pytest.param(sheet(exposure_stops=-4), [reading(60)], "", id="dark but read"),
        pytest.param(blackboard(), [], "no digits", id="a blackboard is dark and yet well lit"),
        pytest.param(np.full((480, 640, 3), 255, np.uint8), [], "too bright", id="glare"),
        pytest.param(cv2.add(sheet(), (140, 140, 140, 0)), [], "too bright", id="ink fades in the light"),
        pytest.param(scan(), [], "no digits", id="a scan is white and yet not too bright"),
        pytest.param(sheet(blur_px=6), [], "blurred", id="out of focus"),
        pytest.param(cv2.blur(sheet(), (60, 1)), [], "blurred", id="moved"),
        pytest.param(sheet(), [], "no digits", id="sharp, but nothing read"),
        pytest.param(np.full((480, 640, 3), 120, np.uint8), [], "no digits", id="an empty wall is not blurred"),
        pytest.param(sheet(), [reading(9), reading(12), reading(40)], "too far", id="small digits"),
        pytest.param(np.full((1, 1, 3), 120, np.uint8), [], "no digits", id="one pixel"),
        pytest.param(np.full((720, 16, 3), 120, np.uint8), [], "no digits", id="a narrow strip"),
        pytest.param(np.zeros((0, 0, 3), np.uint8), [], "", id="no picture"),
    ],
)
def test_the_hint_names_what_is_wrong(image, readings, trouble):
    assert hint(image, readings).partition(":")[0].startswith(trouble)
    assert bool(hint(image, readings)) == bool(trouble)


def test_the_hint_tells_how_small_the_digits_are():
    assert "12 px" in hint(sheet(), [reading(12)])


def said(events):
    """What is advised at each (time, picture, readings)."""
    timer = HintTimer()
    return [timer.update(image, readings, time_s) for time_s, image, readings in events]


GOOD, EMPTY, DARK = (sheet(), [reading(60)]), (sheet(), []), (np.zeros((48, 64, 3), np.uint8), [])


def test_a_short_trouble_gets_no_comment():
    assert not any(said([(0, *GOOD), *((0.1 * i, *EMPTY) for i in range(1, 10)), (1.0, *GOOD), (1.5, *EMPTY)]))


def test_a_hint_comes_after_a_second_and_stays_long_enough_to_be_read():
    first, waiting, shown, held, gone = said([(0, *DARK), (0.9, *DARK), (1.1, *DARK), (2.5, *GOOD), (2.7, *GOOD)])
    assert (first, waiting, gone) == ("", "", "")
    assert shown == held and "dark" in shown


def test_another_trouble_waits_for_the_first_hint_to_be_read():
    hints = said([(0, *DARK), (1, *DARK), (1.2, *EMPTY), (2.4, *EMPTY), (2.6, *EMPTY)])
    assert ["dark" in one for one in hints] == [False, True, True, True, False]
    assert "no digits" in hints[-1]


def test_a_number_in_a_hint_follows_the_picture():
    small = [(0.5 * i, sheet(), [reading(10 + i)]) for i in range(5)]
    assert ["px" in one for one in said(small)] == [False, False, True, True, True]
    assert "14 px" in said(small)[-1]


def test_a_clock_that_goes_back_starts_the_wait_anew():
    assert said([(100, *DARK), (0, *DARK), (0.9, *DARK)]) == ["", "", ""]
    assert "dark" in said([(100, *DARK), (101, *DARK), (0, *DARK), (1, *DARK)])[-1]


@pytest.mark.skipif(not PHOTOS.exists(), reason="needs the photos in ../shared")
def test_real_photos_that_can_be_read_are_hardly_ever_called_dark_bright_or_blurred():
    entries = [one for one in json.loads((PHOTOS / "labels.json").read_text())["images"] if one["digits"]]
    complaints = []
    for entry in entries[::4]:
        image = cv2.imread(str(PHOTOS / "images" / entry["file"]))
        image = cv2.resize(image, None, fx=1280 / image.shape[1], fy=1280 / image.shape[1])
        complaints.append(not hint(image, []).startswith("no digits"))
    assert np.mean(complaints) <= 0.1
