"""How often digits are rightly joined into numbers, by how tightly a hand writes; the digits' boxes are the true ones.

Run: python tests/benchmarks/bench_numbers.py --data mnist.npz --strokes pendigits-test.unipen.gz [--pages 150]
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from unittest.mock import patch

import numpy as np
from bench_pages import MAX_DIGITS, SIZE, Writer, held_out_writers

from capture.read.lines import TextLines
from capture.synthetic import layout
from capture.synthetic.page import DrawnPage, random_page
from capture.synthetic.styles import Style
from capture.types import Digit
from model.classifier import CLASSES

NO_MATTER = np.zeros(CLASSES, np.float32)
HANDS = {  # gaps within a number and between numbers, least and most, in heights of a digit
    "any gaps": ((0.08, 0.6), (0.8, 2.5)),
    "even gaps": ((0.28, 0.28), (0.8, 2.5)),
    "tight, narrow spaces": ((0.05, 0.2), (0.45, 0.9)),
    "tight": ((0.05, 0.2), (0.6, 1.5)),
    "loose": ((0.5, 0.8), (1.5, 2.5)),
    "very loose": ((0.6, 0.9), (1.8, 3.0)),
}


def right_numbers(page: DrawnPage) -> tuple[int, int]:
    """How many numbers of a page are joined as they were written, and how many there are."""
    written = defaultdict(set)
    for index, digit in enumerate(page.digits):
        written[digit.line, digit.number].add(index)
    readings = [Digit(digit.box, digit.digit, 1.0, NO_MATTER) for digit in page.digits]
    joined = {frozenset(row) for row in TextLines(readings).links()}
    return len(joined & {frozenset(number) for number in written.values()}), len(written)


def share_right(gaps: tuple[float, float], spaces: tuple[float, float], pages: int, writers: Sequence[Writer]) -> float:
    """The share of the numbers on pages by this kind of hand that are joined as they were written."""
    counts = []
    for page in range(pages):
        rng = np.random.default_rng([5, page])
        style = Style(digit_px=rng.uniform(32, 64), gap=rng.uniform(*gaps), line_gap=0.9, max_digits=MAX_DIGITS)
        with patch.object(layout, "NUMBER_GAP", spaces):
            counts.append(right_numbers(random_page(rng, SIZE, writers[page % len(writers)](rng), style)))
    right, total = np.sum(counts, axis=0)
    return right / total


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=150, help="for each kind of hand; default 150")
    parser.add_argument("--data", type=Path, help="MNIST: its test part writes")
    parser.add_argument("--strokes", type=Path, help="pen strokes nobody trained on: pendigits-test")
    args = parser.parse_args()
    writers = held_out_writers(args.data, args.strokes)
    for name, (gaps, spaces) in HANDS.items():
        print(f"{name:<22}{share_right(gaps, spaces, args.pages, writers):>8.1%}", flush=True)


if __name__ == "__main__":
    main()
