"""How well pages are read under one kind of trouble at a time: drawn with held-out digits, seen by a simulated camera.

Run: python tests/benchmarks/bench_pages.py --data mnist.npz --strokes pendigits-test.unipen.gz [--pages 500]
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import cv2
import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from capture.read.reader import PageReader
from capture.synthetic.camera import Troubles, photograph
from capture.synthetic.handwriting import Write, draw_hand, own_writer
from capture.synthetic.ink import render_strokes
from capture.synthetic.page import DrawnPage, random_page
from capture.synthetic.styles import PENS, Style
from capture.types import Page
from model.classifier import DEFAULT_WEIGHTS, Classifier
from tests.support.page_score import HEADER, Score, score
from training.datasets.labelled import Labelled
from training.datasets.mnist import load_digits
from training.datasets.pendigits import Handwritten, load_strokes

SIZE = (960, 720)
MAX_DIGITS = 24  # of a page, so that every page counts about alike
PENS_USED = ("blue ballpoint", "black ballpoint", "fineliner", "fountain pen", "felt pen")
NO_TROUBLES = Troubles()
DESK = Troubles(
    lamp=0.5, vignette=0.3, shadow=0.15, blur_px=0.9, noise=4.0, jpeg=0.5, turn_deg=6.0, tilt_deg=18.0
)  # a little of all, as under a webcam in the evening
FORM = {"layout": "cells", "prints": 0.35, "print_bgr": (40, 40, 40)}

Writer = Callable[[np.random.Generator], Write]
Read = Callable[[np.ndarray], Page]


@dataclass(frozen=True)
class Kind:
    """One kind of trouble: the digits' height, least and most, and what differs from a clean photo of a plain page."""

    name: str
    digit_px: tuple[float, float] = (32.0, 64.0)
    style: dict[str, object] = field(default_factory=dict)
    troubles: Troubles = NO_TROUBLES


KINDS = (
    Kind("clean"),
    Kind("uneven light", troubles=Troubles(lamp=0.6, vignette=0.5)),
    Kind("cast shadow", troubles=Troubles(shadow=0.6)),
    Kind("blur", troubles=Troubles(blur_px=1.6, motion_px=3.0)),
    Kind("noise and JPEG", troubles=Troubles(noise=9.0, jpeg=0.8)),
    Kind("dark", troubles=Troubles(exposure_stops=-1.3, noise=5.0)),
    Kind("ruled", style={"paper": "ruled"}),
    Kind("squared", style={"paper": "squared"}),
    Kind("turned 10 deg", troubles=Troubles(turn_deg=10.0)),
    Kind("turned 25 deg", troubles=Troubles(turn_deg=25.0)),
    Kind("turned 45 deg", troubles=Troubles(turn_deg=45.0)),
    Kind("perspective", troubles=Troubles(tilt_deg=35.0)),
    Kind("sheet on a desk", troubles=Troubles(edge=0.35)),
    Kind("faint pencil", style={"pen": PENS["faint pencil"]}),
    Kind("marker", style={"pen": PENS["marker"]}),
    Kind("touching", style={"gap": -0.04, "digits_per_number": (2, 3)}),
    Kind("small", digit_px=(12.0, 16.0)),
    Kind("huge", digit_px=(240.0, 360.0), style={"digits_per_number": (1, 2)}),
    Kind("light on dark", style={"paper": "board", "paper_bgr": (52, 66, 42), "pen": PENS["chalk"]}),
    Kind("marks beside", style={"marks": 0.7, "prints": 0.3}),
    Kind("turned 70 deg", troubles=Troubles(turn_deg=70.0)),
    Kind("sideways", troubles=Troubles(turn_deg=90.0)),
    Kind("upside down", troubles=Troubles(turn_deg=175.0)),
    Kind("strong perspective", troubles=Troubles(tilt_deg=55.0, edge=0.1, whole_sheet=True)),
    Kind("form, blue pen", style={**FORM, "pen": PENS["blue ballpoint"]}),
    Kind("form, black pen", style={**FORM, "pen": PENS["black ballpoint"]}),
    *(Kind(f"desk, {paper}", style={"paper": paper}, troubles=DESK) for paper in ("plain", "squared", "seyes")),
    Kind("sheet turned", troubles=Troubles(turn_deg=60.0, tilt_deg=35.0, edge=0.1, whole_sheet=True)),
)


def draw_photo(kind: Kind, write: Write, rng: np.random.Generator) -> DrawnPage:
    """A page by one writer, photographed with this kind of trouble."""
    base = Style(
        digit_px=rng.uniform(*kind.digit_px), pen=PENS[str(rng.choice(PENS_USED))], line_gap=0.9, max_digits=MAX_DIGITS
    )
    page = random_page(rng, SIZE, write, replace(base, **kind.style))
    turn = kind.troubles.turn_deg * float(rng.choice([-1, 1]))
    return photograph(page, rng, replace(kind.troubles, turn_deg=turn))


def stroke_writer(digits: Iterable[Handwritten]) -> Writer:
    """The strokes' writers: each page is by one of them, drawn as the pen went."""
    by_writer: dict[int, list[Handwritten]] = {}
    for digit in digits:
        by_writer.setdefault(digit.writer, []).append(digit)
    people = list(by_writer.values())

    def choose(chance: np.random.Generator) -> Write:
        person = people[chance.integers(len(people))]

        def write(digit: int, height_px: float, pen_px: float, rng: np.random.Generator) -> np.ndarray:
            own = [one for one in person if one.label == digit] or [
                one for other in people for one in other if one.label == digit
            ]
            return render_strokes(own[rng.integers(len(own))].strokes, height_px, pen_px, rng)

        return write

    return choose


def image_writer(images: Labelled) -> Writer:
    """MNIST's images, enlarged: their pen's width comes with them."""

    def write(digit: int, height_px: float, pen_px: float, rng: np.random.Generator) -> np.ndarray:
        image = images.x[rng.choice(np.flatnonzero(images.y == digit))]
        x, y, w, h = cv2.boundingRect(image)
        size = max(2, round(w * height_px / h)), max(2, round(height_px))
        return cv2.resize(image[y : y + h, x : x + w], size, interpolation=cv2.INTER_CUBIC)

    return lambda chance: write


def held_out_writers(data: Path | None, strokes: Path | None) -> list[Writer]:
    """Who writes the pages; the project's own hands, which training knows, when nobody else is at hand."""
    writers = [image_writer(load_digits(data).test)] if data else []
    writers += [stroke_writer(load_strokes(strokes))] if strokes else []
    if not writers:
        print(
            "neither --data nor --strokes given: written by the project's own hands, which the network was trained on"
        )
    return writers or [lambda chance: own_writer(draw_hand(chance))]


def bench(pages: int, seed: int, writers: Sequence[Writer], read: Read, only: str = "") -> None:
    """Prints the table, kind by kind."""
    kinds = [kind for kind in KINDS if only in kind.name]
    total, counts = Score(), Counter(kinds[i % len(kinds)].name for i in range(pages if kinds else 0))
    print(f"{HEADER}{'on marks':>10}{'ms/page':>9}")
    for number, kind in enumerate(KINDS):
        kind_score = Score()
        for page in range(counts[kind.name]):
            rng = np.random.default_rng([seed, number, page])
            photo = draw_photo(kind, writers[page % len(writers)](rng), rng)
            start = time.perf_counter()
            readings = read(photo.image)
            seconds = time.perf_counter() - start
            kind_score.add(replace(score(photo, readings), seconds=seconds))
        if kind_score.pages:
            print(kind_score.row(kind.name), flush=True)
        total.add(kind_score)
    print(total.row("all"))


def main() -> None:
    """Runs what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=500, help="shared out evenly among the kinds; default 500")
    parser.add_argument("--seed", type=int, default=0, help="another one draws other pages; default 0")
    parser.add_argument("--only", default="", metavar="WORD", help="the kinds with this in their name; default all")
    parser.add_argument("--data", type=Path, help="MNIST: its test part writes")
    parser.add_argument("--strokes", type=Path, help="pen strokes nobody trained on: pendigits-test")
    parser.add_argument("--conf", type=float, default=0.5, help="least confidence of a reading; default 0.5")
    parser.add_argument("--weights", type=Path, default=DEFAULT_WEIGHTS)
    args = parser.parse_args()
    reader = PageReader(Classifier(args.weights), args.conf)
    writers = held_out_writers(args.data, args.strokes)
    bench(args.pages, args.seed, writers, reader, args.only)


if __name__ == "__main__":
    main()
