"""Measures how a network bears altered images, and puts it into words."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from model.classifier import CLASS_NAMES, Classify
from training.datasets.mnist import Labelled
from training.evaluation.corruptions import ALTERATIONS, Alteration, alter_all, enlarge_and_move, normalise_all
from training.evaluation.metrics import Scores, score
from training.evaluation.summary import confused_pairs

NAMED_PAIRS = 3  # confusions that became commoner, named at most
FEWEST_MORE = 3  # images; fewer are chance
GOOD = 0.95  # accuracy below which an alteration counts as too strong


@dataclass(frozen=True)
class Curve:
    """How accuracy depends on the strength of one alteration.

    Attributes:
        alteration: which.
        normalised: accuracy at each strength, read as the camera does: through `model.glyph.normalise`.
        straight: accuracy at each strength with the altered image put into the network as it is.
    """

    alteration: Alteration
    normalised: Sequence[float]
    straight: Sequence[float]


@dataclass(frozen=True)
class Moved:
    """The plain test images beside the enlarged and moved ones.

    Attributes:
        images: (n, 28, 28) uint8, enlarged, moved, reduced.
        plain: scores of the test images as they are.
        moved: scores of `images`, both read through `normalise`.
        straight: accuracy of `images` put into the network as they are.
    """

    images: np.ndarray
    plain: Scores
    moved: Scores
    straight: float


def measure_moved(digits: Labelled, read: Classify, seed: int) -> Moved:
    """Reads test images plain, and enlarged and moved at random."""
    images = alter_all(digits.x, enlarge_and_move, seed)
    return Moved(
        images,
        plain=score(read(normalise_all(digits.x)), digits.y),
        moved=score(read(normalise_all(images)), digits.y),
        straight=_accuracy(read(images), digits.y),
    )


def measure_curves(digits: Labelled, read: Classify, seed: int) -> list[Curve]:
    """Reads test images under every alteration at every strength."""
    from tqdm import tqdm

    total = sum(len(alteration.strengths) for alteration in ALTERATIONS)
    curves = []
    with tqdm(total=total, desc="altered", unit=" strengths", disable=not sys.stderr.isatty()) as bar:
        for alteration in ALTERATIONS:
            points = []
            for strength in alteration.strengths:
                points.append(_point(digits, read, alteration, strength, seed))
                bar.update()
            curves.append(Curve(alteration, *zip(*points, strict=True)))
    return curves


def _point(digits: Labelled, read: Classify, alteration: Alteration, strength: float, seed: int) -> tuple[float, float]:
    """Accuracy through `normalise`, and straight."""
    images = alter_all(digits.x, lambda image, rng: alteration.apply(image, strength, rng), seed)
    return _accuracy(read(normalise_all(images)), digits.y), _accuracy(read(images), digits.y)


def _accuracy(probabilities: np.ndarray, labels: np.ndarray) -> float:
    return float((probabilities.argmax(axis=1) == labels).mean())


def comment_moved(moved: Moved) -> str:
    """What moving and enlarging did, in a few sentences of Markdown."""
    lost = moved.plain.accuracy - moved.moved.accuracy
    return (
        f"**Enlarged and moved**: each image is enlarged, its digit brought to a random size, put at a random place, "
        f"then reduced to 28x28 pixels again. Read as the camera does, {moved.moved.accuracy:.2%} are right, "
        f"against {moved.plain.accuracy:.2%} of the plain images ({-lost * 100:+.2f} points). "
        f"{_new_confusions(moved)}\n\n"
        f"Put into the network as they are, only {moved.straight:.2%} would be right. The difference is made by "
        "`normalise`, which finds the digit, brings it to 20 pixels and centres it: the network has only ever seen "
        "digits like that."
    )


def _new_confusions(moved: Moved) -> str:
    more = [
        pair
        for pair in confused_pairs(np.maximum(moved.moved.confusion - moved.plain.confusion, 0))[:NAMED_PAIRS]
        if pair.count >= FEWEST_MORE
    ]
    if not more:
        return f"No confusion became commoner by {FEWEST_MORE} images or more."
    words = [f"{pair.true} read as {CLASS_NAMES[pair.read]} ({pair.count} more)" for pair in more]
    return f"What became commoner: {', '.join(words)}."


def comment_curves(curves: Sequence[Curve]) -> str:
    """How much of each alteration is borne, as a table, with the figures."""
    rows = ["| alteration | still 95% right | accuracy at each strength, read as the camera does |", "|---|---|---|"]
    for curve in curves:
        figures = ", ".join(
            f"{strength:g}: {accuracy:.1%}"
            for strength, accuracy in zip(curve.alteration.strengths, curve.normalised, strict=True)
        )
        rows.append(f"| {curve.alteration.name} ({curve.alteration.unit}) | {borne(curve)} | {figures} |")
    return "\n".join(rows) + f"\n\n{_weakest(curves)}"


def borne(curve: Curve) -> str:
    """The strengths around the neutral one at which at least 95% are right."""
    strengths, neutral = list(curve.alteration.strengths), curve.alteration.neutral
    is_good = [accuracy >= GOOD for accuracy in curve.normalised]
    start = stop = strengths.index(neutral)
    if not is_good[start]:
        return "nowhere"
    while start > 0 and is_good[start - 1]:
        start -= 1
    while stop < len(strengths) - 1 and is_good[stop + 1]:
        stop += 1
    return f"{strengths[start]:g} to {strengths[stop]:g}"


def _weakest(curves: Sequence[Curve]) -> str:
    """Which alterations hurt the most, and which not at all."""
    worst = {curve.alteration.name: min(curve.normalised) for curve in curves}
    order = sorted(worst, key=worst.get)
    return (
        f"Of the strengths tried, {order[0]} hurts most (down to {worst[order[0]]:.1%} right), then {order[1]} "
        f"({worst[order[1]]:.1%}) and {order[2]} ({worst[order[2]]:.1%}); {order[-1]} hardly matters "
        f"({worst[order[-1]]:.1%}). A turned 6 is a 9 and a hidden stroke is gone for people too; noise is "
        "harsher here than before the camera, where the paper's grain is taken out before a digit is cut out."
    )
