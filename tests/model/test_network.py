import numpy as np
import pytest

from model.classifier import ASSUMED_DIGITS, CLASSES, NO_DIGIT, odds
from model.network import ARCHITECTURES, MIXED, ArchitectureError, build_network, favour_digits, soften

GLYPHS = np.random.default_rng(0).integers(0, 256, (5, 28, 28, 1), dtype=np.uint8)


@pytest.fixture(scope="module")
def shipped():
    return build_network()


@pytest.mark.parametrize("name", [name for name in ARCHITECTURES if name != "shipped"])
def test_every_architecture_gives_probabilities(name):
    network = build_network(name)
    probabilities = network.predict(GLYPHS, verbose=0)
    assert probabilities.shape == (5, CLASSES)
    assert np.allclose(probabilities.sum(axis=1), 1, atol=1e-5)
    assert network.name == name


def test_scaling_comes_first_and_softmax_last(shipped):
    names = [layer.name for layer in shipped.layers]
    assert names[:2] == ["glyphs", "scale_pixels"]
    assert names[-2:] == ["logits", "probabilities"]


def test_shipped_fits_its_limits(shipped):
    assert shipped.count_params() < 1_500_000  # one byte each in the LiteRT file


def test_ten_classes_for_a_course():
    assert build_network("dense1", classes=10).output_shape == (None, 10)


def test_mixed_precision_takes_the_same_weights_and_answers_alike():
    plain, mixed = build_network("cnn_small"), build_network("cnn_small", precision=MIXED)
    mixed.set_weights(plain.get_weights())
    exact, rounded = plain.predict(GLYPHS, verbose=0), mixed.predict(GLYPHS, verbose=0)
    assert mixed.get_layer("conv2").compute_dtype == "bfloat16"
    assert rounded.dtype == np.float32
    assert np.allclose(exact, rounded, atol=0.02) and not np.array_equal(exact, rounded)
    assert build_network("dense1").get_layer("flatten").compute_dtype == "float32", "it stays with this network"


def test_unknown_architecture_names_the_known_ones():
    with pytest.raises(ArchitectureError, match=r"resnet: no such architecture.*lenet5.*shipped"):
        build_network("resnet")


def test_softening_divides_the_logits():
    network = build_network("dense2")
    before = network.predict(GLYPHS, verbose=0)
    soften(network, 2.0)
    after = network.predict(GLYPHS, verbose=0)
    expected = np.sqrt(before) / np.sqrt(before).sum(axis=1, keepdims=True)
    assert np.allclose(after, expected, atol=1e-5)


def test_softening_needs_a_positive_temperature():
    with pytest.raises(ValueError, match="positive"):
        soften(build_network("dense1"), 0.0)


def test_favouring_digits_weighs_all_that_is_none_alike():
    network = build_network("dense1")
    before = network.predict(GLYPHS, verbose=0)
    favour_digits(network, trained=0.7, assumed=ASSUMED_DIGITS)
    after = network.predict(GLYPHS, verbose=0)
    gained = (after / before)[:, :NO_DIGIT].mean(axis=1) / (after / before)[:, NO_DIGIT:].mean(axis=1)
    assert np.allclose(gained, odds(ASSUMED_DIGITS) / odds(0.7), rtol=0.01)
    ratios = after[:, NO_DIGIT:] / before[:, NO_DIGIT:]
    assert np.allclose(ratios, ratios[:, :1], rtol=1e-3)
