import json
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

import train
from model.classifier import CLASSES, Classifier
from model.errors import DigitsError
from tests.support.tiny import save_npz, tiny_digits, tiny_labelled
from training.commands.fit import _config
from training.evaluation.load import load_network, load_reader
from training.fitting.export import WEIGHTS_FOLDER
from training.results import locked_run

# Keras hands TensorFlow's tensors to NumPy in a way that NumPy 2 calls outdated
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy:DeprecationWarning")
ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture
def data(tmp_path):
    return str(save_npz(tiny_digits(), tmp_path / "mnist.npz"))


@pytest.fixture
def in_tmp_path(tmp_path, monkeypatch):
    """For runs without --out."""
    monkeypatch.chdir(tmp_path)


def test_a_run_leaves_everything_that_is_promised(data, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("training.fitting.export.WEIGHTS_FOLDER", tmp_path / "weights")
    out = tmp_path / "run"
    assert train.main(["--data", data, "--out", str(out), "--arch", "dense2", "--epochs", "2", "--install"]) == 0
    metrics = json.loads((out / "metrics.json").read_text())
    assert metrics["epochs"] == 2
    assert metrics["tests"]["mnist.npz test"]["count"] == 40
    assert metrics["command"] == f"python train.py --arch dense2 --epochs 2 --data {data}"
    for name in (
        "digits.keras",
        "curves.png",
        "confusion_mnist.npz_test.png",
        "report_mnist.npz_test.txt",
        "config.json",
    ):
        assert (out / name).stat().st_size > 0
    card = (tmp_path / "weights" / "MODEL_CARD.md").read_text()
    assert "A dense network" in card
    assert "- mnist.npz: 120 of 120 training images, 12 of these held out" in card
    assert "MNIST" not in card, "what is not MNIST is not called so, whatever its file's name"
    assert Classifier(tmp_path / "weights" / "digits.tflite")(tiny_labelled(1).x).shape == (10, CLASSES)
    assert "mnist.npz test: " in capsys.readouterr().out


def test_interrupted_and_resumed(data, tmp_path, capsys, monkeypatch):
    def stop(*args):
        raise KeyboardInterrupt

    out = str(tmp_path / "run")
    with monkeypatch.context() as patch:
        patch.setattr("training.fitting.fit._train_epoch", stop)
        assert train.main(["--data", data, "--out", out, "--arch", "dense1", "--epochs", "1"]) == 130
    assert f"--resume {out} --data {data}" in capsys.readouterr().err
    assert train.main(["fit", "--data", data, "--resume", out]) == 0
    assert json.loads((tmp_path / "run" / "metrics.json").read_text())["config"]["arch"] == "dense1"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        pytest.param(["--data", "{tmp}/none.npz"], "no such file", id="missing data"),
        pytest.param(["--data", "{data}", "--arch", "resnet"], "no such architecture", id="unknown architecture"),
        pytest.param(["--data", "{data}", "--resume", "{tmp}"], "not the settings of a run", id="nothing to resume"),
        pytest.param(["--data", "{data}", "--out", "{data}/run"], "cannot be written", id="unwritable folder"),
        pytest.param(["--data", "{data}", "--limit", "11"], "too few", id="too few images"),
    ],
)
@pytest.mark.usefixtures("in_tmp_path")
def test_what_the_user_can_put_right_is_one_line(words, message, data, tmp_path, capsys):
    assert train.main([word.format(tmp=tmp_path, data=data) for word in words]) == 1
    error = capsys.readouterr().err
    assert error.startswith("train.py: ")
    assert message in error
    assert error.count("\n") == 1
    assert not (tmp_path / "runs").exists(), "nothing is left of a run that never began"


def test_a_folder_that_holds_a_run_is_not_overwritten(data, tmp_path, capsys):
    (tmp_path / "config.json").write_text("{}")
    assert train.main(["--data", data, "--out", str(tmp_path)]) == 1
    assert "--resume" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "batch_size"),
    [
        ([], 256),
        (["--limit", "3000"], 100),
        (["--limit", "3000", "--batch-size", "256"], 256),
        (["--limit", "3000", "--recipe", "full"], 256),
    ],
    ids=["all images", "few", "few, and as asked for", "full recipe"],
)
def test_a_quick_look_takes_enough_steps_to_learn_anything(words, batch_size):
    assert _config(train.parse_args(words)).batch_size == batch_size


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        ("--epochs 0", "argument --epochs: 0: is not a whole number of at least 1"),
        ("--epochs many", "argument --epochs: many: is not a whole number of at least 1"),
        ("--dropout 1", "argument --dropout: 1: is not a number from 0 to below 1"),
        ("--data=", "argument --data: the name is empty"),
        ("--recipe secret", "argument --recipe: invalid choice"),
        ("sing", "sing: neither a command nor an option"),
        ("fit a.png", "a.png: neither a command nor an option"),
    ],
)
def test_bad_usage(words, complaint, capsys):
    with pytest.raises(SystemExit) as caught:
        train.main(words.split())
    told = capsys.readouterr().err
    assert caught.value.code == 2
    assert f"error: {complaint}" in told and told.count("\n") == 1


def test_a_network_that_is_none_is_told_before_any_data_is_loaded(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("training.datasets.mnist.load_digits", None)
    assert train.main(["fit", "--arch", "huge", "--out", str(tmp_path / "run")]) == 1
    assert "huge: no such architecture; choose from" in capsys.readouterr().err


@pytest.mark.parametrize("flag", ["--unipen", "--backgrounds"])
def test_folders_that_are_none_are_told_before_anything_is_downloaded(flag, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("training.commands.decide.load_digits", None)
    monkeypatch.setattr("training.commands.decide.load_people", _no_file)
    folders = {"--unipen": str(tmp_path), "--backgrounds": str(tmp_path)} | {flag: str(tmp_path / "nix")}
    words = [word for pair in folders.items() for word in pair]
    assert train.main(["decide", *words, "--pages", str(tmp_path / "pages"), "--count", "1"]) == 1
    assert "nix" in capsys.readouterr().err


def _no_file(folder):
    if not folder.is_dir():
        raise DigitsError("{folder}: no such folder", folder=folder)


@pytest.mark.parametrize("file", ["README.md", "docs/README.fr.md"])
def test_every_command_of_the_readmes_is_understood(file):
    lines = re.findall(r"^(?:\.venv/bin/)?python (train\.py [^#\n]+)", (ROOT / file).read_text("utf-8"), re.MULTILINE)
    inline = re.findall(r"`python (train\.py [^`]+)`", (ROOT / file).read_text("utf-8"))
    assert len(lines) >= 12
    for words in map(shlex.split, lines + inline):
        assert train.parse_args(words[1:]).command in train.COMMANDS


def test_help_needs_no_tensorflow():
    code = "import sys, train; train.parse_args([]); print('tensorflow' in sys.modules, 'keras' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]


def test_a_package_that_is_missing_is_told_as_the_camera_tells_it(capsys, monkeypatch):
    def run(args):
        raise ModuleNotFoundError("No module named 'sklearn'", name="sklearn.metrics")

    monkeypatch.setattr("training.commands.evaluate.run", run)
    assert train.main(["evaluate"]) == 1
    error = capsys.readouterr().err
    assert error.startswith("train.py: scikit-learn: is not installed for ")
    assert error.endswith("run: pip install -r requirements.txt\n")


def test_two_programs_do_not_train_in_one_folder(data, tmp_path, capsys):
    with locked_run(tmp_path / "run"):
        assert train.main(["--data", data, "--out", str(tmp_path / "run"), "--arch", "dense1", "--epochs", "1"]) == 1
        assert "run: is being written by another run" in capsys.readouterr().err
        assert list((tmp_path / "run").iterdir()) == []
    assert not (tmp_path / "run").exists()


def test_names_from_outside_steer_no_terminal(capsys):
    assert train.main(["--data", "a\x1b]0;PWNED\x07.npz"]) == 1
    assert "\x1b" not in capsys.readouterr().err


@pytest.mark.parametrize("at", [0.0, 0.02, 0.5, 0.97, 0.999])
@pytest.mark.parametrize("load", [load_network, load_reader], ids=["look into", "read with"])
def test_a_damaged_network_is_one_line(load, at, tmp_path):
    content = bytearray((WEIGHTS_FOLDER / "digits.keras").read_bytes())
    place = int(at * len(content))
    content[place : place + 30] = b"\xa5" * 30
    (tmp_path / "a.keras").write_bytes(content)
    try:
        load(tmp_path / "a.keras")
    except DigitsError as error:
        assert "\n" not in str(error)
        assert "a.keras: is no usable .keras network" in str(error)
