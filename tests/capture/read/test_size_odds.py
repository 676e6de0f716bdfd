"""What size, breadth and place say of a piece: sticks, rules, specks and small print."""

import numpy as np
import pytest

from capture.read.size_odds import odds_by_size
from capture.types import Box, Digit
from model.classifier import CLASSES

PEN_PX = 5.0
PAGE = [((100 + 70 * i, 100, 45, 80), digit) for i, digit in enumerate((2, 3, 4))]


def odds_of(box, digit, *, stroke_width_px=PEN_PX, company=0.0, page=PAGE):
    """How much the odds of one piece change beside the page's sure digits."""
    pieces = [*page, (box, digit)]
    readings = [
        Digit(Box(*place), label, 0.9, np.full(CLASSES, 1 / CLASSES, np.float32), stroke_width_px=PEN_PX)
        for place, label in page
    ]
    readings.append(
        Digit(Box(*box), digit, 0.9, np.full(CLASSES, 1 / CLASSES, np.float32), stroke_width_px=stroke_width_px)
    )
    boxes = np.array([place for place, _ in pieces], float)
    near = np.array([1.0] * len(page) + [company])
    return odds_by_size(readings, boxes, np.full(len(pieces), 0.99), near)[-1]


@pytest.mark.parametrize("stroke_width_px, is_pen", [(5.0, True), (4.0, True), (2.0, False), (1.0, False)])
def test_a_stick_much_thinner_than_the_pen_is_a_rule_of_the_paper(stroke_width_px, is_pen):
    assert (odds_of((400, 100, 10, 80), 1, stroke_width_px=stroke_width_px) > 1) == is_pen


def test_a_stick_alone_has_no_pen_to_be_compared_with():
    assert odds_of((400, 100, 10, 80), 1, stroke_width_px=1.0, page=[]) == pytest.approx(1, abs=0.1)


def test_in_company_only_a_stick_is_judged_by_its_breadth():
    assert odds_of((400, 100, 45, 80), 7, stroke_width_px=1.0, company=1.0) == 1


@pytest.mark.parametrize(
    "height, stroke_width_px", [(80, 15.0), (80, 1.5), (400, 5.0), (18, 5.0)], ids=["fat", "fine", "huge", "tiny"]
)
def test_on_its_own_what_is_unlike_the_other_digits_is_doubted(height, stroke_width_px):
    """Things around a sheet are of any size and breadth; the sheet's own digits are by one pen."""
    unlike = odds_of((400, 100, height // 2, height), 0, stroke_width_px=stroke_width_px)
    alike = odds_of((400, 100, 40, 80), 0)
    assert unlike < 0.3 * alike
    assert odds_of((400, 100, 40, 80), 0, stroke_width_px=6.0) > 0.8 * alike, "hands and pens are not that even"


def test_beside_a_digit_of_any_size_nothing_is_a_stranger():
    beside = odds_of((290, 130, 20, 40), 0, stroke_width_px=2.5)
    assert beside == 1 > odds_of((500, 130, 20, 40), 0, stroke_width_px=2.5)


def test_what_is_tiny_beside_the_other_digits_is_one_only_in_company():
    alone, in_company = (odds_of((400, 140, 9, 14), 7, company=company) for company in (0.0, 2.0))
    assert alone < 0.05 < in_company < 1


def test_the_lower_a_piece_the_more_it_is_doubted():
    odds = [odds_of((400, 100, 9, height), 7, company=1.0) for height in (12, 28, 60)]
    assert odds == sorted(odds)
    assert odds[-1] == 1
