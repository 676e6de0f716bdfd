"""A still scene is read once in a while, a changed one at once."""

import cv2
import numpy as np
import pytest

from capture.boxes import Box
from capture.detect.ground import FRAMES_A_LOOK
from capture.synthetic.page import page_of
from capture.synthetic.styles import PENS, Style
from capture.track.cache import StillFrameCache
from capture.types import Digit, Frame, Page

SIZE = (640, 480)
FRAMES = 3 * (FRAMES_A_LOOK + 1)


def reading(digit=4, x=10, confidence=0.9):
    return Digit(Box(x, 10, 20, 30), digit, confidence, np.full(11, 1 / 11, np.float32))


class Reader:
    """Counts how often it is asked, and says what it is told to."""

    def __init__(self, *answers):
        self.answers, self.asked = answers or ([reading()],), 0

    def __call__(self, frame):
        self.asked += 1
        return Page(tuple(self.answers[(self.asked - 1) % len(self.answers)]))


def still(image):
    """A frame that comes at the same time as all others."""
    return Frame(image, 0, 0.0, "demo")


def noisy(image, rng, sigma=2.0):
    return np.clip(image + rng.normal(0, sigma, image.shape), 0, 255).astype(np.uint8)


def sheet():
    return page_of("4711", SIZE, Style(digit_px=40)).image


def test_a_still_scene_is_read_once_in_a_while():
    rng, reader = np.random.default_rng(0), Reader()
    cache = StillFrameCache(reader)
    answers = [cache(still(noisy(sheet(), rng))) for _ in range(FRAMES)]
    assert all(answer.digits == (reading(),) for answer in answers)
    assert reader.asked == 2 + (FRAMES - 2) // (FRAMES_A_LOOK + 1)


@pytest.mark.parametrize("pen", ["fineliner", "faint pencil"])
@pytest.mark.parametrize(("size", "digit_px"), [(SIZE, 14), ((1280, 720), 20), ((3840, 2160), 60)])
def test_one_more_digit_is_read_at_once(pen, size, digit_px):
    page = page_of("473", size, Style(digit_px=digit_px, pen=PENS[pen]))
    before, box = page.image.copy(), page.digits[1].box
    before[box.y : box.y + box.h, box.x : box.x + box.w] = np.median(page.image, axis=(0, 1))
    reader = Reader()
    cache = StillFrameCache(reader)
    for _ in range(4):
        cache(still(before))
    asked = reader.asked
    cache(still(page.image))
    assert reader.asked == asked + 1


def test_light_that_fades_slowly_is_noticed():
    reader = Reader()
    cache = StillFrameCache(reader)
    for step in range(FRAMES):
        cache(still(cv2.subtract(sheet(), np.full_like(sheet(), 3 * step))))
    assert reader.asked > FRAMES / 3


@pytest.mark.parametrize(
    "answers",
    [
        ([reading(4)], [reading(9)]),
        ([reading()], []),
        ([reading(x=10)], [reading(x=30)]),
        ([reading()], [reading(), reading(x=50)]),
    ],
    ids=["another digit", "gone", "elsewhere", "one more"],
)
def test_what_wavers_is_read_in_every_frame(answers):
    reader = Reader(*answers)
    cache = StillFrameCache(reader)
    for _ in range(FRAMES):
        cache(still(sheet()))
    assert reader.asked == FRAMES


def test_doubtful_specks_may_waver():
    reader = Reader([reading()], [reading(), reading(x=90, confidence=0.25)])
    cache = StillFrameCache(reader)
    for _ in range(FRAMES):
        cache(still(sheet()))
    assert reader.asked < FRAMES / 2


def test_a_noisy_camera_is_read_in_every_frame():
    rng, reader = np.random.default_rng(0), Reader()
    cache = StillFrameCache(reader)
    for _ in range(FRAMES):
        cache(still(noisy(sheet(), rng, sigma=30)))
    assert reader.asked == FRAMES


@pytest.mark.parametrize("shape", [(0, 0, 3), (1, 1, 3), (1, 2000, 3), (480, 640, 3), (1080, 1920, 3)])
def test_pictures_of_any_size_may_follow_each_other(shape):
    reader = Reader()
    cache = StillFrameCache(reader)
    cache(still(sheet()))
    assert cache(still(np.zeros(shape, np.uint8))).digits == (reading(),)
    assert cache(still(np.zeros(shape, np.uint8))).digits == (reading(),)


@pytest.mark.parametrize(("fps", "is_sparing"), [(30, True), (2, False)])
def test_a_slow_camera_is_read_in_every_frame(fps, is_sparing):
    reader = Reader()
    cache = StillFrameCache(reader)
    for index in range(FRAMES):
        cache(Frame(sheet(), index, index / fps, "demo"))
    assert (reader.asked < FRAMES / 2) == is_sparing
