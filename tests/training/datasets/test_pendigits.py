import gzip
import zipfile
from pathlib import Path

import numpy as np
import pytest

from training.datasets.download import DownloadError
from training.datasets.labelled import DataError
from training.datasets.pendigits import TRAIN_MEMBER, load_strokes

PENDIGITS = Path(__file__).resolve().parents[4] / "shared" / "data"
TEXT = """.INCLUDE dene.doc
.LEXICON "0" "1"
.HIERARCHY DIGIT

.SEGMENT DIGIT    0-1 ? "7"
.COMMENT 7 12  224
.PEN_DOWN
 100  300
 200  300
 150  100
.PEN_UP
.DT 100
.PEN_DOWN
 120  200
 180  200
.PEN_UP

.SEGMENT DIGIT 2 ? "1"
.COMMENT 1  3    9
.PEN_DOWN
 50  400
 50  200
.PEN_UP
"""


def test_digits_stand_upright_with_a_height_of_one(tmp_path):
    (tmp_path / "strokes").write_text(TEXT)
    seven, one = load_strokes(tmp_path / "strokes")
    assert (seven.label, seven.writer, one.label, one.writer) == (7, 12, 1, 3)
    assert np.allclose(seven.strokes[0], [[0, 0], [0.5, 0], [0.25, 1]])
    assert np.allclose(seven.strokes[1], [[0.1, 0.5], [0.4, 0.5]])
    assert one.strokes[0].dtype == np.float32


def test_a_dot_and_a_segment_without_ink(tmp_path):
    (tmp_path / "strokes").write_text(
        '.SEGMENT DIGIT 0 ? "1"\n.PEN_DOWN\n 7 9\n.PEN_UP\n.SEGMENT DIGIT ? "2"\n.DT 100\n'
    )
    (dot,) = load_strokes(tmp_path / "strokes")
    assert (dot.label, dot.writer, dot.strokes[0].tolist()) == (1, 0, [[0.0, 0.0]])


@pytest.mark.parametrize("name", ["pendigits-train.unipen.gz", "pendigits-orig.tra"])
def test_folder_is_searched_for_the_usual_names(tmp_path, name):
    packed = gzip.compress(TEXT.encode()) if name.endswith(".gz") else TEXT.encode()
    (tmp_path / name).write_bytes(packed)
    assert len(load_strokes(tmp_path)) == 2


def test_folder_with_only_the_test_writers_is_refused(tmp_path):
    (tmp_path / "pendigits-test.unipen.gz").write_bytes(gzip.compress(TEXT.encode()))
    with pytest.raises(DataError, match="holds no pen strokes"):
        load_strokes(tmp_path)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        pytest.param(b"", "no pen strokes", id="empty"),
        pytest.param(b"some text", "no pen strokes", id="other text"),
        pytest.param(b"\x1f\x8bcut off", "not a readable file", id="damaged gzip"),
        pytest.param(b"\x1f\x9d\x90\xff\xff\xff", "not a readable file", id="damaged Z"),
        pytest.param(b"\xff\xfe", "not a readable file", id="no text"),
        pytest.param(TEXT.replace("200  300", "200 x").encode(), "damaged near", id="no number"),
        pytest.param(TEXT.replace("200  300", "200").encode(), "damaged near", id="half a point"),
        pytest.param(TEXT.replace('"7"', "7").encode(), "damaged near", id="no label"),
    ],
)
def test_damaged_file(tmp_path, content, message):
    (tmp_path / "strokes").write_bytes(content)
    with pytest.raises(DataError, match=message):
        load_strokes(tmp_path / "strokes")


def test_missing_file(tmp_path):
    with pytest.raises(DataError, match="cannot be read"):
        load_strokes(tmp_path / "none")


@pytest.fixture
def archive(tmp_path, monkeypatch):
    """Where a downloaded archive is kept; the network is out of reach."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr("training.datasets.pendigits.ARCHIVE_URL", "http://127.0.0.1:9/pendigits.zip")
    (tmp_path / "handwritten-digits").mkdir()
    return tmp_path / "handwritten-digits" / "pendigits.zip"


def test_cached_archive_serves_offline(archive, monkeypatch):
    monkeypatch.setattr("training.datasets.pendigits.TRAIN_DIGITS", 2)
    with zipfile.ZipFile(archive, "w") as content:
        content.writestr(TRAIN_MEMBER, TEXT)
    assert [digit.label for digit in load_strokes()] == [7, 1]


@pytest.mark.parametrize(
    ("member", "message"), [(TRAIN_MEMBER, "2 digits, not 7494"), ("other", "without pendigits-orig")]
)
def test_incomplete_archive(archive, member, message):
    with zipfile.ZipFile(archive, "w") as content:
        content.writestr(member, TEXT)
    with pytest.raises(DataError, match=f"{message}.*--strokes"):
        load_strokes()


def test_offline_names_the_way_out(archive):
    with pytest.raises(DownloadError, match="--strokes"):
        load_strokes()


@pytest.mark.skipif(not PENDIGITS.exists(), reason="needs ../shared/data")
def test_the_published_strokes():
    digits = load_strokes(PENDIGITS)
    assert len(digits) == 7494
    assert {digit.writer for digit in digits} == set(range(1, 31))
    assert {digit.label for digit in digits} == set(range(10))
    assert all(np.isclose(max(stroke[:, 1].max() for stroke in digit.strokes), 1) for digit in digits)
