import json

import cv2
import numpy as np
import pytest
from keras import layers

import train
from model.network import build_network
from tests.support.tiny import save_npz, tiny_digits, tiny_labelled
from training.evaluation import ablation, variants
from training.evaluation.ablation import Ablation, ablate, describe, summarise
from training.evaluation.variants import ALL, ARCH, NONE, VARIANTS, FreshEachEpoch, Trained, build
from training.fitting.config import TrainConfig
from training.plots.compare import draw_ablation
from training.synthesis.recipes import plain

# Keras hands TensorFlow's tensors to NumPy in a way that NumPy 2 calls outdated
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy:DeprecationWarning")
TESTS = {"MNIST test": tiny_labelled(2)}


def rows(**changes):
    """Rows with a loss, in points of MNIST's test and of other hands, for each variant named in `changes`."""
    loss = {name: changes.get(name.replace(" ", "_"), (0.0, 0.0)) for name in VARIANTS}
    error = {"MNIST test": 0.001, "other hands": 0.004}
    return [
        Ablation(
            name,
            accuracy={"MNIST test": 0.99 - here / 100, "other hands": 0.9 - far / 100},
            change={"MNIST test": -here / 100, "other hands": -far / 100},
            error=error if name != ALL else dict.fromkeys(error, 0.0),
            training=0.999,
            validation=0.998 - here / 100,
            gap_error=0.001,
            epochs=5,
            training_s=60.0,
        )
        for name, (here, far) in loss.items()
    ]


def trained(variant, seed, misread, images=1000):
    return Trained(f"{variant}, seed {seed}", variant, {"test": misread}, {"test": images}, 1.0, 0.9, 0.01, 3, 10.0)


def test_a_network_without_normalisation_is_the_course_network_and_with_it_the_same_but_for_it():
    bare, normalised = build(0.3, is_normalised=False), build(0.3, is_normalised=True)
    assert [weight.shape for weight in bare.weights] == [weight.shape for weight in build_network(ARCH).weights]
    extra = [layer for layer in normalised.layers if isinstance(layer, layers.BatchNormalization)]
    assert len(extra) == 2
    assert [type(one) for one in normalised.layers if one not in extra] == [type(one) for one in bare.layers]


def test_every_epoch_brings_all_examples_drawn_anew():
    batches = FreshEachEpoch(plain(TrainConfig(), tiny_digits()), 25)
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

    monkeypatch.setattr(variants, "_train", train_one)
    made = ablate(TrainConfig(), tiny_digits(), TESTS, tmp_path)
    assert [row.name for row in made] == list(VARIANTS)
    assert set(seen) == {(), ("dropout",), ("weight decay",), ("batch normalisation",), ("augmentation",)} | {
        ("early stopping",),
        variants.MEANS,
    }
    assert np.array_equal(seen[()], seen["dropout",])
    assert not np.array_equal(seen[()], seen["augmentation",])


def test_seeds_are_rows_of_their_own_and_variants_of_one_seed_share_their_pictures(monkeypatch, tmp_path):
    drawn = []

    def train_one(has, config, examples):
        drawn.append((config.seed, has["augmentation"], examples.epoch_arrays(0)[0]))
        return build_network("dense1"), 1

    monkeypatch.setattr(variants, "_train", train_one)
    monkeypatch.setattr(ablation, "VARIANTS", (ALL, "no dropout"))
    ablate(TrainConfig(), tiny_digits(), TESTS, tmp_path)
    ablate(TrainConfig(), tiny_digits(), TESTS, tmp_path, repeats=2)
    assert [seed for seed, _, _ in drawn] == [0, 0, 1, 1], "what the first comparison measured is kept"
    assert drawn[0][2] is drawn[1][2]
    assert not np.array_equal(drawn[0][2], drawn[2][2])


def test_the_standard_error_is_that_of_paired_differences():
    whole, other = trained(ALL, 0, [0, 1, 2, 3]), trained("no dropout", 0, [3, 4, 5, 6, 7, 8, 9, 10, 11])
    _, row = summarise([whole, other])
    assert row.change["test"] == pytest.approx(-0.005)
    assert row.error["test"] == pytest.approx(np.sqrt(3 + 8) / 1000, rel=0.01), "images that only one of them misreads"


def test_networks_that_differ_from_seed_to_seed_make_a_difference_less_sure():
    alike = [trained(variant, seed, range(10)) for variant in (ALL, "no dropout") for seed in (0, 1)]
    unlike = [trained(variant, seed, range(10 + 100 * seed)) for variant in (ALL, "no dropout") for seed in (0, 1)]
    assert summarise(alike)[1].error["test"] == 0
    assert summarise(unlike)[1].error["test"] == pytest.approx(np.sqrt((1 / 2 + 1 / 2) * 0.1**2 / 2))
    assert summarise(unlike[:3])[1].error["test"] == pytest.approx(np.sqrt((1 / 2 + 1) * 0.1**2 / 2))


def test_the_text_tells_what_is_clear_from_what_may_be_chance():
    text = describe(rows(no_augmentation=(0.5, 3), no_dropout=(0.15, 0.1), no_weight_decay=(-0.3, 0)), TrainConfig(), 2)
    assert "| without augmentation | 98.50% (-0.50 ± 0.10) | 87.00% (-3.00 ± 0.40) | 99.90% | 99.30% | +0.60 |" in text
    assert "It reads clearly worse without augmentation (-0.50 ± 0.10)." in text
    assert "It reads clearly better without weight decay (+0.30 ± 0.10)" in text
    assert "Too close to tell from chance: without dropout (-0.15 ± 0.10)," in text
    assert "without it other hands loses 3.00 points, MNIST test 0.50" in text
    assert "widest without augmentation (+0.60 ± 0.10)" in text


def test_the_text_claims_nothing_that_the_figures_do_not_show():
    text = describe(rows(no_augmentation=(0.1, 0.5)), TrainConfig(epochs=5))
    assert "clearly" not in text
    assert "by more than" not in text
    assert "Augmentation**" not in text
    assert "ended no training before its 5 epochs" in text


def test_one_network_a_variant_is_no_reason_to_conclude():
    text = describe(rows(no_augmentation=(0.5, 3)), TrainConfig())
    assert "It reads worse without augmentation (-0.50 ± 0.10), by more than these test images leave to chance." in text
    assert "clearly" not in text
    assert "Augmentation**" not in text


@pytest.mark.parametrize(("repeats", "said"), [(1, "before you conclude anything"), (3, "the mean of 3 networks")])
def test_the_text_says_how_many_networks_it_rests_on(repeats, said):
    assert said in describe(rows(), TrainConfig(), repeats)


def test_the_picture_shows_each_variant_and_the_gap(tmp_path):
    draw_ablation(rows(no_augmentation=(1, 5)), tmp_path / "a.png")
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
