"""Printed text: what books and forms have on them and nobody's hand has written."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np

from capture.synthetic.ink import trim_ink

FONTS = ("sans", "italic", "uni")
"""The typefaces that OpenCV 5 carries in itself."""
CAP_HEIGHT = 0.7
"""Height of a capital or digit, as a share of the type size."""
SYLLABLES = (
    "al",
    "be",
    "cor",
    "den",
    "est",
    "fan",
    "go",
    "hir",
    "is",
    "jun",
    "kel",
    "lor",
    "mat",
    "net",
    "qua",
    "ser",
    "wi",
)


@dataclass(frozen=True, slots=True)
class Print:
    """How something is printed.

    Attributes:
        font: one of `FONTS`.
        weight: 200 (light) to 900 (black); 400 is normal.
    """

    font: str
    weight: int


def random_print(rng: np.random.Generator) -> Print:
    """Choose a typeface and a weight."""
    return Print(str(rng.choice(FONTS)), int(rng.integers(200, 900)))


@cache
def _font(name: str) -> cv2.FontFace:
    return cv2.FontFace(name)


def set_text(text: str, height_px: float, look: Print) -> np.ndarray:
    """Set a line of print.

    Args:
        text: Latin letters, digits, punctuation.
        height_px: height of a capital or digit.
        look: typeface and weight.

    Returns:
        (h, w) uint8 alpha map, tight around the ink.
    """
    size = max(4, round(height_px / CAP_HEIGHT))
    canvas = np.zeros((2 * size, (len(text) + 1) * size), np.uint8)
    cv2.putText(canvas, text, (size // 2, size + size // 3), 255, _font(look.font), size, look.weight)
    return trim_ink(canvas)


def invent_text(rng: np.random.Generator) -> str:
    """Invent a few words that mean nothing, now and then with a number among them."""
    words = ["".join(rng.choice(SYLLABLES, rng.integers(1, 4))) for _ in range(rng.integers(1, 5))]
    if rng.random() < 0.3:
        words.insert(int(rng.integers(len(words) + 1)), str(rng.integers(0, 3000)))
    text = " ".join(words)
    return rng.choice([str.upper, str.lower, str.title])(text)
