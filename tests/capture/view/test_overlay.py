import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from capture.types import Box, Digit
from capture.view.overlay import DOUBTFUL, SURE, draw_readings, label_height, look_of
from capture.view.panel import Status
from capture.view.plates import label_plate, text_plate

PAPER = 128


def reading(x, y, w=30, h=50, *, digit=7, confidence=0.98):
    return Digit(Box(x, y, w, h), digit, confidence, np.zeros(11, np.float32))


def paper(height=480, width=640, level=PAPER):
    return np.full((height, width, 3), level, np.uint8)


def inside(view, box):
    return view[max(0, box.y) : max(0, box.y + box.h), max(0, box.x) : max(0, box.x + box.w)]


def is_uncovered(view, box):
    return bool((inside(view, box) == PAPER).all())


def finds(view, plate):
    """Whether the plate is on the view, whole."""
    x, y = cv2.minMaxLoc(cv2.matchTemplate(view, plate, cv2.TM_SQDIFF))[2]
    return bool((view[y : y + plate.shape[0], x : x + plate.shape[1]] == plate).all())


def long_label(reading, label_px):
    look = look_of(reading)
    confidence = f"{reading.confidence:.0%}"
    return label_plate(f"{reading.digit}{look.mark}", confidence, label_px, look.text, look.line)


def grid(columns, rows, width, height, digit_h):
    step_x, step_y = width // columns, height // rows
    return [
        reading(step_x * column + step_x // 3, step_y * row + step_y // 2 - digit_h // 4, digit_h * 2 // 3, digit_h)
        for row in range(rows)
        for column in range(columns)
    ]


def test_the_picture_itself_is_not_drawn_on():
    image = paper()
    view = draw_readings(image, [reading(100, 100)], Status(30.0, ("a note",)))
    assert (image == PAPER).all()
    assert view.shape == image.shape
    assert not (view == image).all()


def test_without_readings_and_status_nothing_is_drawn():
    assert (draw_readings(paper(), []) == PAPER).all()


@pytest.mark.parametrize("confidence, look", [(0.99, SURE), (0.8, SURE), (0.79, DOUBTFUL), (0.2, DOUBTFUL)])
def test_a_label_says_digit_and_confidence_and_whether_it_is_sure(confidence, look):
    shown = reading(300, 200, confidence=confidence)
    view = draw_readings(paper(), [shown])
    assert look_of(shown) is look
    assert finds(view, long_label(shown, label_height(view.shape, [shown])))


def test_a_doubtful_box_is_dashed_and_has_another_colour():
    def line_pixels(confidence, colour):
        view = draw_readings(paper(), [reading(300, 200, confidence=confidence)])
        around = view[198:252, 298:332]
        return int((around == colour).all(axis=2).sum())

    assert 0 < line_pixels(0.5, DOUBTFUL.line) < 0.7 * line_pixels(0.99, SURE.line)
    assert line_pixels(0.5, SURE.line) == line_pixels(0.99, DOUBTFUL.line) == 0


@pytest.mark.parametrize("level", [0, 60, 128, 200, 255])
def test_labels_are_readable_on_any_ground(level):
    shown = reading(300, 200)
    view = draw_readings(paper(level=level), [shown])
    assert finds(view, long_label(shown, label_height(view.shape, [shown])))


@pytest.mark.parametrize("x, y", [(0, 0), (610, 0), (0, 430), (610, 430), (305, 0), (0, 200)])
def test_a_label_stays_inside_the_picture(x, y):
    shown = reading(x, y)
    view = draw_readings(paper(), [shown])
    assert finds(view, long_label(shown, label_height(view.shape, [shown])))
    assert is_uncovered(view, shown.box)


@given(
    st.integers(-20, 320), st.integers(-20, 240), st.integers(1, 200), st.integers(1, 200), st.floats(0, 1, width=16)
)
@settings(deadline=None, max_examples=60)
def test_a_label_never_covers_its_own_digit(x, y, w, h, confidence):
    shown = reading(x, y, w, h, confidence=confidence)
    assert is_uncovered(draw_readings(paper(240, 320), [shown]), shown.box)


@pytest.mark.parametrize(
    "columns, rows, width, height, digit_h",
    [(20, 10, 1280, 720, 24), (6, 4, 320, 240, 20), (10, 1, 640, 480, 60), (2, 12, 640, 480, 18)],
)
def test_no_label_covers_any_digit_of_a_full_sheet(columns, rows, width, height, digit_h):
    readings = grid(columns, rows, width, height, digit_h)
    view = draw_readings(paper(height, width), readings)
    assert [r.box for r in readings if not is_uncovered(view, r.box)] == []


def test_labels_do_not_cover_each_other_where_there_is_room():
    readings = [reading(100 + 40 * i, 200, 30, 50, digit=i) for i in range(5)]
    view = draw_readings(paper(), readings)
    label_px = label_height(view.shape, readings)
    assert all(
        finds(view, long_label(r, label_px)) or finds(view, text_plate(str(r.digit), label_px, SURE.text, SURE.line))
        for r in readings
    )


def test_labels_grow_with_the_picture_and_shrink_with_the_digits():
    large, small = label_height((3000, 4000), [reading(0, 0, 200, 300)]), label_height((240, 320), [reading(0, 0)])
    assert large > 3 * small
    assert label_height((3000, 4000), [reading(0, 0, 20, 40)]) < large / 3


def test_label_sizes_hold_still_while_a_digit_grows_by_a_few_pixels():
    heights = {label_height((720, 1280), [reading(0, 0, 20, h)]) for h in range(28, 40)}
    assert len(heights) <= 3


@pytest.mark.parametrize("shape", [(0, 0, 3), (1, 1, 3), (1, 300, 3), (300, 1, 3), (5, 5, 3), (12, 40, 3)])
def test_the_smallest_pictures_are_drawn_on_without_fail(shape):
    image = np.zeros(shape, np.uint8)
    view = draw_readings(image, [reading(0, 0, 3, 3), reading(-5, 900)], Status(30, ("note",), 1.0, True))
    assert view.shape == shape
