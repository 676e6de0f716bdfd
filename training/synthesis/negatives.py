"""Draws what is no digit: letters, operators, print, joined, ringed and half digits, blots, edges."""

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
from training.synthesis.targets import nothing, perhaps, target_of

HEIGHT_PX = 56  # ink is drawn at twice the glyph's size and then normalised
PEN_PX = (1.2, 16.0)
SCRIPTS = ("futural", "cursive", "rowmans", "scripts", "rowmant", "scriptc", "timesi", "greeks", "gothgbt")
"""Hershey's stroke fonts (A. V. Hershey, 1967, public domain), upright, italic, cursive."""
GREEK_FONT, KEYS, GREEK = "greeks", "abgdezhqiklmnxoprstufcyw", "αβγδεζηθικλμνξοπρστυφχψω"
IN_GREEK = str.maketrans(KEYS + KEYS.upper(), GREEK + GREEK.upper())  # what that font has at the Latin letters' places
CHARACTERS = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz+-=/()[]{},.:;?!#$%&*<>"
PRINT_FONTS = ("DejaVu Sans", "DejaVu Serif", "DejaVu Sans Mono", "STIXGeneral")
Ink = np.ndarray
Digit = Callable[[np.random.Generator], Ink]
Seen = tuple[Ink, np.ndarray]
Draw = Callable[[Digit, np.random.Generator, Sequence[Typeface]], Seen]
"""Draws something: from a source of digits, chance and typefaces; its ink, and the (CLASSES,) shares of what it is."""
HANDS_SHARE, PRINTS_SHARE = 0.6, 0.7  # of the letters come from typefaces where these are at hand
STICK, STICK_LIKENESS = 0.25, 0.5  # widths a height: a piece of a digit this slim is a 1 as well as not
RING_TURNS = np.linspace(0, 2 * np.pi, 24, endpoint=False)
RINGS = (
    0.5 + 0.48 * np.column_stack([np.cos(RING_TURNS), np.sin(RING_TURNS)]),
    np.array([[0.02, 0.02], [0.98, 0.02], [0.98, 0.98], [0.02, 0.98]]),
)
"""Outlines in a unit box: a ring, a box."""
SHAKY_RING = 0.03  # heights: how far its points lie off
BOLDER_PX = (-2.0, 4.0)  # how much thinner or bolder than its face a letter is drawn


def letter(_: Digit, rng: np.random.Generator, faces: Sequence[Typeface]) -> Seen:
    """Draw a letter or sign, written by a shaky hand: of a handwritten face, or of a stroke font."""
    hands = [face for face in faces if face.is_handwritten]
    if hands and rng.random() < HANDS_SHARE:
        return _of_face(hands[rng.integers(len(hands))], rng, 1.0)
    alphabet = hershey()
    character, strokes = alphabet[rng.integers(len(alphabet))]
    return stroke_ink(distort_strokes(strokes, rng, 1.2), rng), target_of(character)


def mark(_: Digit, rng: np.random.Generator, __: Sequence[Typeface]) -> Seen:
    """Draw an operator, bracket, scribble or letter by one of the project's own hands."""
    names = (*MARKS, *LETTERS, "scribble")
    name = names[rng.integers(len(names))]
    return stroke_ink(distort_strokes(write_mark(name, rng), rng, 0.7), rng), target_of(name)


def printed(_: Digit, rng: np.random.Generator, faces: Sequence[Typeface]) -> Seen:
    """Draw a printed letter or sign, now and then two that touch."""
    prints = [face for face in faces if not face.is_handwritten]
    if prints and rng.random() < PRINTS_SHARE:
        return _of_face(prints[rng.integers(len(prints))], rng, 0.2)
    letters = [c for c in CHARACTERS if c.isalpha()]
    text = "".join(rng.choice(letters, 2 if rng.random() < 0.25 else 1))
    ink = typeset(text, PRINT_FONTS[rng.integers(len(PRINT_FONTS))], bool(rng.random() < 0.4))
    return cv2.GaussianBlur(ink, (0, 0), rng.uniform(0.4, 1.5)), target_of(text) if len(text) == 1 else nothing()


def joined(digit: Digit, rng: np.random.Generator, _: Sequence[Typeface]) -> Seen:
    """Draw two or three digits that touch."""
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
    return canvas, nothing()


def fragment(digit: Digit, rng: np.random.Generator, _: Sequence[Typeface]) -> Seen:
    """Draw a digit of which a third to two thirds is missing; what is left of it may well be a 1's stick."""
    ink = digit(rng)
    height, width = ink.shape
    share = rng.uniform(0.35, 0.65)
    if rng.random() < 0.5:
        keep = max(2, int(height * share))
        part = ink[:keep] if rng.random() < 0.5 else ink[-keep:]
    else:
        keep = max(2, int(width * share))
        part = ink[:, :keep] if rng.random() < 0.5 else ink[:, -keep:]
    _, _, w, h = cv2.boundingRect(part)
    return part, perhaps(1, STICK_LIKENESS) if w < STICK * h else nothing()


def ringed(digit: Digit, rng: np.random.Generator, _: Sequence[Typeface]) -> Seen:
    """Draw a digit with a ring or a box drawn around it, which may touch it."""
    ink = digit(rng)
    height, width = ink.shape
    air = round(max(height, width) * rng.uniform(0.05, 0.5))
    canvas = cv2.copyMakeBorder(ink, air, air, air, air, cv2.BORDER_CONSTANT)
    height, width = canvas.shape
    ring = RINGS[rng.integers(len(RINGS))] * (width, height)
    ring = ring + rng.normal(0, SHAKY_RING * height, ring.shape)
    cv2.polylines(canvas, [np.round(ring).astype(np.int32)], True, 255, int(rng.integers(2, 7)), cv2.LINE_AA)
    return canvas, nothing()


def blot(_: Digit, rng: np.random.Generator, __: Sequence[Typeface]) -> Seen:
    """Draw grain, stains, shadows' edges: smooth noise cut at a level."""
    knots = rng.normal(0, 1, rng.integers(3, 14, 2)).astype(np.float32)
    field = cv2.resize(knots, (HEIGHT_PX, HEIGHT_PX), interpolation=cv2.INTER_CUBIC)
    return (np.clip((field - rng.uniform(-0.5, 0.8)) * rng.uniform(1, 6), 0, 1) * 255).astype(np.uint8), nothing()


def rules(_: Digit, rng: np.random.Generator, __: Sequence[Typeface]) -> Seen:
    """Draw crossing and parallel lines: corners of tables, squared paper, edges."""
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
    return canvas, nothing()


KINDS: tuple[tuple[Draw, float], ...] = (
    (letter, 0.22),
    (mark, 0.23),
    (printed, 0.16),
    (joined, 0.14),
    (fragment, 0.05),
    (ringed, 0.07),
    (blot, 0.07),
    (rules, 0.06),
)
"""What is drawn, and how often."""


def _of_face(face: Typeface, rng: np.random.Generator, strength: float) -> Seen:
    characters = [character for character in face.outlines if not character.isdigit()]
    character = str(rng.choice(characters))
    polygons = distort_strokes(face.outlines[character].polygons, rng, strength)
    return outline_ink(polygons, rng), target_of(character)


def outline_ink(polygons: Sequence[np.ndarray], rng: np.random.Generator) -> Ink:
    """Fill an outline with ink, (h, w) uint8, at the usual height, thinner or bolder, now and then blurred."""
    height = max(float(np.ptp(np.concatenate(polygons), axis=0).max()), 0.05)
    ink = fill_outlines(polygons, HEIGHT_PX / height, rng.uniform(*BOLDER_PX))
    return cv2.GaussianBlur(ink, (0, 0), rng.uniform(0.4, 1.8)) if rng.random() < 0.3 else ink


def stroke_ink(strokes: Sequence[np.ndarray], rng: np.random.Generator) -> Ink:
    """Draw strokes of any scale at the usual height, with some pen: (h, w) uint8."""
    longest = max(float(np.ptp(np.concatenate(strokes), axis=0).max()), 0.05)
    return render_strokes(strokes, HEIGHT_PX / longest, random_pen_px(rng), rng)


def random_pen_px(rng: np.random.Generator) -> float:
    """Choose the width of a pen, in pixels at the usual height."""
    return float(np.exp(rng.uniform(*np.log(PEN_PX))))


@cache
def hershey() -> list[tuple[str, list[np.ndarray]]]:
    """Load the stroke fonts' characters: (character, polylines)."""
    from HersheyFonts import HersheyFonts

    fonts, alphabet = HersheyFonts(), []
    for name in SCRIPTS:
        fonts.load_default_font(name)
        for character in CHARACTERS:
            strokes = [np.array(list(line), np.float32) for line in fonts.strokes_for_text(character)]
            strokes = [stroke for stroke in strokes if len(stroke) > 1]
            if strokes:
                alphabet.append((character.translate(IN_GREEK) if name == GREEK_FONT else character, strokes))
    return alphabet


@cache
def typeset(text: str, family: str, is_bold: bool) -> Ink:
    """Print text in matplotlib's own fonts, as a (56, w) uint8 ink map."""
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
