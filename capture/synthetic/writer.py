"""Writes single items: digits, numbers, words and marks with one hand and one pen, and print."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from capture.synthetic.glyph_paths import LETTERS, MARKS
from capture.synthetic.handwriting import Hand, Write, write_mark
from capture.synthetic.ink import render_strokes, roughen
from capture.synthetic.styles import Bgr, Style
from capture.synthetic.typeset import Print, invent_text, random_print, set_text

AROUND = ("underline", "circle", "cross out")
"""Marks that belong to a number's whole width; the others follow it."""
FOLLOWING = (*(name for name in MARKS if name not in AROUND), "scribble", "cursive", "cursive", "cursive")


@dataclass(frozen=True, slots=True)
class Item:
    """Ink to put on a sheet.

    Attributes:
        label: "0" to "9" for a digit, else what the mark is; "" for what belongs to the sheet, as a printed grid does.
        ink: (h, w) uint8 alpha map.
        x, y: where its top left corner goes, in px.
        line, number: which line of the sheet and which number of the line it belongs to, both from 0.
        bgr: colour of full ink; None for the page's own.
    """

    label: str
    ink: np.ndarray
    x: int
    y: int
    line: int = 0
    number: int = 0
    bgr: Bgr | None = None


class Scribe:
    """Writes items one after the other with one hand, one pen and one style."""

    def __init__(self, write: Write, hand: Hand, style: Style, rng: np.random.Generator) -> None:
        """Take the writer of digits, the hand that writes marks, the style and the source of chance."""
        self.write, self.hand, self.style, self.rng = write, hand, style, rng

    @property
    def pen_px(self) -> float:
        """The pen's width."""
        return self.style.pen.width * self.style.digit_px

    def digit(self, digit: int) -> np.ndarray:
        """Write the ink of one digit."""
        height_px = self.style.digit_px * self.rng.normal(1.0, 0.05)
        return self._ink(self.write(digit, height_px, self.pen_px, self.rng))

    def number(self, text: str, x: float, foot_y: float, line: int, number: int) -> list[Item]:
        """Write the digits of one number, from `x` to the right, standing on `foot_y`."""
        items = []
        for digit in text:
            ink = self.digit(int(digit))
            top = foot_y - ink.shape[0] + self.style.digit_px * self.rng.normal(0.0, 0.025)
            items.append(Item(digit, ink, round(x), round(top), line, number, self.style.pen.bgr))
            x += ink.shape[1] + self.style.gap * self.style.digit_px * self.rng.uniform(0.7, 1.3)
        return items

    def line_of(self, text: str, line: int) -> list[Item]:
        """Write numbers separated by spaces, from the origin to the right, standing on y = 0."""
        items: list[Item] = []
        x = 0.0
        for number, word in enumerate(text.split()):
            items += self.number(word, x, 0.0, line, number)
            x = right_end(items) + 1.2 * self.style.digit_px
        return items

    def mark(self, name: str, x: float, foot_y: float, line: int) -> Item:
        """Write a mark or letter from `x` to the right, as high above or below the line as it belongs."""
        strokes = write_mark(name, self.rng, self.hand)
        ink = self._ink(render_strokes(strokes, self.style.digit_px, self.pen_px, self.rng))
        top = foot_y + (min(points[:, 1].min() for points in strokes) - 1.0) * self.style.digit_px
        return Item(name, ink, round(x), round(top - self.pen_px / 2), line, bgr=self.style.pen.bgr)

    def mark_around(self, name: str, items: Sequence[Item]) -> Item:
        """Draw a mark that spans all of a number: underlined, encircled or crossed out."""
        left, right = items[0].x, right_end(items)
        top, foot = min(item.y for item in items), max(item.y + item.ink.shape[0] for item in items)
        air = self.style.digit_px * (0.1 if name == "cross out" else 0.25) + self.pen_px
        box_px = np.array([right - left + 2 * air, foot - top + 2 * air])
        strokes = write_mark(name, self.rng, self.hand)
        stretched = [points * box_px / self.style.digit_px for points in strokes]
        ink = self._ink(render_strokes(stretched, self.style.digit_px, self.pen_px, self.rng))
        y = foot + air / 2 if name == "underline" else top - air
        return Item(name, ink, round(left - air), round(y), items[0].line, bgr=self.style.pen.bgr)

    def word(self, x: float, foot_y: float, line: int) -> list[Item]:
        """Write a few letters that mean nothing."""
        items: list[Item] = []
        for _ in range(self.rng.integers(1, 6)):
            items.append(self.mark(str(self.rng.choice(list(LETTERS))), x, foot_y, line))
            x = right_end(items) + 0.15 * self.style.digit_px
        return items

    def printed(self, text: str | None, x: float, foot_y: float, line: int) -> Item:
        """Print text, invented when None, from `x` to the right."""
        look, height = self._print
        ink = set_text(text or invent_text(self.rng), self.style.digit_px * height, look)
        return Item("print", ink, round(x), round(foot_y - ink.shape[0]), line, bgr=self.style.print_bgr)

    @cached_property
    def _print(self) -> tuple[Print, float]:
        """Typeface and height, in heights of a digit: a sheet is printed in one of each."""
        return random_print(self.rng), self.rng.uniform(0.5, 0.9)

    def _ink(self, ink: np.ndarray) -> np.ndarray:
        """Draw what the style's pen leaves of a writer's ink on paper."""
        pen = self.style.pen
        if pen.grain:
            ink = roughen(ink, pen.grain, self.rng)
        return ink if pen.strength == 1.0 else (ink * np.float32(pen.strength)).astype(np.uint8)


def right_end(items: Sequence[Item]) -> int:
    """Find where the ink of items ends, in px."""
    return max((item.x + item.ink.shape[1] for item in items), default=0)
