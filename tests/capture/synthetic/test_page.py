"""Drawn pages: the truth that comes with a page is the truth."""

from dataclasses import replace

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from capture.boxes import Box
from capture.synthetic.page import Item, compose, page_of, random_page
from capture.synthetic.paper import draw_paper
from capture.synthetic.styles import LIGHT_PAPER_PENS, PENS, Pen, Style, random_style

WHITE = np.full((60, 80, 3), 255, np.uint8)
SQUARE = np.full((10, 6), 255, np.uint8)


def dark_box(image: np.ndarray, near: Box) -> Box:
    """The box of what is dark within a few pixels of a box."""
    x, y = near.x - 4, near.y - 4
    piece = image[y : near.y + near.h + 4, x : near.x + near.w + 4]
    left, top, w, h = cv2.boundingRect((piece.min(axis=2) < 160).astype(np.uint8))
    return Box(left + x, top + y, w, h)


@pytest.mark.parametrize(
    ("text", "numbers"),
    [("4711\n203", ["4711", "203"]), ("1 22  333", ["1", "22", "333"]), ("0", ["0"]), ("", []), ("7\n\n8", ["7", "8"])],
)
def test_a_page_says_exactly_what_it_was_given(text, numbers):
    page = page_of(text)
    assert page.numbers == numbers
    assert page.image.shape == (480, 640, 3)
    assert [d.label for d in page.digits] == list("".join(numbers))


@pytest.mark.parametrize("size", [(640, 480), (200, 100), (100, 400), (1920, 1080)])
def test_text_fits_any_size(size):
    page = page_of("4711\n203 55", size)
    assert len(page.digits) == 9
    for digit in page.digits:
        assert 0 <= digit.box.x < digit.box.x + digit.box.w <= size[0]
        assert 0 <= digit.box.y < digit.box.y + digit.box.h <= size[1]


def test_boxes_are_tight_around_the_ink():
    page = page_of("4711\n203 55", style=Style(digit_px=50, gap=0.5))
    for digit in page.digits:
        assert np.abs(np.subtract(dark_box(page.image, digit.box).xywh, digit.box.xywh)).max() <= 1


def test_reading_order_is_line_by_line_from_the_left():
    page = page_of("12 3\n45")
    assert [(d.digit, d.line, d.number) for d in page.digits] == [(1, 0, 0), (2, 0, 0), (3, 0, 1), (4, 1, 0), (5, 1, 0)]
    assert page.digits[0].box.x < page.digits[1].box.x < page.digits[2].box.x
    assert page.digits[0].box.y < page.digits[3].box.y


def test_ink_changes_only_its_place_and_never_the_paper_given():
    page = compose([Item("3", SQUARE, 20, 30)], WHITE, (0, 0, 200))
    assert WHITE.min() == 255
    assert page.digits[0].box == Box(20, 30, 6, 10)
    assert page.image[30:40, 20:26].reshape(-1, 3).tolist() == [[0, 0, 200]] * 60
    assert (page.image != WHITE).any(axis=2).sum() == 60


@pytest.mark.parametrize(("x", "y"), [(-3, 10), (77, 10), (10, -1), (10, 55)])
def test_a_digit_cut_off_by_the_border_is_not_one_to_read(x, y):
    page = compose([Item("3", SQUARE, x, y)], WHITE, (0, 0, 0))
    assert page.digits == ()
    assert [other.label for other in page.others] == ["3"]
    box = page.others[0].box
    assert (box.x >= 0, box.y >= 0, box.x + box.w <= 80, box.y + box.h <= 60) == (True,) * 4


@pytest.mark.parametrize(("x", "y"), [(-30, 10), (200, 200), (10, -10), (80, 0)])
def test_ink_beside_the_paper_is_nothing(x, y):
    page = compose([Item("3", SQUARE, x, y)], WHITE, (0, 0, 0))
    assert page.digits == page.others == ()
    assert np.array_equal(page.image, WHITE)


def test_marks_are_no_digits_and_empty_ink_is_nothing():
    page = compose([Item("plus", SQUARE, 5, 5), Item("4", np.zeros_like(SQUARE), 30, 5)], WHITE, (0, 0, 0))
    assert page.digits == ()
    assert [other.label for other in page.others] == ["plus"]
    with pytest.raises(ValueError, match="plus"):
        _ = page.others[0].digit


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 2**32), width=st.integers(40, 500), height=st.integers(40, 400))
def test_any_page_has_its_digits_inside(seed, width, height):
    page = random_page(np.random.default_rng(seed), (width, height))
    assert page.image.shape == (height, width, 3) and page.image.dtype == np.uint8
    assert "".join(page.numbers) == "".join(d.label for d in page.digits)
    for digit in page.digits:
        assert digit.box.w > 0 and digit.box.h > 0
        assert digit.box.x >= 0 and digit.box.y >= 0
        assert digit.box.x + digit.box.w <= width and digit.box.y + digit.box.h <= height


def test_the_same_seed_draws_the_same_page():
    one, two = (random_page(np.random.default_rng(11)) for _ in range(2))
    assert np.array_equal(one.image, two.image)
    assert [d.box for d in one.digits] == [d.box for d in two.digits]


def test_another_writer_may_write_the_digits():
    asked = []

    def write(digit, height_px, pen_px, rng):
        asked.append(digit)
        return np.full((int(height_px), 9), 255, np.uint8)

    style = Style(digit_px=30, max_digits=12, digits_per_number=(3, 3))
    page = random_page(np.random.default_rng(0), write=write, style=style, digits=[1, 7])
    assert len(page.digits) == 12
    assert {digit.digit for digit in page.digits} == {1, 7}
    assert set(asked) == {1, 7}
    assert {digit.box.w for digit in page.digits} == {9}


def test_digits_touch_when_the_gap_is_negative():
    touching, apart = (page_of("000000", style=Style(digit_px=40, gap=gap)) for gap in (-0.05, 0.5))
    pieces = [
        cv2.connectedComponents((page.image.min(axis=2) < 128).astype(np.uint8))[0] - 1 for page in (touching, apart)
    ]
    assert pieces[0] < pieces[1] == 6


@pytest.mark.parametrize("name", LIGHT_PAPER_PENS)
def test_every_pen_leaves_something_darker_than_paper(name):
    style = Style(digit_px=60, pen=PENS[name])
    page = page_of("8", style=style)
    box = page.digits[0].box
    inside = page.image[box.y : box.y + box.h, box.x : box.x + box.w].min(axis=2)
    assert inside.min() < page.image[:20].mean() - 50


def test_chalk_is_lighter_than_its_board():
    style = Style(digit_px=80, paper="board", paper_bgr=(40, 50, 40), pen=Pen((230, 230, 230), 0.1))
    page = page_of("0", style=style)
    assert np.median(page.image) < 80
    assert page.image.max() > 200


@pytest.mark.parametrize("kind", ["plain", "ruled", "squared", "seyes", "dotted", "board"])
def test_paper_keeps_its_colour_under_its_rules(kind):
    paper = draw_paper(kind, (300, 200), (200, 220, 240), 20, np.random.default_rng(4))
    assert paper.shape == (200, 300, 3)
    assert np.median(paper.reshape(-1, 3), axis=0) == pytest.approx([200, 220, 240], abs=8)


@pytest.mark.parametrize(("kind", "across", "along"), [("ruled", False, True), ("squared", True, True)])
def test_rules_run_the_way_they_should(kind, across, along):
    style = random_style(np.random.default_rng(0))
    assert replace(style, paper=kind).paper == kind
    paper = draw_paper(kind, (300, 200), (240, 240, 240), 20, np.random.default_rng(5))
    blue = paper[:, :, 2].astype(float)
    assert (np.ptp(np.median(blue, axis=1)) > 10) == along
    assert (np.ptp(np.median(blue, axis=0)) > 10) == across
