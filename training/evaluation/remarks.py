"""Says in words what a training run's figures show: over- or underfitting, when it stopped, what is confused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from model.classifier import CLASS_NAMES
from training.evaluation.summary import confused_pairs, counted, interval

OVERFIT = 0.01  # accuracy: training images read so much better than held-out ones were learnt by heart
STILL_CLIMBING = 0.002  # accuracy gained in the last epoch: more epochs would help
NAMED_PAIRS = 3


def remark(metrics: Mapping[str, Any]) -> str:
    """A few sentences of Markdown.

    Args:
        metrics: what a run's `metrics.json` holds.
    """
    parts = [_fitting(metrics), _stopping(metrics), *(_test(name, one) for name, one in metrics["tests"].items())]
    return "\n\n".join(part for part in parts if part)


def _fitting(metrics: Mapping[str, Any]) -> str:
    """Over- or underfitting, by the gap between training and validation in the best epoch."""
    row = metrics["history"][metrics["best_epoch"] - 1]
    gap = row["accuracy"] - row["val_accuracy"]
    seen = f"{row['accuracy']:.2%} of the training images and {row['val_accuracy']:.2%} of the held-out ones"
    text = f"In its best epoch the network read {seen} right. "
    if gap > OVERFIT:
        return text + "It overfits: it knows some training images by heart. Augmentation, dropout or more data help."
    if gap < 0:
        hard = "varied images, " if metrics["config"].get("is_augmented") else ""
        return (
            text
            + f"It does not overfit; training is harder than testing here ({hard}dropout, a network still learning)."
        )
    return text + "It hardly overfits."


def _stopping(metrics: Mapping[str, Any]) -> str:
    history: Sequence[Mapping[str, float]] = metrics["history"]
    best, last, most = metrics["best_epoch"], len(history), metrics["config"]["epochs"]
    text = f"The best of {last} epochs was number {best}; its weights were kept."
    if last < most:
        return text + f" Early stopping ended the run before the {most} epochs that were allowed."
    if best == last and last > 1 and history[-1]["val_accuracy"] - history[-2]["val_accuracy"] > STILL_CLIMBING:
        return text + " It was still getting better: more epochs would help."
    return text


def _test(name: str, scores: Mapping[str, Any]) -> str:
    confusion = np.array(scores["confusion"])
    right, count = int(np.trace(confusion)), scores["count"]
    low, high = interval(right, count)
    text = (
        f"**{name}**: {right:,} of {count:,} right, {counted(count - right)}; the true rate lies between {low:.2%} and "
        f"{high:.2%} (95% interval)."
    )
    pairs = [
        f"{CLASS_NAMES[pair.true]} read as {CLASS_NAMES[pair.read]} ({pair.count})"
        for pair in confused_pairs(confusion)[:NAMED_PAIRS]
    ]
    return text + (f" Most often confused: {', '.join(pairs)}." if pairs else "")
