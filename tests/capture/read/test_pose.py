"""How far the lines of writing slant, which side is up, and pictures turned back."""

import numpy as np
import pytest

from capture.boxes import Box
from capture.detect.find import find_strokes, measure_ink
from capture.detect.ground import FRAMES_A_LOOK
from capture.read import pose
from capture.read.layout import estimate_skew
from capture.read.pose import MAX_COMPONENTS, PoseEstimator, estimate_turn, rotate
from capture.synthetic.page import page_of
from capture.types import AS_SEEN, Component
from model.classifier import CLASSES, Classifier
from tests.support.network import FakeNetwork


def in_lines(turn_deg, lines=3, a_line=6):
    """(n, 4) boxes of digits 20 by 30 px, 26 px apart, in lines 80 px apart, turned about the origin."""
    places = np.array([(26 * column, 80 * line) for line in range(lines) for column in range(a_line)], float)
    turn = np.deg2rad(turn_deg)
    centres = places @ np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    return np.column_stack([centres - (10, 15), np.full((len(centres), 2), (20, 30))])


@pytest.mark.parametrize("turn_deg", [-45, -20, 0, 7, 45])
def test_the_tilt_of_lines(turn_deg):
    assert np.rad2deg(estimate_skew(in_lines(turn_deg))) == pytest.approx(turn_deg, abs=0.5)


def test_scattered_digits_have_no_lines():
    """Two of eight happen to stand close to the lower right of another."""
    places = [(0, 0), (30, 20), (200, 40), (400, 10), (60, 200), (90, 225), (300, 260), (480, 180)]
    assert estimate_skew(np.array([(x, y, 20, 30) for x, y in places], float)) == 0


@pytest.mark.parametrize("count", [0, 1, 2])
def test_two_digits_make_no_line(count):
    assert estimate_skew(in_lines(30)[:count]) == 0


@pytest.fixture(scope="module")
def network():
    return Classifier()


def strokes_of(text, turn_deg=0.0):
    image, _ = rotate(page_of(text).image, -turn_deg, 245)
    return find_strokes(measure_ink(image))


@pytest.mark.parametrize("turn_deg", [0, 90, 180, 270])
@pytest.mark.parametrize("text", ["4711 203", "4734 66 99", "2 3\n4 7"])
def test_the_digits_together_say_which_side_is_up(text, turn_deg, network):
    assert estimate_turn(strokes_of(text, turn_deg), network) == turn_deg


@pytest.mark.parametrize("text", ["888 000 111", "69", "6 9 8", "609 906", "7", "47", "1111 11"])
def test_pages_that_may_lie_either_way_are_left_alone(text, network):
    assert not estimate_turn(strokes_of(text), network)


@pytest.mark.parametrize("turn_deg", [-40, 25, 110, 205])
def test_slanted_lines_are_turned_back_the_right_way_up(turn_deg, network):
    found = estimate_turn(strokes_of("4711 203\n958 3647", turn_deg), network)
    assert abs((found - turn_deg + 180) % 360 - 180) < 4


def asked_of(answer):
    """A network that gives the same answer for all, and the sizes of the batches that it was asked."""
    batches = []
    return FakeNetwork(lambda glyphs: batches.append(len(glyphs)) or np.tile(answer, (len(glyphs), 1))), batches


def test_which_side_is_up_is_asked_of_few_and_once_more_where_these_read_badly():
    network, batches = asked_of(np.full(CLASSES, 1 / CLASSES, np.float32))
    assert estimate_turn(strokes_of("4711 203 958 3647 1234"), network) is None
    assert batches == [MAX_COMPONENTS, 4 * MAX_COMPONENTS]


def test_slanted_lines_are_asked_about_once():
    network, batches = asked_of(np.full(CLASSES, 1 / CLASSES, np.float32))
    estimate_turn(strokes_of("4711 203 958 3647 1234", 25), network)
    assert len(batches) == 1


def test_what_reads_well_as_it_lies_is_asked_no_other_way():
    network, batches = asked_of(np.eye(1, CLASSES, 4, np.float32)[0])
    assert estimate_turn(strokes_of("4711 203 958 3647 1234"), network) == 0
    assert batches == [MAX_COMPONENTS]


def test_a_video_is_not_asked_again_while_its_lines_lie_level():
    network = FakeNetwork(lambda glyphs: pytest.fail("asked"))
    assert estimate_turn(strokes_of("4711 203"), network, is_asked=False) == 0


def test_specks_and_outliers_say_nothing():
    network = FakeNetwork(lambda glyphs: pytest.fail("asked"))
    dust = [Component(Box(9 * i, 9, 5, 5), np.full((5, 5), 255, np.uint8)) for i in range(9)]
    assert estimate_turn(dust, network) is None


def lies_turned(estimate_pose, image, frames):
    """Whether a page is turned before it is read, in the last of so many equal frames."""
    return [estimate_pose(image).to_frame is not AS_SEEN for _ in range(frames)][-1]


def test_in_a_video_clutter_is_not_turned_by_its_lines_alone():
    slanted, _ = rotate(page_of("4711 203 958 3647 1234").image, 25, 245)
    unreadable = FakeNetwork(lambda glyphs: np.full((len(glyphs), CLASSES), 1 / CLASSES, np.float32))
    assert not lies_turned(PoseEstimator(unreadable, is_video=True), slanted, frames=FRAMES_A_LOOK)


def test_in_a_video_a_page_that_is_gone_leaves_no_turn_behind(network):
    estimate_pose = PoseEstimator(network, is_video=True)
    page, _ = rotate(page_of("4711 203 958 3647 1234").image, 180, 245)
    assert lies_turned(estimate_pose, page, frames=1)
    desk = np.full_like(page, 200)
    assert lies_turned(estimate_pose, desk, frames=FRAMES_A_LOOK)  # a hand may be before it
    assert not lies_turned(estimate_pose, desk, frames=FRAMES_A_LOOK)


@pytest.mark.parametrize("turn_deg", [0.0, 33.0, 90.0, 180.0, 270.0, 300.0])
def test_a_picture_turned_back_keeps_every_place(turn_deg):
    image = np.zeros((60, 100, 3), np.uint8)
    image[20:23, 70:73] = 255
    turned, to_image = rotate(image, turn_deg, 0)
    y, x = np.argwhere(turned[:, :, 0] > 100).mean(axis=0)
    assert to_image @ (x, y, 1.0) == pytest.approx((71, 21, 1), abs=0.5)


def searches_of(monkeypatch, image, network):
    """How often ink is searched to set a picture upright, and by how many degrees it is turned."""
    searches = []
    monkeypatch.setattr(pose, "find_strokes", lambda ink_image: searches.append(1) or find_strokes(ink_image))
    to_frame = PoseEstimator(network)(image).to_frame
    return len(searches), np.rad2deg(np.arctan2(to_frame[1, 0], to_frame[0, 0]))


@pytest.mark.parametrize("turn_deg", [-40, 20, 30, 205])
def test_a_slanted_page_is_searched_once(turn_deg, network, monkeypatch):
    image, _ = rotate(page_of("4711 203\n958 3647").image, -turn_deg, 245)
    searches, found = searches_of(monkeypatch, image, network)
    assert searches == 1
    assert abs((found - turn_deg + 180) % 360 - 180) < 1


def test_what_does_not_read_well_as_a_glance_turns_it_is_looked_at_as_it_lies(monkeypatch):
    slanted, _ = rotate(page_of("4711 203 958 3647 1234").image, 25, 245)
    unreadable = FakeNetwork(lambda glyphs: np.full((len(glyphs), CLASSES), 1 / CLASSES, np.float32))
    assert searches_of(monkeypatch, slanted, unreadable) == (2, 0)
