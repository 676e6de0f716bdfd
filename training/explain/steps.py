"""The steps of an explanation: each asks `training/explain/insight.py`, has the answer drawn, and says it in words."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from keras import Model

from capture.language import tr
from model.classifier import CLASS_NAMES
from training.datasets.labelled import Labelled
from training.evaluation.metrics import fold
from training.evaluation.summary import times, with_article
from training.explain.insight import (
    PATCH_PX,
    convolutions,
    features,
    first_kernels,
    integrated_gradients,
    nearest,
    occlusion,
    stages,
)
from training.explain.subject import Subject
from training.plots.explain import NEIGHBOURS, draw_class_maps, draw_neighbours, draw_occlusion, draw_subject
from training.plots.layers import draw_filters, draw_maps, draw_path
from training.results import Figure

COMMAND = "explain"


@dataclass(frozen=True)
class Finding:
    """One step of the explanation: a picture, what it shows, what it says of this digit, and its figures."""

    figure: Figure
    text: str
    numbers: dict


@dataclass(frozen=True)
class Reading:
    """A network at work on one digit.

    Attributes:
        network: built by `model/network.py`.
        subject: the digit.
        values: what each layer gives for it, by the layer's name.
        folder: where pictures go.
        asked: the class to ask for, 0 to 10; None for the one that is read.
    """

    network: Model
    subject: Subject
    values: dict[str, np.ndarray]
    folder: Path
    asked: int | None = None

    @property
    def target(self) -> int:
        """The class to ask for."""
        return int(self.probabilities.argmax()) if self.asked is None else self.asked

    @property
    def probabilities(self) -> np.ndarray:
        """(11,) float32, or (10,) of a network without "no digit"."""
        return fold(self.values[self.network.layers[-1].name][None])[0]

    @property
    def shown(self) -> dict[str, np.ndarray]:
        """What the layers worth showing give; the pixels' scaling and the softmax are shown as picture and bars."""
        return {name: self.values[name] for name in stages(self.network)[1:]}

    def picture(self, name: str, caption: str) -> tuple[Path, Figure]:
        """Say where a picture goes, and how the report knows it."""
        figure = Figure(f"{COMMAND}_{name}.png", caption)
        return self.folder / figure.file, figure


def verdict(reading: Reading) -> Finding:
    """Show what was given, what the network gets of it, and what it reads."""
    path, figure = reading.picture("subject", tr("What was given, what the network gets of it, and what it reads."))
    p = reading.probabilities
    draw_subject(reading.subject, p, path)
    first, second = np.argsort(-p)[:2]
    text = tr(
        "**Reading.** It is read as {first} with a probability of {p_first:.2%}; next comes {second} with "
        "{p_second:.2%}.",
        first=with_article(first),
        p_first=float(p[first]),
        second=with_article(second),
        p_second=float(p[second]),
    )
    if (label := reading.subject.label) is not None:
        wrong = tr(" That is wrong: it is labelled {label}.", label=with_article(label))
        text += tr(" That is right.") if first == label else wrong
    numbers = {"read": CLASS_NAMES[first], "probabilities": dict(zip(CLASS_NAMES, _rounded(p), strict=False))}
    return Finding(figure, text, numbers)


def layer_path(reading: Reading) -> Finding:
    """Show the digit's way through the layers."""
    path, figure = reading.picture("path", tr("The digit's way through the layers, from pixels to probabilities."))
    draw_path(reading.subject.glyph, reading.shown, reading.probabilities, path)
    sizes = {name: value.size for name, value in reading.shown.items()}
    text = tr(
        "**Path.** From 784 pixels to {count} probabilities, by these numbers of values: {steps}.",
        count=len(reading.probabilities),
        steps=", ".join(tr("{size:,} ({name})", size=size, name=name) for name, size in sizes.items()),
    )
    return Finding(figure, text, {"values_by_layer": sizes})


def filters(reading: Reading) -> Finding:
    """Show the first convolution's filters, and what each makes of the digit."""
    path, figure = reading.picture("filters", tr("The first layer's filters, and what each makes of this digit."))
    first = convolutions(reading.network)[0]
    kernels = first_kernels(reading.network)
    draw_filters(kernels, reading.values[first], first, path)
    height, width, count = kernels.shape
    text = tr(
        "**Filters.** The first layer, `{first}`, slides {count} filters of {height}x{width} weights over the pixels. "
        "A filter that is red on one side and blue on the other answers to edges of that direction, an evenly red one "
        "to ink as such.",
        first=first,
        count=count,
        height=height,
        width=width,
    )
    return Finding(figure, text, {"filters": count})


def feature_maps(reading: Reading) -> Finding:
    """Show the feature maps of every layer."""
    path, figure = reading.picture("maps", tr("Feature maps layer by layer, those of each that vary most."))
    maps = {name: value for name, value in reading.shown.items() if value.ndim == 3}
    draw_maps(maps, path)
    zeros = {name: float((value == 0).mean()) for name, value in maps.items()}
    last = list(maps)[-1]
    text = tr(
        "**Feature maps.** Early maps still show the digit, later ones are coarser: `{last}` has {shape} values.",
        last=last,
        shape="x".join(map(str, maps[last].shape)),
    )
    if zeros[last]:
        text += tr(" {share:.0%} of these are zero: each map answers to its own feature only.", share=zeros[last])
    return Finding(figure, text, {"share_of_zeros": {name: round(share, 4) for name, share in zeros.items()}})


def neurons(reading: Reading) -> Finding:
    """Show the first layer of a dense network: each neuron has a weight for every pixel."""
    first = next(iter(reading.shown))
    caption = tr("Weights of the neurons of {layer} that answer most to this digit.", layer=first)
    path, figure = reading.picture("neurons", caption)
    kernels = first_kernels(reading.network)
    draw_filters(kernels, reading.values[first], first, path)
    text = tr(
        "**First layer.** A dense network has no feature maps: each of the {count} neurons of `{layer}` has a weight "
        "for every pixel. Ink on red raises its value (the number above it), ink on blue lowers it.",
        count=kernels.shape[-1],
        layer=first,
    )
    return Finding(figure, text, {"neurons": kernels.shape[-1]})


def class_maps(reading: Reading) -> Finding:
    """Show what the ink at each place adds to each class."""
    caption = tr("What the ink at each place adds to each class, by integrated gradients.")
    path, figure = reading.picture("attribution", caption)
    maps = integrated_gradients(reading.network, reading.subject.glyph)
    draw_class_maps(reading.subject.glyph, maps, reading.probabilities, path)
    added = maps.sum(axis=(1, 2))
    text = tr(
        "**Where it looks** (integrated gradients, Sundararajan et al. 2017). The digit is faded in from empty paper; "
        "each pixel gets its share of what that changes in a class's logit. Ink on red speaks for the class, ink on "
        "blue against it; all of it together adds {added:+.1f} for {target}, and at most {other:+.1f} for another "
        "class.",
        added=float(added[reading.target]),
        target=with_article(reading.target),
        other=float(np.delete(added, reading.target).max()),
    )
    return Finding(figure, text, {"logits_added": _rounded(added)})


def hidden_parts(reading: Reading) -> Finding:
    """Show what is read while a square of paper hides a part of the digit."""
    path, figure = reading.picture("occlusion", tr("What is read while a square of paper hides a part of the digit."))
    seen = occlusion(reading.network, reading.subject.glyph)
    draw_occlusion(reading.subject.glyph, seen, reading.target, path)
    least = float(seen[..., reading.target].min())
    row, column = np.unravel_index(seen[..., reading.target].argmin(), seen.shape[:2])
    others = Counter(seen.argmax(axis=-1).ravel().tolist())
    kept = others.pop(int(reading.probabilities.argmax()), 0)
    text = tr(
        "**Occlusion** (Zeiler and Fergus 2014). A {side}x{side} square of paper hides part after part. The reading "
        "stays the same at {kept} of {places} places.",
        side=PATCH_PX,
        kept=kept,
        places=seen[..., 0].size,
    )
    if others:
        text += tr(" Elsewhere it becomes {readings}.", readings=_counted(others))
    text += tr(
        " The probability of {target} falls lowest, to {least:.1%}, with the square's middle at x = {x}, y = {y}.",
        target=with_article(reading.target),
        least=least,
        x=int(column),
        y=int(row),
    )
    return Finding(figure, text, {"occlusion_kept": kept, "occlusion_least": round(least, 5)})


def nearest_images(reading: Reading, memory: Labelled) -> Finding:
    """Show the training images that are nearest by features and by pixels."""
    caption = tr("The nearest training images by the network's features and by pixels.")
    path, figure = reading.picture("neighbours", caption)
    glyph = reading.subject.glyph
    seen = features(reading.network, np.concatenate([glyph[None], memory.x]))
    by_features = nearest(seen[0], seen[1:], NEIGHBOURS)
    by_pixels = nearest(glyph.ravel() / 255, memory.x.reshape(len(memory), -1) / np.float32(255), NEIGHBOURS)
    rows = [
        (kind, Labelled(memory.x[order], memory.y[order]), distances)
        for kind, (order, distances) in ((tr("by features"), by_features), (tr("by pixels"), by_pixels))
    ]
    draw_neighbours(rows, glyph, reading.subject.name, path)
    labels = {kind: memory.y[order].tolist() for kind, (order, _) in (("features", by_features), ("pixels", by_pixels))}
    text = tr(
        "**Nearest training images**, among {count:,}. By the {features} features that the last layer decides by, the "
        "{nearest} nearest show {by_features}; by the bare pixels, {by_pixels}.",
        count=len(memory),
        features=seen.shape[1],
        nearest=NEIGHBOURS,
        by_features=_counted(Counter(labels["features"])),
        by_pixels=_counted(Counter(labels["pixels"])),
    )
    return Finding(figure, text, {"neighbours": labels})


def _counted(counts: Counter) -> str:
    """Word labels and how often they occur: `a 7 (8 times), a 9 (once)`."""
    return ", ".join(f"{with_article(number)} ({times(count)})" for number, count in counts.most_common())


def _rounded(values: np.ndarray) -> list[float]:
    return [round(float(value), 5) for value in values]
