"""Holds the hyperparameters of a training run: one frozen value, saved beside what it produced."""

from __future__ import annotations

import json
import shlex
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from capture.language import tr
from capture.sinks.names import replacing
from model.errors import DigitsError

CONFIG_FILE = "config.json"  # in a run's folder
SHIPPED = "shipped"  # in place of a trained network's file
WITHOUT_VALUE = {"teachers", "is_augmented"}  # settings whose flags are written otherwise
MIN_BATCH, STEPS_AN_EPOCH = 16, 30  # for quick looks


class ConfigError(DigitsError):
    """Settings do not go together, or a run's saved ones are missing or damaged."""


@dataclass(frozen=True)
class TrainConfig:
    """Everything that decides how a network is trained.

    Attributes:
        arch: a name from `model.network.ARCHITECTURES`.
        recipe: "plain" (MNIST alone) or "full" (MNIST, pen strokes, simulated camera pages, things that are no digit).
        epochs: passes over the training examples at most; early stopping may end sooner.
        batch_size: examples a step.
        learning_rate: the peak, reached after the warm-up and then lowered along a cosine.
        warmup: share of all steps in which the rate climbs from 0 to its peak, 0 to 1.
        weight_decay: pull of every step on kernels towards zero (AdamW), relative to the rate.
        labels: how the loss is told the truth: "one-hot" or "sparse"; `training.fitting.fit.targets_of` explains both.
        label_smoothing: share of each one-hot target that is spread over all classes, 0 to 1.
        dropout: share of features hidden at random while training, 0 to 1.
        averaging: the kept weights are a running average over about this share of an epoch, 0 (off) to 1.
        precision: "float32", or "mixed_bfloat16" where the processor multiplies 16-bit numbers faster.
        patience: epochs without a better validation score before training stops.
        validation_share: part of the training images held out, 0 to 1.
        test_share: part of all images, the publisher's test images among them, drawn anew as the test set, 0 to 1; None
            keeps the publisher's own (plain recipe).
        is_augmented: whether each epoch sees the images slightly turned, sheared and stretched.
        start: a `.keras` file whose weights training starts from, or "shipped"; None for a fresh network.
        blend: share of `start`'s weights in the finished network, 0 to 1: their mean forgets less than the new alone.
        teachers: `.tflite` files of trained networks, or "shipped", whose answers are half of every target.
        limit: use this many training images at most, for a quick look; None for all.
        seed: makes a run repeatable on the same machine.

    Example:
        config = TrainConfig(arch="cnn_small", epochs=3, limit=1000)
        config.save(Path("config.json"))
        assert TrainConfig.load(Path("config.json")) == config
    """

    arch: str = "shipped"
    recipe: str = "plain"
    epochs: int = 10
    batch_size: int = 256
    learning_rate: float = 2.5e-3
    warmup: float = 0.05
    weight_decay: float = 1e-2
    labels: str = "one-hot"
    label_smoothing: float = 0.02
    dropout: float = 0.3
    averaging: float = 0.05
    precision: str = "float32"
    patience: int = 5
    validation_share: float = 0.1
    test_share: float | None = None
    is_augmented: bool = True
    start: str | None = None
    blend: float = 0.0
    teachers: tuple[str, ...] = ()
    limit: int | None = None
    seed: int = 0

    @property
    def command(self) -> str:
        """The command line that makes this run again, but for the flags that name its data."""
        default, words = TrainConfig(), ["python", "train.py"]
        for name in (one.name for one in fields(self) if one.name not in WITHOUT_VALUE):
            if (value := getattr(self, name)) != getattr(default, name):
                words += ["--from" if name == "start" else f"--{name.replace('_', '-')}", str(value)]
        words += [word for teacher in self.teachers for word in ("--teacher", teacher)]
        return shlex.join(words + ([] if self.is_augmented else ["--no-augment"]))

    def save(self, path: Path) -> None:
        """Write the settings as JSON, whole or not at all."""
        with replacing(path) as partial:
            partial.write_text(json.dumps(asdict(self), indent=2) + "\n", encoding="utf-8")

    @classmethod
    def load(cls, path: Path) -> TrainConfig:
        """Read settings that `save` wrote.

        Raises:
            ConfigError: the file is missing, no JSON, or holds other settings.
        """
        try:
            values = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise ConfigError(
                "{path}: not the settings of a run ({error}); give the folder a run wrote", path=path, error=error
            ) from error
        if not isinstance(values, dict) or (unknown := set(values) - {field.name for field in fields(cls)}):
            what = tr("no settings")
            if isinstance(values, dict):
                what = tr("unknown settings {names}", names=", ".join(sorted(unknown)))
            raise ConfigError("{path}: {what}; was it written by another version?", path=path, what=what)
        return cls(**values | {"teachers": tuple(values.get("teachers", ()))})  # JSON has no tuples


def fitting_batch(images: int) -> int:
    """Choose a batch size that leaves a quick look enough steps to learn anything: 256, and fewer for few images."""
    return min(TrainConfig().batch_size, max(MIN_BATCH, images // STEPS_AN_EPOCH))
