"""Hands that can write anything, drawn here: no data files needed."""

from __future__ import annotations

import string

import numpy as np

from capture.synthetic.handwriting import CAREFUL_HAND, write_digit
from training.datasets.labelled import Labelled
from training.exercises.pages import Supplies
from training.exercises.writing.signs import People, Person, TrueLine
from training.synthesis.writers import Material

SIGNS = string.ascii_letters + string.punctuation


def drawn_people() -> People:
    """Returns one person whose letters are zigzags of their own, a line "a 12" and a word."""
    rng = np.random.default_rng(0)
    signs = {sign: [(rng.uniform(0, 1, (6, 2)).astype(np.float32),)] for sign in SIGNS}
    signs |= {str(digit): [tuple(write_digit(digit, CAREFUL_HAND, rng))] for digit in range(10)}
    line = TrueLine(tuple((label, _moved(signs[label][0], 1.5 * i)) for i, label in enumerate("a12")))
    word = tuple(stroke for i, label in enumerate("word") for stroke in _moved(signs[label][0], 0.8 * i))
    return People((Person("someone", signs),), (line,), (word,))


def drawn_supplies() -> Supplies:
    """Returns what pages can be drawn from: that person, and ten images of digits."""
    rng = np.random.default_rng(1)
    images = np.zeros((10, 28, 28), np.uint8)
    images[:, 6:22, 10:18] = rng.integers(128, 255, (10, 16, 8))
    things = rng.integers(0, 255, (60, 80, 3), np.uint8)
    return Supplies(drawn_people(), Material(Labelled(images, np.arange(10)), ()), (things,))


def _moved(strokes: tuple[np.ndarray, ...], right: float) -> tuple[np.ndarray, ...]:
    return tuple(stroke + np.array([right, 0], np.float32) for stroke in strokes)
