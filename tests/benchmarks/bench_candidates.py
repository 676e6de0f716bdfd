"""How many true digits are offered to the network as candidates, and how many of these are chosen, by kind of trouble.

Run: python tests/benchmarks/bench_candidates.py LABELS.json [LABELS.json ...] [--pages 200 --data mnist.npz]

A set of pictures is a labels.json beside a folder `images`; each set and medium gets a row, and with --pages drawn
pages get one per kind of trouble. A digit is offered when a candidate, a fragment or a split that was classified
overlaps it by half (intersection over union), and chosen when the best way to see the ink holds such a box. Columns of
lost digits say what is there instead: nothing, more ink (glued), or less ink (broken).
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import cv2
import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from bench_pages import KINDS, draw_photo, held_out_writers

from capture.boxes import Box
from capture.detect.find import detect, split, usual_scale, zoom_for
from capture.read.segmentation import HypothesisTree, segment
from capture.read.select import classify_with_splits
from model.classifier import DEFAULT_WEIGHTS, Classifier, Classify

MIN_IOU = 0.5
MIN_SHARED = 0.5  # of the truth, or of the candidate: less is another piece of ink


@dataclass
class Counts:
    """Sums over the pictures of one kind."""

    pictures: int = 0
    digits: int = 0
    offered: int = 0
    chosen: int = 0
    glued: int = 0
    broken: int = 0
    candidates: int = 0
    chosen_candidates: int = 0
    seconds: float = 0.0

    def add(self, other: Counts) -> None:
        """Adds the other's sums."""
        for name, value in vars(other).items():
            setattr(self, name, getattr(self, name) + value)

    def row(self, name: str) -> str:
        """One line of the table."""
        digits, pictures = max(self.digits, 1), max(self.pictures, 1)
        nothing = self.digits - self.offered - self.glued - self.broken
        return (
            f"{name[:NAME_WIDTH]:<{NAME_WIDTH}}{self.pictures:>6}{self.digits:>8}{self.offered / digits:>9.3f}"
            f"{self.chosen / digits:>9.3f}{nothing:>9}{self.glued:>7}{self.broken:>8}"
            f"{self.candidates / pictures:>12.1f}{self.chosen_candidates / pictures:>8.1f}"
            f"{1e3 * self.seconds / pictures:>8.1f}"
        )


NAME_WIDTH = 30
HEADER = (
    f"{'kind':<{NAME_WIDTH}}{'pics':>6}{'digits':>8}{'offered':>9}{'chosen':>9}{'nothing':>9}{'glued':>7}{'broken':>8}"
    f"{'candidates':>12}{'chosen':>8}{'ms':>8}"
)


def count(image: np.ndarray, truth: Sequence[Box], classify: Classify) -> Counts:
    """Counts what is offered and chosen in one picture, read as it lies."""
    start = time.perf_counter()
    detection = detect(image, zoom_for((box.h for box in truth), usual_scale(image.shape)))
    trees = classify_with_splits(detection.candidates, classify, partial(split, detection=detection))
    seconds = time.perf_counter() - start
    offered = [tree.candidate.box for tree in _all_trees(trees)]
    chosen = [one.box for way in segment(trees) for one in way]
    counts = Counts(1, len(truth), candidates=len(offered), chosen_candidates=len(chosen), seconds=seconds)
    likeness, shared = overlaps(truth, offered)
    is_offered = likeness.max(axis=1, initial=0) >= MIN_IOU
    counts.offered = int(is_offered.sum())
    counts.chosen = int((overlaps(truth, chosen)[0].max(axis=1, initial=0) >= MIN_IOU).sum())
    area, own_area = areas(truth), areas(offered)
    is_glued = (shared > MIN_SHARED * area[:, None]).any(axis=1) & ~is_offered
    is_broken = (shared > MIN_SHARED * own_area).any(axis=1) & ~is_offered & ~is_glued
    counts.glued, counts.broken = int(is_glued.sum()), int(is_broken.sum())
    return counts


def _all_trees(trees: Iterable[HypothesisTree]) -> Iterator[HypothesisTree]:
    for tree in trees:
        yield tree
        for row in tree.splits:
            yield from _all_trees(row)


def areas(boxes: Sequence[Box]) -> np.ndarray:
    """(n,) px."""
    return np.array([box.w * box.h for box in boxes], float)


def overlaps(truth: Sequence[Box], found: Sequence[Box]) -> tuple[np.ndarray, np.ndarray]:
    """(n, m) intersection over union, and (n, m) px of the intersection."""
    x, y, w, h = np.array(truth, float).reshape(-1, 4).T[:, :, None]
    other_x, other_y, other_w, other_h = np.array(found, float).reshape(-1, 4).T[:, None]
    across = np.minimum(x + w, other_x + other_w) - np.maximum(x, other_x)
    down = np.minimum(y + h, other_y + other_h) - np.maximum(y, other_y)
    shared = np.maximum(across, 0) * np.maximum(down, 0)
    return shared / (w * h + other_w * other_h - shared), shared


def bench_labels(path: Path, classify: Classify, per_picture: bool) -> None:
    """Prints one set of labelled pictures, a row for each medium."""
    kinds: dict[str, Counts] = {}
    total = Counts()
    for entry in json.loads(path.read_text(encoding="utf-8"))["images"]:
        image = cv2.imread(str(path.parent / "images" / entry["file"]))
        counts = count(image, [Box(*digit["box"]) for digit in entry["digits"]], classify)
        medium = entry["medium"].split(":")[0]
        kinds.setdefault(f"{entry.get('set', '')} {medium}".strip(), Counts()).add(counts)
        total.add(counts)
        if per_picture:
            print(counts.row(f"  {entry['id']} {entry.get('notes', '')}"))
    for name, counts in sorted(kinds.items()):
        print(counts.row(name))
    print(total.row(f"all of {path.parent.name}"), flush=True)


def bench_pages(pages: int, seed: int, data: Path | None, strokes: Path | None, classify: Classify) -> None:
    """Prints drawn pages, a row for each kind of trouble."""
    writers, total = held_out_writers(data, strokes), Counts()
    for number, kind in enumerate(KINDS):
        counts = Counts()
        for page in range(pages // len(KINDS)):
            rng = np.random.default_rng([seed, number, page])
            photo = draw_photo(kind, writers[page % len(writers)](rng), rng)
            counts.add(count(photo.image, [digit.box for digit in photo.digits], classify))
        print(counts.row(kind.name), flush=True)
        total.add(counts)
    print(total.row("all drawn pages"))


def main() -> None:
    """Runs what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("labels", type=Path, nargs="*", help="labels.json of a set of pictures")
    parser.add_argument("--per-picture", action="store_true", help="a row for each picture as well")
    parser.add_argument("--pages", type=int, default=0, help="drawn pages, shared out evenly among kinds; default none")
    parser.add_argument("--seed", type=int, default=0, help="another one draws other pages; default 0")
    parser.add_argument("--data", type=Path, help="MNIST: its test part writes the pages")
    parser.add_argument("--strokes", type=Path, help="pen strokes nobody trained on write them: pendigits-test")
    parser.add_argument("--weights", type=Path, default=DEFAULT_WEIGHTS)
    args = parser.parse_args()
    classify = Classifier(args.weights)
    print(HEADER)
    for path in args.labels:
        bench_labels(path, classify, args.per_picture)
    if args.pages:
        bench_pages(args.pages, args.seed, args.data, args.strokes, classify)


if __name__ == "__main__":
    main()
