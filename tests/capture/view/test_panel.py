import cv2
import numpy as np

from capture.boxes import Box
from capture.types import Digit
from capture.view.labels import BLACK, WHITE, YELLOW, render_text
from capture.view.overlay import draw_page
from capture.view.panel import CUT_SIGN, Status
from tests.support.pages import page_with

SHAPE = (480, 640, 3)
LINE_PX = 16


def reading(x, y, w=40, h=60, digit=4):
    return Digit(Box(x, y, w, h), digit, 0.99, np.zeros(11, np.float32))


def where(view, text, ink=WHITE):
    """The place of a text on the view, as (x, y), or None."""
    plate = render_text(text, LINE_PX, ink, BLACK)
    if plate.shape[1] > view.shape[1]:
        return None
    x, y = cv2.minMaxLoc(cv2.matchTemplate(view, plate, cv2.TM_SQDIFF))[2]
    is_there = (view[y : y + plate.shape[0], x : x + plate.shape[1]] == plate).all()
    return (x, y) if is_there else None


def draw(readings, status=None):
    return draw_page(np.full(SHAPE, 128, np.uint8), page_with(readings), status or Status())


def test_the_panel_says_numbers_rate_and_notes():
    view = draw([reading(300, 200)], Status(29.6, ("camera lost", "too dark")))
    assert where(view, "30 fps")
    assert where(view, "4")
    assert where(view, "camera lost", YELLOW)
    assert where(view, "too dark", YELLOW)


def test_recording_and_pause_are_shown():
    view = draw([], Status(recorded_s=75.4, is_paused=True))
    assert where(view, "REC 1:15")
    assert where(view, "paused")
    assert where(draw([], Status(30.0)), "paused") is None


def test_the_panel_gives_way_to_digits():
    corners = [(0, 0), (580, 0), (0, 400)]
    assert where(draw([], Status(30.0)), "30 fps") == (0, 0)
    view = draw([reading(x, y) for x, y in corners], Status(30.0))
    x, y = where(view, "30 fps")
    assert all(not (cx - 50 < x < cx + 50 and cy - 20 < y < cy + 60) for cx, cy in corners)


def test_where_no_corner_is_free_numbers_go_and_notes_stay():
    full = [reading(x, y, 46, 44) for x in range(2, 600, 52) for y in range(2, 440, 50)]
    view = draw(full, Status(notes=("camera lost",)))
    assert where(view, "camera lost", YELLOW)
    assert where(view, "4" * len(full)) is None


def test_too_many_numbers_are_cut_with_a_sign():
    scattered = [reading(x, y, 8, 12) for y in range(150, 460, 60) for x in range(10, 600, 70)]
    assert where(draw(scattered), CUT_SIGN)


def test_long_notes_are_broken_into_lines():
    view = draw([], Status(notes=("the disk is full and nothing more can be written to the recording",)))
    changed_columns = (view != 128).any(axis=(0, 2)).nonzero()[0]
    assert where(view, "the disk is full and nothing more can be written to the recording", YELLOW) is None
    assert changed_columns.max() < SHAPE[1] * 0.6
