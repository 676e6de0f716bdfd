"""Puts into words how a training run went, and what its tests show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from capture.language import tr
from training.evaluation.summary import confused_pairs, counted, interval, percent, with_article

OVERFIT = 0.01  # accuracy: training images read so much better than held-out ones were learnt by heart
STILL_CLIMBING = 0.002  # accuracy gained in the last epoch: more epochs would help


def remark(metrics: Mapping[str, Any]) -> str:
    """Say how a training run went: over- or underfitting, when it stopped, what its tests show; Markdown.

    Args:
        metrics: what a run's `metrics.json` holds.
    """
    parts = [_fitting(metrics), _stopping(metrics), *(_test(name, one) for name, one in metrics["tests"].items())]
    return "\n\n".join(parts)


def _fitting(metrics: Mapping[str, Any]) -> str:
    """Judge over- or underfitting by the gap between training and validation in the best epoch."""
    row = metrics["history"][metrics["best_epoch"] - 1]
    gap = row["accuracy"] - row["val_accuracy"]
    text = tr(
        "In its best epoch the network read {training:.2%} of the training images and {held_out:.2%} of the held-out "
        "ones right. ",
        training=row["accuracy"],
        held_out=row["val_accuracy"],
    )
    if gap > OVERFIT:
        return text + tr(
            "It overfits: it knows some training images by heart. Augmentation, dropout or more data help."
        )
    if gap >= 0:
        return text + tr("It hardly overfits.")
    if metrics["config"].get("is_augmented"):
        return text + tr(
            "It does not overfit; training is harder than testing here (varied images, dropout, a network still "
            "learning)."
        )
    return text + tr("It does not overfit; training is harder than testing here (dropout, a network still learning).")


def _stopping(metrics: Mapping[str, Any]) -> str:
    history: Sequence[Mapping[str, float]] = metrics["history"]
    best, last, most = metrics["best_epoch"], len(history), metrics["config"]["epochs"]
    if last == 1:
        return tr("It was trained for a single epoch.")
    text = tr("The best of {last} epochs was number {best}; its weights were kept.", last=last, best=best)
    if last < most:
        return text + tr(" Early stopping ended the run before the {most} epochs that were allowed.", most=most)
    if best == last and history[-1]["val_accuracy"] - history[-2]["val_accuracy"] > STILL_CLIMBING:
        return text + tr(" It was still getting better: more epochs would help.")
    return text


def _test(name: str, scores: Mapping[str, Any]) -> str:
    confusion = np.array(scores["confusion"])
    right, count = int(np.trace(confusion)), scores["count"]
    low, high = interval(right, count)
    text = tr(
        "**{name}**: {right:,} of {count:,} right, {mistakes}; the true rate lies between {low} and {high} (95% "
        "interval).",
        name=name,
        right=right,
        count=count,
        mistakes=counted(count - right),
        low=percent(low, count),
        high=percent(high, count),
    )
    named = [
        f"{with_article(pair.true)} → {with_article(pair.read)} ({pair.count})" for pair in confused_pairs(confusion)
    ]
    return text + (tr(" Most often confused: {pairs}.", pairs=", ".join(named[:3])) if named else "")
