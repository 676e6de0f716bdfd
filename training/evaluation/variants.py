"""Trains one network, the course's small CNN, with some of the means against overfitting, and tests it."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache

import keras
import numpy as np
from keras import Model, Sequential, layers

from model.classifier import CLASSES
from model.glyph import SIDE
from model.network import FULL, NORM_MOMENTUM, PIXEL_SCALE, layers_in
from training.datasets.labelled import DigitImages, Examples, Labelled
from training.evaluation.metrics import predict
from training.fitting.config import TrainConfig
from training.synthesis.recipes import plain

ARCH = "cnn_small"  # the network that the course writes out; a deeper one takes hours for all variants
ALL, NONE = "all", "none"
MEANS = ("dropout", "weight decay", "batch normalisation", "augmentation", "early stopping")
VARIANTS = (ALL, *(f"no {means}" for means in MEANS), NONE)
RATE = 1e-3  # of the steps, all along: a network without batch normalisation bears no more
MEASURED = 5000  # training images on which the training accuracy is measured, as they are: known to 0.1 points


@dataclass(frozen=True)
class Trained:
    """What one network reached.

    Attributes:
        name: of the row: its variant and its seed.
        variant: one of `VARIANTS`.
        misread: places of the images that it read wrong, by the test set's name.
        images: how many images each test set has, by its name.
        training: share of the training images read right afterwards, as they are, 0 to 1.
        validation: share of the held-out images read right, 0 to 1.
        gap_error: the standard error of the two shares' difference.
        epochs: passes over the examples.
        training_s: seconds of learning.
    """

    name: str
    variant: str
    misread: dict[str, list[int]]
    images: dict[str, int]
    training: float
    validation: float
    gap_error: float
    epochs: int
    training_s: float


@dataclass(frozen=True)
class Prepared:
    """What all variants of one seed learn from.

    Attributes:
        varied: each image anew every epoch; drawn once, so that every variant sees the same.
        as_they_are: the same images, never varied.
    """

    varied: Examples
    as_they_are: Examples


class FreshEachEpoch(keras.utils.PyDataset):
    """Gives Keras batches: in every epoch another order, and the variations that `epoch_arrays` makes for it."""

    def __init__(self, examples: Examples, batch_size: int) -> None:
        super().__init__()
        self._arrays, self._batch_size = examples.epoch_arrays, batch_size
        self._take_up(0)

    def __len__(self) -> int:
        return math.ceil(len(self._order) / self._batch_size)

    def __getitem__(self, index: int) -> tuple[np.ndarray, np.ndarray]:
        x, y = self._arrays(self._epoch)
        chosen = self._order[index * self._batch_size : (index + 1) * self._batch_size]
        return x[chosen, ..., None], y[chosen]

    def on_epoch_end(self) -> None:
        """Turn to the next epoch."""
        self._take_up(self._epoch + 1)

    def _take_up(self, epoch: int) -> None:
        self._epoch = epoch
        self._order = np.random.default_rng(epoch).permutation(len(self._arrays(0)[0]))


def prepare(config: TrainConfig, images: DigitImages) -> Prepared:
    """Prepare what the variants of one seed share."""
    varied, as_they_are = (plain(replace(config, is_augmented=is_varied), images) for is_varied in (True, False))
    return Prepared(replace(varied, epoch_arrays=cache(varied.epoch_arrays)), as_they_are)


def measure(name: str, variant: str, config: TrainConfig, prepared: Prepared, tests: Mapping[str, Labelled]) -> Trained:
    """Train and test one variant.

    Args:
        name: of the row.
        variant: one of `VARIANTS`.
        config: how the network is trained with all means.
        prepared: the examples.
        tests: glyphs to test on, by name.
    """
    print(f"{name}:", flush=True)
    has = {means: variant not in (NONE, f"no {means}") for means in MEANS}
    start_s = time.perf_counter()
    network, epochs = _train(has, config, prepared.varied if has["augmentation"] else prepared.as_they_are)
    training_s = time.perf_counter() - start_s
    is_right = _reader(network)
    learnt = is_right(Labelled(*prepared.as_they_are.epoch_arrays(0)).take(MEASURED))
    held_out = is_right(prepared.varied.validation)
    return Trained(
        name,
        variant,
        misread={test: np.flatnonzero(~is_right(glyphs)).tolist() for test, glyphs in tests.items()},
        images={test: len(glyphs) for test, glyphs in tests.items()},
        training=float(learnt.mean()),
        validation=float(held_out.mean()),
        gap_error=float(math.hypot(*(np.std(part) / math.sqrt(len(part)) for part in (learnt, held_out)))),
        epochs=epochs,
        training_s=training_s,
    )


def build(dropout: float, is_normalised: bool, precision: str = FULL) -> Sequential:
    """Build `cnn_small` with or without batch normalisation of each convolution; untrained.

    Pooling comes first: the greatest of four values stays the greatest behind a ReLU, and a quarter of them is
    normalised in a quarter of the time.

    Args:
        dropout: share of features hidden at random while training, 0 to 1.
        is_normalised: whether the convolutions' outputs are normalised batch by batch.
        precision: as `model.network.build_network` takes it.
    """
    with layers_in(precision):
        convolutions = []
        for width in (32, 64):
            norm = [layers.BatchNormalization(momentum=NORM_MOMENTUM)] if is_normalised else []
            convolutions += [layers.Conv2D(width, 3), layers.MaxPooling2D(2), *norm, layers.ReLU()]
        body = [layers.Rescaling(PIXEL_SCALE), *convolutions, layers.Flatten(), layers.Dropout(dropout)]
        hidden = layers.Dense(128, activation="relu")
    return Sequential(
        [layers.Input((SIDE, SIDE, 1)), *body, hidden, layers.Dense(CLASSES, activation="softmax", dtype=FULL)]
    )


def _train(has: Mapping[str, bool], config: TrainConfig, examples: Examples) -> tuple[Model, int]:
    """Train one variant in Keras' own way; return it and the number of epochs."""
    keras.utils.set_random_seed(config.seed)
    network = build(config.dropout if has["dropout"] else 0.0, has["batch normalisation"], config.precision)
    decay = config.weight_decay if has["weight decay"] else 0.0
    network.compile(
        keras.optimizers.AdamW(RATE, weight_decay=decay),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
        jit_compile=False,  # XLA's convolutions on a CPU take twice the time, and one core only
    )
    stopping = keras.callbacks.EarlyStopping("val_loss", patience=config.patience, restore_best_weights=True)
    history = network.fit(
        FreshEachEpoch(examples, config.batch_size),
        epochs=config.epochs,
        validation_data=(examples.validation.x[..., None], examples.validation.y),
        callbacks=[stopping] if has["early stopping"] else [],
        verbose=2,
    )
    return network, len(history.epoch)


def _reader(network: Model) -> Callable[[Labelled], np.ndarray]:
    return lambda glyphs: predict(network, glyphs).argmax(axis=1) == glyphs.y
