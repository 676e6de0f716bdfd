"""Draws ink beside the writing: arrows, braces, underlines, what is crossed out, faces, scribbles, stains."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from capture.synthetic.writer import Item
from training.exercises.writing.sheet_writer import RULE, SheetWriter

CROSSED_OUT = "part of a digit"  # of digits that should be neither read nor blamed
ARROW, BRACE, SCRIBBLE, FACE, DOODLE, STAIN = "arrow", "brace", "scribble", "face", "doodle", "stain"
HEAD = (0.2, 0.45)  # of an arrow, heights of a digit
Point = tuple[float, float]


def line(sheet: SheetWriter, points: Sequence[float], label: str = RULE) -> None:
    """Draw one stroke through points: x, y, x, y and so on, in px."""
    sheet.draw([np.array(points, float).reshape(-1, 2)], label)


def axis(sheet: SheetWriter, start: Point, end: Point, px: float, is_double: bool = False) -> None:
    """Draw a straight arrow with an open head at its end or at both ends."""
    _arrow(sheet, np.linspace(start, end, 12), px, is_double)


def arrow(sheet: SheetWriter, start: Point, end: Point, px: float) -> None:
    """Draw an arrow, straight or bent."""
    path, way = np.linspace(start, end, 12), np.subtract(end, start)
    if sheet.rng.random() < 0.3:
        along = np.linspace(0, 1, 12)[:, None]
        path += sheet.rng.normal(0, 0.6) * along * (1 - along) * np.array([-way[1], way[0]])
    _arrow(sheet, path, px)


def _arrow(sheet: SheetWriter, path: np.ndarray, px: float, is_double: bool = False) -> None:
    head = sheet.rng.uniform(*HEAD) * px
    strokes = [path, _head(path[-1] - path[-3], path[-1], head)]
    if is_double:
        strokes.append(_head(path[0] - path[2], path[0], head))
    sheet.draw(strokes, ARROW)


def _head(way: np.ndarray, tip: np.ndarray, px: float) -> np.ndarray:
    along = px * way / max(float(np.linalg.norm(way)), 1e-6)
    across = 0.6 * np.array([-along[1], along[0]])
    return np.array([tip - along + across, tip, tip - along - across])


def brace(sheet: SheetWriter, start: Point, end: Point, depth_px: float) -> None:
    """Draw a curly brace from one point to another, its tip `depth_px` to the right of the way."""
    along = np.array([0, 0.03, 0.1, 0.4, 0.47, 0.5, 0.53, 0.6, 0.9, 0.97, 1])
    out = np.array([0, 0.35, 0.5, 0.5, 0.65, 1, 0.65, 0.5, 0.5, 0.35, 0]) * depth_px
    way = np.subtract(end, start)
    across = np.array([-way[1], way[0]]) / max(float(np.linalg.norm(way)), 1e-6)
    sheet.draw([np.array(start) + along[:, None] * way + out[:, None] * across], BRACE)


def underline(sheet: SheetWriter, left: float, right: float, y: float) -> None:
    """Draw a line under a text: straight, twice or wavy."""
    kind, x = sheet.rng.random(), np.linspace(left, right, 24)
    wave = 2.0 * sheet.pen_px * np.sin(np.linspace(0, (right - left) / (4 * sheet.pen_px), 24)) if kind > 0.9 else 0 * x
    sheet.draw([np.column_stack([x, y + wave])], RULE)
    if kind < 0.2:
        sheet.draw([np.column_stack([x, y + 2.5 * sheet.pen_px + wave])], RULE)


def cross_out(sheet: SheetWriter, begin: int) -> None:
    """Cross out all that was written from item `begin` on; its digits are then no digits to read."""
    written = sheet.items[begin:]
    if not written:
        return
    sheet.items[begin:] = [_not_to_read(item) for item in written]
    left, top = min(item.x for item in written), min(item.y for item in written)
    right = max(item.x + item.ink.shape[1] for item in written)
    foot = max(item.y + item.ink.shape[0] for item in written)
    kind, middle = sheet.rng.random(), (top + foot) / 2
    if kind < 0.45:
        line(sheet, [left - 3, middle, right + 3, middle + sheet.rng.normal(0, 0.1) * (foot - top)], SCRIBBLE)
    elif kind < 0.6:
        line(sheet, [left, foot, right, top], SCRIBBLE)
    elif kind < 0.75:
        sheet.draw([np.array([[left, foot], [right, top]]), np.array([[left, top], [right, foot]])], SCRIBBLE)
    else:
        scribble(sheet, (left, top), (right - left, foot - top))


def _not_to_read(item: Item) -> Item:
    return Item(CROSSED_OUT if item.label.isdigit() else item.label, item.ink, item.x, item.y, bgr=item.bgr)


def scribble(sheet: SheetWriter, corner: Point, size: Point) -> None:
    """Draw a dense zigzag or loops over a place, as people blacken a mistake."""
    rng, (x, y), (w, h) = sheet.rng, corner, size
    turns = int(np.clip(rng.uniform(1.2, 3) * w / max(h, 1), 3, 30))
    along = np.linspace(0, 1, 10 * turns)
    swing = 2 * np.pi * turns * along
    path = np.column_stack([x + w * along + 0.2 * h * np.cos(swing), y + h * (0.5 + 0.5 * np.sin(swing))])
    sheet.draw([path + rng.normal(0, 0.05 * h, path.shape)], SCRIBBLE)


def face(sheet: SheetWriter, centre: Point, radius: float) -> None:
    """Draw a face that smiles or not."""
    (x, y), rng = centre, sheet.rng
    sheet.ring(x, y, 2 * radius, 2 * radius * rng.uniform(0.9, 1.1))
    turn, mood = np.linspace(0.15, 0.85, 9) * np.pi, rng.choice([-0.4, 0.0, 0.4, 0.45])
    eyes = [
        np.array([[x + side * 0.35 * radius, y - 0.3 * radius + d] for d in (0, 0.12 * radius)]) for side in (-1, 1)
    ]
    mouth = np.column_stack([x - 0.5 * radius * np.cos(turn), y + (0.4 - mood / 2 + mood * np.sin(turn)) * radius])
    sheet.draw([*eyes, mouth], FACE)


def doodle(sheet: SheetWriter, centre: Point, radius: float) -> None:
    """Draw a star, a heart, a flower, a spiral, a flash, a house or a cross."""
    (x, y), rng = centre, sheet.rng
    turn = np.linspace(0, 2 * np.pi, 50)
    star = np.arange(6) * 4 * np.pi / 5 - np.pi / 2
    shapes = (
        [np.column_stack([np.cos(star), np.sin(star)])],
        [np.column_stack([np.sin(turn) ** 3, -0.8 * np.cos(turn) + 0.3 * np.cos(2 * turn) + 0.1 * np.cos(3 * turn)])],
        [np.column_stack([np.cos(turn), np.sin(turn)]) * (0.6 + 0.4 * np.cos(5 * turn))[:, None]],
        [np.column_stack([np.cos(3 * turn), np.sin(3 * turn)]) * (turn / 6.3)[:, None]],
        [np.array([[0.2, -1], [-0.4, 0.1], [0.3, 0], [-0.2, 1]])],
        [np.array([[-0.8, 1], [-0.8, -0.1], [0, -1], [0.8, -0.1], [0.8, 1], [-0.8, 1]]), np.array([[0, 1], [0, 0.4]])],
        [np.array([[-1, -1], [1, 1]]), np.array([[1, -1], [-1, 1]])],
    )
    shape = shapes[rng.integers(len(shapes))]
    sheet.draw([np.array([x, y]) + radius * stroke for stroke in shape], DOODLE)


def stain(sheet: SheetWriter, centre: Point, radius: float) -> None:
    """Draw what is no ink at all: a drop, a cup's ring, a punched hole, a staple, a fold."""
    rng, r = sheet.rng, max(2, round(radius))
    ink, kind = np.zeros((4 * r, 4 * r), np.uint8), rng.integers(5)
    level, middle = int(rng.integers(60, 200)), (2 * r, 2 * r)
    if kind == 0:
        cv2.ellipse(ink, (middle, (2 * r, r * 1.5), float(rng.uniform(0, 180))), level, cv2.FILLED, cv2.LINE_AA)
    elif kind == 1:
        cv2.circle(ink, middle, r, level // 2, max(1, r // 6), cv2.LINE_AA)
    elif kind == 2:
        cv2.circle(ink, middle, r, 230, cv2.FILLED, cv2.LINE_AA)
    elif kind == 3:
        cv2.line(ink, (r, 2 * r), (3 * r, 2 * r + int(rng.integers(-r, r))), level, max(1, r // 5), cv2.LINE_AA)
    else:
        cv2.line(ink, (2 * r, 0), (2 * r + int(rng.integers(-r, r)), 4 * r), level // 3, max(1, r // 3))
        ink = cv2.blur(ink, (3, 3))
    bgr = ((60, 90, 130), (40, 40, 45), (130, 120, 115))[rng.integers(3)]
    sheet.put(STAIN, ink, centre[0] - 2 * r, centre[1] - 2 * r, bgr)
