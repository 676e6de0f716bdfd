"""How well a held sheet is read before real things: drawn sheets pasted over any photographs that hold no digits.

What is read beside the sheet is false, whatever it looks like.

Run: python tests/benchmarks/bench_backgrounds.py --photos FOLDER --strokes pendigits-test.unipen.gz [--rounds 2]
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
from bench_pages import PENS_USED, stroke_writer

from tests.support.page_score import iou

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from capture.read.reader import PageReader
from capture.synthetic.camera import carry
from capture.synthetic.page import Drawn, DrawnPage, random_page
from capture.synthetic.styles import PENS, Style
from capture.types import Digit
from model.classifier import DEFAULT_WEIGHTS, Classifier
from training.datasets.pendigits import load_strokes

FRAME, SHEET = (1280, 720), (960, 720)
SCALE, DIGIT_PX, MAX_DIGITS = (0.45, 0.8), (60, 110), 14
CORNER_OFF_PX, TURN_DEG = 18, 7  # standard deviations
DIMMED, LIGHT, BLUR_PX, NOISE = 0.75, (0.7, 1.0), (0.5, 1.4), (2, 7)
SAME_PLACE = 0.4  # intersection over union
CONFIDENCE = 0.5


def held_before(
    photo: np.ndarray, page: DrawnPage, rng: np.random.Generator
) -> tuple[np.ndarray, list[Drawn], np.ndarray]:
    """A sheet before a photograph: the frame, the digits in it, and where the sheet is, (720, 1280) bool."""
    half = np.array(SHEET) * rng.uniform(*SCALE) / 2
    middle = rng.uniform(half, np.array(FRAME) - half)
    corners = half * [[-1, -1], [1, -1], [1, 1], [-1, 1]] + rng.normal(0, CORNER_OFF_PX, (4, 2))
    turn = np.deg2rad(rng.normal(0, TURN_DEG))
    corners = corners @ [[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]] + middle
    flat = np.float32([[0, 0], [SHEET[0], 0], SHEET, [0, SHEET[1]]])
    view = cv2.getPerspectiveTransform(flat, corners.astype(np.float32))
    frame = cv2.convertScaleAbs(cv2.resize(photo, FRAME), alpha=DIMMED)
    lit = cv2.convertScaleAbs(page.image, alpha=rng.uniform(*LIGHT))
    is_sheet = cv2.warpPerspective(np.full(SHEET[::-1], 255, np.uint8), view, FRAME) > 0
    frame[is_sheet] = cv2.warpPerspective(lit, view, FRAME, flags=cv2.INTER_AREA)[is_sheet]
    frame = cv2.GaussianBlur(frame, (0, 0), rng.uniform(*BLUR_PX))
    noisy = np.clip(frame + rng.normal(0, rng.uniform(*NOISE), frame.shape), 0, 255).astype(np.uint8)
    return noisy, [carry(digit, view) for digit in page.digits], is_sheet


def count(readings: Sequence[Digit], digits: Sequence[Drawn], is_sheet: np.ndarray) -> Counter[str]:
    """Digits right, wrong and missed, and what was read beside the sheet."""
    counts: Counter[str] = Counter()
    for digit in digits:
        best = max(readings, key=lambda one: iou(one.box, digit.box), default=None)
        if best is None or iou(best.box, digit.box) < SAME_PLACE:
            counts["missed"] += 1
        else:
            counts["right" if best.digit == digit.digit else "wrong"] += 1
    for one in readings:
        x, y = map(int, one.box.centre)
        counts["beside the sheet"] += not is_sheet[min(y, FRAME[1] - 1), min(x, FRAME[0] - 1)]
    return counts


def main() -> None:
    """Prints the counts."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--photos", type=Path, required=True, metavar="FOLDER", help="pictures without digits")
    parser.add_argument("--strokes", type=Path, required=True, help="pen strokes nobody trained on: pendigits-test")
    parser.add_argument("--rounds", type=int, default=2, help="sheets before each photograph; default 2")
    parser.add_argument("--weights", type=Path, default=DEFAULT_WEIGHTS)
    args = parser.parse_args()
    reader, rng = PageReader(Classifier(args.weights), CONFIDENCE), np.random.default_rng(5)
    somebody = stroke_writer(load_strokes(args.strokes))
    photos = [cv2.imread(str(path)) for path in sorted(args.photos.iterdir())] * args.rounds
    counts: Counter[str] = Counter()
    for photo in (one for one in photos if one is not None):
        pen, digit_px = PENS[str(rng.choice(PENS_USED))], rng.uniform(*DIGIT_PX)
        style = Style(digit_px=digit_px, pen=pen, line_gap=0.9, max_digits=MAX_DIGITS)
        page = random_page(rng, SHEET, somebody(rng), style)
        frame, digits, is_sheet = held_before(photo, page, rng)
        counts += count(reader(frame).digits, digits, is_sheet)
        counts["sheets"] += 1
    print(", ".join(f"{counts[name]} {name}" for name in ("sheets", "right", "wrong", "missed", "beside the sheet")))


if __name__ == "__main__":
    main()
