"""Draws the pictures of `train.py search`: how it went, what mattered, and each setting by itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator
from optuna.trial import FrozenTrial, TrialState

from capture.language import format_number, tr
from training.evaluation.search import setting_name
from training.plots.style import BLUE, GREEN, GREY, ORANGE, drawing, percent_axis

LOG_SETTINGS = ("learning_rate", "weight_decay")
COLUMNS = 3


def draw_history(trials: Sequence[FrozenTrial], importances: Mapping[str, float], path: Path) -> None:
    """Draw every try's validation accuracy with the best so far, and how much each setting mattered.

    Args:
        trials: finished and pruned ones.
        importances: share of the differences that each setting explains, 0 to 1; may be empty.
        path: the PNG file to write.
    """
    with drawing(path, columns=2, size_in=(12, 4.8)) as (figure, (left, right)):
        figure.suptitle(tr("Search for hyperparameters"))
        _draw_tries(left, trials)
        _draw_importances(right, importances)


def _draw_tries(axes: Axes, trials: Sequence[FrozenTrial]) -> None:
    done = [trial for trial in trials if trial.state == TrialState.COMPLETE]
    axes.plot([t.number for t in done], [t.value for t in done], "o", color=BLUE, label=tr("finished"))
    early = [(t.number, last_value(t)) for t in trials if t.state == TrialState.PRUNED and t.intermediate_values]
    if early:
        axes.plot(*zip(*early, strict=True), "x", color=ORANGE, label=tr("ended early"))
    best = np.maximum.accumulate([t.value for t in done])
    last = max(t.number for t in trials)
    axes.step([*(t.number for t in done), last], [*best, best[-1]], where="post", color=GREEN, label=tr("best so far"))
    axes.set(xlabel=tr("try"), ylabel=tr("validation accuracy"), title=tr("How it went"))
    axes.yaxis.set_major_formatter(percent_axis())
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.grid(alpha=0.3)
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.14), ncols=3)


def last_value(trial: FrozenTrial) -> float:
    """Find what a try that was ended early had reached."""
    return trial.intermediate_values[max(trial.intermediate_values)]


def _draw_importances(axes: Axes, importances: Mapping[str, float]) -> None:
    axes.set(title=tr("What mattered"))
    if not importances:
        axes.text(0.5, 0.5, tr("too few tries to tell"), ha="center", va="center", transform=axes.transAxes)
        axes.set(xticks=[], yticks=[])
        return
    names = sorted(importances, key=importances.get)
    bars = axes.barh([*map(setting_name, names)], [importances[name] for name in names], color=BLUE)
    axes.bar_label(bars, fmt=lambda share: format_number(share, ".0%"), padding=3)
    axes.set(xlabel=tr("share of the differences in accuracy that it explains"))
    axes.set(xlim=(0, 1.12 * max(importances.values())))
    axes.xaxis.set_major_formatter(percent_axis())


def draw_settings(trials: Sequence[FrozenTrial], epoch: int, path: Path) -> None:
    """Draw validation accuracy against each setting: one panel each.

    Args:
        trials: all, as they stood after `epoch`.
        epoch: the last one that all of them reached.
        path: the PNG file to write.
    """
    names = list(trials[0].params)
    rows = -(-len(names) // COLUMNS)
    with drawing(path, rows=rows, columns=COLUMNS, size_in=(12, 3.6 * rows), sharey=True) as (figure, axes):
        figure.suptitle(tr("Each setting by itself: every try after epoch {epoch}, the best one ringed", epoch=epoch))
        for place, name in zip(axes.flat, names, strict=False):
            _draw_setting(place, trials, name)
        for place in axes.flat[len(names) :]:
            place.axis("off")
        for first in axes[:, 0]:
            first.set_ylabel(tr("validation accuracy"))
            first.yaxis.set_major_formatter(percent_axis())


def _draw_setting(axes: Axes, trials: Sequence[FrozenTrial], name: str) -> None:
    is_number = isinstance(trials[0].params[name], float)
    given = [t.params[name] if is_number else str(t.params[name]) for t in trials]
    choices = sorted(set(given), key=lambda text: (len(text), text)) if not is_number else []
    places = given if is_number else [choices.index(value) for value in given]
    values = [t.value for t in trials]
    axes.plot(places, values, "o", color=BLUE, alpha=0.8)
    best = int(np.argmax(values))
    axes.plot(places[best], values[best], "o", markersize=13, fillstyle="none", color=ORANGE, markeredgewidth=2)
    axes.set(xlabel=setting_name(name))
    if name in LOG_SETTINGS:
        axes.set_xscale("log")
        axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: format_number(value, "g")))
    if choices:
        axes.set_xticks(range(len(choices)), choices)
        axes.margins(x=0.3)
    axes.grid(alpha=0.3, color=GREY)
