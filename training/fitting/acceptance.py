"""Decides whether a network that learnt one's own digits may replace the old one: it must gain, and lose nothing."""

from __future__ import annotations

from dataclasses import asdict, dataclass

import numpy as np

from capture.language import format_number, tr
from capture.read.decision import USUAL_SHARE
from model.classifier import ASSUMED_DIGITS, NO_DIGIT, Classify, with_share
from model.errors import DigitsError
from training.datasets.labelled import Labelled
from training.plots.style import class_name
from training.results import table

MAX_LOST = 0.001  # of MNIST's test images: ten of 10,000, what two trainings from different seeds differ by
MAX_CLUTTER = 0.005  # of what is no digit: newly taken for digits, one in two hundred; pages hold dozens of such pieces
ROUNDING = 1e-9


class AcceptanceError(DigitsError):
    """The new network is not to be installed."""


@dataclass(frozen=True)
class Verdict:
    """How well the network read before, and how well the new one does.

    Attributes:
        own_count: own digits.
        own_before: how many of them the network read as the user says.
        own_after: how many of them networks read that had not been trained on them.
        mnist_count: MNIST test images.
        mnist_before: the share read right, 0 to 1.
        mnist_after: the same with the new network.
        clutter_count: letters, signs and blots that no network had learnt from.
        clutter_before: the share of them that the former network takes for digits, 0 to 1.
        clutter_after: the same with the new network.
    """

    own_count: int
    own_before: int
    own_after: int
    mnist_count: int
    mnist_before: float
    mnist_after: float
    clutter_count: int
    clutter_before: float
    clutter_after: float

    @property
    def problem(self) -> str:
        """What speaks against the new network, in a line; "" for nothing."""
        if self.mnist_before - self.mnist_after > MAX_LOST + ROUNDING:
            return tr(
                "MNIST test: {before:.2%} before, {after:.2%} after: more than {lost:.1f} points lost; keep more "
                "digits, of all ten kinds",
                before=self.mnist_before,
                after=self.mnist_after,
                lost=100 * MAX_LOST,
            )
        if self.clutter_after - self.clutter_before > MAX_CLUTTER + ROUNDING:
            return tr(
                "letters, signs and blots: {before:.1%} taken for digits before, {after:.1%} after, more than "
                "{most:.1f} points above: your digits look like letters",
                before=self.clutter_before,
                after=self.clutter_after,
                most=100 * MAX_CLUTTER,
            )
        if self.own_after <= self.own_before:
            return tr(
                "own digits: {before} of {count} right before, {after} after: no better; keep more of those that are "
                "read wrong",
                before=self.own_before,
                count=self.own_count,
                after=self.own_after,
            )
        return ""

    @property
    def judgement(self) -> str:
        """Whether the new network may be installed, in a line."""
        if self.problem:
            return tr("Not to be installed: {problem}.", problem=self.problem)
        return tr("Better: it may be installed.")

    def check(self) -> None:
        """Raise AcceptanceError when the new network must not take the old one's place."""
        if self.problem:
            raise AcceptanceError("not installed, the network stays as it was: {problem}", problem=self.problem)

    def table(self) -> str:
        """Write before and after as Markdown."""
        own = [format_number(right / self.own_count, ".1%") for right in (self.own_before, self.own_after)]
        mnist = [format_number(share, ".2%") for share in (self.mnist_before, self.mnist_after)]
        clutter = [format_number(1 - share, ".2%") for share in (self.clutter_before, self.clutter_after)]
        rows = [
            (tr("own digits (see below)"), self.own_count, *own),
            (tr("MNIST test"), format_number(self.mnist_count, ","), *mnist),
            (tr("letters, signs and blots, left alone"), format_number(self.clutter_count, ","), *clutter),
        ]
        return table((tr("read right"), tr("pictures"), tr("before"), tr("after")), rows)

    def as_dict(self) -> dict[str, float]:
        """Give the figures, for a report."""
        return asdict(self)


@dataclass(frozen=True)
class BeforeAfter:
    """Own digits, and what networks read in them, before and after they were learnt.

    Attributes:
        own: glyphs with their true labels.
        before: (n, classes) probabilities of the network as it was.
        after: (n, 11) of networks that had not been trained on the digit in question.
    """

    own: Labelled
    before: np.ndarray
    after: np.ndarray

    @property
    def was_right(self) -> np.ndarray:
        """Whether each digit was read right before: (n,) bool."""
        return _read(self.before) == self.own.y

    @property
    def is_right(self) -> np.ndarray:
        """Whether each digit is read right after: (n,) bool."""
        return _read(self.after) == self.own.y

    def judge(self, mnist: Labelled, clutter: np.ndarray, former: Classify, new: Classify) -> Verdict:
        """Compare before and after, by the networks as the camera loads them.

        Args:
            mnist: its test images.
            clutter: (n, 28, 28) glyphs that are no digit.
            former: the network as it was.
            new: the one that may take its place.
        """
        read = [np.mean(one(mnist.x).argmax(axis=1) == mnist.y) for one in (former, new)]
        taken = [np.mean(taken_for_digits(one(clutter), ASSUMED_DIGITS)) for one in (former, new)]
        return Verdict(
            own_count=len(self.own),
            own_before=int(self.was_right.sum()),
            own_after=int(self.is_right.sum()),
            mnist_count=len(mnist),
            mnist_before=float(read[0]),
            mnist_after=float(read[1]),
            clutter_count=len(clutter),
            clutter_before=float(taken[0]),
            clutter_after=float(taken[1]),
        )

    def explained(self, parts: int, share: float) -> str:
        """Say what the figures rest on.

        Args:
            parts: of the own digits, each read by a network that was trained on the others.
            share: of the new weights in the network, 0 to 1; the rest are the former ones.
        """
        labels, counts = np.unique(self.own.y, return_counts=True)
        each = (tr("{count} of {digit}", count=c, digit=class_name(d)) for d, c in zip(labels, counts, strict=True))
        return tr(
            "Own digits: {counts}. Each was read by a network that had not been trained on it, nor on another picture "
            "of the same ink ({parts} parts, each left out in turn), with the share of digits that the camera takes "
            "for granted. Where mostly misread digits were kept, these shares are not how well the camera reads you."
            "\n\nThe network is a mean of the former weights and the new ones: {share:.0%} of the new, the largest "
            "share that costs at most {lost:.1f} points of the digits held out, and takes at most {clutter:.1f} points "
            "of letters, signs and blots held out newly for digits.",
            counts=", ".join(each),
            parts=parts,
            share=share,
            lost=100 * MAX_LOST,
            clutter=100 * MAX_CLUTTER,
        )


def _read(probabilities: np.ndarray) -> np.ndarray:
    """Read (n,): 0 to 9, or `NO_DIGIT` for whatever is none; own digits are kept without the names of signs."""
    return np.minimum(probabilities.argmax(axis=1), NO_DIGIT)


def taken_for_digits(probabilities: np.ndarray, assumed: float) -> np.ndarray:
    """Mark what is more likely a digit than not, on a page with the usual share of digits: (n,) bool.

    Args:
        probabilities: (n, classes).
        assumed: the share of digits that they take for granted, 0 to 1.
    """
    return with_share(probabilities, USUAL_SHARE, assumed)[:, :NO_DIGIT].sum(axis=1) > 0.5
