"""Prepares the user's own digits to learn from: parts without common ink for cross-checks, and varied copies."""

from __future__ import annotations

import cv2
import numpy as np

from model.glyph import normalise
from training.datasets.labelled import Labelled
from training.synthesis.augment import distort_image

SAME_INK = 0.97  # correlation of blurred glyphs: frames of one digit reach it, the same hand's next digit seldom does
BLUR_PX = 1.0


def part(digits: Labelled, parts: int, seed: int = 0) -> np.ndarray:
    """Deal digits out into parts, each label evenly; pictures of the same ink stay together.

    A digit kept from several frames must not be learnt in one of them and asked in another: that would only show that
    the network remembers.

    Args:
        digits: glyphs with their labels.
        parts: how many.
        seed: of the order in which they are dealt.

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
    """Find for each digit a number that pictures of one ink share: the first such picture's place."""
    blurred = np.stack([cv2.GaussianBlur(glyph, (0, 0), BLUR_PX) for glyph in digits.x]).reshape(len(digits), -1)
    centred = blurred - blurred.mean(axis=1, keepdims=True, dtype=np.float32)
    unit = centred / np.maximum(np.linalg.norm(centred, axis=1, keepdims=True), 1e-6)
    is_alike = (unit @ unit.T > SAME_INK) & (digits.y[:, None] == digits.y[None])
    inks = list(range(len(digits)))
    for index in range(len(digits)):
        inks[index] = inks[int(is_alike[index].argmax())]  # argmax: the first like it, itself at the latest
    return inks


def vary(digits: Labelled, count: int, rng: np.random.Generator) -> Labelled:
    """Make `count` examples of a few digits: each in turn, distorted as if written again, or with another pen."""
    chosen = np.resize(rng.permutation(len(digits)), count)
    return Labelled(np.stack([normalise(distort_image(digits.x[i], rng)) for i in chosen]), digits.y[chosen])
