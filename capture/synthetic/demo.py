"""A drawn stand-in for a camera: a handwritten sheet on a desk that moves, leans and is lit by changing light."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import count

import cv2
import numpy as np

from capture.synthetic.background import draw_wood
from capture.synthetic.camera import carry, lean
from capture.synthetic.handwriting import draw_hand, own_writer
from capture.synthetic.layout import centre
from capture.synthetic.page import Drawn, DrawnPage, compose
from capture.synthetic.paper import draw_paper, noise_field
from capture.synthetic.styles import PENS, Style
from capture.synthetic.writer import Scribe
from capture.types import Frame

WORDS = ((3, 2), (4,), (2, 3), (1, 5))
"""Lengths of the numbers on each line: 20 digits, so that each digit is there twice."""
PEN_NAMES = ("felt pen", "blue ballpoint", "fineliner", "red ballpoint")
SHAPES = {
    1: ("flag", "upstroke", "inverted V", "flag and foot"),
    2: ("plain", "loop", "wavy foot", "swan"),
    4: ("open", "closed", "stem first", "one stroke"),
    5: ("separate bar", "floating bar", "angular", "belly"),
    7: ("crossed", "crossed slant", "crossed wave", "serif"),
}
"""The 1s and 7s of most of the world, and nothing that people could take for an S or a Z."""
PAPER_BGR = (236, 243, 245)
PEN_WIDTH = 0.085
"""In heights of a digit: a felt-tip, as one would choose to show something to a camera."""
SCENE_IN_FRAMES = 1.3
"""The scene is this much larger than the picture, so that the camera never sees its end."""
SHEET_SHARE = np.array([0.74, 0.9])
"""Width and height of the sheet in those of the picture."""
DIGIT_SHARE = 0.105
"""Height of a digit in that of the picture: 76 px of 720."""
REST_EVERY_S = 6.0
"""The sheet comes to rest at this interval, as a hand that holds it does."""
LIGHT_SIZE = (32, 18)
NOISE_LEVELS = 2.5
"""Spread of the sensor's noise, in grey levels: a webcam in a lit room."""
NOISE_ROOM_PX = 64


def demo_frames(seed: int = 0, size: tuple[int, int] = (1280, 720), fps: float = 30.0) -> Iterator[Frame]:
    """Yield the demo's frames without end, as fast as they are taken; the same ones for the same seed.

    Args:
        seed: which sheet and which movement.
        size: (width, height) of the frames in px.
        fps: frames a second of the scene's own time.
    """
    yield from _run(Demo(seed, size), fps)


def demo_scenes(
    seed: int = 0, size: tuple[int, int] = (1280, 720), fps: float = 30.0, speed: float = 1.0
) -> Iterator[tuple[Frame, tuple[Drawn, ...]]]:
    """Yield the same frames with the truth: all digits in reading order with their boxes in the frame.

    Args:
        seed: as for `demo_frames`.
        size: as for `demo_frames`.
        fps: as for `demo_frames`.
        speed: of the sheet's movement; 0 lets it lie still under changing light.
    """
    demo = Demo(seed, size, speed)
    for frame in _run(demo, fps):
        yield frame, demo.digits_at(frame.time_s)


def _run(demo: Demo, fps: float) -> Iterator[Frame]:
    for index in count():
        yield Frame(demo.image_at(index / fps), index, index / fps, f"demo:{demo.seed}")


class Demo:
    """One scene; pictures and truth for any moment of it.

    Attributes:
        seed: which scene.
        size: (width, height) of its pictures in px.
        numbers: what is written on the sheet, in reading order.
    """

    def __init__(self, seed: int = 0, size: tuple[int, int] = (1280, 720), speed: float = 1.0) -> None:
        """Draw the sheet on its desk once; every picture is then only a view of it."""
        rng = np.random.default_rng(seed)
        self.seed, self.size, self._speed = seed, size, speed
        self._scene, self._digits, self.numbers = _draw_scene(size, rng)
        self._phases = rng.uniform(0, 2 * np.pi, 8)
        self._noise = _draw_noise(size, rng)

    def image_at(self, time_s: float) -> np.ndarray:
        """Draw the picture at a moment, (H, W, 3) uint8 BGR."""
        image = cv2.warpPerspective(self._scene, self._view(time_s), self.size, borderMode=cv2.BORDER_REPLICATE)
        image = cv2.cvtColor(image, cv2.COLOR_BGRA2BGR)
        light = cv2.resize(self._light(time_s), self.size, interpolation=cv2.INTER_CUBIC)
        cv2.multiply(image, cv2.cvtColor(light, cv2.COLOR_GRAY2BGR), dst=image, scale=1 / 255)
        x, y = (int(time_s * 1000) * 37 % NOISE_ROOM_PX, int(time_s * 1000) * 23 % NOISE_ROOM_PX)
        return cv2.add(image, self._noise[y : y + self.size[1], x : x + self.size[0]], dst=image)

    def digits_at(self, time_s: float) -> tuple[Drawn, ...]:
        """Give the digits in reading order with their boxes at a moment."""
        view = self._view(time_s)
        return tuple(carry(digit, view) for digit in self._digits)

    def _view(self, time_s: float) -> np.ndarray:
        """Map the scene to the picture: slow waves of shift, turn, lean and distance, at rest now and then."""
        pace = 2 * np.pi / REST_EVERY_S
        moved_s = self._speed * (time_s - np.sin(pace * time_s) / pace)
        waves = np.sin(2 * np.pi * moved_s / np.array([11.0, 8.3, 13.7, 9.1, 17.0]) + self._phases[:5])
        width, height = self.size
        zoom = 1.0 + 0.05 * waves[4]
        x, y = 0.04 * waves[:2] * self.size + np.array(self.size) / 2 - zoom * SCENE_IN_FRAMES * np.array(self.size) / 2
        place = np.array([[zoom, 0, x], [0, zoom, y], [0, 0, 1]])
        return lean((width, height), 5 * waves[2], 9 + 6 * waves[3], 20 * moved_s) @ place

    def _light(self, time_s: float) -> np.ndarray:
        """Compute a lamp that wanders along one side and a soft shadow that drifts over the sheet, (h, w) uint8."""
        x, y = np.meshgrid(np.linspace(-1, 1, LIGHT_SIZE[0]), np.linspace(-1, 1, LIGHT_SIZE[1]))
        lamp = -1.2 + 0.3 * np.sin(time_s / 3.1 + self._phases[5]), -0.9 + 0.5 * np.sin(time_s / 4.3 + self._phases[6])
        light = 1.03 - 0.075 * ((x - lamp[0]) ** 2 + (y - lamp[1]) ** 2)
        edge = x + 0.5 * y - 1.1 + 0.35 * np.sin(time_s / 2.7 + self._phases[7])
        shadow = 0.2 / (1 + np.exp(-edge * 14))
        return np.clip(255 * light * (1 - shadow), 0, 255).astype(np.uint8)


def _draw_noise(size: tuple[int, int], rng: np.random.Generator) -> np.ndarray:
    """Draw noise to add, a little larger than a picture so that each frame takes another piece: (h, w, 3) uint8."""
    half = (size[0] + NOISE_ROOM_PX) // 2 + 1, (size[1] + NOISE_ROOM_PX) // 2 + 1
    levels = [cv2.max(NOISE_LEVELS * (noise_field(half, rng) + 2), 0.0) for _ in range(3)]
    return np.tile(cv2.merge(levels).astype(np.uint8), (2, 2, 1))


def _draw_scene(size: tuple[int, int], rng: np.random.Generator) -> tuple[np.ndarray, tuple[Drawn, ...], list[str]]:
    """Put the written sheet on a wooden desk, a little askew, with the shadow of its edge.

    The scene has a fourth, empty channel: warping four channels takes OpenCV two thirds of the time for three.
    """
    page = _write_sheet(tuple((SHEET_SHARE * size).astype(int).tolist()), DIGIT_SHARE * size[1], rng)
    sheet_size = np.array(page.image.shape[1::-1])
    scene_size = tuple(int(SCENE_IN_FRAMES * side) for side in size)
    half = scene_size[0] // 2, scene_size[1] // 2
    desk = cv2.resize(draw_wood(half, rng), scene_size)
    laid = np.vstack([cv2.getRotationMatrix2D((sheet_size / 2).tolist(), rng.uniform(-4, 4), 1.0), [0, 0, 1]])
    laid[:2, 2] += (np.array(scene_size) - sheet_size) / 2
    cover = cv2.warpPerspective(np.full(page.image.shape[:2], 255, np.uint8), laid, scene_size)
    _cast_shadow(desk, cover)
    sheet = cv2.warpPerspective(page.image, laid, scene_size, borderMode=cv2.BORDER_REPLICATE)
    scene = cv2.cvtColor(_overlay(desk, sheet, cover), cv2.COLOR_BGR2BGRA)
    return scene, tuple(carry(digit, laid) for digit in page.digits), page.numbers


def _cast_shadow(desk: np.ndarray, cover: np.ndarray) -> None:
    """Darken the desk in place beside the sheet, to the right and below."""
    size = desk.shape[1::-1]
    soft = cv2.blur(cv2.resize(cover, None, fx=1 / 8, fy=1 / 8), (5, 5))
    shadow = np.roll(cv2.resize(soft, size), (size[1] // 150, size[0] // 200), (0, 1))
    cv2.multiply(desk, cv2.cvtColor(255 - shadow // 2, cv2.COLOR_GRAY2BGR), dst=desk, scale=1 / 255)


def _overlay(ground: np.ndarray, sheet: np.ndarray, cover: np.ndarray) -> np.ndarray:
    alpha = cv2.cvtColor(cover, cv2.COLOR_GRAY2BGR)
    return cv2.add(cv2.multiply(sheet, alpha, scale=1 / 255), cv2.multiply(ground, 255 - alpha, scale=1 / 255))


def _write_sheet(size: tuple[int, int], digit_px: float, rng: np.random.Generator) -> DrawnPage:
    """Write a sheet, each line by another person with another pen."""
    digits = iter(rng.permutation(np.repeat(np.arange(10), 2)))
    style = Style(digit_px=digit_px, line_gap=0.62, gap=0.3)
    paper = str(rng.choice(["plain", "squared", "ruled", "dotted"]))
    lines = []
    for line, (lengths, name) in enumerate(zip(WORDS, PEN_NAMES, strict=True)):
        pen = replace(PENS[name], width=PEN_WIDTH * rng.uniform(0.8, 1.2))
        text = " ".join("".join(str(next(digits)) for _ in range(length)) for length in lengths)
        lines.append(_scribe(replace(style, pen=pen), rng).line_of(text, line))
    sheet = draw_paper(paper, size, PAPER_BGR, digit_px * 0.8, rng)
    return compose(centre(lines, size, style), sheet, style.pen.bgr)


def _scribe(style: Style, rng: np.random.Generator) -> Scribe:
    """Choose somebody who writes so that a camera can read it."""
    hand = draw_hand(rng)
    chosen = {digit: str(rng.choice(shapes)) for digit, shapes in SHAPES.items()}
    variants = tuple(chosen.get(digit, variant) for digit, variant in enumerate(hand.variants))
    aspect = float(rng.uniform(0.95, 1.15))
    hand = replace(hand, variants=variants, aspect=aspect, looseness=0.012, tremor=0.001, haste=0.2, retraces=0)
    return Scribe(own_writer(hand), hand, style, rng)
