"""Sheets of digits that rest, move and turn, a reader that misreads them, and what a tracker makes of that."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from capture.boxes import Box
from capture.track.tracker import Tracker
from capture.types import Digit
from tests.support.pages import follow

FPS = 30


SIZE_PX = 40


PITCH = 0.8  # of the size: neighbours nearly touch


class Sheet:
    """Digits on a sheet, and a reader that misreads, trembles and overlooks."""

    def __init__(self, count, seed=0):
        self.random = np.random.default_rng(seed)
        columns = math.ceil(math.sqrt(2 * count))
        grid = np.array([(i % columns, i // columns) for i in range(count)], float) * [PITCH, 1.5] * SIZE_PX
        self.places = grid - grid.mean(0)
        self.labels = self.random.integers(0, 10, count)

    def centres(self, angle=0.0, scale=1.0, middle=(640, 360)):
        turn = np.array([[math.cos(angle), math.sin(angle)], [-math.sin(angle), math.cos(angle)]])
        return scale * self.places @ turn + middle

    def readings(self, centres, noise=1.3, missed=0.0, hidden=()):
        seen = [i for i in range(len(centres)) if i not in hidden and self.random.random() >= missed]
        return [self._reading(i, centres[i], noise) for i in seen]

    def _reading(self, i, centre, noise):
        logits = self.random.normal(0, noise, 11)
        logits[self.labels[i]] += 6
        x, y, w, h = np.rint(np.array([*(centre - (12, 20)), 24, 40]) + self.random.normal(0, 0.7, 4)).astype(int)
        return reading(Box(int(x), int(y), int(w), int(h)), np.exp(logits) / np.exp(logits).sum())


@dataclass
class Score:
    """What became of the digits of a sheet over a run."""

    changes: int = 0
    broken: int = 0
    swapped: int = 0
    wrong: int = 0
    shown: int = 0
    possible: int = 0


def reading(box, probabilities):
    probabilities = np.asarray(probabilities, np.float32)
    digit = int(probabilities[:10].argmax())
    return Digit(box, digit, float(probabilities[digit]), probabilities)


def sure(x, y, digit, confidence=0.95, size=SIZE_PX):
    probabilities = np.full(11, (1 - confidence) / 10)
    probabilities[digit] = confidence
    return reading(Box(x, y, size * 3 // 5, size), probabilities)


def run(sheet, path, seconds=4.0, tracker=None, **how):
    """Show the sheet on a path (seconds -> arguments of `centres`) and score what comes out."""
    tracker, score, last = tracker or Tracker(), Score(), {}
    for frame in range(int(seconds * FPS)):
        centres = sheet.centres(**path(frame / FPS))
        out = follow(tracker, sheet.readings(centres, **how), frame / FPS)
        score.possible += len(centres)
        for one in out:
            away = np.hypot(*(centres - one.box.centre).T)
            digit = int(away.argmin())
            if away[digit] > SIZE_PX / 3:
                continue
            track, label = last.get(digit, (one.track, one.digit))
            score.shown += 1
            score.wrong += one.digit != sheet.labels[digit]
            score.changes += one.digit != label
            score.broken += one.track != track
            score.swapped += any(one.track == other for at, (other, _) in last.items() if at != digit)
            last[digit] = (one.track, one.digit)
    return score


def rest(time_s):
    return {}
