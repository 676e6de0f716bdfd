"""Commands as a student runs them: explore, evaluate, altered."""

import json

import cv2
import numpy as np
import pytest

import train
from tests.support.tiny import save_npz, tiny_digits, tiny_labelled


@pytest.fixture
def data(tmp_path):
    return str(save_npz(tiny_digits(), tmp_path / "mnist.npz"))


@pytest.fixture
def own(tmp_path):
    """Printed digits, enlarged, black on white."""
    folder = tmp_path / "own"
    folder.mkdir()
    images = tiny_labelled(1)
    for image, label in zip(images.x, images.y, strict=True):
        cv2.imwrite(str(folder / f"{label}_a.png"), 255 - cv2.resize(image, (200, 200)))
    return str(folder)


def kept(out, command):
    """The JSON of a run, once all that it names is there."""
    outcome = json.loads((out / f"{command}.json").read_text(encoding="utf-8"))
    assert outcome["command"] == command
    assert outcome["text"] in (out / f"{command}.md").read_text(encoding="utf-8")
    for figure in outcome["figures"]:
        picture = cv2.imread(str(out / figure["file"]))
        assert picture.std() > 10
        assert figure["caption"]
    assert not list(out.glob(".*")), "nothing is left that is not whole"
    return outcome


def test_explore(data, tmp_path, capsys):
    assert train.main(["explore", "--data", data, "--limit", "30", "--out", str(tmp_path / "run")]) == 0
    outcome = kept(tmp_path / "run", "explore")
    assert sum(outcome["numbers"]["counts"]["training"]) == 30
    assert outcome["numbers"]["duplicates"]["groups"] > 0  # tiny digits have 16 places each
    assert len(outcome["figures"]) == 6
    assert "30 (training) and 30 (test) images of 28x28 pixels" in capsys.readouterr().out


def test_explore_own_images(own, tmp_path):
    assert train.main(["explore", "--images", own, "--out", str(tmp_path / "run")]) == 0
    assert kept(tmp_path / "run", "explore")["numbers"]["counts"] == {"own images": [1] * 10}


def test_explore_in_colour(tmp_path):
    for split in ("Training", "Testing"):
        for digit, image in enumerate(tiny_labelled(1).x):
            folder = tmp_path / "set" / split / str(digit)
            folder.mkdir(parents=True)
            cv2.imwrite(str(folder / "a.png"), np.dstack([image, image // 2, image // 3]))
    words = ["explore", "--data", str(tmp_path / "set"), "--colour", "--out", str(tmp_path / "run")]
    assert train.main(words) == 0
    assert kept(tmp_path / "run", "explore")["numbers"]["shape"] == [28, 28, 3]


def test_evaluate(data, tmp_path, capsys):
    assert train.main(["evaluate", "--data", data, "--out", str(tmp_path / "run")]) == 0
    outcome = kept(tmp_path / "run", "evaluate")
    assert outcome["numbers"]["accuracy"] > 0.85
    assert np.sum(outcome["numbers"]["confusion"]) == 40
    assert outcome["numbers"]["files"] == []
    printed = capsys.readouterr().out
    assert "Precision" in printed
    assert "ECE" in printed


def test_evaluate_own_images_with_something_unreadable_among_them(own, tmp_path):
    (tmp_path / "own" / "3_broken.png").write_bytes(b"no picture")
    assert train.main(["evaluate", "--images", own, "--out", str(tmp_path / "run")]) == 0
    outcome = kept(tmp_path / "run", "evaluate")
    assert [row["file"] for row in outcome["numbers"]["files"]] == [f"{digit}_a.png" for digit in range(10)]
    assert sum(row["true"] == row["read"] for row in outcome["numbers"]["files"]) >= 8
    assert "- 3_broken.png: " in outcome["text"]


def test_altered(data, tmp_path):
    words = ["altered", "--data", data, "--per-strength", "10", "--out", str(tmp_path / "run")]
    assert train.main(words) == 0
    numbers = kept(tmp_path / "run", "altered")["numbers"]
    assert numbers["enlarged_and_moved"]["count"] == numbers["plain"]["count"] == 40
    assert numbers["enlarged_and_moved"]["accuracy"] > 0.9 > numbers["enlarged_and_moved"]["straight_accuracy"]
    assert len(numbers["curves"]) == 8
    assert numbers["curves"]["rotation"]["accuracy"][-1] < numbers["curves"]["rotation"]["accuracy"][0]


@pytest.mark.parametrize("command", ["explore", "evaluate", "altered"])
@pytest.mark.parametrize(
    ("words", "message"),
    [
        pytest.param(["--data", "{tmp}/none.npz"], "no such file", id="missing data"),
        pytest.param(["--images", "{tmp}/none"], "no such folder", id="missing folder"),
        pytest.param(["--images", "{tmp}", "--data", "{data}"], "both given", id="two kinds of data"),
        pytest.param(["--data", "{data}", "--out", "{data}/run"], "cannot be written", id="unwritable folder"),
    ],
)
def test_what_the_user_can_put_right_is_one_line(command, words, message, data, tmp_path, capsys):  # noqa: PLR0917
    words = ["--out", str(tmp_path / "run"), *(word.format(tmp=tmp_path, data=data) for word in words)]
    assert train.main([command, *words]) == 1
    error = capsys.readouterr().err
    assert message in error
    assert error.count("\n") == 1


@pytest.mark.parametrize(
    ("name", "content"),
    [("none.keras", None), ("none.tflite", None), ("bad.keras", b"x"), ("bad.tflite", b"x"), ("a.h5", b"x")],
)
# Keras hands TensorFlow's tensors to NumPy in a way that NumPy 2 calls outdated
@pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy:DeprecationWarning")
def test_a_model_that_is_none(name, content, data, tmp_path, capsys):
    if content:
        (tmp_path / name).write_bytes(content)
    assert train.main(["evaluate", "--data", data, "--model", str(tmp_path / name), "--out", str(tmp_path / "r")]) == 1
    assert name in capsys.readouterr().err
    assert not (tmp_path / "r").exists()
