"""The steps of an explanation: each asks `training/explain/insight.py`, has the answer drawn, and says it in words."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from keras import Model

from model.classifier import CLASS_NAMES, NO_DIGIT
from training.datasets.mnist import Labelled
from training.evaluation.summary import with_article
from training.explain.insight import (
    PATCH_PX,
    convolutions,
    features,
    first_kernels,
    grad_cam,
    nearest,
    occlusion,
    pixel_weights,
    stages,
)
from training.explain.subject import Subject
from training.plots.explain import (
    NEIGHBOURS,
    draw_grad_cam,
    draw_neighbours,
    draw_occlusion,
    draw_pixel_weights,
    draw_subject,
)
from training.plots.layers import draw_filters, draw_maps
from training.plots.path import draw_path
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
        target: the class to ask for, 0 to 10.
    """

    network: Model
    subject: Subject
    values: dict[str, np.ndarray]
    folder: Path
    target: int

    @property
    def probabilities(self) -> np.ndarray:
        """(classes,) float32."""
        return self.values[self.network.layers[-1].name]

    @property
    def shown(self) -> dict[str, np.ndarray]:
        """What the layers worth showing give; the pixels' scaling and the softmax are shown as picture and bars."""
        return {name: self.values[name] for name in stages(self.network)[1:]}

    def picture(self, name: str, caption: str) -> tuple[Path, Figure]:
        """Where a picture goes, and how the report knows it."""
        figure = Figure(f"{COMMAND}_{name}.png", caption)
        return self.folder / figure.file, figure


def verdict(reading: Reading) -> Finding:
    path, figure = reading.picture("subject", "What was given, what the network gets of it, and what it reads.")
    p = reading.probabilities
    draw_subject(reading.subject, p, path)
    first, second = np.argsort(-p)[:2]
    text = f"**Reading.** It is read as {_name(first)} with a probability of {p[first]:.2%}"
    text += f"; next comes {_name(second)} with {p[second]:.2%}."
    if (label := reading.subject.label) is not None:
        text += " That is right." if first == label else f" That is wrong: it is labelled {_name(label)}."
    numbers = {"read": CLASS_NAMES[first], "probabilities": dict(zip(CLASS_NAMES, _rounded(p), strict=False))}
    return Finding(figure, text, numbers)


def way(reading: Reading) -> Finding:
    path, figure = reading.picture("path", "The digit's way through the layers, from pixels to probabilities.")
    draw_path(reading.subject.glyph, reading.shown, reading.probabilities, path)
    sizes = {name: value.size for name, value in reading.shown.items()}
    steps = ", ".join(f"{size:,} ({name})" for name, size in sizes.items())
    text = (
        f"**Path.** From 784 pixels to {len(reading.probabilities)} probabilities, by these numbers of values: {steps}."
    )
    return Finding(figure, text, {"values_by_layer": sizes})


def filters(reading: Reading) -> Finding:
    path, figure = reading.picture("filters", "The first layer's filters, and what each makes of this digit.")
    first = convolutions(reading.network)[0]
    kernels = first_kernels(reading.network)
    draw_filters(kernels, reading.values[first], first, path)
    height, width, count = kernels.shape
    text = (
        f"**Filters.** The first layer, `{first}`, slides {count} filters of {height}x{width} weights over the pixels. "
        "A filter that is red on one side and blue on the other answers to edges of that direction, an evenly red one "
        "to ink as such."
    )
    return Finding(figure, text, {"filters": count})


def feature_maps(reading: Reading) -> Finding:
    path, figure = reading.picture("maps", "Feature maps layer by layer, the liveliest of each.")
    maps = {name: value for name, value in reading.shown.items() if value.ndim == 3}
    draw_maps(maps, path)
    silent = {name: float((value == 0).mean()) for name, value in maps.items()}
    last = list(maps)[-1]
    text = (
        f"**Feature maps.** Early maps still show the digit, later ones are coarser: `{last}` has "
        f"{'x'.join(map(str, maps[last].shape))} values."
    )
    text += f" {silent[last]:.0%} of these are zero: each map waits for its own feature." if silent[last] else ""
    return Finding(figure, text, {"share_of_zeros": {name: round(share, 4) for name, share in silent.items()}})


def class_maps(reading: Reading, layer: str) -> Finding:
    path, figure = reading.picture("gradcam", f"Grad-CAM on {layer} for every class, each in its own scale.")
    heat = grad_cam(reading.network, reading.subject.glyph, layer)
    draw_grad_cam(reading.subject.glyph, heat, reading.probabilities, layer, path)
    peaks = heat.max(axis=(1, 2))
    row, column = np.unravel_index(heat[reading.target].argmax(), heat.shape[1:])
    peak = (
        f"For {_name(reading.target)} these peak around row {row}, column {column}. " if peaks[reading.target] else ""
    )
    text = (
        f"**Grad-CAM** (Selvaraju et al. 2017) shows the places whose features speak for a class. {peak}It shows "
        "where, not how much: a class that is not read may have its places too, since 3, 8 and 9 share strokes."
    )
    return Finding(figure, text, {"grad_cam_layer": layer, "grad_cam_peaks": _rounded(peaks)})


def neurons(reading: Reading) -> list[Finding]:
    """The first layer's weights, unless it is the only one: then they are the classes' own."""
    first = next(iter(reading.shown))
    if len(reading.shown) == 1:
        return []
    path, figure = reading.picture("neurons", f"Weights of the neurons of {first} that answer most to this digit.")
    kernels = first_kernels(reading.network)
    draw_filters(kernels, reading.values[first], first, path)
    text = (
        f"**First layer.** A dense network has no feature maps: each of the {kernels.shape[-1]} neurons of `{first}` "
        "has a weight for every pixel. Ink on red raises its value (the number above it), ink on blue lowers it."
    )
    return [Finding(figure, text, {"neurons": kernels.shape[-1]})]


def class_weights(reading: Reading) -> Finding:
    path, figure = reading.picture("weights", "What ink at each pixel does for each class.")
    is_linear = len(reading.shown) == 1
    weights = pixel_weights(reading.network, reading.subject.glyph)
    draw_pixel_weights(reading.subject.glyph, weights, is_linear, path)
    text = (
        "**Weights of each class.** There are no convolutions, so no feature maps and no Grad-CAM; but every class's "
        "weights make an image. "
    )
    text += (
        "They are the same for every digit: a class's logit is the sum of its weights under the ink."
        if is_linear
        else "They are the slopes at this digit (Simonyan et al. 2014): another digit wakes other neurons."
    )
    return Finding(figure, text, {"is_linear": is_linear})


def hidden_parts(reading: Reading) -> Finding:
    path, figure = reading.picture("occlusion", "What is read while a square of paper hides a part of the digit.")
    seen = occlusion(reading.network, reading.subject.glyph)
    draw_occlusion(reading.subject.glyph, seen, reading.target, path)
    least = seen[..., reading.target].min()
    row, column = np.unravel_index(seen[..., reading.target].argmin(), seen.shape[:2])
    others = Counter(seen.argmax(axis=-1).ravel().tolist())
    kept = others.pop(int(reading.probabilities.argmax()), 0)
    text = (
        f"**Occlusion** (Zeiler and Fergus 2014). A {PATCH_PX}x{PATCH_PX} square of paper hides part after part. "
        f"The reading stays the same at {kept} of 784 places"
    )
    text += f", and becomes {_counted(others)}. " if others else ". "
    text += (
        f"The probability of {_name(reading.target)} falls lowest, to {least:.1%}, around row {row}, column {column}."
    )
    return Finding(figure, text, {"occlusion_kept": kept, "occlusion_least": round(float(least), 5)})


def likeness(reading: Reading, memory: Labelled) -> Finding:
    path, figure = reading.picture("neighbours", "The nearest training images by the network's features and by pixels.")
    glyph = reading.subject.glyph
    seen = features(reading.network, np.concatenate([glyph[None], memory.x]))
    by_features = nearest(seen[0], seen[1:], NEIGHBOURS)
    by_pixels = nearest(glyph.ravel() / 255, memory.x.reshape(len(memory), -1) / np.float32(255), NEIGHBOURS)
    rows = [
        (kind, Labelled(memory.x[order], memory.y[order]), distances)
        for kind, (order, distances) in (("features", by_features), ("pixels", by_pixels))
    ]
    draw_neighbours(rows, glyph, reading.subject.name, path)
    labels = {kind: images.y.tolist() for kind, images, _ in rows}
    text = (
        f"**Nearest training images**, among {len(memory):,}. By the {seen.shape[1]} features that the last layer "
        f"decides by, the {NEIGHBOURS} nearest show {_counted(Counter(labels['features']))}; by the bare pixels, "
        f"{_counted(Counter(labels['pixels']))}."
    )
    return Finding(figure, text, {"neighbours": labels})


def _name(number: int) -> str:
    return "no digit" if number >= NO_DIGIT else with_article(number)


def _counted(counts: Counter) -> str:
    """Words for labels and how often they occur: `a 7 (8 times), a 9 (once)`."""
    return ", ".join(f"{_name(number)} ({_times(count)})" for number, count in counts.most_common())


def _times(count: int) -> str:
    return {1: "once", 2: "twice"}.get(count, f"{count} times")


def _rounded(values: np.ndarray) -> list[float]:
    return [round(float(value), 5) for value in values]
