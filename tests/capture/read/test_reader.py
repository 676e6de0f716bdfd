"""Pages however they lie in the frame, read by the shipped network; and pages that must be left alone."""

import pickle
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import cv2
import numpy as np
import pytest

from capture import PageReader
from capture.boxes import Box
from capture.detect.find import find_strokes, measure_ink
from capture.read import pose
from capture.read.select import MIN_CONFIDENCE
from capture.read.sheet import carry_box
from capture.synthetic.camera import Troubles, carry, lean, photograph
from capture.synthetic.demo import Demo
from capture.synthetic.page import page_of
from capture.track.tracker import Tracker
from capture.types import Candidate, Component, Frame, Page
from model.classifier import DEFAULT_WEIGHTS, Classifier
from tests.support.network import FakeNetwork

TEXT = "4711 203\n958 3647"
NUMBERS = TEXT.split()
TURN = {90: cv2.ROTATE_90_CLOCKWISE, 180: cv2.ROTATE_180, 270: cv2.ROTATE_90_COUNTERCLOCKWISE}


@pytest.fixture(scope="module")
def reader():
    return PageReader(min_confidence=MIN_CONFIDENCE)


@pytest.fixture
def looks(monkeypatch):
    """How many pictures were searched for digits."""
    found = []
    monkeypatch.setattr(pose, "measure_ink", lambda *args: found.append(1) or measure_ink(*args))
    return found


def texts(page):
    return [number.text for number in page.numbers]


def on_desk(page, turn_deg=0.0, tilt_deg=0.0):
    """The page as a white sheet on a dark desk, all corners in sight."""
    height, width = page.image.shape[:2]
    step_back = np.array([[0.5, 0, 0.25 * width], [0, 0.5, 0.32 * height], [0, 0, 1]])
    view = step_back @ lean((width, height), turn_deg, tilt_deg, towards_deg=60)
    desk = np.full_like(page.image, 50)
    image = cv2.warpPerspective(
        page.image, view, (width, height), dst=desk, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_TRANSPARENT
    )
    return image, [carry(digit, view).box for digit in page.digits]


def overlap(box, other):
    """Intersection over union."""
    sides = np.minimum(box.bottom_right, other.bottom_right) - np.maximum(box.top_left, other.top_left) + 1
    both = np.prod(np.maximum(sides, 0))
    return both / (box.w * box.h + other.w * other.h - both)


@pytest.mark.parametrize("turn_deg", TURN)
def test_numbers_are_read_sideways_and_upside_down(turn_deg, reader):
    page = page_of(TEXT)
    image = cv2.rotate(page.image, TURN[turn_deg])
    page_read = reader(image)
    assert texts(page_read) == NUMBERS
    for reading, digit in zip(page_read.digits, page.digits, strict=True):
        x, y, w, h = digit.box.xywh
        right, bottom = page.image.shape[1] - x - w, page.image.shape[0] - y - h
        turned = {90: (bottom, x, h, w), 180: (right, bottom, w, h), 270: (y, right, h, w)}[turn_deg]
        assert overlap(reading.box, Box(*turned)) > 0.75


@pytest.mark.parametrize("turn_deg", [-45.0, 30.0, 70.0, 120.0, 160.0, 200.0, -70.0])
def test_numbers_are_read_at_any_angle(turn_deg, reader):
    photo = photograph(page_of(TEXT, (900, 700)), np.random.default_rng(0), Troubles(turn_deg=turn_deg))
    page_read = reader(photo.image)
    assert texts(page_read) == NUMBERS
    for reading, digit in zip(page_read.digits, photo.digits, strict=True):
        assert overlap(reading.box, digit.box) > 0.6


@pytest.mark.parametrize("turn_deg, tilt_deg", [(0.0, 45.0), (40.0, 40.0), (180.0, 45.0)])
def test_a_sheet_seen_aslant_is_straightened(turn_deg, tilt_deg, reader):
    image, boxes = on_desk(page_of(TEXT, (1200, 900)), turn_deg, tilt_deg)
    page_read = reader(image)
    assert texts(page_read) == NUMBERS
    for reading, box in zip(page_read.digits, boxes, strict=True):
        assert overlap(reading.box, box) > 0.6


@pytest.mark.parametrize(("seed", "time_s"), [(2, 138 / 30), (3, 15 / 30), (6, 63 / 30)])
def test_the_shaded_rim_of_a_sheet_is_no_1(seed, time_s, reader):
    demo = Demo(seed)
    page_read, drawn = reader(demo.image_at(time_s)), demo.digits_at(time_s)
    assert len(page_read.digits) == len(drawn)


def test_numbers_beside_the_sheet_stay_and_what_is_alone_there_does_not(reader):
    image, _ = on_desk(page_of(TEXT, (1200, 900)), tilt_deg=45.0)
    card = page_of("25", (240, 180)).image
    image[20:200, 20:260] = card
    cv2.line(image, (1150, 80), (1145, 160), (220, 220, 220), 6)
    assert sorted(texts(reader(image))) == sorted([*NUMBERS, "25"])


@pytest.mark.parametrize(("level", "is_kept"), [(255, True), (120, False)], ids=["card", "wood"])
def test_a_digit_alone_beside_the_sheet_stays_if_it_stands_on_paper(level, is_kept, reader):
    image, _ = on_desk(page_of(TEXT, (1200, 900)))
    card = page_of("7", (180, 200)).image
    image[40:240, 40:220] = card * (level / 255)
    assert sorted(texts(reader(image))) == sorted([*NUMBERS, *["7"] * is_kept])


@pytest.mark.parametrize("text", [TEXT, "6 9 8", "1 0 8 6 9 1", "69", "6", "9 6", "888 000 111", "609 906"])
def test_pages_that_stand_upright_are_left_alone(text, reader, looks):
    image = page_of(text).image
    assert texts(reader(image)) == text.split()
    assert len(looks) == 1


@pytest.mark.parametrize("text", ["7", "47"])
def test_one_or_two_digits_are_never_turned(text, reader, looks):
    reader(cv2.rotate(page_of(text).image, cv2.ROTATE_180))
    assert len(looks) == 1


def test_the_page_says_which_is_a_6_and_which_a_9(reader):
    upside_down = cv2.rotate(page_of("4734 66 99").image, cv2.ROTATE_180)
    assert texts(reader(upside_down)) == ["4734", "66", "99"]


def test_an_empty_picture_has_no_digits(reader):
    assert reader(np.zeros((0, 0, 3), np.uint8)).digits == ()
    assert reader(np.full((1, 1, 3), 255, np.uint8)).digits == ()


def test_a_tracked_page_keeps_its_orientation(reader):
    upside_down = cv2.rotate(page_of(TEXT).image, cv2.ROTATE_180)
    tracker = Tracker()
    for time_s in (0.0, 0.04, 0.08):
        shown = tracker.update(Frame(upside_down, 0, time_s, "fake"), reader(upside_down))
    assert texts(shown) == NUMBERS
    assert texts(tracker.update(Frame(upside_down, 0, 0.12, "fake"), Page())) == NUMBERS  # coasting


def test_a_frame_is_searched_once_and_asked_at_most_thrice_however_it_lies(monkeypatch, looks):
    asked, searched = [], []
    monkeypatch.setattr(pose, "find_strokes", lambda ink_image: searched.append(1) or find_strokes(ink_image))
    network = Classifier()
    counted = FakeNetwork(lambda glyphs: asked.append(len(glyphs)) or network(glyphs))
    counted.prior = network.prior
    read = PageReader(counted)
    upright = page_of(TEXT).image
    for image in (upright, cv2.rotate(upright, cv2.ROTATE_180), cv2.rotate(upright, 0), 255 - upright):
        asked.clear()
        looks.clear()
        searched.clear()
        assert texts(read(image)) == NUMBERS
        assert len(looks) == len(searched) == 1
        assert len(asked) <= 3


def test_a_video_that_lies_sideways_is_read_so_from_frame_to_frame():
    video = PageReader(is_video=True)
    sideways = cv2.rotate(page_of(TEXT).image, cv2.ROTATE_90_CLOCKWISE)
    assert [texts(video(sideways)) for _ in range(7)] == [NUMBERS] * 7


def test_a_sheet_turned_upright_in_a_video_is_followed_within_a_few_frames():
    video, upright = PageReader(is_video=True), page_of(TEXT).image
    for _ in range(3):
        video(cv2.rotate(upright, cv2.ROTATE_90_CLOCKWISE))
    assert NUMBERS in [texts(video(upright)) for _ in range(6)]


@pytest.mark.parametrize("image", [None, "a.jpg", np.zeros((9, 9), np.uint8), np.zeros((9, 9, 3))])
def test_what_is_no_image_is_told_so(image, reader):
    with pytest.raises(ValueError, match="image: "):
        reader(image)


def test_the_reader_is_light_to_import():
    code = "import sys, capture.types; sys.exit('cv2' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize("shape", [(4, 9), (4, 1), (1, 4), (9, 40)])
def test_the_box_of_ink_on_a_turned_page_is_that_of_the_ink_itself_without_faint_rests_of_ruling(shape):
    ink = np.full(shape, 200, np.uint8)
    if shape[1] > 20:
        ink[:, 20:] = 30
    component = Component(Box(50, 60, *shape[::-1]), ink)
    candidate = Candidate(component.box, np.zeros((28, 28), np.uint8), component=component)
    box = carry_box(candidate, np.eye(3) + 0.0, 1.0, (200, 300))
    assert box == Box(50, 60, min(shape[1], 20), shape[0])


def test_threads_may_share_a_reader():
    reader, images = PageReader(), [page_of(text, (160, 120)).image for text in ("47", "203")] * 6
    alone = [texts(reader(image)) for image in images]
    with ThreadPoolExecutor(4) as threads:
        assert [texts(page) for page in threads.map(reader, images)] == alone == [["47"], ["203"]] * 6


def test_a_reader_comes_through_a_pickle(reader):
    image = page_of("47", (160, 120)).image
    assert texts(pickle.loads(pickle.dumps(reader))(image)) == texts(reader(image))


def test_a_reader_takes_the_name_of_a_network():
    assert texts(PageReader(str(DEFAULT_WEIGHTS))(page_of("47", (160, 120)).image)) == ["47"]


@pytest.mark.parametrize("confidence", [-0.1, 50, float("nan")])
def test_a_confidence_that_is_none_is_refused(confidence):
    with pytest.raises(ValueError, match="give a probability, 0 to 1"):
        PageReader(FakeNetwork(None), confidence)


def test_the_complaint_of_a_wrong_image_is_short():
    with pytest.raises(ValueError, match="give an array") as told:
        PageReader(FakeNetwork(None))(np.zeros((90, 90, 3)).tolist())
    assert len(str(told.value)) < 200
