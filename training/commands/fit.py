"""`train.py fit`: trains a network, goes on with a run, installs what came out."""

from __future__ import annotations

import argparse
import shlex
import sys
from dataclasses import fields
from datetime import datetime
from pathlib import Path

from capture.language import tr, translatable
from training.commands.fit_flags import add_fit_flags
from training.commands.options import add_common
from training.fitting.config import CONFIG_FILE, ConfigError, TrainConfig, fitting_batch
from training.fitting.tensorflow import start_tensorflow
from training.results import locked_run

SUMMARY = translatable("train a network, and install it with --install")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the flags."""
    add_common(parser, "fit")
    add_fit_flags(parser)


def run(args: argparse.Namespace) -> None:
    """Train as asked, and print where the results are.

    Raises:
        DigitsError: data, settings or folders are not what they should be.
        KeyboardInterrupt: passed on, after saying how to go on.
    """
    start_tensorflow()
    from training.fitting.fit import limit_threads

    if args.threads:
        limit_threads(args.threads)
    if args.extra:
        from training.fitting.adapt import adapt

        return adapt(args)
    team = _team(args.distribute)
    out = _folder(args, team.worker if team else 0)
    with locked_run(out):
        _train(args, team, out)


def _train(args: argparse.Namespace, team, out: Path) -> None:  # noqa: ANN001 - the type of a module imported late
    from model.network import check_architecture
    from training.datasets.mnist import load_digits
    from training.fitting.finish import finish
    from training.fitting.fit import fit
    from training.synthesis.recipes import RECIPES

    config = TrainConfig.load(out / CONFIG_FILE) if args.resume else _config(args)
    check_architecture(config.arch)  # before anything is downloaded
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


def _team(kind: str | None):
    """Choose the devices or machines that train together; None for this process alone."""
    from training.fitting.distribute import Team

    return Team(kind) if kind else None


def _folder(args: argparse.Namespace, worker: int) -> Path:
    """Choose the run's folder; all workers but the first have their own inside: machines need not share a disk."""
    out = args.resume or args.out or Path("runs") / f"{datetime.now():%Y-%m-%d-%H%M%S}-fit"
    folder = out / f"worker-{worker}" if worker else out
    if not args.resume and (folder / CONFIG_FILE).exists():
        raise ConfigError(
            "{out}: holds a run already; go on with it by --resume {out}, or choose another --out", out=out
        )
    return folder


def _resume(args: argparse.Namespace, out: Path) -> str:
    """Write the command line that goes on with this run."""
    words = ["python", "train.py", "--resume", str(args.resume or args.out or out)]
    words += _data_flags(args) + (["--distribute", args.distribute] if args.distribute else [])
    return shlex.join(words + ["--install"] * args.install)


def _data_flags(args: argparse.Namespace) -> list[str]:
    """Write the flags that name the data, which a run's settings do not hold."""
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
