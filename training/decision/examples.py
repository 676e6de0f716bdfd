"""Candidates of drawn pages with their answers: found once as the reader finds them, read again by every network."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from functools import partial
from pathlib import Path

import numpy as np

from capture.boxes import iou_matrix, shared_areas
from capture.detect.find import detect, split
from capture.read.decision import USUAL_SHARE
from capture.read.select import choose_hypotheses, suppress_overlaps
from model.classifier import Classifier, with_share
from training.datasets.mnist import DataError
from training.exercises.store import LabelledPage

IS_THE_DIGIT = 0.5  # intersection over union from which a candidate counts as the digit, as the scorer has it
IS_UNCLEAR, UNCLEAR_WEIGHT = 0.35, 0.3  # from here on it nearly is, and teaches little
IS_PART = 0.5  # share of a candidate that lies in print or in a cut-off digit: it teaches nothing
NEUTRAL = frozenset(["print", "part of a digit"])
BATCH = 4096  # glyphs classified at once


@dataclass(frozen=True)
class PageCandidates:
    """The candidates of one page, or of many, one after the other.

    Attributes:
        glyphs: (n, 28, 28) uint8.
        boxes: (n, 4) x, y, width, height in px.
        strokes: (n,) stroke widths in px.
        answers: (n,) 1 for a digit, else 0.
        weights: (n,) how much each teaches.
        shapes: (pages, 2) heights and widths of the pictures, px.
        counts: (pages,) candidates of each.
    """

    glyphs: np.ndarray
    boxes: np.ndarray
    strokes: np.ndarray
    answers: np.ndarray
    weights: np.ndarray
    shapes: np.ndarray
    counts: np.ndarray

    def pages(self) -> Iterator[slice]:
        """Each page's rows."""
        ends = np.cumsum(self.counts)
        return map(slice, ends - self.counts, ends)


def find_page(page: LabelledPage, classify: Classifier) -> PageCandidates:
    """Finds a page's candidates as the reader does, and tells which are digits."""
    detection = detect(page.image)
    chosen = suppress_overlaps(choose_hypotheses(detection.candidates, classify, partial(split, detection=detection)))
    boxes = np.array([one.candidate.box for one in chosen], float).reshape(-1, 4)
    answers, weights = answers_of(boxes, page)
    glyphs = np.array([one.candidate.glyph for one in chosen], np.uint8).reshape(-1, 28, 28)
    strokes = np.array([one.candidate.stroke_width_px for one in chosen], np.float32)
    shape = np.array([page.image.shape[:2]])
    return PageCandidates(glyphs, boxes, strokes, answers, weights, shape, np.array([len(boxes)]))


def answers_of(boxes: np.ndarray, page: LabelledPage) -> tuple[np.ndarray, np.ndarray]:
    """Tells which of (n, 4) boxes are digits of the page: (n,) answers 0 or 1, (n,) how much each teaches."""
    is_digit = np.array([label.isdigit() for label in page.labels], bool)
    is_neutral = np.array([label in NEUTRAL for label in page.labels], bool)
    fit = iou_matrix(boxes, page.boxes[is_digit]).max(axis=1, initial=0)
    answers = (fit >= IS_THE_DIGIT).astype(np.float32)
    weights = np.where((fit >= IS_UNCLEAR) & (answers == 0), UNCLEAR_WEIGHT, 1.0)
    areas = np.maximum(boxes[:, 2] * boxes[:, 3], 1)[:, None]
    inside = (shared_areas(boxes, page.boxes[is_neutral]) / areas).max(axis=1, initial=0)
    weights[(inside > IS_PART) & (answers == 0)] = 0
    return answers, weights.astype(np.float32)


def joined(parts: Iterable[PageCandidates]) -> PageCandidates:
    """Puts pages one after the other."""
    parts = list(parts)
    return PageCandidates(*(np.concatenate([getattr(part, f.name) for part in parts]) for f in fields(PageCandidates)))


def save_candidates(candidates: PageCandidates, path: Path) -> None:
    """Writes candidates, to a temporary name first."""
    part = path.with_suffix(".part.npz")
    np.savez_compressed(part, **{f.name: getattr(candidates, f.name) for f in fields(PageCandidates)})
    part.replace(path)


def load_candidates(path: Path) -> PageCandidates:
    """Loads candidates.

    Raises:
        DataError: the file is missing or damaged.
    """
    try:
        with np.load(path, allow_pickle=False) as file:
            return PageCandidates(*(file[f.name] for f in fields(PageCandidates)))
    except (OSError, ValueError, KeyError) as error:
        raise DataError(
            "{path}: cannot be read ({error}); delete it, and it is made again", path=path, error=error
        ) from error


def classified(candidates: PageCandidates, classify: Classifier) -> np.ndarray:
    """(n, classes) probabilities of all candidates, by the prior of a page, as the reader has them."""
    starts = range(0, len(candidates.glyphs), BATCH)
    said = np.concatenate([classify(candidates.glyphs[start : start + BATCH]).copy() for start in starts])
    return with_share(said, USUAL_SHARE, classify.prior)


def part_of(
    candidates: PageCandidates, probabilities: np.ndarray, is_chosen: np.ndarray
) -> tuple[PageCandidates, np.ndarray]:
    """The candidates of the pages for which (pages,) `is_chosen` is true, and their probabilities."""
    rows = np.repeat(is_chosen, candidates.counts)
    by_page = {name: getattr(candidates, name)[is_chosen] for name in ("shapes", "counts")}
    by_row = {f.name: getattr(candidates, f.name)[rows] for f in fields(PageCandidates) if f.name not in by_page}
    return PageCandidates(**by_row, **by_page), probabilities[rows]
