"""The flags of `train.py fit`: hyperparameters, data, what is to be done, and where it runs."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from pathlib import Path

from capture.language import tr, translatable, translate
from training.commands.options import positive, share
from training.fitting.config import TrainConfig

# Hyperparameters: field of TrainConfig, flag, what argparse needs, help. Their defaults are TrainConfig's.
SETTINGS = (
    (
        "recipe",
        "--recipe",
        {"choices": ("plain", "full")},
        translatable("plain: MNIST alone; full: all that the camera may meet"),
    ),
    ("arch", "--arch", {"metavar": "NAME"}, translatable("dense1, dense2, lenet5, cnn_small, cnn_deep or shipped")),
    ("epochs", "--epochs", {"type": positive, "metavar": "N"}, translatable("passes over the examples at most")),
    (
        "patience",
        "--patience",
        {"type": positive, "metavar": "N"},
        translatable(
            "early stopping: epochs without a better validation score before it ends; the best one's weights are kept"
        ),
    ),
    (
        "batch_size",
        "--batch-size",
        {"type": positive, "metavar": "N"},
        translatable("examples a step (default: {batch_size}; fewer where --limit leaves few images)"),
    ),
    (
        "learning_rate",
        "--learning-rate",
        {"type": share, "metavar": "R"},
        translatable("the steps' size at its peak, 0 to 1"),
    ),
    (
        "start",
        "--from",
        {"metavar": "FILE.keras"},
        translatable(
            "start from a trained network's weights, such as a run's best.keras, or 'shipped', instead of from chance"
        ),
    ),
    (
        "blend",
        "--blend",
        {"type": share, "metavar": "P"},
        translatable(
            "share of the weights of --from in the finished network, 0 to 1: forgets less than the new weights alone"
        ),
    ),
    (
        "precision",
        "--precision",
        {"choices": ("float32", "mixed_bfloat16")},
        translatable(
            "mixed_bfloat16: faster by half where the processor multiplies 16-bit numbers, much slower elsewhere"
        ),
    ),
    (
        "labels",
        "--labels",
        {"choices": ("one-hot", "sparse")},
        translatable(
            "one-hot: a 3 is the row 0 0 0 1 0 0 0 0 0 0 0, which can be softened; sparse: a 3 is the number 3"
        ),
    ),
    (
        "label_smoothing",
        "--label-smoothing",
        {"type": share, "metavar": "P"},
        translatable("share of each one-hot label that is spread over all classes, 0 to 1"),
    ),
    (
        "dropout",
        "--dropout",
        {"type": share, "metavar": "P"},
        translatable("share of features hidden while training, 0 to 1; 0 turns it off"),
    ),
    (
        "weight_decay",
        "--weight-decay",
        {"type": share, "metavar": "W"},
        translatable("pull of the kernels to zero, 0 to 1; 0 turns it off"),
    ),
    (
        "validation_share",
        "--validation-share",
        {"type": share, "metavar": "P"},
        translatable("part of the training images held out, the same of every digit, 0 to 1 (plain recipe)"),
    ),
    (
        "test_share",
        "--test-share",
        {"type": share, "metavar": "P"},
        translatable("draw the test set anew: this part of all images, the same of every digit, 0 to 1 (plain recipe)"),
    ),
)


def add_setting_flags(parser: argparse.ArgumentParser) -> None:
    """A flag for each hyperparameter; what each means is in `training/fitting/config.py`."""
    defaults = asdict(TrainConfig()) | {"batch_size": None}  # `_config` finds one that fits
    for name, flag, how, text in SETTINGS:
        value = defaults[name]
        shown = translate(text, batch_size=TrainConfig().batch_size)
        if value is not None:
            shown = tr("{text} (default: %(default)s)", text=shown)
        parser.add_argument(flag, dest=name, default=value, help=shown, **how)
    parser.add_argument(
        "--no-augment",
        dest="is_augmented",
        action="store_false",
        help=tr("show the images as they are, not varied anew each epoch (plain recipe)"),
    )


def add_data_flags(parser: argparse.ArgumentParser) -> None:
    """What else is learnt from, beside the images of `--data`."""
    parser.add_argument(
        "--strokes",
        type=Path,
        metavar="PATH",
        help=tr("pendigits pen strokes, file or folder, for --recipe full (default: download them)"),
    )
    parser.add_argument(
        "--unipen",
        type=Path,
        metavar="PATH",
        help=tr(
            "UNIPEN's digits, letters and signs as pen strokes, file or folder, for --recipe full "
            "(default: download them)"
        ),
    )
    parser.add_argument(
        "--teacher",
        dest="teachers",
        action="append",
        metavar="FILE.tflite",
        help=tr(
            "let a trained network's answers, or those of several, be half of every target (--recipe "
            "full); 'shipped' or the file of a run; may be given more than once"
        ),
    )


def add_task_flags(parser: argparse.ArgumentParser) -> None:
    """What is to be done in place of a fresh run, and with its result."""
    parser.add_argument(
        "--resume", type=Path, metavar="FOLDER", help=tr("go on with the run in this folder, with its own settings")
    )
    parser.add_argument(
        "--extra",
        type=Path,
        metavar="FOLDER",
        help=tr(
            "teach a trained network (--from shipped) one's own digits: pictures 7_anything.png or 7/anything.png of "
            "any size, or what run_camera.py --keep FOLDER has kept; with --install only where MNIST does not suffer"
        ),
    )
    parser.add_argument("--install", action="store_true", help=tr("put the result where run_camera.py finds it"))


def add_machine_flags(parser: argparse.ArgumentParser) -> None:
    """Where it runs, which changes nothing of what is learnt."""
    parser.add_argument("--threads", type=positive, metavar="N", help=tr("CPU threads (default: all cores)"))
    parser.add_argument(
        "--distribute",
        choices=("mirrored", "multiworker"),
        help=tr(
            "mirrored: all GPUs of this machine, or its CPU in two parts; multiworker: several processes "
            "or machines, each started with the same command and its own TF_CONFIG"
        ),
    )
