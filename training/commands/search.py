"""`train.py search`: looks for good hyperparameters on the validation set; the test set is read once, at the end."""

from __future__ import annotations

import argparse
import shlex
from collections.abc import Mapping
from pathlib import Path

from capture.language import format_number, tr, translatable
from training.commands.options import add_common, positive
from training.fitting.config import ConfigError, TrainConfig
from training.fitting.tensorflow import start_tensorflow
from training.results import Figure, Outcome, results_folder, table

SUMMARY = translatable("search for good hyperparameters with Optuna; several processes may share a study")
COMMAND = "search"
DEFAULT_ARCH = "cnn_small"
EPOCHS_A_TRY, TRIALS = 5, 20


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the flags."""
    add_common(parser, COMMAND)
    parser.add_argument(
        "--arch",
        default=DEFAULT_ARCH,
        metavar="NAME",
        help=tr("dense1, dense2, lenet5, cnn_small, cnn_deep or shipped (default: %(default)s)"),
    )
    parser.add_argument(
        "--trials",
        type=positive,
        default=TRIALS,
        metavar="N",
        help=tr("tries in all, those of other processes and earlier runs counted in (default: %(default)s)"),
    )
    parser.add_argument(
        "--epochs",
        type=positive,
        default=EPOCHS_A_TRY,
        metavar="N",
        help=tr("passes over the examples a try; poor tries are ended sooner (default: %(default)s)"),
    )
    parser.add_argument(
        "--storage",
        metavar="URL",
        help=tr(
            "where the study is kept: sqlite:///study.db, another database, or a file; several processes "
            "or machines started with the same one share the work (default: a file in --out)"
        ),
    )
    parser.add_argument("--study", default="digits", metavar="NAME", help=tr("of the study (default: %(default)s)"))


def run(args: argparse.Namespace) -> None:
    """Search, train with the best settings, test once, and write pictures and text.

    Raises:
        DigitsError: data, storage or folder are not what they should be.
    """
    start_tensorflow()
    try:
        import optuna  # noqa: F401 - only asked whether it is there
    except ImportError as error:
        raise ConfigError("train.py search: Optuna is not installed; pip install -r requirements.txt") from error
    from model.network import build_network
    from training.datasets.mnist import load_digits
    from training.evaluation.search import best_config, open_study, search, test_once

    build_network(args.arch)  # an unknown name ends here, before anything is begun
    with results_folder(args.out, COMMAND, goes_on=True) as folder:
        images = load_digits(args.data)
        config = TrainConfig(arch=args.arch, epochs=args.epochs, limit=args.limit, seed=args.seed)
        study = open_study(args.storage, args.study, config, folder)
        search(study, config, images, args.trials, folder)
        best = best_config(study, config)
        command = shlex.join([*shlex.split(best.command), *(["--data", str(args.data)] if args.data else [])])
        tested = test_once(study, best, images, folder, command)
        outcome = _outcome(study, config, tested, command, folder)
        outcome.write(folder)
        outcome.show(folder)


def _outcome(study, config: TrainConfig, tested: Mapping, command: str, folder: Path) -> Outcome:  # noqa: ANN001
    from training.evaluation.search import comparable, finished, importances, pruned
    from training.plots.search import draw_history, draw_settings

    history = Figure(f"{COMMAND}.png", tr("Each try's validation accuracy, and how much each setting mattered."))
    settings = Figure(f"{COMMAND}_settings.png", tr("Validation accuracy against each setting by itself."))
    mattered = importances(study)
    tries = sorted(finished(study) + pruned(study), key=lambda trial: trial.number)
    draw_history(tries, mattered, folder / history.file)
    epoch, alike = comparable(study)
    draw_settings(alike, epoch, folder / settings.file)
    numbers = {
        "finished": len(finished(study)),
        "pruned": len(pruned(study)),
        "best": {"try": study.best_trial.number, "validation_accuracy": study.best_value, **study.best_params},
        "importances": dict(mattered),
        "test": dict(tested),
        "command": command,
    }
    title = tr("Search for hyperparameters: {arch}", arch=config.arch)
    return Outcome(COMMAND, title, _text(study, config, numbers), [history, settings], numbers)


def _text(study, config: TrainConfig, numbers: Mapping) -> str:  # noqa: ANN001
    from training.evaluation.search import setting_name

    best, tested = numbers["best"], numbers["test"]
    tries = tr(
        "{finished} tries finished and {pruned} were ended early, since they lay below the median of the earlier ones; "
        "{epochs} epochs each at most. Which is better was decided on the validation set alone. The best is try {best} "
        "with {accuracy:.2%} there.",
        finished=numbers["finished"],
        pruned=numbers["pruned"],
        epochs=config.epochs,
        best=best["try"],
        accuracy=best["validation_accuracy"],
    )
    settings = [(setting_name(name), _shown(value)) for name, value in study.best_params.items()]
    test = tr(
        "The test set was read once, with the settings of try {number}: **{accuracy:.2%}** of {count} right. That is "
        "{gap:+.2f} points against validation, which the search had chosen by, and which it may therefore flatter.",
        number=tested["try"],
        accuracy=tested["accuracy"],
        count=tested["count"],
        gap=100 * (tested["accuracy"] - best["validation_accuracy"]),
    )
    again = tr("To train with the best settings again:") + f"\n\n```\n{numbers['command']}\n```"
    best_table = table((tr("setting"), tr("best")), settings)
    return "\n\n".join((tries, best_table, _mattered(numbers["importances"]), test, again))


def _shown(value: object) -> str:
    return format_number(value, ".3g") if isinstance(value, float) else str(value)


def _mattered(importances: Mapping[str, float]) -> str:
    from training.evaluation.search import setting_name

    if not importances:
        return tr("Too few tries to tell what mattered.")
    first = max(importances, key=importances.get)
    return tr(
        "What mattered most is the {setting}: it explains {share:.0%} of the differences between tries after the last "
        "epoch that all reached (fANOVA); with few tries this is a hint, no proof.",
        setting=setting_name(first),
        share=importances[first],
    )
