"""Draws things that repeat: holes and pads of boards, keys, tiles, grilles. In twos they look like 8s and 0s."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from capture.synthetic.background import Bgr, draw_clutter, draw_desk

SIDE_PX = (9.0, 60.0)  # of one thing
SPACING = (1.1, 2.4)  # sides from one to the next
MISSING = 0.25  # share of the places that stay empty, at most
SHIFT = 4  # of fixed-point coordinates: circles are drawn at sixteenths of a pixel


@dataclass(frozen=True)
class _Mark:
    """A part of a thing, in sides from its middle: a ring or disc, or a slot."""

    at: np.ndarray
    size: np.ndarray
    bgr: Bgr
    is_round: bool
    thickness_px: int


def pattern_picture(size: tuple[int, int], rng: np.random.Generator) -> np.ndarray:
    """Draw one to three patches of the same thing again and again: (H, W, 3) uint8, BGR."""
    image = draw_clutter(size, rng) if rng.random() < 0.3 else draw_desk(size, rng)
    for _ in range(rng.integers(1, 4)):
        _patch(image, rng)
    return image


def _patch(image: np.ndarray, rng: np.random.Generator) -> None:
    height, width = image.shape[:2]
    side = float(np.exp(rng.uniform(*np.log(np.minimum(SIDE_PX, 0.2 * height)))))
    step = side * rng.uniform(*SPACING, 2)
    (left, top), (right, foot) = rng.uniform(0, 0.4, 2) * (width, height), rng.uniform(0.5, 1.0, 2) * (width, height)
    thing, missing = _thing(rng, side), rng.uniform(0, MISSING)
    ground = _shade(rng)
    if rng.random() < 0.6:
        cv2.rectangle(image, (int(left), int(top)), (int(right), int(foot)), ground, -1)
    for y in np.arange(top + side, foot - side, step[1]):
        for x in np.arange(left + side, right - side, step[0]):
            if rng.random() >= missing:
                _draw(image, thing, np.array([x, y]) + rng.normal(0, 0.01, 2) * side, side)


def _thing(rng: np.random.Generator, side: float) -> list[_Mark]:
    """Draw one to three marks beside or above each other, perhaps on a plate of their own."""
    count, is_upright = int(rng.choice([1, 1, 2, 2, 2, 3])), rng.random() < 0.7
    along, radius = np.linspace(-0.3, 0.3, count) if count > 1 else np.zeros(1), rng.uniform(0.12, 0.5 / count)
    bgr, is_round, is_ring = _shade(rng), rng.random() < 0.75, rng.random() < 0.6
    thickness = max(1, round(side * rng.uniform(0.05, 0.15))) if is_ring else cv2.FILLED
    slot = np.array([radius, radius * rng.uniform(0.6, 1.8)])
    marks = [_Mark(np.array([0, at] if is_upright else [at, 0]), slot, bgr, is_round, thickness) for at in along]
    if rng.random() < 0.4:
        plate = rng.uniform(0.42, 0.55, 2)
        marks.insert(0, _Mark(np.zeros(2), plate, _shade(rng), bool(rng.random() < 0.2), cv2.FILLED))
    return marks


def _draw(image: np.ndarray, thing: list[_Mark], middle: np.ndarray, side: float) -> None:
    for mark in thing:
        at, half = middle + mark.at * side, mark.size * side
        if mark.is_round:
            fixed = (np.concatenate([at, half]) * 2**SHIFT).round().astype(int).tolist()
            cv2.ellipse(image, fixed[:2], fixed[2:], 0, 0, 360, mark.bgr, mark.thickness_px, cv2.LINE_AA, SHIFT)
        else:
            low, high = (at - half).round().astype(int).tolist(), (at + half).round().astype(int).tolist()
            cv2.rectangle(image, low, high, mark.bgr, mark.thickness_px, cv2.LINE_AA)


def _shade(rng: np.random.Generator) -> Bgr:
    grey = rng.uniform(10, 245)
    return tuple(np.clip(grey + rng.normal(0, 18, 3), 0, 255).astype(int).tolist())
