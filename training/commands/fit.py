"""`train.py fit`: trains a network, goes on with a run, installs what came out."""

from __future__ import annotations

import argparse
import shlex
import sys
from dataclasses import asdict, fields
from datetime import datetime
from pathlib import Path

from capture.language import tr, translatable, translate
from training.commands.options import add_common, positive, share
from training.fitting.config import CONFIG_FILE, ConfigError, TrainConfig, fitting_batch
from training.fitting.tensorflow import start_tensorflow
from training.results import locked_run

SUMMARY = translatable("train a network, and install it with --install")

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


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the flags; what each setting means is in `training/fitting/config.py`."""
    add_common(parser, "fit")
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
    _add_machine_arguments(parser)


def _add_machine_arguments(parser: argparse.ArgumentParser) -> None:
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


def run(args: argparse.Namespace) -> None:
    """Trains as asked, and prints where the results are.

    Raises:
        DigitsError: data, settings or folders are not what they should be.
        KeyboardInterrupt: passed on, after saying how to go on.
    """
    start_tensorflow()
    from training.fitting.fit import limit_threads

    if args.threads:
        limit_threads(args.threads)
    if args.extra:
        return _adapt(args)
    team = _team(args.distribute)
    out = _folder(args, team.worker if team else 0)
    with locked_run(out):
        _train(args, team, out)


def _train(args: argparse.Namespace, team, out: Path) -> None:  # noqa: ANN001 - the type of a module imported late
    from training.datasets.mnist import load_digits
    from training.fitting.finish import finish
    from training.fitting.fit import fit
    from training.synthesis.recipes import RECIPES

    config = TrainConfig.load(out / CONFIG_FILE) if args.resume else _config(args)
    examples = RECIPES[config.recipe](config, load_digits(args.data), args.strokes, args.unipen)
    try:
        network, progress = fit(config, examples.epoch_arrays, examples.validation, out, team=team)
    except KeyboardInterrupt:
        print(
            tr("\nstopped; whole epochs and the best weights are kept: go on with {resume}", resume=_resume(args, out)),
            file=sys.stderr,
        )
        raise
    if team and not team.is_chief:
        print(tr("worker {worker}: done; worker 0 tests the network and writes the results", worker=team.worker))
        team.wait()
        return
    command = shlex.join([*shlex.split(config.command), *_data_flags(args)])
    metrics = finish(network, progress, config=config, examples=examples, out=out, command=command)
    for name, scores in metrics["tests"].items():
        print(
            tr(
                "{name}: {accuracy:.2%} of {count} right",
                name=name,
                accuracy=scores["accuracy"],
                count=scores["count"],
            )
        )
    print(tr("run: {out}", out=out))
    if args.install:
        _install(out)
    if team:
        team.wait()


def _adapt(args: argparse.Namespace) -> None:
    from training.fitting.adapt import adapt

    adapt(args)


def _team(kind: str | None):
    """The devices or machines that train together; None for this process alone."""
    from training.fitting.distribute import Team

    return Team(kind) if kind else None


def _folder(args: argparse.Namespace, worker: int) -> Path:
    """The run's folder; every worker but the first keeps its own inside, since machines need not share a disk."""
    out = args.resume or args.out or Path("runs") / f"{datetime.now():%Y-%m-%d-%H%M%S}-fit"
    folder = out / f"worker-{worker}" if worker else out
    if not args.resume and (folder / CONFIG_FILE).exists():
        raise ConfigError(
            "{out}: holds a run already; go on with it by --resume {out}, or choose another --out", out=out
        )
    return folder


def _resume(args: argparse.Namespace, out: Path) -> str:
    """The command line that goes on with this run."""
    words = ["python", "train.py", "--resume", str(args.resume or args.out or out)]
    words += _data_flags(args) + (["--distribute", args.distribute] if args.distribute else [])
    return shlex.join(words + ["--install"] * args.install)


def _data_flags(args: argparse.Namespace) -> list[str]:
    """The flags that name the data, which a run's settings do not hold."""
    given = (("--data", args.data), ("--strokes", args.strokes), ("--unipen", args.unipen))
    return [word for flag, value in given if value for word in (flag, str(value))]


def _config(args: argparse.Namespace) -> TrainConfig:
    given = {field.name: vars(args)[field.name] for field in fields(TrainConfig) if field.name in vars(args)}
    is_quick_look = args.limit and args.recipe == "plain"
    fitting = fitting_batch(args.limit) if is_quick_look else TrainConfig().batch_size
    teachers = tuple(args.teachers or ())
    if teachers and args.recipe != "full":
        raise ConfigError("--teacher: only --recipe full is taught by other networks; add it, or leave the teacher out")
    if args.blend and not args.start:
        raise ConfigError("--blend: there are no weights to blend with; say by --from where training starts")
    return TrainConfig(**given | {"batch_size": args.batch_size or fitting, "teachers": teachers})


def _install(out: Path) -> None:
    from training.fitting.export import WEIGHTS_FOLDER, install

    install(out, WEIGHTS_FOLDER)
    print(tr("installed: {folder}", folder=WEIGHTS_FOLDER))
