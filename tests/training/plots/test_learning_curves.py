import cv2

from training.plots.learning_curves import draw_curves


def test_curves_show_training_and_validation(tmp_path):
    rows = [{"loss": 1 / n, "accuracy": 1 - 1 / n, "val_loss": 1 / n, "val_accuracy": 1 - 0.5 / n} for n in (1, 2, 3)]
    draw_curves(rows, tmp_path / "curves.png")
    picture = cv2.imread(str(tmp_path / "curves.png"))
    assert picture.shape[1] > 1000
    for colour in ((178, 114, 0), (0, 94, 213)):  # BGR: blue for training, orange for validation
        assert (picture == colour).all(axis=2).sum() > 500
