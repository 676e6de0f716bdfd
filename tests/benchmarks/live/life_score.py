"""Scores what a tracker shows of digits whose truth is known: steady, right, at once, and gone when they are gone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from capture.boxes import Box
from capture.synthetic.page import Drawn
from capture.types import Digit, Page

FPS = 30
STEADY_S = 1.0  # a label counts as steady once it has stayed right for so long

HEAD = (
    f"{'':30}{'changes per':>12}{'broken':>8}{'shown':>8}{'right':>8}{'right after, s':>16}{'gone':>8}{'false a':>9}"
    f"{'numbers':>10}\n"
    f"{'':30}{'digit-second':>12}{'tracks%':>8}{'%':>8}{'%':>8}{'median':>8}{'worst':>8}{'after s':>8}{'frame':>9}"
    f"{'change /s':>10}"
)


@dataclass
class Life:
    """What was shown of one true digit while it could be seen.

    Attributes:
        label: what it is.
        shown: frame by frame: seconds, label, track; None while nothing was shown.
        lingers_s: how long its last track was shown after it had gone.
    """

    label: int
    shown: list[tuple[float, int | None, int | None]] = field(default_factory=list)
    lingers_s: float = 0.0

    def changes(self) -> int:
        """How often another label took the place of the one before."""
        labels = [label for _, label, _ in self.shown if label is not None]
        return sum(a != b for a, b in pairwise(labels))

    def is_broken(self) -> bool:
        """Whether the digit had more than one track number."""
        return len({track for _, _, track in self.shown if track is not None}) > 1

    def right_after_s(self) -> float:
        """Seconds from appearing to a label that is right and stays so; infinite if that never happens."""
        since = None
        for time_s, label, _ in self.shown:
            since = (time_s if since is None else since) if label == self.label else None
            if since is not None and time_s - since >= STEADY_S:
                return since - self.shown[0][0]
        return float("inf")

    def note_gone(self, time_s: float, readings: Sequence[Digit]) -> None:
        """One frame in which the digit cannot be seen any more."""
        if self.shown and self.shown[-1][2] in {reading.track for reading in readings} - {None}:
            self.lingers_s = time_s - self.shown[-1][0]


@dataclass
class Score:
    """All lives of a scene, and what was shown beside them."""

    lives: list[Life] = field(default_factory=list)
    frames: int = 0
    false: int = 0
    number_changes: int = 0
    _last_text: str | None = None

    def add(self, time_s: float, truth: Sequence[Drawn | None], page: Page) -> None:
        """Take in one frame.

        Args:
            time_s: of the frame.
            truth: always the same digits in the same order; None for one that cannot be seen or read now.
            page: what is shown.
        """
        readings = page.digits
        self.lives = self.lives or [Life(-1) for _ in truth]
        self.frames += 1
        claimed = set()
        for life, drawn in zip(self.lives, truth, strict=True):
            if drawn is None:
                life.note_gone(time_s, readings)
                continue
            mine = reading_at(drawn.box, readings)
            claimed.add(id(mine))
            life.label = drawn.digit
            life.shown.append((time_s, mine and mine.digit, mine and mine.track))
        if all(truth):
            self._compare_numbers(page)
            self.false += sum(id(reading) not in claimed for reading in readings)

    def _compare_numbers(self, page: Page) -> None:
        text = " ".join(number.text for number in page.numbers)
        self.number_changes += self._last_text not in (None, text)
        self._last_text = text


def reading_at(box: Box, readings: Sequence[Digit]) -> Digit | None:
    """The reading nearest to a true box's middle, within half its height."""
    away = [np.hypot(*np.subtract(box.centre, one.box.centre)) for one in readings]
    nearest = int(np.argmin(away)) if away else -1
    return readings[nearest] if away and away[nearest] < max(box.w, box.h) / 2 else None


def table_row(name: str, scores: Sequence[Score]) -> str:
    """One line of the table that `HEAD` heads, for several sheets."""
    lives = [life for score in scores for life in score.lives if life.shown]
    looks = [(label, life.label) for life in lives for _, label, _ in life.shown]
    frames = sum(score.frames for score in scores)
    changes, broken = sum(life.changes() for life in lives), np.mean([life.is_broken() for life in lives])
    shares = broken, np.mean([label is not None for label, _ in looks]), np.mean([a == b for a, b in looks])
    waits = [life.right_after_s() for life in lives]
    lingers_s = max(life.lingers_s for life in lives)
    false = sum(score.false for score in scores) / frames
    flips = sum(score.number_changes for score in scores) / (frames / FPS)
    return (
        f"{name:30}{changes / (len(looks) / FPS):12.4f}{''.join(f'{100 * share:8.2f}' for share in shares)}"
        f"{np.median(waits):8.2f}{np.max(waits):8.2f}{lingers_s:8.2f}{false:9.3f}{flips:10.2f}"
    )
