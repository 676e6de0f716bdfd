"""Trains a network: epochs of fresh examples, checkpoints to go on from, the best weights kept."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf
from keras import Model, optimizers

from model.classifier import CLASSES
from model.errors import DigitsError
from model.network import build_network
from training.config import CONFIG_FILE, TrainConfig
from training.data import Labelled
from training.evaluate import predict, score

STATE_FILE = "state.json"
BEST_FILE = "best.keras"
NOT_DECAYED = ["bias", "gamma", "beta"]  # weight decay is for kernels: pulling these towards 0 only hurts

EpochArrays = Callable[[int], tuple[np.ndarray, np.ndarray]]


class RunError(DigitsError):
    """A training run's folder cannot be written, or not be gone on from."""


@dataclass
class Progress:
    """How far a run is; kept in `state.json` after every epoch.

    Attributes:
        history: one row an epoch: training loss and accuracy, validation loss and accuracy.
        steps_an_epoch: gradient steps of the first epoch, that lay out the learning rate; 0 before it.
    """

    steps_an_epoch: int = 0
    history: list[dict[str, float]] = field(default_factory=list)

    @property
    def epoch(self) -> int:
        """The next epoch to train."""
        return len(self.history)

    @property
    def best(self) -> int:
        """The epoch with the best validation score: accuracy, and at a tie the lower loss."""
        return max(range(self.epoch), key=lambda n: (self.history[n]["val_accuracy"], -self.history[n]["val_loss"]))

    def is_stale(self, patience: int) -> bool:
        """Whether the last `patience` epochs brought nothing better."""
        return self.epoch > 0 and self.epoch - 1 - self.best >= patience


def fit(config: TrainConfig, epoch_arrays: EpochArrays, validation: Labelled, out: Path) -> tuple[Model, Progress]:
    """Trains a network, or goes on with the run that `out` holds.

    Args:
        config: the hyperparameters; for a run that is gone on with, those it was started with.
        epoch_arrays: gives the training examples of an epoch, by its number from 0: (n, 28, 28) uint8 glyphs, and (n,)
            integer labels or (n, 11) float32 shares.
        validation: held-out glyphs that decide which epoch was best.
        out: the run's folder. After every epoch it holds all that is needed to go on, and the best network so far.

    Returns:
        The network with the best epoch's weights, and the run's progress.

    Raises:
        RunError: `out` cannot be written, or holds a run that cannot be gone on with.
        KeyboardInterrupt: passed on; `out` then holds the last whole epoch and the best network.
    """
    keras.utils.set_random_seed(config.seed)
    network = build_network(config.arch, dropout=config.dropout)
    progress = _open(config, out)
    while progress.epoch < config.epochs and not progress.is_stale(config.patience):
        x, y = _shuffled(*epoch_arrays(progress.epoch), seed=(config.seed, progress.epoch))
        if not network.compiled:
            _make_ready(network, config, len(x), progress, out)
        print(f"epoch {progress.epoch + 1}/{config.epochs}", flush=True)
        row = _train_epoch(network, config, x, y) | _validate(network, validation)
        progress.history.append(row)
        _keep(network, progress, out)
    return _load_best(out), progress


def limit_threads(threads: int) -> None:
    """Lets TensorFlow use `threads` CPU cores; only before it has computed anything."""
    tf.config.threading.set_intra_op_parallelism_threads(threads)
    tf.config.threading.set_inter_op_parallelism_threads(threads)


def _open(config: TrainConfig, out: Path) -> Progress:
    """Makes the run's folder, or reads how far the run in it is."""
    try:
        out.mkdir(parents=True, exist_ok=True)
        config.save(out / CONFIG_FILE)
        if not (out / STATE_FILE).exists():
            return Progress()
        return Progress(**json.loads((out / STATE_FILE).read_text(encoding="utf-8")))
    except OSError as error:
        raise RunError(f"{out}: cannot be written ({error.strerror}); choose another --out") from error
    except (ValueError, TypeError) as error:
        raise RunError(f"{out / STATE_FILE}: damaged ({error}); start again with another --out") from error


def _make_ready(network: Model, config: TrainConfig, examples: int, progress: Progress, out: Path) -> None:
    """Readies a fresh network for its first step, or for the one after the run's last whole epoch."""
    progress.steps_an_epoch = progress.steps_an_epoch or -(-examples // config.batch_size)
    network.compile(
        _optimizer(config, progress.steps_an_epoch),
        loss="categorical_crossentropy",
        metrics=["accuracy"],
        jit_compile=False,  # XLA's convolutions on a CPU take twice the time, and one core only
    )
    if not progress.epoch:
        return
    checkpoint = _checkpoint(out, progress)
    network.optimizer.build(network.trainable_variables)
    try:
        network.load_weights(checkpoint)
    except (OSError, ValueError, KeyError) as error:
        raise RunError(f"{checkpoint}: missing or damaged; start again with another --out") from error


def _optimizer(config: TrainConfig, steps_an_epoch: int) -> optimizers.Optimizer:
    """AdamW whose rate warms up and then falls along a cosine; the kept weights are a running average of the steps'."""
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


def _train_epoch(network: Model, config: TrainConfig, x: np.ndarray, y: np.ndarray) -> dict[str, float]:
    """One pass over the examples; at its end Keras puts the running average in the weights' place."""
    targets = smooth(y, config.label_smoothing)
    history = network.fit(x[..., None], targets, batch_size=config.batch_size, shuffle=False, verbose=2).history
    return {"loss": history["loss"][0], "accuracy": history["accuracy"][0]}


def smooth(labels: np.ndarray, smoothing: float) -> np.ndarray:
    """Labels as (n, 11) float32 targets.

    A network with one output a class learns from one-hot rows: 1 for the true class, 0 elsewhere ("sparse" labels are
    the same thing before it is spelt out). Smoothing takes a little of the 1 and spreads it over all classes, so that
    the network need not become ever surer of what it already reads right (Szegedy et al. 2016).
    """
    rows = labels if labels.ndim == 2 else np.eye(CLASSES, dtype=np.float32)[labels]
    return (rows * (1 - smoothing) + smoothing / CLASSES).astype(np.float32)


def _validate(network: Model, validation: Labelled) -> dict[str, float]:
    scores = score(predict(network, validation), validation.y)
    print(f"  validation: {scores.accuracy:.4%} right, loss {scores.loss:.4f}", flush=True)
    return {"val_loss": scores.loss, "val_accuracy": scores.accuracy}


def _keep(network: Model, progress: Progress, out: Path) -> None:
    """Writes the epoch so that a kill at any moment leaves a run that can be gone on with."""
    try:
        network.save_weights(_checkpoint(out, progress))
        if progress.best == progress.epoch - 1:
            partial = out / f"partial-{BEST_FILE}"
            Model(network.inputs, network.outputs, name=network.name).save(partial)  # without the optimizer's state
            partial.replace(out / BEST_FILE)
        partial = out / f"partial-{STATE_FILE}"
        partial.write_text(json.dumps(asdict(progress), indent=2), encoding="utf-8")
        partial.replace(out / STATE_FILE)
    except OSError as error:
        raise RunError(f"{out}: cannot be written ({error}); free some space and go on with --resume {out}") from error
    for old in set(out.glob("epoch-*.weights.h5")) - {_checkpoint(out, progress)}:
        old.unlink()


def _checkpoint(out: Path, progress: Progress) -> Path:
    """The weights and the optimizer's state after the last whole epoch."""
    return out / f"epoch-{progress.epoch:03d}.weights.h5"


def _load_best(out: Path) -> Model:
    try:
        return keras.saving.load_model(out / BEST_FILE)
    except (OSError, ValueError) as error:
        raise RunError(f"{out / BEST_FILE}: missing or damaged; start again with another --out") from error
