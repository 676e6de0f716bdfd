"""The shipped networks for splits, on what a made-up network says of ink and its parts."""

import numpy as np
import pytest

from capture.boxes import Box
from capture.read.segmentation import MAX_SPLITS, HypothesisTree, segment, worth_splitting
from capture.types import Candidate
from model.classifier import CLASS_NAMES, CLASSES, NO_DIGIT
from model.glyph import SIDE

GLYPH = np.zeros((SIDE, SIDE), np.uint8)
LETTER = CLASS_NAMES.index("letter")


def tree(box, label, sure=0.95, splits=(), is_merged=False):
    """Ink that the network reads as this class; what is left goes to "no digit", or from that to 0."""
    row = np.full(CLASSES, 1e-4, np.float32)
    row[0 if label == NO_DIGIT else NO_DIGIT] = 1 - sure
    row[label] = sure
    parts = tuple(part.candidate for part in splits[0]) if is_merged else ()
    return HypothesisTree(Candidate(Box(*box), GLYPH, parts), row, float(row[:NO_DIGIT].max()), list(splits))


def chosen(*trees):
    return [one.box for way in segment(trees) for one in way]


PAGE = [tree((40 * i, 300, 24, 40), i) for i in range(5)]


def test_ink_without_splits_is_seen_whole_and_has_no_origin():
    ((one,),) = segment([PAGE[3]])
    assert one.box == PAGE[3].candidate.box
    assert one.origin is None


def test_a_power_and_its_base_are_not_one_sign():
    base, power = tree((100, 120, 50, 60), LETTER), tree((155, 100, 26, 30), 2)
    merged = tree((100, 100, 81, 80), LETTER, 0.6, [[base, power]], is_merged=True)
    assert power.candidate.box in chosen(merged, *PAGE)


def test_a_five_and_its_floating_bar_are_one_digit():
    bar, rest = tree((100, 100, 30, 8), CLASS_NAMES.index("minus")), tree((100, 110, 28, 34), 3, 0.6)
    merged = tree((100, 100, 30, 44), 5, 0.97, [[bar, rest]], is_merged=True)
    assert merged.candidate.box in chosen(merged, *PAGE)


def test_touching_digits_are_cut_and_know_what_they_were_cut_from():
    halves = [tree((100, 100, 28, 40), 4), tree((132, 100, 28, 40), 7)]
    both = segment([tree((100, 100, 60, 40), NO_DIGIT, 0.8, [halves]), *PAGE])[0]
    assert [one.box for one in both] == [half.candidate.box for half in halves]
    assert all(one.origin[0] == 1 for one in both)
    assert both[0].origin[-1] > 0  # surely the better way


def test_a_doubtful_digit_is_not_cut_into_what_is_nothing():
    halves = [tree((100, 100, 10, 40), NO_DIGIT, 0.9), tree((112, 100, 28, 40), NO_DIGIT, 0.7)]
    four = tree((100, 100, 40, 40), 4, 0.7, [halves])
    assert chosen(four, *PAGE)[0] == four.candidate.box


def test_parts_of_parts_are_chosen_first():
    inner = [tree((132, 100, 26, 40), 5), tree((160, 100, 28, 40), 9)]
    row = [tree((100, 100, 28, 40), 2), tree((132, 100, 56, 40), NO_DIGIT, 0.9, [inner])]
    whole = tree((100, 100, 88, 40), NO_DIGIT, 0.95, [row])
    assert chosen(whole, *PAGE)[:3] == [row[0].candidate.box, *(part.candidate.box for part in inner)]


def test_fainter_ink_around_a_digit_is_left_out_though_their_boxes_are_the_same():
    """Rows were compared by value here, and arrays have no truth value: an enlarged photograph ended in a traceback."""
    digit = tree((100, 100, 28, 40), 7, 0.99)
    both = tree((100, 100, 28, 40), NO_DIGIT, 0.99, [[digit]])
    ((one,),) = segment([both, *PAGE])[:1]
    assert one.probabilities.argmax() == 7
    assert one.origin[0] == 1


@pytest.mark.parametrize("is_part", [False, True])
def test_what_may_be_two_digits_is_split_and_a_bare_stroke_and_a_sure_digit_are_not(is_part):
    touching = tree((100, 100, 60, 42), NO_DIGIT, 0.7)
    stroke, crumb, sure = (
        tree((300, 100, 4, 40), NO_DIGIT),
        tree((350, 100, 4, 4), NO_DIGIT),
        tree((400, 100, 28, 40), 5),
    )
    assert worth_splitting([stroke, crumb, sure, touching], 40.0, is_part=is_part) == [touching]


def test_the_most_promising_are_split_and_no_more_than_there_is_time_for():
    trees = [tree((50 * i, 100, 40, 40), NO_DIGIT) for i in range(MAX_SPLITS + 5)]
    chances = np.linspace(0.1, 0.9, len(trees))
    split = worth_splitting(trees, 40.0, is_part=False, promise=lambda _: chances)
    assert [id(one) for one in split] == [id(one) for one in trees[::-1][:MAX_SPLITS]]
    assert worth_splitting(trees, 40.0, is_part=False, promise=lambda _: np.zeros(len(trees))) == []


def test_a_page_of_sure_digits_asks_nothing():
    def refuse(_):
        raise AssertionError("was asked")

    assert worth_splitting(PAGE, 40.0, is_part=False, promise=refuse) == []
