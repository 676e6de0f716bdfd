"""Looks for good hyperparameters on the validation set, by Optuna: tries that look poor are ended early."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import optuna
from keras import backend
from optuna.exceptions import StorageInternalError
from optuna.importance import FanovaImportanceEvaluator
from optuna.pruners import MedianPruner
from optuna.samplers import TPESampler
from optuna.storages import BaseStorage, JournalStorage
from optuna.storages.journal import JournalFileBackend
from optuna.study import MaxTrialsCallback, Study
from optuna.trial import FrozenTrial, Trial, TrialState

from capture.language import tr
from model.errors import DigitsError, first_line
from training.datasets.labelled import DigitImages
from training.fitting.checkpoint import Progress, UnwritableError
from training.fitting.config import TrainConfig
from training.fitting.finish import finish
from training.fitting.fit import fit
from training.synthesis.recipes import plain

JOURNAL_FILE = "search.journal"
PRUNE_AFTER_TRIALS, PRUNE_AFTER_EPOCHS = 4, 1  # before, nobody knows what is poor
MIN_TRIES = 4  # before, nothing can be said of what mattered
DONE = (TrialState.COMPLETE, TrialState.PRUNED)
CONFIG_KEY, TEST_KEY = "config", "test"  # kept with the study


class SearchError(DigitsError):
    """The study cannot be opened, or was begun with other settings."""


def suggest(trial: Trial, config: TrainConfig) -> TrainConfig:
    """Draw one set of hyperparameters; the ranges hold what is used elsewhere, and what is clearly too much."""
    return replace(
        config,
        learning_rate=trial.suggest_float("learning_rate", 3e-4, 2e-2, log=True),
        batch_size=trial.suggest_categorical("batch_size", [32, 64, 128, 256]),
        dropout=trial.suggest_float("dropout", 0.0, 0.6),
        weight_decay=trial.suggest_float("weight_decay", 1e-4, 1e-1, log=True),
        label_smoothing=trial.suggest_float("label_smoothing", 0.0, 0.1),
        is_augmented=trial.suggest_categorical("is_augmented", [True, False]),
    )


def open_study(storage: str | None, name: str, config: TrainConfig, folder: Path) -> Study:
    """Open a study, or begin it.

    Args:
        storage: a database's URL such as `sqlite:///study.db`, or a journal file; several processes or machines may
            share either. None keeps a journal in `folder`, and makes the search repeatable.
        name: of the study in the storage.
        config: what all tries have in common.
        folder: of the results.

    Raises:
        SearchError: the storage cannot be used, or its study has other settings.
    """
    optuna.logging.set_verbosity(optuna.logging.ERROR)  # it would tell of every try that Ctrl-C ended
    try:
        study = optuna.create_study(
            storage=_storage(storage or str(folder / JOURNAL_FILE)),
            study_name=name,
            load_if_exists=True,
            direction="maximize",
            sampler=TPESampler(seed=config.seed if storage is None else None),  # seeded alike, all would try the same
            pruner=MedianPruner(PRUNE_AFTER_TRIALS, PRUNE_AFTER_EPOCHS),
        )
        _agree(study, config)
    except DigitsError:
        raise
    except Exception as error:  # databases raise what they like
        remedy = tr("give sqlite:///FILE, or a file, where there is space")
        raise SearchError(
            "{storage}: cannot be used ({error}); {remedy}",
            storage=storage or folder,
            error=_reason(error),
            remedy=remedy,
        ) from error
    return study


def _reason(error: BaseException) -> str:
    return getattr(error, "strerror", None) or first_line(error)


def _storage(place: str) -> BaseStorage | str:
    return place if "://" in place else JournalStorage(JournalFileBackend(place))


def _agree(study: Study, config: TrainConfig) -> None:
    """Raise SearchError when the study has other settings: tries can be compared only where all else is the same."""
    settings = json.loads(json.dumps(vars(config)))
    kept = study.user_attrs.get(CONFIG_KEY)
    if kept is None:
        study.set_user_attr(CONFIG_KEY, settings)
    elif changed := sorted(key for key in settings if kept.get(key) != settings[key]):
        raise SearchError(
            "study {study_name}: was begun with another {names}; take another --study",
            study_name=study.study_name,
            names=", ".join(changed),
        )


def search(study: Study, config: TrainConfig, images: DigitImages, trials: int, folder: Path) -> None:
    """Try until the study holds `trials` finished ones, those of other processes counted in.

    Args:
        study: from `open_study`.
        config: what all tries have in common.
        images: the data set; its test images are not read.
        trials: finished and pruned ones, in all.
        folder: where a try keeps its weights while it lasts.
    """
    if len(study.get_trials(deepcopy=False, states=DONE)) >= trials:
        return

    def value_of(trial: Trial) -> float:
        tried = suggest(trial, config)
        print(tr("try {number}: {describe}", number=trial.number, describe=describe(trial.params)), flush=True)
        return _validation_accuracy(trial, tried, images, folder)

    try:
        study.optimize(value_of, callbacks=[MaxTrialsCallback(trials, states=DONE)])
    except (OSError, StorageInternalError, AssertionError) as error:  # Optuna asserts that it could write, too
        raise UnwritableError(folder, _reason(error.__context__ or error), "").within(folder) from error


def _validation_accuracy(trial: Trial, config: TrainConfig, images: DigitImages, folder: Path) -> float:
    """Train one network, unless it falls behind the median of the earlier ones at the same epoch."""

    def report(progress: Progress) -> None:
        trial.report(progress.history[-1]["val_accuracy"], progress.epoch)
        if trial.should_prune():
            raise optuna.TrialPruned

    backend.clear_session(free_memory=False)  # or every try's network would stay in memory
    examples = plain(config, images)
    with TemporaryDirectory(prefix="try-", dir=folder) as scratch:
        try:
            _, progress = fit(config, examples.epoch_arrays, examples.validation, Path(scratch), after_epoch=report)
        except UnwritableError as error:
            raise error.within(folder) from error
    return progress.history[progress.best]["val_accuracy"]


def test_once(study: Study, config: TrainConfig, images: DigitImages, folder: Path, command: str) -> Mapping[str, Any]:
    """Train with the best settings, and read the test set: the first time only, since a second look would be tuning.

    Returns:
        "try": its number; "accuracy" and "count" on the test set; "run": the folder, where it was done.
    """
    if tested := study.user_attrs.get(TEST_KEY):
        return tested
    examples, out = plain(config, images), folder / f"best-try-{study.best_trial.number:03d}"
    network, progress = fit(config, examples.epoch_arrays, examples.validation, out)
    metrics = finish(network, progress, config=config, examples=examples, out=out, command=command)
    scores = next(iter(metrics["tests"].values()))
    tested = {"try": study.best_trial.number, "accuracy": scores["accuracy"], "count": scores["count"], "run": str(out)}
    study.set_user_attr(TEST_KEY, tested)
    return tested


def best_config(study: Study, config: TrainConfig) -> TrainConfig:
    """Find the settings of the try with the highest validation accuracy."""
    return replace(config, **study.best_trial.params)


def comparable(study: Study) -> tuple[int, list[FrozenTrial]]:
    """List all tries, also those ended early, as they stood after the last epoch that all of them reached.

    The finished ones alone would mislead: a setting that makes every try fail is missing among them.

    Returns:
        That epoch, from 1, and copies of the tries whose values are the validation accuracies then.
    """
    tries = [trial for trial in study.get_trials(states=DONE) if trial.intermediate_values]
    epoch = min((max(trial.intermediate_values) for trial in tries), default=0)
    for trial in tries:
        trial.state, trial.value = TrialState.COMPLETE, trial.intermediate_values[epoch]
    return epoch, tries


def importances(study: Study) -> Mapping[str, float]:
    """Measure how much of the differences between tries each setting explains, 0 to 1 (fANOVA, Hutter et al. 2014).

    Empty where there are too few tries, or all came out alike.
    """
    _, tries = comparable(study)
    if len(tries) < MIN_TRIES or len({trial.value for trial in tries}) == 1:
        return {}
    copy = optuna.create_study(direction="maximize")
    copy.add_trials(tries)
    return optuna.importance.get_param_importances(copy, evaluator=FanovaImportanceEvaluator(seed=0))


def finished(study: Study) -> list[FrozenTrial]:
    """List the tries that were not ended early."""
    return study.get_trials(deepcopy=False, states=(TrialState.COMPLETE,))


def pruned(study: Study) -> list[FrozenTrial]:
    """List the tries that were ended early."""
    return study.get_trials(deepcopy=False, states=(TrialState.PRUNED,))


def setting_name(name: str) -> str:
    """Name a setting of `TrainConfig` for texts and pictures."""
    names = {
        "learning_rate": tr("learning rate"),
        "weight_decay": tr("weight decay"),
        "dropout": tr("dropout"),
        "label_smoothing": tr("label smoothing"),
        "batch_size": tr("images a step"),
        "is_augmented": tr("images varied anew each epoch"),
    }
    return names.get(name, name.replace("_", " "))


def describe(params: Mapping[str, Any]) -> str:
    """Write the settings in one line."""
    values = (
        f"{name} {value:.3g}" if isinstance(value, float) else f"{name} {value}" for name, value in params.items()
    )
    return ", ".join(values)
