"""Overlaps, gaps and medians of boxes."""

from functools import reduce

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from capture.boxes import (
    Box,
    around,
    as_array,
    clip,
    gaps,
    hold_middles,
    holds,
    iou,
    iou_matrix,
    share_of_smaller,
    shared_area,
    turn_box,
    weighted_median,
)

BOXES = st.builds(Box, *[st.integers(-50, 50)] * 2, *[st.integers(1, 60)] * 2)


@pytest.mark.parametrize(
    ("other", "expected"),
    [(Box(0, 0, 10, 10), 1), (Box(5, 0, 10, 10), 1 / 3), (Box(10, 0, 5, 5), 0), (Box(2, 2, 5, 5), 0.25)],
    ids=["itself", "half", "beside", "inside"],
)
def test_iou(other, expected):
    assert iou(Box(0, 0, 10, 10), other) == pytest.approx(expected)


@given(st.lists(BOXES, max_size=5), st.lists(BOXES, max_size=5))
def test_many_boxes_overlap_as_each_two_do(boxes, others):
    table = iou_matrix(as_array(boxes), as_array(others))
    assert table.shape == (len(boxes), len(others))
    for i, box in enumerate(boxes):
        assert table[i].tolist() == pytest.approx([iou(box, other) for other in others])


@given(st.lists(BOXES, min_size=1, max_size=6))
def test_the_box_around_some_is_what_the_unions_of_each_two_come_to(boxes):
    assert around(boxes) == reduce(Box.union, boxes)


@pytest.mark.parametrize("quarters", range(4))
def test_a_box_turns_with_its_picture(quarters):
    picture = np.zeros((30, 50), np.uint8)
    picture[4:11, 8:20] = 1
    turned = np.rot90(picture, quarters)
    x, y, w, h = turn_box(Box(8, 4, 12, 7), quarters, turned.shape)
    assert turned[y : y + h, x : x + w].all()
    assert w * h == turned.sum()


def test_a_box_inside_another_is_covered_whole():
    assert share_of_smaller(as_array([Box(0, 0, 100, 100), Box(10, 10, 5, 5), Box(200, 0, 9, 9)])).tolist() == [
        [1, 1, 0],
        [1, 1, 0],
        [0, 0, 1],
    ]


def test_a_box_holds_what_touches_none_of_its_sides():
    boxes = as_array([Box(0, 0, 20, 20), Box(1, 1, 18, 18), Box(0, 5, 5, 5), Box(15, 15, 9, 4)])
    assert holds(boxes, boxes).tolist() == [[False, True, False, False], *[[False] * 4] * 3]


def test_gaps_are_negative_where_boxes_overlap():
    across, down = gaps(as_array([Box(0, 0, 10, 20)]), as_array([Box(13, 5, 10, 20), Box(5, 30, 10, 20)]))
    assert across.tolist() == [[3, -5]]
    assert down.tolist() == [[-15, 10]]


@pytest.mark.parametrize(
    ("box", "kept"),
    [(Box(-5, 2, 10, 4), Box(0, 2, 5, 4)), (Box(95, 45, 10, 10), Box(95, 45, 5, 5)), (Box(100, 0, 5, 5), None)],
)
def test_only_what_is_inside_the_picture_is_kept(box, kept):
    assert clip(box, (50, 100, 3)) == kept


def test_weights_move_the_median():
    values = np.array([10.0, 30.0, 20.0])
    assert weighted_median(values, np.ones(3)) == 20
    assert weighted_median(values, np.array([9.0, 1.0, 1.0])) == 10
    assert weighted_median(values, np.array([1.0, 9.0, 1.0])) == 30


@pytest.mark.parametrize(
    ("other", "shared"), [(Box(5, 5, 10, 10), 25), (Box(10, 0, 5, 5), 0), (Box(2, 3, 4, 5), 20), (Box(50, 50, 9, 9), 0)]
)
def test_shared_area(other, shared):
    assert shared_area(Box(0, 0, 10, 10), other) == shared_area(other, Box(0, 0, 10, 10)) == shared


def test_a_box_holds_the_middle_of_another():
    thin, wide, beside = [10, 0, 4, 40], [8, 2, 9, 36], [30, 0, 4, 40]
    held = hold_middles(np.array([thin, wide]), np.array([thin, wide, beside]))
    assert held.tolist() == [[True, True, False], [True, True, False]]
    assert hold_middles(np.zeros((0, 4)), np.array([thin])).shape == (0, 1)
