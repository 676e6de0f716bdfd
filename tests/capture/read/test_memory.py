"""In a video, ink that looks as it did is not read in each frame: by candidates made up here, and by a drawn page."""

from dataclasses import replace

import numpy as np
import pytest

from capture.boxes import Box
from capture.detect.ground import FRAMES_A_LOOK
from capture.read.memory import HypothesisMemory
from capture.read.reader import PageReader
from capture.synthetic.page import page_of
from capture.types import Candidate, Component, Hypothesis
from model.classifier import CLASSES, Classifier
from model.glyph import SIDE

RNG = np.random.default_rng(0)
GLYPHS = RNG.integers(0, 256, (9, SIDE, SIDE), np.uint8)
ROW = np.eye(CLASSES, dtype=np.float32)[3]


def candidate(x, y=50, size=(20, 40), glyph=0, noise=0):
    box = Box(x, y, *size)
    grain = RNG.integers(0, noise + 1, (SIDE, SIDE), np.uint8)
    return Candidate(
        box, np.minimum(GLYPHS[glyph], 255 - noise) + grain, component=Component(box, np.ones(size[::-1], np.uint8))
    )


def whole(one):
    return (Hypothesis(one, ROW, one.box),)


def remembering(*candidates, ways=None):
    """A memory of one frame."""
    memory = HypothesisMemory()
    memory.keep(candidates, memory.recall(candidates), ways or [whole(one) for one in candidates])
    return memory


@pytest.mark.parametrize(
    ("seen", "is_known"),
    [
        pytest.param(candidate(100, noise=4), True, id="as it was"),
        pytest.param(candidate(108, 45, noise=4), True, id="moved on"),
        pytest.param(candidate(101, size=(21, 38)), True, id="a box that trembles"),
        pytest.param(candidate(100, glyph=1), False, id="other ink in its place"),
        pytest.param(candidate(140), False, id="far away"),
        pytest.param(candidate(100, size=(26, 52)), False, id="much larger"),
    ],
)
def test_ink_is_known_where_it_looks_the_same(seen, is_known):
    (memory,) = remembering(candidate(100)).recall([seen])
    assert (memory is not None) is is_known
    if is_known:
        (hypothesis,) = memory.way
        assert hypothesis.candidate is seen
        assert hypothesis.box == seen.box
        assert hypothesis.probabilities is ROW


def test_no_candidate_is_read_more_often_than_others_for_its_place_among_them():
    memory, row = HypothesisMemory(), [candidate(100 + 60 * i, glyph=i) for i in range(9)]
    reads = np.zeros(len(row), int)
    for _ in range(20 * FRAMES_A_LOOK):
        recalled = memory.recall(row)
        reads += [one is None for one in recalled]
        memory.keep(row, recalled, [whole(one) for one in row])
    assert reads.max() <= 20 * FRAMES_A_LOOK / 3


def test_each_of_several_is_known_as_itself():
    rows = np.eye(CLASSES, dtype=np.float32)
    row = [candidate(100 + 24 * i, glyph=i) for i in range(9)]
    memory = remembering(*row, ways=[(Hypothesis(one, rows[i], one.box),) for i, one in enumerate(row)])
    moved = [candidate(103 + 24 * i, glyph=i) for i in (4, 0, 7)]
    assert [known.way[0].probabilities.argmax() for known in memory.recall(moved)] == [4, 0, 7]


def test_parts_move_with_the_whole_and_are_forgotten_where_they_would_reach_beyond_it():
    one, left, right = candidate(100, size=(40, 40)), candidate(100), candidate(120)
    memory = remembering(one, ways=[whole(left) + whole(right)])
    (known,) = memory.recall([candidate(105, 47, size=(40, 40))])
    assert [part.box.xywh for part in known.way] == [[105, 47, 20, 40], [125, 47, 20, 40]]
    assert [part.candidate.box for part in known.way] == [part.candidate.component.box for part in known.way]
    assert memory.recall([candidate(100, size=(39, 40))]) == [None]


@pytest.mark.parametrize(("grown_px", "is_known"), [(2, True), (6, False)])
def test_parts_are_read_again_where_their_whole_grows_by_more_than_a_stroke(grown_px, is_known):
    one, left, right = candidate(100, size=(40, 40)), candidate(100), candidate(120)
    memory = remembering(one, ways=[whole(left) + whole(right)])
    grown = replace(candidate(100 - grown_px, size=(40 + grown_px, 40)), stroke_width_px=3.0)
    assert (memory.recall([grown]) != [None]) is is_known


def test_all_is_read_again_after_some_frames_but_not_all_at_once():
    row = [candidate(100 + 30 * i, glyph=i % 9) for i in range(2 * FRAMES_A_LOOK)]
    memory, unread = HypothesisMemory(), []
    for _ in range(FRAMES_A_LOOK + 2):
        recalled = memory.recall(row)
        unread.append({i for i, known in enumerate(recalled) if known is None})
        memory.keep(
            row, recalled, [known.way if known else whole(one) for one, known in zip(row, recalled, strict=True)]
        )
    assert unread[0] == set(range(len(row)))
    assert unread[1] == set()
    assert set().union(*unread[2:]) == unread[0]
    assert max(map(len, unread[1:])) < len(row)


def split_of(memory, one):
    return memory.sparing(lambda candidate: [[candidate]])(one)


def test_what_was_split_in_vain_is_not_split_again_though_it_looks_different():
    memory, again = remembering(candidate(100), candidate(200)), candidate(101, glyph=1)
    assert memory.recall([again, candidate(300)]) == [None, None], "both are to be read"
    assert split_of(memory, again) == []
    assert split_of(memory, candidate(300)) != []


def test_what_fell_into_parts_or_has_grown_is_split_again():
    one, left, right = candidate(100, size=(40, 40)), candidate(100), candidate(120)
    memory, again = remembering(one, ways=[whole(left) + whole(right)]), candidate(100, size=(40, 40), glyph=1)
    assert memory.recall([again]) == [None]
    assert split_of(memory, again) != []
    memory, grown = remembering(candidate(100)), candidate(100, size=(34, 40))
    assert memory.recall([grown]) == [None]
    assert split_of(memory, grown) != []


def test_what_came_of_a_split_is_kept_until_it_is_tried_again():
    memory, origin, tries = HypothesisMemory(), np.zeros(6, np.float32), []
    for frame in range(6 * FRAMES_A_LOOK):
        one = candidate(100, glyph=frame % 2)  # never looks as it did
        recalled = memory.recall([one])
        tries.append(bool(split_of(memory, one)))
        way = (replace(whole(one)[0], origin=origin if tries[-1] else None),)
        assert memory.keep([one], recalled, [way])[0][0].origin is origin
    assert 2 <= sum(tries) <= 6, "every now and then"


def test_a_page_that_lies_still_is_read_as_a_photo_is_and_mostly_from_memory():
    asked, network = [], Classifier()

    class Counted:
        prior = network.prior

        def __call__(self, glyphs):
            asked.append(len(glyphs))
            return network(glyphs)

    page = page_of("4711 98\n203 55", (480, 320)).image
    read = PageReader(Counted(), is_video=True)
    pages = [read(np.minimum(page, 250) + RNG.integers(0, 4, page.shape, np.uint8)) for _ in range(12)]
    first = PageReader(network)(page)
    assert {tuple(number.text for number in one.numbers) for one in pages} == {
        tuple(number.text for number in first.numbers)
    }
    assert sum(asked) < 0.6 * 12 * asked[0]
