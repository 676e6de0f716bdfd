"""UNIPEN's characters: read from the one-line-a-character form, writers kept apart."""

import gzip
import hashlib
import json
import zipfile

import numpy as np
import pytest

from training.datasets import unipen
from training.datasets.download import DownloadError
from training.datasets.labelled import DataError
from training.datasets.unipen import FILES, TEST, TRAIN, load_unipen
from training.datasets.unipen_tree import characters_of, is_set_aside, mark_of

SEVEN = {"label": "7", "writer": "a-1", "split": "train", "strokes": [[10, 20, 30, 20, 20, 60], [15, 40, 25, 40]]}
DOT = {"label": ".", "writer": "a-1", "split": "train", "strokes": [[5, 5]]}
OTHER = {"label": "3", "writer": "b-2", "split": "eval", "strokes": [[0, 0, 4, 8]]}


def write(path, *rows):
    path.write_bytes(gzip.compress("".join(json.dumps(row) + "\n" for row in rows).encode()))
    return path


def test_characters_come_with_writer_and_strokes_of_size_one(tmp_path):
    seven, dot = load_unipen(write(tmp_path / FILES[0], SEVEN, DOT, OTHER))
    assert (seven.label, seven.writer, len(seven.strokes)) == ("7", "a-1", 2)
    assert np.allclose(seven.strokes[0], [[0, 0], [0.5, 0], [0.25, 1]])
    assert np.allclose(seven.strokes[1], [[0.125, 0.5], [0.375, 0.5]])
    assert np.allclose(dot.strokes[0], 0)


def test_no_writer_is_trained_on_and_tested_on(tmp_path):
    path = write(tmp_path / FILES[0], SEVEN, DOT, OTHER)
    training, test = ({sign.writer for sign in load_unipen(path, split)} for split in (TRAIN, TEST))
    assert (training, test) == ({"a-1"}, {"b-2"})


def test_a_folder_gives_all_its_files(tmp_path):
    for name, row in zip(FILES, (SEVEN, DOT), strict=True):
        write(tmp_path / name, row)
    assert [sign.label for sign in load_unipen(tmp_path)] == ["7", "."]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (None, "not a readable file"),
        (b"", "no characters of 'train' writers"),
        (b"nonsense", "not a readable file"),
        (gzip.compress(b"{}\n"), "not a readable file"),
        (gzip.compress(b"7\n"), "not a readable file"),
        (gzip.compress(b'{"split": "train", "label": "7", "writer": "a", "strokes": [[1, 2, 3]]}\n'), "not a readable"),
        (gzip.compress(json.dumps(SEVEN).encode())[:-9], "not a readable file"),
    ],
    ids=["missing", "empty", "no gzip", "no fields", "a number", "odd points", "cut off"],
)
def test_damaged_files_are_told_in_one_line(content, reason, tmp_path):
    path = tmp_path / FILES[0]
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(DataError, match=reason) as caught:
        load_unipen(path)
    assert str(path) in str(caught.value) and "\n" not in str(caught.value)


def test_a_folder_without_characters_says_what_belongs_there(tmp_path):
    with pytest.raises(DataError, match=FILES[0]):
        load_unipen(tmp_path)


SEGMENTS = """.VERSION 1.0
.INCLUDE xyz/xyz.doc
.INCLUDE xyz/data/one.dat
.SEGMENT CHARACTER 0 OK "1"
.SEGMENT CHARACTER 1-3 ? "\\\""
.SEGMENT CHARACTER 4 OK "?"
.SEGMENT CHARACTER 9 OK "7"
.SEGMENT CHARACTER 4 OK "ab"
.SEGMENT WORD 0-4 OK "x"
"""
INK = """.WRITER_ID  Jane Doe
.PEN_DOWN
 10 100 7
 10 60 7
.PEN_UP
.PEN_DOWN
20 100
20 90
.PEN_UP
22 95
.PEN_DOWN
25 100
25 90
.PEN_UP
.PEN_DOWN
0 0
"""
TREE = {
    "data/1a/xyz/one.dat": SEGMENTS,
    "data/2/xyz/one.dat": SEGMENTS,
    "data/1a/tos/one.dat": SEGMENTS,
    "data/7/xyz/one.dat": SEGMENTS,
    "include/xyz/data/one.dat": INK,
}


def test_the_tree_gives_each_character_once_with_the_strokes_named():
    """The second number of the quote is the pen's way through the air; y grows upwards in the files."""
    (one, writer, strokes), (quote, _, pair) = characters_of(TREE, TREE.get)
    assert (one, writer) == ("1", mark_of("xyz", "Jane Doe"))
    assert np.array_equal(strokes, [[[10, -100], [10, -60]]])
    assert quote == '"' and np.array_equal(pair, [[[20, -100], [20, -90]], [[25, -100], [25, -90]]])


def test_no_writer_is_named():
    assert "Jane" not in mark_of("xyz", "Jane Doe")
    assert mark_of("xyz", "Jane Doe") != mark_of("xyz", "John Doe")


def test_writers_set_aside_are_known_by_their_marks():
    assert is_set_aside("apb-ad4900") and is_set_aside("kar-0217ba")
    assert not is_set_aside("apb-0217ba") and not is_set_aside("xyz-ad4900") and not is_set_aside("apb-")


def write_tree(folder):
    for name, text in TREE.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


def test_the_collections_own_folder_is_read(tmp_path):
    write_tree(tmp_path)
    one, quote = load_unipen(tmp_path)
    assert (one.label, quote.label) == ("1", '"')
    assert np.allclose(one.strokes[0], [[0, 0], [0, 1]])


@pytest.fixture
def archive(tmp_path, monkeypatch):
    """The public archive in the user's cache, as if it had just been fetched."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    folder = tmp_path / "handwritten-digits"
    folder.mkdir()
    with zipfile.ZipFile(folder / "unipen.zip", "w") as content:
        for name, text in TREE.items():
            content.writestr(f"train_r01_v07-552a4d44/{name}", text)
    return folder


def published(monkeypatch):
    """Makes the small tree the one that was published."""
    blobs = {name: hashlib.sha1(f"blob {len(text)}\0{text}".encode()).hexdigest() for name, text in TREE.items()}
    lines = "".join(f"{blobs[name]} {name}\n" for name in sorted(TREE))
    monkeypatch.setattr(unipen, "TREE_SHA256", hashlib.sha256(lines.encode()).hexdigest())


def test_the_archive_is_unpacked_once_and_then_done_without(archive, monkeypatch):
    published(monkeypatch)
    assert not unipen.is_at_hand()
    first = load_unipen()
    assert unipen.is_at_hand() and [file.name for file in archive.iterdir()] == ["unipen-552a4d44.jsonl.gz"]
    assert [sign.label for sign in load_unipen()] == [sign.label for sign in first] == ["1", '"']


def test_an_archive_of_other_content_is_refused(archive):
    with pytest.raises(DownloadError, match=r"unipen\.zip: is not UNIPEN as it was published; delete it"):
        load_unipen()
    assert not unipen.is_at_hand()


def test_a_damaged_archive_is_refused(archive):
    (archive / "unipen.zip").write_bytes(b"PK nonsense")
    with pytest.raises(DownloadError, match=r"unipen\.zip: cannot be unpacked"):
        load_unipen()
