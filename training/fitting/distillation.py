"""Distils trained networks, the teachers: their answers are a part of the targets that a new network learns.

Distillation (Hinton, Vinyals and Dean 2015, "Distilling the Knowledge in a Neural Network"): an answer tells more than
a label, for it says how like a 7 this 1 looks; and the answers of several networks together are better than any one's.
A network of the same kind taught by its forerunner reads better than it (Furlanello et al. 2018, "Born-Again Neural
Networks").
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from model.classifier import DEFAULT_WEIGHTS, NO_DIGIT, Classifier, with_share
from training.fitting.config import SHIPPED

TRUST = 0.5  # the teachers' part of a target; the rest stays with the label, which they may have missed
BATCH = 512  # glyphs a call: memory, not the result, depends on it

Teach = Callable[[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]


def teacher_files(names: Sequence[str]) -> tuple[Path, ...]:
    """Find the `.tflite` files that `--teacher` names, and look into each.

    Raises:
        WeightsError: a file is missing, or holds no network of ours.
    """
    files = tuple(DEFAULT_WEIGHTS if name == SHIPPED else Path(name) for name in names)
    for file in files:
        Classifier(file)
    return files


def load_teachers(files: Sequence[Path]) -> Teach:
    """Load the teachers: a function that mixes their answers into the (n, classes) targets of (n, 28, 28) glyphs."""
    if not files:
        return leave
    networks = [Classifier(file, threads=1) for file in files]

    def teach(glyphs: np.ndarray, targets: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        share = float(targets[:, :NO_DIGIT].sum(axis=1).mean())  # not what the teachers take for granted
        answers = np.mean([_named(_answers(network, glyphs, share), targets) for network in networks], axis=0)
        return glyphs, ((1 - TRUST) * targets + TRUST * answers).astype(np.float32)

    return teach


def _named(answers: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """Widen a former network's (n, 11) answers to (n, classes): which sign it is, if no digit, only targets can say."""
    missing = targets.shape[1] - answers.shape[1]
    if not missing:
        return answers
    others = targets[:, NO_DIGIT:]
    shares = others / np.maximum(others.sum(axis=1, keepdims=True), np.finfo(np.float32).tiny)
    shares[:, 0] += 1 - shares.sum(axis=1)  # where the label is a digit
    return np.column_stack([answers[:, :NO_DIGIT], answers[:, NO_DIGIT:] * shares])


def leave(glyphs: np.ndarray, targets: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Leave the targets as they are, without a teacher."""
    return glyphs, targets


def _answers(network: Classifier, glyphs: np.ndarray, share: float) -> np.ndarray:
    parts = [network(glyphs[first : first + BATCH]) for first in range(0, len(glyphs), BATCH)]
    return with_share(np.concatenate(parts), share, network.prior)
