"""Keeps a training run: how far it is, the last whole epoch's weights to go on from, the best network so far."""

from __future__ import annotations

import errno
import json
import os
import shutil
from dataclasses import asdict, dataclass, field
from pathlib import Path

import keras
from keras import Model

from capture.language import system_words
from capture.sinks.names import replacing
from model.errors import DigitsError
from training.fitting.config import CONFIG_FILE, TrainConfig

STATE_FILE = "state.json"
BEST_FILE = "best.keras"
FLOAT_BYTES = 4
SPARE_BYTES = 250_000  # what HDF5 adds for names and alignment, and the history


class RunError(DigitsError):
    """A training run's folder cannot be written, or not be gone on from."""


class UnwritableError(RunError):
    """The disk is full, or failed: what was kept before is still there."""

    def __init__(self, out: Path, reason: str, remedy: str) -> None:
        super().__init__(f"{out}: cannot be written ({reason}); free some space, then {remedy}")
        self.reason = reason

    def within(self, folder: Path) -> UnwritableError:
        """Give the same for a command that trains several networks below its own folder."""
        return UnwritableError(folder, self.reason, f"go on by the same command with --out {folder}")


@dataclass
class Progress:
    """Holds how far a run is; kept in `state.json` after every epoch.

    Attributes:
        history: one row an epoch: training loss and accuracy, the time that took, validation loss and accuracy.
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
        """The epoch with the lowest validation loss: accuracy is coarse, and chance moves it."""
        return min(range(self.epoch), key=lambda n: self.history[n]["val_loss"])

    def is_stale(self, patience: int) -> bool:
        """Say whether the last `patience` epochs brought nothing better."""
        return self.epoch > 0 and self.epoch - 1 - self.best >= patience


def open_run(config: TrainConfig, out: Path) -> Progress:
    """Make the run's folder, or read how far the run in it is."""
    try:
        out.mkdir(parents=True, exist_ok=True)
        config.save(out / CONFIG_FILE)
        if not (out / STATE_FILE).exists():
            return Progress()
        return Progress(**json.loads((out / STATE_FILE).read_text(encoding="utf-8")))
    except OSError as error:
        raise RunError(
            "{out}: cannot be written ({reason}); choose another --out", out=out, reason=system_words(error.strerror)
        ) from error
    except (ValueError, TypeError) as error:
        raise RunError(
            "{file}: damaged ({error}); start again with another --out", file=out / STATE_FILE, error=error
        ) from error


def keep(network: Model, reader: Model, progress: Progress, out: Path) -> None:
    """Write the epoch so that a kill at any moment leaves a run that can be gone on with.

    Args:
        network: with its optimizer, after the epoch.
        reader: the same network as it is used afterwards.
        progress: with the epoch's row.
        out: the run's folder.

    Raises:
        RunError: the folder cannot be written, or the disk is full.
    """
    weights = checkpoint_file(out, progress)
    try:
        _check_space(network, out)
        network.save_weights(weights)
        if progress.best == progress.epoch - 1:
            with replacing(out / BEST_FILE, Path(BEST_FILE).suffix) as best:
                Model(reader.inputs, reader.outputs, name=reader.name).save(best)  # without the optimizer's state
        with replacing(out / STATE_FILE) as state:
            state.write_text(json.dumps(asdict(progress), indent=2), encoding="utf-8")
    except OSError as error:
        weights.unlink(missing_ok=True)  # what is no use takes no space
        raise unwritable(out, error) from error
    for old in set(out.glob("epoch-*.weights.h5")) - {checkpoint_file(out, progress)}:
        old.unlink()


def _check_space(network: Model, out: Path) -> None:
    """Raise OSError where the disk is about to run full: HDF5 would leave half a file, and a traceback at the end."""
    learnt = network.count_params() * FLOAT_BYTES
    state = sum(variable.value.numpy().nbytes for variable in network.optimizer.variables)
    if shutil.disk_usage(out).free < 2 * learnt + state + SPARE_BYTES:  # the last epoch's weights, and the best ones
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def unwritable(out: Path, error: OSError) -> UnwritableError:
    """Say in one line that a disk is full: HDF5 spreads its own words over several."""
    reason = os.strerror(error.errno) if error.errno else str(error).strip().splitlines()[0]
    return UnwritableError(out, reason, f"go on with --resume {out}")


def checkpoint_file(out: Path, progress: Progress) -> Path:
    """Name the file of the weights and the optimizer's state after the last whole epoch."""
    return out / f"epoch-{progress.epoch:03d}.weights.h5"


def load_best(out: Path) -> Model:
    """Load the network with the lowest validation loss so far.

    Raises:
        RunError: its file is missing or damaged.
    """
    try:
        return keras.saving.load_model(out / BEST_FILE)
    except Exception as error:  # a damaged file fails in Keras, HDF5, zip and JSON in many ways
        raise RunError("{file}: missing or damaged; start again with another --out", file=out / BEST_FILE) from error
