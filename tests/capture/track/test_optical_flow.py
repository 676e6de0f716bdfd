"""Pages are carried on as the picture under them moves."""

import cv2
import numpy as np
import pytest

from capture.boxes import Box
from capture.detect.ground import FRAMES_A_LOOK
from capture.synthetic.page import page_of
from capture.synthetic.styles import Style
from capture.track.cache import MAX_CARRIED, StillFrameCache
from capture.track.optical_flow import flow_page
from capture.types import Digit, Frame, Mark, Page, Pose
from tests.support.pages import page_with

SIZE = (640, 480)
CELL_PX = 2.0
DOT = Mark(Box(200, 100, 6, 6), 36.0, (3.0, 0.0, 3.0))
SHEET = page_of("471\n\n 250", SIZE, Style(digit_px=48))


def read(step_px=0):
    """The page as a perfect reader sees it, where it has moved to the right."""
    places = [(one.box._replace(x=one.box.x + step_px), one.digit) for one in SHEET.digits]
    return page_with([Digit(box, digit, 0.99, np.eye(11, dtype=np.float32)[digit]) for box, digit in places])


def moved(x, y, image=SHEET.image):
    way = np.array([[1, 0, x], [0, 1, y]], float)
    return cv2.warpAffine(image, way, SIZE, borderMode=cv2.BORDER_REPLICATE)


def cells(image):
    return cv2.cvtColor(cv2.resize(image, None, fx=1 / CELL_PX, fy=1 / CELL_PX, interpolation=cv2.INTER_AREA), 6)


def carried(page, image):
    return flow_page(page, cells(SHEET.image), cells(image), CELL_PX)


@pytest.mark.parametrize("step", [(0, 0), (3, -2), (-14, 9), (31, 0)])
def test_digits_numbers_and_marks_move_with_the_sheet(step):
    before = Page(read().digits, read().numbers, (DOT,))
    after = carried(before, moved(*step))
    for one, other in zip(before.digits, after.digits, strict=True):
        assert np.abs(np.subtract(other.box.top_left, one.box.top_left) - step).max() <= 1
        assert other.box.w == one.box.w and other.digit == one.digit
    assert [number.text for number in after.numbers] == [number.text for number in before.numbers]
    assert [one for number in after.numbers for one in number.digits] == list(after.digits)
    assert np.abs(np.subtract(after.marks[0].box.top_left, (200, 100)) - step).max() <= 1


def test_a_page_that_was_set_upright_keeps_its_marks_and_moves_its_pose():
    before = Page(read().digits, marks=(DOT,), pose=Pose(np.eye(3), SIZE))
    after = carried(before, moved(8, 4))
    assert after.marks == before.marks
    assert np.abs(after.pose.to_frame[:2, 2] - (8, 4)).max() < 1


@pytest.mark.parametrize("what", ["wiped away", "covered", "another digit", "cut to another scene"])
def test_what_no_longer_looks_the_same_is_to_be_read(what):
    image = SHEET.image.copy()
    box = SHEET.digits[1].box
    inside = image[box.y : box.y + box.h, box.x : box.x + box.w]
    if what == "wiped away":
        inside[:] = np.median(image, axis=(0, 1))
    elif what == "covered":
        cv2.circle(image, (int(box.centre[0]), int(box.centre[1])), 60, (90, 110, 160), cv2.FILLED)
    elif what == "another digit":
        inside[:] = cv2.rotate(inside, cv2.ROTATE_180)
    else:
        image = np.random.default_rng(0).integers(0, 255, image.shape, np.uint8)
    assert carried(read(), image) is None


def test_an_empty_page_stays_so_until_all_changes():
    assert carried(Page(), moved(2, 1)) == Page()
    assert carried(Page(), np.full_like(SHEET.image, 20)) is None


def test_a_moving_sheet_is_read_in_every_third_frame_and_its_digits_are_where_they_belong():
    asked = []
    cache = StillFrameCache(lambda frame: asked.append(frame.index) or read(2 * frame.index), flow_page)
    for index in range(9):
        page = cache(Frame(moved(2 * index, 0), index, index / 30, "sheet"))
        ways = [one.box.x - drawn.box.x - 2 * index for one, drawn in zip(page.digits, SHEET.digits, strict=True)]
        assert np.abs(ways).max() <= 1
    assert asked == list(range(0, 9, MAX_CARRIED + 1))


def test_a_moving_desk_on_which_nothing_was_read_is_read_as_seldom_as_a_still_picture():
    asked = []
    cache = StillFrameCache(lambda frame: asked.append(frame.index) or Page(), flow_page)
    for index in range(3 * (FRAMES_A_LOOK + 1)):
        cache(Frame(moved(index, 0), index, index / 60, "desk"))
    assert asked == [0, FRAMES_A_LOOK + 1, 2 * (FRAMES_A_LOOK + 1)]


@pytest.mark.parametrize(("step", "fps"), [(5, 30), (1, 3)], ids=["frames were dropped", "slow camera"])
def test_a_reading_is_not_carried_far(step, fps):
    asked = []
    cache = StillFrameCache(lambda frame: asked.append(frame.index) or read(), flow_page)
    for index in range(0, 3 * step, step):
        cache(Frame(moved(2 * index, 0), index, index / fps, "sheet"))
    assert len(asked) == 3
