"""The candidates of drawn pages as the decision meets them, each time a little otherwise.

The network has seen the hands that write these pages, and is surer of them than of a stranger's: its answers are made
less sure by a chance amount. Some pages stand beside things or another page.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from capture.read.features import Surroundings
from training.decision.examples import NEUTRAL_WEIGHTS, PRINT, PageCandidates

DIGITS_ALONE = 0.85  # share of a page's candidates from which it is a page of digits
BESIDE_THINGS, BESIDE_SHEETS = 0.3, 0.15  # shares of the pages that stand beside a picture of things, or another page
MIN_THINGS = 8  # candidates of a picture without a digit that counts as full of things
THINGS_SIZE = (0.5, 1.65)  # how much smaller or larger they are
MAX_DOUBT = 3.0  # temperature, at most: what the network says to the power of one over it
DIGIT_PAGES = 5.0  # how much pages of digits alone teach, compared with all others
LOOSER = 0.1, 0.5  # noise over what differs in a glyph: people's digits are less alike than a few samples, drawn anew
FAINTEST = 1e-7


@dataclass(frozen=True)
class Example:
    """A page: what the decision gets, and what it should answer."""

    probabilities: np.ndarray
    boxes: np.ndarray
    strokes: np.ndarray
    origins: np.ndarray
    thumbnails: np.ndarray
    inks: np.ndarray
    shape: tuple[int, int]
    answers: np.ndarray
    weights: np.ndarray

    @property
    def around(self) -> Surroundings:
        """Its candidates and how they stand to each other."""
        return Surroundings(
            self.boxes, self.strokes, self.shape, self.origins, thumbnails=self.thumbnails, inks=self.inks
        )


def examples_of(candidates: PageCandidates) -> Iterator[Example]:
    """Keep each page that holds anything."""
    for page, shape in zip(candidates.pages(), candidates.shapes.tolist(), strict=True):
        if page.start < page.stop:
            yield Example(
                candidates.probabilities[page],
                candidates.boxes[page],
                candidates.strokes[page],
                candidates.origins[page],
                candidates.thumbnails[page],
                candidates.inks[page],
                tuple(shape),
                candidates.answers[page],
                candidates.weights[page],
            )


def vary(pages: list[Example], rng: np.random.Generator) -> Iterator[Example]:
    """Vary pages: doubted by a chance amount, some beside things or another page, those of digits alone weighed."""
    things = [page for page in pages if not page.answers.any() and len(page.boxes) >= MIN_THINGS]
    for page in pages:
        kind = rng.random()
        others = things if kind < BESIDE_THINGS else pages if kind < BESIDE_THINGS + BESIDE_SHEETS else ()
        shown = _loosened(page, rng)
        if page.answers.mean() > DIGITS_ALONE:
            shown = replace(shown, weights=DIGIT_PAGES * page.weights)
        if others:
            shown = _beside(shown, _loosened(others[rng.integers(len(others))], rng), rng)
        yield _doubted(shown, float(rng.uniform(1, MAX_DOUBT)))


def _beside(page: Example, things: Example, rng: np.random.Generator) -> Example:
    """Put the candidates of another picture to a page's right or below it."""
    scale = float(np.exp(rng.uniform(*np.log(THINGS_SIZE))))
    is_right = rng.random() < 0.5
    away = (page.shape[1], 0) if is_right else (0, page.shape[0])
    boxes = np.concatenate([page.boxes, things.boxes * scale + (*away, 0, 0)])
    height, width = np.ceil((boxes[:, :2] + boxes[:, 2:]).max(axis=0))[::-1].astype(int).tolist()
    return Example(
        np.concatenate([page.probabilities, things.probabilities]),
        boxes,
        np.concatenate([page.strokes, things.strokes * scale]),
        np.concatenate([page.origins, things.origins]),
        np.concatenate([page.thumbnails, things.thumbnails]),
        np.concatenate([page.inks, things.inks]),
        (max(page.shape[0], height), max(page.shape[1], width)),
        np.concatenate([page.answers, things.answers]),
        np.concatenate([page.weights, things.weights]),
    )


def _loosened(page: Example, rng: np.random.Generator) -> Example:
    """Make what is written less like other glyphs, by noise, as samples repeat themselves; leave print as it is."""
    spread = page.thumbnails.std(axis=1, keepdims=True) * rng.uniform(*LOOSER)
    noise = rng.standard_normal(page.thumbnails.shape, np.float32) * spread
    noise[page.weights == NEUTRAL_WEIGHTS[PRINT]] = 0
    return replace(page, thumbnails=(page.thumbnails + noise).astype(np.float32))


def _doubted(page: Example, temperature: float) -> Example:
    rows = np.maximum(page.probabilities, FAINTEST) ** (1 / temperature)
    rows = (rows / rows.sum(axis=1, keepdims=True)).astype(np.float32)
    return replace(page, probabilities=rows)
