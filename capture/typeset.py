"""Printed text: what books and forms have on them and nobody's hand has written."""

from __future__ import annotations

from functools import cache

import cv2
import numpy as np

from capture.ink import trim_ink

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


@cache
def _font(name: str) -> cv2.FontFace:
    return cv2.FontFace(name)


def set_text(text: str, height_px: float, rng: np.random.Generator) -> np.ndarray:
    """Sets a line of print in some typeface and weight.

    Args:
        text: Latin letters, digits, punctuation.
        height_px: height of a capital or digit.
        rng: which typeface, how bold.

    Returns:
        (h, w) uint8 alpha map, tight around the ink.
    """
    size = max(4, round(height_px / CAP_HEIGHT))
    canvas = np.zeros((2 * size, (len(text) + 1) * size), np.uint8)
    font = _font(str(rng.choice(FONTS)))
    cv2.putText(canvas, text, (size // 2, size + size // 3), 255, font, size, int(rng.integers(200, 900)))
    return trim_ink(canvas)


def invent_text(rng: np.random.Generator) -> str:
    """A few words that mean nothing, now and then with a number among them."""
    words = ["".join(rng.choice(SYLLABLES, rng.integers(1, 4))) for _ in range(rng.integers(1, 5))]
    if rng.random() < 0.3:
        words.insert(int(rng.integers(len(words) + 1)), str(rng.integers(0, 3000)))
    text = " ".join(words)
    return rng.choice([str.upper, str.lower, str.title])(text)
