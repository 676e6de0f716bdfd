"""Trains one network by several devices or machines together, on `tf.distribute`.

Every replica holds the same weights and computes the gradient of its part of a batch; the parts are summed, and all
take the same step ("synchronous data parallelism"). Keras 3's own `fit` fails across machines, so the loop is here: it
is what `fit` does, spelt out.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

import numpy as np
import tensorflow as tf
from keras import Model, losses

from capture.language import tr, translatable, translate
from model.errors import DigitsError, first_line

KINDS = ("mirrored", "multiworker")
CPU_REPLICAS = 2  # where there is no GPU the processor is shared out, so that a laptop shows how it works
EXAMPLE = '{"cluster": {"worker": ["10.0.0.1:2222", "10.0.0.2:2222"]}, "task": {"type": "worker", "index": 0}}'
WORKER_LOST = (tf.errors.UnavailableError, tf.errors.AbortedError, tf.errors.CancelledError, tf.errors.InternalError)


class DistributeError(DigitsError):
    """The machines that are to train together are not named, cannot be reached, or went away."""


class Team:
    """The replicas that train one network together: GPUs or parts of a CPU (mirrored), or machines (multiworker).

    Args:
        kind: "mirrored" or "multiworker"; to be chosen before TensorFlow computes anything.

    Attributes:
        worker: this process's number among the workers, from 0.
        replicas: how many there are in all.

    Raises:
        DistributeError: `multiworker` without a proper `TF_CONFIG`, or too late.

    Example:
        team = Team("mirrored")
        with team.scope():
            network = build_network("cnn_small")
            network.compile("adam", "sparse_categorical_crossentropy")
        row = team.train_epoch(network, 64, x, labels)  # {"loss": ..., "accuracy": ...}
    """

    def __init__(self, kind: str) -> None:
        self.worker = _task_index() if kind == "multiworker" else 0
        try:
            self.strategy = tf.distribute.MultiWorkerMirroredStrategy() if kind == "multiworker" else _mirrored()
        except (RuntimeError, ValueError, *WORKER_LOST) as error:
            raise DistributeError(
                "--distribute {kind}: could not start ({error}); {remedy}",
                kind=kind,
                error=first_line(error),
                remedy=translate(_REMEDY, example=EXAMPLE),
            ) from error
        self.replicas = self.strategy.num_replicas_in_sync
        self._step, self._stepped = None, None

    @property
    def is_chief(self) -> bool:
        """Whether this process writes the results: the first worker does."""
        return self.worker == 0

    def scope(self) -> AbstractContextManager:
        """Open a scope in which every variable that is made gets a copy on each replica."""
        return self.strategy.scope()

    def train_epoch(self, network: Model, batch_size: int, x: np.ndarray, targets: np.ndarray) -> dict[str, float]:
        """Pass once over the examples, like `network.fit`, each batch divided among the replicas.

        Args:
            network: compiled, and made in `scope()`.
            batch_size: examples a step, of all replicas together.
            x: (n, 28, 28, 1) uint8 glyphs, the same in every process.
            targets: (n, classes) float32 shares, or (n,) integer labels.

        Returns:
            Mean loss in nats, and accuracy, over the epoch.
        """
        if self._stepped is not network:
            self._step, self._stepped = _make_step(self.strategy, network), network
        sums, seen = np.zeros(2), 0
        for start in range(0, len(x), batch_size):
            batch = slice(start, start + batch_size)
            count = len(x[batch])
            if count < self.replicas:  # a last batch that not every replica gets something of
                break
            with _nobody_lost():
                sums += self._step(self._divide(x[batch]), self._divide(targets[batch]), np.float32(count))
            seen += count
        with self.scope():
            network.optimizer.finalize_variable_values(network.trainable_variables)  # the running average takes over
        return {"loss": float(sums[0] / seen), "accuracy": float(sums[1] / seen)}

    def agree(self, row: dict[str, float]) -> dict[str, float]:
        """Average the figures of all workers: machines that round otherwise must still stop at the same epoch."""
        means = self._mean(tf.constant(list(row.values()), tf.float64))
        return dict(zip(row, means.numpy().tolist(), strict=True))

    def wait(self) -> None:
        """Return when all workers have come here: one that ends early looks crashed to the others."""
        self._mean(tf.constant(0.0, tf.float64))

    def _mean(self, value: tf.Tensor) -> tf.Tensor:
        """Average what each replica's process gives."""

        @tf.function(autograph=False)
        def whole() -> tf.Tensor:
            return self.strategy.reduce("MEAN", self.strategy.run(lambda: value), axis=None)

        with _nobody_lost():
            return whole()

    def _divide(self, batch: np.ndarray) -> tf.distribute.DistributedValues:
        """Cut a part of the batch for each replica of this process."""
        parts = np.array_split(batch, self.replicas)
        return self.strategy.experimental_distribute_values_from_function(
            lambda replica: tf.constant(parts[replica.replica_id_in_sync_group])
        )


@contextmanager
def _nobody_lost() -> Iterator[None]:
    """Turn the failure of another machine into a DistributeError."""
    try:
        yield
    except WORKER_LOST as error:
        raise DistributeError(
            "--distribute multiworker: another worker stopped or cannot be reached; what is done is kept: "
            "start all workers again with --resume"
        ) from error


def _make_step(strategy: tf.distribute.Strategy, network: Model) -> tf.types.experimental.PolymorphicFunction:
    """Make one training step of all replicas: it gives the batch's summed loss and its number of right readings."""

    def on_one_replica(x: tf.Tensor, targets: tf.Tensor, count: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        is_sparse = targets.shape.rank == 1
        entropy = losses.sparse_categorical_crossentropy if is_sparse else losses.categorical_crossentropy
        with tf.GradientTape() as tape:
            probabilities = network(tf.cast(x, tf.float32), training=True)
            loss = tf.reduce_sum(entropy(targets, probabilities))
            share = loss / count  # of the whole batch, not of this replica's part: the gradients are summed
        gradients = tape.gradient(share, network.trainable_variables)
        network.optimizer.apply_gradients(zip(gradients, network.trainable_variables, strict=True))
        truth = tf.cast(targets, tf.int64) if is_sparse else tf.argmax(targets, axis=1)
        return loss, tf.reduce_sum(tf.cast(tf.argmax(probabilities, axis=1) == truth, tf.float32))

    @tf.function(reduce_retracing=True, autograph=False)
    def step(x: tf.Tensor, targets: tf.Tensor, count: tf.Tensor) -> list[tf.Tensor]:
        sums = strategy.run(on_one_replica, args=(x, targets, count))
        return [strategy.reduce("SUM", value, axis=None) for value in sums]

    return step


def _mirrored() -> tf.distribute.Strategy:
    """Make a replica for every GPU; without any, the CPU is divided."""
    if tf.config.list_physical_devices("GPU"):
        return tf.distribute.MirroredStrategy()
    cpu = tf.config.list_physical_devices("CPU")[0]
    if not tf.config.get_logical_device_configuration(cpu):
        parts = [tf.config.LogicalDeviceConfiguration() for _ in range(CPU_REPLICAS)]
        tf.config.set_logical_device_configuration(cpu, parts)
    return tf.distribute.MirroredStrategy([device.name for device in tf.config.list_logical_devices("CPU")])


_REMEDY = translatable("start one process for each worker, all named in TF_CONFIG, such as TF_CONFIG='{example}'")


def _task_index() -> int:
    """Read this process's number among the workers from `TF_CONFIG`, checked before TensorFlow would wait for nobody.

    Raises:
        DistributeError: `TF_CONFIG` is missing, no JSON, or does not name the workers and this one's number.
    """
    text = os.environ.get("TF_CONFIG", "")
    if not text.strip():
        raise DistributeError(
            "--distribute multiworker: TF_CONFIG is not set; {remedy}", remedy=translate(_REMEDY, example=EXAMPLE)
        )
    try:
        settings = json.loads(text)
        workers, index = settings["cluster"]["worker"], settings["task"]["index"]
        if settings["task"]["type"] != "worker" or not 0 <= index < len(workers):
            raise ValueError(tr("there is no worker {index} among {count}", index=index, count=len(workers)))
    except (ValueError, KeyError, TypeError) as error:
        reason = f"no {error}" if isinstance(error, KeyError) else error
        raise DistributeError(
            "TF_CONFIG={text}: {reason}; {remedy}", text=text, reason=reason, remedy=translate(_REMEDY, example=EXAMPLE)
        ) from error
    return index
