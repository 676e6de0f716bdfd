"""The Keras architectures, by name, from one layer of neurons to the network that ships.

All take (n, 28, 28, 1) glyphs with values 0 to 255 and give (n, classes) probabilities of `CLASS_NAMES`:
the digits 0 to 9, then what is no digit.
Only training imports this module: the camera path runs the exported LiteRT file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from types import MappingProxyType

import keras
import numpy as np
from keras import KerasTensor, Model, layers

from model.classifier import CLASSES, NO_DIGIT, odds
from model.errors import DigitsError
from model.glyph import SIDE

PIXEL_SCALE = 1 / 255
NORM_MOMENTUM = 0.95  # Keras' 0.99 needs thousands of steps before a network can be judged; a quick look has hundreds
FULL = "float32"
MIXED = "mixed_bfloat16"  # multiplies in 16 bits, keeps weights and sums in 32
LOGITS = "logits"  # the layer whose values the softmax turns into probabilities

Body = Callable[[KerasTensor, float], KerasTensor]


class ArchitectureError(DigitsError):
    """No network goes by this name."""


def check_architecture(name: str) -> None:
    """Raise ArchitectureError when `name` is not a key of `ARCHITECTURES`."""
    if name not in ARCHITECTURES:
        raise ArchitectureError(
            "{name}: no such architecture; choose from {names}", name=name, names=", ".join(ARCHITECTURES)
        )


def build_network(name: str = "shipped", classes: int = CLASSES, dropout: float = 0.3, precision: str = FULL) -> Model:
    """Build an untrained network: pixel scaling first, softmax last, every layer named.

    Args:
        name: a key of `ARCHITECTURES`.
        classes: outputs; all of `CLASS_NAMES` unless a course wants the bare ten digits.
        dropout: share of features hidden at random while training, 0 to 1 (where the architecture has such a layer).
        precision: `FULL`, or `MIXED` to train faster on a processor that multiplies 16-bit numbers; the weights are the
            same 32-bit ones, so either network takes the other's. The last layers always reckon in 32 bits.

    Returns:
        A functional model: (n, 28, 28, 1) floats 0..255 to (n, classes) probabilities.

    Raises:
        ArchitectureError: `name` is not a key of `ARCHITECTURES`.
    """
    check_architecture(name)
    glyphs = layers.Input((SIDE, SIDE, 1), name="glyphs")
    with layers_in(precision):
        scaled = layers.Rescaling(PIXEL_SCALE, name="scale_pixels")(glyphs)
        features = ARCHITECTURES[name](scaled, dropout)
    logits = layers.Dense(classes, name=LOGITS, dtype=FULL)(features)
    return Model(glyphs, layers.Softmax(name="probabilities", dtype=FULL)(logits), name=name)


@contextmanager
def layers_in(precision: str) -> Iterator[None]:
    """Make the layers that are built inside reckon in `precision`."""
    usual = keras.config.dtype_policy()
    keras.config.set_dtype_policy(precision)
    try:
        yield
    finally:
        keras.config.set_dtype_policy(usual)


def soften(network: Model, temperature: float) -> None:
    """Divide the logits by `temperature`, for good, by scaling the layer that makes them.

    Temperature scaling (Guo et al. 2017, "On Calibration of Modern Neural Networks") leaves every reading as it is and
    makes the confidence honest; folded into the weights it costs nothing at run time.
    """
    if temperature <= 0:
        raise ValueError(f"temperature must be positive, not {temperature}")
    layer = network.get_layer(LOGITS)
    layer.set_weights([weight / temperature for weight in layer.get_weights()])


def favour_digits(network: Model, trained: float, assumed: float) -> None:
    """Shift the bias of all that is no digit: the share of digits taken for granted is no longer the training's.

    Changing a softmax's prior is adding the logarithm of a factor to a logit (Saerens et al. 2002).
    """
    layer = network.get_layer(LOGITS)
    kernel, bias = layer.get_weights()
    bias[NO_DIGIT:] -= np.log(odds(assumed) / odds(trained))
    layer.set_weights([kernel, bias])


def _dense1(x: KerasTensor, dropout: float) -> KerasTensor:
    """Build one layer of neurons, with nothing between pixels and classes (about 92% on MNIST)."""
    return layers.Flatten(name="flatten")(x)


def _dense2(x: KerasTensor, dropout: float) -> KerasTensor:
    """Build one hidden layer (about 98%)."""
    x = layers.Flatten(name="flatten")(x)
    x = layers.Dense(512, activation="relu", name="hidden")(x)
    return layers.Dropout(dropout, name="dropout")(x)


def _lenet5(x: KerasTensor, dropout: float) -> KerasTensor:
    """Build LeCun et al. 1998, with tanh and average pooling as in the paper (about 99%)."""
    x = layers.Conv2D(6, 5, padding="same", activation="tanh", name="c1")(x)
    x = layers.AveragePooling2D(2, name="s2")(x)
    x = layers.Conv2D(16, 5, activation="tanh", name="c3")(x)
    x = layers.AveragePooling2D(2, name="s4")(x)
    x = layers.Flatten(name="flatten")(x)
    x = layers.Dense(120, activation="tanh", name="c5")(x)
    return layers.Dense(84, activation="tanh", name="f6")(x)


def _cnn_small(x: KerasTensor, dropout: float) -> KerasTensor:
    """Build two convolutions, each followed by pooling: the CNN of most tutorials (about 99.2%)."""
    x = layers.Conv2D(32, 3, activation="relu", name="conv1")(x)
    x = layers.MaxPooling2D(2, name="pool1")(x)
    x = layers.Conv2D(64, 3, activation="relu", name="conv2")(x)
    x = layers.MaxPooling2D(2, name="pool2")(x)
    x = layers.Flatten(name="flatten")(x)
    x = layers.Dropout(dropout, name="dropout")(x)
    return layers.Dense(128, activation="relu", name="hidden")(x)


def _cnn_deep(x: KerasTensor, dropout: float) -> KerasTensor:
    """Build six convolutions with batch normalisation, narrowing twice by a stride (about 99.5%)."""
    for block, width in enumerate((32, 64), start=1):
        x = _convolve(x, width, f"conv{block}a")
        x = _convolve(x, width, f"conv{block}b")
        x = _convolve(x, width, f"conv{block}c", stride=2)
        x = layers.Dropout(dropout, name=f"dropout{block}")(x)
    x = layers.Flatten(name="flatten")(x)
    x = layers.Dense(128, activation="relu", name="hidden")(x)
    return layers.Dropout(dropout, name="dropout")(x)


def _shipped(x: KerasTensor, dropout: float) -> KerasTensor:
    """Build the camera's network: the strongest of the tried ones that still leaves a live frame its time.

    With 8-bit weights LiteRT reads 64 glyphs in 3.0 ms on two cores, and in 1.8 ms with the former widths 24 to 96.
    Depthwise convolutions were slower: LiteRT has no quick 8-bit kernel for them.
    """
    x = _convolve(x, 32, "conv1")
    x = _convolve(x, 48, "conv2", stride=2)
    x = _convolve(x, 64, "conv3")
    x = _convolve(x, 96, "conv4", stride=2)
    x = _convolve(x, 128, "conv5")
    x = _convolve(x, 40, "squeeze", kernel=1)
    x = layers.Flatten(name="flatten")(x)
    x = layers.Dropout(dropout, name="dropout_features")(x)
    x = layers.Dense(192, activation="relu", name="hidden")(x)
    return layers.Dropout(dropout, name="dropout_hidden")(x)


def _convolve(x: KerasTensor, width: int, name: str, kernel: int = 3, stride: int = 1) -> KerasTensor:
    """Convolve, normalise the batch, rectify (ReLU); the bias is left to the normalisation."""
    x = layers.Conv2D(width, kernel, strides=stride, padding="same", use_bias=False, name=name)(x)
    x = layers.BatchNormalization(momentum=NORM_MOMENTUM, name=f"{name}_norm")(x)
    return layers.ReLU(name=f"{name}_relu")(x)


ARCHITECTURES: Mapping[str, Body] = MappingProxyType(
    {
        "dense1": _dense1,
        "dense2": _dense2,
        "lenet5": _lenet5,
        "cnn_small": _cnn_small,
        "cnn_deep": _cnn_deep,
        "shipped": _shipped,
    }
)
