"""Gives digits the names that a person gave them: sure, whatever was read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

import numpy as np

from capture.types import Digit
from model.classifier import MIN_CLASSES, NO_DIGIT


def name_digit(digit: Digit, label: int) -> Digit | None:
    """Give a digit the name that a person gave it, 0 to 9; None for 10, which means that it is no digit."""
    if label == NO_DIGIT:
        return None
    certain = np.eye(MIN_CLASSES, dtype=np.float32)[label]
    return replace(digit, digit=label, confidence=1.0, probabilities=certain)


def with_names(digits: Iterable[Digit], names: Mapping[int, int]) -> tuple[Digit, ...]:
    """Give digits their names, by their tracks; those that are none are left out."""
    named = (name_digit(one, names[one.track]) if one.track in names else one for one in digits)
    return tuple(one for one in named if one is not None)
