import json
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

import train
from model.network import build_network
from tests.support.tiny import printed_digit, save_npz, tiny_digits

# Keras hands TensorFlow's tensors to NumPy in a way that NumPy 2 calls outdated
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy:DeprecationWarning")
ROOT = Path(__file__).resolve().parents[3]
ALWAYS = {"subject", "path", "attribution", "occlusion", "neighbours"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A data set, a picture of a digit, and networks that nobody trained."""
    folder = tmp_path_factory.mktemp("explain")
    save_npz(tiny_digits(), folder / "mnist.npz")
    picture = cv2.resize(printed_digit(5, np.random.default_rng(0)), (200, 200))
    cv2.imwrite(str(folder / "five.png"), 255 - picture)
    for name, classes in (("dense1", 10), ("dense2", 11), ("lenet5", 11)):
        build_network(name, classes=classes).save(folder / f"{name}.keras")
    return folder


def explain(folder, *words, model="lenet5"):
    words = [word.format(folder=folder) for word in words]
    flags = ["--data", str(folder / "mnist.npz"), "--limit", "60", "--model", str(folder / f"{model}.keras")]
    return train.main(["explain", *flags, *words])


@pytest.mark.parametrize(
    ("model", "pictures", "words"),
    [
        pytest.param("lenet5", {"filters", "maps"}, "Feature maps", id="convolutions"),
        pytest.param("dense2", {"neurons"}, "no feature maps", id="two dense layers"),
    ],
)
def test_every_architecture_is_explained_as_far_as_it_can_be(model, pictures, words, folder, tmp_path):
    assert explain(folder, "--index", "7", "--out", str(tmp_path), model=model) == 0
    result = json.loads((tmp_path / "explain.json").read_text(encoding="utf-8"))
    files = {figure["file"] for figure in result["figures"]}
    assert files == {f"explain_{name}.png" for name in pictures | ALWAYS}
    assert all(min(cv2.imread(str(tmp_path / file)).shape[:2]) > 300 for file in files)
    assert words in result["text"]
    assert result["numbers"]["label"] == tiny_digits().test.y[7]
    assert len(result["numbers"]["neighbours"]["pixels"]) == 9


def test_a_picture_file_read_by_a_network_of_ten_classes(folder, tmp_path, capsys):
    assert explain(folder, "--image", "{folder}/five.png", "--out", str(tmp_path), model="dense1") == 0
    result = json.loads((tmp_path / "explain.json").read_text(encoding="utf-8"))
    assert result["numbers"]["subject"] == "five.png"
    assert result["numbers"]["label"] is None
    assert list(result["numbers"]["probabilities"]) == list("0123456789")
    assert len(result["numbers"]["logits_added"]) == 10
    assert f"results: {tmp_path}" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "message"),
    [
        pytest.param(["--index", "40"], "there are 40 test images; give 0 to 39", id="index"),
        pytest.param(["--model", "{folder}/none.keras"], "no such file", id="missing network"),
        pytest.param(["--image", "{folder}/none.png"], "cannot be read", id="missing picture"),
        pytest.param(["--image", "{folder}/five.png", "--box", "0,0,900,9"], "not inside", id="box outside"),
        pytest.param(["--digit", "1"], "give it by --image", id="digit without picture"),
        pytest.param(["--model", "{folder}/dense1.keras", "--class", "none"], "no such class", id="class"),
    ],
)
def test_what_the_user_can_put_right_is_one_line(words, message, folder, tmp_path, capsys):
    assert explain(folder, *words, "--out", str(tmp_path / "out")) == 1
    error = capsys.readouterr().err
    assert error.startswith("train.py: ")
    assert message in error
    assert error.count("\n") == 1
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(["--data", "{folder}/none.npz"], id="data"),
        pytest.param(["--model", "{folder}/none.keras"], id="network"),
        pytest.param(["--image", "{folder}/none.png"], id="picture"),
        pytest.param(["--index", "40", "--data", "{folder}/mnist.npz"], id="index"),
    ],
)
def test_what_is_wrong_is_said_before_tensorflow_is_started(words, folder):
    words = [word.format(folder=folder) for word in words]
    code = f"import sys, train; print(train.main({['explain', *words]}), 'tensorflow' in sys.modules)"
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.stdout.split() == ["1", "False"], done.stderr


def test_a_picture_alone_needs_no_data_set(folder, tmp_path, monkeypatch):
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "empty"))
    monkeypatch.setattr("training.datasets.mnist.fetch", None)
    picture, model = str(folder / "five.png"), str(folder / "dense1.keras")
    assert train.main(["explain", "--image", picture, "--model", model, "--out", str(tmp_path / "out")]) == 0
    assert "neighbours" not in json.loads((tmp_path / "out" / "explain.json").read_text(encoding="utf-8"))["numbers"]


@pytest.mark.parametrize("words", [["--box", "1,2,3"], ["--box", "a,b,c,d"], ["--class", "11"]], ids=" ".join)
def test_bad_usage(words, capsys):
    with pytest.raises(SystemExit) as caught:
        train.main(["explain", *words])
    assert caught.value.code == 2
    assert "error: " in capsys.readouterr().err
