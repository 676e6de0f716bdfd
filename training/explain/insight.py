"""Looks inside a trained network: what its layers compute, where it looks, what it finds alike; arrays in, arrays out.

Written for networks as `model/network.py` builds them: the layer `logits` and a softmax at the end.
"""

from __future__ import annotations

import numpy as np
import tensorflow as tf
from keras import Model, layers

from model.classifier import MIN_CLASSES, NO_DIGIT
from model.errors import DigitsError
from model.glyph import SIDE
from model.network import LOGITS
from training.evaluation.metrics import PREDICT_BATCH, fold

PATCH_PX = 7  # of 28: hides a stroke's end or a crossing, and leaves the rest of the digit to be read
PATH_STEPS = 64  # from empty paper to the glyph: the maps' sums are right to about one logit, of 20; not so with 32
FOLDED = (layers.BatchNormalization, layers.ReLU, layers.Activation)  # finish what the layer before them began
PASSED_OVER = (layers.InputLayer, layers.Dropout, layers.Flatten, layers.Softmax)  # at reading time they change nothing


class InsightError(DigitsError):
    """A network cannot be looked into."""


def activations(network: Model, glyph: np.ndarray) -> dict[str, np.ndarray]:
    """Compute what every layer gives for one glyph, from the first layer to the last.

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
    """List the layers worth showing: normalisation and ReLU go with their convolution, dropout and flattening out."""
    shown: list[str] = []
    for layer in network.layers:
        if isinstance(layer, FOLDED) and shown:
            shown[-1] = layer.name
        elif not isinstance(layer, PASSED_OVER):
            shown.append(layer.name)
    return shown


def convolutions(network: Model) -> list[str]:
    """List the stages that end a convolution, in order; none in a network of dense layers."""
    found, is_convolution = [], False
    shown = stages(network)
    for layer in network.layers:
        if not isinstance(layer, FOLDED):
            is_convolution = isinstance(layer, layers.Conv2D)
        if is_convolution and layer.name in shown:
            found.append(layer.name)
    return found


def first_kernels(network: Model) -> np.ndarray:
    """Get the weights that look at the pixels: (h, w, neurons) float32; a dense layer's are as large as the image."""
    layer = next(layer for layer in network.layers if isinstance(layer, (layers.Conv2D, layers.Dense)))
    kernel = np.asarray(layer.kernel)
    return kernel[:, :, 0] if kernel.ndim == 4 else kernel.reshape(SIDE, SIDE, -1)


def integrated_gradients(network: Model, glyph: np.ndarray) -> np.ndarray:
    """Compute what the ink at each pixel adds to each class's logit (Sundararajan et al. 2017, "Integrated Gradients").

    The glyph is faded in from empty paper, and each pixel's gradient is averaged on the way. A class's map sums up to
    the difference that the glyph makes to its logit; where there is no ink, it is 0. It marks what the reading depends
    on: without the fifth of the ink that matters most by it, the shipped network's mean probability of 100 MNIST test
    digits falls from 0.99 to 0.54, with a fifth left out by chance to 0.72. The true class's map outweighs the median
    of the others in all 100, and its peak lies on the ink. HiResCAM and Grad-CAM on the last convolution tell less (of
    the network before: 0.89 and 0.91 in place of 0.50; the peak on the ink in 34). Averaging gradients over a map, as
    Grad-CAM does, needs global pooling behind it.

    Args:
        network: a functional model with the layer `logits`.
        glyph: (28, 28) uint8.

    Returns:
        (11, 28, 28) float32, or (10, 28, 28): logit that each pixel adds, or takes away where it is negative.
    """
    probe = Model(network.inputs[0], network.get_layer(LOGITS).output)
    classes = min(network.output_shape[-1], MIN_CLASSES)
    time = (np.arange(PATH_STEPS, dtype=np.float32) + 0.5) / PATH_STEPS
    strength, weight = time**3, time**2 / (time**2).sum()  # slowly at first: a faint digit is read already
    pixels = tf.constant(np.tile(strength[:, None, None, None] * _batch(glyph), (classes, 1, 1, 1)))
    with tf.GradientTape() as tape:
        tape.watch(pixels)
        logits = _fold_logits(probe(pixels, training=False))
        asked = tf.reduce_sum(logits * tf.repeat(tf.eye(classes), PATH_STEPS, axis=0))
    slopes = np.asarray(tape.gradient(asked, pixels)).reshape(classes, PATH_STEPS, SIDE, SIDE)
    return np.einsum("csyx,s->cyx", slopes, weight) * glyph


def _fold_logits(logits: tf.Tensor) -> tf.Tensor:
    """Put all classes that are no digit together, so that a softmax gives their summed probability: (n, 11)."""
    if logits.shape[-1] <= MIN_CLASSES:
        return logits
    return tf.concat([logits[:, :NO_DIGIT], tf.reduce_logsumexp(logits[:, NO_DIGIT:], axis=1, keepdims=True)], axis=1)


def occlusion(network: Model, glyph: np.ndarray, patch_px: int = PATCH_PX) -> np.ndarray:
    """Read a glyph while a square of paper hides a part of it (Zeiler & Fergus 2014, section 4.2).

    Args:
        network: (n, 28, 28, 1) to (n, 11).
        glyph: (28, 28) uint8.
        patch_px: side of the square, odd.

    Returns:
        (28, 28, 11) float32: the probabilities with the square centred on each pixel in turn.
    """
    hidden = _batch(glyph, SIDE * SIDE)
    reach = patch_px // 2
    for number, (row, column) in enumerate(np.ndindex(SIDE, SIDE)):
        hidden[number, max(0, row - reach) : row + reach + 1, max(0, column - reach) : column + reach + 1] = 0
    read = fold(network.predict(hidden, batch_size=PREDICT_BATCH, verbose=0))
    return read.reshape(SIDE, SIDE, -1)


def features(network: Model, glyphs: np.ndarray) -> np.ndarray:
    """Compute what the last layer decides by: (n, 28, 28) uint8 glyphs to (n, features) float32."""
    probe = Model(network.inputs[0], network.get_layer(LOGITS).input)
    return probe.predict(glyphs[..., None], batch_size=PREDICT_BATCH, verbose=0)


def nearest(one: np.ndarray, many: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Find the rows of `many` with the least Euclidean distance to `one`.

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
    """Shape the glyph as the network takes it: (copies, 28, 28, 1) float32."""
    return np.repeat(glyph.reshape(1, SIDE, SIDE, 1).astype(np.float32), copies, axis=0)
