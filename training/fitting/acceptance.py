"""Whether a network that learnt one's own digits may take the old one's place: it must gain there and lose nowhere."""

from __future__ import annotations

from dataclasses import asdict, dataclass

import numpy as np

from capture.language import format_number, tr
from model.classifier import NO_DIGIT, Classify
from model.errors import DigitsError
from training.datasets.mnist import Labelled
from training.results import table

MOST_LOST = 0.001  # of MNIST's test images: ten of 10,000, what two trainings from different seeds differ by
ROUNDING = 1e-9


class GuardError(DigitsError):
    """The new network is not to be installed."""


@dataclass(frozen=True)
class Verdict:
    """Before and after.

    Attributes:
        own_count: own digits.
        own_before: how many of them the network read as the user says.
        own_after: how many of them networks read that had not been trained on them.
        mnist_count: MNIST test images.
        mnist_before: the share read right, 0 to 1.
        mnist_after: the same with the new network.
    """

    own_count: int
    own_before: int
    own_after: int
    mnist_count: int
    mnist_before: float
    mnist_after: float

    @property
    def problem(self) -> str:
        """What speaks against the new network, in a line; "" for nothing."""
        if self.mnist_before - self.mnist_after > MOST_LOST + ROUNDING:
            return tr(
                "MNIST test: {before:.2%} before, {after:.2%} after: more than {lost:.1f} points lost; keep more "
                "digits, of all ten kinds",
                before=self.mnist_before,
                after=self.mnist_after,
                lost=100 * MOST_LOST,
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

    def check(self) -> None:
        """Raises GuardError when the new network must not take the old one's place."""
        if self.problem:
            raise GuardError("not installed, the network stays as it was: {problem}", problem=self.problem)

    def table(self) -> str:
        """Before and after as Markdown."""
        own = [format_number(right / self.own_count, ".1%") for right in (self.own_before, self.own_after)]
        mnist = [format_number(share, ".2%") for share in (self.mnist_before, self.mnist_after)]
        rows = [
            (tr("own digits (see below)"), self.own_count, *own),
            (tr("MNIST test"), format_number(self.mnist_count, ","), *mnist),
        ]
        return table((tr("read right"), tr("digits"), tr("before"), tr("after")), rows)

    def as_dict(self) -> dict[str, float]:
        """The figures, for a report."""
        return asdict(self)


@dataclass(frozen=True)
class Asked:
    """Own digits, and what networks read in them.

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
        """(n,) bool."""
        return _read(self.before) == self.own.y

    @property
    def is_right(self) -> np.ndarray:
        """(n,) bool."""
        return _read(self.after) == self.own.y

    def judge(self, mnist: Labelled, former: Classify, mnist_after: float) -> Verdict:
        """Before and after; on MNIST by the former network as the camera loads it, and by what the new one reached."""
        return Verdict(
            own_count=len(self.own),
            own_before=int(self.was_right.sum()),
            own_after=int(self.is_right.sum()),
            mnist_count=len(mnist),
            mnist_before=float((former(mnist.x).argmax(axis=1) == mnist.y).mean()),
            mnist_after=mnist_after,
        )


def _read(probabilities: np.ndarray) -> np.ndarray:
    """What is read, (n,): 0 to 9, or `NO_DIGIT` for whatever is none; who kept own digits did not name the signs."""
    return np.minimum(probabilities.argmax(axis=1), NO_DIGIT)
