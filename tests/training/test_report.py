import cv2
import numpy as np
import pytest

from training.report import draw_confusion, draw_curves

BLUE_OF_SURE = (107, 48, 8)  # BGR: the darkest blue, where a whole class was read as one


def test_curves_show_training_and_validation(tmp_path):
    rows = [{"loss": 1 / n, "accuracy": 1 - 1 / n, "val_loss": 1 / n, "val_accuracy": 1 - 0.5 / n} for n in (1, 2, 3)]
    draw_curves(rows, tmp_path / "curves.png")
    picture = cv2.imread(str(tmp_path / "curves.png"))
    assert picture.shape[1] > 1000
    for colour in ((178, 114, 0), (0, 94, 213)):  # BGR: blue for training, orange for validation
        assert (picture == colour).all(axis=2).sum() > 500


@pytest.mark.parametrize("size", [3, 11])
def test_confusion_of_sure_readings_is_a_dark_diagonal(tmp_path, size):
    confusion = np.zeros((11, 11), int)
    confusion[range(size), range(size)] = 8
    draw_confusion(confusion, "tiny", tmp_path / "confusion.png")
    picture = cv2.imread(str(tmp_path / "confusion.png"))
    dark = (np.abs(picture.astype(int) - BLUE_OF_SURE).max(axis=2) < 3).mean()
    assert 0.5 / size < dark < 1 / size
