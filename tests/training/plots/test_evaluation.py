import cv2
import numpy as np
import pytest

from training.plots.evaluation import draw_confusion, draw_confusions

BLUE_OF_SURE = (107, 48, 8)  # BGR: the darkest blue, where a whole class was read as one


@pytest.mark.parametrize("size", [3, 11])
def test_confusion_of_sure_readings_is_a_dark_diagonal(tmp_path, size):
    confusion = np.zeros((11, 11), int)
    confusion[range(size), range(size)] = 8
    draw_confusion(confusion, "tiny", tmp_path / "confusion.png")
    picture = cv2.imread(str(tmp_path / "confusion.png"))
    dark = (np.abs(picture.astype(int) - BLUE_OF_SURE).max(axis=2) < 3).mean()
    assert 0.5 / size < dark < 1 / size


def test_a_rare_mistake_is_seen_beside_a_perfect_matrix(tmp_path):
    perfect = np.zeros((11, 11), int)
    perfect[range(3), range(3)] = 1000
    flawed = perfect.copy()
    flawed[0, 2] = 10
    draw_confusions({"plain": perfect, "altered": flawed}, tmp_path / "both.png")
    picture = cv2.imread(str(tmp_path / "both.png")).astype(int)
    pale = (picture[..., 0] - picture[..., 2] > 25) & (picture[..., 2] > 120)
    left, right = np.array_split(pale[:, : int(pale.shape[1] * 0.9)], 2, axis=1)  # without the colour bar
    assert right.sum() > left.sum() + 5000
