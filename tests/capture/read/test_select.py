"""Reading with a made-up network: what it says of each crop is written into the crop's first pixels."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from capture.boxes import Box
from capture.read import select
from capture.read.evidence import thumbnails_of
from capture.read.select import MIN_CONFIDENCE
from capture.types import Candidate, Hypothesis
from model.classifier import CLASS_NAMES, CLASSES, NO_DIGIT
from model.glyph import SIDE
from tests.support.network import FakeNetwork, trust_network

SHAPE = (480, 640)
SPLITS = [list]  # how each crop that a test makes can be split; the first, of those that cannot
OPEN, CLOSE = (CLASS_NAMES.index(f"{which} bracket") for which in ("open", "close"))


def crop(box, label, percent=98, parts=(), splits=None):
    """A crop that `classify` reads as `label`, so sure of it; what is left goes to "no digit", or from that to 0."""
    glyph = np.zeros((SIDE, SIDE), np.uint8)
    glyph[0, :2] = label, percent
    if splits:
        glyph[0, 2:4] = divmod(len(SPLITS), 256)
        SPLITS.append(splits)
    return Candidate(Box(*box), glyph, tuple(parts))


def read_digits(crops, network=None, min_confidence=MIN_CONFIDENCE):
    def split(candidate):
        high, low = candidate.glyph[0, 2:4].tolist()
        return SPLITS[256 * high + low]()

    network = network or FakeNetwork(classify)
    return select.to_digits(select.choose_hypotheses(crops, network, split), SHAPE, trust_network, min_confidence)


def classify(glyphs):
    rows = np.zeros((len(glyphs), CLASSES), np.float32)
    labels, sure = glyphs[:, 0, 0], glyphs[:, 0, 1] / np.float32(100)
    rows[range(len(glyphs)), np.where(labels == NO_DIGIT, 0, NO_DIGIT)] = 1 - sure
    rows[range(len(glyphs)), labels] = sure
    return rows


class Counted(FakeNetwork):
    """The network, and how large the batches were."""

    def __init__(self):
        super().__init__(classify)
        self.batches = []

    def __call__(self, glyphs):
        self.batches.append(len(glyphs))
        return classify(glyphs)


def digits(readings):
    return "".join(str(one.digit) for one in readings)


def in_a_row(*labels, percent=98):
    return [crop((100 + 30 * i, 100, 20, 40), label, percent) for i, label in enumerate(labels)]


def test_nothing_found_asks_the_network_nothing():
    network = Counted()
    assert read_digits([], network) == []
    assert network.batches == []


def test_one_batch_reads_a_frame():
    network = Counted()
    readings = read_digits(in_a_row(4, 7, 1, 1), network)
    assert digits(readings) == "4711"
    assert network.batches == [4]
    assert min(one.confidence for one in readings) > 0.9
    assert readings[1].box == Box(130, 100, 20, 40)
    assert readings[1].probabilities.argsort()[-2:].tolist() == [NO_DIGIT, 7]


def test_the_surest_reading_comes_first():
    crops = [crop((100 * i, 60, 20, 40), i, sure) for i, sure in enumerate((80, 98, 60, 90), 1)]
    assert digits(read_digits(crops)) == "2413"


def test_what_is_no_digit_is_left_out():
    assert read_digits([crop((10, 10, 20, 40), NO_DIGIT)]) == []


def test_min_confidence_leaves_out_what_is_less_sure():
    apart = [crop((200 * i, 10, 20, 40), i + 1, percent) for i, percent in enumerate([97, 75, 40])]
    everything = read_digits(apart, None, min_confidence=0.0)
    sure, fair, doubtful = (one.confidence for one in everything)
    assert sure > fair > doubtful
    for least, read in [(doubtful, "123"), (fair, "12"), (sure, "1"), (1.0, "")]:
        assert digits(read_digits(apart, None, min_confidence=least)) == read


WIDE = (100, 100, 60, 40)
HALVES = [(100, 100, 28, 40), (132, 100, 28, 40)]


def halves(*labels, percent=97):
    return [crop(box, label, percent) for box, label in zip(HALVES, labels, strict=True)]


@pytest.mark.parametrize("whole", [(8, 50), (NO_DIGIT, 95)], ids=["a doubtful 8", "no digit"])
def test_touching_digits_are_read_apart_where_that_is_surer(whole):
    readings = read_digits([crop(WIDE, *whole, splits=lambda: [halves(3, 6)])])
    assert digits(readings) == "36"
    assert [one.box for one in readings] == [Box(*box) for box in HALVES]


def test_of_several_cuts_the_surest_is_taken():
    rows = [halves(1, 1, percent=70), halves(3, 6), halves(NO_DIGIT, 5)]
    assert digits(read_digits([crop(WIDE, NO_DIGIT, splits=lambda: rows)])) == "36"


def test_a_digit_that_reads_well_is_never_cut():
    def refuse():
        raise AssertionError("was cut")

    network = Counted()
    assert digits(read_digits([crop(WIDE, 0, 97, splits=refuse)], network)) == "0"
    assert network.batches == [1]


def test_a_zero_is_not_two_brackets():
    assert digits(read_digits([crop(WIDE, 0, 80, splits=lambda: [halves(OPEN, CLOSE, percent=60)])])) == "0"


def test_three_touching_digits_are_cut_twice():
    right = crop(
        (132, 100, 56, 40), NO_DIGIT, splits=lambda: [[crop((132, 100, 26, 40), 5), crop((160, 100, 28, 40), 9)]]
    )
    whole = crop((100, 100, 90, 40), NO_DIGIT, splits=lambda: [[crop((100, 100, 28, 40), 2), right]])
    assert digits(read_digits([whole])) == "259"


def test_a_number_that_comes_out_of_its_ring_as_one_piece_is_cut():
    number = crop(WIDE, NO_DIGIT, splits=lambda: [halves(1, 6)])
    ring = crop((80, 80, 100, 80), NO_DIGIT, splits=lambda: [[number]])
    assert digits(read_digits([ring])) == "16"


def test_looks_are_bounded():
    def deeper():
        return [[crop(WIDE, NO_DIGIT, splits=deeper)]]

    network = Counted()
    assert read_digits([crop(WIDE, NO_DIGIT, splits=deeper)], network) == []
    assert len(network.batches) <= 3


def test_digits_freed_from_a_form_are_read_and_its_lines_do_not_count_against_them():
    lines = crop((0, 0, 600, 400), NO_DIGIT)
    freed = [crop((90 + 40 * i, 200, 30, 40), 7 + i) for i in range(3)]
    form = crop((0, 0, 600, 400), NO_DIGIT, splits=lambda: [[lines, *freed]])
    assert digits(read_digits([*in_a_row(1, 2, 3), form])) == "123789"


BROKEN = (100, 100, 30, 44)


def parts(*labels, percent=95):
    boxes = [(100, 100, 30, 8), (100, 110, 28, 34)]
    return [crop(box, label, percent) for box, label in zip(boxes, labels, strict=True)]


def test_a_five_with_a_floating_bar_is_one_digit():
    (reading,) = read_digits([crop(BROKEN, 5, 95, parts(NO_DIGIT, 3, percent=80))])
    assert (reading.digit, reading.box) == (5, Box(*BROKEN))


def test_a_speck_beside_a_digit_does_not_join_it():
    (reading,) = read_digits([crop(BROKEN, NO_DIGIT, 90, parts(NO_DIGIT, 6, percent=98))])
    assert (reading.digit, reading.box) == (6, Box(100, 110, 28, 34))


def test_two_readings_of_the_same_ink_leave_the_surer_one():
    twice = [crop((100, 100, 20, 40), 3, 60), crop((102, 98, 21, 43), 8, 90)]
    assert digits(read_digits(twice)) == "8"


def test_neighbours_that_barely_overlap_both_stay():
    slanted = [crop((100, 100, 24, 40), 7), crop((118, 100, 24, 40), 7)]
    assert digits(read_digits(slanted)) == "77"


def test_doubt_leaves_probabilities_that_sum_to_one():
    crops = [*in_a_row(5, 3, percent=70), crop((74, 100, 20, 40), NO_DIGIT)]
    for reading in read_digits(crops):
        assert reading.probabilities.sum() == pytest.approx(1, abs=1e-5)
        assert reading.probabilities.dtype == np.float32


LABELS, PERCENTS = st.integers(0, NO_DIGIT), st.integers(50, 100)
BOXES = st.tuples(*[st.integers(0, 300)] * 2, *[st.integers(1, 90)] * 2)
PIECES = st.builds(crop, BOXES, LABELS, PERCENTS)
ROWS = st.lists(st.lists(PIECES, max_size=3), max_size=3)
CROPS = st.builds(
    lambda box, label, percent, parts, rows: crop(box, label, percent, parts, lambda: rows),
    BOXES, LABELS, PERCENTS, st.lists(PIECES, max_size=2), ROWS,
)  # fmt: skip


@settings(max_examples=40, deadline=None)
@given(crops=st.lists(CROPS, max_size=8), least=st.floats(0, 1))
def test_any_crops_give_sound_readings(crops, least):
    readings = read_digits(crops, None, least)
    for reading in readings:
        assert 0 <= reading.digit <= 9
        assert least <= reading.confidence <= 1 + 1e-6
        assert reading.confidence == pytest.approx(float(reading.probabilities[reading.digit]))
        assert reading.probabilities.sum() == pytest.approx(1, abs=1e-4)


def test_a_digit_lets_go_of_a_comma():
    five, comma = crop((100, 100, 30, 44), 5), crop((130, 128, 8, 24), NO_DIGIT)
    whole = crop(five.box.union(comma.box).xywh, 5, parts=[five, comma])
    assert read_digits([whole])[0].box == five.box


def test_thumbnails_are_the_glyphs_at_half_their_size():
    glyphs = np.random.default_rng(0).integers(0, 256, (3, SIDE, SIDE), np.uint8)
    boxes = [Box(40 * i, 0, 20, 30) for i in range(3)]
    seen = [Hypothesis(Candidate(box, glyph), np.zeros(0), box) for box, glyph in zip(boxes, glyphs, strict=True)]
    halved = glyphs.reshape(3, SIDE // 2, 2, SIDE // 2, 2).mean(axis=(2, 4)).reshape(3, -1)
    assert thumbnails_of(seen) == pytest.approx(halved, abs=0.51)
    assert thumbnails_of([]).shape == (0, halved.shape[1])
