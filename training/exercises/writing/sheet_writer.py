"""Sets lines of text, formulas and drawn shapes on a sheet, sign by sign, each with its label."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import cv2
import numpy as np

from capture.synthetic.ink import fade, render_strokes, roughen
from capture.synthetic.styles import Bgr, Style
from capture.synthetic.typeset import Print, random_print, set_text
from capture.synthetic.writer import Item
from training.exercises.writing.built import random_habits, write_built
from training.exercises.writing.signs import SPANS, SignWriter, Strokes
from training.exercises.writing.texts import Line
from training.synthesis.augment import distort_strokes

MAX_SIGNS = 260  # on a page
SPACE = 0.55  # heights of a digit
FADING, FADED = 0.15, (0.3, 0.6)  # share of the sheets on which ink grows lighter along its strokes, and by how much
WOBBLE = 0.012  # of a drawn line's length
OPERATORS = "+-=<>≤≥≠±÷·→"
PRINT_DIGIT, PRINT, RULE, RING, TICK = "print", "printed letter", "rule", "ring", "tick"
RED: Bgr = (45, 35, 200)


@dataclass
class SheetWriter:
    """Writes on a sheet, sign by sign.

    Attributes:
        signs: whose hand.
        style: pen, paper, usual height of a digit and spaces.
        size: (width, height) of the sheet in px.
        rng: source of all chance.
        items: what has been written, in its order.
        bgr: the pen's colour; None for the style's.
        print_bgr: the print's colour; None for the style's.

    Example:
        sheet = SheetWriter(sign_writer(people, rng), random_style(rng, 480), (640, 480), rng)
        end_x = sheet.write(("12+7=19",), x=50, foot_y=120, px=40)
    """

    signs: SignWriter
    style: Style
    size: tuple[int, int]
    rng: np.random.Generator
    items: list[Item] = field(default_factory=list)
    bgr: Bgr | None = None
    print_bgr: Bgr | None = None

    def __post_init__(self) -> None:
        """Invent habits that last for the sheet."""
        self.habits = random_habits(self.rng)
        self._fading = self.rng.uniform(*FADED) if self.rng.random() < FADING else 0.0

    @property
    def pen_px(self) -> float:
        """The pen's width, the same for large and for small signs."""
        return max(0.9, self.style.pen.width * self.style.digit_px)

    def write(self, parts: Line, x: float, foot_y: float, px: float, slope: float = 0.0) -> float:
        """Write from `x` on, digits `px` high standing on `foot_y`; return where the line ends."""
        start, last = x, len(self.items)
        for part in parts:
            foot, begin = foot_y + slope * (x - start), len(self.items)
            is_text = isinstance(part, str)
            x = self._text(part, x, foot, px) if is_text else write_built(self, part, (x, foot), px, last)
            last = begin
        return x

    def write_centred(self, parts: Line, x: float, foot_y: float, px: float) -> float:
        """Write with the middle at `x`; return how wide it became."""
        begin = len(self.items)
        width = self.write(parts, x, foot_y, px) - x
        self.shift(begin, -width / 2)
        return width

    def _text(self, text: str, x: float, foot_y: float, px: float) -> float:
        raised, scale = 0.0, 1.0  # of the next sign: `^` and `_` set it higher or lower
        for sign in text:
            if sign in "^_" and raised == 0.0:
                raised, scale = self.habits.raised[sign], self.habits.script_scale
                continue
            if sign == " ":
                x += SPACE * px * self.rng.uniform(0.7, 1.6)
                continue
            space = self.habits.operator_space * px * scale if sign in OPERATORS else 0.0
            x = self.sign(sign, x + space, foot_y - raised * px, px * scale) + space
            raised, scale = 0.0, 1.0
        return x

    def sign(self, sign: str, x: float, foot_y: float, px: float) -> float:
        """Write one sign; return where the next one begins."""
        ink, top = self.signs.ink(sign, px, self.pen_px, self.rng)
        self.put(sign, ink, x, foot_y - px + top)
        return x + ink.shape[1] + self.style.gap * px * self.rng.uniform(0.6, 1.4)

    def shift(self, begin: int, by_x: float, by_y: float = 0.0, end: int | None = None) -> None:
        """Move what has been written from item `begin` on, in px."""
        for index, item in enumerate(self.items[begin:end], begin):
            self.items[index] = Item(item.label, item.ink, item.x + round(by_x), item.y + round(by_y), bgr=item.bgr)

    def extent(self, begin: int) -> tuple[float, float]:
        """Measure where the ink of items `begin` and later starts above and ends below, in px; there must be some."""
        items = self.items[begin:]
        return min(item.y for item in items), max(item.y + item.ink.shape[0] for item in items)

    def draw(self, strokes: Sequence[np.ndarray], label: str, pen_px: float | None = None) -> None:
        """Draw lines by hand, in px of the sheet; their ends lie about where they should."""
        span = max(float(np.ptp(np.concatenate(strokes), axis=0).max()), 1.0)
        shaken = [stroke + np.linspace(*self.rng.normal(0, WOBBLE * span, (2, 2)), len(stroke)) for stroke in strokes]
        ink = render_strokes([s / span for s in shaken], span, pen_px or self.pen_px, self.rng)
        low = np.concatenate(shaken).min(axis=0)
        self.put(label, ink, low[0] - self.pen_px / 2, low[1] - self.pen_px / 2)

    def ring(self, x: float, y: float, w: float, h: float) -> None:
        """Draw a ring, hardly ever closed just so, around (x, y)."""
        turn = np.linspace(0, 2 * np.pi * self.rng.uniform(0.96, 1.06), 40) + self.rng.uniform(0, 6)
        bend = 1 + 0.04 * np.sin(turn * self.rng.uniform(1, 3))
        self.draw([np.column_stack([x + w / 2 * np.cos(turn) * bend, y + h / 2 * np.sin(turn) * bend])], RING)

    def triangle(self, x: float, y: float, w: float, h: float) -> None:
        """Draw a triangle around (x, y), more or less wide enough for what stands in it."""
        w, h = self.rng.uniform(0.65, 1.0) * np.array([w, h])
        corners = [x, y - h, x - 0.8 * w, y + 0.6 * h, x + 0.8 * w, y + 0.6 * h, x, y - h]
        self._outline(corners, min(w, h))

    def box(self, x: float, y: float, w: float, h: float) -> None:
        """Draw a box around (x, y)."""
        left, right, top, foot = x - w / 2, x + w / 2, y - h / 2, y + h / 2
        self._outline([left, top, right, top, right, foot, left, foot, left, top], min(w, h))

    def _outline(self, corners: Sequence[float], side: float) -> None:
        path = np.array(corners, float).reshape(-1, 2)
        self.draw([path + self.rng.normal(0, 0.04 * side, path.shape)], RING)

    def tick(self, x: float, foot_y: float, px: float) -> None:
        """Draw a teacher's red tick, as high as a digit."""
        path = np.array([[0, -0.35], [0.25, 0], [0.8, -1]]) * px * self.rng.uniform(0.8, 1.6) + (x, foot_y)
        pen, self.bgr = self.bgr, RED
        self.draw([path], TICK)
        self.bgr = pen

    def strokes(self, label: str, strokes: Strokes, x: float, y: float, px_per_unit: float) -> None:
        """Draw strokes in units of their own with their top left corner, that of all their ink, at (x, y)."""
        low = np.concatenate(strokes).min(axis=0)
        ink = render_strokes([(s - low) * px_per_unit / 100 for s in strokes], 100, self.pen_px, self.rng)
        self.put(label, ink, x, y)

    def print_text(self, text: str, x: float, foot_y: float, height_px: float, look: Print | None = None) -> float:
        """Print letters and digits one by one; return where the text ends."""
        look = look or random_print(self.rng)
        for sign in text:
            if sign != " ":
                ink = set_text(sign, height_px, look)
                top = SPANS.get(sign, (0.0, 1.0))[1] * height_px - ink.shape[0]
                label = PRINT_DIGIT if sign.isdigit() else PRINT
                self.put_print(label, ink, x, foot_y - height_px + top)
                x += ink.shape[1] + 0.12 * height_px
            else:
                x += 0.4 * height_px
        return x

    def print_line(self, text: str, x: float, foot_y: float, height_px: float, look: Print) -> float:
        """Print a line as print is set: word by word, words with digits in them sign by sign; return where it ends."""
        for word in filter(None, text.split(" ")):
            if any(sign.isdigit() for sign in word):
                x = self.print_text(word, x, foot_y, height_px, look)
            else:
                ink = set_text(word, height_px, look)
                self.put_print(PRINT, ink, x, foot_y + _below(word, height_px, look) - ink.shape[0])
                x += ink.shape[1]
            x += 0.45 * height_px
        return x

    def put_print(self, label: str, ink: np.ndarray, x: float, y: float) -> None:
        """Add printed ink with its top left corner at (x, y)."""
        self.put(label, ink, x, y, self.print_bgr or self.style.print_bgr)

    def put(self, label: str, ink: np.ndarray, x: float, y: float, bgr: Bgr | None = None) -> None:
        """Add ink of this label with its top left corner at (x, y), as the pen leaves it on paper."""
        pen = self.style.pen
        if pen.grain and bgr is None:
            ink = roughen(ink, pen.grain, self.rng)
        if self._fading and bgr is None:
            ink = fade(ink, self._fading, self.rng)
        if pen.strength != 1.0 and bgr is None:
            ink = cv2.convertScaleAbs(ink, alpha=pen.strength)
        self.items.append(Item(label, ink, round(x), round(y), bgr=bgr or self.bgr))

    def scribbled_word(self, strokes: Strokes, x: float, foot_y: float, px: float) -> float:
        """Write a whole word as somebody did, `px` high in all; return where it ends."""
        bent = distort_strokes(strokes, self.rng, 0.3)
        height = max(float(np.ptp(np.concatenate(bent)[:, 1])), 0.15)
        ink = render_strokes([stroke / height for stroke in bent], 1.3 * px, self.pen_px, self.rng)
        self.put("word", ink, x, foot_y - px)
        return x + ink.shape[1] + SPACE * px * 1.5


def _below(word: str, height_px: float, look: Print) -> float:
    """Measure how far below the line, or for signs alone above it (then below 0), a printed word's ink ends, in px."""
    if any(sign.isalpha() for sign in word):
        return set_text("H" + word, height_px, look).shape[0] - set_text("H", height_px, look).shape[0]
    return (max(SPANS.get(sign, (0.0, 1.0))[1] for sign in word) - 1) * height_px
