import gzip
import json

import numpy as np
import pytest

from tests.support.people import drawn_people
from training.datasets.labelled import DataError
from training.datasets.omniglot import FILE
from training.exercises.writing.signs import (
    DIGITS_FILE,
    LINES_FILE,
    SIGNS_FILE,
    WORDS_FILE,
    Person,
    SignWriter,
    load_people,
)

STROKES = [[0, 0, 10, 0, 10, 20]]


def write_rows(path, *rows):
    with gzip.open(path, "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(row) + "\n" for row in rows)


def row(label, split="train", writer="w", **more):
    return {"label": label, "writer": writer, "split": split, "strokes": STROKES, **more}


@pytest.fixture
def folder(tmp_path):
    write_rows(tmp_path / DIGITS_FILE, row("7"), row("7"), row("8", "eval", "other"))
    write_rows(tmp_path / SIGNS_FILE, row("a"), row("+"))
    line = {"writer": "w", "split": "train", "text": "a7", "signs": [row("a"), row("7")]}
    write_rows(tmp_path / LINES_FILE, line, line | {"split": "eval"})
    write_rows(tmp_path / WORDS_FILE, row("word"), row("19:25"))
    return tmp_path


def test_people_are_loaded_with_all_they_wrote_and_only_those_to_train_on(folder):
    people = load_people(folder)
    assert [person.name for person in people.persons] == ["w"]
    assert {label: len(samples) for label, samples in people.persons[0].signs.items()} == {"7": 2, "a": 1, "+": 1}
    assert [label for line in people.lines for label, _ in line.signs] == ["a", "7"]
    assert len(people.words) == 1  # 19:25 holds digits, and nobody says where


def test_a_missing_file_is_told(folder):
    (folder / LINES_FILE).unlink()
    with pytest.raises(DataError, match="unipen-lines"):
        load_people(folder)


def test_what_a_person_has_not_written_is_borrowed(folder):
    people = load_people(folder)
    with pytest.raises(ValueError, match="nobody has written it"):
        people.sign_of(people.persons[0], "#", np.random.default_rng(0))
    assert people.sign_of(people.persons[0], "∑", np.random.default_rng(0))


def test_greek_is_written_as_other_people_write_it_and_by_each_person_always_alike(folder):
    rows = [{"label": "Greek/character18", "writer": f"{n:02d}", "strokes": [[0, 0, n, 40]]} for n in range(1, 18)]
    write_rows(folder / FILE, *rows)
    people, rng = load_people(folder), np.random.default_rng(0)
    persons = [Person(str(number), {}) for number in range(30)]
    shapes = [[np.ptp(people.sign_of(person, "σ", rng)[0][:, 0]) for _ in range(3)] for person in persons]
    assert all(len(set(shape)) == 1 for shape in shapes)
    assert len({shape[0] for shape in shapes}) > 10


@pytest.mark.parametrize(("sign", "least", "most"), [("7", 0.8, 1.2), ("a", 0.4, 0.8), (".", 0.0, 0.3)])
def test_signs_are_as_high_as_they_belong(sign, least, most):
    people = drawn_people()
    ink, _ = SignWriter(people, people.persons[0]).ink(sign, 60.0, 3.0, np.random.default_rng(0))
    assert least * 60 <= ink.shape[0] <= most * 60 + 6


def test_a_comma_hangs_at_the_foot_of_the_line():
    people = drawn_people()
    ink, top = SignWriter(people, people.persons[0]).ink(",", 60.0, 3.0, np.random.default_rng(0))
    assert top > 30
    assert top + ink.shape[0] > 60
