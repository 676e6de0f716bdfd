"""The candidates of drawn pages as the decision meets them, each time a little otherwise.

The network has seen the hands that write these pages, and is surer of them than of a stranger's: its answers are made
less sure by a chance amount. Some pages stand beside things or another page.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from training.decision.examples import NEUTRAL_WEIGHTS, PRINT, Example

DIGITS_ALONE = 0.85  # share of a page's candidates from which it is a page of digits
BESIDE_THINGS, BESIDE_SHEETS = 0.3, 0.15  # shares of the pages that stand beside a picture of things, or another page
MIN_THINGS = 8  # candidates of a picture without a digit that counts as full of things
THINGS_SIZE = (0.5, 1.65)  # how much smaller or larger they are
STRETCHED, ALONE_STRETCHED = 0.25, 0.7  # shares of the pages, and of those of digits alone, that are drawn out or in
STRETCH = (0.74, 1.82)  # widths, least and most: some people write twice as wide as others
MAX_DOUBT = 3.0  # temperature, at most: what the network says to the power of one over it
DIGIT_PAGES = 20.0  # how much pages of digits alone teach, compared with all others
LOOSER = 0.1, 0.5  # noise over what differs in a glyph: people's digits are less alike than a few samples, drawn anew
FAINTEST = 1e-7


def vary(pages: list[Example], rng: np.random.Generator) -> Iterator[Example]:
    """Vary pages: doubted by a chance amount, some beside things or another page, those of digits alone weighed."""
    things = [page for page in pages if not page.answers.any() and len(page.answers) >= MIN_THINGS]
    for page in pages:
        kind = rng.random()
        others = things if kind < BESIDE_THINGS else pages if kind < BESIDE_THINGS + BESIDE_SHEETS else ()
        is_alone = page.answers.sum() > DIGITS_ALONE * (~page.evidence.is_other).sum()
        shown = _loosened(page, rng)
        if rng.random() < (ALONE_STRETCHED if is_alone else STRETCHED):
            shown = _stretched(shown, float(np.exp(rng.uniform(*np.log(STRETCH)))))
        if is_alone:
            shown = replace(shown, weights=DIGIT_PAGES * page.weights)
        if others:
            shown = _beside(shown, _loosened(others[rng.integers(len(others))], rng), rng)
        yield _doubted(shown, float(rng.uniform(1, MAX_DOUBT)))


def _beside(page: Example, things: Example, rng: np.random.Generator) -> Example:
    """Put the candidates of another picture to a page's right or below it."""
    scale = float(np.exp(rng.uniform(*np.log(THINGS_SIZE))))
    is_right, (height, width) = rng.random() < 0.5, page.evidence.shape
    away = (width, 0) if is_right else (0, height)
    moved = replace(
        things.evidence,
        boxes=things.evidence.boxes * scale + (*away, 0, 0),
        strokes=things.evidence.strokes * scale,
    )
    ends = np.ceil((moved.boxes[:, :2] + moved.boxes[:, 2:]).max(axis=0)).astype(int).tolist()
    return Example(
        page.evidence.beside(moved, (max(height, ends[1]), max(width, ends[0]))),
        np.concatenate([page.answers, things.answers]),
        np.concatenate([page.weights, things.weights]),
    )


def _stretched(page: Example, factor: float) -> Example:
    """Make a page so many times as wide, with all that stands on it; glyphs stay, as the network has seen them."""
    height, width = page.evidence.shape
    boxes = page.evidence.boxes * (factor, 1, factor, 1)
    return replace(page, evidence=replace(page.evidence, boxes=boxes, shape=(height, int(np.ceil(factor * width)))))


def _loosened(page: Example, rng: np.random.Generator) -> Example:
    """Make what is written less like other glyphs, by noise, as samples repeat themselves; leave print as it is."""
    looks = page.evidence.thumbnails
    noise = rng.standard_normal(looks.shape, np.float32) * looks.std(axis=1, keepdims=True) * rng.uniform(*LOOSER)
    noise[page.weights == NEUTRAL_WEIGHTS[PRINT]] = 0
    return replace(page, evidence=replace(page.evidence, thumbnails=(looks + noise).astype(np.float32)))


def _doubted(page: Example, temperature: float) -> Example:
    rows = np.maximum(page.evidence.probabilities, FAINTEST) ** (1 / temperature)
    rows = (rows / rows.sum(axis=1, keepdims=True)).astype(np.float32)
    return replace(page, evidence=replace(page.evidence, probabilities=rows))
