"""Light writing is told from dark writing, on boards, screens, and in drawings."""

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from capture.detect import ground
from capture.detect.components import find_components
from capture.detect.ground import FRAMES_A_LOOK, Polarity, is_drawn_light_on_dark, is_light_on_dark, side_of
from capture.synthetic.page import page_of
from capture.synthetic.styles import Pen, Style
from tests.support.pages import find_candidates

SIZE = (320, 240)


def gray_page(text="4711\n203", **style):
    """The page in grey."""
    page = page_of(text, SIZE, Style(digit_px=40, **style))
    return cv2.cvtColor(page.image, cv2.COLOR_BGR2GRAY)


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
    assert is_light_on_dark(gray_page(**style)) is expected


@pytest.mark.parametrize("share", [0.4, 0.7])
@pytest.mark.parametrize("level", [20, 50])
def test_a_dark_desk_around_the_sheet_is_not_taken_for_a_board(level, share):
    gray = gray_page()
    across, down = (round(side * (1 / share - 1) / 2) for side in SIZE)
    assert not is_light_on_dark(cv2.copyMakeBorder(gray, down, down, across, across, cv2.BORDER_CONSTANT, value=level))


@pytest.mark.parametrize(
    ("ground", "light", "expected"), [(0, 255, True), (60, 200, True), (60, 90, False), (200, 255, False)]
)
def test_a_drawing_on_an_even_dark_ground_is_light_on_dark(ground, light, expected):
    gray = np.full((280, 280), ground, np.uint8)
    cv2.polylines(gray, [np.array([(80, 60), (190, 70), (120, 220)])], False, light, 22)
    assert is_drawn_light_on_dark(gray) is expected


@settings(max_examples=40, deadline=None)
@given(gray=arrays(np.uint8, st.tuples(st.integers(1, 120), st.integers(1, 120))))
def test_any_picture_is_one_or_the_other(gray):
    assert is_light_on_dark(gray) in (True, False)
    assert is_drawn_light_on_dark(gray) in (True, False)


def test_a_video_is_looked_at_closely_now_and_then_and_as_soon_as_it_changes(monkeypatch):
    looks = []
    monkeypatch.setattr(
        ground, "_consistent_heights", lambda side: looks.append(1) or np.array([20.0] * int(side.gray.mean()))
    )
    chalk = gray_page(paper="board", paper_bgr=(45, 50, 45), pen=Pen((230, 230, 230), 0.1))
    paper = gray_page()
    normalise = Polarity(is_video=True)
    shown = [normalise(gray).gray for gray in [paper, *[chalk] * FRAMES_A_LOOK, paper]]
    assert [gray.mean() > 128 for gray in shown] == [True] * len(shown)
    assert len(looks) == 2, "one look, at both polarities"
    normalise(chalk)
    assert len(looks) == 4
    for _ in range(2):
        Polarity()(chalk)
    assert len(looks) == 8, "pictures that have nothing to do with each other are each looked at"


def test_what_a_closer_look_has_found_is_what_is_found_in_the_side_it_chose():
    side = Polarity()(gray_page(paper="board", paper_bgr=(45, 50, 45), pen=Pen((230, 230, 230), 0.1)))
    assert side.pieces
    assert side.pieces == find_components(side_of(side.gray).ink)
    assert Polarity()(gray_page()).pieces is None, "nothing was suspected"


def test_a_sheets_writing_counts_for_more_than_light_things_of_all_sizes_around_it():
    sheet = gray_page("4711 203\n98 5516")
    scene = np.full((2 * SIZE[1], 2 * SIZE[0]), 60, np.uint8)
    scene[: SIZE[1], : SIZE[0]] = sheet
    for i, height in enumerate(np.geomspace(14, 100, 20).astype(int)):
        cv2.line(scene, (20 + 30 * i, 300), (20 + 30 * i, 300 + int(height)), 255, 8)
    assert is_light_on_dark(scene)
    assert np.array_equal(Polarity()(scene).gray, scene)


@pytest.mark.parametrize("digits", ["8", "88", "107"])
@pytest.mark.parametrize("size", [28, 280])
def test_broad_light_strokes_on_black_are_seen(digits, size):
    """As a digit's own picture file is, or a drawing with a broad brush; the insides of an 8 are no writing."""
    image = np.zeros((size, size * len(digits), 3), np.uint8)
    for i, digit in enumerate(digits):
        origin = (round((i + 0.22) * size), round(0.82 * size))
        cv2.putText(image, digit, origin, cv2.FONT_HERSHEY_SIMPLEX, size / 34, (255,) * 3, max(2, size // 14))
    boxes = sorted(candidate.box for candidate in find_candidates(image))
    assert [round(box.centre[0] / size - 0.5) for box in boxes] == list(range(len(digits)))
    assert all(0.5 * size < box.h < 0.9 * size for box in boxes)
