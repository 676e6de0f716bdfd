"""The flags of `train.py fit`: hyperparameters, data, what is to be done, and where it runs."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from capture.language import tr, translatable, translate
from training.commands.options import positive, share
from training.fitting.config import TrainConfig

COUNT = {"type": positive, "metavar": "N"}
SHARE = {"type": share, "metavar": "P"}
PATH = {"type": Path, "metavar": "PATH"}
FOLDER = {"type": Path, "metavar": "FOLDER"}

Flags = Mapping[str, tuple[dict[str, Any], str]]  # what argparse needs, and the help, by flag

SETTINGS: Flags = {
    "--recipe": (
        {"choices": ("plain", "full")},
        translatable("plain: MNIST alone; full: all that the camera may meet"),
    ),
    "--arch": ({"metavar": "NAME"}, translatable("dense1, dense2, lenet5, cnn_small, cnn_deep or shipped")),
    "--epochs": (COUNT, translatable("passes over the examples at most")),
    "--patience": (
        COUNT,
        translatable(
            "early stopping: epochs without a better validation score before it ends; the best one's weights are kept"
        ),
    ),
    "--batch-size": (
        COUNT,
        translatable("examples a step (default: {batch_size}; fewer where --limit leaves few images)"),
    ),
    "--learning-rate": ({"type": share, "metavar": "R"}, translatable("the steps' size at its peak, 0 to 1")),
    "--from": (
        {"metavar": "FILE.keras", "dest": "start"},
        translatable(
            "start from a trained network's weights, such as a run's best.keras, or 'shipped', instead of from chance"
        ),
    ),
    "--blend": (
        SHARE,
        translatable(
            "share of the weights of --from in the finished network, 0 to 1: forgets less than the new weights alone"
        ),
    ),
    "--precision": (
        {"choices": ("float32", "mixed_bfloat16")},
        translatable(
            "mixed_bfloat16: faster by half where the processor multiplies 16-bit numbers, much slower elsewhere"
        ),
    ),
    "--labels": (
        {"choices": ("one-hot", "sparse")},
        translatable(
            "one-hot: a 3 is the row 0 0 0 1 0 0 0 0 0 0 0, which can be softened; sparse: a 3 is the number 3"
        ),
    ),
    "--label-smoothing": (SHARE, translatable("share of each one-hot label that is spread over all classes, 0 to 1")),
    "--dropout": (SHARE, translatable("share of features hidden while training, 0 to 1; 0 turns it off")),
    "--weight-decay": (
        {"type": share, "metavar": "W"},
        translatable("pull of the kernels to zero, 0 to 1; 0 turns it off"),
    ),
    "--validation-share": (
        SHARE,
        translatable("part of the training images held out, the same of every digit, 0 to 1 (plain recipe)"),
    ),
    "--test-share": (
        SHARE,
        translatable("draw the test set anew: this part of all images, the same of every digit, 0 to 1 (plain recipe)"),
    ),
}
"""Hyperparameters, whose defaults and meaning are in `training/fitting/config.py`."""
DATA: Flags = {
    "--strokes": (
        PATH,
        translatable("pendigits pen strokes, file or folder, for --recipe full (default: download them)"),
    ),
    "--unipen": (
        PATH,
        translatable(
            "UNIPEN's digits, letters and signs as pen strokes, file or folder, for --recipe full "
            "(default: download them)"
        ),
    ),
    "--teacher": (
        {"dest": "teachers", "action": "append", "metavar": "FILE.tflite"},
        translatable(
            "let a trained network's answers, or those of several, be half of every target (--recipe "
            "full); 'shipped' or the file of a run; may be given more than once"
        ),
    ),
}
"""What else is learnt from, beside the images of `--data`."""
TASKS: Flags = {
    "--resume": (FOLDER, translatable("go on with the run in this folder, with its own settings")),
    "--extra": (
        FOLDER,
        translatable(
            "teach a trained network (--from shipped) one's own digits: pictures 7_anything.png or 7/anything.png of "
            "any size, or what run_camera.py --keep FOLDER has kept; with --install only where MNIST does not suffer"
        ),
    ),
    "--install": ({"action": "store_true"}, translatable("put the result where run_camera.py finds it")),
}
"""What is to be done in place of a fresh run, and with its result."""
MACHINE: Flags = {
    "--threads": (COUNT, translatable("CPU threads (default: all cores)")),
    "--distribute": (
        {"choices": ("mirrored", "multiworker")},
        translatable(
            "mirrored: all GPUs of this machine, or its CPU in two parts; multiworker: several processes "
            "or machines, each started with the same command and its own TF_CONFIG"
        ),
    ),
}
"""Where it runs, which changes nothing of what is learnt."""


def add_fit_flags(parser: argparse.ArgumentParser) -> None:
    """Add all that `fit` takes beside the flags that every command has."""
    add_setting_flags(parser)
    for flag, (how, text) in {**DATA, **TASKS, **MACHINE}.items():
        parser.add_argument(flag, help=translate(text), **how)


def add_setting_flags(parser: argparse.ArgumentParser) -> None:
    """Add a flag for each hyperparameter."""
    usual = asdict(TrainConfig()) | {"batch_size": None}  # `fit` finds one that fits
    for flag, (how, text) in SETTINGS.items():
        value = usual[how.get("dest", flag[2:].replace("-", "_"))]
        shown = translate(text, batch_size=TrainConfig().batch_size)
        if value is not None:
            shown = tr("{text} (default: %(default)s)", text=shown)
        parser.add_argument(flag, default=value, help=shown, **how)
    parser.add_argument(
        "--no-augment",
        dest="is_augmented",
        action="store_false",
        help=tr("show the images as they are, not varied anew each epoch (plain recipe)"),
    )
