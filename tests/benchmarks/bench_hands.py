"""How well single digits are read, set by set of hands the network never saw, with pens and scanners of all kinds.

Run: python tests/benchmarks/bench_hands.py --data mnist.npz --strokes pendigits-test.unipen.gz [--weights FILE]
Without --data and --strokes it reads the one set that comes with scikit-learn.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
from sklearn.datasets import load_digits as load_optdigits

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from capture.synthetic.ink import render_strokes
from model.classifier import CLASSES, DEFAULT_WEIGHTS, Classifier
from model.glyph import SIDE, WORK_PX, normalise
from training.datasets.mnist import Labelled, load_digits
from training.datasets.pendigits import Handwritten, load_strokes
from training.evaluation.metrics import score

HEIGHT_PX = 56
PENS = {"hairline": 1.0, "biro": 3.0, "marker": 9.0}  # px wide at that height
USPS_PX = 16  # the side of the US Postal Service's digits (Hull 1994), which were scanned smaller than MNIST's
BOX_PX, INKED, BLACK_FROM = 16, 64, 110  # side; grey levels from which ink counts before and after it was made small
SLIM = 0.3  # widths a height
BOXED_PEN_PX = 5.0
BATCH = 1000


def images_as(images: Labelled, change: dict[str, float]) -> Labelled:
    """MNIST's images made smaller, or slanted by so much, then cut out as the camera does it."""
    side, slant = int(change.get("side", SIDE)), change.get("slant", 0.0)
    shear = np.float32([[1, -slant, slant * SIDE / 2 + SIDE / 2], [0, 1, 0]])
    glyphs = []
    for image in images.x:
        slanted = cv2.warpAffine(image, shear, (2 * SIDE, SIDE)) if slant else image
        size = max(1, slanted.shape[1] * side // SIDE), side
        glyphs.append(normalise(cv2.resize(slanted, size, interpolation=cv2.INTER_AREA)))
    return Labelled(np.stack(glyphs), images.y)


def strokes_as(digits: list[Handwritten], pen_px: float) -> Labelled:
    """Pen strokes inked with this pen."""
    inks = [render_strokes(digit.strokes, HEIGHT_PX, pen_px) for digit in digits]
    return Labelled(np.stack([normalise(ink) for ink in inks]), np.array([digit.label for digit in digits]))


def boxed(ink: np.ndarray) -> np.ndarray:
    """Ink as Semeion's and other old collections hold digits: 16x16 black and white pixels, the box filled.

    A stick that is slimmer than `SLIM` keeps its shape: filling a square it would be a block.
    """
    x, y, w, h = cv2.boundingRect((ink >= INKED).view(np.uint8))
    wide = BOX_PX if w > SLIM * h else max(1, round(BOX_PX * w / h))
    small = cv2.resize(ink[y : y + h, x : x + w], (wide, BOX_PX), interpolation=cv2.INTER_AREA)
    return np.where(small >= BLACK_FROM, np.uint8(255), np.uint8(0))


def optdigits() -> Labelled:
    """1,797 digits of 13 Turkish writers in 8x8 pixels (Alpaydin and Kaynak 1998), which scikit-learn carries."""
    bunch = load_optdigits()
    images = np.round(bunch.images * (255 / bunch.images.max())).astype(np.uint8)
    enlarged = [cv2.resize(np.pad(image, 1), (WORK_PX, WORK_PX), interpolation=cv2.INTER_CUBIC) for image in images]
    return Labelled(np.stack([normalise(image) for image in enlarged]), bunch.target)


def test_sets(data: Path | None, strokes: Path | None) -> Iterator[tuple[str, Labelled]]:
    """Every set by its name."""
    if data:
        images = load_digits(data).test
        yield "MNIST test", images.normalised()
        yield f"MNIST test, scanned at {USPS_PX} px", images_as(images, {"side": USPS_PX})
        for slant in (-0.4, 0.4):
            yield f"MNIST test, slanted by {slant:+}", images_as(images, {"slant": slant})
        yield "MNIST test, boxed at 16 px", Labelled(np.stack([normalise(boxed(x)) for x in images.x]), images.y)
    if strokes:
        digits = load_strokes(strokes)
        for name, pen_px in PENS.items():
            yield f"pen strokes, {name}", strokes_as(digits, pen_px)
        inks = [boxed(render_strokes(digit.strokes, HEIGHT_PX, BOXED_PEN_PX)) for digit in digits]
        labels = np.array([digit.label for digit in digits])
        yield "pen strokes, boxed at 16 px", Labelled(np.stack([normalise(ink) for ink in inks]), labels)
    yield "Optdigits test, 8x8 px", optdigits()


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, help="MNIST")
    parser.add_argument("--strokes", type=Path, help="pen strokes nobody trained on: pendigits-test")
    parser.add_argument("--weights", type=Path, default=DEFAULT_WEIGHTS)
    args = parser.parse_args()
    classify = Classifier(args.weights)
    print(f"{'set':<32}{'digits':>8}{'right':>9}{'of ten':>9}{'ECE':>8}   worst")
    for name, digits in test_sets(args.data, args.strokes):
        rows = np.concatenate([classify(digits.x[i : i + BATCH]) for i in range(0, len(digits), BATCH)])
        scores = score(rows, digits.y)
        of_ten = np.mean(rows[:, : CLASSES - 1].argmax(axis=1) == digits.y)
        counts = scores.confusion[:10].sum(axis=1)
        recall = np.diag(scores.confusion)[:10] / np.maximum(counts, 1)
        worst = int(recall.argmin())
        print(
            f"{name:<32}{scores.count:>8}{scores.accuracy:>9.2%}{of_ten:>9.2%}{scores.calibration_error:>8.4f}"
            f"   {worst} ({recall[worst]:.1%})",
            flush=True,
        )


if __name__ == "__main__":
    main()
