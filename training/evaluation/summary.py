"""Puts figures into words: how much is read right, what is taken for what."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from capture.language import format_number, tr
from model.classifier import NO_DIGIT
from training.evaluation.metrics import Scores, fold_counts

NAMED_PAIRS = 5  # the commonest confusions that are named; more would hide them
Z_95 = 1.96  # standard deviations of a normal distribution that hold 95% of it
NUMBER_DIGITS = 5  # a postcode's
MIN_IMAGES = 50  # fewer: calibration and the share of whole numbers are mostly chance
MIN_OF_A_DIGIT = 20  # images; fewer cannot tell an easy digit from a hard one
MAX_CALIBRATION_ERROR = 0.02  # up to here confidence can be taken at its word


def _reason(true: int, read: int) -> str:
    """Say why two digits are taken for each other; "" where nothing is known of it."""
    reasons = {
        (0, 6): tr("a 0 whose end runs into the loop, or a 6 with a short stem, is the same ring"),
        (1, 7): tr("a 1 with a long upstroke is a 7 without its bar"),
        (2, 7): tr("a 2 without its foot leaves the bow of a 7"),
        (2, 3): tr("the upper bow is the same; only the lower half tells them apart"),
        (3, 5): tr("the lower bow is the same; only the upper stroke tells them apart"),
        (3, 8): tr("a 3 whose bows close is an 8"),
        (4, 9): tr("all that tells a 4 from a 9 is whether the top is closed"),
        (5, 6): tr("a 5 whose lower bow closes is a 6"),
        (5, 9): tr("a 5 whose top bends down to its bow encloses the 9's loop"),
        (5, 8): tr("a 5 written in one sweep crosses itself like an 8"),
        (7, 9): tr("a 7 with a curved top nearly closes the 9's loop"),
        (8, 9): tr("an 8 with a small lower loop looks like a 9"),
    }
    return reasons.get((min(true, read), max(true, read)), "")


@dataclass(frozen=True)
class Pair:
    """A confusion: `count` digits that are `true` were read as `read`."""

    true: int
    read: int
    count: int


def confused_pairs(confusion: np.ndarray) -> list[Pair]:
    """List all confusions of a (classes, classes) matrix, the commonest first; all that is no digit is one class."""
    confusion = fold_counts(confusion)
    wrong = confusion - np.diag(np.diag(confusion))
    order = np.argsort(-wrong, axis=None, kind="stable")
    places = zip(*np.unravel_index(order, wrong.shape), strict=True)
    return [Pair(int(true), int(read), int(wrong[true, read])) for true, read in places if wrong[true, read]]


def interval(right: int, count: int) -> tuple[float, float]:
    """Find where the accuracy lies with 95% probability, judging by so many examples (Wilson 1927)."""
    share, squeeze = right / count, Z_95**2 / count
    middle = (share + squeeze / 2) / (1 + squeeze)
    reach = Z_95 * np.sqrt(share * (1 - share) / count + squeeze / (4 * count)) / (1 + squeeze)
    return float(middle - reach), float(middle + reach)


def percent(share: float, count: int) -> str:
    """Write a share of `count` images, with no more decimals than so many images can tell."""
    return format_number(float(share), f".{int(count >= 100) + int(count >= 1000)}%")


def with_article(digit: int) -> str:
    """Write `a 7`, `an 8`, `no digit`."""
    return tr("no digit") if digit >= NO_DIGIT else tr("an 8") if digit == 8 else tr("a {digit}", digit=int(digit))


def set_name(name: str) -> str:
    """Name a set of images in texts, whose name in the figures stays English."""
    if name.endswith(" test"):
        return tr("{data} test", data=name.removesuffix(" test"))
    names = {
        "enlarged and moved": tr("enlarged and moved"),
        "other hands": tr("other hands"),
        "training": tr("training"),
        "test": tr("test"),
        "own images": tr("own images"),
    }
    return names.get(name, name)


def times(count: int) -> str:
    """Write `once`, `twice`, `3 times`."""
    return tr("once") if count == 1 else tr("twice") if count == 2 else tr("{count} times", count=count)


def counted(mistakes: int) -> str:
    """Write `1 mistake`, `2 mistakes`."""
    return tr("1 mistake") if mistakes == 1 else tr("{count:,} mistakes", count=mistakes)


def comment(scores: Scores, probabilities: np.ndarray, labels: np.ndarray) -> str:
    """Say what a test's figures mean: a few sentences of Markdown.

    Args:
        scores: as `metrics.score` gives them.
        probabilities: (n, classes) float32.
        labels: (n,) integers 0 to 9.
    """
    parts = [_overall(scores), _by_digit(scores.confusion), _pairs(scores.confusion), _trust(scores, probabilities)]
    return "\n\n".join([*parts, _doubt(probabilities, labels)])


def _overall(scores: Scores) -> str:
    right, count = int(np.trace(scores.confusion)), scores.count
    mistakes = count - right
    text = tr(
        "Images read right: {right:,} of {count:,}, **{share}**, with {mistakes}",
        right=right,
        count=count,
        share=percent(scores.accuracy, count),
        mistakes=counted(mistakes),
    )
    text += (tr(", one in {images:,}", images=round(count / mistakes)) if mistakes else "") + "."
    text += tr(
        " Judging by so many images, the true rate lies between {low} and {high} (95% interval).",
        **dict(zip(("low", "high"), (percent(bound, count) for bound in interval(right, count)), strict=True)),
    )
    if count < MIN_IMAGES:
        return text
    return text + tr(
        " A number of {digits} digits comes out whole in {share:.1%} of the cases, if mistakes fall independently of "
        "each other.",
        digits=NUMBER_DIGITS,
        share=scores.accuracy**NUMBER_DIGITS,
    )


def _by_digit(confusion: np.ndarray) -> str:
    totals = confusion.sum(axis=1)[:NO_DIGIT]
    present = np.flatnonzero(totals)
    absent = [str(digit) for digit in range(NO_DIGIT) if digit not in present]
    lacking = tr(" There is no image of {digits}.", digits=", ".join(absent)) if absent else ""
    if totals[present].min() < MIN_OF_A_DIGIT:
        return tr("There are too few images of each digit to tell which is hard.") + lacking
    recall = {digit: confusion[digit, digit] / totals[digit] for digit in present}
    worst, best = min(present, key=recall.get), max(present, key=recall.get)
    if recall[worst] == recall[best]:
        return tr("All digits are read equally well: {share}.", share=percent(recall[worst], totals[worst])) + lacking
    return lacking.lstrip() + tr(
        "Hardest is the **{worst}**, misread in {missed} of {total} images ({share} right). Easiest is the {best} "
        "({best_share}).",
        worst=int(worst),
        missed=int(totals[worst] - confusion[worst, worst]),
        total=int(totals[worst]),
        share=percent(recall[worst], totals[worst]),
        best=int(best),
        best_share=percent(recall[best], totals[best]),
    )


def _pairs(confusion: np.ndarray) -> str:
    pairs = confused_pairs(confusion)
    if not pairs:
        return tr("Nothing is confused with anything.")
    named, total = sum(pair.count for pair in pairs[:NAMED_PAIRS]), sum(pair.count for pair in pairs)
    head = tr("The commonest confusions, {named} of all {total} mistakes:", named=named, total=total)
    if named == total:
        head = tr("What is confused:")
    return "\n".join([head, "", *(_line(pair) for pair in pairs[:NAMED_PAIRS])]) + _refused(confusion)


def _line(pair: Pair) -> str:
    words = {"true": with_article(pair.true), "read": with_article(pair.read), "times": times(pair.count)}
    reason = _reason(pair.true, pair.read)
    return tr("- {true} read as {read}: {times}", **words) + (f" ({reason})" if reason else "")


def _refused(confusion: np.ndarray) -> str:
    refused = int(confusion[:NO_DIGIT, NO_DIGIT:].sum())
    if not refused:
        return ""
    return "\n\n" + tr(
        "Taken for no digit at all: {refused}. In use such writing is left out rather than read wrong.", refused=refused
    )


def _trust(scores: Scores, probabilities: np.ndarray) -> str:
    confidence, count = float(probabilities.max(axis=1).mean()), scores.count
    text = tr(
        "The mean confidence is {confidence}, the accuracy {accuracy}; the expected calibration error (ECE), the mean "
        "gap between the two along the curve, is {error}. ",
        confidence=percent(confidence, count),
        accuracy=percent(scores.accuracy, count),
        error=percent(scores.calibration_error, count),
    )
    if count < MIN_IMAGES:
        return text + tr("So few images cannot tell whether the confidence may be believed.")
    if scores.calibration_error < MAX_CALIBRATION_ERROR:
        return text + tr("The confidence may be taken at its word.")
    if confidence > scores.accuracy:
        return text + tr("The network is surer of itself than it has reason to be: do not rely on its confidence here.")
    return text + tr("The network is better than it thinks: do not rely on its confidence here.")


def _doubt(probabilities: np.ndarray, labels: np.ndarray) -> str:
    """Say what is won by asking a person to look at the readings below some confidence."""
    confidence, is_right = probabilities.max(axis=1), probabilities.argmax(axis=1) == labels
    if is_right.all() or len(labels) < MIN_IMAGES:
        return tr("The least sure reading has a confidence of {share:.1%}.", share=float(confidence.min()))
    unsure = np.argsort(confidence, kind="stable")[: max(1, len(labels) // 100)]
    rest = (is_right.sum() - is_right[unsure].sum()) / max(1, len(labels) - len(unsure))
    return tr(
        "If a person looked at the hundredth that the network is least sure of (images: {looked}, confidence up to "
        "{sure:.0%}), {caught} of {mistakes} would be found, and of the rest {rest:.2%} are right.",
        looked=len(unsure),
        sure=float(confidence[unsure[-1]]),
        caught=int((~is_right[unsure]).sum()),
        mistakes=counted(int((~is_right).sum())),
        rest=float(rest),
    )
