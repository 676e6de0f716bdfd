"""The shipped recipe: examples of every kind, drawn by another process while the network trains."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future
from functools import cache
from pathlib import Path

import numpy as np

from training.datasets.labelled import DigitImages, Examples, Labelled
from training.datasets.pendigits import Handwritten
from training.datasets.typefaces import Typeface
from training.datasets.unipen import Sign
from training.exercises.pages import Supplies
from training.exercises.writing.signs import People
from training.fitting.distillation import Teach, load_teachers
from training.synthesis.mixture import SCANNED, Shares, draw_examples, draw_labels
from training.synthesis.writers import Material, divide
from training.workers import start_workers, with_given

SHOWN = 3  # epochs in which an example is shown: drawing it takes longer than learning from it
VALIDATION_SHARE, VALIDATION_SEED = 0.3, 999_999  # of a chunk's examples; no chunk has this number
WORKERS = 1  # processes that draw; the other core trains


def full_examples(
    digits: DigitImages,
    strokes: list[Handwritten],
    faces: Sequence[Typeface] = (),
    signs: Sequence[Sign] = (),
    *,
    limit: int | None = None,
    seed: int = 0,
    teachers: Sequence[Path] = (),
    people: People | None = None,
) -> Examples:
    """Lay out the shipped recipe.

    Args:
        digits: MNIST or a set like it.
        strokes: the training writers' pen strokes; an empty list trains without, on the project's own hands alone.
        faces: typefaces of handwriting and print; none trains on stroke fonts' letters alone.
        signs: UNIPEN's digits, letters and signs of the training writers; none trains without.
        limit: examples an epoch at most, for a quick look.
        seed: makes every chunk repeatable.
        teachers: `.tflite` files of trained networks, whose answers are a part of every target.
        people: hands that write forms, sums, formulas and words; None trains without such pages.
    """
    training, held_out = divide(digits.train, strokes, faces, signs)
    shares = Shares()
    total = sum(vars(shares).values())
    shares = shares.scaled(min(1.0, (limit or SHOWN * total) / (SHOWN * total)))
    rng = np.random.default_rng([seed, VALIDATION_SEED])
    glyphs, targets = draw_examples(held_out, shares.scaled(VALIDATION_SHARE), rng)
    return Examples(
        epoch_arrays=PrefetchedExamples(
            training, shares, seed, teachers, Supplies(people, training) if people else None
        ),
        validation=Labelled(glyphs, draw_labels(targets, rng)),
        tests={f"{digits.name} test": digits.test.normalised()},
        sources=_sources(digits.name, training, len(teachers), has_exercises=bool(people)),
    )


def _sources(name: str, training: Material, teachers: int, *, has_exercises: bool) -> tuple[str, ...]:
    """List what examples were drawn from, a line each."""
    people, others = len(training.people), sum(map(len, training.signs.values()))
    lines = (
        (True, f"{name}, {len(training.images):,} training images, distorted"),
        (
            training.writers,
            f"pendigits-train (UCI, CC BY 4.0), {len(training.writers)} writers' pen strokes, distorted",
        ),
        (
            people,
            f"UNIPEN train_r01_v07 (Zenodo 1195803, CC BY 4.0): {people} writers' digits, {others} letters and signs, "
            "distorted; look-alikes of digits as half a digit",
        ),
        (True, "the project's own hands: European variants that MNIST lacks"),
        (training.faces, f"{len(training.faces)} typefaces (Fontsource; OFL, UFL, Apache), outlines distorted"),
        (True, "pages by all of these, photographed by the simulated camera and cut out as the camera path does"),
        (has_exercises, "pages of forms, tables, sums, formulas, trees and words by UNIPEN's hands, cut out likewise"),
        (True, "no digits: letters, operators, print, pages of words, joined, ringed and half digits, blots, rules"),
        (True, f"{SCANNED:.0%} of the single glyphs, digits or not, as small scans, some stretched to a square"),
        (teachers, f"half of every target: the answers of {teachers} network(s) trained before"),
    )
    return tuple(line for is_used, line in lines if is_used)


class PrefetchedExamples:
    """Gives an epoch's examples, and has another process draw the next ones meanwhile.

    Args:
        material: by whom the examples are written.
        shares: examples of each kind in a chunk; an epoch shows `SHOWN` chunks.
        seed: makes every chunk repeatable.
        teachers: `.tflite` files of trained networks, whose answers are a part of every target.
        supplies: what pages of forms, sums and formulas are made from; None for none.

    Example:
        examples = PrefetchedExamples(material, Shares().scaled(0.01), seed=0)
        glyphs, targets = examples(0)  # of the first epoch
    """

    def __init__(
        self,
        material: Material,
        shares: Shares,
        seed: int,
        teachers: Sequence[Path] = (),
        supplies: Supplies | None = None,
    ) -> None:
        self.shares, self.seed = shares, seed
        self.pool = start_workers(WORKERS, material, supplies, tuple(teachers))
        self.drawing: dict[int, Future] = {}

    def __call__(self, epoch: int) -> tuple[np.ndarray, np.ndarray]:
        """Draw one epoch: (n, 28, 28) uint8 glyphs and (n, classes) float32 shares."""
        shown = [self._start(chunk) for chunk in range(epoch, epoch + SHOWN)]
        chunks = [future.result() for future in shown]
        self.drawing = {chunk: self.drawing[chunk] for chunk in range(epoch + 1, epoch + SHOWN)}
        self._start(epoch + SHOWN)
        return np.concatenate([x for x, _ in chunks]), np.concatenate([y for _, y in chunks])

    def _start(self, chunk: int) -> Future:
        if chunk not in self.drawing:
            self.drawing[chunk] = self.pool.submit(with_given, _draw_chunk, self.shares, (self.seed, chunk))
        return self.drawing[chunk]


def _draw_chunk(
    shares: Shares, seed: tuple[int, ...], material: Material, supplies: Supplies | None, teachers: tuple[Path, ...]
) -> tuple[np.ndarray, np.ndarray]:
    return _load_once(teachers)(*draw_examples(material, shares, np.random.default_rng(seed), supplies))


@cache
def _load_once(teachers: tuple[Path, ...]) -> Teach:
    """Load the teachers, once in the process that draws."""
    return load_teachers(teachers)
