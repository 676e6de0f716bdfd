"""Measures how well a network reads altered images, and puts it into words."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from capture.language import format_number, tr
from model.classifier import Classify
from training.datasets.labelled import Labelled
from training.evaluation.corruptions import ALTERATIONS, Alteration, alter_all, enlarge_and_move, normalise_all
from training.evaluation.metrics import Scores, score
from training.evaluation.summary import confused_pairs, percent, with_article
from training.results import table

NAMED_PAIRS = 3  # confusions that became commoner, named at most
MIN_MORE = 3  # images; fewer are chance
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
    """Read test images plain, and enlarged and moved at random."""
    images = alter_all(digits.x, enlarge_and_move, seed)
    return Moved(
        images,
        plain=score(read(normalise_all(digits.x)), digits.y),
        moved=score(read(normalise_all(images)), digits.y),
        straight=_accuracy(read(images), digits.y),
    )


def measure_curves(digits: Labelled, read: Classify, seed: int) -> list[Curve]:
    """Read test images under every alteration at every strength."""
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
    """Measure the accuracy through `normalise`, and straight."""
    images = alter_all(digits.x, lambda image, rng: alteration.apply(image, strength, rng), seed)
    return _accuracy(read(normalise_all(images)), digits.y), _accuracy(read(images), digits.y)


def _accuracy(probabilities: np.ndarray, labels: np.ndarray) -> float:
    return float((probabilities.argmax(axis=1) == labels).mean())


def comment_moved(moved: Moved) -> str:
    """Say what moving and enlarging did, in a few sentences of Markdown."""
    count = moved.plain.count
    text = tr(
        "**Enlarged and moved**: each image is enlarged, its digit brought to a random size, put at a random place, "
        "then reduced to 28x28 pixels again. Read as the camera does, {moved} are right, against {plain} of the plain "
        "images ({change:+.2f} points).",
        moved=percent(moved.moved.accuracy, count),
        plain=percent(moved.plain.accuracy, count),
        change=100 * (moved.moved.accuracy - moved.plain.accuracy),
    )
    why = tr(
        "Put into the network as they are, only {straight} would be right. The difference is made by `normalise`, "
        "which finds the digit, brings it to 20 pixels and centres it: the network has only ever seen digits like "
        "that.",
        straight=percent(moved.straight, count),
    )
    return f"{text} {_new_confusions(moved)}\n\n{why}"


def _new_confusions(moved: Moved) -> str:
    grown = np.maximum(moved.moved.confusion - moved.plain.confusion, 0)
    more = [pair for pair in confused_pairs(grown)[:NAMED_PAIRS] if pair.count >= MIN_MORE]
    if not more:
        return tr("No confusion became commoner by {count} images or more.", count=MIN_MORE)
    words = [f"{with_article(pair.true)} → {with_article(pair.read)} (+{pair.count})" for pair in more]
    return tr("What became commoner: {pairs}.", pairs=", ".join(words))


def comment_curves(curves: Sequence[Curve]) -> str:
    """Say how much of each alteration is borne, as a table, with the figures."""
    head = (tr("alteration"), tr("still 95% right"), tr("accuracy at each strength, read as the camera does"))
    rows = []
    for curve in curves:
        points = zip(curve.alteration.strengths, curve.normalised, strict=True)
        figures = "; ".join(
            f"{format_number(strength, 'g')}: {format_number(share, '.1%')}" for strength, share in points
        )
        rows.append(
            (f"{alteration_name(curve.alteration)} ({alteration_unit(curve.alteration)})", borne(curve), figures)
        )
    return f"{table(head, rows)}\n\n{_weakest(curves)}"


def alteration_name(alteration: Alteration) -> str:
    """Name an alteration for texts and pictures."""
    return {
        "size and place": tr("size and place"),
        "rotation": tr("rotation"),
        "shear": tr("shear"),
        "thickness": tr("thickness"),
        "blur": tr("blur"),
        "noise": tr("noise"),
        "contrast": tr("contrast"),
        "occlusion": tr("occlusion"),
    }[alteration.name]


def alteration_unit(alteration: Alteration) -> str:
    """Say what a strength of an alteration means."""
    return {
        "size and place": tr("size of the digit, as a factor"),
        "rotation": tr("degrees to either side"),
        "shear": tr("shift sideways, as a share of the height"),
        "thickness": tr("pixels of 28 added to the stroke"),
        "blur": tr("standard deviation, pixels of 28"),
        "noise": tr("standard deviation, grey levels of 255"),
        "contrast": tr("ink's strength, share of full"),
        "occlusion": tr("side of the hidden square, pixels of 28"),
    }[alteration.name]


def borne(curve: Curve) -> str:
    """Find the strengths around the neutral one at which at least 95% are right."""
    strengths, neutral = list(curve.alteration.strengths), curve.alteration.neutral
    is_good = [accuracy >= GOOD for accuracy in curve.normalised]
    start = stop = strengths.index(neutral)
    if not is_good[start]:
        return tr("nowhere")
    while start > 0 and is_good[start - 1]:
        start -= 1
    while stop < len(strengths) - 1 and is_good[stop + 1]:
        stop += 1
    return tr("{low:g} to {high:g}", low=strengths[start], high=strengths[stop])


def _weakest(curves: Sequence[Curve]) -> str:
    """Say which alterations hurt the most, and which not at all."""
    worst = {alteration_name(curve.alteration): float(min(curve.normalised)) for curve in curves}
    order = sorted(worst, key=worst.get)
    return tr(
        "Of the strengths tried, {first} hurts most (down to {first_share:.1%} right), then {second} "
        "({second_share:.1%}) and {third} ({third_share:.1%}); {last} hardly matters ({last_share:.1%}). A turned 6 is "
        "a 9 and a hidden stroke is gone for people too; noise is harsher here than before the camera, where the "
        "paper's grain is taken out before a digit is cut out.",
        first=order[0],
        first_share=worst[order[0]],
        second=order[1],
        second_share=worst[order[1]],
        third=order[2],
        third_share=worst[order[2]],
        last=order[-1],
        last_share=worst[order[-1]],
    )
