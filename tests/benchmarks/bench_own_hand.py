"""Measures what `train.py fit --extra` makes of a very odd hand: ten of each digit to learn from, others to be asked.

The hands are made up, so that no network can have seen them: an odd one has a 1 like a caret, a 4 like a bolt, a 9 like
a g; a contrary one writes for a 1 what others write for a 7; an ornate one has loops, feet and curls.
`python tests/benchmarks/bench_own_hand.py --out FOLDER --data mnist.npz`
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

import cv2
import numpy as np

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

import train  # noqa: E402
from capture.read.decision import USUAL_SHARE  # noqa: E402
from capture.synthetic.ink import render_strokes  # noqa: E402
from model.classifier import ASSUMED_DIGITS, DEFAULT_WEIGHTS, NO_DIGIT, Classifier, with_share  # noqa: E402
from training.datasets.folder import load_own  # noqa: E402
from training.synthesis.augment import distort_strokes  # noqa: E402

LEARNT, ASKED = 10, 30  # of each digit
HEIGHT_PX, MARGIN_PX, LOOSENESS = 60, 24, 0.45
PEN_PX = (3.0, 7.0)


def circle(x: float, y: float, rx: float, ry: float) -> list[tuple[float, float]]:
    """A closed loop, in heights of the digit."""
    return [(x + rx * np.sin(a), y - ry * np.cos(a)) for a in np.linspace(0, 2 * np.pi, 25)]


ODD = (
    [circle(0.3, 0.55, 0.3, 0.4), [(0.0, 1.05), (0.65, 0.0)]],  # 0: struck through, beyond the ring
    [[(0.0, 1.0), (0.35, 0.0), (0.7, 1.0)]],  # 1: the upstroke as long as the stem
    [[(0.0, 0.05), (0.6, 0.05), (0.05, 0.95), (0.25, 0.7), (0.4, 0.95), (0.7, 0.95)]],  # 2: a z with a knot
    [[(0.0, 0.0), (0.6, 0.0), (0.2, 0.4), (0.6, 0.55), (0.5, 1.0), (-0.1, 1.0)]],  # 3: all corners
    [[(0.45, 0.0), (0.0, 0.5), (0.6, 0.5), (0.15, 1.05)]],  # 4: a bolt
    [[(0.65, 0.0), (0.1, 0.0), (0.1, 0.35), (0.55, 0.65), (0.0, 1.0)]],  # 5: like a sigma
    [[(0.1, 0.0), (0.1, 1.0)], circle(0.33, 0.78, 0.23, 0.22)],  # 6: a b
    [[(0.0, 0.1), (0.15, 0.0), (0.35, 0.12), (0.6, 0.0), (0.2, 1.0)], [(0.0, 0.55), (0.65, 0.55)]],  # 7: wave, bar
    [circle(0.3, 0.2, 0.2, 0.2), circle(0.3, 0.78, 0.24, 0.22)],  # 8: two rings that do not touch
    [circle(0.3, 0.3, 0.24, 0.28), [(0.54, 0.05), (0.54, 0.9), (0.3, 1.1), (0.0, 0.95)]],  # 9: a g
)

CONTRARY = (
    [circle(0.3, 0.5, 0.3, 0.5)],
    [[(0.0, 0.05), (0.55, 0.0), (0.25, 1.0)]],  # 1: what others write for a 7
    ODD[2],
    ODD[3],
    [circle(0.25, 0.3, 0.24, 0.28), [(0.49, 0.1), (0.49, 1.0)]],  # 4: what others write for a 9
    [[(0.5, 0.0), (0.1, 0.4), (0.0, 0.75), (0.25, 1.0), (0.5, 0.75), (0.3, 0.5), (0.05, 0.7)]],  # 5: others' 6
    [*ODD[6]],
    ODD[7],
    ODD[8],
    ODD[9],
)
ORNATE = (
    [circle(0.35, 0.5, 0.35, 0.5), circle(0.35, 0.5, 0.05, 0.06)],  # 0: a dot inside
    [[(0.0, 0.45), (0.4, 0.0), (0.4, 1.0)], [(0.0, 1.0), (0.75, 1.0)]],  # 1: a long flag and a foot
    [[(0.05, 0.2), (0.3, 0.0), (0.5, 0.25), (0.0, 0.9), (0.15, 1.05), (0.25, 0.85), (0.75, 1.1)]],  # 2: a low loop
    [[(0.05, 0.0), (0.6, 0.0), (0.25, 0.4), (0.6, 0.7), (0.3, 1.0), (0.0, 0.85), (0.2, 0.7)]],  # 3: flat, with a curl
    [[(0.35, 0.0), (0.0, 0.6), (0.8, 0.6)], [(0.65, 0.3), (0.45, 1.2)]],  # 4: its stem is a slash
    [[(0.1, 0.1), (0.1, 0.45), (0.5, 0.5), (0.55, 0.85), (0.1, 1.0)], [(0.3, -0.15), (0.9, -0.2)]],  # 5: its bar flies
    [[(0.6, 0.1), (0.2, 0.0), (0.0, 0.6), (0.3, 1.0), (0.6, 0.75), (0.35, 0.55), (0.25, 0.8), (0.4, 0.85)]],  # 6 coiled
    [[(0.0, 0.25), (0.0, 0.0), (0.7, 0.0), (0.3, 1.0)], [(0.1, 0.5), (0.7, 0.45)]],  # 7: a serif and a bar
    [[(0.65, 0.05), (0.25, 0.0), (0.15, 0.3), (0.6, 0.7), (0.3, 1.0), (0.05, 0.75), (0.7, 0.2)]],  # 8: left open
    [[(0.6, 0.2), (0.3, 0.0), (0.05, 0.25), (0.35, 0.5), (0.6, 0.2), (0.6, 0.8), (0.3, 1.0), (0.05, 0.8), (0.3, 0.7)]],
)
HANDS = {"odd": ODD, "contrary": CONTRARY, "ornate": ORNATE}


def write_hand(folder: Path, hand: str, each: int, seed: int) -> Path:
    """Draws `each` of every digit as pictures `7_anything.png` of various sizes, dark on light."""
    rng = np.random.default_rng(seed)
    folder.mkdir(parents=True, exist_ok=True)
    for digit, shape in enumerate(HANDS[hand]):
        strokes = [np.asarray(stroke, np.float32) for stroke in shape]
        for number in range(each):
            written = distort_strokes(strokes, rng, LOOSENESS)
            ink = render_strokes(written, HEIGHT_PX * rng.uniform(0.8, 2.0), rng.uniform(*PEN_PX), rng)
            paper = cv2.copyMakeBorder(255 - ink, *[MARGIN_PX] * 4, cv2.BORDER_CONSTANT, value=255)
            cv2.imwrite(str(folder / f"{digit}_{number}.png"), paper)
    return folder


def read_right(weights: Path, folder: Path) -> float:
    """The share of a folder's digits that a network reads right, with the share of digits the camera counts on."""
    asked = load_own(folder, is_kept=True).digits
    read = with_share(Classifier(weights)(asked.x), USUAL_SHARE, ASSUMED_DIGITS)
    return float((np.minimum(read.argmax(axis=1), NO_DIGIT) == asked.y).mean())


def main() -> int:
    """Draws, trains, and prints before and after."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--hand", choices=HANDS, default="odd")
    args, others = parser.parse_known_args()
    learnt = write_hand(args.out / "hand", args.hand, LEARNT, 0)
    asked = write_hand(args.out / "asked", args.hand, ASKED, 1)
    start_s = time.perf_counter()
    code = train.main(["fit", "--extra", str(learnt), "--from", "shipped", "--out", str(args.out / "run"), *others])
    took_s = time.perf_counter() - start_s
    before, after = (read_right(file, asked) for file in (DEFAULT_WEIGHTS, args.out / "run" / "digits.tflite"))
    print(f"other digits of the same hand: {before:.1%} before, {after:.1%} after; {took_s:.0f} s")
    return code


if __name__ == "__main__":
    raise SystemExit(main())
