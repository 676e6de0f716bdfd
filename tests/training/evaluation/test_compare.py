import csv
import json

import cv2
import pytest

import train
from tests.support.tiny import save_npz, tiny_digits, tiny_labelled
from training.commands import compare as command_compare
from training.evaluation import compare
from training.evaluation.baselines import BASELINES
from training.evaluation.compare import MAX_RUNS, MIN_RUNS, ROWS_FILE, CompareError, Row, reading_ms
from training.fitting.config import TrainConfig
from training.plots.compare import draw_comparison

# Keras hands TensorFlow's tensors to NumPy in a way that NumPy 2 calls outdated
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy:DeprecationWarning")
TESTS = {"MNIST test": tiny_labelled(2)}


def row(name, kind="network", accuracy=0.9):
    return Row(name, kind, {"MNIST test": accuracy, "enlarged and moved": accuracy - 0.1}, 1000, 5000, 2.0, 0.5)


@pytest.fixture
def measured(monkeypatch):
    """Names in the order in which they were measured; `forest` is interrupted the first time."""
    names = []

    def measure(name, *_):
        names.append(name)
        if name == "forest" and names.count(name) == 1:
            raise KeyboardInterrupt
        return row(name, "scikit-learn" if name in BASELINES else "network")

    monkeypatch.setattr(compare, "_measure_network", measure)
    monkeypatch.setattr(compare, "_measure_baseline", measure)
    return names


def test_an_interrupted_comparison_goes_on_behind_the_last_whole_row(measured, tmp_path):
    wanted = ["dense1", "forest", "knn"]
    with pytest.raises(KeyboardInterrupt):
        compare.compare(wanted, TrainConfig(), tiny_digits(), TESTS, tmp_path)
    rows = compare.compare(wanted, TrainConfig(), tiny_digits(), TESTS, tmp_path)
    assert [each.name for each in rows] == wanted
    assert measured == ["dense1", "forest", "forest", "knn"]


def test_rows_made_with_other_settings_are_not_mixed(measured, tmp_path):
    compare.compare(["dense1"], TrainConfig(epochs=1), tiny_digits(), TESTS, tmp_path)
    with pytest.raises(CompareError, match=r"another epochs; choose another --out"):
        compare.compare(["dense1"], TrainConfig(epochs=2), tiny_digits(), TESTS, tmp_path)


@pytest.mark.parametrize(
    "content", ["{", '{"rows": [{"name": "x"}], "settings": {}}'], ids=["cut off", "other content"]
)
def test_damaged_rows(content, tmp_path):
    (tmp_path / ROWS_FILE).write_text(content)
    with pytest.raises(CompareError, match="damaged"):
        compare.compare(["dense1"], TrainConfig(), tiny_digits(), TESTS, tmp_path)


def test_time_is_taken_for_64_glyphs_whatever_there_are():
    sizes = []

    def read(glyphs):
        sizes.append(len(glyphs))
        return glyphs

    assert reading_ms(read, tiny_labelled(1).x) >= 0
    assert set(sizes) == {64}
    assert len(sizes) <= 1 + MAX_RUNS, "a read that takes no time ends all the same"


@pytest.mark.parametrize(
    ("runs_s", "runs"),
    [([9.0] * 9, MIN_RUNS), ([0.4] * 20, MIN_RUNS), ([0.1, 0.2] * 20, 7), ([0.0] * 999, MAX_RUNS)],
    ids=["slow", "a little slow", "for a second", "in no time"],
)
def test_the_quickest_run_counts_and_the_runs_end(runs_s, runs, monkeypatch):
    clock, took = [0.0], []
    monkeypatch.setattr(compare.time, "perf_counter", lambda: clock[0])

    def read(_):
        clock[0] += runs_s[len(took)]
        took.append(runs_s[len(took)])

    assert reading_ms(read, tiny_labelled(1).x) == pytest.approx(1000 * min(took[1:]))
    assert len(took) == 1 + runs, "one to warm up"


def test_the_picture_has_a_mark_of_each_kind(tmp_path):
    draw_comparison([row("dense1"), row("knn", "scikit-learn", 1.0)], tmp_path / "a.png")
    picture = cv2.imread(str(tmp_path / "a.png"))
    for colour in ((178, 114, 0), (0, 94, 213)):  # BGR: blue for networks, orange for scikit-learn
        assert (picture == colour).all(axis=2).sum() > 300


def test_the_command_lists_what_can_be_compared():
    assert set(command_compare.BASELINES) == set(BASELINES)


def test_command(tmp_path, capsys):
    data = save_npz(tiny_digits(), tmp_path / "mnist.npz")
    out = tmp_path / "out"
    words = ["compare", "--data", str(data), "--out", str(out), "--epochs", "1", "--methods", "dense1", "knn"]
    assert train.main(words) == 0
    assert "| dense1 |" in capsys.readouterr().out
    outcome = json.loads((out / "compare.json").read_text())
    assert [each["name"] for each in outcome["numbers"]["rows"]] == ["dense1", "knn"]
    assert all((out / figure["file"]).stat().st_size > 0 for figure in outcome["figures"])
    with (out / "compare.csv").open() as file:
        table = list(csv.DictReader(file))
    assert float(table[1]["enlarged and moved"]) <= 1
    assert (out / "dense1" / "digits.tflite").exists()
    made_by = json.loads((out / "dense1" / "metrics.json").read_text())["command"]
    assert made_by == "python train.py --arch dense1 --epochs 1 --batch-size 16"
