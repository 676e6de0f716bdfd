"""Candidates of drawn pages with their answers, found as the reader finds them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from functools import cache, partial
from pathlib import Path

import numpy as np

from capture.boxes import as_array, hold_middles, iou_matrix, shared_areas
from capture.detect.find import detect, split
from capture.read.inks import inks_of, with_inks
from capture.read.networks import Perceptron
from capture.read.segmentation import HypothesisTree, Promise, segment
from capture.read.select import classify_with_splits, origins_of, suppress_same_ink, thumbnails_of
from capture.types import Detection
from model.classifier import Classifier
from training.exercises.store import LabelledPage

IS_THE_DIGIT = 0.5  # intersection over union from which a candidate counts as the digit
NEARLY, NEARLY_WEIGHT = (
    0.35,
    0.3,
)  # from here on it does if each has its middle in the other, as thin 1s do; else it teaches little
IS_PART = 0.5  # share of a candidate that lies in print or in a cut-off digit
PRINT, CUT_OFF = "print", "part of a digit"
NEUTRAL_WEIGHTS = {PRINT: 0.5, CUT_OFF: 0.0}  # printed digits may be read, but people want what they wrote


@dataclass(frozen=True)
class PageCandidates:
    """The candidates of one page, or of many, one after the other.

    Attributes:
        probabilities: (n, C) of the network, by the prior of a page.
        boxes: (n, 4) x, y, width, height in px.
        strokes: (n,) stroke widths in px.
        origins: (n, 6) of what each was split, as `Hypothesis` has it.
        thumbnails: (n, 196) uint8 of their glyphs.
        inks: (n, 3) that they are written in, as `inks_of` gives them.
        answers: (n,) 1 for a digit, else 0.
        weights: (n,) how much each teaches.
        shapes: (pages, 2) heights and widths of the pictures, px.
        counts: (pages,) candidates of each.
    """

    probabilities: np.ndarray
    boxes: np.ndarray
    strokes: np.ndarray
    origins: np.ndarray
    thumbnails: np.ndarray
    inks: np.ndarray
    answers: np.ndarray
    weights: np.ndarray
    shapes: np.ndarray
    counts: np.ndarray

    def pages(self) -> Iterator[slice]:
        """Split the rows by page."""
        ends = np.cumsum(self.counts)
        return map(slice, ends - self.counts, ends)


@cache
def load_once(network: Path) -> Classifier:
    """Load a network from its file, once in each process that finds candidates."""
    return Classifier(network, threads=1)


def trees_of(seen: Detection, classify: Classifier, promise: Promise | None = None) -> list[HypothesisTree]:
    """Classify what was detected with its splits, as the reader does; `promise`: what to split."""
    return classify_with_splits(seen.candidates, classify, partial(split, detection=seen), promise=promise)


def find_page(
    page: LabelledPage, classify: Classifier, judge: Perceptron, promise: Promise | None = None
) -> PageCandidates:
    """Choose a page's candidates as the reader does, and tell which are digits."""
    seen = detect(page.image, page.zoom)
    trees = trees_of(seen, classify, promise)
    chosen = [one for way in segment(trees, judge=judge) for one in way]
    chosen = with_inks(suppress_same_ink(chosen), seen.ink_image)
    boxes = as_array(one.box for one in chosen)
    answers, weights = answers_of(boxes, page)
    rows = np.stack([one.probabilities for one in chosen]) if chosen else np.zeros((0, 1), np.float32)
    strokes = np.array([one.candidate.stroke_width_px for one in chosen], np.float32)
    looks = thumbnails_of(chosen)
    shape, count = np.array([page.image.shape[:2]]), np.array([len(boxes)])
    return PageCandidates(
        rows, boxes, strokes, origins_of(chosen), looks, inks_of(chosen), answers, weights, shape, count
    )


def answers_of(boxes: np.ndarray, page: LabelledPage) -> tuple[np.ndarray, np.ndarray]:
    """Tell which of (n, 4) boxes are digits of the page: (n,) answers 0 or 1, (n,) how much each teaches."""
    is_digit = np.array([label.isdigit() for label in page.labels], bool)
    digits = page.boxes[is_digit]
    fit = iou_matrix(boxes, digits)
    is_same = (fit >= IS_THE_DIGIT) | ((fit >= NEARLY) & hold_middles(boxes, digits) & hold_middles(digits, boxes).T)
    answers = is_same.any(axis=1).astype(np.float32)
    weights = np.where((fit >= NEARLY).any(axis=1) & (answers == 0), NEARLY_WEIGHT, 1.0)
    areas = np.maximum(boxes[:, 2] * boxes[:, 3], 1)[:, None]
    for neutral, weight in NEUTRAL_WEIGHTS.items():
        is_this = np.array([label == neutral for label in page.labels], bool)
        inside = (shared_areas(boxes, page.boxes[is_this]) / areas).max(axis=1, initial=0)
        weights[(inside > IS_PART) & (answers == 0)] = weight
    return answers, weights.astype(np.float32)


def joined(parts: Iterable[PageCandidates]) -> PageCandidates:
    """Put pages one after the other."""
    parts = [part for part in parts if len(part.boxes)]
    return PageCandidates(*(np.concatenate([getattr(part, f.name) for part in parts]) for f in fields(PageCandidates)))


def part_of(candidates: PageCandidates, is_chosen: np.ndarray) -> PageCandidates:
    """Select the candidates of the pages for which (pages,) `is_chosen` is true."""
    rows = np.repeat(is_chosen, candidates.counts)
    by_page = {name: getattr(candidates, name)[is_chosen] for name in ("shapes", "counts")}
    by_row = {f.name: getattr(candidates, f.name)[rows] for f in fields(PageCandidates) if f.name not in by_page}
    return PageCandidates(**by_row, **by_page)
