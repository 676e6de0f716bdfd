"""Puts a test's figures into words: how much is read right, what is taken for what, and what that means in use."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from model.classifier import NO_DIGIT
from training.evaluation.metrics import Scores

NAMED_PAIRS = 5  # the commonest confusions that are named; more would hide them
Z_95 = 1.96  # standard deviations of a normal distribution that hold 95% of it
NUMBER_DIGITS = 5  # a postcode's
FEW = 50  # images: below, the calibration error is mostly chance
HONEST = 0.02  # calibration error below which confidence can be taken at its word
WHY = {
    (0, 6): "a 0 whose end runs into the loop, or a 6 with a short stem, is the same ring",
    (1, 7): "a 1 with a long upstroke is a 7 without its bar",
    (2, 7): "a 2 without its foot leaves the bow of a 7",
    (2, 3): "the upper bow is the same; only the lower half tells them apart",
    (3, 5): "the lower bow is the same; only the upper stroke tells them apart",
    (3, 8): "a 3 whose bows close is an 8",
    (4, 9): "all that tells a 4 from a 9 is whether the top is closed",
    (5, 6): "a 5 whose lower bow closes is a 6",
    (5, 9): "a 5 whose top bends down to its bow encloses the 9's loop",
    (5, 8): "a 5 written in one sweep crosses itself like an 8",
    (7, 9): "a 7 with a curved top nearly closes the 9's loop",
    (8, 9): "an 8 with a small lower loop looks like a 9",
}


@dataclass(frozen=True)
class Pair:
    """A confusion: `count` digits that are `true` were read as `read`."""

    true: int
    read: int
    count: int


def confused_pairs(confusion: np.ndarray) -> list[Pair]:
    """All confusions of a (classes, classes) matrix of counts, the commonest first."""
    wrong = confusion - np.diag(np.diag(confusion))
    order = np.argsort(-wrong, axis=None, kind="stable")
    places = zip(*np.unravel_index(order, wrong.shape), strict=True)
    return [Pair(int(true), int(read), int(wrong[true, read])) for true, read in places if wrong[true, read]]


def interval(right: int, count: int) -> tuple[float, float]:
    """Where the accuracy lies with 95% probability, judging by so many examples (Wilson 1927)."""
    share, squeeze = right / count, Z_95**2 / count
    middle = (share + squeeze / 2) / (1 + squeeze)
    reach = Z_95 * np.sqrt(share * (1 - share) / count + squeeze / (4 * count)) / (1 + squeeze)
    return float(middle - reach), float(middle + reach)


def with_article(digit: int) -> str:
    """`a 7`, `an 8`."""
    return f"{'an' if digit == 8 else 'a'} {digit}"


def counted(mistakes: int) -> str:
    """`1 mistake`, `2 mistakes`."""
    return f"{mistakes} mistake" + "s" * (mistakes != 1)


def comment(scores: Scores, probabilities: np.ndarray, labels: np.ndarray) -> str:
    """What the figures say: a few sentences of Markdown.

    Args:
        scores: as `evaluate.score` gives them.
        probabilities: (n, classes) float32.
        labels: (n,) integers 0 to 9.
    """
    parts = [_overall(scores), _by_digit(scores.confusion), _pairs(scores.confusion), _trust(scores, probabilities)]
    return "\n\n".join([*parts, _doubt(probabilities, labels)])


def _overall(scores: Scores) -> str:
    right = int(np.trace(scores.confusion))
    low, high = interval(right, scores.count)
    mistakes = scores.count - right
    each = f", one in {round(scores.count / mistakes)}" if mistakes else ""
    return (
        f"{right:,} of {scores.count:,} images are read right: **{scores.accuracy:.2%}**, with {counted(mistakes)}"
        f"{each}. Judging by so many images, the true rate lies between {low:.2%} and {high:.2%} (95% interval). "
        f"A number of {NUMBER_DIGITS} digits comes out whole in {scores.accuracy**NUMBER_DIGITS:.1%} of the cases, "
        "if mistakes fall independently of each other."
    )


def _by_digit(confusion: np.ndarray) -> str:
    totals = confusion.sum(axis=1)
    present = [digit for digit in range(NO_DIGIT) if totals[digit]]
    missed = {digit: totals[digit] - confusion[digit, digit] for digit in present}
    recall = {digit: confusion[digit, digit] / totals[digit] for digit in present}
    worst, best = min(present, key=recall.get), max(present, key=recall.get)
    if recall[worst] == recall[best]:
        return f"Every digit is read equally well ({recall[worst]:.2%})."
    absent = [str(digit) for digit in range(NO_DIGIT) if digit not in present]
    text = (
        f"Hardest is the **{worst}**: {missed[worst]} of its {totals[worst]} images are misread "
        f"({recall[worst]:.2%} right). Easiest is the {best} ({recall[best]:.2%})."
    )
    return text + (f" There is no image of {', '.join(absent)}." if absent else "")


def _pairs(confusion: np.ndarray) -> str:
    pairs = confused_pairs(confusion)
    if not pairs:
        return "Nothing is confused with anything."
    lines = [_line(pair) for pair in pairs[:NAMED_PAIRS]]
    named, total = sum(pair.count for pair in pairs[:NAMED_PAIRS]), sum(pair.count for pair in pairs)
    head = f"The commonest confusions, {named} of all {total} mistakes:"
    return "\n".join([head, "", *lines]) + _refused(confusion)


def _line(pair: Pair) -> str:
    read = "no digit at all" if pair.read >= NO_DIGIT else with_article(pair.read)
    reason = WHY.get((min(pair.true, pair.read), max(pair.true, pair.read)))
    times = "once" if pair.count == 1 else f"{pair.count} times"
    return f"- {with_article(pair.true)} read as {read}: {times}" + (f" ({reason})" if reason else "")


def _refused(confusion: np.ndarray) -> str:
    refused = int(confusion[:NO_DIGIT, NO_DIGIT:].sum())
    if not refused:
        return ""
    return (
        f"\n\nWith {refused} of the mistakes the writing is taken for no "
        "digit, but for a letter, a sign or nothing. In use such a digit is left out rather than read wrong."
    )


def _trust(scores: Scores, probabilities: np.ndarray) -> str:
    confidence = float(probabilities.max(axis=1).mean())
    gap = confidence - scores.accuracy
    text = (
        f"The mean confidence is {confidence:.2%}, the accuracy {scores.accuracy:.2%}; the expected calibration error "
        f"(ECE), the mean gap between the two along the curve, is {scores.calibration_error:.2%}. "
    )
    if scores.count < FEW:
        return text + "So few images cannot tell whether the confidence may be believed."
    if scores.calibration_error < HONEST:
        return text + "The confidence may be taken at its word."
    manner = "surer of itself than it has reason to be" if gap > 0 else "better than it thinks"
    return text + f"By this the network is {manner}: do not take its confidence at its word here."


def _doubt(probabilities: np.ndarray, labels: np.ndarray) -> str:
    """What is won by asking a person to look at the readings below some confidence."""
    confidence, is_right = probabilities.max(axis=1), probabilities.argmax(axis=1) == labels
    if is_right.all():
        return f"The least sure reading, all being right, has a confidence of {confidence.min():.1%}."
    unsure = np.argsort(confidence, kind="stable")[: max(1, len(labels) // 100)]
    caught = int((~is_right[unsure]).sum())
    rest = (is_right.sum() - is_right[unsure].sum()) / max(1, len(labels) - len(unsure))
    return (
        f"If a person looked at the hundredth that the network is least sure of ({len(unsure)} images, confidence up "
        f"to {confidence[unsure[-1]]:.0%}), {caught} of the {int((~is_right).sum())} mistakes would be found, and "
        f"of the rest {rest:.2%} are right."
    )
