import numpy as np
import pytest

from tests.support.tiny import tiny_labelled
from training.datasets.labelled import Labelled
from training.evaluation.explore import (
    class_statistics,
    count_labels,
    find_duplicates,
    mean_images,
    pixel_statistics,
    project,
)
from training.plots.explore import spread


def squares(*sides: int) -> Labelled:
    """White squares of these sides, labelled 0, 1, 2 ..."""
    x = np.zeros((len(sides), 28, 28), np.uint8)
    for image, side in zip(x, sides, strict=True):
        image[2 : 2 + side, 3 : 3 + side] = 255
    return Labelled(x, np.arange(len(sides)))


def test_counts():
    assert count_labels(Labelled(np.zeros((4, 28, 28), np.uint8), np.array([1, 1, 9, 0]))).tolist() == [
        *(1, 2),
        *[0] * 7,
        1,
    ]


def test_pixel_statistics_are_numpys():
    images = tiny_labelled(3)
    row = pixel_statistics(images)
    assert row["mean"] == pytest.approx(images.x.mean(), abs=1e-3)
    assert row["standard_deviation"] == pytest.approx(images.x.std(), abs=1e-3)
    assert row["share_black"] + row["share_between"] + row["share_white"] == pytest.approx(1, abs=1e-4)
    assert (row["least"], row["most"]) == (0, 255)


def test_class_statistics_measure_the_ink():
    rows = class_statistics(squares(4, 14))
    assert [(row["width_px"], row["height_px"]) for row in rows] == [(4, 4), (14, 14)]
    assert rows[1]["ink_share"] == 0.25


def test_mean_images():
    images = Labelled(np.array([[[0]], [[200]], [[50]]], np.uint8), np.array([3, 3, 5]))
    means = mean_images(images)
    assert means[3][0].item() == means[3][1].item() == 100
    assert means[5][1].item() == 0


def test_duplicates_within_across_and_disputed():
    train = squares(3, 5, 5, 7)  # 5 twice, as 1 and as 2
    test = squares(7, 9, 9)  # 7 is in training too, as 3; 9 twice
    found = find_duplicates({"training": train, "test": test})
    assert found.groups == ((1, 2), (3, 4), (5, 6))
    assert dict(found.repeats) == {"training": 1, "test": 1}
    assert found.across == 1
    assert found.disputed == 3


def test_no_duplicates():
    found = find_duplicates({"training": squares(1, 2, 3)})
    assert (found.groups, found.across, found.disputed) == ((), 0, 0)


def test_the_map_keeps_like_images_together():
    sides = np.repeat([3, 20], 20)
    images = Labelled(squares(*sides).x, np.repeat([1, 8], 20))
    images.x[np.arange(40), 27, np.arange(40) % 28] = 90  # no two alike
    found = project(images, seed=0)
    for points in (found.pca, found.tsne):
        middles = np.stack([points[found.labels == digit].mean(axis=0) for digit in (1, 8)])
        nearest = np.linalg.norm(points[:, None] - middles, axis=2).argmin(axis=1)
        assert (nearest == (found.labels == 8)).all()


def test_too_few_for_a_map():
    assert project(squares(1, 2, 3), seed=0) is None


def test_labels_that_would_cover_each_other_are_pushed_apart_and_others_stay():
    places = np.array([[0.0, 0.0], [0.5, 0.0], [1.0, 0.0], [40.0, 3.0]])
    apart = spread(places, np.array([2.0, 1.0]))
    gaps = np.linalg.norm((apart[:, None] - apart[None]) / (2.0, 1.0), axis=2) + np.eye(4)
    assert gaps.min() > 0.9
    assert apart[3].tolist() == [40.0, 3.0]
    assert apart[1].tolist() == pytest.approx([0.5, 0.0])
