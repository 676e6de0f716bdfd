import json
import re
import shutil

import cv2
import numpy as np
import pytest

import run_camera
import train
from model.classifier import NO_DIGIT
from model.network import build_network
from tests.support.tiny import save_npz, tiny_digits, tiny_labelled
from training.datasets.labelled import Labelled
from training.fitting.adapt import Known
from training.fitting.export import CARD_FILE, METRICS_FILE, export
from training.fitting.fine_tune import Tuning

# Keras hands TensorFlow's tensors to NumPy in a way that NumPy 2 calls outdated
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy:DeprecationWarning")
KNOWN = tiny_labelled(20).normalised()
HELD_OUT = Labelled(
    tiny_labelled(10, seed=3).normalised().x, np.where(np.arange(100) < 90, np.repeat(np.arange(10), 10), NO_DIGIT)
)
CLUTTER = HELD_OUT.x  # it takes all of them for digits already: a network of printed digits knows nothing else


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """The folder of a network that reads printed digits, as `train.py fit` leaves it."""
    folder = tmp_path_factory.mktemp("finished")
    network = build_network("dense2", dropout=0.0)
    network.compile("adam", "sparse_categorical_crossentropy")
    network.fit(KNOWN.x[..., None], KNOWN.y, epochs=8, batch_size=20, verbose=0)
    export(network, folder, KNOWN)
    for name in (METRICS_FILE, CARD_FILE):
        (folder / name).write_text("{}")
    return folder


@pytest.fixture
def weights(finished, tmp_path, monkeypatch):
    """Where the camera looks, with the finished network in it."""
    folder = tmp_path / "weights"
    shutil.copytree(finished, folder)
    monkeypatch.setattr("training.fitting.adapt.WEIGHTS_FOLDER", folder)
    monkeypatch.setattr("training.fitting.adapt.Tuning", lambda seed: Tuning(epochs=20, rate=3e-3, seed=seed))
    monkeypatch.setattr(
        "training.fitting.adapt.draw_known", lambda images, args: Known(KNOWN, HELD_OUT, KNOWN, CLUTTER)
    )
    return folder


def kept(folder, labels):
    """Threes upside down, which are the user's `labels`."""
    threes = tiny_labelled(len(labels), seed=5).x[3 * len(labels) : 4 * len(labels), ::-1, ::-1]
    for number, (label, image) in enumerate(zip(labels, threes, strict=True)):
        (folder / str(label)).mkdir(parents=True, exist_ok=True)
        cv2.imwrite(str(folder / str(label) / f"{number}.png"), np.ascontiguousarray(image))
    return folder


def run(tmp_path, *words):
    data = save_npz(tiny_digits(), tmp_path / "mnist.npz")
    return train.main(["fit", "--data", str(data), "--out", str(tmp_path / "out"), *map(str, words)])


def test_own_digits_are_learnt_shown_and_installed(weights, tmp_path, capsys):
    former = (weights / "digits.tflite").read_bytes()
    extra = kept(tmp_path / "own", [7] * 12)
    assert run(tmp_path, "--extra", extra, "--from", "shipped", "--install") == 0
    out = tmp_path / "out"
    numbers = json.loads((out / "extra.json").read_text())["numbers"]
    assert numbers["own_after"] > numbers["own_before"]
    assert numbers["mnist_after"] >= numbers["mnist_before"] - 0.001
    told = capsys.readouterr().out
    assert "| MNIST test | 40 | " in told
    assert "12 of 7" in told
    assert (out / "extra_digits.png").stat().st_size > 0
    assert (weights / "digits.tflite").read_bytes() == (out / "digits.tflite").read_bytes() != former
    assert (out / "before" / "digits.tflite").read_bytes() == former


def test_pictures_as_evaluate_takes_them_teach_the_shipped_network_and_the_camera_reads_with_it(tmp_path, capfd):
    own = tmp_path / "own"
    own.mkdir()
    for number, image in enumerate(tiny_labelled(2).x):
        cv2.imwrite(str(own / f"{number // 2}_{number}.png"), 255 - cv2.resize(image, (90 + number, 120)))
    assert run(tmp_path, "--extra", own, "--from", "shipped", "--limit", "60", "--lang", "fr") == 0
    out = tmp_path / "out"
    before, after = re.search(r"\| test de MNIST \| 40 \| (\d+),.* \| (\d+),", (out / "extra.md").read_text()).groups()
    assert 80 < int(before) <= int(after), "what was read is read as well as before"
    assert "- 20 own digits from own, varied" in (out / "MODEL_CARD.md").read_text()
    words = ["--source", "demo", "--no-show", "--max-frames", "40", "--weights", str(out / "digits.tflite")]
    assert run_camera.main([*words, "--readings", str(tmp_path / "demo.jsonl")]) == 0
    assert '"digit":' in (tmp_path / "demo.jsonl").read_text()


def test_a_network_that_forgets_is_not_installed(weights, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("training.fitting.acceptance.MAX_LOST", -0.5)  # no network gains so much
    monkeypatch.setattr("training.fitting.adapt.Tuning", lambda seed: Tuning(epochs=1, seed=seed))
    former = (weights / "digits.tflite").read_bytes()
    assert run(tmp_path, "--extra", kept(tmp_path / "own", [7] * 12), "--install") == 1
    error = capsys.readouterr().err
    assert "train.py: not installed, the network stays as it was: MNIST test: " in error
    assert (weights / "digits.tflite").read_bytes() == former
    assert (tmp_path / "out" / "extra.md").exists(), "the figures are there all the same"


@pytest.mark.usefixtures("weights")
@pytest.mark.parametrize(
    ("words", "message"),
    [
        pytest.param(["--extra", "{tmp}/none"], "no such folder", id="no folder"),
        pytest.param(["--extra", "{tmp}/few"], "too few to tell", id="too few"),
        pytest.param(["--extra", "{tmp}/few", "--from", "{tmp}/best.keras"], "no finished network", id="not finished"),
    ],
)
def test_what_the_user_can_put_right_is_one_line(words, message, tmp_path, capsys):
    kept(tmp_path / "few", [7] * 3)
    assert run(tmp_path, *(word.format(tmp=tmp_path) for word in words)) == 1
    error = capsys.readouterr().err
    assert message in error
    assert error.count("\n") == 1
