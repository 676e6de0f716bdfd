"""Finds what a report is made from: the results that `train.py`'s commands left in their folders."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from model.errors import DigitsError
from training.fitting.config import CONFIG_FILE
from training.results import Figure, Outcome

METRICS_FILE, STATE_FILE = "metrics.json", "state.json"  # as `finish.py` and `fit.py` of `training/fitting` write them
OF_AN_OUTCOME = {"command", "title", "text", "figures"}  # the keys that tell a result's JSON from any other


class ReportError(DigitsError):
    """There is nothing to report on, or a file of it is missing, damaged or wrongly named."""


@dataclass(frozen=True)
class Result:
    """One command's outcome and the folder that holds its figures."""

    outcome: Outcome
    folder: Path


@dataclass(frozen=True)
class FitRun:
    """A training run.

    Attributes:
        folder: where it is.
        metrics: what `metrics.json` holds; empty when the run was not finished.
    """

    folder: Path
    metrics: Mapping[str, Any]

    @property
    def network_file(self) -> Path | None:
        """Its network: the calibrated one, or the best so far of a run that was not finished."""
        files = (self.folder / name for name in ("digits.keras", "best.keras"))
        return next((file for file in files if file.is_file()), None)


@dataclass(frozen=True)
class ReportInputs:
    """Everything that was found, in the order of the folders given.

    Example:
        inputs = gather([Path("runs/fit"), Path("runs/evaluate")])
        print([run.folder for run in inputs.runs], inputs.of("evaluate"))
    """

    runs: Sequence[FitRun]
    results: Sequence[Result]

    def of(self, command: str) -> list[Result]:
        """Give the results of one command."""
        return [result for result in self.results if result.outcome.command == command]


def gather(folders: Sequence[Path]) -> ReportInputs:
    """Read what lies in these folders and in the folders right below them.

    Raises:
        ReportError: a folder is missing, a result damaged, or there is none.
    """
    runs, results = {}, {}
    for folder in _with_subfolders(folders):
        if (folder / CONFIG_FILE).is_file():
            runs[folder.resolve()] = _run(folder)
        for path, values in _results(folder):
            results[path.resolve()] = Result(_outcome(values, path), folder)
    if not runs and not results:
        names = ", ".join(map(str, folders))
        raise ReportError(
            "{names}: no results there; run a command such as: python train.py fit --out {folders}",
            names=names,
            folders=folders[0],
        )
    return ReportInputs(list(runs.values()), list(results.values()))


def _with_subfolders(folders: Sequence[Path]) -> Iterator[Path]:
    for folder in folders:
        if not folder.is_dir():
            raise ReportError("{folder}: no such folder; give the --out of other commands, or runs/", folder=folder)
        yield folder
        yield from sorted(path for path in folder.iterdir() if path.is_dir())


def _run(folder: Path) -> FitRun:
    path = folder / METRICS_FILE
    metrics = _read(path) if path.is_file() else {}
    if metrics and not {"config", "history", "tests"} <= set(metrics):
        raise ReportError("{path}: not the figures of a run; was it written by another version?", path=path)
    return FitRun(folder, metrics)


def _results(folder: Path) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    """List the JSON files of a folder that hold an outcome; others, such as a run's settings, are passed over."""
    for path in sorted(folder.glob("*.json")):
        if path.name not in (CONFIG_FILE, METRICS_FILE, STATE_FILE) and set(values := _read(path)) >= OF_AN_OUTCOME:
            yield path, values


def _read(path: Path) -> Mapping[str, Any]:
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise ReportError("{path}: damaged ({error}); make it again, or remove it", path=path, error=error) from error
    return values if isinstance(values, Mapping) else {}


def _outcome(values: Mapping[str, Any], path: Path) -> Outcome:
    try:
        figures = [Figure(figure["file"], figure["caption"]) for figure in values["figures"]]
        return Outcome(
            values["command"], values["title"], str(values["text"]), figures, dict(values.get("numbers") or {})
        )
    except (TypeError, KeyError, ValueError) as error:
        raise ReportError("{path}: its figures are not listed as they should be; make it again", path=path) from error
