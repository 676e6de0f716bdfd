import numpy as np
import pytest

from capture.read.evidence import Evidence
from capture.read.features import Surroundings
from capture.read.networks import ATTENTION, MAX_INPUT, Neighbours, attend, load_arrays, load_perceptron
from model.errors import WeightsError

RNG = np.random.default_rng(0)
LAYERS, HEADS, SIZE, OWN = 2, 2, 16, 40
SHAPES = {
    **dict.fromkeys(("mean", "scale"), (OWN,)),
    **{"embed": (OWN, SIZE), "embed_bias": (SIZE,), "out": (SIZE, 1), "out_bias": (1,)},
    **{"relate": (16, 8), "relate_bias": (8,), "relate_out": (8, LAYERS * HEADS), "relate_out_bias": (LAYERS * HEADS,)},
    **dict.fromkeys(("query", "key", "value", "project"), (LAYERS, SIZE, SIZE)),
    **{"widen": (LAYERS, SIZE, 24), "widen_bias": (LAYERS, 24), "narrow": (LAYERS, 24, SIZE)},
    **dict.fromkeys(("narrow_bias", "norm", "norm_bias", "norm_wide", "norm_wide_bias"), (LAYERS, SIZE)),
}
WEIGHTS = {name: RNG.normal(0, 0.3, shape).astype(np.float32) for name, shape in SHAPES.items()}
WEIGHTS |= {"mean": np.zeros(OWN, np.float32), "scale": np.ones(OWN, np.float32)}


def neighbours_of(boxes):
    return Surroundings(Evidence(boxes, boxes, np.zeros(len(boxes)), (480, 640))).neighbours()


def page_of(count):
    """Features and boxes of candidates, side by side."""
    features = RNG.standard_normal((count, OWN)).astype(np.float32)
    return features, np.array([[30 * i, 40, 20, 30 + i % 3] for i in range(count)], float)


def test_the_order_of_candidates_does_not_matter():
    features, boxes = page_of(9)
    order = RNG.permutation(9)
    shuffled = attend(WEIGHTS, features[order], neighbours_of(boxes[order]))
    assert shuffled == pytest.approx(attend(WEIGHTS, features, neighbours_of(boxes))[order], abs=1e-4)


def test_what_a_neighbour_is_matters():
    features, boxes = page_of(9)
    other = features.copy()
    other[1] = -other[1]
    before, after = (attend(WEIGHTS, one, neighbours_of(boxes)) for one in (features, other))
    assert abs(after[0] - before[0]) > 1e-3


def test_a_neighbour_that_is_none_counts_for_nothing():
    features, boxes = page_of(5)
    near = neighbours_of(boxes)
    padded = Neighbours(
        np.pad(near.indices, ((0, 0), (0, 3))),
        np.pad(near.relations, ((0, 0), (0, 3), (0, 0)), constant_values=2.0),
        np.pad(np.zeros((5, 5)), ((0, 0), (0, 3)), constant_values=-1e4),
    )
    assert attend(WEIGHTS, features, padded) == pytest.approx(attend(WEIGHTS, features, near), abs=1e-4)


def test_a_feature_far_from_all_that_was_learnt_says_no_more():
    features, boxes = page_of(3)
    features[0, 0] = MAX_INPUT
    far = features.copy()
    far[0, 0] = 1e6
    near = neighbours_of(boxes)
    assert np.array_equal(attend(WEIGHTS, far, near), attend(WEIGHTS, features, near))


def test_arrays_are_loaded_by_what_they_belong_to(tmp_path):
    path = tmp_path / "decision.npz"
    half = {f"attention/{name}": array.astype(np.float16) for name, array in WEIGHTS.items()}
    np.savez(path, **half, **{"other/mean": np.ones(2)})
    loaded = load_arrays(path, "attention", ATTENTION)
    assert loaded.keys() == set(ATTENTION) == WEIGHTS.keys()
    assert all(loaded[name] == pytest.approx(array, abs=1e-2) for name, array in WEIGHTS.items())
    assert all(array.dtype == np.float32 for array in loaded.values())
    with pytest.raises(WeightsError, match=r"lacks biases/0.*train\.py decide"):
        load_perceptron(path, "other")
