import pytest

from capture.boxes import Box
from capture.view.labels import DIGIT_WEIGHT, LABEL_WEIGHT, LabelMemory, OccupancyMap

COVERING, OUTSIDE, FREE, ALSO_FREE = Box(20, 20, 10, 10), Box(95, 50, 10, 10), Box(50, 50, 10, 10), Box(70, 50, 10, 10)


@pytest.fixture
def occupied():
    taken = OccupancyMap(100, 100)
    taken.mark(Box(10, 10, 20, 20), DIGIT_WEIGHT)
    return taken


def test_a_box_right_beside_a_taken_one_is_free():
    occupied = OccupancyMap(100, 100)
    occupied.mark(Box(11, 11, 21, 21), DIGIT_WEIGHT)
    beside = [Box(32, 11, 5, 21), Box(11, 32, 21, 5), Box(5, 11, 6, 21), Box(11, 5, 21, 6)]
    assert all(occupied.is_free(box) for box in beside)


def test_covering_a_digit_costs_more_than_covering_a_label(occupied):
    label = Box(50, 50, 20, 20)
    occupied.mark(label, LABEL_WEIGHT)
    assert occupied.overlap(Box(10, 10, 20, 20)) > occupied.overlap(label) > occupied.overlap(Box(80, 0, 20, 20)) == 0


def test_boxes_over_the_edge_are_marked_as_far_as_they_go():
    occupied = OccupancyMap(10, 10)
    occupied.mark(Box(-5, -5, 8, 8), DIGIT_WEIGHT)
    occupied.mark(Box(50, 50, 8, 8), DIGIT_WEIGHT)
    assert occupied.overlap(Box(0, 0, 2, 2)) > 0
    assert occupied.overlap(Box(6, 6, 4, 4)) == 0


@pytest.mark.parametrize("side", [0, 1])
def test_the_smallest_pictures_have_no_room(side):
    assert not OccupancyMap(side, side).is_free(Box(0, 0, 5, 5))


class TestLabelMemory:
    def test_the_first_free_place_is_chosen(self, occupied):
        assert LabelMemory().choose("a", [COVERING, OUTSIDE, FREE], occupied) == FREE
        assert LabelMemory().choose("a", [COVERING, OUTSIDE], occupied) is None

    def test_the_last_place_is_kept_while_it_is_free(self, occupied):
        memory = LabelMemory()
        memory.choose("a", [COVERING, FREE, ALSO_FREE], occupied)
        memory.begin_frame()
        assert memory.choose("a", [FREE, ALSO_FREE, COVERING], occupied) == ALSO_FREE
        assert memory.choose("another", [FREE, ALSO_FREE, COVERING], occupied) == FREE

    def test_what_a_frame_did_not_show_is_forgotten(self, occupied):
        memory = LabelMemory()
        memory.choose("a", [COVERING, FREE], occupied)
        memory.begin_frame()
        memory.begin_frame()
        assert memory.choose("a", [FREE, ALSO_FREE], occupied) == FREE
