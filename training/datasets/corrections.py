"""The user's own digits, kept by `run_camera.py --keep`: loaded, parted so that no ink is on both sides, varied."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np

from capture.sinks.samples import NOTHING
from capture.sources.base import SourceError
from capture.sources.image_file import read_picture
from capture.sources.photos import is_picture_name, natural_key
from model.classifier import NO_DIGIT
from model.glyph import SIDE, normalise
from training.datasets.folder import LABEL_IN_NAME, ink_of_picture
from training.datasets.mnist import DIGITS, DataError, Labelled, report_skipped
from training.synthesis.augment import distort_image

SAME_INK = 0.97  # correlation of blurred glyphs: frames of one digit reach it, the same hand's next digit seldom does
BLUR_PX = 1.0


def load_extra(folder: Path) -> Labelled:
    """Loads kept digits from the subfolders `0` to `9` or named like `7_anything.png`; from `none` what is no digit.

    A 28x28 picture, white on black, is taken as the glyph that it is; any other is cut out as the camera would.
    What cannot be read is named, skipped and counted.

    Raises:
        DataError: there is nothing to learn from.
    """
    glyphs, labels, skipped = [], [], []
    for file, label in _files(folder):
        try:
            glyphs.append(_glyph(file))
            labels.append(label)
        except (DataError, SourceError) as problem:
            skipped.append(str(problem) if str(file) in str(problem) else f"{file}: {problem}")
    report_skipped(skipped)
    if not glyphs:
        raise DataError(
            "{folder}: holds no digits in 0/ to 9/, nor named like 7_anything.png; keep some with "
            "run_camera.py --keep {folder}, key w",
            folder=folder,
        )
    return Labelled(np.stack(glyphs), np.array(labels))


def _files(folder: Path) -> Iterator[tuple[Path, int]]:
    labels = {str(digit): digit for digit in range(DIGITS)} | {NOTHING: NO_DIGIT}
    for name, label in labels.items():
        files = sorted((folder / name).glob("*"), key=natural_key)
        yield from ((file, label) for file in files if is_picture_name(file))
    named = ((file, LABEL_IN_NAME.match(file.name)) for file in sorted(folder.glob("*"), key=natural_key))
    yield from ((file, int(label[1])) for file, label in named if label and is_picture_name(file) and file.is_file())


def _glyph(file: Path) -> np.ndarray:
    picture = read_picture(file)
    gray = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
    border = np.concatenate([gray[0], gray[-1], gray[:, 0], gray[:, -1]])
    is_glyph = gray.shape == (SIDE, SIDE) and np.median(border) == 0
    glyph = gray if is_glyph else normalise(ink_of_picture(picture))
    if not glyph.any():
        raise DataError("{file}: shows no ink", file=file)
    return glyph


def part(digits: Labelled, parts: int, seed: int = 0) -> np.ndarray:
    """Deals digits out into parts, each label evenly; pictures of the same ink stay together.

    A digit kept from several frames must not be learnt in one of them and asked in another: that would only show that
    the network remembers.

    Args:
        digits: glyphs with their labels.
        parts: how many.
        seed: another one deals differently.

    Returns:
        (n,) integers: the part, from 0, of each digit.
    """
    inks = same_ink(digits)
    first_of = {ink: index for index, ink in reversed(list(enumerate(inks)))}
    order = np.random.default_rng(seed).permutation(sorted(first_of))
    order = sorted(order, key=lambda ink: digits.y[first_of[ink]])  # stable: shuffled within each label
    part_of = {ink: place % parts for place, ink in enumerate(order)}
    return np.array([part_of[ink] for ink in inks])


def same_ink(digits: Labelled) -> list[int]:
    """For each digit a number that pictures of one ink share: the first such picture's place."""
    blurred = np.stack([cv2.GaussianBlur(glyph, (0, 0), BLUR_PX) for glyph in digits.x]).reshape(len(digits), -1)
    centred = blurred - blurred.mean(axis=1, keepdims=True, dtype=np.float32)
    unit = centred / np.maximum(np.linalg.norm(centred, axis=1, keepdims=True), 1e-6)
    is_alike = (unit @ unit.T > SAME_INK) & (digits.y[:, None] == digits.y[None])
    inks = list(range(len(digits)))
    for index in range(len(digits)):
        inks[index] = inks[int(is_alike[index].argmax())]  # argmax: the first like it, itself at the latest
    return inks


def vary(digits: Labelled, count: int, rng: np.random.Generator) -> Labelled:
    """`count` examples from a few digits: each in turn, distorted as another moment or pen would."""
    chosen = np.resize(rng.permutation(len(digits)), count)
    return Labelled(np.stack([normalise(distort_image(digits.x[i], rng)) for i in chosen]), digits.y[chosen])
