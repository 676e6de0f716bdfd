from dataclasses import replace

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from capture.boxes import Box
from capture.types import Digit, Number, Page
from capture.view.labels import LabelMemory, render_label, render_text
from capture.view.overlay import DOUBTFUL, SURE, draw_page, label_height, percent, style_of
from capture.view.panel import Status
from tests.support.pages import page_with

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


def label_of(reading, label_px):
    """The label of a digit that stands alone, as it must be found on the view."""
    style = style_of(reading)
    text = f"{reading.digit}{style.mark}"
    if style is SURE:
        return render_text(text, label_px, style.text, style.line)
    return render_label(text, percent(reading.confidence), label_px, style.text, style.line)


def grid(columns, rows, width, height, digit_h):
    step_x, step_y = width // columns, height // rows
    return [
        reading(step_x * column + step_x // 3, step_y * row + step_y // 2 - digit_h // 4, digit_h * 2 // 3, digit_h)
        for row in range(rows)
        for column in range(columns)
    ]


def test_the_picture_itself_is_not_drawn_on():
    image = paper()
    view = draw_page(image, page_with([reading(100, 100)]), Status(30.0, ("a note",)))
    assert (image == PAPER).all()
    assert view.shape == image.shape
    assert not (view == image).all()


def test_without_readings_and_status_nothing_is_drawn():
    assert (draw_page(paper(), page_with([])) == PAPER).all()


@pytest.mark.parametrize("confidence, style", [(0.99, SURE), (0.8, SURE), (0.79, DOUBTFUL), (0.2, DOUBTFUL)])
def test_a_label_says_the_digit_and_where_it_is_doubtful_how_likely_it_is(confidence, style):
    shown = reading(300, 200, confidence=confidence)
    view = draw_page(paper(), page_with([shown]))
    assert style_of(shown) is style
    assert finds(view, label_of(shown, label_height(view.shape, [shown])))


def test_a_doubtful_box_is_dashed_and_has_another_colour():
    def line_pixels(confidence, colour):
        view = draw_page(paper(), page_with([reading(300, 200, confidence=confidence)]))
        around = view[198:252, 298:332]
        return int((around == colour).all(axis=2).sum())

    assert 0 < line_pixels(0.5, DOUBTFUL.line) < 0.7 * line_pixels(0.99, SURE.line)
    assert line_pixels(0.5, SURE.line) == line_pixels(0.99, DOUBTFUL.line) == 0


@pytest.mark.parametrize("level", [0, 60, 128, 200, 255])
def test_labels_are_readable_on_any_ground(level):
    shown = reading(300, 200)
    view = draw_page(paper(level=level), page_with([shown]))
    assert finds(view, label_of(shown, label_height(view.shape, [shown])))


@pytest.mark.parametrize("x, y", [(0, 0), (610, 0), (0, 430), (610, 430), (305, 0), (0, 200)])
def test_a_label_stays_inside_the_picture(x, y):
    shown = reading(x, y)
    view = draw_page(paper(), page_with([shown]))
    assert finds(view, label_of(shown, label_height(view.shape, [shown])))
    assert is_uncovered(view, shown.box)


@given(
    st.integers(-20, 320), st.integers(-20, 240), st.integers(1, 200), st.integers(1, 200), st.floats(0, 1, width=16)
)
@settings(deadline=None, max_examples=60)
def test_a_label_never_covers_its_own_digit(x, y, w, h, confidence):
    shown = reading(x, y, w, h, confidence=confidence)
    assert is_uncovered(draw_page(paper(240, 320), page_with([shown])), shown.box)


@pytest.mark.parametrize(
    "columns, rows, width, height, digit_h",
    [(20, 10, 1280, 720, 24), (6, 4, 320, 240, 20), (10, 1, 640, 480, 60), (2, 12, 640, 480, 18)],
)
def test_no_label_covers_any_digit_of_a_full_sheet(columns, rows, width, height, digit_h):
    readings = grid(columns, rows, width, height, digit_h)
    view = draw_page(paper(height, width), page_with(readings))
    assert [r.box for r in readings if not is_uncovered(view, r.box)] == []


def test_a_number_is_labelled_once_and_underlined_and_only_its_doubtful_digit_has_a_label_of_its_own():
    readings = [reading(100 + 40 * i, 200, digit=i, confidence=0.6 if i == 2 else 0.99) for i in range(5)]
    view = draw_page(paper(), page_with(readings))
    label_px = label_height(view.shape, readings)
    labels = [render_text(str(i), label_px, SURE.text, SURE.line) for i in range(5)]
    assert finds(view, render_text("01234", label_px, SURE.text, SURE.line))
    assert finds(view, label_of(readings[2], label_px))
    assert not any(finds(view, label) for i, label in enumerate(labels) if i != 2)
    assert any((view[y, 110:270] == SURE.line).all() for y in range(250, 262))


def test_the_line_ends_with_the_last_digit_however_narrow_it_is():
    readings = [reading(100, 200, 60, 50, digit=7), reading(180, 200, 8, 50, digit=1)]
    view = draw_page(paper(), page_with(readings))
    below = (view[245:270] == SURE.line).all(axis=2).any(axis=0).nonzero()[0]
    assert 180 < below.max() < 200


def test_a_numbers_label_stands_above_its_first_digit_though_the_next_one_is_higher():
    readings = [reading(100, 200, 60, 60, digit=4), reading(180, 170, 60, 90, digit=0)]
    view = draw_page(paper(), page_with(readings))
    label = render_text("40", label_height(view.shape, readings), SURE.text, SURE.line)
    assert finds(view[170:200], label)


def test_a_column_read_from_above_has_its_line_beside_it():
    digits = tuple(reading(300, 100 + 60 * i) for i in range(3))
    number = Number("777", Box(300, 100, 30, 170), 0.98, digits)
    view = draw_page(paper(), Page(tuple(digits), (number,)))
    assert any((view[110:260, x] == SURE.line).all() for x in range(330, 342))


@pytest.mark.parametrize("confidence, text", [(1.0, "99%"), (0.994, "99%"), (0.626, "62%"), (0.0, "0%")])
def test_nothing_that_was_read_is_called_certain(confidence, text):
    assert percent(confidence) == text


class TestLabelsOfAVideo:
    def draw(self, memory, *readings):
        return draw_page(paper(), page_with(readings), Status(fps=30.0), memory=memory)

    def side(self, view, shown):
        label = label_of(shown, label_height(view.shape, [shown]))
        _, y = cv2.minMaxLoc(cv2.matchTemplate(view, label, cv2.TM_SQDIFF))[2]
        return "above" if y < shown.box.y else "below"

    def test_a_label_that_had_to_give_way_stays_where_it_went(self):
        memory = LabelMemory()
        own, other = replace(reading(300, 200), track=1), replace(reading(300, 120, 30, 76), track=2)
        assert self.side(self.draw(None, own), own) == "above"
        self.draw(memory, own, other)
        assert [self.side(self.draw(memory, own), own) for _ in range(3)] == ["below"] * 3

    def test_the_panel_stays_in_its_corner(self):
        memory, plate = LabelMemory(), render_text("30 fps", 16, (255, 255, 255), (0, 0, 0))
        hides_corner = replace(reading(0, 0, 80, 60), track=1)
        heights = [
            cv2.minMaxLoc(cv2.matchTemplate(self.draw(memory, *shown), plate, cv2.TM_SQDIFF))[2][1]
            for shown in ([], [hides_corner], [], [])
        ]
        assert heights[0] == 0
        assert min(heights[1:]) > 400

    def test_what_was_not_shown_is_forgotten(self):
        memory = LabelMemory()
        own, other = replace(reading(300, 200), track=1), replace(reading(300, 120, 30, 76), track=2)
        self.draw(memory, own, other)
        self.draw(memory)
        assert self.side(self.draw(memory, own), own) == "above"


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
    view = draw_page(image, page_with([reading(0, 0, 3, 3), reading(-5, 900)]), Status(30, ("note",), 1.0, True))
    assert view.shape == shape
