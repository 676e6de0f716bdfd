import json

import cv2
import numpy as np
import pytest
from keras import layers

import train
from model.network import build_network
from tests.support.tiny import save_npz, tiny_digits, tiny_labelled
from training.evaluation import ablation
from training.evaluation.ablation import ALL, ARCH, NONE, VARIANTS, Ablation, VariedEachEpoch, ablate, build, describe
from training.fitting.config import TrainConfig
from training.plots.compare import draw_ablation
from training.synthesis.recipes import plain

# Keras hands TensorFlow's tensors to NumPy in a way that NumPy 2 calls outdated
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy:DeprecationWarning")
TESTS = {"MNIST test": tiny_labelled(2)}


def rows():
    gaps = np.linspace(0.001, 0.02, len(VARIANTS))
    return [
        Ablation(name, {"MNIST test": 0.99 - gap, "other hands": 0.9 - 3 * gap}, 0.999, 0.999 - gap, 5, 60.0)
        for name, gap in zip(VARIANTS, gaps, strict=True)
    ]


def test_a_network_without_normalisation_is_the_course_network_and_with_it_the_same_but_for_it():
    bare, normalised = build(0.3, is_normalised=False), build(0.3, is_normalised=True)
    assert [weight.shape for weight in bare.weights] == [weight.shape for weight in build_network(ARCH).weights]
    extra = [layer for layer in normalised.layers if isinstance(layer, layers.BatchNormalization)]
    assert len(extra) == 2
    assert [type(one) for one in normalised.layers if one not in extra] == [type(one) for one in bare.layers]


def test_every_epoch_brings_all_examples_drawn_anew():
    batches = VariedEachEpoch(plain(TrainConfig(), tiny_digits()), 25)
    first = [batches[index] for index in range(len(batches))]
    batches.on_epoch_end()
    second = [batches[index] for index in range(len(batches))]
    assert [len(y) for _, y in first] == [25, 25, 25, 25, 8]
    for epoch in (first, second):
        assert sorted(np.bincount(np.concatenate([y for _, y in epoch])))[0] == 10, "all classes, 108 images"
    assert not np.array_equal(first[0][0], second[0][0])


def test_variants_differ_in_what_they_are_named_for(monkeypatch, tmp_path):
    seen = {}

    def train_one(has, config, examples):
        seen[tuple(means for means, is_used in has.items() if not is_used)] = examples.epoch_arrays(0)[0]
        return build_network("dense1"), 1

    monkeypatch.setattr(ablation, "_train", train_one)
    made = ablate(TrainConfig(), tiny_digits(), TESTS, tmp_path)
    assert [row.name for row in made] == list(VARIANTS)
    assert set(seen) == {(), ("dropout",), ("weight decay",), ("batch normalisation",), ("augmentation",)} | {
        ("early stopping",),
        ablation.MEANS,
    }
    assert np.array_equal(seen[()], seen["dropout",])
    assert not np.array_equal(seen[()], seen["augmentation",])


def test_the_text_says_what_costs_most_and_where_it_overfits():
    text = describe(rows(), TrainConfig(epochs=5))
    assert "| with all of them | 98.90% | 89.70% | 99.90% | 99.80% | +0.10 | 5 | 60 |" in text
    assert "It loses most without early stopping: -1.58 points" in text
    assert "the gap is +0.10 points with all of them, +2.00 with none" in text


def test_the_picture_shows_each_variant_and_the_gap(tmp_path):
    draw_ablation(rows(), tmp_path / "a.png")
    picture = cv2.imread(str(tmp_path / "a.png"))
    for colour in ((178, 114, 0), (0, 94, 213), (85, 85, 85)):  # BGR: two kinds of marks, and the bars between
        assert (picture == colour).all(axis=2).sum() > 200


def test_command(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(ablation, "VARIANTS", (ALL, "no dropout", NONE))
    data = save_npz(tiny_digits(), tmp_path / "mnist.npz")
    words = ["compare", "--ablate", "--data", str(data), "--out", str(tmp_path / "out"), "--epochs", "1"]
    assert train.main(words) == 0
    assert "| without dropout |" in capsys.readouterr().out
    outcome = json.loads((tmp_path / "out" / "ablation.json").read_text())
    assert [row["epochs"] for row in outcome["numbers"]["rows"]] == [1, 1, 1]
    assert cv2.imread(str(tmp_path / "out" / "ablation.png")).std() > 10
