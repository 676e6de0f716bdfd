"""What teaches the judge of splits, and that it learns it."""

from dataclasses import replace

import numpy as np
import pytest

from capture.boxes import Box
from capture.read.segmentation import HypothesisTree
from capture.types import Candidate
from model.classifier import CLASSES, NO_DIGIT
from training.decision import segmentation
from training.decision.perceptron import PerceptronConfig
from training.exercises.store import LabelledPage

GLYPH = np.zeros((28, 28), np.uint8)
LEFT, RIGHT, BOTH = (100, 100, 28, 40), (132, 100, 28, 40), (100, 100, 60, 40)


def tree(box, label, sure, rows=()):
    row = np.full(CLASSES, 1e-4, np.float32)
    row[NO_DIGIT], row[label] = 1 - sure, sure
    return HypothesisTree(Candidate(Box(*box), GLYPH), row, float(row[:NO_DIGIT].max()), list(rows))


def page(*marks):
    boxes = np.array([box for box, _ in marks], float).reshape(-1, 4)
    return LabelledPage(np.zeros((300, 400, 3), np.uint8), boxes, tuple(label for _, label in marks))


@pytest.fixture
def rows_of(monkeypatch):
    def find(drawn, *trees):
        monkeypatch.setattr(segmentation, "trees_of", lambda *_: list(trees))
        return segmentation.find_rows(drawn, None)

    return find


def split_tree(sure):
    halves = [tree(LEFT, 4, sure), tree(RIGHT, 7, sure)]
    crumbs = [tree((100, 100, 10, 40), 1, 0.5), tree((112, 100, 48, 40), NO_DIGIT, 0.9)]
    return tree(BOTH, 0, 0.5, [halves, crumbs])


def test_a_row_that_holds_the_digits_is_the_better_way(rows_of):
    (found,) = rows_of(page((LEFT, "4"), (RIGHT, "7")), split_tree(0.9))
    assert found.answers.tolist() == [1, 0]
    assert found.weights.tolist() == [1, 1]


def test_a_digit_is_better_left_whole(rows_of):
    (found,) = rows_of(page((BOTH, "0")), split_tree(0.9))
    assert found.answers.tolist() == [0, 0]


def test_how_a_letter_is_seen_teaches_little_and_print_nothing(rows_of):
    (letter,), (print_,) = (rows_of(page((BOTH, label)), split_tree(0.9)) for label in ("n", "print"))
    assert 0 < letter.weights.max() < 0.1
    assert print_.weights.max() == 0


def test_it_learns_to_cut_what_reads_well_when_cut(rows_of):
    rng = np.random.default_rng(0)
    examples = []
    for _ in range(150):
        touching, sure = rng.random() < 0.5, rng.uniform(0.75, 0.99)
        drawn = page((LEFT, "4"), (RIGHT, "7")) if touching else page((BOTH, "0"))
        examples += rows_of(drawn, split_tree(sure if touching else 1 - sure))
    judge = segmentation.fit_ways(examples, PerceptronConfig(hidden=(8,), epochs=40, batch=32))
    answers = np.concatenate([one.answers for one in examples])
    assert ((judge(np.concatenate([one.features for one in examples])) > 0.5) == answers).mean() > 0.97


def test_ink_is_worth_splitting_where_a_split_holds_the_digits_and_not_where_it_was_merged_from_them(monkeypatch):
    halves = [tree(LEFT, 4, 0.9), tree(RIGHT, 7, 0.9)]
    glued = tree(BOTH, NO_DIGIT, 0.9, [halves])
    letter = tree((200, 100, 60, 40), NO_DIGIT, 0.9, [[tree((200, 100, 20, 40), 1, 0.5)]])
    merged = tree(BOTH, NO_DIGIT, 0.9, [halves, [tree(LEFT, 4, 0.9)]])
    merged.candidate = replace(merged.candidate, parts=tuple(half.candidate for half in halves))
    for pieces, answers in (([glued, letter], [1, 0]), ([merged], [0])):
        monkeypatch.setattr(segmentation, "trees_of", lambda *_, trees=pieces: trees)
        (found,) = segmentation.find_splits(page((LEFT, "4"), (RIGHT, "7")), None)
        assert found.answers.tolist() == answers
        assert len(found.features) == len(found.weights) == len(answers)
