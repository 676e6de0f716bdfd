"""Trains a network: epochs of fresh examples, checkpoints to go on from, the best weights kept."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf
from keras import Model, optimizers

from capture.language import tr
from model.classifier import ASSUMED_DIGITS, CLASSES, MIN_CLASSES, NO_DIGIT
from model.errors import first_line
from model.network import FULL, build_network, favour_digits
from training.datasets.labelled import Labelled
from training.evaluation.metrics import predict, score
from training.fitting.checkpoint import Progress, RunError, checkpoint_file, keep, load_best, open_run
from training.fitting.config import SHIPPED, TrainConfig
from training.fitting.distribute import Team
from training.fitting.export import KERAS_FILE, WEIGHTS_FOLDER

LOSSES = {"one-hot": "categorical_crossentropy", "sparse": "sparse_categorical_crossentropy"}
NOT_DECAYED = ["bias", "gamma", "beta"]  # weight decay is for kernels: pulling these towards 0 only hurts
BALANCED = 0.7  # about the share of digits among the full recipe's examples

EpochArrays = Callable[[int], tuple[np.ndarray, np.ndarray]]
AfterEpoch = Callable[[Progress], None]


def fit(
    config: TrainConfig,
    epoch_arrays: EpochArrays,
    validation: Labelled,
    out: Path,
    *,
    team: Team | None = None,
    after_epoch: AfterEpoch = lambda _: None,
) -> tuple[Model, Progress]:
    """Train a network, or go on with the run that `out` holds.

    Args:
        config: the hyperparameters; for a run that is gone on with, those it was started with.
        epoch_arrays: gives the training examples of an epoch, by its number from 0: (n, 28, 28) uint8 glyphs, and (n,)
            integer labels or (n, classes) float32 shares.
        validation: held-out glyphs that decide which epoch was best.
        out: the run's folder. After every epoch it holds all that is needed to go on, and the best network so far.
        team: the devices or machines that train together; None for this process alone.
        after_epoch: is told the progress when an epoch is kept; may raise to end the run.

    Returns:
        The network with the best epoch's weights, and the run's progress.

    Raises:
        RunError: `out` cannot be written, or holds a run that cannot be gone on with.
        KeyboardInterrupt: passed on; `out` then holds the last whole epoch and the best network.
    """
    keras.utils.set_random_seed(config.seed)
    with team.scope() if team else nullcontext():
        network = build_network(config.arch, dropout=config.dropout, precision=config.precision)
    progress = open_run(config, out)
    while progress.epoch < config.epochs and not progress.is_stale(config.patience):
        x, y = _shuffled(*epoch_arrays(progress.epoch), seed=(config.seed, progress.epoch))
        if not network.compiled:
            with team.scope() if team else nullcontext():
                _make_ready(network, config, len(x), progress, out)
        print(tr("epoch {epoch}/{epochs}", epoch=progress.epoch + 1, epochs=config.epochs), flush=True)
        start_s = time.perf_counter()
        row = _train_epoch(network, config, x, y, team) | {"time_s": time.perf_counter() - start_s}
        reader = _plain(network, config) if team or config.precision != FULL else network
        row |= _validate(reader, validation)
        progress.history.append(team.agree(row) if team else row)
        keep(network, reader, progress, out)
        after_epoch(progress)
    return _blended(load_best(out), config), progress


def limit_threads(threads: int) -> None:
    """Let TensorFlow use `threads` CPU cores; only before it has computed anything."""
    tf.config.threading.set_intra_op_parallelism_threads(threads)
    tf.config.threading.set_inter_op_parallelism_threads(threads)


def _make_ready(network: Model, config: TrainConfig, examples: int, progress: Progress, out: Path) -> None:
    """Ready a fresh network for its first step, or for the one after the run's last whole epoch."""
    progress.steps_an_epoch = progress.steps_an_epoch or -(-examples // config.batch_size)
    network.compile(
        _optimizer(config, progress.steps_an_epoch),
        loss=LOSSES[config.labels],
        metrics=["accuracy"],
        jit_compile=False,  # XLA's convolutions on a CPU take twice the time, and one core only
    )
    network.optimizer.build(network.trainable_variables)
    if not progress.epoch:
        if config.start:
            _start_from(network, config.start)
        return
    checkpoint = checkpoint_file(out, progress)
    try:
        network.load_weights(checkpoint)
    except Exception as error:  # a damaged file fails in Keras, HDF5, zip and JSON in many ways
        raise RunError(
            "{checkpoint}: missing or damaged; start again with another --out", checkpoint=checkpoint
        ) from error


def _start_from(network: Model, start: str) -> None:
    """Give the network the weights of a trained one of the same architecture."""
    file = WEIGHTS_FOLDER / KERAS_FILE if start == SHIPPED else Path(start)
    try:
        carry_over(keras.saving.load_model(file, compile=False), network)
        if file.name == KERAS_FILE:  # a finished one takes digits for granted
            favour_digits(network, ASSUMED_DIGITS, BALANCED)
    except Exception as error:  # a damaged file fails in Keras, HDF5, zip and JSON in many ways
        raise RunError(
            "{start}: cannot be started from ({error}); give the .keras file of a {name} network",
            start=start,
            error=first_line(error),
            name=network.name,
        ) from error


def _blended(best: Model, config: TrainConfig) -> Model:
    """Average the best weights and those that training started from (Wortsman et al. 2022, "Model soups").

    So what was learnt before, and is shown less now, is kept; between weights of which one came of the other, the loss
    stays low.
    """
    if not config.blend:
        return best
    start = build_network(config.arch, dropout=config.dropout)
    _start_from(start, config.start)
    blend(best, start.get_weights(), 1 - config.blend)
    return best


def blend(network: Model, former: list[np.ndarray], share: float) -> None:
    """Give a network `share` of its weights, 0 to 1, and the rest of the former ones."""
    pairs = zip(network.get_weights(), former, strict=True)
    network.set_weights([share * new + (1 - share) * old for new, old in pairs])


def carry_over(trained: Model, network: Model) -> None:
    """Copy a trained network's weights into another one; classes that the latter alone knows begin as "no digit" did.

    Raises:
        ValueError: the architectures differ.
    """
    weights = trained.get_weights()
    kernel, bias = weights[-2:]
    new = network.output_shape[-1] - kernel.shape[1]
    if new > 0:
        kernel = np.concatenate([kernel, np.repeat(kernel[:, NO_DIGIT:MIN_CLASSES], new, axis=1)], axis=1)
        bias = np.concatenate([bias, np.repeat(bias[NO_DIGIT:MIN_CLASSES], new)])
        bias[NO_DIGIT:] -= np.log(1 + new)  # together as likely as it was
    network.set_weights([*weights[:-2], kernel, bias])


def _optimizer(config: TrainConfig, steps_an_epoch: int) -> optimizers.Optimizer:
    """Make AdamW whose rate warms up, then falls along a cosine; kept weights are a running average of the steps'."""
    steps = config.epochs * steps_an_epoch
    warmup_steps = round(config.warmup * steps)
    rate = optimizers.schedules.CosineDecay(
        0.0, max(1, steps - warmup_steps), warmup_target=config.learning_rate, warmup_steps=warmup_steps
    )
    window = config.averaging * steps_an_epoch
    averaging = {"use_ema": True, "ema_momentum": 1 - 1 / window} if window > 1 else {}
    optimizer = optimizers.AdamW(rate, weight_decay=config.weight_decay, **averaging)
    optimizer.exclude_from_weight_decay(var_names=NOT_DECAYED)
    return optimizer


def _shuffled(x: np.ndarray, y: np.ndarray, seed: tuple[int, int]) -> tuple[np.ndarray, np.ndarray]:
    order = np.random.default_rng(seed).permutation(len(x))
    return x[order], y[order]


def _train_epoch(
    network: Model, config: TrainConfig, x: np.ndarray, y: np.ndarray, team: Team | None
) -> dict[str, float]:
    """Pass once over the examples; at the end Keras puts the running average in the weights' place."""
    targets = targets_of(y, config)
    if team:
        return team.train_epoch(network, config.batch_size, x[..., None], targets)
    history = network.fit(x[..., None], targets, batch_size=config.batch_size, shuffle=False, verbose=2).history
    return {"loss": history["loss"][0], "accuracy": history["accuracy"][0]}


def _plain(network: Model, config: TrainConfig) -> Model:
    """Copy in 32 bits and without replicas: Keras cannot predict across machines, nor LiteRT take mixed precision."""
    copy = build_network(config.arch, dropout=config.dropout)
    copy.set_weights(network.get_weights())
    return copy


def targets_of(labels: np.ndarray, config: TrainConfig) -> np.ndarray:
    """Bring labels to the form that the loss takes.

    "Sparse" labels are the numbers themselves, (n,): a 3 is 3. "One-hot" labels are the same spelt out as (n, classes)
    rows: a 3 is 0 0 0 1 0 0 ..., one place a class, as the network answers. The loss, minus the logarithm of the true
    class' probability, is the same number either way. Sparse ones take less memory; only rows can say that an example
    is partly this and partly that, which label smoothing and the full recipe's look-alikes need.

    Raises:
        RunError: sparse labels are asked for where examples have shares of several classes.
    """
    if config.labels == "one-hot":
        return smooth(labels, config.label_smoothing)
    if labels.ndim == 2:
        raise RunError(
            "--labels sparse: the {recipe} recipe has soft labels, which need rows; take one-hot", recipe=config.recipe
        )
    return labels.astype(np.int32)


def smooth(labels: np.ndarray, smoothing: float) -> np.ndarray:
    """Convert labels to (n, classes) float32 rows, with the share `smoothing` of each 1 spread over all classes.

    The network then need not become ever surer of what it already reads right (Szegedy et al. 2016).
    """
    rows = labels if labels.ndim == 2 else np.eye(CLASSES, dtype=np.float32)[labels]
    return (rows * (1 - smoothing) + smoothing / CLASSES).astype(np.float32)


def _validate(network: Model, validation: Labelled) -> dict[str, float]:
    scores = score(predict(network, validation), validation.y)
    print(
        tr("  validation: {accuracy:.4%} right, loss {loss:.4f}", accuracy=scores.accuracy, loss=scores.loss),
        flush=True,
    )
    return {"val_loss": scores.loss, "val_accuracy": scores.accuracy}
