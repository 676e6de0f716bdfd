"""Draws examples of every kind: MNIST, pen strokes, own hands, faces, crops of pages, letters and signs, non-digits."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice

import numpy as np

from capture.synthetic.handwriting import draw_hand, own_writer
from model.classifier import CLASSES
from model.glyph import normalise
from training.datasets.labelled import Labelled
from training.datasets.pendigits import Handwritten
from training.exercises.pages import Supplies, exercise_page
from training.synthesis.augment import distort_image, distort_strokes, run_dry, scan
from training.synthesis.negatives import HEIGHT_PX, KINDS, outline_ink, random_pen_px, stroke_ink
from training.synthesis.scenes import page_crops, scene_crops
from training.synthesis.targets import SIGN_CLASSES, target_of
from training.synthesis.writers import Material, a_writer

PERSON_STRENGTH = 0.7  # of the usual distortion: so many people differ enough already
NAMED = 0.3  # share of UNIPEN's letters and signs that are of a class of their own
AS_IS = 0.2  # share of MNIST's digits shown as they are
DRY = 0.08  # share of the digits written with a pen that runs dry
SCANNED = 0.08  # share of the examples, digits or not, that look like small scans in black and white

DrawDigit = Callable[[Material, np.random.Generator], tuple[np.ndarray, int]]


@dataclass(frozen=True)
class Shares:
    """How many examples of each kind are drawn at a time."""

    mnist: int = 4_000
    pen: int = 3_500
    person: int = 7_000
    own: int = 1_500
    face: int = 1_000
    scene: int = 3_500
    exercise: int = 3_500
    sign: int = 4_000
    nothing: int = 2_500

    def scaled(self, factor: float) -> Shares:
        """Give the same mix in another amount."""
        return Shares(**{kind: round(count * factor) for kind, count in vars(self).items()})


def draw_examples(
    material: Material, shares: Shares, rng: np.random.Generator, supplies: Supplies | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Draw examples of every kind: (n, 28, 28) uint8 glyphs and (n, classes) float32 shares of the classes."""
    sure = np.eye(CLASSES, dtype=np.float32)
    glyphs, targets = [], []
    for draw, count in _digit_kinds(material, shares):
        for _ in range(count):
            ink, label = draw(material, rng)
            glyphs.append(_glyph(run_dry(ink, rng) if rng.random() < DRY else ink, rng))
            targets.append(sure[label])
    for draw, count in ((_sign, shares.sign * bool(material.signs)), (_nothing, shares.nothing)):
        for _ in range(count):
            ink, target = draw(material, rng)
            glyphs.append(_glyph(ink, rng))
            targets.append(target)
    crops = [islice(_scenes(material, rng), shares.scene)]
    crops += [islice(_exercises(supplies, rng), shares.exercise)] * bool(supplies)
    for glyph, target in chain(*crops):
        glyphs.append(glyph)
        targets.append(target)
    return np.stack(glyphs), np.stack(targets)


def _scenes(material: Material, rng: np.random.Generator) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yield crops of drawn pages, without end."""
    while True:
        yield from scene_crops(rng, a_writer(material, rng), material.faces)


def _exercises(supplies: Supplies, rng: np.random.Generator) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yield crops of forms, sums, formulas and words, without end."""
    while True:
        yield from page_crops(exercise_page(supplies, rng), rng)


def _digit_kinds(material: Material, shares: Shares) -> list[tuple[DrawDigit, int]]:
    """List the kinds of digits that there is material for, and how many of each."""
    kinds = [(_mnist, shares.mnist), (_own, shares.own)]
    kinds += [(_pen, shares.pen)] * bool(material.writers)
    kinds += [(_person, shares.person)] * bool(material.people)
    return kinds + [(_face, shares.face)] * bool(material.hands)


def draw_labels(targets: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Draw one label for each row of (n, classes) shares: what is half a digit is one every second time."""
    return (targets.cumsum(axis=1) > rng.random((len(targets), 1))).argmax(axis=1)


def _mnist(material: Material, rng: np.random.Generator) -> tuple[np.ndarray, int]:
    index = rng.integers(len(material.images))
    image, label = material.images.x[index], int(material.images.y[index])
    return (image if rng.random() < AS_IS else distort_image(image, rng)), label


def _pen(material: Material, rng: np.random.Generator) -> tuple[np.ndarray, int]:
    digit = material.pen(rng)
    return stroke_ink(distort_strokes(digit.strokes, rng), rng), digit.label


def _person(material: Material, rng: np.random.Generator) -> tuple[np.ndarray, int]:
    digit = material.person(rng)
    return stroke_ink(distort_strokes(digit.strokes, rng, PERSON_STRENGTH), rng), digit.label


def _sign(material: Material, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Draw a UNIPEN writer's letter or sign; the signs of numbers and sums are few, and so shown more often."""
    named = [label for label in material.signs if label in SIGN_CLASSES]
    labels = named if named and rng.random() < NAMED else list(material.signs)
    label = labels[rng.integers(len(labels))]
    drawn = material.signs[label]
    strokes = drawn[rng.integers(len(drawn))].strokes
    return stroke_ink(distort_strokes(strokes, rng, PERSON_STRENGTH), rng), target_of(label)


def _own(_: Material, rng: np.random.Generator) -> tuple[np.ndarray, int]:
    label = int(rng.integers(10))
    ink = own_writer(draw_hand(rng))(label, HEIGHT_PX, random_pen_px(rng), rng)
    return ink, label


def _face(material: Material, rng: np.random.Generator) -> tuple[np.ndarray, int]:
    hands, label = material.hands, int(rng.integers(10))
    outline = hands[rng.integers(len(hands))].outlines.get(str(label))
    if outline is None:
        return _own(material, rng)
    return outline_ink(distort_strokes(outline.polygons, rng), rng), label


def _nothing(material: Material, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    draw = KINDS[rng.choice(len(KINDS), p=[share for _, share in KINDS])][0]
    source = _pen if material.writers and rng.random() < 0.6 else _own
    return draw(lambda chance: source(material, chance)[0], rng, material.faces)


def _glyph(ink: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Make a glyph of ink as the network sees it, now and then after a poor scan."""
    return normalise(scan(ink, rng) if rng.random() < SCANNED else ink)


def inked(digits: Sequence[Handwritten], rng: np.random.Generator) -> Labelled:
    """Draw pen strokes as glyphs, undistorted, each with some pen: for testing."""
    glyphs = [normalise(stroke_ink(digit.strokes, rng)) for digit in digits]
    return Labelled(np.stack(glyphs), np.array([digit.label for digit in digits]))
