"""Lays handwriting out on a sheet: digits into numbers, numbers into lines, marks between them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from capture.hands import Hand, Write, write_mark
from capture.ink import render_strokes, roughen
from capture.shapes import LETTERS, MARKS
from capture.styles import Style

MARGIN = 0.5
"""Clear border of a sheet, in heights of a digit."""
NUMBER_GAP = (0.8, 2.5)
"""Clear space between numbers of a line, least and most, in heights of a digit."""
AROUND = ("underline", "circle", "cross out")
"""Marks that belong to a number's whole width; the others follow it."""
FOLLOWING = (*(name for name in MARKS if name not in AROUND), "scribble")


@dataclass(frozen=True, slots=True)
class Item:
    """Ink to put on a sheet.

    Attributes:
        label: "0" to "9" for a digit, else what the mark is.
        ink: (h, w) uint8 alpha map.
        x, y: where its top left corner goes, in px.
        line, number: which line of the sheet and which number of the line it belongs to, both from 0.
    """

    label: str
    ink: np.ndarray
    x: int
    y: int
    line: int = 0
    number: int = 0


class Scribe:
    """Writes items one after the other with one hand, one pen and one style."""

    def __init__(self, write: Write, hand: Hand, style: Style, rng: np.random.Generator) -> None:
        """Takes the writer of digits, the hand that writes marks, the style and the source of chance."""
        self.write, self.hand, self.style, self.rng = write, hand, style, rng

    @property
    def pen_px(self) -> float:
        """The pen's width."""
        return self.style.pen.width * self.style.digit_px

    def digit(self, digit: int) -> np.ndarray:
        """The ink of one digit."""
        height_px = self.style.digit_px * self.rng.normal(1.0, 0.05)
        return self._ink(self.write(digit, height_px, self.pen_px, self.rng))

    def number(self, text: str, x: float, foot_y: float, line: int, number: int) -> list[Item]:
        """The digits of one number, from `x` to the right, standing on `foot_y`."""
        items = []
        for digit in text:
            ink = self.digit(int(digit))
            top = foot_y - ink.shape[0] + self.style.digit_px * self.rng.normal(0.0, 0.025)
            items.append(Item(digit, ink, round(x), round(top), line, number))
            x += ink.shape[1] + self.style.gap * self.style.digit_px * self.rng.uniform(0.7, 1.3)
        return items

    def line_of(self, text: str, line: int) -> list[Item]:
        """Numbers separated by spaces, from the origin to the right, standing on y = 0."""
        items: list[Item] = []
        x = 0.0
        for number, word in enumerate(text.split()):
            items += self.number(word, x, 0.0, line, number)
            x = right_end(items) + 1.2 * self.style.digit_px
        return items

    def mark(self, name: str, x: float, foot_y: float, line: int) -> Item:
        """A mark or letter from `x` to the right, as high above or below the line as it belongs."""
        strokes = write_mark(name, self.rng, self.hand)
        ink = self._ink(render_strokes(strokes, self.style.digit_px, self.pen_px, self.rng))
        top = foot_y + (min(points[:, 1].min() for points in strokes) - 1.0) * self.style.digit_px
        return Item(name, ink, round(x), round(top - self.pen_px / 2), line)

    def mark_around(self, name: str, items: Sequence[Item]) -> Item:
        """A mark that spans all of a number: underlined, encircled or crossed out."""
        left, right = items[0].x, right_end(items)
        top, foot = min(item.y for item in items), max(item.y + item.ink.shape[0] for item in items)
        air = self.style.digit_px * (0.1 if name == "cross out" else 0.25) + self.pen_px
        box_px = np.array([right - left + 2 * air, foot - top + 2 * air])
        strokes = write_mark(name, self.rng, self.hand)
        stretched = [points * box_px / self.style.digit_px for points in strokes]
        ink = self._ink(render_strokes(stretched, self.style.digit_px, self.pen_px, self.rng))
        y = foot + air / 2 if name == "underline" else top - air
        return Item(name, ink, round(left - air), round(y), items[0].line)

    def word(self, x: float, foot_y: float, line: int) -> list[Item]:
        """A few letters that mean nothing."""
        items: list[Item] = []
        for _ in range(self.rng.integers(1, 6)):
            items.append(self.mark(str(self.rng.choice(list(LETTERS))), x, foot_y, line))
            x = right_end(items) + 0.15 * self.style.digit_px
        return items

    def _ink(self, ink: np.ndarray) -> np.ndarray:
        """What the style's pen leaves of a writer's ink on paper."""
        pen = self.style.pen
        if pen.grain:
            ink = roughen(ink, pen.grain, self.rng)
        return ink if pen.strength == 1.0 else (ink * np.float32(pen.strength)).astype(np.uint8)


def right_end(items: Sequence[Item]) -> int:
    """Where the ink of items ends, in px."""
    return max((item.x + item.ink.shape[1] for item in items), default=0)


def fill_lines(scribe: Scribe, size: tuple[int, int], digits: Sequence[int]) -> list[Item]:
    """Writes line under line until the sheet or the style's allowance of digits is full."""
    px, style, rng = scribe.style.digit_px, scribe.style, scribe.rng
    feet = np.arange(px * (1 + MARGIN), size[1] - MARGIN * px, px * (1 + style.line_gap))
    slope = rng.normal(0.0, 0.012)
    items: list[Item] = []
    left = style.max_digits
    for line, foot_y in enumerate(feet[rng.integers(0, max(len(feet), 1)) // 2 :]):
        for part in _fill_line(scribe, size[0], (foot_y, slope), line, digits):
            written = sum(item.label.isdigit() for item in part)
            if written > left:
                return items
            left -= written
            items += part
    return items


def _fill_line(
    scribe: Scribe, width: int, feet: tuple[float, float], line: int, digits: Sequence[int]
) -> Iterator[list[Item]]:
    """Yields number after number, each with its marks, while they fit; `feet` is the line's height and slope."""
    px, style, rng = scribe.style.digit_px, scribe.style, scribe.rng
    x = px * (MARGIN + rng.exponential(0.7))
    number = 0
    while True:
        foot_y = feet[0] + feet[1] * x
        part = scribe.number(_invent(style, digits, rng), x, foot_y, line, number)
        if right_end(part) > width - MARGIN * px:
            return
        if rng.random() < style.marks:
            part += _marks(scribe, part, foot_y, line)
        yield part
        x = right_end(part) + px * rng.uniform(*NUMBER_GAP)
        number += 1


def _invent(style: Style, digits: Sequence[int], rng: np.random.Generator) -> str:
    few, many = style.digits_per_number
    return "".join(map(str, rng.choice(digits, rng.integers(few, many + 1))))


def _marks(scribe: Scribe, number: Sequence[Item], foot_y: float, line: int) -> list[Item]:
    """What may come with a number: a word, something around it, something after it."""
    rng = scribe.rng
    x = right_end(number) + scribe.style.digit_px * rng.uniform(0.2, 1.0)
    kind = rng.random()
    if kind < 0.3:
        return scribe.word(x, foot_y, line)
    if kind < 0.4:
        return [scribe.mark_around(str(rng.choice(["underline", "circle"])), number)]
    return [scribe.mark(str(rng.choice(FOLLOWING)), x, foot_y, line)]


def scatter(scribe: Scribe, size: tuple[int, int], digits: Sequence[int]) -> list[Item]:
    """Writes single digits and marks all over the sheet, each in a cell of its own."""
    style, rng = scribe.style, scribe.rng
    cell = style.digit_px * (1.5 + max(style.gap, 0.0))
    columns, rows = int(size[0] // cell), int(size[1] // cell)
    cells = rng.permutation(columns * rows)[: style.max_digits]
    items = []
    for line, index in enumerate(sorted(int(i) for i in cells)):
        x, y = (np.array([index % columns, index // columns]) + rng.uniform(0.1, 0.35, 2)) * cell
        if rng.random() < style.marks / 2:
            items.append(scribe.mark(str(rng.choice(FOLLOWING)), x, y + style.digit_px, line))
        else:
            items += scribe.number(str(rng.choice(digits)), x, y + style.digit_px, line, 0)
    return items


def centre(lines: Sequence[Sequence[Item]], size: tuple[int, int], style: Style) -> list[Item]:
    """Moves lines that start at the origin to the middle of a sheet, one under the other."""
    step = style.digit_px * (1 + style.line_gap)
    foot_y = (size[1] - step * (len(lines) - 1) + style.digit_px) / 2
    items = []
    for number, line in enumerate(lines):
        x, y = round((size[0] - right_end(line)) / 2), round(foot_y + number * step)
        items += [replace(item, x=item.x + x, y=item.y + y) for item in line]
    return items
