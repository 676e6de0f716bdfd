"""Draws lines of numbers, signs and words by many hands, whose signs are labelled by what they are to a number."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from capture.read.signs import MARK_CLASSES, MINUS, OTHER
from capture.synthetic.camera import photograph, random_troubles
from capture.synthetic.page import DrawnPage, compose
from capture.synthetic.paper import draw_paper
from capture.synthetic.styles import random_style
from training.exercises.pages import SIZES, Supplies
from training.exercises.writing.sheet_writer import SheetWriter
from training.exercises.writing.signs import sign_writer
from training.exercises.writing.texts import LINES, number, snippet
from training.synthesis.writers import a_writer

LINE_KINDS = {
    **{"signed": 14, "facts": 6, "numbers": 4, "sums": 5, "notes": 3, "list": 1, "code": 2, "snippets": 3},
    "slashed": 6,
}
"""Kinds of lines, of `texts.LINES`, `signed_line`, `slashed_line` and `snippets_line`, and their shares."""
DIGIT_PX = (14.0, 130.0)  # least and most
GAP = (0.06, 0.35)  # between signs, heights of a digit
OWN_DIGITS = 0.6  # share of the pages on which one hand writes digits and signs
LEAN = (-0.1, 0.45)  # least and most by which such a hand leans further to the right, in widths a height, on
LEANING = 0.5  # of these pages: few of UNIPEN's hands lean as much as many people's do
LOW_SLASH, LOW_SLASHES = (0.75, 1.0), 0.5  # of a slash's usual height, as many write it: no higher than digits
SLASHES = 0.6  # share of the lines of dates that have slashes; the others have 1s there
MAX_LINES = 4
LINE_STEP = (1.6, 2.6)  # heights of a digit
BEFORE_MINUS = " =(+*<>,:;["  # what a minus stands behind; behind a letter it takes away, and is not the number's own


def signed_line(rng: np.random.Generator) -> tuple[str]:
    """Write numbers with signs in them: decimals, dates, times, negative ones, fractions, thousands, telephones."""
    d = "".join(map(str, rng.integers(0, 10, 10)))
    point, least = str(rng.choice(list(".,"))), str(rng.choice(["", "-"]))
    day, pad = rng.integers((1, 1, 1900), (32, 13, 2100)), str(rng.choice(["", " "]))
    kinds: Sequence[Callable[[], str]] = (
        lambda: f"{least}{number(rng)}{point}{number(rng, 3)}",
        lambda: f"{least}{number(rng, 3)}",
        lambda: f"-{number(rng, 3)}",
        lambda: str(rng.choice(list("/.-"))).join(map(str, day)),
        lambda: f"{day[2]}-{day[1]:02d}-{day[0]:02d}",
        lambda: f"{rng.integers(24)}:{d[0]}{d[1]}" + (f":{d[2:4]}" if rng.random() < 0.2 else ""),
        lambda: f"{number(rng, 2)}/{number(rng, 2)}",
        lambda: f"{day[0]:02d}/{day[1]:02d}/{day[2]}",
        lambda: "/".join(number(rng, 2) for _ in range(rng.integers(2, 4))),
        lambda: f"{number(rng, 2)}{point}{d[:3]}{point}{d[3:6]}",
        lambda: point.join(d[i : i + 2] for i in range(0, 10, 2)),
        lambda: f"{number(rng, 1)}{point}{number(rng, 1)}.{number(rng, 2)}",
        lambda: f"{number(rng, 2)} - {number(rng, 2)} = {least}{number(rng, 2)}",
        lambda: f"{rng.choice(list('abnptxyz'))}{pad}={pad}{least}{number(rng, 2)}",
        lambda: f"{number(rng, 2)}{pad}{rng.choice(list('+-x×÷'))}{pad}{number(rng, 2)}{pad}={pad}{number(rng, 2)}",
        lambda: f"{least}{number(rng, 2)}{rng.choice(list(',;'))} {least}{number(rng, 2)}",
        lambda: f"({least}{number(rng, 2)}{rng.choice(list(',;'))} {least}{number(rng, 2)})",
    )
    space = " " * int(rng.integers(1, 4))
    kind, is_mixed = kinds[rng.integers(len(kinds))], rng.random() < 0.3
    texts = [(kinds[rng.integers(len(kinds))] if is_mixed else kind)() for _ in range(rng.integers(1, 5))]
    return (space.join(texts),)


def slashed_line(rng: np.random.Generator) -> tuple[str]:
    """Write dates, fractions and scores with slashes, and as many numbers with 1s where these have them."""
    parts = [number(rng, 2) for _ in range(rng.integers(2, 4))]
    date = (f"{rng.integers(1, 32):02d}", f"{rng.integers(1, 13):02d}", str(rng.integers(1900, 2100)))
    between = "/" if rng.random() < SLASHES else "1"
    return ("  ".join(between.join(one) for one in (parts, date)[: rng.integers(1, 3)]),)


def snippets_line(rng: np.random.Generator) -> tuple[str]:
    """Write a few numbers with a sign or a few letters about each."""
    return ("  ".join(snippet(rng) for _ in range(rng.integers(1, 4))),)


def classes_of(text: str) -> list[str]:
    """Tell of each sign of a line, without its spaces, what it is: a digit itself, else one of `MARK_CLASSES`."""
    labels = []
    for run in re.finditer(r"\d+|\D+", text):
        signs, is_first, is_last = run[0], run.start() == 0, run.end() == len(text)
        labels += signs if signs.isdigit() else _run_classes(signs, is_first=is_first, is_last=is_last)
    return [label for label in labels if label]


def _run_classes(signs: str, *, is_first: bool, is_last: bool) -> list[str]:
    """Tell what each sign of a run between two digits is, "" for spaces; the run may be the line's first or last."""
    is_even = signs.strip() == "-" and signs.endswith(" ") == signs.startswith(" ")
    if (signs in MARK_CLASSES or is_even) and not is_first and not is_last:
        return [sign.strip() for sign in signs]
    classes = [OTHER if sign != " " else "" for sign in signs]
    if signs.endswith("-") and not is_last and f" {signs}"[-2] in BEFORE_MINUS:
        classes[-1] = MINUS
    return classes


def draw_lines(supplies: Supplies, rng: np.random.Generator) -> DrawnPage:
    """Write a few lines of one kind on a sheet and photograph it; marks are labelled by what they are."""
    size = SIZES[rng.integers(len(SIZES))]
    texts = _texts(rng)
    most = min(DIGIT_PX[1], size[0] / (0.6 * max(map(len, texts)) + 1), size[1] / (LINE_STEP[1] * len(texts)))
    digit_px = float(np.exp(rng.uniform(*np.log((DIGIT_PX[0], max(most, DIGIT_PX[0]))))))
    style = replace(random_style(rng, size[1]), digit_px=digit_px, gap=float(rng.uniform(*GAP)))
    write = None if rng.random() < OWN_DIGITS else a_writer(supplies.material, rng)
    writer = sign_writer(supplies.people, rng, write)
    if write is None and rng.random() < LEANING:
        writer = replace(writer, lean=float(rng.uniform(*LEAN)))
    if rng.random() < LOW_SLASHES:
        writer = replace(writer, habits={**writer.habits, "/": (float(rng.uniform(*LOW_SLASH)), 0.0)})
    sheet, foot_y = SheetWriter(writer, style, size, rng), 1.6 * digit_px
    for text in texts:
        sheet.write((text,), rng.uniform(0.3, 2) * digit_px, foot_y, digit_px, rng.normal(0, 0.01))
        foot_y += rng.uniform(*LINE_STEP) * digit_px
    labels = [label for text in texts for label in classes_of(text)]
    items = [replace(item, label=label) for item, label in zip(sheet.items, labels, strict=True)]
    paper = draw_paper(style.paper, size, style.paper_bgr, digit_px * rng.uniform(0.6, 2.2), rng)
    return photograph(compose(items, paper, style.pen.bgr), rng, random_troubles(rng, rng.uniform(0, 0.7)))


def _texts(rng: np.random.Generator) -> list[str]:
    """Write lines of one kind, without signs that stand higher or lower."""
    shares = np.array(list(LINE_KINDS.values()), float)
    kind = str(rng.choice(list(LINE_KINDS), p=shares / shares.sum()))
    write = (LINES | {"signed": signed_line, "slashed": slashed_line, "snippets": snippets_line})[kind]
    texts = ("".join(write(rng)) for _ in range(rng.integers(1, MAX_LINES + 1)))
    return [text for text in texts if not set("^_") & set(text) and text.strip()] or ["0"]
