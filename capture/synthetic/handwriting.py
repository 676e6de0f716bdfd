"""People's handwriting without data files: a `Hand` is one person's habits; it writes digits and marks as pen strokes.

Strokes are lists of (n, 2) float32 polylines in heights of a digit, y downwards; `capture/synthetic/ink.py` draws them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from capture.synthetic.glyph_paths import DIGITS, LETTERS, MARKS
from capture.synthetic.ink import render_strokes

UNITS_PER_HEIGHT = 100.0  # of the sheet that paths are written on
STEP = 0.02
"""Distance between neighbouring points of a finished stroke, in heights: below a pixel up to 50 px, smooth above."""
SAMPLES_PER_SPAN = 8
CATMULL_ROM = np.array([[0, 2, 0, 0], [-1, 0, 1, 0], [2, -5, 4, -1], [-1, 3, -3, 1]]) / 2
SPAN_WEIGHTS = np.vander(np.arange(SAMPLES_PER_SPAN) / SAMPLES_PER_SPAN, 4, increasing=True) @ CATMULL_ROM
"""(SAMPLES_PER_SPAN, 4): what each of four neighbouring control points gives to each sample between the middle two."""
Write = Callable[[int, float, float, np.random.Generator], np.ndarray]
"""A writer: (digit, height in px, pen width in px, rng) -> (h, w) uint8 alpha map, tight around the ink."""


class Stroke(NamedTuple):
    """Control points of one pen-down line.

    Attributes:
        points: (n, 2) float32, in heights of a digit.
        runs: index ranges of `points` between sharp corners; each is one smooth curve, and neighbours share the corner.
    """

    points: np.ndarray
    runs: tuple[slice, ...]


@dataclass(frozen=True, slots=True)
class Hand:
    """One person's habits. Lengths are in heights of a digit.

    Attributes:
        variants: for each digit 0 to 9 the shape this person writes, a key of `DIGITS[digit]`.
        slant: sideways shift over a digit's height; positive leans to the right.
        aspect: width compared with the table's shapes.
        roundness: how far corners are rounded off.
        looseness: how much the same digit differs from one time to the next.
        tremor: size of the small shaking along a stroke.
        haste: 0 for careful, 1 for hurried: strokes overshoot, loops stay open.
        retraces: how often a stroke is gone over again, as with a crayon or to make it bolder.
        quirk: seed of the personal deformation that every digit of this hand shows each time.
    """

    variants: tuple[str, ...]
    slant: float
    aspect: float
    roundness: float
    looseness: float
    tremor: float
    haste: float
    retraces: int
    quirk: int


CAREFUL_HAND = Hand(
    variants=tuple(next(iter(shapes)) for shapes in DIGITS),
    slant=0.05,
    aspect=1.0,
    roundness=0.01,
    looseness=0.008,
    tremor=0.0,
    haste=0.0,
    retraces=0,
    quirk=0,
)
"""Writes as a primer shows it."""


def draw_hand(rng: np.random.Generator) -> Hand:
    """Invent a person."""
    return Hand(
        variants=tuple(str(rng.choice(list(shapes))) for shapes in DIGITS),
        slant=float(np.clip(rng.normal(0.1, 0.2), -0.35, 0.7)),
        aspect=float(rng.uniform(0.65, 1.4)),
        roundness=float(rng.uniform(0.0, 0.05)),
        looseness=float(rng.choice([rng.uniform(0.006, 0.022), 0.035], p=[0.9, 0.1])),
        tremor=float(rng.choice([0.0, 0.002, 0.005, 0.01], p=[0.3, 0.4, 0.2, 0.1])),
        haste=float(rng.beta(1.2, 2.5)),
        retraces=int(rng.choice([0, 1, 2], p=[0.94, 0.03, 0.03])),
        quirk=int(rng.integers(2**31)),
    )


def write_digit(digit: int, hand: Hand, rng: np.random.Generator) -> list[np.ndarray]:
    """Write one digit as this hand would this time: strokes in a box of height about 1."""
    habit = np.random.default_rng([hand.quirk, digit])
    return _write(parse_path(DIGITS[digit][hand.variants[digit]]), hand, habit, rng)


def write_mark(name: str, rng: np.random.Generator, hand: Hand | None = None) -> list[np.ndarray]:
    """Write something that is no digit: a key of `MARKS` or `LETTERS`, "scribble" or "cursive".

    Returns:
        Strokes in the same scale as digits: a full stop is small and lies at y = 1.
    """
    invent = {"scribble": _scribble, "cursive": _cursive}.get(name)
    strokes = invent(rng) if invent else parse_path({**MARKS, **LETTERS}[name])
    return _write(strokes, hand or draw_hand(rng), rng, rng)


def own_writer(hand: Hand) -> Write:
    """Make a writer, as `random_page` wants it, from one of the project's own hands."""

    def write(digit: int, height_px: float, pen_px: float, rng: np.random.Generator) -> np.ndarray:
        return render_strokes(write_digit(digit, hand, rng), height_px, pen_px, rng)

    return write


@cache
def parse_path(path: str) -> tuple[Stroke, ...]:
    """Turn a path, as `capture.synthetic.glyph_paths` notes it, into strokes, in heights."""
    return tuple(_parse_stroke(part.split()) for part in path.split("|"))


def _parse_stroke(words: list[str]) -> Stroke:
    points = np.array([word.rstrip("!").split(",") for word in words], np.float32) / UNITS_PER_HEIGHT
    corners = [i for i, word in enumerate(words) if word.endswith("!")]
    bounds = [0, *corners, len(words) - 1]
    runs = tuple(slice(a, b + 1) for a, b in pairwise(bounds) if b > a)
    return Stroke(points, runs)


def _scribble(rng: np.random.Generator) -> tuple[Stroke, ...]:
    n = int(rng.integers(6, 20))
    points = rng.uniform(0.0, 1.0, (n, 2)) * [rng.uniform(0.5, 2.0), rng.uniform(0.4, 1.0)]
    return (Stroke(points.astype(np.float32), (slice(0, n),)),)


def _cursive(rng: np.random.Generator) -> tuple[Stroke, ...]:
    """Draw a joined-up word that cannot be read: loops, arches and strokes of two or three heights along a line."""
    n = int(rng.integers(12, 50))
    turns = np.arange(n) * (2 * np.pi / 4)
    height = rng.choice([0.25, 0.25, 0.5], n // 4 + 1).repeat(4)[:n]
    x = np.arange(n) * 0.1 + rng.choice([0.0, 0.06, 0.12], n) * np.cos(turns)
    y = 0.75 - height * np.sin(turns) * rng.uniform(0.7, 1.2, n)
    return (Stroke(np.stack([x, y], axis=1).astype(np.float32), (slice(0, n),)),)


def _write(
    shape: Sequence[Stroke], hand: Hand, habit: np.random.Generator, rng: np.random.Generator
) -> list[np.ndarray]:
    """Bend a shape by the person's habit, then by the moment."""
    strokes = [_glide(_loosen(stroke, hand, habit, rng)) for stroke in shape]
    strokes += [_again(points, rng) for _ in range(hand.retraces) for points in strokes]
    strokes = [_hurry(_round_off(points, hand.roundness), hand.haste, rng) for points in strokes]
    warps = (_elastic(habit, 0.025), _elastic(rng, hand.looseness), _affine(hand, rng))
    for warp in warps:
        strokes = [warp(points) for points in strokes]
    return [_shake(points, hand.tremor, rng).astype(np.float32) for points in strokes]


def _again(points: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Repeat the stroke a little beside itself."""
    return points + rng.normal(0.0, 0.015, 2) + rng.normal(0.0, 0.02) * (points - points.mean(axis=0))


def _loosen(stroke: Stroke, hand: Hand, habit: np.random.Generator, rng: np.random.Generator) -> Stroke:
    n = stroke.points.shape
    return stroke._replace(points=stroke.points + habit.normal(0, 0.012, n) + rng.normal(0, hand.looseness, n))


def _glide(stroke: Stroke) -> np.ndarray:
    """Join a stroke's smooth runs to one polyline with points `STEP` apart."""
    return _resample(np.concatenate([_spline(stroke.points[run]) for run in stroke.runs]))


def _spline(points: np.ndarray) -> np.ndarray:
    """Lay a uniform Catmull-Rom curve through all points (Catmull and Rom, 1974), ends mirrored."""
    ends = 2 * points[0] - points[1], 2 * points[-1] - points[-2]
    p = np.vstack([ends[0], points, ends[1]])
    spans = np.stack([p[i : len(p) - 3 + i] for i in range(4)])
    curve = np.tensordot(SPAN_WEIGHTS, spans, 1)
    return np.vstack([curve.transpose(1, 0, 2).reshape(-1, 2), points[-1:]])


def _resample(points: np.ndarray) -> np.ndarray:
    way = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(points, axis=0), axis=1))])
    at = np.linspace(0.0, way[-1], max(2, int(way[-1] / STEP) + 1))
    return np.stack([np.interp(at, way, points[:, axis]) for axis in (0, 1)], axis=1)


def _round_off(points: np.ndarray, roundness: float) -> np.ndarray:
    """Smooth along the stroke; its ends stay where they are."""
    sigma = roundness / STEP
    if sigma < 0.3 or len(points) < 5:
        return points
    reach = min(int(3 * sigma) + 1, len(points) - 1)
    ends = 2 * points[0] - points[reach:0:-1], 2 * points[-1] - points[-2 : -reach - 2 : -1]
    long = np.vstack([ends[0], points, ends[1]])
    kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) / sigma) ** 2)
    return np.stack([np.convolve(long[:, axis], kernel / kernel.sum(), "valid") for axis in (0, 1)], axis=1)


def _hurry(points: np.ndarray, haste: float, rng: np.random.Generator) -> np.ndarray:
    """Let the stroke's end overshoot or stop early, in proportion to haste; dots stay dots."""
    extra = round(rng.normal(0.0, 0.04 * haste) / STEP)
    if len(points) < 15 or extra == 0:
        return points
    if extra < 0:
        return points[:extra]
    direction = (points[-1] - points[-4]) / 3
    return np.vstack([points, points[-1] + direction * np.arange(1, extra + 1)[:, None]])


def _elastic(rng: np.random.Generator, strength: float) -> Callable[[np.ndarray], np.ndarray]:
    """Bend the whole plane smoothly: one slow wave for each axis."""
    waves = rng.uniform(-0.9, 0.9, (2, 2))
    phases = rng.uniform(0.0, 2 * np.pi, 2)
    reach = rng.normal(0.0, 1.4 * strength, 2)
    return lambda points: points + reach * np.sin(2 * np.pi * points @ waves + phases)


def _affine(hand: Hand, rng: np.random.Generator) -> Callable[[np.ndarray], np.ndarray]:
    """Give strokes the hand's width and slant and a little turn, about the digit's foot."""
    slant = hand.slant + rng.normal(0.0, hand.looseness)
    turn = rng.normal(0.0, 1.5 * hand.looseness)
    width = hand.aspect * rng.normal(1.0, 2 * hand.looseness)
    matrix = np.array([[width, -slant], [turn, 1.0]]).T
    foot = np.array([0.3, 1.0])
    return lambda points: (points - foot) @ matrix + foot


def _shake(points: np.ndarray, tremor: float, rng: np.random.Generator) -> np.ndarray:
    if tremor == 0.0 or len(points) < 4:
        return points
    knots = np.arange(0, len(points) + 3, 3)
    shakes = rng.normal(0.0, tremor, (2, len(knots)))
    at = np.arange(len(points))
    return points + np.stack([np.interp(at, knots, shake) for shake in shakes], axis=1)
