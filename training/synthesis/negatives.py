"""Things that are no digit, for the eleventh class: letters, operators, print, joined and half digits, blots, edges."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache

import cv2
import numpy as np

from capture.synthetic.glyph_paths import LETTERS, MARKS
from capture.synthetic.handwriting import write_mark
from capture.synthetic.ink import render_strokes
from training.datasets.typefaces import Typeface, fill_outlines
from training.synthesis.augment import distort_strokes

HEIGHT_PX = 56
PEN_PX = (1.2, 13.0)
SCRIPTS = ("futural", "cursive", "rowmans", "scripts", "rowmant", "scriptc", "timesi", "greeks", "gothgbt")
"""Hershey's stroke fonts (A. V. Hershey, 1967, public domain), upright, italic, cursive."""
CHARACTERS = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz+-=/()[]{},.:;?!#$%&*<>"
PRINT_FONTS = ("DejaVu Sans", "DejaVu Serif", "DejaVu Sans Mono", "STIXGeneral")
LOOK_ALIKES = {
    **dict.fromkeys("Ss", (5, 0.5)),
    **dict.fromkeys("Zz", (2, 0.5)),
    **dict.fromkeys("gq", (9, 0.5)),
    **dict.fromkeys("()", (1, 0.3)),
    **dict.fromkeys(("/", "'", ",", "comma", "apostrophe", "open bracket", "close bracket"), (1, 0.5)),
    **dict.fromkeys("lI|", (1, 0.6)),
    **dict.fromkeys("oO", (0, 0.6)),
    **dict.fromkeys("DQ", (0, 0.3)),
    "B": (8, 0.4),
    "b": (6, 0.5),
}
"""Letters that many people write as a digit: the network should say that it can be either."""

Ink = np.ndarray
Digit = Callable[[np.random.Generator], Ink]
Seen = tuple[Ink, tuple[int, float] | None]
Draw = Callable[[Digit, np.random.Generator, Sequence[Typeface]], Seen]
"""Draws something: from a source of digits, chance and typefaces; its ink, and which digit it may be how likely."""
HANDS_SHARE, PRINTS_SHARE = 0.6, 0.7  # of the letters come from typefaces where these are at hand
BOLDER_PX = (-2.0, 4.0)  # how much thinner or bolder than its face a letter is drawn


def letter(_: Digit, rng: np.random.Generator, faces: Sequence[Typeface]) -> Seen:
    """A letter or sign, written by a shaky hand: of a handwritten face, or of a stroke font."""
    hands = [face for face in faces if face.is_handwritten]
    if hands and rng.random() < HANDS_SHARE:
        return _of_face(hands[rng.integers(len(hands))], rng, 1.0)
    alphabet = hershey()
    character, strokes = alphabet[rng.integers(len(alphabet))]
    return _pen(distort_strokes(strokes, rng, 1.2), rng), LOOK_ALIKES.get(character)


def mark(_: Digit, rng: np.random.Generator, __: Sequence[Typeface]) -> Seen:
    """An operator, bracket, scribble or letter by one of the project's own hands."""
    names = (*MARKS, *LETTERS, "scribble")
    name = names[rng.integers(len(names))]
    return _pen(distort_strokes(write_mark(name, rng), rng, 0.7), rng), LOOK_ALIKES.get(name)


def printed(_: Digit, rng: np.random.Generator, faces: Sequence[Typeface]) -> Seen:
    """A printed letter or sign, now and then two that touch."""
    prints = [face for face in faces if not face.is_handwritten]
    if prints and rng.random() < PRINTS_SHARE:
        return _of_face(prints[rng.integers(len(prints))], rng, 0.2)
    letters = [c for c in CHARACTERS if c.isalpha()]
    text = "".join(rng.choice(letters, 2 if rng.random() < 0.25 else 1))
    ink = typeset(text, PRINT_FONTS[rng.integers(len(PRINT_FONTS))], bool(rng.random() < 0.4))
    return cv2.GaussianBlur(ink, (0, 0), rng.uniform(0.4, 1.5)), LOOK_ALIKES.get(text)


def joined(digit: Digit, rng: np.random.Generator, _: Sequence[Typeface]) -> Seen:
    """Two or three digits that touch."""
    inks = [digit(rng) for _ in range(2 + (rng.random() < 0.2))]
    height = max(ink.shape[0] for ink in inks)
    overlap = int(rng.integers(0, 8))
    canvas = np.zeros((height, sum(ink.shape[1] for ink in inks)), np.uint8)
    x = 0
    for ink in inks:
        y = int(rng.integers(0, height - ink.shape[0] + 1))
        window = canvas[y : y + ink.shape[0], x : x + ink.shape[1]]
        np.maximum(window, ink[:, : window.shape[1]], out=window)
        x = max(0, x + ink.shape[1] - overlap)
    return canvas, None


def fragment(digit: Digit, rng: np.random.Generator, _: Sequence[Typeface]) -> Seen:
    """A digit of which a third to two thirds is missing."""
    ink = digit(rng)
    height, width = ink.shape
    share = rng.uniform(0.35, 0.65)
    if rng.random() < 0.5:
        keep = max(2, int(height * share))
        return (ink[:keep] if rng.random() < 0.5 else ink[-keep:]), None
    keep = max(2, int(width * share))
    return (ink[:, :keep] if rng.random() < 0.5 else ink[:, -keep:]), None


def blot(_: Digit, rng: np.random.Generator, __: Sequence[Typeface]) -> Seen:
    """Grain, stains, shadows' edges: smooth noise cut at a level."""
    knots = rng.normal(0, 1, rng.integers(3, 14, 2)).astype(np.float32)
    field = cv2.resize(knots, (HEIGHT_PX, HEIGHT_PX), interpolation=cv2.INTER_CUBIC)
    return (np.clip((field - rng.uniform(-0.5, 0.8)) * rng.uniform(1, 6), 0, 1) * 255).astype(np.uint8), None


def rules(_: Digit, rng: np.random.Generator, __: Sequence[Typeface]) -> Seen:
    """Crossing and parallel lines: corners of tables, squared paper, edges."""
    canvas = np.zeros((HEIGHT_PX, int(HEIGHT_PX * rng.uniform(0.5, 1.5))), np.uint8)
    height, width = canvas.shape
    slope = rng.normal(0, 4)
    for _ in range(int(rng.integers(2, 5))):
        at = rng.uniform(0, 1)
        ends = (
            ((0, at * height), (width, at * height + slope))
            if rng.random() < 0.5
            else ((at * width, 0), (at * width - slope, height))
        )
        cv2.line(
            canvas,
            *(tuple(np.round(end).astype(int).tolist()) for end in ends),
            255,
            int(rng.integers(1, 6)),
            cv2.LINE_AA,
        )
    return canvas, None


KINDS: tuple[tuple[Draw, float], ...] = (
    (letter, 0.36),
    (mark, 0.16),
    (printed, 0.12),
    (joined, 0.14),
    (fragment, 0.1),
    (blot, 0.07),
    (rules, 0.05),
)
"""What is drawn, and how often."""


def _of_face(face: Typeface, rng: np.random.Generator, strength: float) -> Seen:
    characters = [character for character in face.outlines if not character.isdigit()]
    character = str(rng.choice(characters))
    polygons = distort_strokes(face.outlines[character].polygons, rng, strength)
    return outline_ink(polygons, rng), LOOK_ALIKES.get(character)


def outline_ink(polygons: Sequence[np.ndarray], rng: np.random.Generator) -> Ink:
    """Outlines inked at the usual height, thinner or bolder, now and then blurred."""
    height = max(float(np.ptp(np.concatenate(polygons), axis=0).max()), 0.05)
    ink = fill_outlines(polygons, HEIGHT_PX / height, rng.uniform(*BOLDER_PX))
    return cv2.GaussianBlur(ink, (0, 0), rng.uniform(0.4, 1.8)) if rng.random() < 0.3 else ink


def _pen(strokes: list[np.ndarray], rng: np.random.Generator) -> Ink:
    points = np.concatenate(strokes)
    longest = max(float(np.ptp(points, axis=0).max()), 0.05)
    return render_strokes(strokes, HEIGHT_PX / longest, float(np.exp(rng.uniform(*np.log(PEN_PX)))), rng)


@cache
def hershey() -> list[tuple[str, list[np.ndarray]]]:
    """The stroke fonts' characters: (character, polylines)."""
    from HersheyFonts import HersheyFonts

    fonts, alphabet = HersheyFonts(), []
    for name in SCRIPTS:
        fonts.load_default_font(name)
        for character in CHARACTERS:
            strokes = [np.array(list(line), np.float32) for line in fonts.strokes_for_text(character)]
            strokes = [stroke for stroke in strokes if len(stroke) > 1]
            if strokes:
                alphabet.append((character, strokes))
    return alphabet


@cache
def typeset(text: str, family: str, is_bold: bool) -> Ink:
    """Printed text from matplotlib's own fonts, as a (56, w) uint8 ink map."""
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import TextPath

    outline = TextPath(
        (0, 0), text, size=HEIGHT_PX, prop=FontProperties(family=family, weight="bold" if is_bold else "normal")
    )
    polygons = [
        np.round((polygon - outline.vertices.min(axis=0)) * 16).astype(np.int32) for polygon in outline.to_polygons()
    ]
    width, height = (np.ptp(outline.vertices, axis=0) + 2).astype(int)
    canvas = np.zeros((height, width), np.uint8)
    cv2.fillPoly(canvas, polygons, 255, cv2.LINE_AA, 4)
    return canvas[::-1].copy()
