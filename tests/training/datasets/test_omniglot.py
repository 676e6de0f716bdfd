"""Omniglot's Greek: told apart by the characters' numbers, people kept apart, none at hand is no error."""

import gzip
import json

import numpy as np
import pytest

from training.datasets.labelled import DataError
from training.datasets.omniglot import FILE, GREEK, load_greek
from training.datasets.unipen import TEST, TRAIN

HOOK = [[10, 20, 30, 20, 20, 60]]


def row(alphabet, number, writer):
    return {"label": f"{alphabet}/character{number:02d}", "writer": writer, "strokes": HOOK}


def write(folder, *rows):
    (folder / FILE).write_bytes(gzip.compress("".join(json.dumps(one) + "\n" for one in rows).encode()))


def test_characters_are_named_by_the_alphabet(tmp_path):
    write(tmp_path, row("Greek", 1, "01"), row("Greek", 18, "02"), row("Greek", 24, "03"), row("Latin", 2, "01"))
    letters = load_greek(tmp_path)
    assert [letter.label for letter in letters] == ["α", "σ", "ω"]
    assert len(GREEK) == 24
    assert np.allclose(letters[0].strokes[0], [[0, 0], [0.5, 0], [0.25, 1]])


def test_what_nobody_tells_from_an_o_or_an_l_is_left_out(tmp_path):
    write(tmp_path, *(row("Greek", number, "01") for number in range(1, 25)))
    assert {letter.label for letter in load_greek(tmp_path)} == set(GREEK) - set("οι")


def test_nobody_is_trained_on_and_tested_on(tmp_path):
    write(tmp_path, *(row("Greek", 8, f"{writer:02d}") for writer in range(1, 21)))
    training, test = ({letter.writer for letter in load_greek(tmp_path, split)} for split in (TRAIN, TEST))
    assert not training & test
    assert (len(training), len(test)) == (17, 3)


def test_without_the_file_there_is_no_greek(tmp_path):
    assert load_greek(tmp_path) == []


@pytest.mark.parametrize(
    "content",
    [
        b"nonsense",
        gzip.compress(b"{}\n"),
        gzip.compress(json.dumps(row("Greek", 99, "01")).encode()),
        gzip.compress(json.dumps(row("Greek", 1, "x")).encode()),
        gzip.compress(json.dumps(row("Greek", 1, "01")).encode())[:-9],
    ],
    ids=["no gzip", "no fields", "no such letter", "no such writer", "cut off"],
)
def test_a_damaged_file_is_told_in_one_line(content, tmp_path):
    (tmp_path / FILE).write_bytes(content)
    with pytest.raises(DataError, match=r"not a readable file of Omniglot's letters .*fetch it again") as error:
        load_greek(tmp_path)
    assert "\n" not in str(error.value)
