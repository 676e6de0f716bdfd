import json

import cv2
import numpy as np
import pytest

import train
from model.network import build_network
from tests.support.tiny import printed_digit, save_npz, tiny_digits

# Keras hands TensorFlow's tensors to NumPy in a way that NumPy 2 calls outdated
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy:DeprecationWarning")
ALWAYS = {"subject", "path", "occlusion", "neighbours"}


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
        pytest.param("lenet5", {"filters", "maps", "gradcam"}, "Grad-CAM", id="convolutions"),
        pytest.param("dense2", {"neurons", "weights"}, "no feature maps", id="two dense layers"),
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
    assert "the same for every digit" in result["text"]
    assert f"results: {tmp_path}" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "message"),
    [
        pytest.param(["--index", "40"], "there are 40 test images; give 0 to 39", id="index"),
        pytest.param(["--layer", "c9"], "choose from c1, c3", id="layer"),
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


@pytest.mark.parametrize("words", [["--box", "1,2,3"], ["--box", "a,b,c,d"], ["--class", "11"]], ids=" ".join)
def test_bad_usage(words, capsys):
    with pytest.raises(SystemExit) as caught:
        train.main(["explain", *words])
    assert caught.value.code == 2
    assert "usage: " in capsys.readouterr().err
