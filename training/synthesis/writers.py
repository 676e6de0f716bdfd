"""Divides what examples are made from: images, pen strokes, typefaces; a part is held out. Chooses a page's writer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import cv2
import numpy as np

from capture.synthetic.handwriting import Write, draw_hand, own_writer
from capture.synthetic.ink import render_strokes
from training.datasets.labelled import Labelled
from training.datasets.pendigits import Handwritten
from training.datasets.typefaces import Typeface, fill_outlines
from training.datasets.unipen import Sign
from training.synthesis.augment import distort_strokes

HELD_OUT_WRITERS = 3  # of pendigits-train's 30, for validation
HELD_OUT_MNIST = 5000
HELD_OUT_FACE = 15  # one typeface in so many
HELD_OUT_PERSON = 20  # one UNIPEN writer in so many
PEOPLE = 0.4  # share of the pages that a UNIPEN writer writes
DIGITS = frozenset("0123456789")


@dataclass(frozen=True)
class Material:
    """What examples are made from.

    Attributes:
        images: MNIST, as published.
        writers: each writer's digits as pen strokes; empty when the strokes are not at hand.
        faces: typefaces; empty when these are not at hand.
        people: each UNIPEN writer's digits as pen strokes; empty when UNIPEN is not at hand.
        signs: UNIPEN writers' letters and signs, by character; empty likewise.

    Example:
        training, held_out = divide(load_digits().train, load_strokes())
        write = a_writer(training, rng)
        ink = write(7, height_px=40, pen_px=4, rng=rng)
    """

    images: Labelled
    writers: tuple[tuple[Handwritten, ...], ...]
    faces: tuple[Typeface, ...] = ()
    people: tuple[tuple[Handwritten, ...], ...] = ()
    signs: Mapping[str, tuple[Sign, ...]] = field(default_factory=dict)

    @property
    def hands(self) -> list[Typeface]:
        """The typefaces that somebody's hand has drawn."""
        return [face for face in self.faces if face.is_handwritten]

    @cached_property
    def able(self) -> list[tuple[Handwritten, ...]]:
        """The UNIPEN writers of whom there is every digit."""
        return [digits for digits in self.people if len({digit.label for digit in digits}) == len(DIGITS)]

    def pen(self, rng: np.random.Generator) -> Handwritten:
        """Choose any digit of the pen strokes."""
        return _any_of(_any_of(self.writers, rng), rng)

    def person(self, rng: np.random.Generator) -> Handwritten:
        """Choose any UNIPEN writer's digit."""
        return _any_of(_any_of(self.people, rng), rng)


def _any_of(choice: Sequence[Any], rng: np.random.Generator) -> Any:
    return choice[rng.integers(len(choice))]


def divide(
    images: Labelled,
    strokes: list[Handwritten],
    faces: Sequence[Typeface] = (),
    signs: Sequence[Sign] = (),
) -> tuple[Material, Material]:
    """Divide into material to train on, and material of other images, writers and typefaces to validate with."""
    held = min(HELD_OUT_MNIST, len(images) // 5)
    order = _mixed(images.y)
    writers = by_writer(strokes)
    spare = min(HELD_OUT_WRITERS, max(0, len(writers) - 1))
    spare_faces = tuple(faces[::HELD_OUT_FACE])
    kept_faces = tuple(face for face in faces if face not in spare_faces)
    spare_people = set(sorted({sign.writer for sign in signs})[::HELD_OUT_PERSON])
    kept_signs = [sign for sign in signs if sign.writer not in spare_people]
    spare_signs = [sign for sign in signs if sign.writer in spare_people]
    return (
        Material(_part(images, order[held:]), writers[spare:], kept_faces, *_sorted(kept_signs)),
        Material(_part(images, order[:held]), writers[:spare], spare_faces, *_sorted(spare_signs)),
    )


def _part(images: Labelled, rows: np.ndarray) -> Labelled:
    return Labelled(images.x[rows], images.y[rows])


def _sorted(signs: Sequence[Sign]) -> tuple[tuple[tuple[Handwritten, ...], ...], dict[str, tuple[Sign, ...]]]:
    """Sort UNIPEN's digits by writer, and all else by character."""
    digits = [Handwritten(int(sign.label), sign.writer, sign.strokes) for sign in signs if sign.label in DIGITS]
    others: dict[str, list[Sign]] = {}
    for sign in signs:
        if sign.label not in DIGITS:
            others.setdefault(sign.label, []).append(sign)
    return by_writer(digits), {label: tuple(others[label]) for label in sorted(others)}


def by_writer(digits: Sequence[Handwritten]) -> tuple[tuple[Handwritten, ...], ...]:
    """Sort digits by their writers."""
    writers: dict[int | str, list[Handwritten]] = {}
    for digit in digits:
        writers.setdefault(digit.writer, []).append(digit)
    return tuple(tuple(writers[writer]) for writer in sorted(writers))


def _mixed(labels: np.ndarray) -> np.ndarray:
    """Choose an order in which any beginning holds every label in its share; folders load digit by digit."""
    order = np.random.default_rng(0).permutation(len(labels))
    place = np.empty(len(labels))
    for label in np.unique(labels):
        own = order[labels[order] == label]
        place[own] = (np.arange(len(own)) + 0.5) / len(own)
    return np.argsort(place, kind="stable")


def a_writer(material: Material, rng: np.random.Generator) -> Write:
    """Choose somebody to write a page: a writer of pen strokes, a typeface, one of the own hands, or MNIST's crowd."""
    if material.able and rng.random() < PEOPLE:
        return _stroke_writer(_any_of(material.able, rng))
    chance = rng.random()
    if chance < 0.4 and material.writers:
        return _stroke_writer(material.writers[rng.integers(len(material.writers))])
    if chance < 0.5 and material.hands:
        return _face_writer(material.hands[rng.integers(len(material.hands))])
    if chance < 0.75:
        return own_writer(draw_hand(rng))
    return _image_writer(material.images)


def _stroke_writer(digits: tuple[Handwritten, ...]) -> Write:
    def write(digit: int, height_px: float, pen_px: float, rng: np.random.Generator) -> np.ndarray:
        own = [one for one in digits if one.label == digit] or list(digits)
        strokes = distort_strokes(own[rng.integers(len(own))].strokes, rng, 0.6)
        return render_strokes(strokes, height_px, pen_px, rng)

    return write


def _face_writer(face: Typeface) -> Write:
    def write(digit: int, height_px: float, pen_px: float, rng: np.random.Generator) -> np.ndarray:
        outline = face.outlines.get(str(digit)) or next(iter(face.outlines.values()))
        polygons = distort_strokes(outline.polygons, rng, 0.5)
        height = max(float(np.ptp(np.concatenate(polygons)[:, 1])), 0.2)
        return fill_outlines(polygons, height_px / height)

    return write


def _image_writer(images: Labelled) -> Write:
    rows = [np.flatnonzero(images.y == digit) for digit in range(10)]
    everything = np.arange(len(images))

    def write(digit: int, height_px: float, pen_px: float, rng: np.random.Generator) -> np.ndarray:
        image = images.x[rng.choice(rows[digit] if len(rows[digit]) else everything)]
        x, y, w, h = cv2.boundingRect(image)
        scale = max(height_px, 6) / h
        size = max(2, round(w * scale)), max(2, round(h * scale))
        return cv2.resize(image[y : y + h, x : x + w], size, interpolation=cv2.INTER_CUBIC)

    return write
