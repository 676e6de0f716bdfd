"""Looks inside a trained network: what its layers compute, where it looks, what it finds alike; arrays in, arrays out.

Written for networks as `model/network.py` builds them: the layer `logits` and a softmax at the end.
"""

from __future__ import annotations

from pathlib import Path

import cv2
import keras
import numpy as np
import tensorflow as tf
from keras import Model, layers

from model.errors import DigitsError
from model.glyph import SIDE
from model.network import LOGITS
from training.evaluation.load import CLASS_COUNTS
from training.evaluation.metrics import PREDICT_BATCH

PATCH_PX = 7  # of 28: hides a stroke's end or a crossing, and leaves the rest of the digit to be read
WHITE = 255.0  # an ink pixel's value
FOLDED = (layers.BatchNormalization, layers.ReLU, layers.Activation)  # finish what the layer before them began
PASSED_OVER = (layers.InputLayer, layers.Dropout, layers.Flatten, layers.Softmax)  # at reading time they change nothing


class InsightError(DigitsError):
    """A network cannot be looked into."""


def load_network(path: Path) -> Model:
    """Loads a network that `train.py` saved.

    Raises:
        InsightError: the file is missing, damaged, or holds a network of another kind.
    """
    if not path.is_file():
        raise InsightError(f"{path}: there is no such file; give the digits.keras of a run, or leave --model out")
    try:
        network = keras.saving.load_model(path, compile=False)
        names = {layer.name for layer in network.layers}
    except Exception as error:  # a damaged file fails in Keras, HDF5, zip and JSON in many ways
        raise InsightError(f"{path}: is no usable .keras network; take one made by train.py fit") from error
    if (
        network.input_shape[1:] != (SIDE, SIDE, 1)
        or network.output_shape[1:] not in CLASS_COUNTS
        or LOGITS not in names
    ):
        raise InsightError(f"{path}: not a network of model/network.py; take one made by train.py fit")
    return network


def activations(network: Model, glyph: np.ndarray) -> dict[str, np.ndarray]:
    """What every layer gives for one glyph, from the first layer to the last.

    Args:
        network: a functional model.
        glyph: (28, 28) uint8.

    Returns:
        By layer name: (h, w, channels) float32 feature maps, or (n,) values.
    """
    probe = Model(network.inputs[0], [layer.output for layer in network.layers])
    outputs = probe(_batch(glyph), training=False)
    return {layer.name: np.asarray(out)[0] for layer, out in zip(network.layers, outputs, strict=True)}


def stages(network: Model) -> list[str]:
    """The layers worth showing: a convolution's normalisation and ReLU belong to it, dropout and flattening to none."""
    shown: list[str] = []
    for layer in network.layers:
        if isinstance(layer, FOLDED) and shown:
            shown[-1] = layer.name
        elif not isinstance(layer, PASSED_OVER):
            shown.append(layer.name)
    return shown


def convolutions(network: Model) -> list[str]:
    """The stages that end a convolution, in order; none in a network of dense layers."""
    found, is_convolution = [], False
    shown = stages(network)
    for layer in network.layers:
        if not isinstance(layer, FOLDED):
            is_convolution = isinstance(layer, layers.Conv2D)
        if is_convolution and layer.name in shown:
            found.append(layer.name)
    return found


def first_kernels(network: Model) -> np.ndarray:
    """The weights that look at the pixels: (h, w, neurons) float32; a dense layer's are as large as the image."""
    layer = next(layer for layer in network.layers if isinstance(layer, (layers.Conv2D, layers.Dense)))
    kernel = np.asarray(layer.kernel)
    return kernel[:, :, 0] if kernel.ndim == 4 else kernel.reshape(SIDE, SIDE, -1)


def grad_cam(network: Model, glyph: np.ndarray, layer: str) -> np.ndarray:
    """Where the feature maps of a layer speak for each class (Selvaraju et al. 2017, "Grad-CAM").

    Each map is weighed by the mean of the class's gradient over it, the sum is cut at zero: only what speaks for it.

    Args:
        network: a functional model with the layer `logits`.
        glyph: (28, 28) uint8.
        layer: a layer with feature maps.

    Returns:
        (classes, 28, 28) float32, 0 and up, the same scale for all; brought to the glyph's size by interpolation.
    """
    probe = Model(network.inputs[0], [network.get_layer(layer).output, network.get_layer(LOGITS).output])
    with tf.GradientTape() as tape:
        maps, logits = probe(_batch(glyph, network.output_shape[-1]), training=False)
        each_its_own = tf.linalg.trace(logits)  # row c of the batch is asked for class c
    weights = tf.reduce_mean(tape.gradient(each_its_own, maps), axis=(1, 2), keepdims=True)
    spoken_for = np.asarray(tf.nn.relu(tf.reduce_sum(weights * maps, axis=-1)))
    return np.stack([cv2.resize(heat, (SIDE, SIDE), interpolation=cv2.INTER_LINEAR) for heat in spoken_for])


def pixel_weights(network: Model, glyph: np.ndarray) -> np.ndarray:
    """How much more ink at each pixel would raise each class's logit (Simonyan et al. 2014, "Deep Inside ...").

    In a single layer of neurons these are its very weights, whatever the glyph; with more layers they hold for this
    glyph and small changes of it.

    Returns:
        (classes, 28, 28) float32, logit from paper to ink.
    """
    probe = Model(network.inputs[0], network.get_layer(LOGITS).output)
    pixels = tf.constant(_batch(glyph, network.output_shape[-1]))
    with tf.GradientTape() as tape:
        tape.watch(pixels)
        each_its_own = tf.linalg.trace(probe(pixels, training=False))
    return np.asarray(tape.gradient(each_its_own, pixels))[..., 0] * WHITE


def occlusion(network: Model, glyph: np.ndarray, patch_px: int = PATCH_PX) -> np.ndarray:
    """What the network reads while a square of paper hides a part of the glyph (Zeiler & Fergus 2014, section 4.2).

    Args:
        network: (n, 28, 28, 1) to (n, classes).
        glyph: (28, 28) uint8.
        patch_px: side of the square, odd.

    Returns:
        (28, 28, classes) float32: the probabilities with the square centred on each pixel in turn.
    """
    hidden = _batch(glyph, SIDE * SIDE)
    reach = patch_px // 2
    for number, (row, column) in enumerate(np.ndindex(SIDE, SIDE)):
        hidden[number, max(0, row - reach) : row + reach + 1, max(0, column - reach) : column + reach + 1] = 0
    return network.predict(hidden, batch_size=PREDICT_BATCH, verbose=0).reshape(SIDE, SIDE, -1)


def features(network: Model, glyphs: np.ndarray) -> np.ndarray:
    """What the last layer decides by: (n, 28, 28) uint8 glyphs to (n, features) float32."""
    probe = Model(network.inputs[0], network.get_layer(LOGITS).input)
    return probe.predict(glyphs[..., None], batch_size=PREDICT_BATCH, verbose=0)


def nearest(one: np.ndarray, many: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    """The rows of `many` with the least Euclidean distance to `one`.

    Args:
        one: (d,) numbers.
        many: (n, d) numbers.
        count: how many to give.

    Returns:
        Their indices and their distances, nearest first.
    """
    distances = np.linalg.norm(many.astype(np.float32) - one.astype(np.float32), axis=1)
    order = np.argsort(distances, kind="stable")[:count]
    return order, distances[order]


def _batch(glyph: np.ndarray, copies: int = 1) -> np.ndarray:
    """The glyph as the network takes it: (copies, 28, 28, 1) float32."""
    return np.repeat(glyph.reshape(1, SIDE, SIDE, 1).astype(np.float32), copies, axis=0)
