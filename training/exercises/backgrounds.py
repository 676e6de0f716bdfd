"""Draws what a sheet shows beside its writing: things behind it, the writing of its other side, a spiral binding."""

from __future__ import annotations

import cv2
import numpy as np

from capture.synthetic.camera import carry
from capture.synthetic.page import DrawnPage

SHINING = (0.06, 0.25)  # share of the other side's ink that is seen


def part_of(picture: np.ndarray, size: tuple[int, int], rng: np.random.Generator) -> np.ndarray:
    """Cut a part out of a picture, turned over or not, as large as wanted."""
    height, width = picture.shape[:2]
    share = rng.uniform(0.3, 1.0)
    w, h = int(width * share), int(height * share)
    x, y = rng.integers(0, width - w + 1), rng.integers(0, height - h + 1)
    part = cv2.resize(picture[y : y + h, x : x + w], size, interpolation=cv2.INTER_AREA)
    return np.ascontiguousarray(part[:, ::-1] if rng.random() < 0.5 else part)


def shine_through(paper: np.ndarray, page: DrawnPage, rng: np.random.Generator) -> np.ndarray:
    """Let a page's writing shine through: the paper with it faintly seen from behind, as in exercise books.

    Args:
        paper: (H, W, 3) uint8, BGR.
        page: of the same size.
        rng: how strongly it shows, and where.
    """
    behind = np.roll(page.image[:, ::-1], int(rng.integers(paper.shape[0])), axis=0)
    share = rng.uniform(*SHINING)
    return cv2.addWeighted(paper, 1 - share, np.ascontiguousarray(behind), share, 0)


def bind(paper: np.ndarray, rng: np.random.Generator) -> None:
    """Draw a spiral binding's holes along the left border or the top, in place."""
    if rng.random() < 0.3:
        paper = paper.transpose(1, 0, 2)
    height, width = paper.shape[:2]
    radius = max(2, round(height * rng.uniform(0.006, 0.015)))
    x, bgr = round(radius * rng.uniform(1.5, 4)), rng.integers(10, 120, 3).tolist()
    holes = np.zeros((height, min(width, 2 * x)), np.uint8)
    for y in range(radius, height, round(radius * rng.uniform(3, 6))):
        cv2.circle(holes, (x, y), radius, 1, cv2.FILLED)
        cv2.line(holes, (0, y), (x, y), 1, max(1, radius // 2))
    paper[:, : holes.shape[1]][holes > 0] = bgr


def before_things(page: DrawnPage, picture: np.ndarray, rng: np.random.Generator) -> DrawnPage:
    """Put the page as a smaller sheet before a photograph."""
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
