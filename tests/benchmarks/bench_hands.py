"""How well single digits are read, set by set of hands the network never saw, with pens and scanners of all kinds.

Run: python tests/benchmarks/bench_hands.py --data mnist.npz --strokes pendigits-test.unipen.gz [--unipen FOLDER]
[--formulas crohme.jsonl.gz] [--usps FOLDER] [--weights FILE]. Without any it reads the one set that comes with
scikit-learn.

"as exported": the network takes nearly everything for a digit; "on a page": it takes the usual share of a page's pieces
for digits. Right is what outweighs all that is no digit. "of ten": it had to choose a digit.
"""

from __future__ import annotations

import argparse
import gzip
import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import cv2
import numpy as np
from sklearn.datasets import load_digits as load_optdigits

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from capture.read.decision import USUAL_SHARE
from capture.synthetic.ink import render_strokes
from model.classifier import ASSUMED_DIGITS, DEFAULT_WEIGHTS, NO_DIGIT, Classifier, with_share
from model.glyph import SIDE, WORK_PX, normalise
from training.datasets.labelled import Labelled
from training.datasets.mnist import load_digits
from training.datasets.pendigits import Handwritten, load_strokes
from training.datasets.unipen import TEST, Sign, load_unipen, points, sign
from training.evaluation.metrics import calibration_error

HEIGHT_PX = 56
UNIPEN_PENS_PX, FORMULA_PEN_PX = (2.0, 4.0, 7.0), 4.0  # at that height
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


def written(signs: Iterable[Sign], pen_px: float) -> Labelled:
    """The digits among UNIPEN's characters, inked with this pen."""
    return strokes_as(
        [Handwritten(int(one.label), one.writer, one.strokes) for one in signs if one.label in "0123456789"], pen_px
    )


def of_formulas(file: Path) -> Iterator[Sign]:
    """The signs of formulas: a JSON line each, with `symbols` of `label` and `strokes`."""
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        for line in lines:
            for symbol in json.loads(line)["symbols"]:
                if symbol["label"] in "0123456789":
                    yield sign(symbol["label"], "", [points(flat) for flat in symbol["strokes"]])


def usps(folder: Path) -> Labelled:
    """9,298 digits of envelopes, 16x16 grey pixels (Hull 1994): a line each, the label and values from -1 to 1."""
    rows = np.concatenate([np.loadtxt(folder / name) for name in ("zip.train.gz", "zip.test.gz")])
    images = np.round((rows[:, 1:].reshape(-1, USPS_PX, USPS_PX) + 1) * 127.5).clip(0, 255).astype(np.uint8)
    enlarged = [cv2.resize(np.pad(image, 1), (WORK_PX, WORK_PX), interpolation=cv2.INTER_CUBIC) for image in images]
    return Labelled(np.stack([normalise(image) for image in enlarged]), rows[:, 0].astype(int))


def test_sets(args: argparse.Namespace) -> Iterator[tuple[str, Labelled]]:
    """Every set by its name."""
    if args.unipen:
        signs = load_unipen(args.unipen, TEST)
        for pen_px in UNIPEN_PENS_PX:
            yield f"UNIPEN, other writers, {pen_px} px", written(signs, pen_px)
    if args.formulas:
        yield "formulas' digits", written(of_formulas(args.formulas), FORMULA_PEN_PX)
    if args.usps:
        yield "USPS", usps(args.usps)
    yield from usual_sets(args.data, args.strokes)


def usual_sets(data: Path | None, strokes: Path | None) -> Iterator[tuple[str, Labelled]]:
    """The sets that anyone can get: MNIST, pendigits, Optdigits."""
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
    parser.add_argument("--unipen", type=Path, help="UNIPEN, as train.py takes it")
    parser.add_argument("--formulas", type=Path, help="a .jsonl.gz of formulas with their symbols' strokes")
    parser.add_argument("--usps", type=Path, help="a folder with zip.train.gz and zip.test.gz")
    parser.add_argument("--weights", type=Path, default=DEFAULT_WEIGHTS)
    args = parser.parse_args()
    classify = Classifier(args.weights)
    print(f"{'set':<32}{'digits':>8}{'exported':>10}{'on a page':>11}{'of ten':>9}{'ECE':>8}   worst on a page")
    for name, digits in test_sets(args):
        rows = np.concatenate([classify(digits.x[i : i + BATCH]) for i in range(0, len(digits), BATCH)])
        on_page = is_right(with_share(rows, USUAL_SHARE, ASSUMED_DIGITS), digits.y)
        of_ten = np.mean(rows[:, :NO_DIGIT].argmax(axis=1) == digits.y)
        recall = [on_page[digits.y == digit].mean() for digit in range(NO_DIGIT)]
        worst = int(np.argmin(recall))
        print(
            f"{name:<32}{len(digits):>8}{is_right(rows, digits.y).mean():>10.2%}{on_page.mean():>11.2%}{of_ten:>9.2%}"
            f"{calibration_error(rows, digits.y):>8.4f}   {worst} ({recall[worst]:.1%})",
            flush=True,
        )


def is_right(rows: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Whether the true digit has more of the probability than all that is no digit: (n,) bool."""
    digits = rows[:, :NO_DIGIT]
    return (digits.argmax(axis=1) == labels) & (digits.max(axis=1) > rows[:, NO_DIGIT:].sum(axis=1))


if __name__ == "__main__":
    main()
