"""Draws pages of words, handwritten or printed, with few numbers or none, and cluttered desks: not to be read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np

from capture.synthetic.background import draw_clutter
from capture.synthetic.handwriting import Write
from capture.synthetic.layout import Item
from capture.synthetic.page import DrawnPage, compose
from capture.synthetic.paper import draw_paper
from capture.synthetic.styles import PENS, Pen, Style, random_style
from capture.synthetic.typeset import invent_text, random_print, set_text
from training.datasets.typefaces import Outline, Typeface, fill_outlines

LETTER_SHARE = (0.022, 0.13)  # height of a capital in a page's height, least and most
MAX_CHARACTERS = 140  # on a page: crops of more would not be shown anyway
CLUTTER, PRINTED = 0.12, 0.3  # shares of the pages
LAST_LINE = 0.15  # chance that a page ends after a line
NO_NUMBERS = 0.55  # of the handwritten pages are words alone
OPENERS, CLOSERS = ("", "", "", "", "(", "[", "=", "-", "+", ":"), ("", "", "", "", ",", ",", ".", ")", "]", ";", "=")


@dataclass(frozen=True)
class _Hand:
    """How somebody writes words: a face made narrow or wide, leaning, bold or thin."""

    face: Typeface
    shape: np.ndarray
    shake: float
    bolder: float
    gap: float

    def ink(
        self, character: str, capital_px: float, rng: np.random.Generator
    ) -> tuple[np.ndarray, float, float, float]:
        """Draw one character: its ink, its offset (x, y) from the pen's place on the baseline, the pen's way on."""
        outline = self.face.outlines.get(character) or self.face.outlines.get("x") or _BAR
        bend = rng.normal(0, self.shake, (2, 2))
        polygons = [polygon @ (self.shape + bend).T for polygon in outline.polygons]
        low = np.concatenate(polygons).min(axis=0) * capital_px
        ink = fill_outlines(polygons, capital_px, self.bolder * capital_px)
        return ink, low[0], low[1], (outline.advance * self.shape[0, 0] + self.gap) * capital_px


_BAR = Outline((np.array([[0, 0], [0.1, 0], [0.1, -1], [0, -1]], np.float32),), 0.2)


def wordy_page(rng: np.random.Generator, size: tuple[int, int], write: Write, faces: Sequence[Typeface]) -> DrawnPage:
    """Invent a picture with many letters and few digits.

    Args:
        rng: source of all chance.
        size: (width, height) in px.
        write: writes the digits among handwritten words.
        faces: what letters are drawn with; without any, OpenCV's own print takes their place.
    """
    kind = rng.random()
    if kind < CLUTTER:
        return DrawnPage(draw_clutter(size, rng), ())
    style = random_style(rng, size[1])
    capital_px = size[1] * float(np.exp(rng.uniform(*np.log(LETTER_SHARE))))
    is_print = kind < CLUTTER + PRINTED
    fitting = [face for face in faces if face.is_handwritten != is_print]
    if not fitting:
        items = _print_of_opencv(style, size, capital_px, rng)
    else:
        hand = _random_hand(fitting[rng.integers(len(fitting))], is_print, rng)
        numbers = 0.0 if is_print or rng.random() < NO_NUMBERS else rng.uniform(0.1, 0.6)
        items = _Notes(hand, write, style, capital_px, numbers).lines(size, rng)
    paper = draw_paper(style.paper, size, style.paper_bgr, capital_px * rng.uniform(1.2, 2.5), rng)
    return compose(items, paper, style.print_bgr if is_print else style.pen.bgr)


def _random_hand(face: Typeface, is_print: bool, rng: np.random.Generator) -> _Hand:
    if is_print:
        return _Hand(face, np.diag([rng.uniform(0.85, 1.1), 1.0]), 0.0, rng.uniform(-0.01, 0.03), 0.0)
    shape = np.array([[rng.uniform(0.75, 1.25), -rng.normal(0.05, 0.12)], [rng.normal(0, 0.03), 1.0]])
    return _Hand(face, shape, rng.uniform(0.0, 0.05), rng.uniform(-0.03, 0.05), rng.choice([0.0, rng.uniform(0, 0.3)]))


@dataclass(frozen=True)
class _Notes:
    """What a page of words is written with.

    Attributes:
        hand: writes the words.
        write: writes the digits.
        style: pen and paper.
        capital_px: height of a capital.
        numbers: share of numbers among the words.
    """

    hand: _Hand
    write: Write
    style: Style
    capital_px: float
    numbers: float

    def lines(self, size: tuple[int, int], rng: np.random.Generator) -> Iterator[Item]:
        """Yield lines of words with now and then a number among them, until the page or the count is full."""
        left, capital = MAX_CHARACTERS, self.capital_px
        slope, indent = rng.normal(0, 0.015), rng.uniform(0.3, 3) * capital
        for line, y in enumerate(np.arange(2 * capital, size[1], capital * rng.uniform(1.6, 3.2))):
            x = indent
            while x < size[0] - capital and left > 0:
                is_number = rng.random() < self.numbers
                for character in _number(rng) if is_number else _word(rng):
                    place = x, y + slope * x + rng.normal(0, 0.02) * capital
                    is_digit = is_number and character.isdigit()
                    item, step = (self._digit if is_digit else self._letter)(character, place, rng)
                    yield replace(item, line=line)
                    x += step
                    left -= 1
                x += capital * rng.uniform(0.4, 1.2)
            if rng.random() < LAST_LINE:
                break

    def _letter(self, character: str, place: tuple[float, float], rng: np.random.Generator) -> tuple[Item, float]:
        """Draw a letter or printed digit with its foot at `place`, and say how far to move on."""
        ink, dx, dy, step = self.hand.ink(character, self.capital_px, rng)
        label = "print" if character.isdigit() else character
        return Item(label, _faded(ink, self.style.pen), round(place[0] + dx), round(place[1] + dy)), step

    def _digit(self, digit: str, place: tuple[float, float], rng: np.random.Generator) -> tuple[Item, float]:
        """Draw a handwritten digit with its foot at `place`, and say how far to move on."""
        height, pen = self.capital_px * rng.uniform(0.85, 1.15), self.style.pen
        ink = _faded(self.write(int(digit), height, max(1.0, pen.width * self.capital_px), rng), pen)
        step = ink.shape[1] + self.capital_px * rng.uniform(0.08, 0.35)
        return Item(digit, ink, round(place[0]), round(place[1] - ink.shape[0])), step


def _number(rng: np.random.Generator) -> str:
    digits = "".join(str(d) for d in rng.integers(0, 10, rng.integers(1, 5)))
    return str(rng.choice(OPENERS)) + digits + str(rng.choice(CLOSERS))


def _word(rng: np.random.Generator) -> str:
    """Invent a word, capital or small, now and then with a sign; in print also a number."""
    text = next((word for word in invent_text(rng).split(" ") if not word.isdigit()), "no")
    chance = rng.random()
    if chance < 0.15:
        text = text[: int(rng.integers(1, 4))]
    if chance > 0.93:
        return "".join(rng.choice(list("aijklmnsxyzOSZBgqbdo")) for _ in range(rng.integers(1, 3)))
    return text + str(rng.choice(["", "", "", ",", ".", "!", "?", ":"]))


def _print_of_opencv(
    style: Style, size: tuple[int, int], capital_px: float, rng: np.random.Generator
) -> Iterator[Item]:
    width, height = size
    look = random_print(rng)
    for y in np.arange(capital_px, height - 2 * capital_px, capital_px * rng.uniform(1.6, 3.0)):
        ink = set_text(invent_text(rng), capital_px, look)[:, : int(width - 2 * capital_px)]
        yield Item("print", _faded(ink, PENS["fineliner"]), int(capital_px), int(y))


def _faded(ink: np.ndarray, pen: Pen) -> np.ndarray:
    return cv2.convertScaleAbs(ink, alpha=pen.strength)
