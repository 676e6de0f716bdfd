"""Crops of photographed pages carry the label of the digit they show."""

import math
from itertools import islice

import numpy as np
import pytest

from capture.boxes import Box
from capture.synthetic.handwriting import CAREFUL_HAND, own_writer
from capture.synthetic.page import Drawn, DrawnPage, page_of
from capture.synthetic.styles import Style
from model.classifier import CLASS_NAMES, CLASSES, NO_DIGIT
from model.glyph import SIDE
from tests.support.pages import find_candidates
from training.synthesis.scenes import MAX_NONE, label_of, scene_crops, target_for

NO_HULL = np.zeros((0, 2), np.float32)
THREE, SEVEN = (Drawn(Box(x, 100, 30, 50), label, 0, 0, NO_HULL) for x, label in ((100, "3"), (132, "7")))


@pytest.mark.parametrize(
    ("box", "label"),
    [
        (Box(100, 100, 30, 50), 3),
        (Box(98, 97, 33, 55), 3),
        (Box(132, 100, 30, 50), 7),
        (Box(100, 100, 62, 50), NO_DIGIT),
        (Box(100, 100, 30, 15), NO_DIGIT),
        (Box(100, 100, 30, 25), None),
        (Box(300, 300, 30, 50), NO_DIGIT),
        (Box(0, 0, 640, 480), NO_DIGIT),
    ],
    ids=["exact", "near", "the other", "both", "a third", "half", "elsewhere", "everything"],
)
def test_label_by_overlap(box, label):
    assert label_of(box, [THREE, SEVEN]) == label


def test_without_digits_nothing_is_one():
    assert label_of(Box(1, 2, 3, 4), []) == NO_DIGIT


def test_clean_pages_are_labelled_as_they_were_written():
    page = page_of("0123456789\n9876543210", (800, 300), Style(digit_px=50))
    crops = find_candidates(page.image)
    assert len(crops) == len(page.digits)
    for crop in crops:
        nearest = min(page.digits, key=lambda one: math.dist(one.box.centre, crop.box.centre))
        assert label_of(crop.box, page.digits) == nearest.digit


def test_a_scene_gives_glyphs_with_labels():
    drawn = [example for seed in range(6) for example in islice(scene(seed), 40)]
    assert len(drawn) > 30
    assert all(glyph.shape == (SIDE, SIDE) and glyph.dtype == np.uint8 and glyph.any() for glyph, _ in drawn)
    assert all(target.shape == (CLASSES,) and target.sum() == pytest.approx(1) for _, target in drawn)
    assert len({int(target.argmax()) for _, target in drawn}) > 5


def test_nothing_does_not_swamp_the_digits():
    for seed in range(6):
        assert sum(not is_digit(target) for _, target in scene(seed)) <= MAX_NONE


def test_a_scene_repeats_by_its_seed():
    one, again, other = (list(scene(seed)) for seed in (3, 3, 4))
    assert np.array_equal([target for _, target in one], [target for _, target in again])
    assert all(np.array_equal(a, b) for (a, _), (b, _) in zip(one, again, strict=True))
    assert len(one) != len(other) or any(not np.array_equal(a, b) for (a, _), (b, _) in zip(one, other, strict=True))


def test_the_writer_given_writes_the_digits():
    asked = set()

    def write(digit, height_px, pen_px, rng):
        asked.add(digit)
        return own_writer(CAREFUL_HAND)(digit, height_px, pen_px, rng)

    drawn = [target for seed in range(4) for _, target in scene_crops(np.random.default_rng(seed), write)]
    labels = {int(target.argmax()) for target in drawn if is_digit(target)}
    assert labels and labels <= asked


def test_a_mark_is_labelled_as_what_it_is():
    """A plus on a page is a plus, and what covers half of one teaches nothing."""
    plus = Drawn(Box(300, 100, 40, 40), "plus", 0, 0, NO_HULL)
    page = DrawnPage(np.zeros((300, 500, 3), np.uint8), (THREE,), (plus,))
    assert target_for(Box(302, 101, 38, 40), page)[CLASS_NAMES.index("plus")] == 1
    assert target_for(Box(300, 100, 40, 20), page) is None
    assert target_for(Box(400, 200, 40, 20), page)[NO_DIGIT] == 1


def is_digit(target):
    return target[:NO_DIGIT].sum() == 1


def scene(seed):
    return scene_crops(np.random.default_rng(seed), own_writer(CAREFUL_HAND))
