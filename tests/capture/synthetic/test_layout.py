"""Layouts, print and clutter: what stands on a page beside plain lines of digits."""

from dataclasses import replace

import numpy as np
import pytest

from capture.synthetic.background import draw_clutter, draw_desk
from capture.synthetic.handwriting import CAREFUL_HAND, own_writer
from capture.synthetic.layout import LAYOUTS
from capture.synthetic.page import random_page
from capture.synthetic.styles import Style
from capture.synthetic.typeset import invent_text, random_print, set_text
from capture.synthetic.writer import AROUND, Scribe, right_end

SIZE = 640, 480


def scribe_of(style: Style, seed: int = 0) -> Scribe:
    """The careful hand in a style."""
    return Scribe(own_writer(CAREFUL_HAND), CAREFUL_HAND, style, np.random.default_rng(seed))


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("most", [0, 1, 7])
def test_no_layout_writes_more_than_allowed(layout, most):
    page = random_page(np.random.default_rng(3), SIZE, style=Style(digit_px=40, layout=layout, max_digits=most))
    assert len(page.digits) <= most
    assert (len(page.digits) > 0) == (most > 0)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_digits_of_a_layout_never_lie_on_each_other(layout):
    page = random_page(np.random.default_rng(4), SIZE, style=Style(digit_px=30, layout=layout, gap=0.3, line_gap=1.0))
    boxes = [digit.box for digit in page.digits]
    assert len(boxes) > 5
    for i, a in enumerate(boxes):
        for b in boxes[:i]:
            overlap = min(a.x + a.w, b.x + b.w) - max(a.x, b.x), min(a.y + a.h, b.y + b.h) - max(a.y, b.y)
            assert min(overlap) <= 0


def test_a_table_prints_its_grid_without_a_label():
    items = LAYOUTS["cells"](scribe_of(Style(digit_px=40, prints=0.3)), SIZE, range(10))
    assert [item.label for item in items].count("") == 1
    assert "print" in {item.label for item in items}
    grid = next(item for item in items if not item.label)
    assert grid.ink[0].all()
    assert grid.ink[:, 0].all()


def test_marks_and_print_come_as_others():
    style = Style(digit_px=24, marks=1.0, prints=0.3)
    pages = [random_page(np.random.default_rng(seed), SIZE, style=style) for seed in range(4)]
    labels = {other.label for page in pages for other in page.others}
    assert "print" in labels
    assert len(labels) > 8


@pytest.mark.parametrize("name", AROUND)
def test_marks_around_a_number_span_it(name):
    scribe = scribe_of(Style(digit_px=50))
    number = scribe.number("4711", 100, 200, 0, 0)
    mark = scribe.mark_around(name, number)
    assert mark.x < number[0].x + 10
    assert mark.x + mark.ink.shape[1] > right_end(number) - 10


def test_an_underline_lies_under_the_number():
    scribe = scribe_of(Style(digit_px=50))
    number = scribe.number("4711", 100, 200, 0, 0)
    assert scribe.mark_around("underline", number).y > 190


def test_print_has_the_height_asked_for():
    for height in (8, 20, 60):
        assert set_text("H7", height, random_print(np.random.default_rng(0))).shape[0] == pytest.approx(
            height, abs=1 + 0.12 * height
        )


def test_invented_text_is_letters_mostly():
    text = invent_text(np.random.default_rng(0))
    assert sum(character.isalpha() for character in text) > len(text) / 2


@pytest.mark.parametrize("draw", [draw_clutter, draw_desk])
@pytest.mark.parametrize("size", [(640, 480), (33, 21), (1, 1)])
def test_surroundings_come_in_any_size(draw, size):
    for seed in range(8):
        image = draw(size, np.random.default_rng(seed))
        assert image.shape == (size[1], size[0], 3)
        assert image.dtype == np.uint8


def test_a_style_can_be_adjusted():
    style = replace(Style(), digit_px=90, max_digits=3)
    page = random_page(np.random.default_rng(1), (900, 300), style=style)
    assert np.mean([digit.box.h for digit in page.digits]) == pytest.approx(90, rel=0.2)


def test_a_sheet_is_printed_in_one_size_and_typeface():
    scribe = scribe_of(Style(digit_px=60))
    first, *others = [scribe.printed("H7", 0, 100, 0).ink for _ in range(4)]
    assert all(np.array_equal(first, other) for other in others)
