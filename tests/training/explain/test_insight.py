import numpy as np
import pytest

from model.classifier import CLASSES
from model.network import build_network
from training.explain.insight import (
    PATCH_PX,
    InsightError,
    activations,
    convolutions,
    features,
    first_kernels,
    grad_cam,
    load_network,
    nearest,
    occlusion,
    pixel_weights,
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


def test_the_weights_of_a_single_layer_are_the_slopes(one_layer, dot):
    weights = pixel_weights(one_layer, dot)
    assert weights.shape == (CLASSES, 28, 28)
    assert weights[4, 8, 20] == pytest.approx(10)
    assert np.count_nonzero(weights) == 1


def test_hiding_what_counts_changes_the_reading(one_layer, dot):
    read = occlusion(one_layer, dot).argmax(axis=-1)
    changed = np.argwhere(read != 4)
    reach = PATCH_PX // 2
    assert changed.min(axis=0).tolist() == [8 - reach, 20 - reach]
    assert changed.max(axis=0).tolist() == [8 + reach, 20 + reach]
    assert len(changed) == PATCH_PX**2
    assert (read[read != 4] == 2).all()


def test_grad_cam_is_where_the_features_are_and_only_for_the_class_they_speak_for(lenet, dot):
    for layer in lenet.layers[1:]:
        layer.set_weights([np.zeros_like(weight) for weight in layer.get_weights()])
    kernel, bias = lenet.get_layer("c1").get_weights()
    kernel[2, 2, 0, 0] = 1  # map 0 is the glyph itself
    lenet.get_layer("c1").set_weights([kernel, bias])
    for name, shape in (("c3", (2, 2, 0, 0)), ("f6", (0, 0))):
        weights = lenet.get_layer(name).get_weights()
        weights[0][shape] = 1
        lenet.get_layer(name).set_weights(weights)
    weights = lenet.get_layer("c5").get_weights()
    weights[0][:, 0] = 0.1  # any place counts
    lenet.get_layer("c5").set_weights(weights)
    weights = lenet.get_layer("logits").get_weights()
    weights[0][0, 6], weights[0][0, 1] = 1, -1
    lenet.get_layer("logits").set_weights(weights)
    heat = grad_cam(lenet, dot, "c1")
    assert heat.shape == (CLASSES, 28, 28)
    assert np.unravel_index(heat[6].argmax(), (28, 28)) in {
        (row, column) for row in (7, 8, 9) for column in (19, 20, 21)
    }
    assert heat[6, 20:, :10].max() == 0
    assert not heat[[0, 1, 5]].any()


def test_features_are_what_the_last_layer_gets(dot):
    network = build_network("dense2")
    seen = features(network, np.stack([dot, dot]))
    assert seen.shape == (2, 512)
    assert seen[0] == pytest.approx(activations(network, dot)["hidden"], abs=1e-4)


def test_the_nearest_come_first():
    order, distances = nearest(np.array([0.0, 0]), np.array([[3.0, 4], [0, 1], [9, 9], [0, 0]]), 3)
    assert order.tolist() == [3, 1, 0]
    assert distances.tolist() == [0, 1, 5]


@pytest.mark.parametrize("content", [None, b"seven"], ids=["missing", "damaged"])
def test_a_file_that_is_no_network(content, tmp_path):
    if content:
        (tmp_path / "a.keras").write_bytes(content)
    with pytest.raises(InsightError, match=r"a\.keras: "):
        load_network(tmp_path / "a.keras")


def test_a_network_of_another_kind(tmp_path):
    build_network("dense1", classes=3).save(tmp_path / "three.keras")
    with pytest.raises(InsightError, match="not a network of"):
        load_network(tmp_path / "three.keras")
