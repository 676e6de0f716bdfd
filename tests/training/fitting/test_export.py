import numpy as np
import pytest

from model.checksum import check_checksum, checksum_file
from model.classifier import Classifier
from model.network import build_network, soften
from tests.support.tiny import tiny_labelled
from training.evaluation.metrics import calibration_error, predict
from training.fitting.export import (
    CARD_FILE,
    KERAS_FILE,
    LITERT_FILE,
    METRICS_FILE,
    ExportError,
    calibrate,
    compare,
    export,
    install,
    write_json,
)

# Keras hands TensorFlow's tensors to NumPy in a way that NumPy 2 calls outdated
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy:DeprecationWarning")
GLYPHS = tiny_labelled(10)


@pytest.fixture(scope="module")
def trained():
    """A network that reads the printed digits, and half of some others it can only guess."""
    network = build_network("dense2", dropout=0.0)
    network.compile("adam", "sparse_categorical_crossentropy", jit_compile=False)
    network.fit(GLYPHS.x[..., None], GLYPHS.y, epochs=10, batch_size=10, verbose=0)
    return network


def test_the_exported_file_reads_like_the_network(trained, tmp_path, capfd):
    agreement = export(trained, tmp_path, GLYPHS)
    read = Classifier(tmp_path / LITERT_FILE)(GLYPHS.x)
    assert agreement.same_reading == 1.0
    assert np.abs(read - predict(trained, GLYPHS)).max() < 0.05
    assert (tmp_path / KERAS_FILE).exists()
    assert capfd.readouterr().out == ""  # stdout is for results


def test_the_exported_file_takes_any_batch(trained, tmp_path):
    export(trained, tmp_path, GLYPHS)
    classify = Classifier(tmp_path / LITERT_FILE)
    whole, parts = classify(GLYPHS.x), np.concatenate([classify(GLYPHS.x[:37]), classify(GLYPHS.x[37:])])
    assert np.allclose(whole, parts, atol=1e-3)


@pytest.mark.parametrize("sharpness", [0.3, 3.0], ids=["too sure", "too shy"])
def test_calibration_undoes_a_wrong_temperature(trained, sharpness):
    held_out = _half_wrong()
    calibrate(trained, held_out)
    soften(trained, sharpness)
    before = calibration_error(predict(trained, held_out), held_out.y)
    assert calibrate(trained, held_out) == pytest.approx(1 / sharpness, rel=0.03)
    assert calibration_error(predict(trained, held_out), held_out.y) < before


def _half_wrong():
    """Digits of which every fourth bears another's label: nobody can be sure of these."""
    labels = GLYPHS.y.copy()
    labels[::4] = (labels[::4] + 1) % 10
    return type(GLYPHS)(GLYPHS.x, labels)


def test_a_file_that_reads_differently_is_refused(trained, tmp_path, monkeypatch):
    monkeypatch.setattr("training.fitting.export.MAX_DRIFT", -1.0)
    with pytest.raises(ExportError, match="probabilities differ"):
        export(trained, tmp_path, GLYPHS)


def test_compare_tells_readings_and_probabilities_apart():
    before, after = np.array([[0.6, 0.4], [0.9, 0.1]]), np.array([[0.4, 0.6], [0.8, 0.2]])
    agreement = compare(before, after)
    assert agreement.same_reading == 0.5
    assert agreement.mean_drift == pytest.approx(0.15)


def test_install_copies_a_finished_run(tmp_path):
    run, target = tmp_path / "run", tmp_path / "weights"
    run.mkdir()
    for name in (KERAS_FILE, LITERT_FILE, CARD_FILE):
        (run / name).write_text(name)
    write_json({"accuracy": 1}, run / METRICS_FILE)
    install(run, target)
    checksum = checksum_file(target / LITERT_FILE)
    assert {file.name for file in target.iterdir()} == {KERAS_FILE, LITERT_FILE, CARD_FILE, METRICS_FILE, checksum.name}
    check_checksum(target / LITERT_FILE, LITERT_FILE.encode())
    assert (target / LITERT_FILE).read_text() == LITERT_FILE


def test_an_unfinished_run_is_not_installed(tmp_path):
    with pytest.raises(ExportError, match=r"holds no digits\.keras.*--resume"):
        install(tmp_path, tmp_path / "weights")
    assert not (tmp_path / "weights").exists()


def test_folder_that_cannot_be_written(trained, tmp_path):
    with pytest.raises(ExportError, match="cannot be written"):
        export(trained, tmp_path / "missing", GLYPHS)
