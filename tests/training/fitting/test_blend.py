import keras
import numpy as np
import pytest

from model.classifier import NO_DIGIT
from model.network import build_network
from tests.support.tiny import tiny_labelled
from training.fitting.blend import (
    blend,
    guarded_digits,
    keep_bearable,
    newly_read_at_most,
    newly_wrong_at_most,
    together,
)
from training.fitting.fine_tune import open_network
from training.synthesis.writers import Material

# Keras hands TensorFlow's tensors to NumPy in a way that NumPy 2 calls outdated
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy:DeprecationWarning")
IMAGES = tiny_labelled(4)


def two_networks():
    return build_network("dense1"), [weight + 1.0 for weight in build_network("dense1").get_weights()]


def test_a_blend_lies_between_new_and_former():
    network, former = two_networks()
    new = network.get_weights()
    blend(network, former, 0.25)
    for mixed, a, b in zip(network.get_weights(), new, former, strict=True):
        assert np.allclose(mixed, 0.25 * a + 0.75 * b)


@pytest.mark.parametrize("most", [1.0, 0.4, 0.0])
def test_the_largest_bearable_share_stays(most):
    network, former = two_networks()
    new = network.get_weights()[0][0, 0]
    allowed = most * new + (1 - most) * former[0][0, 0]
    step = 1e-4 * np.sign(new - former[0][0, 0])

    def is_bearable(one):
        return (one.get_weights()[0][0, 0] - allowed) * step <= abs(step) * 1e-3

    assert keep_bearable(network, former, is_bearable) == pytest.approx(most)
    assert network.get_weights()[0][0, 0] == pytest.approx(allowed, abs=1e-5)


def test_a_network_is_refused_that_reads_wrong_what_was_read_right(tmp_path):
    keras.utils.set_random_seed(0)
    network = build_network("dense2", dropout=0.0)
    network.compile("adam", "sparse_categorical_crossentropy")
    network.fit(IMAGES.x[..., None], IMAGES.y, epochs=15, batch_size=10, verbose=0)
    network.save(tmp_path / "digits.keras")
    judge = newly_wrong_at_most(0.01, tmp_path / "digits.keras", 0.7, IMAGES)
    tuned = open_network(tmp_path / "digits.keras", 0.7)[2]
    assert judge(tuned)
    kernel, bias = tuned.get_layer("logits").get_weights()
    bias[3] += 100  # all is a 3 now
    tuned.get_layer("logits").set_weights([kernel, bias])
    assert not judge(tuned)


def test_a_network_is_refused_that_takes_for_digits_what_it_left_alone(tmp_path):
    keras.utils.set_random_seed(0)
    network = build_network("dense1")
    kernel, bias = network.get_layer("logits").get_weights()
    bias[NO_DIGIT] += 20  # nothing is a digit
    network.get_layer("logits").set_weights([0 * kernel, bias])
    network.save(tmp_path / "digits.keras")
    judge = newly_read_at_most(0.01, tmp_path / "digits.keras", 0.7, IMAGES.x)
    tuned = open_network(tmp_path / "digits.keras", 0.7)[2]
    assert judge(tuned)
    bias = tuned.get_layer("logits").get_weights()[1]
    bias[5] += 40  # all is a 5 now
    tuned.get_layer("logits").set_weights([0 * kernel, bias])
    assert not judge(tuned)
    assert newly_read_at_most(1.0, tmp_path / "digits.keras", 0.7, IMAGES.x)(tuned)


def test_guarded_are_the_images_as_they_are_and_turned():
    guarded = guarded_digits(Material(IMAGES, ()))
    assert len(guarded) == 2 * len(IMAGES)
    assert guarded.y.tolist() == [*IMAGES.y, *IMAGES.y]
    assert (guarded.x[: len(IMAGES)] == IMAGES.normalised().x).all()
    assert not (guarded.x[len(IMAGES) :] == guarded.x[: len(IMAGES)]).all()
    assert len(together(IMAGES, IMAGES, IMAGES)) == 3 * len(IMAGES)
