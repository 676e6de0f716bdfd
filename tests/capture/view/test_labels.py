from capture.types import Box
from capture.view.labels import DIGIT_WEIGHT, LABEL_WEIGHT, Space


def test_the_first_place_that_covers_nothing_is_chosen():
    space = Space(100, 100)
    space.take(Box(10, 10, 20, 20), DIGIT_WEIGHT)
    covering, outside, free = Box(20, 20, 10, 10), Box(95, 50, 10, 10), Box(50, 50, 10, 10)
    assert space.first_free([covering, outside, free]) == free
    assert space.first_free([covering, outside]) is None


def test_a_box_right_beside_a_taken_one_is_free():
    space = Space(100, 100)
    space.take(Box(11, 11, 21, 21), DIGIT_WEIGHT)
    beside = [Box(32, 11, 5, 21), Box(11, 32, 21, 5), Box(5, 11, 6, 21), Box(11, 5, 21, 6)]
    assert [space.first_free([box]) for box in beside] == beside


def test_covering_a_digit_costs_more_than_covering_a_label():
    space = Space(100, 100)
    digit, label = Box(0, 0, 20, 20), Box(50, 50, 20, 20)
    space.take(digit, DIGIT_WEIGHT)
    space.take(label, LABEL_WEIGHT)
    assert space.cost(digit) > space.cost(label) > space.cost(Box(80, 0, 20, 20)) == 0


def test_boxes_over_the_edge_are_marked_as_far_as_they_go():
    space = Space(10, 10)
    space.take(Box(-5, -5, 8, 8), DIGIT_WEIGHT)
    space.take(Box(50, 50, 8, 8), DIGIT_WEIGHT)
    assert space.cost(Box(0, 0, 2, 2)) > 0
    assert space.cost(Box(6, 6, 4, 4)) == 0


def test_the_smallest_pictures_have_no_room():
    assert Space(0, 0).first_free([Box(0, 0, 5, 5)]) is None
    assert Space(1, 1).first_free([Box(0, 0, 5, 5)]) is None
