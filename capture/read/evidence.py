"""What is known of each piece of ink on a page, in rows: what the network says, where it is, and how it looks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

import cv2
import numpy as np

from capture.boxes import as_array, weighted_median
from capture.detect.find import MIN_INK_RATIO
from capture.read.inks import inks_of, strengths_of
from capture.read.networks import MAX_LOG_ODDS, ODDS_SCALE, TINY
from capture.types import Hypothesis
from model.classifier import CLASSES, NO_DIGIT
from model.glyph import SIDE

NO_ORIGIN = np.array([0, 0, 0, 0, 0, -MAX_LOG_ODDS / ODDS_SCALE], np.float32)  # of ink that nothing was tried with


@dataclass(frozen=True)
class Evidence:
    """Rows of n pieces of ink; what is not given is the same for all.

    Attributes:
        probabilities: (n, C) of the network, C >= 11: digits 0 to 9, "no digit", then letters and signs.
        boxes: (n, 4) x, y, width, height in px.
        strokes: (n,) how broad their strokes are in px; 0 where that is not known.
        shape: (height, width, ...) of the picture in px.
        origins: (n, 6) of what each was split, as `Hypothesis` has it.
        thumbnails: (n, P) of their glyphs, as `thumbnails_of` makes them.
        inks: (n, 3) that they are written in, as `inks_of` gives them.
        is_other: (n,) bool, of ink too low or too wide for a digit, as minuses are: it tells what the rest is.
    """

    probabilities: np.ndarray
    boxes: np.ndarray
    strokes: np.ndarray
    shape: tuple[int, ...]
    origins: np.ndarray | None = None
    thumbnails: np.ndarray | None = None
    inks: np.ndarray | None = None
    is_other: np.ndarray | None = None

    def __post_init__(self) -> None:
        count = len(self.boxes)
        unknown = {
            "origins": np.tile(NO_ORIGIN, (count, 1)),
            "thumbnails": np.zeros((count, 1), np.float32),
            "inks": np.zeros((count, 3), np.float32),
            "is_other": np.zeros(count, bool),
        }
        for name, rows in unknown.items():
            if getattr(self, name) is None:
                object.__setattr__(self, name, rows)

    def __len__(self) -> int:
        return len(self.boxes)

    def part(self, chosen: np.ndarray) -> Evidence:
        """Select rows, by (n,) bool or their indices."""
        return replace(self, **{name: getattr(self, name)[chosen] for name in BY_ROW})

    def beside(self, other: Evidence, shape: tuple[int, ...]) -> Evidence:
        """Put the rows of another page below these, as one picture of that shape."""
        rows = {name: np.concatenate([getattr(self, name), getattr(other, name)]) for name in BY_ROW}
        return Evidence(**rows, shape=shape)


BY_ROW = tuple(one.name for one in fields(Evidence) if one.name != "shape")


def evidence_of(hypotheses: Sequence[Hypothesis], others: Sequence[Hypothesis], shape: tuple[int, ...]) -> Evidence:
    """Collect what is known of hypotheses of a page, and after them of other ink that the same pen may have left."""
    every = [*hypotheses, *_by_the_same_pen(hypotheses, others)]
    return Evidence(
        np.array([one.probabilities for one in every] or np.zeros((0, CLASSES)), np.float32),
        as_array(one.box for one in every),
        np.array([one.candidate.stroke_width_px for one in every], np.float32),
        shape,
        origins_of(every),
        thumbnails_of(every),
        inks_of(every),
        np.arange(len(every)) >= len(hypotheses),
    )


def _by_the_same_pen(hypotheses: Sequence[Hypothesis], others: Sequence[Hypothesis]) -> list[Hypothesis]:
    """Leave out ink much fainter than likely digits: grain and rests of ruling, no signs; all where no digit may be."""
    if not hypotheses:
        return []
    inks = inks_of([*hypotheses, *others])
    if inks is None:
        return list(others)
    digits = np.array([one.probabilities[:NO_DIGIT].sum() for one in hypotheses]) + TINY
    strengths, count = strengths_of(inks), len(hypotheses)
    least = weighted_median(strengths[:count], digits) + np.log(MIN_INK_RATIO)
    return [one for one, strength in zip(others, strengths[count:].tolist(), strict=True) if strength >= least]


def origins_of(hypotheses: Sequence[Hypothesis]) -> np.ndarray:
    """Stack what each hypothesis was split from: (n, 6)."""
    rows = [NO_ORIGIN if one.origin is None else one.origin for one in hypotheses]
    return np.array(rows, np.float32).reshape(-1, NO_ORIGIN.size)


def thumbnails_of(hypotheses: Sequence[Hypothesis]) -> np.ndarray:
    """Stack each one's glyph at half its size: (n, 196) uint8."""
    half = SIDE // 2
    if not hypotheses:
        return np.zeros((0, half**2), np.uint8)
    column = np.concatenate([one.candidate.glyph for one in hypotheses])  # one picture, halved in one go
    return cv2.resize(column, (half, len(column) // 2), interpolation=cv2.INTER_AREA).reshape(-1, half**2)
