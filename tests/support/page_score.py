"""Compares what was read on a drawn page with what is written on it: digits, numbers, marks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from capture.boxes import Box
from capture.synthetic.page import DrawnPage
from capture.types import Number, Page

LIKE, FAIRLY_LIKE = 0.5, 0.35  # overlaps (intersection over union) that match; the lower where centres agree
ON_MARK = 0.5  # of a reading's box lies on a mark


@dataclass
class Score:
    """Sums over the pages of one kind."""

    pages: int = 0
    digits: int = 0
    readings: int = 0
    found: int = 0
    right: int = 0
    on_marks: int = 0
    numbers: int = 0
    numbers_right: int = 0
    seconds: float = 0.0

    def add(self, other: Score) -> None:
        """Adds the other's sums."""
        for name, value in vars(other).items():
            setattr(self, name, getattr(self, name) + value)

    def row(self, name: str) -> str:
        """One line of the table."""
        precision, recall = self.right / max(self.readings, 1), self.right / max(self.digits, 1)
        numbers = self.numbers_right / max(self.numbers, 1)
        shares = (precision, recall, self.f1(self.right), self.f1(self.found), self.right / max(self.found, 1), numbers)
        counts = f"{name:<{NAME_WIDTH}}{self.pages:>6}{self.digits:>8}"
        ms = 1e3 * self.seconds / max(self.pages, 1)
        return counts + "".join(f"{share:>11.3f}" for share in shares) + f"{self.on_marks:>10}{ms:>9.0f}"

    def f1(self, hits: int) -> float:
        """The harmonic mean of precision and recall."""
        return 2 * hits / max(self.readings + self.digits, 1)


NAME_WIDTH = 19
HEADER = f"{'kind':<{NAME_WIDTH}}{'pages':>6}{'digits':>8}" + "".join(
    f"{name:>11}" for name in ("precision", "recall", "F1", "found F1", "of found", "numbers")
)


def score(page: DrawnPage, read: Page) -> Score:
    """Compares readings with a photo's truth; readings on marks count neither for nor against, but apart."""
    readings = read.digits
    matches = match([digit.box for digit in page.digits], [reading.box for reading in readings])
    used = {j for _, j in matches}
    on_marks = sum(
        any(shared(reading.box, mark.box) > ON_MARK * reading.box.w * reading.box.h for mark in page.others)
        for j, reading in enumerate(readings)
        if j not in used
    )
    right = sum(page.digits[i].digit == readings[j].digit for i, j in matches)
    numbers, numbers_right = score_numbers(page, read.numbers)
    return Score(1, len(page.digits), len(readings) - on_marks, len(matches), right, on_marks, numbers, numbers_right)


def score_numbers(page: DrawnPage, found: Sequence[Number]) -> tuple[int, int]:
    """How many numbers are written on the page, and how many of them were read as such, where they stand."""
    boxes: dict[tuple[int, int], Box] = {}
    for digit in page.digits:
        key = digit.line, digit.number
        boxes[key] = boxes[key].union(digit.box) if key in boxes else digit.box
    truth = [boxes[key] for key in sorted(boxes)]
    matches = match(truth, [number.box for number in found])
    return len(truth), sum(page.numbers[i] == found[j].text for i, j in matches)


def match(truth: Sequence[Box], found: Sequence[Box]) -> list[tuple[int, int]]:
    """Pairs boxes, the best overlap first."""
    likeness = {(i, j): iou(a, b) for i, a in enumerate(truth) for j, b in enumerate(found)}
    pairs: list[tuple[int, int]] = []
    for i, j in sorted(likeness, key=likeness.__getitem__, reverse=True):
        centred = holds_centre(truth[i], found[j]) and holds_centre(found[j], truth[i])
        is_free = all(i != other_i and j != other_j for other_i, other_j in pairs)
        if is_free and likeness[i, j] >= (FAIRLY_LIKE if centred else LIKE):
            pairs.append((i, j))
    return pairs


def shared(a: Box, b: Box) -> int:
    """Pixels that both boxes hold."""
    w = min(a.x + a.w, b.x + b.w) - max(a.x, b.x)
    h = min(a.y + a.h, b.y + b.h) - max(a.y, b.y)
    return max(0, w) * max(0, h)


def iou(a: Box, b: Box) -> float:
    """Intersection over union."""
    both = shared(a, b)
    return both / (a.w * a.h + b.w * b.h - both)


def holds_centre(a: Box, b: Box) -> bool:
    """Whether the middle of `b` lies in `a`."""
    x, y = b.centre
    return a.x <= x <= a.x + a.w and a.y <= y <= a.y + a.h
