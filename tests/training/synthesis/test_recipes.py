import numpy as np
import pytest

from tests.support.tiny import tiny_digits, tiny_labelled
from training.datasets.labelled import DataError
from training.fitting.config import TrainConfig
from training.synthesis.recipes import plain, split, vary


def test_split_keeps_every_digit_in_both_parts():
    images = tiny_labelled(10)
    train, validation = split(images, 0.2, seed=0)
    assert np.bincount(validation.y).tolist() == [2] * 10
    assert np.bincount(train.y).tolist() == [8] * 10
    both = np.concatenate([train.x, validation.x])
    assert sorted(image.tobytes() for image in both) == sorted(image.tobytes() for image in images.x)


def test_plain_recipe_varies_every_epoch_and_repeats_by_seed():
    examples = plain(TrainConfig(), tiny_digits())
    first, labels = examples.epoch_arrays(0)
    assert first.shape == (108, 28, 28)
    assert first.dtype == np.uint8
    assert not (first == examples.epoch_arrays(1)[0]).all()
    assert (first == plain(TrainConfig(), tiny_digits()).epoch_arrays(0)[0]).all()
    assert set(labels) == set(range(10))


def test_plain_recipe_without_augmentation_stays_the_same():
    examples = plain(TrainConfig(is_augmented=False), tiny_digits())
    assert (examples.epoch_arrays(0)[0] == examples.epoch_arrays(1)[0]).all()


def test_an_own_test_set_takes_its_share_of_every_digit_from_all_images():
    examples = plain(TrainConfig(test_share=0.25), tiny_digits())
    assert np.bincount(examples.tests["MNIST test"].y).tolist() == [4] * 10
    assert len(examples.epoch_arrays(0)[0]) + len(examples.validation) == 120


def test_too_few_images_to_split():
    with pytest.raises(DataError, match=r"too few.*--limit"):
        split(tiny_labelled(1), 0.1, seed=0)


def test_limit_bounds_what_is_used():
    examples = plain(TrainConfig(limit=100), tiny_digits())
    assert len(examples.epoch_arrays(0)[0]) + len(examples.validation) == 100
    assert len(examples.tests["MNIST test"]) == 40


@pytest.mark.parametrize("seed", range(3))
def test_variation_is_slight(seed):
    image = tiny_labelled(1).x[3]
    varied = vary(image, np.random.default_rng(seed))
    assert varied.shape == image.shape
    assert not (varied == image).all()
    assert 0.6 < varied.sum() / image.sum() < 1.5
