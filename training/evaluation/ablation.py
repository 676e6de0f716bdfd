"""Compares the same network with and without each means against overfitting: what each is worth, and how surely."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cache
from pathlib import Path

import numpy as np

from training.datasets.labelled import DigitImages, Labelled
from training.evaluation.ablation_summary import comment, settings_of, table_of
from training.evaluation.rows import collect
from training.evaluation.variants import ALL, ARCH, VARIANTS, Trained, measure, prepare
from training.fitting.config import TrainConfig

ROWS_FILE = "ablation_rows.json"
PATIENCE = 2  # epochs without a better validation loss before early stopping ends a training; the runs are short


@dataclass(frozen=True)
class Ablation:
    """What networks reached without one means: the mean of one network or more, each from another seed.

    Attributes:
        name: one of `VARIANTS`.
        accuracy: share read right on each test set, 0 to 1, by the set's name.
        change: how much that is above the networks' with all means, in shares.
        error: the standard error of that change, in shares.
        training: share of the training images read right afterwards, as they are, 0 to 1.
        validation: share of the held-out images read right, 0 to 1.
        gap_error: the standard error of the two shares' difference.
        epochs: passes over the examples.
        training_s: seconds of learning.
    """

    name: str
    accuracy: dict[str, float]
    change: dict[str, float]
    error: dict[str, float]
    training: float
    validation: float
    gap_error: float
    epochs: float
    training_s: float

    @property
    def gap(self) -> float:
        """How much better what it learnt from is read than what was held out: overfitting, in shares."""
        return self.training - self.validation


def ablate(
    config: TrainConfig, images: DigitImages, tests: Mapping[str, Labelled], folder: Path, repeats: int = 1
) -> list[Ablation]:
    """Train and test every variant that has no row in `folder` yet.

    Args:
        config: how the network is trained with all means.
        images: the data set.
        tests: glyphs to test on, by name.
        folder: keeps the rows, so that an interrupted comparison goes on.
        repeats: networks of each variant, from `config.seed` on.

    Raises:
        CompareError: the rows in `folder` were made with other settings.
    """
    config = replace(config, arch=ARCH, patience=PATIENCE)
    settings = asdict(config) | {"tests": list(tests)}
    seeds = range(config.seed, config.seed + repeats)
    wanted = {f"{variant}, seed {seed}": (variant, seed) for seed in seeds for variant in VARIANTS}
    prepared = cache(lambda seed: prepare(replace(config, seed=seed), images))

    def measure_one(name: str) -> Trained:
        variant, seed = wanted[name]
        return measure(name, variant, replace(config, seed=seed), prepared(seed), tests)

    return summarise(collect(list(wanted), measure_one, folder / ROWS_FILE, settings, Trained))


def describe(rows: Sequence[Ablation], config: TrainConfig, repeats: int = 1) -> str:
    """Write a table of all variants, and what the figures say; Markdown."""
    return "\n\n".join([settings_of(config, repeats), table_of(rows), comment(rows, config, repeats)])


def summarise(networks: Sequence[Trained]) -> list[Ablation]:
    """Average each variant's networks, and compute how sure its distance from those with all means is.

    Two things make such a distance uncertain: the test holds these images and no others, and each training has its own
    chance. The standard error is that of the paired differences, image by image (McNemar 1947), or that of the
    networks of a variant among each other where there are several and it is larger.
    """
    by_variant = {variant: [one for one in networks if one.variant == variant] for variant in VARIANTS}
    by_variant = {variant: some for variant, some in by_variant.items() if some}
    right = {variant: {test: _right(some, test) for test in some[0].images} for variant, some in by_variant.items()}
    spread = {test: _spread([scores[test] for scores in right.values()]) for test in right[ALL]}
    return [_mean_of(variant, some, right, spread) for variant, some in by_variant.items()]


def _right(networks: Sequence[Trained], test: str) -> np.ndarray:
    """Mark what each read right: (networks, images) bool."""
    right = np.ones((len(networks), networks[0].images[test]), bool)
    for row, one in zip(right, networks, strict=True):
        row[one.misread[test]] = False
    return right


def _spread(scores: Sequence[np.ndarray]) -> float:
    """Compute the standard deviation of the accuracy of networks that differ only in their seed; 0 for single ones.

    Args:
        scores: (networks, images) of each variant.
    """
    variances = [np.var(one.mean(axis=1), ddof=1) for one in scores if len(one) > 1]
    return math.sqrt(np.mean(variances)) if variances else 0.0


def _mean_of(variant: str, networks: Sequence[Trained], right: Mapping, spread: Mapping[str, float]) -> Ablation:
    change = {test: mine.mean(axis=0) - right[ALL][test].mean(axis=0) for test, mine in right[variant].items()}
    images = {test: float(np.std(each) / math.sqrt(len(each))) for test, each in change.items()}
    both = {test: 1 / len(mine) + 1 / len(right[ALL][test]) for test, mine in right[variant].items()}
    chance = {test: spread[test] * math.sqrt(both[test]) for test in spread}
    return Ablation(
        variant,
        accuracy={test: float(mine.mean()) for test, mine in right[variant].items()},
        change={test: float(each.mean()) for test, each in change.items()},
        error={test: max(images[test], chance[test]) if variant != ALL else 0.0 for test in change},
        training=float(np.mean([one.training for one in networks])),
        validation=float(np.mean([one.validation for one in networks])),
        gap_error=float(np.mean([one.gap_error for one in networks])),
        epochs=float(np.mean([one.epochs for one in networks])),
        training_s=float(np.mean([one.training_s for one in networks])),
    )
