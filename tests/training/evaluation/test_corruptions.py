import numpy as np
import pytest

from model.glyph import normalise
from tests.support.tiny import tiny_labelled
from training.evaluation.corruptions import ALTERATIONS, alter_all, enlarge_and_move

BY_NAME = {alteration.name: alteration for alteration in ALTERATIONS}
IMAGES = tiny_labelled(3).x


def extent(image: np.ndarray) -> tuple[int, int]:
    """Width and height of the ink."""
    return int(np.ptp(np.flatnonzero(image.max(axis=0) > 60))) + 1, int(
        np.ptp(np.flatnonzero(image.max(axis=1) > 60))
    ) + 1


def altered(name: str, strength: float) -> np.ndarray:
    return alter_all(IMAGES, lambda image, rng: BY_NAME[name].apply(image, strength, rng), seed=0)


def middles(images: np.ndarray) -> np.ndarray:
    """(n, 2) centre of mass, row and column."""
    rows, columns = np.indices(images.shape[1:])
    mass = images.sum(axis=(1, 2), dtype=float)
    return np.stack([(images * rows).sum(axis=(1, 2)) / mass, (images * columns).sum(axis=(1, 2)) / mass], axis=1)


@pytest.mark.parametrize("alteration", ALTERATIONS, ids=lambda alteration: alteration.name)
def test_the_neutral_strength_changes_nothing_but_the_place(alteration):
    for image, same in zip(IMAGES, altered(alteration.name, alteration.neutral), strict=True):
        assert np.corrcoef(normalise(image).ravel(), normalise(same).ravel())[0, 1] > 0.8
        assert alteration.neutral in alteration.strengths


@pytest.mark.parametrize("alteration", ALTERATIONS[1:], ids=lambda alteration: alteration.name)  # the first is random
def test_stronger_is_further_from_the_original(alteration):
    change = [
        np.abs(IMAGES.astype(int) - altered(alteration.name, strength)).mean() for strength in alteration.strengths
    ]
    start = alteration.strengths.index(alteration.neutral)
    assert change[start:] == sorted(change[start:])
    assert change[: start + 1] == sorted(change[: start + 1], reverse=True)
    assert change[-1] > 5


def test_enlarged_and_moved_varies_size_and_place_and_keeps_all_ink_inside():
    moved = alter_all(IMAGES, enlarge_and_move, seed=0)
    heights = [extent(after)[1] / extent(before)[1] for before, after in zip(IMAGES, moved, strict=True)]
    assert min(heights) < 0.85
    assert max(heights) > 1.15
    assert np.ptp(middles(moved), axis=0).min() > 4
    border = np.concatenate([moved[:, 0], moved[:, -1], moved[:, :, 0], moved[:, :, -1]], axis=1)
    assert (border.max(axis=1) > 200).mean() < 0.4  # it may touch the border, no more


def test_the_size_is_as_asked():
    for before, after in zip(IMAGES, altered("size and place", 0.5), strict=True):
        assert extent(after)[1] == pytest.approx(extent(before)[1] / 2, abs=2)


def test_the_same_seed_repeats_and_another_does_not():
    first, again, other = (alter_all(IMAGES, enlarge_and_move, seed) for seed in (1, 1, 2))
    assert (first == again).all()
    assert (first != other).any()


def test_an_empty_image_stays_empty():
    empty = np.zeros((1, 28, 28), np.uint8)
    assert not alter_all(empty, enlarge_and_move, 0).any()
    for alteration in ALTERATIONS:
        if alteration.name != "noise":
            assert not alter_all(empty, lambda x, rng, a=alteration: a.apply(x, a.strengths[-1], rng), 0).any()
