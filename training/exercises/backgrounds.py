"""Sheets before photographs of things."""

from __future__ import annotations

import cv2
import numpy as np

from capture.synthetic.camera import carry
from capture.synthetic.page import DrawnPage


def part_of(picture: np.ndarray, size: tuple[int, int], rng: np.random.Generator) -> np.ndarray:
    """A part of a picture, turned over or not, as large as wanted."""
    height, width = picture.shape[:2]
    share = rng.uniform(0.3, 1.0)
    w, h = int(width * share), int(height * share)
    x, y = rng.integers(0, width - w + 1), rng.integers(0, height - h + 1)
    part = cv2.resize(picture[y : y + h, x : x + w], size, interpolation=cv2.INTER_AREA)
    return np.ascontiguousarray(part[:, ::-1] if rng.random() < 0.5 else part)


def before_things(page: DrawnPage, picture: np.ndarray, rng: np.random.Generator) -> DrawnPage:
    """The page as a smaller sheet before a photograph."""
    size = page.image.shape[1], page.image.shape[0]
    share, turn = rng.uniform(0.5, 0.85), np.deg2rad(rng.normal(0, 5))
    c, s = share * np.cos(turn), share * np.sin(turn)
    middle = np.array(size) / 2
    shift = middle - np.array([[c, -s], [s, c]]) @ middle + rng.uniform(-0.8, 0.8, 2) * (1 - share) * middle
    view = np.array([[c, -s, shift[0]], [s, c, shift[1]], [0, 0, 1]])
    ground = part_of(picture, size, rng)
    image = cv2.warpPerspective(
        page.image, view, size, dst=ground, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_TRANSPARENT
    )
    moved = [carry(one, view) for one in page.digits]
    return DrawnPage(image, tuple(moved), tuple(carry(one, view) for one in page.others))
