"""Data sets as students have them, whole and damaged: each is read alike, or told in one line."""

import gzip
import io
import zipfile
from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.support.tiny import tiny_digits
from training.datasets.labelled import DataError
from training.datasets.mnist import load_digits

DIGITS = tiny_digits()
PARTS = {"train": DIGITS.train, "t10k": DIGITS.test}


def idx_bytes(values):
    return bytes([0, 0, 8, values.ndim]) + np.array(values.shape, ">u4").tobytes() + values.astype(np.uint8).tobytes()


def save_idx(folder, pack=lambda data: data, name="{part}-{kind}-idx{n}-ubyte", end=""):
    folder.mkdir(parents=True, exist_ok=True)
    for part, images in PARTS.items():
        for kind, values in (("images", images.x), ("labels", images.y)):
            file = folder / (name.format(part=part, kind=kind, n=values.ndim) + end)
            file.write_bytes(pack(idx_bytes(values)))
    return folder


def save_table(path, images, has_head=True, has_labels=True):
    rows = images.x.reshape(len(images), -1)
    rows = np.column_stack([images.y, rows]) if has_labels else rows
    names = ["label"] * has_labels + [f"pixel{number}" for number in range(784)]
    text = io.StringIO()
    np.savetxt(text, rows, "%d", ",", header=",".join(names) if has_head else "", comments="")
    path.parent.mkdir(exist_ok=True)
    path.write_text(text.getvalue())
    return path


def save_pictures(folder, train, test):
    for name, images in ((train, DIGITS.train), (test, DIGITS.test)):
        for number, (image, label) in enumerate(zip(images.x, images.y, strict=True)):
            target = folder / name / str(label) / f"{number:03}.png"
            target.parent.mkdir(parents=True, exist_ok=True)
            cv2.imwrite(str(target), image)
    return folder


def zip_up(folder, target, **options):
    with zipfile.ZipFile(target, "w", **options) as archive:
        for file in sorted(folder.rglob("*")):
            archive.write(file, Path("mnist") / file.relative_to(folder))
    return target


DOTTED = "{part}-{kind}.idx{n}-ubyte"
MAKERS = {
    "idx": save_idx,
    "idx, gzip": lambda folder: save_idx(folder, gzip.compress, end=".gz"),
    "idx with dots, wrapped": lambda folder: save_idx(folder / "MNIST" / "raw", name=DOTTED).parent,
    "one idx file": lambda folder: save_idx(folder) / "train-labels-idx1-ubyte",
    "pictures in train and test": lambda folder: save_pictures(folder, "train", "test"),
    "pictures, nested": lambda folder: save_pictures(folder, "mnist_png/training", "mnist_png/testing"),
    "two tables": lambda folder: (
        (
            save_table(folder / "mnist_train.csv", DIGITS.train, has_head=False),
            save_table(folder / "mnist_test.csv", DIGITS.test),
        )[0].parent
    ),
}


@pytest.mark.parametrize("is_zipped", [False, True], ids=["folder", "zip"])
@pytest.mark.parametrize("layout", MAKERS)
def test_every_layout_gives_the_same_images(tmp_path, layout, is_zipped):
    path = MAKERS[layout](tmp_path / "data")
    if is_zipped:
        path = zip_up(tmp_path / "data", tmp_path / "data.zip", compression=zipfile.ZIP_DEFLATED)
    loaded = load_digits(path)
    for part, expected in ((loaded.train, DIGITS.train), (loaded.test, DIGITS.test)):
        order = np.argsort(expected.y, kind="stable")  # folders come digit by digit
        assert (part.y[np.argsort(part.y, kind="stable")] == expected.y[order]).all()
        assert (part.x[np.argsort(part.y, kind="stable")] == expected.x[order]).all()


@pytest.mark.parametrize("has_test", [False, True], ids=["train.csv alone", "with a test.csv without labels"])
def test_a_table_without_test_labels_keeps_some_of_every_digit_for_testing(tmp_path, has_test, capsys):
    path = save_table(tmp_path / "train.csv", DIGITS.train)
    if has_test:
        save_table(tmp_path / "test.csv", DIGITS.test, has_labels=False)
    loaded = load_digits(path.parent if has_test else path)
    assert len(loaded.train) + len(loaded.test) == len(DIGITS.train)
    assert set(loaded.test.y) == set(range(10))
    assert "every 7th image is kept for testing" in capsys.readouterr().err


def cut(data):
    return data[: len(data) // 2]


@pytest.mark.parametrize(
    ("name", "content", "complaint"),
    [
        ("train-images-idx3-ubyte", cut(idx_bytes(DIGITS.train.x)), "not a readable idx file"),
        ("train-images-idx3-ubyte", b"", "not a readable idx file"),
        ("train-images-idx3-ubyte", b"\0\0\x08\x03" + b"\xff" * 12, "a shape of"),
        ("train-images-idx3-ubyte", b"PK\x03\x04 something else", "not the start of an idx file"),
        ("train-images-idx3-ubyte.gz", cut(gzip.compress(idx_bytes(DIGITS.train.x))), "not a readable idx file"),
        ("train-images-idx3-ubyte.gz", b"no gzip at all", "not a readable idx file"),
        ("train.csv", b"", "not a readable table of digits"),
        ("train.csv", b"a,b\n1,2\n", "2 columns, not a label and 784 pixels"),
        ("train.csv", b",".join([b"300"] * 785), "not a readable table of digits"),
        ("train.csv", b"\xff\xfe" * 2000, "not a readable table of digits"),
    ],
)
def test_damage_is_told_in_one_line(tmp_path, name, content, complaint):
    if "idx" in name:
        save_idx(tmp_path, gzip.compress if name.endswith(".gz") else bytes, end=".gz" if name.endswith(".gz") else "")
    (tmp_path / name).write_bytes(content)
    with pytest.raises(DataError, match=complaint) as caught:
        load_digits(tmp_path / name)
    assert "\n" not in str(caught.value)


def test_an_idx_file_that_is_missing_is_named(tmp_path):
    save_idx(tmp_path)
    (tmp_path / "t10k-labels-idx1-ubyte").unlink()
    with pytest.raises(DataError, match="holds no test labels; put all four"):
        load_digits(tmp_path)


def patched_zip(path, flag_bits=0, compress_type=0):
    """A zip whose entries say that they are encrypted, or packed by an unknown method."""
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("Training/0/a.png", b"x")
    data = bytearray(path.read_bytes())
    for signature, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = data.index(signature) + at
        data[start : start + 4] = flag_bits.to_bytes(2, "little") + compress_type.to_bytes(2, "little")
    path.write_bytes(data)
    return path


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        ({"flag_bits": 1}, "is encrypted; unpack it with its password"),
        ({"compress_type": 9}, "is packed in a way that Python does not know; unpack it"),
    ],
    ids=["encrypted", "Deflate64"],
)
def test_a_zip_that_python_cannot_unpack_is_told_what_to_do(tmp_path, options, complaint):
    with pytest.raises(DataError, match=complaint):
        load_digits(patched_zip(tmp_path / "a.zip", **options))


def test_a_zip_that_would_fill_the_memory_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("training.datasets.layouts.MAX_ARCHIVE_BYTES", 0)
    with pytest.raises(DataError, match="unpacks to more than"):
        load_digits(zip_up(save_idx(tmp_path / "data"), tmp_path / "a.zip"))


@pytest.mark.parametrize("at", [0.1, 0.5, 0.9, 0.99])
def test_a_damaged_npz_is_one_line_wherever_it_is_damaged(tmp_path, at):
    np.savez_compressed(tmp_path / "a.npz", x_train=DIGITS.train.x, y_train=DIGITS.train.y)
    data = bytearray((tmp_path / "a.npz").read_bytes())
    place = int(at * len(data))
    data[place : place + 40] = b"\xa5" * 40
    (tmp_path / "a.npz").write_bytes(data)
    with pytest.raises(DataError) as caught:
        load_digits(tmp_path / "a.npz")
    assert "\n" not in str(caught.value)
