"""Goes on training a finished network with a few own digits, beside many others on which it must not change its mind.

Only the layers behind the last feature map learn. What comes before was shaped by a million examples and sees a new
hand's strokes as well as any; it runs once over every example, so the rest takes seconds.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import keras
import numpy as np
from keras import Model, optimizers

from model.classifier import ASSUMED_DIGITS, CLASSES
from model.errors import first_line
from model.network import build_network, favour_digits
from training.datasets.corrections import vary
from training.datasets.mnist import Labelled
from training.evaluation.metrics import PREDICT_BATCH
from training.fitting.checkpoint import RunError
from training.fitting.fit import carry_over, smooth
from training.synthesis.mixture import Shares, draw_examples
from training.synthesis.writers import Material

OWN_SHARE = 0.08  # of the examples: more and the others are forgotten, less and the own ones are not learnt
BATCH_SIZE = 128
LABEL_SMOOTHING = 0.02  # as in the first training
MIX = Shares()
NO_DIGITS = Shares(mnist=0, pen=0, person=0, own=0, face=0, scene=0, sign=1, nothing=1)
CURVES = ("loss", "accuracy", "val_loss", "val_accuracy")
BRIDGE = "flatten"  # the layer between what stays and what learns; every architecture has it


@dataclass(frozen=True)
class Tuning:
    """How a network is tuned.

    Attributes:
        epochs: passes over the rehearsal and the own digits, varied many times.
        rate: the steps' size at first; it falls to 0 along a cosine.
        seed: of all chance.
    """

    epochs: int = 4
    rate: float = 1e-3
    seed: int = 0


@dataclass(frozen=True)
class Rehearsal:
    """What the network knows already, shown again beside the new.

    The network's own answers are the targets: it is to stay as it is there (Li and Hoiem 2016, "Learning without
    Forgetting"). Its mistakes stay, too, but nothing that it can do gets lost.

    Attributes:
        features: (n, f) float32, the glyphs as the layers that stay give them on.
        answers: (n, classes) float32, the network's own probabilities.
        digit_share: the share of digits, 0 to 1, that the answers take for granted.
    """

    features: np.ndarray
    answers: np.ndarray
    digit_share: float


def draw_rehearsal(material: Material, count: int, seed: int, shares: Shares = MIX) -> Labelled:
    """Draws about `count` glyphs, by default in the mix of the shipped recipe, with the likeliest label of each."""
    mix = shares.scaled(count / sum(vars(shares).values()))
    glyphs, targets = draw_examples(material, mix, np.random.default_rng([seed, count]))
    return Labelled(glyphs, targets.argmax(axis=1))


def rehearse(start: Path, known: Labelled, digit_share: float) -> Rehearsal:
    """Runs a finished network over what it knows, taking `digit_share` for granted, 0 to 1."""
    trunk, head, _ = open_network(start, digit_share)
    features = features_of(trunk, known.x)
    return Rehearsal(features, head.predict(features, batch_size=PREDICT_BATCH, verbose=0), digit_share)


def open_network(file: Path, digit_share: float) -> tuple[Model, Model, Model]:
    """Loads a finished `digits.keras`: the layers that stay, those that learn, and both as one, on the same weights.

    Finishing made it take nearly everything for a digit; here it takes `digit_share` for granted again.

    Raises:
        RunError: the file is damaged, or holds a network of another kind.
    """
    try:
        network = _with_every_class(keras.saving.load_model(file, compile=False))
        bridge = network.get_layer(BRIDGE).output
    except Exception as error:  # a damaged file fails in Keras, HDF5, zip and JSON in many ways
        raise RunError(
            "{file}: cannot be gone on from ({error}); give the digits.keras of a run",
            file=file,
            error=first_line(error),
        ) from error
    favour_digits(network, trained=ASSUMED_DIGITS, assumed=digit_share)
    return Model(network.inputs, bridge), head_of(network), network


def head_of(network: Model) -> Model:
    """The layers that learn, on the network's own weights."""
    return Model(network.get_layer(BRIDGE).output, network.outputs)


def _with_every_class(trained: Model) -> Model:
    """The network itself, or where it is of former times one that knows the signs by name, too."""
    if trained.output_shape[-1] == CLASSES:
        return trained
    network = build_network(trained.name)
    carry_over(trained, network)
    return network


def fine_tune(
    start: Path, own: Labelled, rehearsal: Rehearsal, tuning: Tuning, validation: Labelled | None = None
) -> tuple[Model, list[dict[str, float]]]:
    """Trains a finished network a little further.

    Args:
        start: its `digits.keras`.
        own: the digits to learn.
        rehearsal: what must not be forgotten, as `rehearse` gives it for the same network.
        tuning: how long and how fast.
        validation: scored after every epoch, for the learning curves; nothing is decided by it.

    Returns:
        The network, which takes `rehearsal.digit_share` for granted, and a row of loss and accuracy an epoch.
    """
    keras.utils.set_random_seed(tuning.seed)
    trunk, head, network = open_network(start, rehearsal.digit_share)
    x, y = _examples(trunk, own, rehearsal, tuning.seed)
    steps = tuning.epochs * -(-len(x) // BATCH_SIZE)
    head.compile(
        optimizers.Adam(optimizers.schedules.CosineDecay(tuning.rate, steps)),
        loss="categorical_crossentropy",
        metrics=["accuracy"],
    )
    asked = (features_of(trunk, validation.x), smooth(validation.y, 0.0)) if validation else None
    trained = head.fit(x, y, batch_size=BATCH_SIZE, epochs=tuning.epochs, validation_data=asked, verbose=0)
    columns = {name: values for name, values in trained.history.items() if name in CURVES}
    return network, [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def _examples(trunk: Model, own: Labelled, rehearsal: Rehearsal, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Features and targets: the rehearsal's, and those of the own digits, varied many times over."""
    count = round(len(rehearsal.features) * OWN_SHARE / (1 - OWN_SHARE))
    varied = vary(own, count, np.random.default_rng(seed))
    x = np.concatenate([rehearsal.features, features_of(trunk, varied.x)])
    return x, np.concatenate([rehearsal.answers, smooth(varied.y, LABEL_SMOOTHING)])


def features_of(trunk: Model, glyphs: np.ndarray) -> np.ndarray:
    """What the layers that stay make of (n, 28, 28) glyphs: (n, f) float32."""
    return trunk.predict(glyphs[..., None], batch_size=PREDICT_BATCH, verbose=0)
