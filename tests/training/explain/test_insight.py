import numpy as np
import pytest
from keras import Model

from model.classifier import CLASSES, DEFAULT_WEIGHTS
from model.glyph import normalise
from model.network import build_network
from tests.support.tiny import printed_digit
from training.datasets.labelled import Labelled
from training.evaluation.load import load_network
from training.evaluation.metrics import predict
from training.explain.insight import (
    PATCH_PX,
    activations,
    convolutions,
    features,
    first_kernels,
    integrated_gradients,
    nearest,
    occlusion,
    stages,
)

# Keras hands TensorFlow's tensors to NumPy in a way that NumPy 2 calls outdated
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy:DeprecationWarning")


@pytest.fixture
def dot():
    """A glyph with a single spot of ink, around row 8, column 20."""
    glyph = np.zeros((28, 28), np.uint8)
    glyph[7:10, 19:22] = 255
    return glyph


@pytest.fixture(scope="module")
def lenet():
    return build_network("lenet5")


@pytest.fixture
def one_layer():
    """A single layer of neurons that answers 4 to ink at row 8, column 20, and else 2."""
    network = build_network("dense1")
    kernel, bias = network.get_layer("logits").get_weights()
    kernel[:], bias[:] = 0, 0
    kernel[8 * 28 + 20, 4], bias[2] = 10, 5
    network.get_layer("logits").set_weights([kernel, bias])
    return network


def test_every_layer_is_told(lenet, dot):
    values = activations(lenet, dot)
    assert list(values) == [layer.name for layer in lenet.layers]
    assert values["c3"].shape == (10, 10, 16)
    assert values["scale_pixels"][8, 20, 0] == pytest.approx(1.0)
    assert values["probabilities"].sum() == pytest.approx(1.0, abs=1e-5)


def test_what_belongs_to_a_convolution_is_folded_into_it():
    network = build_network("shipped")
    names = ["conv1_relu", "conv2_relu", "conv3_relu", "conv4_relu", "conv5_relu", "squeeze_relu"]
    assert stages(network) == ["scale_pixels", *names, "hidden", "logits"]
    assert convolutions(network) == names


def test_dense_networks_have_no_convolutions(one_layer):
    assert convolutions(one_layer) == []
    assert first_kernels(one_layer).shape == (28, 28, CLASSES)
    assert first_kernels(one_layer)[8, 20, 4] == 10


def test_hiding_what_counts_changes_the_reading(one_layer, dot):
    read = occlusion(one_layer, dot).argmax(axis=-1)
    changed = np.argwhere(read != 4)
    reach = PATCH_PX // 2
    assert changed.min(axis=0).tolist() == [8 - reach, 20 - reach]
    assert changed.max(axis=0).tolist() == [8 + reach, 20 + reach]
    assert len(changed) == PATCH_PX**2
    assert (read[read != 4] == 2).all()


@pytest.fixture(scope="module")
def shipped():
    """The network that ships, and a printed digit of each kind with what it reads in them."""
    network = load_network(DEFAULT_WEIGHTS.with_name("digits.keras"))
    glyphs = np.stack([normalise(printed_digit(digit, np.random.default_rng(0))) for digit in range(10)])
    return network, glyphs, [integrated_gradients(network, glyph) for glyph in glyphs]


def test_what_the_pixels_add_is_what_the_glyph_makes_of_the_logits(shipped):
    network, glyphs, maps = shipped
    logits = Model(network.inputs[0], network.get_layer("logits").output)
    seen = np.asarray(logits(glyphs[..., None].astype(np.float32)))[:, :10]
    blank = np.asarray(logits(np.zeros((1, 28, 28, 1), np.float32)))[:, :10]
    added = np.stack([one.sum(axis=(1, 2)) for one in maps])[:, :10]
    assert added == pytest.approx(seen - blank, abs=1.5)  # of logits that reach from -20 to 20


def test_the_true_class_is_spoken_for_most_and_on_the_ink(shipped):
    _, glyphs, maps = shipped
    most = [int(one.sum(axis=(1, 2)).argmax()) for one in maps]
    assert sum(number == digit for digit, number in enumerate(most)) >= 8, "empty paper does not favour all alike"
    for digit, (glyph, one) in enumerate(zip(glyphs, maps, strict=True)):
        added, gains = one.sum(axis=(1, 2)), np.maximum(one[digit], 0)
        assert added[digit] > np.median(np.delete(added, digit))
        assert gains[glyph >= 96].sum() > 0.7 * gains.sum(), "half-light at a stroke's edge counts little"
        assert not one[:, glyph == 0].any()


def test_the_ink_marked_as_important_is_what_the_reading_depends_on(shipped):
    network, glyphs, maps = shipped
    by_chance, by_map = glyphs.copy(), glyphs.copy()
    for digit, glyph in enumerate(glyphs):
        ink = np.argwhere(glyph >= 96)
        count = len(ink) // 5
        by_chance[digit][tuple(np.random.default_rng(digit).permutation(ink)[:count].T)] = 0
        strongest = np.argsort(-maps[digit][digit][glyph >= 96], kind="stable")[:count]
        by_map[digit][tuple(ink[strongest].T)] = 0
    without_some, without_best = (
        predict(network, Labelled(some, np.arange(10)))[np.arange(10), np.arange(10)].mean()
        for some in (by_chance, by_map)
    )
    assert without_best < without_some - 0.04


def test_letters_and_signs_are_told_as_no_digit():
    network = build_network("dense1", classes=CLASSES)
    glyph = normalise(printed_digit(3, np.random.default_rng(0)))
    assert integrated_gradients(network, glyph).shape == (11, 28, 28)
    assert occlusion(network, glyph).sum(axis=-1) == pytest.approx(np.ones((28, 28)), abs=1e-5)


def test_the_weights_of_a_single_layer_are_what_its_pixels_add(one_layer, dot):
    maps = integrated_gradients(one_layer, dot)
    assert maps[4, 8, 20] == pytest.approx(10)
    assert np.count_nonzero(maps) == 1


def test_features_are_what_the_last_layer_gets(dot):
    network = build_network("dense2")
    seen = features(network, np.stack([dot, dot]))
    assert seen.shape == (2, 512)
    assert seen[0] == pytest.approx(activations(network, dot)["hidden"], abs=1e-4)


def test_the_nearest_come_first():
    order, distances = nearest(np.array([0.0, 0]), np.array([[3.0, 4], [0, 1], [9, 9], [0, 0]]), 3)
    assert order.tolist() == [3, 1, 0]
    assert distances.tolist() == [0, 1, 5]
