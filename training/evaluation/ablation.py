"""Trains the same network with and without each means against overfitting, and measures what each is worth."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import keras
import numpy as np
from keras import Model, Sequential, layers

from capture.language import format_number, tr
from model.classifier import CLASSES
from model.glyph import SIDE
from model.network import NORM_MOMENTUM, PIXEL_SCALE
from training.datasets.mnist import DigitImages, Examples, Labelled
from training.evaluation.metrics import predict
from training.evaluation.rows import collect
from training.evaluation.summary import set_name
from training.fitting.config import TrainConfig
from training.results import table
from training.synthesis.recipes import plain

ARCH = "cnn_small"  # the network that the course writes out; a deeper one takes hours for all variants
ALL, NONE = "all", "none"
MEANS = ("dropout", "weight decay", "batch normalisation", "augmentation", "early stopping")
VARIANTS = (ALL, *(f"no {means}" for means in MEANS), NONE)
ROWS_FILE = "ablation_rows.json"
RATE = 1e-3  # of the steps, all along: a network without batch normalisation bears no more
MEASURED = 5000  # training images on which the training accuracy is measured, as they are: known to 0.1 points


@dataclass(frozen=True)
class Ablation:
    """What the network reached without one means.

    Attributes:
        name: one of `VARIANTS`.
        accuracy: share read right on each test set, 0 to 1, by the set's name.
        training: share of the training images read right afterwards, as they are, 0 to 1.
        validation: share of the held-out images read right, 0 to 1.
        epochs: passes over the examples.
        training_s: seconds of learning.
    """

    name: str
    accuracy: dict[str, float]
    training: float
    validation: float
    epochs: int
    training_s: float

    @property
    def gap(self) -> float:
        """How much better what it learnt from is read than what was held out: overfitting, in shares."""
        return self.training - self.validation


class VariedEachEpoch(keras.utils.PyDataset):
    """Batches of examples that `epoch_arrays` draws anew for every epoch."""

    def __init__(self, examples: Examples, batch_size: int) -> None:
        super().__init__()
        self._draw, self._batch_size, self._epoch = examples.epoch_arrays, batch_size, 0
        self.on_epoch_end()

    def __len__(self) -> int:
        return math.ceil(len(self._x) / self._batch_size)

    def __getitem__(self, index: int) -> tuple[np.ndarray, np.ndarray]:
        chosen = self._order[index * self._batch_size : (index + 1) * self._batch_size]
        return self._x[chosen, ..., None], self._y[chosen]

    def on_epoch_end(self) -> None:
        """Draws and shuffles the next epoch's examples."""
        self._x, self._y = self._draw(self._epoch)
        self._order = np.random.default_rng(self._epoch).permutation(len(self._x))
        self._epoch += 1


def ablate(config: TrainConfig, images: DigitImages, tests: Mapping[str, Labelled], folder: Path) -> list[Ablation]:
    """Trains and tests every variant that has no row in `folder` yet.

    Args:
        config: how the network is trained with all means.
        images: the data set.
        tests: glyphs to test on, by name.
        folder: keeps the rows, so that an interrupted comparison goes on.

    Raises:
        CompareError: the rows in `folder` were made with other settings.
    """
    config = replace(config, arch=ARCH)
    settings = asdict(config) | {"tests": list(tests)}
    return collect(VARIANTS, lambda name: _measure(name, config, images, tests), folder / ROWS_FILE, settings, Ablation)


def _measure(name: str, config: TrainConfig, images: DigitImages, tests: Mapping[str, Labelled]) -> Ablation:
    print(f"{name}:", flush=True)
    has = {means: name not in (NONE, f"no {means}") for means in MEANS}
    examples = plain(replace(config, is_augmented=has["augmentation"]), images)
    start_s = time.perf_counter()
    network, epochs = _train(has, config, examples)
    training_s = time.perf_counter() - start_s
    learnt_from = Labelled(*plain(replace(config, is_augmented=False), images).epoch_arrays(0)).take(MEASURED)
    share = _accuracy_of(network)
    accuracy = {test: share(glyphs) for test, glyphs in tests.items()}
    return Ablation(name, accuracy, share(learnt_from), share(examples.validation), epochs, training_s)


def build(dropout: float, is_normalised: bool) -> Sequential:
    """Builds `cnn_small` with or without batch normalisation after each convolution; untrained.

    Args:
        dropout: share of features hidden at random while training, 0 to 1.
        is_normalised: whether the convolutions' outputs are normalised batch by batch.
    """
    convolutions = []
    for width in (32, 64):
        norm = [layers.BatchNormalization(momentum=NORM_MOMENTUM)] if is_normalised else []
        convolutions += [layers.Conv2D(width, 3), *norm, layers.ReLU(), layers.MaxPooling2D(2)]
    return Sequential(
        [
            layers.Input((SIDE, SIDE, 1)),
            layers.Rescaling(PIXEL_SCALE),
            *convolutions,
            layers.Flatten(),
            layers.Dropout(dropout),
            layers.Dense(128, activation="relu"),
            layers.Dense(CLASSES, activation="softmax"),
        ]
    )


def _train(has: Mapping[str, bool], config: TrainConfig, examples: Examples) -> tuple[Model, int]:
    """Trains one variant in Keras' own way; gives it and the number of epochs."""
    keras.utils.set_random_seed(config.seed)
    network = build(config.dropout if has["dropout"] else 0.0, has["batch normalisation"])
    decay = config.weight_decay if has["weight decay"] else 0.0
    network.compile(
        keras.optimizers.AdamW(RATE, weight_decay=decay),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
        jit_compile=False,  # XLA's convolutions on a CPU take twice the time, and one core only
    )
    stopping = keras.callbacks.EarlyStopping("val_loss", patience=config.patience, restore_best_weights=True)
    history = network.fit(
        VariedEachEpoch(examples, config.batch_size),
        epochs=config.epochs,
        validation_data=(examples.validation.x[..., None], examples.validation.y),
        callbacks=[stopping] if has["early stopping"] else [],
        verbose=2,
    )
    return network, len(history.epoch)


def describe(rows: Sequence[Ablation], config: TrainConfig) -> str:
    """A table of all variants, and what the figures say; Markdown."""
    tests = list(rows[0].accuracy)
    head = [
        tr("variant"),
        *map(set_name, tests),
        tr("training"),
        tr("held out"),
        tr("gap (points)"),
        tr("epochs"),
        tr("time (s)"),
    ]
    cells = [
        [
            variant_name(row.name),
            *(format_number(row.accuracy[test], ".2%") for test in tests),
            format_number(row.training, ".2%"),
            format_number(row.validation, ".2%"),
            format_number(100 * row.gap, "+.2f"),
            str(row.epochs),
            format_number(row.training_s, ",.0f"),
        ]
        for row in rows
    ]
    settings = tr(
        "The network {arch}, {epochs} epochs at most, seed {seed}, training images: {limit}. Training: images it "
        "learnt from, as they are; held out: images that decide when to stop; gap: the difference, overfitting.",
        arch=ARCH,
        epochs=config.epochs,
        seed=config.seed,
        limit=config.limit or tr("all"),
    )
    return "\n\n".join([settings, table(head, cells), _comment(rows)])


def variant_name(name: str) -> str:
    """How a variant is called in tables and pictures."""
    return {
        ALL: tr("with all of them"),
        NONE: tr("with none of them"),
        "no dropout": tr("without dropout"),
        "no weight decay": tr("without weight decay"),
        "no batch normalisation": tr("without batch normalisation"),
        "no augmentation": tr("without augmentation"),
        "no early stopping": tr("without early stopping"),
    }[name]


def _comment(rows: Sequence[Ablation]) -> str:
    """What the removal of each means costs, test by test; only what is more than chance."""
    by_name = {row.name: row for row in rows}
    whole, bare, single = by_name[ALL], by_name[NONE], [row for row in rows if row.name not in (ALL, NONE)]
    lines = []
    for test, accuracy in whole.accuracy.items():
        worst = min(single, key=lambda row: row.accuracy[test])
        lines.append(
            tr(
                "- {test}: {share:.2%} with all of them, {bare:.2%} with none. It loses most {worst}: {lost:+.2f} "
                "points.",
                test=set_name(test),
                share=accuracy,
                bare=bare.accuracy[test],
                worst=variant_name(worst.name),
                lost=100 * (worst.accuracy[test] - accuracy),
            )
        )
    widest = max(single, key=lambda row: row.gap)
    lines.append(
        tr(
            "- Overfitting: the gap is {gap:+.2f} points with all of them, {bare:+.2f} with none; of the single ones "
            "it grows most {widest} ({wide:+.2f}).",
            gap=100 * whole.gap,
            bare=100 * bare.gap,
            widest=variant_name(widest.name),
            wide=100 * widest.gap,
        )
    )
    caution = tr("Differences of a few tenths of a point are chance: another seed gives others.")
    return "\n".join(lines) + f"\n\n{caution}"


def _accuracy_of(network: Model) -> Callable[[Labelled], float]:
    return lambda glyphs: float((predict(network, glyphs).argmax(axis=1) == glyphs.y).mean())
