"""Finding digits on drawn and photographed pages whose truth is known: nothing lost, every box in its place."""

from dataclasses import replace

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from capture.boxes import Box
from capture.detect.find import (
    WORK_SIDE_PX,
    detect,
    find_strokes,
    ink_map,
    make_candidates,
    measure_ink,
    split,
    turn_strokes,
)
from capture.detect.ground import is_light_on_dark
from capture.synthetic.camera import Troubles, photograph
from capture.synthetic.page import page_of
from capture.synthetic.styles import PENS, Pen, Style
from model.glyph import SIDE
from tests.support.pages import find_candidates

TEXT = "4711\n203 586"
NEAR_PX = 3
BLURRED_NEAR_PX = 5  # blur spreads the ink by about twice its sigma
INK = Pen((30, 30, 30), 0.08)


def off_px(box, truth):
    """How far the worst of a box's four sides lies from the truth."""
    sides = [(b.x, b.y, b.x + b.w, b.y + b.h) for b in (box, truth)]
    return max(abs(a - b) for a, b in zip(*sides, strict=True))


def found(page, crops, near_px=NEAR_PX):
    """The labels of the digits that have a crop of their own."""
    return [one.label for one in page.digits if any(off_px(crop.box, one.box) <= near_px for crop in crops)]


def labels(page):
    return [digit.label for digit in page.digits]


def every_way(image, crops=None, looks=2):
    """All crops, with their parts and splits, and the splits of splits."""
    detection = detect(image)
    for crop in detection.candidates if crops is None else crops:
        yield crop
        yield from crop.parts
        for row in split(crop, detection) if looks else ():
            yield from every_way(image, row, looks - 1)


@pytest.mark.parametrize(
    "style",
    [
        *(Style(pen=PENS[name]) for name in ("blue ballpoint", "pencil", "faint pencil", "red marker", "dry marker")),
        *(Style(paper=paper) for paper in ("ruled", "squared", "seyes", "dotted")),
        Style(paper_bgr=(120, 200, 250)),
        Style(paper="board", paper_bgr=(45, 50, 45), pen=Pen((230, 230, 230), 0.1)),
        Style(gap=0.1),
        Style(digit_px=14, pen=INK),
        Style(digit_px=24, pen=PENS["marker"]),
    ],
    ids=lambda style: f"{style.paper} {style.pen.width} {style.digit_px:.0f}px",
)
def test_every_digit_is_found_where_it_is(style):
    page = page_of(TEXT, style=style, seed=3)
    crops = find_candidates(page.image)
    assert found(page, crops) == labels(page)
    assert len(crops) == len(page.digits)


@pytest.mark.parametrize(("paper", "seed"), [("ruled", 1), ("squared", 2), ("seyes", 2)])
def test_faint_rules_hide_no_digit(paper, seed):
    page = page_of(TEXT, style=Style(paper=paper), seed=seed)
    assert found(page, find_candidates(page.image)) == labels(page)


@pytest.mark.parametrize("size", [(320, 240), (1280, 720), (3840, 2160)])
@pytest.mark.parametrize("share", [0.12, 0.5])
def test_any_size_of_picture_and_digit(size, share):
    page = page_of("36", size, Style(digit_px=share * size[1], pen=INK))
    near_px = NEAR_PX * max(1, size[0] / WORK_SIDE_PX)
    assert found(page, find_candidates(page.image), near_px) == labels(page)


@pytest.mark.parametrize(
    "troubles",
    [
        Troubles(lamp=0.5, vignette=0.4),
        Troubles(shadow=0.3),
        Troubles(exposure_stops=-1.3),
        Troubles(noise=8, jpeg=0.7),
        Troubles(turn_deg=25, tilt_deg=20),
        Troubles(edge=0.3),
        Troubles(blur_px=1.5),
        Troubles(motion_px=4),
    ],
    ids=["lamp", "shadow", "dark", "noise", "tilt", "desk", "blur", "motion"],
)
def test_no_digit_is_lost_in_a_photo(troubles):
    photo = photograph(page_of(TEXT), np.random.default_rng(1), troubles)
    near_px = BLURRED_NEAR_PX if troubles.blur_px or troubles.motion_px else NEAR_PX
    assert found(photo, find_candidates(photo.image), near_px) == labels(photo)


SHARP_CORNER = pytest.mark.xfail(strict=True, reason="a shadow's corner sharper than the window counts as ink")


@pytest.mark.parametrize("seed", [4, 9, 12, 19, 21, 33, 47, pytest.param(3, marks=SHARP_CORNER)])
def test_no_digit_is_lost_in_a_deep_shadow(seed):
    photo = photograph(page_of(TEXT), np.random.default_rng(seed), Troubles(shadow=0.7))
    assert found(photo, find_candidates(photo.image)) == labels(photo)


@pytest.mark.parametrize("level", [20, 60, 90])
def test_a_sheet_on_a_dark_desk(level):
    page = page_of(TEXT)
    image = cv2.copyMakeBorder(page.image, 100, 100, 160, 160, cv2.BORDER_CONSTANT, value=(level,) * 3)
    moved = replace(page, digits=tuple(one.moved_to(one.hull + np.float32([160, 100])) for one in page.digits))
    assert found(moved, find_candidates(image)) == labels(page)


def test_light_on_dark_gives_the_same_boxes():
    image = page_of(TEXT).image
    dark_on_light, light_on_dark = ({crop.box for crop in find_candidates(each)} for each in (image, 255 - image))
    assert len(dark_on_light) == 10
    assert all(min(off_px(box, other) for other in light_on_dark) <= 1 for box in dark_on_light)


@pytest.mark.parametrize("channels", [cv2.COLOR_BGR2GRAY, cv2.COLOR_BGR2RGB], ids=["grey", "RGB"])
def test_colour_does_not_matter(channels):
    page = page_of(TEXT, style=Style(pen=PENS["blue ballpoint"]))
    changed = cv2.cvtColor(page.image, channels)
    image = np.dstack([changed] * 3) if changed.ndim == 2 else changed
    assert found(page, find_candidates(image)) == labels(page)


@pytest.mark.parametrize("side", ["left", "top", "right", "bottom"])
def test_a_digit_on_the_pictures_edge(side):
    page = page_of("5", style=Style(digit_px=80, pen=INK))
    x, y, w, h = page.digits[0].box.xywh
    left, top = (x if side == "left" else x - 99), (y if side == "top" else y - 99)
    right, bottom = (x + w if side == "right" else x + w + 99), (y + h if side == "bottom" else y + h + 99)
    (crop,) = find_candidates(page.image[top:bottom, left:right])
    assert off_px(crop.box, Box(x - left, y - top, w, h)) <= NEAR_PX


@pytest.mark.parametrize("shape", [(0, 0), (0, 5), (1, 1), (1, 200), (200, 1), (3, 3), (240, 320)])
@pytest.mark.parametrize("value", [0, 128, 255])
def test_an_even_picture_holds_nothing(shape, value):
    image = np.full((*shape, 3), value, np.uint8)
    assert find_candidates(image) == []
    assert ink_map(image).shape == shape


@pytest.mark.parametrize("kind", ["plain", "ruled", "squared", "seyes", "dotted"])
def test_bare_paper_holds_nothing(kind):
    paper = page_of("", style=Style(paper=kind))
    photo = photograph(paper, np.random.default_rng(0), Troubles(lamp=0.4, noise=5))
    assert find_candidates(photo.image) == []


@pytest.mark.parametrize("quarters", [1, 2, 3])
@pytest.mark.parametrize("paper", ["plain", "squared"])
def test_ink_found_on_a_page_that_lies_turned_is_that_of_the_upright_page(paper, quarters):
    style = Style(paper=paper, digit_px=110, pen=Pen((30, 30, 30), 0.05))  # its 1s are as wide as rules, lying sideways
    image = page_of("4711 213\n1141 506", (1000, 700), style).image
    turned = measure_ink(np.ascontiguousarray(np.rot90(image, -quarters)))
    upright = measure_ink(image)
    carried = make_candidates(turn_strokes(find_strokes(turned), quarters, upright), upright).candidates
    boxes = [one.box for one in carried]
    wanted = [one.box for one in find_candidates(image) if one.box.h > 60]
    assert len(wanted) >= 14
    assert all(any(off_px(box, own) <= 1 for own in boxes) for box in wanted)


def test_a_dense_page():
    page = page_of("\n".join(["1234567890 2345678901"] * 10), (1280, 720))
    assert len(page.digits) == 200
    assert found(page, find_candidates(page.image)) == labels(page)


def test_touching_digits_are_offered_apart():
    page = page_of("38", style=Style(digit_px=90, gap=-0.06, pen=INK))
    crops = find_candidates(page.image)
    assert len(crops) == 1
    assert found(page, every_way(page.image), near_px=9) == labels(page)  # a seam runs through ink that both share


def test_glyphs_are_what_the_network_takes():
    for crop in every_way(page_of("38", style=Style(gap=-0.06)).image):
        assert crop.glyph.shape == (SIDE, SIDE) and crop.glyph.dtype == np.uint8
        assert crop.glyph.max() > 200


@pytest.mark.parametrize(
    ("sign", "corner"), [("a minus", (170, 98)), ("the bar of a fraction", (330, 98)), ("a short dash", (156, 96))]
)
def test_ink_too_low_for_a_digit_is_no_candidate_and_not_forgotten(sign, corner):
    image = np.full((200, 400, 3), 255, np.uint8)
    cv2.rectangle(image, (60, 60), (90, 140), (0, 0, 0), 4)
    cv2.rectangle(image, (140, 92), corner, (0, 0, 0), -1)
    detection = detect(image)
    assert len(detection.candidates) == 1
    (other,) = detection.others
    assert off_px(other.box, Box(140, 92, corner[0] - 139, corner[1] - 91)) <= NEAR_PX
    assert other.parts == ()


def test_the_picture_is_left_as_it_was():
    image = page_of(TEXT).image
    before = image.copy()
    find_candidates(image)
    ink_map(image)
    assert np.array_equal(image, before)


@settings(max_examples=40, deadline=None)
@given(image=arrays(np.uint8, st.tuples(st.integers(1, 200), st.integers(1, 200), st.just(3))))
def test_any_picture_gives_boxes_inside_it(image):
    assert_inside(image)


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**32), width=st.integers(1, 200), height=st.integers(1, 200), grain=st.integers(1, 40))
def test_any_blots_give_boxes_inside_the_picture(seed, width, height, grain):
    noise = np.random.default_rng(seed).integers(0, 256, (height // grain + 1, width // grain + 1, 3), dtype=np.uint8)
    assert_inside(cv2.resize(noise, (width, height), interpolation=cv2.INTER_CUBIC))


def assert_inside(image):
    height, width = image.shape[:2]
    for crop in every_way(image):
        assert crop.box.w > 0 and crop.box.h > 0
        assert crop.box.x >= 0 and crop.box.y >= 0
        assert crop.box.x + crop.box.w <= width and crop.box.y + crop.box.h <= height


def test_a_sheet_before_a_dark_wall_full_of_light_things():
    """Most thin things in the picture are lighter than what is around them, and yet the writing is dark."""
    page = page_of(TEXT)
    image = np.zeros((960, 1280, 3), np.uint8)
    rng = np.random.default_rng(0)
    for x, y in rng.integers((0, 0), (1280, 960), (60, 2)).tolist():
        width, height = rng.integers(10, 60, 2).tolist()
        cv2.rectangle(image, (x, y), (x + 2 * width, y + height // 3), (60, 190, 60), -1)
        cv2.circle(image, (y, x), height, (200, 160, 60), 4)
    image[400:880, 100:740] = page.image
    assert is_light_on_dark(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY))
    moved = replace(page, digits=tuple(one.moved_to(one.hull + np.float32([100, 400])) for one in page.digits))
    on_sheet = [crop for crop in find_candidates(image) if 110 < crop.box.x < 720 and 410 < crop.box.y < 860]
    assert found(moved, on_sheet) == labels(page)
