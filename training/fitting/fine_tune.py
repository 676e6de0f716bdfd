"""Goes on training a finished network with a few own digits, beside many others on which it must not change its mind.

Only the layers behind the last feature map learn. What comes before was shaped by a million examples and sees a new
hand's strokes as well as any; it runs once over every example, so the rest takes seconds.

Beside the own digits the network's former logits are kept, not its probabilities: where it is nearly sure that
something is no digit, a hundred times less sure is hardly another probability, but another page's reading. They are
kept without dropout, whose noise would be learnt as a shift.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import keras
import numpy as np
from keras import KerasTensor, Model, layers, ops, optimizers

from model.classifier import ASSUMED_DIGITS, CLASSES
from model.errors import first_line
from model.network import LOGITS, build_network, favour_digits
from training.datasets.corrections import vary
from training.datasets.labelled import Labelled
from training.evaluation.metrics import PREDICT_BATCH
from training.fitting.checkpoint import RunError
from training.fitting.fit import carry_over, smooth
from training.synthesis.mixture import Shares, draw_examples
from training.synthesis.writers import Material

OWN_SHARE = 0.08  # of the examples: more and the others are forgotten, less and the own ones are not learnt
BATCH_SIZE = 128
LABEL_SMOOTHING = 0.02  # as in the first training
MIX = Shares()
NONE = Shares(**dict.fromkeys(vars(MIX), 0))
NO_DIGITS, SCENES = replace(NONE, sign=1, nothing=1), replace(NONE, scene=1)
KEPT = 0.05  # weight of the rehearsed logits' squared distance: 0.02 lets more clutter in, 0.1 learns an odd hand less
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

    The network's own logits are the targets: it is to stay as it is there (Li and Hoiem 2016, "Learning without
    Forgetting"; logits as in Buzzega et al. 2020, "Dark Experience"). Its mistakes stay, too, but nothing gets lost.

    Attributes:
        features: (n, f) float32, the glyphs as the layers that stay give them on.
        logits: (n, classes) float32, the network's own.
        digit_share: the share of digits, 0 to 1, that the logits take for granted.
    """

    features: np.ndarray
    logits: np.ndarray
    digit_share: float


def draw_rehearsal(material: Material, count: int, seed: int, shares: Shares = MIX) -> Labelled:
    """Draw about `count` glyphs, by default in the mix of the shipped recipe, with the likeliest label of each."""
    shares = replace(shares, sign=shares.sign * bool(material.signs), exercise=0)  # those need what only training has
    mix = shares.scaled(count / sum(vars(shares).values()))
    glyphs, targets = draw_examples(material, mix, np.random.default_rng([seed, count]))
    return Labelled(glyphs, targets.argmax(axis=1))


def rehearse(start: Path, known: Labelled, digit_share: float) -> Rehearsal:
    """Run a finished network over what it knows, taking `digit_share` for granted, 0 to 1."""
    trunk, _, network = open_network(start, digit_share)
    features = features_of(trunk, known.x)
    return Rehearsal(features, _logits_of(network).predict(features, batch_size=PREDICT_BATCH, verbose=0), digit_share)


def open_network(file: Path, digit_share: float) -> tuple[Model, Model, Model]:
    """Load a finished `digits.keras`: the layers that stay, those that learn, and both as one, on the same weights.

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
    for layer in network.layers:
        if isinstance(layer, layers.Dropout):
            layer.rate = 0.0
    return Model(network.inputs, bridge), head_of(network), network


def head_of(network: Model) -> Model:
    """Build the layers that learn, on the network's own weights."""
    return Model(network.get_layer(BRIDGE).output, network.outputs)


def _logits_of(network: Model) -> Model:
    """Build the layers that learn, without the softmax."""
    return Model(network.get_layer(BRIDGE).output, network.get_layer(LOGITS).output)


def _with_every_class(trained: Model) -> Model:
    """Give the network itself, or for a former one a network that also knows the signs by name."""
    if trained.output_shape[-1] == CLASSES:
        return trained
    network = build_network(trained.name)
    carry_over(trained, network)
    return network


def fine_tune(
    start: Path, own: Labelled, rehearsal: Rehearsal, tuning: Tuning, validation: Labelled | None = None
) -> tuple[Model, list[dict[str, float]]]:
    """Train a finished network a little further.

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
    trunk, _, network = open_network(start, rehearsal.digit_share)
    x, y = _examples(trunk, own, rehearsal, tuning.seed)
    steps = tuning.epochs * -(-len(x) // BATCH_SIZE)
    head = _logits_of(network)
    head.compile(
        optimizers.Adam(optimizers.schedules.CosineDecay(tuning.rate, steps)), loss=learn_and_keep, metrics=[accuracy]
    )
    asked = (features_of(trunk, validation.x), _to_learn(smooth(validation.y, 0.0))) if validation else None
    trained = head.fit(x, y, batch_size=BATCH_SIZE, epochs=tuning.epochs, validation_data=asked, verbose=0)
    columns = {name: values for name, values in trained.history.items() if name in CURVES}
    return network, [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def _examples(trunk: Model, own: Labelled, rehearsal: Rehearsal, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Join features and targets: the rehearsal's, and those of the own digits, varied many times over."""
    count = round(len(rehearsal.features) * OWN_SHARE / (1 - OWN_SHARE))
    varied = vary(own, count, np.random.default_rng(seed))
    x = np.concatenate([rehearsal.features, features_of(trunk, varied.x)])
    return x, np.concatenate([_to_keep(rehearsal.logits), _to_learn(smooth(varied.y, LABEL_SMOOTHING))])


def _to_learn(shares: np.ndarray) -> np.ndarray:
    """Make (n, classes + 1) targets of `learn_and_keep`: shares of the classes, and a 1."""
    return np.pad(shares, ((0, 0), (0, 1)), constant_values=1)


def _to_keep(logits: np.ndarray) -> np.ndarray:
    """Make (n, classes + 1) targets of `learn_and_keep`: logits, and a 0."""
    return np.pad(logits, ((0, 0), (0, 1)))


def learn_and_keep(targets: KerasTensor, logits: KerasTensor) -> KerasTensor:
    """Compute the loss: cross-entropy of shares that are to be learnt, squared distance of logits to be kept.

    Args:
        targets: (n, classes + 1): shares of the classes and a 1, or logits and a 0.
        logits: (n, classes).
    """
    wanted, is_learnt = targets[:, :-1], targets[:, -1]
    learnt = -ops.sum(wanted * ops.log_softmax(logits), axis=1)
    distance = (logits - ops.mean(logits, axis=1, keepdims=True)) - (wanted - ops.mean(wanted, axis=1, keepdims=True))
    return ops.where(is_learnt > 0, learnt, KEPT * ops.sum(ops.square(distance), axis=1))


def accuracy(targets: KerasTensor, logits: KerasTensor) -> KerasTensor:
    """Mark where the likeliest class is the one wanted: (n,) of 0 and 1."""
    return ops.cast(ops.argmax(targets[:, :-1], axis=1) == ops.argmax(logits, axis=1), "float32")


def features_of(trunk: Model, glyphs: np.ndarray) -> np.ndarray:
    """Compute what the layers that stay make of (n, 28, 28) glyphs: (n, f) float32."""
    return trunk.predict(glyphs[..., None], batch_size=PREDICT_BATCH, verbose=0)
