import zipfile
from pathlib import Path

import cv2
import numpy as np
import pytest

from model.glyph import normalise
from tests.support.tiny import save_npz, tiny_digits, tiny_labelled
from training.datasets.download import DownloadError
from training.datasets.labelled import DataError, Labelled
from training.datasets.mnist import load_digits, load_images

MNIST = Path(__file__).resolve().parents[4] / "shared" / "data" / "mnist.npz"


def save_folders(root: Path, per_digit: int = 2) -> Path:
    for split in ("Training", "Testing"):
        images = tiny_labelled(per_digit)
        for number, (image, label) in enumerate(zip(images.x, images.y, strict=True)):
            folder = root / split / str(label)
            folder.mkdir(parents=True, exist_ok=True)
            cv2.imwrite(str(folder / f"img_{number}.jpg"), image)
    return root


def zip_up(folder: Path, target: Path, inside: str = "") -> Path:
    with zipfile.ZipFile(target, "w") as archive:
        for file in folder.rglob("*.jpg"):
            archive.write(file, inside + str(file.relative_to(folder)))
    return target


def test_npz_comes_back_as_it_was_saved(tmp_path):
    digits = tiny_digits()
    loaded = load_digits(save_npz(digits, tmp_path / "mnist.npz"))
    assert (loaded.train.x == digits.train.x).all()
    assert (loaded.test.y == digits.test.y).all()


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        pytest.param({"x_train": np.zeros((120, 28, 27), np.uint8)}, "shape", id="wrong shape"),
        pytest.param({"x_train": np.zeros((120, 28, 28), np.float32)}, "float32", id="floats"),
        pytest.param({"y_train": np.zeros(119, np.uint8)}, "labels", id="a label too few"),
        pytest.param({"y_test": np.arange(40) % 11}, "labels such as 10", id="label out of range"),
        pytest.param({"y_train": np.arange(120) % 9}, "no image of 9", id="empty class"),
        pytest.param({"x_test": None}, "x_test", id="missing array"),
    ],
)
def test_wrong_arrays_are_told_in_one_line(tmp_path, changed, message):
    path = save_npz(tiny_digits(), tmp_path / "mnist.npz", **changed)
    with pytest.raises(DataError, match=message) as caught:
        load_digits(path)
    assert str(path) in str(caught.value)


@pytest.mark.parametrize("content", [b"", b"no archive", b"PK\x03\x04 cut off"], ids=["empty", "text", "cut off"])
@pytest.mark.parametrize("suffix", ["npz", "zip"])
def test_damaged_file(tmp_path, content, suffix):
    path = tmp_path / f"mnist.{suffix}"
    path.write_bytes(content)
    with pytest.raises(DataError, match="not a readable"):
        load_digits(path)


def test_single_array(tmp_path):
    np.save(tmp_path / "mnist.npy", np.zeros(3))
    with pytest.raises(DataError, match="a single array"):
        load_digits(tmp_path / "mnist.npy")


def test_missing_file(tmp_path):
    with pytest.raises(DataError, match="no such file"):
        load_digits(tmp_path / "nothing.npz")


def test_folder_of_jpgs(tmp_path):
    digits = load_digits(save_folders(tmp_path))
    assert digits.train.x.shape == (20, 28, 28)
    assert digits.train.y.tolist() == [digit for digit in range(10) for _ in range(2)]
    assert np.abs(digits.train.x.astype(int) - tiny_labelled(2).x).mean() < 5


@pytest.mark.parametrize("inside", ["", "MNIST-JPG/MNIST Dataset - "], ids=["bare", "wrapped in a folder"])
def test_zip_reads_like_its_folder(tmp_path, inside):
    folder = save_folders(tmp_path / "images")
    zipped = load_digits(zip_up(folder, tmp_path / "images.zip", inside))
    assert (zipped.train.x == load_digits(folder).train.x).all()


def test_folder_without_the_layout(tmp_path):
    with pytest.raises(DataError, match="Training/7"):
        load_digits(tmp_path)


def test_unreadable_images_are_named_skipped_and_counted(tmp_path, capsys):
    folder = save_folders(tmp_path) / "Training"
    whole = next((folder / "3").glob("*.jpg")).read_bytes()
    (folder / "3" / "broken.jpg").write_bytes(b"no picture")
    (folder / "3" / "cut.jpg").write_bytes(whole[: len(whole) // 2])
    (folder / "3" / "empty.png").touch()
    (folder / "3" / "notes.txt").write_text("not an image, and not meant to be")
    images = load_images(folder)
    assert len(images) == 20
    messages = capsys.readouterr().err
    for name, problem in zip(("broken.jpg", "cut.jpg", "empty.png"), images.skipped, strict=True):
        assert name in messages
        assert name in problem
    assert "3 of the images skipped" in messages


def test_damage_inside_a_zip_costs_only_the_damaged_image(tmp_path):
    path = zip_up(save_folders(tmp_path / "images"), tmp_path / "images.zip")
    data = bytearray(path.read_bytes())
    at = data.index(b"\xff\xd8")  # the first JPEG's start; zips check each file's sum
    data[at + 200] ^= 0xFF
    path.write_bytes(data)
    digits = load_digits(path)
    assert len(digits.train) + len(digits.test) == 39
    assert len(digits.train.skipped + digits.test.skipped) == 1


def test_colour_is_kept_where_asked(tmp_path):
    folder = save_folders(tmp_path)
    cv2.imwrite(str(folder / "Training" / "0" / "a.png"), np.full((28, 28, 3), (0, 0, 200), np.uint8))
    digits = load_digits(folder, is_colour=True)
    assert digits.test.x.shape == (20, 28, 28, 3)
    assert digits.train.x[0, 5, 5].tolist() == [0, 0, 200]
    assert load_digits(folder).train.x[0, 5, 5] == 60  # 0.299 of the red, ITU-R BT.601


def test_colour_of_a_grey_archive_is_refused(tmp_path):
    with pytest.raises(DataError, match="\\(n, 28, 28, 3\\)"):
        load_digits(save_npz(tiny_digits(), tmp_path / "mnist.npz"), is_colour=True)


def test_images_of_other_sizes_and_colours_become_grey_28x28(tmp_path):
    (tmp_path / "5").mkdir()
    cv2.imwrite(str(tmp_path / "5" / "large.png"), np.full((90, 60, 3), (0, 0, 200), np.uint8))
    images = load_images(tmp_path)
    assert images.x.shape == (1, 28, 28)
    assert images.y.tolist() == [5]


def test_take_is_repeatable_and_bounded():
    images = tiny_labelled(5)
    assert (images.take(7, seed=3).x == images.take(7, seed=3).x).all()
    assert len(images.take(7)) == 7
    assert images.take(None) is images
    assert images.take(10**6) is images


def test_normalised_is_what_the_camera_path_makes():
    images = tiny_labelled(1)
    assert (images.normalised().x[4] == normalise(images.x[4])).all()
    assert (images.normalised().y == images.y).all()


def test_offline_names_the_way_out(tmp_path, monkeypatch):
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    monkeypatch.setattr("training.datasets.mnist.MNIST_URL", "http://127.0.0.1:9/mnist.npz")
    with pytest.raises(DownloadError, match="--data"):
        load_digits()


@pytest.mark.skipif(not MNIST.exists(), reason="needs ../shared/data/mnist.npz")
def test_mnist_itself():
    digits = load_digits(MNIST)
    assert (len(digits.train), len(digits.test)) == (60_000, 10_000)
    assert isinstance(digits.test, Labelled)
