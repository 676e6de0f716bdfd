"""Decides which candidates are digits: small trained networks over what the network and the page say of each.

Two that make different mistakes, whose log-odds are averaged. Perceptrons see what the network says of a candidate and
what stands around it, and look again knowing what they made of all of them: the belief of one round is the evidence of
the next, as in stacked sequential learning (Cohen and Carvalho 2005). And attention, in which each candidate learns to
look at its neighbours itself. `python train.py decide` trains them; no weight is set by hand.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from capture.read.features import ODDS_SCALE, OWN, TINY, Surroundings, log_odds_of
from capture.read.networks import ATTENTION, DEFAULT_DECISION, Perceptron, attend, load_arrays, load_perceptron
from model.classifier import NO_DIGIT

Decide = Callable[[np.ndarray, np.ndarray, np.ndarray, tuple[int, ...], np.ndarray], np.ndarray]  # as a `Decision` does
USUAL_SHARE = 0.7  # of a page's candidates are digits, as far as is known before they are decided
ROUNDS, LOOK = ("round 0", "round 1"), "attention"  # the names of its parts in the file
BIAS = -1.0  # to the log-odds: drawn pages, which they learn from, hold more digits and fewer traps than real ones


@dataclass(frozen=True)
class Decision:
    """Tells how likely each candidate of a page is a digit.

    Attributes:
        rounds: the first sees what the network says, each further one what the one before made of it.
        attention: weights as `attend` takes them.

    Example:
        >>> decide = load_decision()
        >>> is_digit = decide(probabilities, boxes_px, stroke_widths_px, image.shape)
    """

    rounds: tuple[Perceptron, ...]
    attention: Mapping[str, np.ndarray]

    def __call__(
        self,
        probabilities: np.ndarray,
        boxes: np.ndarray,
        strokes: np.ndarray,
        shape: tuple[int, ...],
        origins: np.ndarray | None = None,
    ) -> np.ndarray:
        """Decide which candidates are digits.

        Args:
            probabilities: (n, C) of the network: digits 0 to 9, "no digit", then any letters and signs.
            boxes: (n, 4) x, y, width, height in px.
            strokes: (n,) stroke widths in px; 0 where not known.
            shape: (height, width, ...) of the picture in px.
            origins: (n, 6) of what each was split, as `Hypothesis` has it; None where none was.

        Returns:
            (n,) float32, 0 to 1.
        """
        if len(boxes) == 0:
            return np.zeros(0, np.float32)
        around = Surroundings(boxes, strokes, shape, origins)
        described = around.describe(probabilities)
        is_digit = self.rounds[0](described)
        for again in self.rounds[1:]:
            is_digit = again(second_look(around, probabilities, is_digit))
        others = attend(self.attention, described[:, :OWN], around.neighbours())
        log_odds = (ODDS_SCALE * log_odds_of(is_digit) + others) / 2
        return (1 + np.tanh((log_odds + BIAS) / 2)) / 2


def second_look(around: Surroundings, probabilities: np.ndarray, is_digit: np.ndarray) -> np.ndarray:
    """Compute (n, F + 1) features of a further round: by what is believed, and what the network said."""
    told = log_odds_of(probabilities[:, :NO_DIGIT].sum(axis=1))
    return np.column_stack([around.describe(with_belief(probabilities, is_digit)), told]).astype(np.float32)


def with_belief(probabilities: np.ndarray, is_digit: np.ndarray) -> np.ndarray:
    """Give (n, C) probabilities others, (n,), of being a digit at all; shares among digits and among the rest stay."""
    belief = np.column_stack([is_digit, 1 - is_digit])
    sums = np.add.reduceat(probabilities, (0, NO_DIGIT), axis=1)
    scale = np.repeat(belief / np.maximum(sums, TINY), (NO_DIGIT, probabilities.shape[1] - NO_DIGIT), axis=1)
    return (probabilities * scale).astype(np.float32)


@cache
def load_decision(path: Path = DEFAULT_DECISION) -> Decision:
    """Load a trained decision.

    Raises:
        WeightsError: the file is missing, damaged or of another form.
    """
    return Decision(tuple(load_perceptron(path, name) for name in ROUNDS), load_arrays(path, LOOK, ATTENTION))
