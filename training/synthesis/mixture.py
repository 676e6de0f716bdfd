"""The shipped recipe's examples: MNIST, real pen strokes, own hands, camera scenes, non-digits.

Every example is drawn afresh, by another process while the network trains, and shown in a few epochs.
"""

from __future__ import annotations

import multiprocessing
import signal
from collections.abc import Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from capture.synthetic.handwriting import draw_hand, own_writer
from capture.synthetic.ink import render_strokes
from model.classifier import CLASSES, NO_DIGIT
from model.glyph import normalise
from training.datasets.mnist import DigitImages, Examples, Labelled
from training.datasets.pendigits import Handwritten
from training.datasets.typefaces import Typeface
from training.fitting.distillation import Teach, leave, load_teachers
from training.synthesis.augment import distort_image, distort_strokes, run_dry, scan
from training.synthesis.negatives import KINDS, outline_ink
from training.synthesis.scenes import scene_crops
from training.synthesis.writers import Material, a_writer, divide

HEIGHT_PX = 56  # digits are drawn at twice the glyph's size and then normalised
PEN_PX = (1.2, 13.0)
AS_IS = 0.2  # share of MNIST's digits shown as they are
DRY = 0.08  # share of the digits written with a pen that runs dry
SCANNED = 0.08  # share of the examples, digits or not, that look like small scans in black and white
SHOWN = 3  # epochs in which an example is shown: drawing it takes longer than learning from it
WORKERS = 1  # processes that draw; the other core trains


@dataclass(frozen=True)
class Shares:
    """Examples of each kind in a chunk; an epoch shows `SHOWN` chunks."""

    mnist: int = 13_000
    pen: int = 9_000
    own: int = 4_500
    face: int = 3_000
    scene: int = 10_000
    nothing: int = 7_000

    def scaled(self, factor: float) -> Shares:
        """The same mix in another amount."""
        return Shares(**{kind: round(count * factor) for kind, count in vars(self).items()})


def full_examples(
    digits: DigitImages,
    strokes: list[Handwritten],
    faces: Sequence[Typeface] = (),
    *,
    limit: int | None = None,
    seed: int = 0,
    teachers: Sequence[Path] = (),
) -> Examples:
    """Lays out the shipped recipe.

    Args:
        digits: MNIST or a set like it.
        strokes: the training writers' pen strokes; an empty list trains without, on the project's own hands alone.
        faces: typefaces of handwriting and print; none trains on stroke fonts' letters alone.
        limit: examples an epoch at most, for a quick look.
        seed: makes every chunk repeatable.
        teachers: `.tflite` files of trained networks, whose answers are a part of every target.
    """
    training, held_out = divide(digits.train, strokes, faces)
    shares = Shares()
    total = sum(vars(shares).values())
    shares = shares.scaled(min(1.0, (limit or SHOWN * total) / (SHOWN * total)))
    validation = draw_examples(held_out, shares.scaled(0.2), np.random.default_rng([seed, 999_999]))
    sources = [
        f"MNIST, {len(training.images)} training images, distorted",
        *(
            [f"pendigits-train (UCI, CC BY 4.0), {len(training.writers)} writers' pen strokes, distorted"]
            * bool(strokes)
        ),
        "the project's own hands: European variants that MNIST lacks",
        *([f"{len(training.faces)} typefaces (Fontsource; OFL, UFL, Apache), outlines distorted"] * bool(faces)),
        "pages by all of these, photographed by the simulated camera and cut out by find_candidates",
        "no digits: letters, operators, print, pages of words, joined and half digits, blots, rules",
        f"{SCANNED:.0%} of the single glyphs, digits or not, as small scans, some stretched to a square",
        *([f"half of every target: the answers of {len(teachers)} network(s) trained before"] * bool(teachers)),
    ]
    return Examples(
        epoch_arrays=AheadDrawing(training, shares, seed, teachers),
        validation=Labelled(validation[0], validation[1].argmax(axis=1)),
        tests={"MNIST test": digits.test.normalised()},
        sources=tuple(sources),
    )


class AheadDrawing:
    """Gives an epoch's examples, and has the next ones drawn meanwhile by another process."""

    def __init__(self, material: Material, shares: Shares, seed: int, teachers: Sequence[Path] = ()) -> None:
        """Starts the process."""
        self.shares, self.seed = shares, seed
        spawn = multiprocessing.get_context("spawn")  # a fork would copy TensorFlow's threads in an unknown state
        self.pool = ProcessPoolExecutor(WORKERS, spawn, initializer=_remember, initargs=(material, teachers))
        self.drawing: dict[int, Future] = {}

    def __call__(self, epoch: int) -> tuple[np.ndarray, np.ndarray]:
        """(n, 28, 28) uint8 glyphs and (n, 11) float32 shares of one epoch."""
        shown = [self._start(chunk) for chunk in range(epoch, epoch + SHOWN)]
        chunks = [future.result() for future in shown]
        self.drawing = {chunk: self.drawing[chunk] for chunk in range(epoch + 1, epoch + SHOWN)}
        self._start(epoch + SHOWN)
        return np.concatenate([x for x, _ in chunks]), np.concatenate([y for _, y in chunks])

    def _start(self, chunk: int) -> Future:
        if chunk not in self.drawing:
            self.drawing[chunk] = self.pool.submit(_draw_chunk, self.shares, self.seed, chunk)
        return self.drawing[chunk]


_material: Material | None = None  # in the drawing process only: sent once, not with every epoch
_teach: Teach = leave


def _remember(material: Material, teachers: Sequence[Path]) -> None:
    global _material, _teach  # a process pool has no other place for its workers' data
    _material, _teach = material, load_teachers(teachers)
    cv2.setNumThreads(1)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the trainer's to answer


def _draw_chunk(shares: Shares, seed: int, chunk: int) -> tuple[np.ndarray, np.ndarray]:
    return _teach(*draw_examples(_material, shares, np.random.default_rng([seed, chunk])))


def draw_examples(material: Material, shares: Shares, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Draws examples of every kind: (n, 28, 28) uint8 glyphs and (n, 11) float32 shares of the classes."""
    sure = np.eye(CLASSES, dtype=np.float32)
    glyphs, targets = [], []
    kinds = [(_mnist, shares.mnist), (_own, shares.own)]
    kinds += [(_pen, shares.pen)] * bool(material.writers) + [(_face, shares.face)] * bool(material.hands)
    for kind, count in kinds:
        for _ in range(count):
            ink, label = kind(material, rng)
            glyphs.append(_glyph(run_dry(ink, rng) if rng.random() < DRY else ink, rng))
            targets.append(sure[label])
    for _ in range(shares.nothing):
        glyph, target = _nothing(material, rng)
        glyphs.append(glyph)
        targets.append(target)
    wanted = len(glyphs) + shares.scene
    while len(glyphs) < wanted:
        for glyph, label in scene_crops(rng, a_writer(material, rng), material.faces):
            glyphs.append(glyph)
            targets.append(sure[label])
    return np.stack(glyphs), np.stack(targets)


def _mnist(material: Material, rng: np.random.Generator) -> tuple[np.ndarray, int]:
    index = rng.integers(len(material.images))
    image, label = material.images.x[index], int(material.images.y[index])
    return (image if rng.random() < AS_IS else distort_image(image, rng)), label


def _pen(material: Material, rng: np.random.Generator) -> tuple[np.ndarray, int]:
    digit = material.pen(rng)
    return _rendered(distort_strokes(digit.strokes, rng), rng), digit.label


def _own(_: Material, rng: np.random.Generator) -> tuple[np.ndarray, int]:
    label = int(rng.integers(10))
    ink = own_writer(draw_hand(rng))(label, HEIGHT_PX, _pen_px(rng), rng)
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
    ink, look_alike = draw(lambda chance: source(material, chance)[0], rng, material.faces)
    target = np.zeros(CLASSES, np.float32)
    target[NO_DIGIT] = 1.0
    if look_alike:
        target[look_alike[0]], target[NO_DIGIT] = look_alike[1], 1 - look_alike[1]
    return _glyph(ink, rng), target


def _glyph(ink: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Ink as the network sees it, now and then after a poor scan."""
    return normalise(scan(ink, rng) if rng.random() < SCANNED else ink)


def inked(digits: Sequence[Handwritten], rng: np.random.Generator) -> Labelled:
    """Pen strokes as glyphs, undistorted, each with some pen: for testing."""
    glyphs = [normalise(_rendered(digit.strokes, rng)) for digit in digits]
    return Labelled(np.stack(glyphs), np.array([digit.label for digit in digits]))


def _rendered(strokes: Sequence[np.ndarray], rng: np.random.Generator) -> np.ndarray:
    height = max(float(np.ptp(np.concatenate(strokes), axis=0).max()), 0.05)
    return render_strokes(strokes, HEIGHT_PX / height, _pen_px(rng), rng)


def _pen_px(rng: np.random.Generator) -> float:
    return float(np.exp(rng.uniform(*np.log(PEN_PX))))
