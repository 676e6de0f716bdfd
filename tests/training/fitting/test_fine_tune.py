import keras
import numpy as np
import pytest

from model.classifier import NO_DIGIT
from model.network import build_network
from tests.support.tiny import tiny_labelled
from training.datasets.labelled import Labelled
from training.evaluation.metrics import predict
from training.fitting.checkpoint import RunError
from training.fitting.fine_tune import (
    KEPT,
    NO_DIGITS,
    SCENES,
    Tuning,
    draw_rehearsal,
    fine_tune,
    learn_and_keep,
    open_network,
    rehearse,
)
from training.synthesis.writers import Material

# Keras hands TensorFlow's tensors to NumPy in a way that NumPy 2 calls outdated
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy:DeprecationWarning")
KNOWN = tiny_labelled(20)
QUICK = Tuning(epochs=20, rate=3e-3)  # few examples make few steps
STRANGE = Labelled(tiny_labelled(12, seed=5).x[36:48, ::-1, ::-1], np.full(12, 7))  # 3s upside down: somebody's 7s


def saved(network, folder):
    network.save(folder / "digits.keras")
    return folder / "digits.keras"


def test_it_learns_the_new_and_keeps_the_old(tmp_path):
    keras.utils.set_random_seed(0)
    network = build_network("dense2", dropout=0.0)
    network.compile("adam", "sparse_categorical_crossentropy")
    network.fit(KNOWN.x[..., None], KNOWN.y, epochs=8, batch_size=20, verbose=0)
    start = saved(network, tmp_path)
    before = predict(network, STRANGE)
    tuned, history = fine_tune(start, STRANGE, rehearse(start, KNOWN, 0.7), QUICK, KNOWN)
    after = predict(tuned, STRANGE)
    assert after[:, 7].mean() > before[:, 7].mean() + 0.4
    was_right, is_right = (np.mean(read.argmax(axis=1) == 7) for read in (before, after))
    assert was_right < 0.5
    assert is_right > 0.7
    was, stays = predict(network, KNOWN).argmax(axis=1), predict(tuned, KNOWN).argmax(axis=1)
    assert np.mean(was == stays) > 0.98
    assert len(history) == QUICK.epochs
    assert set(history[0]) == {"loss", "accuracy", "val_loss", "val_accuracy"}


def test_what_makes_the_features_stays_as_it_was_to_the_last_bit(tmp_path):
    start = saved(build_network("shipped"), tmp_path)
    rehearsal = rehearse(start, KNOWN, 0.7)
    tuned, _ = fine_tune(start, STRANGE, rehearsal, Tuning(epochs=1))
    trunk, head, _ = open_network(start, rehearsal.digit_share)
    for layer in trunk.layers:  # moving means and variances of the batch normalisation, too
        for one, other in zip(layer.get_weights(), tuned.get_layer(layer.name).get_weights(), strict=True):
            assert np.array_equal(one, other), layer.name
    assert any(
        not np.array_equal(one, other)
        for layer in head.layers[1:]  # the first is the head's own input
        for one, other in zip(layer.get_weights(), tuned.get_layer(layer.name).get_weights(), strict=True)
    )


@pytest.mark.parametrize("kind", [NO_DIGITS, SCENES])
def test_a_kind_of_rehearsal_holds_that_kind_alone_and_as_many_as_asked_for(kind):
    drawn = draw_rehearsal(Material(KNOWN, ()), 20, 0, kind)
    assert 18 <= len(drawn) <= 22
    if kind is NO_DIGITS:
        assert (drawn.y >= NO_DIGIT).mean() > 0.8, "a stick may look more like a 1 than like nothing"


def test_what_is_rehearsed_keeps_its_logits_and_what_is_own_is_learnt():
    logits = np.array([[2.0, -1, 0], [0.5, 0.5, 3]], np.float32)
    kept, learnt = np.pad(logits, ((0, 0), (0, 1))), np.array([[0.0, 1, 0, 1], [0, 0, 1, 1]], np.float32)
    assert np.allclose(learn_and_keep(kept, logits + 7), 0), "a softmax does not see what is added to all logits"
    assert (np.asarray(learn_and_keep(kept, -logits)) > 0.5 * KEPT).all()
    odds = np.exp(logits[[0, 1], [1, 2]]) / np.exp(logits).sum(axis=1)
    assert np.allclose(learn_and_keep(learnt, logits), -np.log(odds), atol=1e-5)


def test_tuning_does_not_let_features_drop_out(tmp_path):
    network = open_network(saved(build_network("dense2", dropout=0.5), tmp_path), 0.7)[2]
    features = np.random.default_rng(0).uniform(0, 255, (4, 28, 28, 1)).astype(np.float32)
    assert np.array_equal(network(features, training=True), network(features, training=False))


def test_a_file_that_is_no_network_is_one_line(tmp_path):
    (tmp_path / "digits.keras").write_bytes(b"no network")
    with pytest.raises(RunError, match=r"cannot be gone on from .*; give the digits\.keras of a run"):
        open_network(tmp_path / "digits.keras", 0.7)
