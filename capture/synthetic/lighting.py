"""Uneven light for the simulated camera: a lamp on one side, dark corners, cast shadows, creases that catch it."""

from __future__ import annotations

import cv2
import numpy as np

FIELD_SHRINK = 4
"""Light is computed on a field this much smaller than the picture: shadows have no finer edges."""


def draw_light(
    size: tuple[int, int], rng: np.random.Generator, *, lamp: float, vignette: float, shadow: float, folds: float
) -> np.ndarray:
    """Draw how much light reaches each pixel.

    Args:
        size: (width, height) of the picture in px.
        rng: where lamp, shadow and folds are.
        lamp: share of light lost on the side away from the lamp.
        vignette: share lost in the corners.
        shadow: share lost in a cast shadow.
        folds: depth of creases, as a share of light.

    Returns:
        (H, W) float32, 1 where nothing is lost.
    """
    width, height = size
    y, x = np.mgrid[-1 : 1 : (height // FIELD_SHRINK + 1) * 1j, -1 : 1 : (width // FIELD_SHRINK + 1) * 1j]
    field = _lamp(x, y, rng, lamp) * (1 - vignette * (x * x + y * y) / 2)
    field = field * _shadow(field.shape, rng, shadow) * _folds(x, y, rng, folds)
    return cv2.resize(field.astype(np.float32), size)


def _lamp(x: np.ndarray, y: np.ndarray, rng: np.random.Generator, strength: float) -> np.ndarray:
    """Compute light that falls off with the squared distance from a lamp beside the picture, 1 where brightest."""
    angle, distance = rng.uniform(0, 2 * np.pi), rng.uniform(1.0, 2.5)
    lamp_x, lamp_y = distance * np.cos(angle), distance * np.sin(angle)
    away = (x - lamp_x) ** 2 + (y - lamp_y) ** 2
    away = (away - away.min()) / (away.max() - away.min())
    return 1 - strength * away


def _shadow(shape: tuple[int, ...], rng: np.random.Generator, strength: float) -> np.ndarray:
    """Draw a hand's, head's or phone's shadow that reaches in from one side, with a hard or soft edge."""
    if strength == 0.0:
        return np.ones(shape, np.float32)
    mask = np.zeros(shape, np.uint8)
    size = np.array(shape[::-1])
    angle = rng.uniform(0, 2 * np.pi)
    middle = size / 2 + size * np.array([np.cos(angle), np.sin(angle)]) * rng.uniform(0.2, 0.7)
    corners = rng.uniform(0.25, 0.8) * size.max() * _blob(rng) + middle
    cv2.fillPoly(mask, [corners.astype(np.int32)], 255, cv2.LINE_AA)
    softness = float(np.exp(rng.uniform(np.log(0.6), np.log(12.0))))
    return 1 - strength / 255 * cv2.GaussianBlur(mask, (0, 0), softness)


def _blob(rng: np.random.Generator) -> np.ndarray:
    """Draw a shape with few or many corners and radius about 1: (n, 2) corners."""
    n = int(rng.integers(4, 14))
    angles = np.sort(rng.uniform(0, 2 * np.pi, n))
    return np.stack([np.cos(angles), np.sin(angles)], axis=1) * rng.uniform(0.6, 1.2, (n, 1))


def _folds(x: np.ndarray, y: np.ndarray, rng: np.random.Generator, strength: float) -> np.ndarray:
    """Crease: each side of a fold faces the light a little differently, and the fold itself catches it."""
    field = np.ones_like(x)
    if strength == 0.0:
        return field
    for _ in range(rng.integers(1, 4)):
        angle = rng.normal(rng.choice([0.0, np.pi / 2]), 0.15)
        side = x * np.cos(angle) + y * np.sin(angle) - rng.uniform(-0.7, 0.7)
        field *= 1 - strength * (0.3 * (side > 0) + rng.choice([-0.7, 0.8]) * np.exp(-((side / 0.015) ** 2)))
    return field
