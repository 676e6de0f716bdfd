"""What a camera sees but nobody wrote: the desk under the sheet, and pictures of things, walls, books and cables."""

from __future__ import annotations

import cv2
import numpy as np

from capture.synthetic.paper import noise_field
from capture.synthetic.typeset import invent_text, random_print, set_text

WOODS_BGR = ((72, 105, 150), (95, 140, 185), (40, 62, 92), (130, 165, 195))
PLAIN_BGR = ((60, 55, 52), (30, 30, 32), (150, 150, 148), (205, 205, 200), (120, 90, 60), (70, 90, 60))
GRAIN_STRETCH = 24
"""Wood grain is this much longer than wide."""
GRAIN_LEVELS = 4.0
"""Unevenness of all surfaces, in grey levels."""
Bgr = tuple[int, ...]


def draw_desk(size: tuple[int, int], rng: np.random.Generator) -> np.ndarray:
    """Draw some desk.

    Args:
        size: (width, height) in px.
        rng: which one.

    Returns:
        (H, W, 3) uint8, BGR.
    """
    return (draw_wood, _draw_plain, _draw_cloth)[rng.integers(3)](size, rng)


def draw_wood(size: tuple[int, int], rng: np.random.Generator) -> np.ndarray:
    """Draw boards with the grain along x."""
    width, height = size
    fine = cv2.resize(noise_field((width // GRAIN_STRETCH + 2, height), rng), size, interpolation=cv2.INTER_CUBIC)
    broad = noise_field((width // 160 + 2, height // 10 + 2), rng)
    broad = cv2.resize(broad, size, interpolation=cv2.INTER_CUBIC)
    return _tint(0.035 * fine + 0.06 * broad, WOODS_BGR[rng.integers(len(WOODS_BGR))])


def _draw_plain(size: tuple[int, int], rng: np.random.Generator) -> np.ndarray:
    return _tint(0.015 * noise_field(size, rng), PLAIN_BGR[rng.integers(len(PLAIN_BGR))])


def _draw_cloth(size: tuple[int, int], rng: np.random.Generator) -> np.ndarray:
    """Draw a weave: threads both ways, 3 px apart."""
    weave = np.sin(np.arange(size[1]) * 2.1)[:, None] * np.sin(np.arange(size[0]) * 2.1)
    shade = (0.08 * weave).astype(np.float32) + 0.05 * noise_field(size, rng)
    return _tint(shade, PLAIN_BGR[rng.integers(len(PLAIN_BGR))])


def _tint(shade: np.ndarray, bgr: tuple[int, int, int]) -> np.ndarray:
    lit = 1 + shade
    return cv2.merge([cv2.convertScaleAbs(lit, alpha=channel) for channel in bgr])


def draw_clutter(size: tuple[int, int], rng: np.random.Generator) -> np.ndarray:
    """Invent a picture without handwriting.

    Args:
        size: (width, height) in px.
        rng: what is to be seen.

    Returns:
        (H, W, 3) uint8, BGR.
    """
    image = draw_desk(size, rng)
    for _ in range(rng.integers(1, 4)):
        _SCENES[rng.integers(len(_SCENES))](image, rng)
    return cv2.add(image, cv2.merge([cv2.convertScaleAbs(GRAIN_LEVELS * noise_field(size, rng))] * 3))


def _colour(rng: np.random.Generator) -> Bgr:
    """Choose any colour, mostly a muted one, as most things have."""
    vividness = float(rng.exponential(25.0))
    return tuple(np.clip(rng.uniform(15, 240) + rng.normal(0, vividness, 3), 0, 255).astype(int).tolist())


def _place(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    return rng.uniform(0, 1, 2) * (image.shape[1], image.shape[0])


def _things(image: np.ndarray, rng: np.random.Generator) -> None:
    """Draw cups, coins, boxes: filled shapes with a rim or a glint."""
    for _ in range(rng.integers(2, 12)):
        centre = _place(image, rng).astype(int).tolist()
        axes = (rng.uniform(0.01, 0.3, 2) * image.shape[0] + 1).astype(int)
        turn, colour = float(rng.uniform(0, 180)), _colour(rng)
        if rng.random() < 0.5:
            cv2.ellipse(image, centre, axes.tolist(), turn, 0, 360, colour, -1, cv2.LINE_AA)
            arc = rng.uniform(0, 360, 2).tolist()
            cv2.ellipse(image, centre, (axes * 0.8).astype(int).tolist(), turn, *arc, _colour(rng), 3, cv2.LINE_AA)
        else:
            corners = cv2.boxPoints((tuple(map(float, centre)), tuple(map(float, 2 * axes)), turn))
            cv2.fillConvexPoly(image, corners.astype(np.int32), colour, cv2.LINE_AA)


def _cables(image: np.ndarray, rng: np.random.Generator) -> None:
    """Draw cables, twigs and hairs: long smooth lines."""
    for _ in range(rng.integers(1, 8)):
        start, way = _place(image, rng), rng.normal(0, 1, (200, 2)).cumsum(axis=0).cumsum(axis=0)
        points = start + cv2.GaussianBlur(way.astype(np.float32), (1, 41), 12) * rng.uniform(0.02, 0.2)
        width = int(rng.integers(1, 7))
        cv2.polylines(image, [points.astype(np.int32)], False, _colour(rng), width, cv2.LINE_AA)


def _bricks(image: np.ndarray, rng: np.random.Generator) -> None:
    """Draw a wall, a shelf or a keyboard: rows of rectangles with gaps between."""
    height, width = image.shape[:2]
    h, w = int(rng.integers(8, 70)), int(rng.integers(12, 160))
    left, top = (_place(image, rng) * 0.6).astype(int).tolist()
    colour, gap = np.array(_colour(rng), float), int(rng.integers(1, 5))
    for row, y in enumerate(range(top, height, h)):
        for x in range(left - (row % 2) * w // 2, width, w):
            shade = tuple(np.clip(colour * rng.uniform(0.8, 1.2), 0, 255).astype(int).tolist())
            cv2.rectangle(image, (max(x, left), y), (x + w - gap, y + h - gap), shade, -1)


def _print(image: np.ndarray, rng: np.random.Generator) -> None:
    """Draw a book's cover, a label or a page: paper with lines of printed words."""
    (left, top), page = (_place(image, rng) * 0.6).astype(int).tolist(), rng.uniform(0.3, 1.0, 2)
    sheet = image[top : top + int(page[0] * image.shape[0]), left : left + int(page[1] * image.shape[1])]
    light = bool(rng.random() < 0.7)
    sheet[:] = rng.integers(200, 255, 3) if light else rng.integers(0, 110, 3)
    height_px = float(np.exp(rng.uniform(np.log(6), np.log(50))))
    ink_bgr = rng.integers(0, 90, 3) if light else rng.integers(170, 255, 3)
    for y in np.arange(height_px, sheet.shape[0] - 2 * height_px, height_px * rng.uniform(1.6, 3.0)).astype(int):
        ink = set_text(invent_text(rng), height_px, random_print(rng))
        patch = sheet[y : y + ink.shape[0], 5 : 5 + ink.shape[1]]
        alpha = ink[: patch.shape[0], : patch.shape[1], None] / np.float32(255)
        patch[:] = patch + alpha * (ink_bgr - patch.astype(np.float32))


_SCENES = (_things, _cables, _bricks, _print)
