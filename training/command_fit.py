"""`train.py fit`: trains a network, goes on with a run, installs what came out."""

from __future__ import annotations

import argparse
import os
import shlex
import sys
from dataclasses import fields
from datetime import datetime
from pathlib import Path

from training.config import CONFIG_FILE, ConfigError, TrainConfig

SUMMARY = "train a network, and install it with --install"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the flags; everything else of a run is in `training/config.py`."""
    default = TrainConfig()
    parser.add_argument(
        "--data",
        type=Path,
        metavar="PATH",
        help="mnist.npz, or a folder or zip with Training/0..9 and Testing/0..9 (default: download MNIST)",
    )
    parser.add_argument(
        "--strokes",
        type=Path,
        metavar="PATH",
        help="pendigits pen strokes, file or folder, for --recipe full (default: download them)",
    )
    parser.add_argument("--out", type=Path, metavar="FOLDER", help="the run's folder (default: runs/<date-time>)")
    parser.add_argument(
        "--resume", type=Path, metavar="FOLDER", help="go on with the run in this folder, with its own settings"
    )
    parser.add_argument("--install", action="store_true", help="put the result where run_camera.py finds it")
    parser.add_argument(
        "--recipe",
        choices=("plain", "full"),
        default=default.recipe,
        help="plain: MNIST alone; full: all the camera may meet (default: %(default)s)",
    )
    parser.add_argument(
        "--arch",
        default=default.arch,
        metavar="NAME",
        help="dense1, dense2, lenet5, cnn_small, cnn_deep or shipped (default: %(default)s)",
    )
    parser.add_argument(
        "--epochs",
        type=_positive,
        default=default.epochs,
        metavar="N",
        help="passes over the examples (default: %(default)s)",
    )
    parser.add_argument(
        "--learning-rate",
        type=_share,
        default=default.learning_rate,
        metavar="R",
        help="the steps' size at its peak, 0 to 1 (default: %(default)s)",
    )
    parser.add_argument(
        "--from",
        dest="start",
        metavar="FILE.keras",
        help="start from a trained network's weights, such as a run's best.keras, instead of from chance",
    )
    parser.add_argument(
        "--dropout",
        type=_share,
        default=default.dropout,
        metavar="P",
        help="share of features hidden while training, 0 to 1 (default: %(default)s)",
    )
    parser.add_argument(
        "--weight-decay",
        type=_share,
        default=default.weight_decay,
        metavar="W",
        help="pull of the kernels to zero, 0 to 1 (default: %(default)s)",
    )
    parser.add_argument(
        "--no-augment",
        dest="is_augmented",
        action="store_false",
        help="show the images as they are, not varied anew each epoch (plain recipe)",
    )
    parser.add_argument("--limit", type=_positive, metavar="N", help="use N training images at most, for a quick look")
    parser.add_argument(
        "--seed",
        type=int,
        default=default.seed,
        metavar="N",
        help="repeats a run on the same machine (default: %(default)s)",
    )
    parser.add_argument("--threads", type=_positive, metavar="N", help="CPU threads (default: all cores)")


def _positive(text: str) -> int:
    if (value := int(text)) < 1:
        raise argparse.ArgumentTypeError(f"{value} is not 1 or more")
    return value


def _share(text: str) -> float:
    if not 0 <= (value := float(text)) < 1:
        raise argparse.ArgumentTypeError(f"{value} is not from 0 to below 1")
    return value


def run(args: argparse.Namespace) -> None:
    """Trains as asked, and prints where the results are.

    Raises:
        DigitsError: data, settings or folders are not what they should be.
        KeyboardInterrupt: passed on, after saying how to go on.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")  # read when TensorFlow is first imported
    from training.data import load_digits
    from training.finish import finish
    from training.fit import fit, limit_threads
    from training.recipes import RECIPES

    if args.threads:
        limit_threads(args.threads)
    out = _folder(args)
    config = TrainConfig.load(out / CONFIG_FILE) if args.resume else _config(args)
    examples = RECIPES[config.recipe](config, load_digits(args.data), args.strokes)
    try:
        network, progress = fit(config, examples.epoch_arrays, examples.validation, out)
    except KeyboardInterrupt:
        print(
            f"\nstopped; whole epochs and the best weights are kept: go on with {_resume(args, out)}", file=sys.stderr
        )
        raise
    metrics = finish(network, progress, config=config, examples=examples, out=out, command=_command(config))
    for name, scores in metrics["tests"].items():
        print(f"{name}: {scores['accuracy']:.2%} of {scores['count']} right")
    print(f"run: {out}")
    if args.install:
        _install(out)


def _folder(args: argparse.Namespace) -> Path:
    out = args.resume or args.out or Path("runs") / datetime.now().strftime("%Y-%m-%d-%H%M%S")
    if not args.resume and (out / CONFIG_FILE).exists():
        raise ConfigError(f"{out}: holds a run already; go on with it by --resume {out}, or choose another --out")
    return out


def _resume(args: argparse.Namespace, out: Path) -> str:
    """The command line that goes on with this run."""
    words = ["python", "train.py", "--resume", str(out)]
    for flag, path in (("--data", args.data), ("--strokes", args.strokes)):
        words += [flag, str(path)] if path else []
    return shlex.join(words + ["--install"] * args.install)


def _config(args: argparse.Namespace) -> TrainConfig:
    given = vars(args)
    return TrainConfig(**{field.name: given[field.name] for field in fields(TrainConfig) if field.name in given})


def _command(config: TrainConfig) -> str:
    """The command line that makes this run again."""
    default, words = TrainConfig(), ["python", "train.py"]
    for name in ("recipe", "arch", "start", "epochs", "learning_rate", "dropout", "weight_decay", "limit", "seed"):
        if (value := getattr(config, name)) != getattr(default, name):
            words += ["--from" if name == "start" else f"--{name.replace('_', '-')}", str(value)]
    return shlex.join(words + ([] if config.is_augmented else ["--no-augment"]))


def _install(out: Path) -> None:
    from training.export import WEIGHTS_FOLDER, install

    install(out, WEIGHTS_FOLDER)
    print(f"installed: {WEIGHTS_FOLDER}")
