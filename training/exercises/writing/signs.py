"""Letters, digits and signs by people's own hands, set at the place on the line where each belongs."""

from __future__ import annotations

import gzip
import json
import string
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from capture.synthetic.handwriting import Write
from capture.synthetic.ink import render_strokes
from training.datasets.labelled import DataError
from training.datasets.omniglot import load_greek
from training.exercises.writing.sign_shapes import DRAWN_SIGNS, SPANS, WIDE, Strokes
from training.synthesis.augment import distort_strokes

DIGITS_FILE, SIGNS_FILE, LINES_FILE, WORDS_FILE = (
    f"unipen-{name}.jsonl.gz" for name in ("digits", "letters-symbols", "lines", "words-numbers")
)
LOOSENESS = 0.35  # of the difference between two people: how much one person's letter differs from time to time
DRAWN_LOOSENESS = 0.8  # of signs that have one shape only
MIN_KINDS = 25  # letters and signs that somebody must have written to write a page with few borrowed ones
HEIGHT_SPREAD, HABIT_SPREAD = 0.07, 0.08  # of the logarithm of a sign's height: from time to time, from hand to hand
SMALL_ZEROS, SMALL_ZERO = 0.35, (0.45, 0.9)  # share of the hands whose 0 is smaller than other digits; its height
HANGING, HANG = 0.25, 0.3  # share of the hands whose 7, 9 or 4 reaches below the line, and how far at most, in heights
WIDEST_DIGIT = 2.2  # widths a height: what is wider is a stroke with another sign's label
RAISED_SPREAD = 0.03  # heights of a digit: how far signs stand above or below their place


@dataclass(frozen=True)
class Person:
    """Somebody's letters, digits and signs.

    Attributes:
        name: of the writer, as the collection calls them.
        signs: label -> all samples of it, each as pen strokes of (n, 2) float32 points, y downwards, any scale.
    """

    name: str
    signs: Mapping[str, Sequence[Strokes]] = field(repr=False)


@dataclass(frozen=True)
class TrueLine:
    """A short text in its true layout: what was written, and each sign's strokes in common coordinates."""

    signs: tuple[tuple[str, Strokes], ...]


@dataclass(frozen=True)
class People:
    """Everybody whose hand may write a page.

    Attributes:
        persons: those with letters and signs of their own.
        lines: short texts as they were written.
        words: whole words, joined-up or not, none with a digit in it.
        greek: letters that few of them have written, and somebody else has; each person writes one as one of these do.
    """

    persons: tuple[Person, ...]
    lines: tuple[TrueLine, ...] = ()
    words: tuple[Strokes, ...] = ()
    greek: Mapping[str, Sequence[Strokes]] = field(default_factory=dict)

    def sign_of(self, person: Person, label: str, rng: np.random.Generator) -> Strokes:
        """Choose a sample of a sign by this person, else by somebody else; a ValueError where nobody has written it."""
        shapes = list(self.greek.get(label, ()))
        if label in DRAWN_SIGNS:
            shapes.append(DRAWN_SIGNS[label])
        if shapes:
            return shapes[zlib.crc32(f"{label} of {person.name}".encode()) % len(shapes)]
        own = person.signs.get(label) or person.signs.get(label.swapcase())
        if own:
            return own[rng.integers(len(own))]
        others = [other for other in self.persons if label in other.signs]
        if not others:
            raise ValueError(f"{label!r}: nobody has written it")
        theirs = others[rng.integers(len(others))].signs[label]
        return theirs[rng.integers(len(theirs))]


def load_people(folder: Path, split: str = "train") -> People:
    """Load UNIPEN's hands, and Greek by others.

    Args:
        folder: holds `DIGITS_FILE`, `SIGNS_FILE`, `LINES_FILE` and `WORDS_FILE`: JSON lines, gzipped; and perhaps
            Omniglot's Greek.
        split: "train", or "eval" for the writers who are only measured on.

    Raises:
        DataError: a file is missing or damaged.
    """
    signs: dict[str, dict[str, list[Strokes]]] = {}
    for name in (DIGITS_FILE, SIGNS_FILE):
        for row in _rows(folder / name, split):
            strokes = _strokes(row["strokes"])
            if not (row["label"].isdigit() and _is_lying(strokes)):
                signs.setdefault(row["writer"], {}).setdefault(row["label"], []).append(strokes)
    persons = [Person(name, kinds) for name, kinds in sorted(signs.items())]
    lines = [
        TrueLine(tuple((sign["label"], _strokes(sign["strokes"])) for sign in row["signs"]))
        for row in _rows(folder / LINES_FILE, split)
    ]
    words = [_strokes(row["strokes"]) for row in _rows(folder / WORDS_FILE, split) if row["label"].isalpha()]
    greek: dict[str, list[Strokes]] = {}
    for letter in load_greek(folder, split):
        greek.setdefault(letter.label, []).append(letter.strokes)
    return People(tuple(persons), tuple(lines), tuple(words), greek)


def _rows(path: Path, split: str) -> Iterator[dict]:
    try:
        with gzip.open(path, "rt", encoding="utf-8") as file:
            rows = (json.loads(line) for line in file)
            yield from (row for row in rows if row["split"] == split)
    except (OSError, ValueError, KeyError, EOFError) as error:
        raise DataError(
            "{path}: cannot be read ({error}); give the folder that holds UNIPEN's strokes", path=path, error=error
        ) from error


def _is_lying(strokes: Strokes) -> bool:
    """Say whether these strokes are too wide for any digit, as a minus labelled 1 is."""
    width, height = np.ptp(np.concatenate(strokes), axis=0)
    return width > WIDEST_DIGIT * height


def _strokes(flat: Sequence[Sequence[float]]) -> Strokes:
    return tuple(np.array(stroke, np.float32).reshape(-1, 2) for stroke in flat)


@dataclass(frozen=True)
class SignWriter:
    """Writes any sign as one person does, digits by that person or by somebody else.

    Attributes:
        people: from whom letters are borrowed that this person has not written.
        person: writes letters and signs.
        write_digit: writes the digits; the person itself when None.
        habits: how high this person writes a sign, as a share of its usual height, and how far below its place, in
            heights of a digit.
        lean: how far all that this person writes leans further to the right than usual, in widths a height.
    """

    people: People
    person: Person
    write_digit: Write | None = None
    habits: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    lean: float = 0.0

    def ink(self, sign: str, digit_px: float, pen_px: float, rng: np.random.Generator) -> tuple[np.ndarray, float]:
        """Draw a sign's (h, w) uint8 alpha map, and say how far below a digit's top its own top lies, in px."""
        size, hang = self.habits.get(sign, (1.0, 0.0))
        size, hang = size * _near_one(rng), (hang + rng.normal(0, RAISED_SPREAD)) * digit_px
        if sign.isdigit():
            ink = (self.write_digit or self._own_digit)(int(sign), digit_px * size, pen_px, rng)
            return ink, digit_px - ink.shape[0] + hang
        strokes = self._strokes(sign, rng)
        top, foot = SPANS.get(sign, (0.0, 1.0))
        scale = size * _scale(sign, strokes, foot - top)
        ink = render_strokes([stroke * scale for stroke in strokes], digit_px, pen_px, rng)
        return ink, (top + foot) / 2 * digit_px - ink.shape[0] / 2 + hang

    def _own_digit(self, digit: int, height_px: float, pen_px: float, rng: np.random.Generator) -> np.ndarray:
        strokes = self._strokes(str(digit), rng)
        scale = _scale(str(digit), strokes, 1.0)
        return render_strokes([stroke * scale for stroke in strokes], height_px, pen_px, rng)

    def _strokes(self, sign: str, rng: np.random.Generator) -> list[np.ndarray]:
        leaning = np.array([[1.0, 0.0], [-self.lean, 1.0]])
        is_drawn = sign in DRAWN_SIGNS and sign not in self.people.greek
        looseness = DRAWN_LOOSENESS if is_drawn else LOOSENESS
        bent = distort_strokes(self.people.sign_of(self.person, sign, rng), rng, looseness)
        return [stroke @ leaning for stroke in bent]


def _scale(sign: str, strokes: Sequence[np.ndarray], height: float) -> float:
    """Compute the factor that makes a sign as high, or where its height says nothing as wide, as it should be."""
    size = np.maximum(np.ptp(np.concatenate(strokes), axis=0), 0.05)
    if sign in ".·":  # a dot is as large as the pen makes it
        return 0.05 / float(size.max())
    return WIDE[sign] / float(size[0]) if sign in WIDE else height / float(size[1])


def sign_writer(people: People, rng: np.random.Generator, write_digit: Write | None = None) -> SignWriter:
    """Choose somebody with many letters and signs, and give habits to this hand."""
    able = [person for person in people.persons if len(person.signs) >= MIN_KINDS] or list(people.persons)
    return SignWriter(people, able[rng.integers(len(able))], write_digit, _random_habits(rng))


def _random_habits(rng: np.random.Generator) -> dict[str, tuple[float, float]]:
    habits = {sign: (float(np.exp(rng.normal(0, HABIT_SPREAD))), 0.0) for sign in string.printable}
    if rng.random() < SMALL_ZEROS:
        size = float(rng.uniform(*SMALL_ZERO))
        habits["0"] = size, -float(rng.choice([0.0, (1 - size) / 2, rng.uniform(0, 1 - size)]))
    for digit in "479":
        if rng.random() < HANGING:
            habits[digit] = habits[digit][0], float(rng.uniform(0, HANG))
    return habits


def _near_one(rng: np.random.Generator) -> float:
    return float(np.exp(rng.normal(0, HEIGHT_SPREAD)))
