import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from capture.read.evidence import Evidence
from capture.read.features import NEAREST, SIGN_SLOTS, TWINS, Surroundings
from model.classifier import NO_DIGIT

SHAPE = (480, 640)
NETWORK_CLASSES = NO_DIGIT + 1 + SIGN_SLOTS
TWINS_TOLD = slice(-TWINS - 1 - 4, -4)  # columns of what is told of a candidate by itself


def around(rows, boxes, strokes=None, shape=SHAPE, **known):
    """How candidates stand to each other; `known`: what else is known of them."""
    strokes = np.zeros(len(boxes)) if strokes is None else strokes
    return Surroundings(Evidence(rows, boxes, strokes, shape, **known))


def page_of(count: int, seed: int = 0, classes: int = NETWORK_CLASSES) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Probabilities, boxes and stroke widths of as many candidates, anywhere."""
    rng = np.random.default_rng(seed)
    boxes = np.column_stack([rng.uniform(0, 600, (count, 2)), rng.uniform(2, 80, (count, 2))]).round()
    return rng.dirichlet(np.full(classes, 0.2), count).astype(np.float32), boxes, rng.uniform(0, 6, count)


def neighbours_of(boxes):
    return around(None, boxes).neighbours()


def describe(rows, boxes, strokes, shape=SHAPE):
    return around(rows, boxes, strokes, shape).describe(rows)


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 30), st.integers(0, 10_000))
def test_any_page_gives_finite_features_for_each_candidate(count, seed):
    features = describe(*page_of(count, seed), SHAPE)
    assert features.shape[0] == count
    assert features.dtype == np.float32
    assert np.isfinite(features).all()


def test_what_looks_like_another_candidate_is_told_and_how_much():
    page, rng = page_of(6), np.random.default_rng(2)
    looks = rng.integers(0, 256, (6, 196)).astype(np.float32)
    looks[4], looks[5] = looks[1], looks[2] + rng.normal(0, 10, 196)
    twins = around(*page, thumbnails=looks).describe_alone(page[0])[:, TWINS_TOLD]
    nearest, count = twins[:, TWINS - 1], twins[:, TWINS]
    assert nearest[1] == pytest.approx(nearest[4])
    assert nearest[1] > nearest[5] > nearest[[0, 3]].max()
    assert (count > 0).tolist() == [False, True, True, False, True, True]


def test_a_candidate_alone_or_of_unknown_look_has_no_twin():
    rows, boxes, strokes = page_of(4)
    unknown = around(rows, boxes, strokes).describe_alone(rows)[:, TWINS_TOLD]
    alone = around(rows[:1], boxes[:1], strokes[:1], thumbnails=np.ones((1, 196))).describe_alone(rows[:1])
    assert (unknown == unknown[0]).all()
    assert alone[0, TWINS_TOLD] == pytest.approx(unknown[0])


def test_the_ink_is_compared_with_that_of_likely_digits():
    rows, boxes, strokes = page_of(6)
    rows[:] = 1e-3
    rows[:4, 7], rows[4:, NO_DIGIT] = 1, 1
    blue, black = (0.2, 0.5, 0.8), (0.9, 0.9, 0.9)
    inks = np.array([blue, blue, blue, np.multiply(blue, 0.4), black, blue])
    away, stronger, colourful = around(rows, boxes, strokes, inks=inks).describe_alone(rows)[:, -4:-1].T
    assert away[4] > 0.3
    assert away[[0, 1, 2, 3, 5]] == pytest.approx(0, abs=1e-3)  # fainter ink of the same pen has the same hue
    assert stronger[[0, 1, 2, 5]] == pytest.approx(0)
    assert stronger[3] < -0.5 < 0 < stronger[4]
    assert colourful[4] == pytest.approx(0, abs=1e-3)
    assert colourful[0] > 0.3


def test_neighbours_are_told_whether_they_are_of_the_same_ink():
    boxes = np.array([[0, 0, 20, 40], [30, 0, 20, 40], [60, 0, 20, 40]], float)
    inks = np.array([(0.2, 0.5, 0.8), (0.1, 0.25, 0.4), (0.9, 0.9, 0.9)])
    near = around(None, boxes, inks=inks).neighbours()
    away, stronger = (
        dict(zip(near.indices[0].tolist(), near.relations[0, :, i].tolist(), strict=True)) for i in (-2, -1)
    )
    assert away[1] == pytest.approx(0, abs=1e-3)
    assert away[2] > 0.3
    assert stronger[1] < 0 < stronger[2]


def test_where_inks_are_not_known_all_are_the_same():
    rows, boxes, strokes = page_of(5)
    unknown = around(rows, boxes, strokes).describe_alone(rows)
    black = around(rows, boxes, strokes, inks=np.full((5, 3), 0.7)).describe_alone(rows)
    assert unknown == pytest.approx(black, abs=1e-5)


def test_other_ink_is_a_neighbour_and_changes_nothing_else_of_what_is_told_of_candidates():
    rows, boxes, strokes = page_of(8)
    is_other = np.arange(8) >= 6
    boxes[6:, 3] = 4
    alone = around(rows[:6], boxes[:6], strokes[:6]).describe_alone(rows[:6])
    with_others = around(rows, boxes, strokes, is_other=is_other)
    assert with_others.describe_alone(rows)[:6] == pytest.approx(alone, abs=1e-5)
    assert with_others.describe_alone(rows)[:, -1].tolist() == is_other.tolist()
    assert set(with_others.neighbours().indices[0].tolist()) == set(range(8))


def test_the_order_of_candidates_does_not_matter():
    page, order = page_of(12), np.random.default_rng(1).permutation(12)
    assert describe(*(part[order] for part in page), SHAPE) == pytest.approx(describe(*page, SHAPE)[order], abs=1e-5)


def test_a_picture_twice_as_large_says_the_same():
    rows, boxes, strokes = page_of(12)
    larger = describe(rows, 2 * boxes, 2 * strokes, (2 * SHAPE[0], 2 * SHAPE[1]))
    assert larger == pytest.approx(describe(rows, boxes, strokes, SHAPE), abs=1e-4)


def test_a_network_without_classes_for_signs_gives_as_many_features():
    assert describe(*page_of(5, classes=NO_DIGIT + 1), SHAPE).shape == describe(*page_of(5), SHAPE).shape


def test_certain_answers_of_the_network_stay_finite():
    rows, boxes, strokes = page_of(3)
    rows[:] = 0
    rows[0, 4] = rows[1, NO_DIGIT] = rows[2, -1] = 1
    assert np.isfinite(describe(rows, boxes, strokes, SHAPE)).all()


def test_neighbours_are_seen_on_the_side_where_they_stand():
    rows, _, strokes = page_of(3)
    in_a_row = np.array([[100, 100, 20, 30], [130, 100, 20, 30], [160, 100, 20, 30]], float)
    features = describe(rows, in_a_row, strokes)
    alone = describe(rows, in_a_row * (10, 1, 1, 1), strokes, (480, 6400))
    assert not np.allclose(features[1], alone[1])  # next to others it is described otherwise
    mirrored = describe(rows[[2, 1, 0]], in_a_row, strokes[[2, 1, 0]])
    assert not np.allclose(features[1], mirrored[1])  # and by which of them is left and which right


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 60), st.integers(0, 10_000))
def test_each_candidate_sees_itself_first_and_as_many_others_as_there_are(count, seed):
    indices, relations, _ = neighbours_of(page_of(count, seed)[1])
    assert indices.shape == relations.shape[:2] == (count, min(count, NEAREST))
    assert indices[:, 0].tolist() == list(range(count))
    assert all(len(set(row)) == len(row) for row in indices.tolist())
    assert np.isfinite(relations).all()


def test_the_nearest_are_seen_and_on_the_side_where_they_stand():
    row = np.array([[100 + 30 * i, 100, 20, 30] for i in range(NEAREST + 10)], float)
    indices, relations, _ = neighbours_of(row)
    assert sorted(indices[0]) == list(range(NEAREST))
    right = relations[..., 0]
    assert (right[0, 1:] > 0).all()  # the first sees all others to its right
    assert (right[-1, 1:] < 0).all()
    assert np.abs(relations[0, :, 1]).max() == 0  # and none higher or lower


def test_places_are_in_heights_so_that_a_larger_picture_says_the_same():
    boxes = page_of(12)[1]
    small, large = neighbours_of(boxes), neighbours_of(3 * boxes)
    assert large.indices.tolist() == small.indices.tolist()
    assert large.relations == pytest.approx(small.relations, abs=1e-4)
