"""Makes one person's digit look like another's: turned, leaning, stretched, bent; as pen strokes or as a picture.

Elastic distortion after Simard, Steinkraus and Platt 2003, "Best Practices for Convolutional Neural Networks".
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

TURN = 0.13  # radians, standard deviation: a hand's own turn and what is left of the sheet's
SHEAR = 0.16
STRETCH = 0.18  # standard deviation of the logarithm
BEND = 0.025  # of the height: amplitude of the slow waves that bend strokes
WAVES = (3.0, 12.0)  # radians a height
CANVAS_PX, DIGIT_PX = 80, 56  # pictures are distorted at twice MNIST's size, with room to turn
BEND_PX = 1.3
BEND_KNOTS = 5
WILD, WILD_STRENGTH = 0.08, 1.8  # share of the digits distorted this much more: few people write so, but they do
MAX_TURN, MAX_SHEAR = 0.45, 0.6  # a digit turned or sheared further is another one
DRY_KNOTS, DRY_LEVEL, DRY_SLOPE = (3, 7), (-2.4, -1.0), 3.0  # where a pen runs dry: smooth noise below a level
DRY_LEAST = (-0.4, 0.5)  # of the ink is left there; below 0 none
GREY_SCAN = 0.3  # share of the scans that keep their grey levels, and may be smaller, as Optdigits' 8x8
GREY_SCAN_PX, SCAN_PX = (8, 18), (13, 24)  # a small scan's longer side; USPS and Semeion have 16
SCAN_LEVEL = (0.35, 0.65)  # of the ink's usual darkness: from where such a scan is black
SQUARED = 0.5  # share of the scans that are stretched towards a square box, as collections of digits often are
SLIM = 0.3  # widths a height: slimmer ink stays as it is, for a stick stretched to a square is a block
GRID = np.stack(np.meshgrid(np.arange(CANVAS_PX), np.arange(CANVAS_PX))).astype(np.float32)

INKED = 64  # of 255: from here a pixel belongs to the digit

Strokes = Sequence[np.ndarray]


def distort_strokes(strokes: Strokes, rng: np.random.Generator, strength: float = 1.0) -> list[np.ndarray]:
    """Distort pen strokes.

    Args:
        strokes: (n, 2) polylines.
        rng: source of all chance.
        strength: 0 leaves them as they are, 1 is what people's hands differ by.

    Returns:
        (n, 2) float32 polylines in heights, centred on 0.
    """
    strength = _perhaps_wild(strength, rng)
    points = np.concatenate(strokes)
    low, high = points.min(axis=0), points.max(axis=0)
    size, middle = max(float((high - low).max()), 1e-3), (low + high) / 2
    linear = _linear(rng, strength)
    phase, amplitude = rng.uniform(0, 2 * np.pi, (2, 2)), rng.normal(0, BEND * strength, (2, 2))
    pace = rng.uniform(*WAVES, (2, 2))
    finished = []
    for stroke in strokes:
        unit = (stroke - middle) / size
        waves = np.sin(unit[:, None, :] * pace + phase) * amplitude  # (n, into x or y, from x or y)
        finished.append(((unit + waves.sum(axis=2)) @ linear.T).astype(np.float32))
    return finished


def distort_image(image: np.ndarray, rng: np.random.Generator, strength: float = 1.0) -> np.ndarray:
    """Distort a (28, 28) uint8 digit; return (80, 80) uint8, for `normalise` to fit again."""
    strength = _perhaps_wild(strength, rng)
    linear = _linear(rng, strength)
    scale = DIGIT_PX / image.shape[0]
    centre = np.array(image.shape[::-1]) / 2
    offset = CANVAS_PX / 2 - scale * linear @ centre
    large = cv2.warpAffine(image, np.c_[scale * linear, offset], (CANVAS_PX, CANVAS_PX), flags=cv2.INTER_CUBIC)
    knots = rng.normal(0, BEND_PX * strength, (BEND_KNOTS, BEND_KNOTS, 2)).astype(np.float32)
    shift = cv2.resize(knots, (CANVAS_PX, CANVAS_PX), interpolation=cv2.INTER_CUBIC)
    bent = cv2.remap(large, GRID[0] + shift[..., 0], GRID[1] + shift[..., 1], cv2.INTER_LINEAR)
    return _other_pen(bent, rng)


def run_dry(ink: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Let the pen run dry here and there: (h, w) uint8 ink that fades in blots, often down to bare paper."""
    knots = rng.normal(0, 1, rng.integers(*DRY_KNOTS, 2)).astype(np.float32)
    field = cv2.resize(knots, ink.shape[::-1], interpolation=cv2.INTER_CUBIC)
    wetness = np.clip((field - rng.uniform(*DRY_LEVEL)) * DRY_SLOPE, 0, 1)
    least = max(0.0, rng.uniform(*DRY_LEAST))
    return (ink * (least + (1 - least) * wetness)).astype(np.uint8)


def scan(ink: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Make ink look scanned small, mostly in black and white, half of it stretched towards a square box.

    So look the digits of old collections (Semeion's Italians, 1994), faxes, and small digits under a hard threshold.

    Args:
        ink: (h, w) uint8.
        rng: source of all chance.

    Returns:
        (h, w) uint8, 8 to 18 px long, or of 0 and 255 alone and 13 to 24 px long.
    """
    x, y, w, h = cv2.boundingRect((ink >= INKED).view(np.uint8))
    if not w:
        return ink
    wide = w
    if rng.random() < SQUARED and min(w, h) > SLIM * max(w, h):
        wide = w * (h / w) ** min(1.0, rng.uniform(0.4, 1.4))
    is_grey = rng.random() < GREY_SCAN
    scale = rng.uniform(*(GREY_SCAN_PX if is_grey else SCAN_PX)) / max(wide, h)
    size = max(1, round(wide * scale)), max(1, round(h * scale))
    small = cv2.resize(ink[y : y + h, x : x + w], size, interpolation=cv2.INTER_AREA)
    if is_grey:
        return small
    level = rng.uniform(*SCAN_LEVEL) * float(np.percentile(small[small >= small.max() // 4], 70))
    return np.where(small >= level, np.uint8(255), np.uint8(0))


def _perhaps_wild(strength: float, rng: np.random.Generator) -> float:
    return strength * (WILD_STRENGTH if rng.random() < WILD else 1.0)


def _linear(rng: np.random.Generator, strength: float) -> np.ndarray:
    """Turn, shear and stretch as one (2, 2) matrix."""
    turn = np.clip(rng.normal(0, TURN * strength), -MAX_TURN, MAX_TURN)
    shear = np.clip(rng.normal(0, SHEAR * strength), -MAX_SHEAR, MAX_SHEAR)
    stretch = np.exp(rng.normal(0, STRETCH * strength))
    rotation = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    return rotation @ np.array([[stretch, shear], [0, 1]])


def _other_pen(ink: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Draw with a broader or finer pen, now and then a blurred one."""
    chance = rng.random()
    if chance < 0.2:
        return cv2.dilate(ink, np.ones((3, 3), np.uint8))
    if chance < 0.35:
        return cv2.erode(ink, np.ones((2, 2), np.uint8))
    if chance < 0.55:
        return cv2.GaussianBlur(ink, (0, 0), rng.uniform(0.6, 2.0))
    return ink
