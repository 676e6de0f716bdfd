"""Gives the target of a character that is no digit: its class, and the digit that it may be, with a likelihood."""

from __future__ import annotations

from functools import cache

import numpy as np

from model.classifier import CLASS_NAMES, CLASSES, NO_DIGIT

SIGN_CLASSES = {
    "/": "slash",
    **dict.fromkeys(("-", "_", "minus", "underline"), "minus"),
    **dict.fromkeys(("+", "plus"), "plus"),
    **dict.fromkeys(("times", "\N{MULTIPLICATION SIGN}"), "times"),
    **dict.fromkeys(("=", "equals"), "equals"),
    **dict.fromkeys(("(", "[", "{", "open bracket", "square open", "brace open"), "open bracket"),
    **dict.fromkeys((")", "]", "}", "close bracket", "square close", "brace close"), "close bracket"),
    **dict.fromkeys((".", "full stop"), "dot"),
    **dict.fromkeys((",", "comma"), "comma"),
    **dict.fromkeys((":", "colon"), "colon"),
}
"""Characters, and the names of the drawn marks, that have a class of their own; all others are letters."""
NAMELESS = frozenset(("scribble", "cursive", "cross out", "circle", "print", "rule", "ring", "word"))
"""Drawn, but neither letter nor sign."""
LOOK_ALIKES = {
    **dict.fromkeys("lI|", (1, 0.5)),
    "/": (1, 0.4),
    **dict.fromkeys(("'", "apostrophe", ",", "comma", "^"), (1, 0.25)),
    **dict.fromkeys("()", (1, 0.2)),
    **dict.fromkeys("oO", (0, 0.5)),
    "circle": (0, 0.25),
    **dict.fromkeys("DQ", (0, 0.15)),
    **dict.fromkeys("Zz", (2, 0.4)),
    **dict.fromkeys(("}", "brace close"), (3, 0.25)),
    "y": (4, 0.25),
    "Y": (4, 0.15),
    **dict.fromkeys("Ss", (5, 0.4)),
    "b": (6, 0.35),
    "G": (6, 0.1),
    **dict.fromkeys("B&", (8, 0.2)),
    **dict.fromkeys("gq", (9, 0.35)),
}
"""Characters that many people write as a digit: alone they can be either, and their surroundings tell."""
CROSSES = {"x": 0.5, "X": 0.5, "cross out": 0.3}  # written as a times sign is: the share that its class has


@cache
def _target(character: str) -> np.ndarray:
    target = np.zeros(CLASSES, np.float32)
    own = "none" if character in NAMELESS else SIGN_CLASSES.get(character, "letter")
    digit, likeness = LOOK_ALIKES.get(character, (0, 0.0))
    cross = CROSSES.get(character, 0.0)
    target[digit] = likeness
    target[CLASS_NAMES.index("times")] += cross
    target[CLASS_NAMES.index(own)] += 1 - likeness - cross
    return target


def target_of(character: str) -> np.ndarray:
    """Compute (CLASSES,) float32 shares of a character that is no digit, or of a drawn mark by its name."""
    return _target(character).copy()


def nothing() -> np.ndarray:
    """Compute (CLASSES,) float32: surely neither digit nor letter nor sign."""
    return np.eye(CLASSES, dtype=np.float32)[NO_DIGIT]


def perhaps(digit: int, likeness: float) -> np.ndarray:
    """Compute (CLASSES,) float32: no digit, but by so much, 0 to 1, the digit it looks like."""
    target = nothing()
    target[digit], target[NO_DIGIT] = likeness, 1 - likeness
    return target
