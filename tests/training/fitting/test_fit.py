import json
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import keras
import numpy as np
import pytest

from model.classifier import CLASSES, MIN_CLASSES, NO_DIGIT
from model.network import MIXED, build_network
from tests.support.tiny import tiny_labelled
from training.fitting.checkpoint import BEST_FILE, STATE_FILE, Progress, RunError, UnwritableError
from training.fitting.config import CONFIG_FILE, TrainConfig
from training.fitting.fit import carry_over, fit, smooth, targets_of

# Keras hands TensorFlow's tensors to NumPy in a way that NumPy 2 calls outdated
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy:DeprecationWarning")
TRAIN, VALIDATION = tiny_labelled(20), tiny_labelled(5, seed=1)
# Without dropout: what it hides is drawn anew in a resumed run
QUICK = TrainConfig(arch="dense2", epochs=4, batch_size=32, learning_rate=5e-3, dropout=0.0, seed=7)


def same_each_epoch(epoch: int) -> tuple[np.ndarray, np.ndarray]:
    return TRAIN.x, TRAIN.y


def interrupted_at(epoch_to_stop: int):
    def epoch_arrays(epoch: int) -> tuple[np.ndarray, np.ndarray]:
        if epoch == epoch_to_stop:
            raise KeyboardInterrupt
        return same_each_epoch(epoch)

    return epoch_arrays


@pytest.fixture(scope="module")
def whole_run(tmp_path_factory):
    out = tmp_path_factory.mktemp("whole")
    return *fit(QUICK, same_each_epoch, VALIDATION, out), out


def test_it_learns(whole_run):
    _, progress, _ = whole_run
    assert progress.history[progress.best]["val_accuracy"] > 0.9
    assert progress.history[-1]["loss"] < progress.history[0]["loss"]


def test_the_best_weights_are_returned_and_kept(whole_run):
    network, progress, out = whole_run
    read = network.predict(VALIDATION.x[..., None], verbose=0).argmax(axis=1)
    assert np.mean(read == VALIDATION.y) == pytest.approx(progress.history[progress.best]["val_accuracy"])
    assert TrainConfig.load(out / CONFIG_FILE) == QUICK
    assert len(list(out.glob("epoch-*.weights.h5"))) == 1
    assert not list(out.glob(".*")), "nothing is left that is not whole"


def test_an_interrupted_run_goes_on_as_if_nothing_had_happened(whole_run, tmp_path):
    network, progress, _ = whole_run
    with pytest.raises(KeyboardInterrupt):
        fit(QUICK, interrupted_at(2), VALIDATION, tmp_path)
    assert (tmp_path / BEST_FILE).exists()
    again, continued = fit(QUICK, same_each_epoch, VALIDATION, tmp_path)
    assert [row["val_loss"] for row in continued.history] == pytest.approx(
        [row["val_loss"] for row in progress.history], rel=1e-3
    )
    for weights, expected in zip(again.get_weights(), network.get_weights(), strict=True):
        assert np.allclose(weights, expected, atol=1e-4)


def test_a_finished_run_is_only_loaded(whole_run):
    _, progress, out = whole_run
    _, again = fit(QUICK, interrupted_at(4), VALIDATION, out)
    assert again.history == progress.history


def test_epochs_are_asked_for_in_order_and_may_have_soft_labels(tmp_path):
    asked = []

    def epoch_arrays(epoch: int) -> tuple[np.ndarray, np.ndarray]:
        asked.append(epoch)
        return TRAIN.x, np.eye(CLASSES, dtype=np.float32)[TRAIN.y] * 0.8 + np.float32(0.2 / CLASSES)

    fit(TrainConfig(arch="dense1", epochs=2), epoch_arrays, VALIDATION, tmp_path)
    assert asked == [0, 1]


def test_a_run_in_mixed_precision_is_kept_in_32_bits(tmp_path):
    config = replace(QUICK, arch="cnn_small", epochs=2, precision=MIXED)
    network, progress = fit(config, same_each_epoch, VALIDATION, tmp_path)
    assert {layer.compute_dtype for layer in network.layers} == {"float32"}
    read = network.predict(VALIDATION.x[..., None], verbose=0).argmax(axis=1)
    assert np.mean(read == VALIDATION.y) == pytest.approx(progress.history[progress.best]["val_accuracy"])


def test_no_progress_stops_early(tmp_path):
    config = TrainConfig(arch="dense1", epochs=20, learning_rate=0.0, patience=2)
    _, progress = fit(config, same_each_epoch, VALIDATION, tmp_path)
    assert progress.epoch == 3


def test_the_best_epoch_has_the_lowest_loss():
    rows = [(0.9, 0.5), (0.95, 0.4), (0.94, 0.1), (0.96, 0.3)]
    progress = Progress(history=[{"val_accuracy": accuracy, "val_loss": loss} for accuracy, loss in rows])
    assert progress.best == 2
    assert progress.is_stale(patience=1)
    assert not progress.is_stale(patience=2)


@pytest.mark.parametrize("labels", [np.array([3, 10]), np.eye(CLASSES)[[3, 10]]], ids=["numbers", "rows"])
def test_smoothing_spreads_a_share_over_all_classes(labels):
    targets = smooth(labels, 0.01 * CLASSES)
    assert targets.dtype == np.float32
    assert targets[0, 3] == pytest.approx(1.01 - 0.01 * CLASSES)
    assert targets[1, 0] == pytest.approx(0.01)
    assert np.allclose(targets.sum(axis=1), 1)


def test_a_former_network_hands_on_what_it_knew():
    """Its digits stay as they were; the new classes share what "no digit" had."""
    former, network = build_network("dense1", classes=MIN_CLASSES), build_network("dense1")
    carry_over(former, network)
    before, after = (one.predict(VALIDATION.x[..., None], verbose=0) for one in (former, network))
    assert after.shape == (len(VALIDATION), CLASSES)
    assert np.allclose(after[:, :NO_DIGIT], before[:, :NO_DIGIT], atol=1e-5)
    assert np.ptp(after[:, NO_DIGIT:], axis=1).max() < 1e-5


def test_a_blend_lies_between_start_and_end(tmp_path):
    start = build_network("dense1")
    start.save(tmp_path / "start.keras")
    config = TrainConfig(arch="dense1", epochs=1, start=str(tmp_path / "start.keras"))
    alone, _ = fit(config, same_each_epoch, VALIDATION, tmp_path / "run")
    blended, _ = fit(replace(config, blend=0.25), same_each_epoch, VALIDATION, tmp_path / "run")
    for first, last, both in zip(start.get_weights(), alone.get_weights(), blended.get_weights(), strict=True):
        assert not np.allclose(first, last)
        assert np.allclose(both, 0.25 * first + 0.75 * last, atol=1e-6)


def test_another_architecture_hands_on_nothing():
    with pytest.raises(ValueError, match="weights"):
        carry_over(build_network("dense2"), build_network("dense1"))


@pytest.mark.parametrize("state", ["{", '{"speed": 1}'], ids=["cut off", "other content"])
def test_damaged_state(tmp_path, state):
    (tmp_path / STATE_FILE).write_text(state)
    with pytest.raises(RunError, match="damaged"):
        fit(QUICK, same_each_epoch, VALIDATION, tmp_path)


def test_missing_checkpoint(tmp_path):
    row = {"loss": 1.0, "accuracy": 0.5, "val_loss": 1.0, "val_accuracy": 0.5}
    (tmp_path / STATE_FILE).write_text(json.dumps({"steps_an_epoch": 7, "history": [row]}))
    with pytest.raises(RunError, match="missing or damaged"):
        fit(QUICK, same_each_epoch, VALIDATION, tmp_path)


def test_folder_that_cannot_be_made(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(RunError, match="cannot be written"):
        fit(QUICK, same_each_epoch, VALIDATION, tmp_path / "file" / "run")


def test_full_disk_is_told_in_one_line(tmp_path, monkeypatch):
    def no_space(self, path):
        path.write_bytes(b"half of it")
        raise OSError(28, "Can't synchronously write data (errno = 28,\nfilename = x)")  # as h5py words it

    monkeypatch.setattr(keras.Model, "save_weights", no_space)
    with pytest.raises(RunError, match=r"No space left.*--resume") as caught:
        fit(TrainConfig(arch="dense1", epochs=1), same_each_epoch, VALIDATION, tmp_path)
    assert "\n" not in str(caught.value)
    assert [file.name for file in tmp_path.iterdir()] == [CONFIG_FILE], "what is no use takes no space"


def test_a_disk_about_to_run_full_is_told_before_anything_is_half_written(tmp_path, monkeypatch):
    monkeypatch.setattr("training.fitting.checkpoint.shutil.disk_usage", lambda _: SimpleNamespace(free=300_000))
    with pytest.raises(UnwritableError, match=r"No space left.*--resume") as caught:
        fit(TrainConfig(arch="dense1", epochs=1), same_each_epoch, VALIDATION, tmp_path)
    assert [file.name for file in tmp_path.iterdir()] == [CONFIG_FILE]
    assert "same command with --out elsewhere" in str(caught.value.within(Path("elsewhere")))
    monkeypatch.undo()
    _, progress = fit(TrainConfig(arch="dense1", epochs=1), same_each_epoch, VALIDATION, tmp_path)
    assert progress.epoch == 1


def test_sparse_labels_teach_what_one_hot_ones_do(tmp_path):
    def losses(labels):
        config = replace(QUICK, epochs=2, labels=labels, label_smoothing=0.0)
        return [row["loss"] for row in fit(config, same_each_epoch, VALIDATION, tmp_path / labels)[1].history]

    assert losses("sparse") == pytest.approx(losses("one-hot"), rel=1e-3)


def test_soft_labels_cannot_be_sparse():
    with pytest.raises(RunError, match="take one-hot"):
        targets_of(np.eye(11, dtype=np.float32), replace(QUICK, labels="sparse"))


def test_training_starts_from_given_weights(whole_run, tmp_path):
    _, progress, out = whole_run
    start = replace(QUICK, epochs=1, start=str(out / BEST_FILE), learning_rate=1e-5)
    _, again = fit(start, same_each_epoch, VALIDATION, tmp_path)
    assert again.history[0]["loss"] < progress.history[0]["loss"] / 2


@pytest.mark.parametrize(
    "start", ["none.keras", "none.txt", "{best}"], ids=["missing", "another kind of file", "another architecture"]
)
def test_weights_that_cannot_be_started_from(start, whole_run, tmp_path):
    config = TrainConfig(arch="dense1", epochs=1, start=start.format(best=whole_run[2] / BEST_FILE))
    with pytest.raises(RunError, match=r"cannot be started from.*dense1") as told:
        fit(config, same_each_epoch, VALIDATION, tmp_path)
    assert "TFSMLayer" not in str(told.value), "Keras advises at length"
