"""`train.py explore`: shows what a data set is, before anything is trained on it."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from capture.language import tr, translatable
from training.commands.evaluate import add_own
from training.commands.options import add_common
from training.results import Figure, Outcome, results_folder

SUMMARY = translatable("look at a data set: counts, samples, mean images, pixels, duplicates, a map of its images")
COMMAND = "explore"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the flags."""
    add_common(parser, COMMAND)
    add_own(parser)
    parser.add_argument(
        "--colour", action="store_true", help=tr("keep the colours of a folder's or zip's pictures (default: grey)")
    )


def run(args: argparse.Namespace) -> None:
    """Looks at a data set, and writes pictures, text and figures.

    Raises:
        DigitsError: the data or the folder are not what they should be.
    """
    from training.datasets.testset import load_parts
    from training.evaluation.explore import find_duplicates, project

    with results_folder(args.out, COMMAND) as folder:
        name, parts = load_parts(args)
        first = next(iter(parts.values()))
        duplicates = find_duplicates(parts)
        projection = project(first, args.seed)
        figures = _draw(parts, duplicates, projection, seed=args.seed, folder=folder)
        text, numbers = _describe(name, parts, duplicates, projection)
        outcome = Outcome(COMMAND, f"The data: {name}", text, figures, numbers)
        outcome.write(folder)
        outcome.show(folder)


def _draw(parts: Mapping, duplicates, projection, *, seed: int, folder: Path) -> list[Figure]:  # noqa: ANN001 (types of modules imported late)
    from training.plots import explore as plots

    figures: list[Figure] = []

    def path(name: str, caption: str) -> Path:
        figures.append(Figure(f"{COMMAND}_{name}.png", caption))
        return folder / figures[-1].file

    first = next(iter(parts.values()))
    plots.draw_counts(parts, path("counts", "How many images each digit has."))
    plots.draw_samples(first, seed, path("samples", "Some images of each digit, drawn at random."))
    plots.draw_means(first, path("means", "Mean image of each digit, and where its images differ."))
    plots.draw_pixels(first, path("pixels", "How often each grey level occurs, and where the ink lies."))
    if duplicates.groups:
        plots.draw_duplicates(parts, duplicates, path("duplicates", "Images that occur more than once."))
    if projection:
        plots.draw_projection(projection, path("map", "Images as points of a plane, by PCA and by t-SNE."))
    return figures


def _describe(name: str, parts: Mapping, duplicates, projection) -> tuple[str, dict[str, Any]]:  # noqa: ANN001
    from training.evaluation.explore import class_statistics, pixel_statistics

    statistics = {part: pixel_statistics(images) for part, images in parts.items()}
    classes = {part: class_statistics(images) for part, images in parts.items()}
    first = next(iter(parts))
    paragraphs = [
        _size(name, parts),
        _skipped(parts),
        _balance(classes[first]),
        _pixels(statistics[first]),
        _table(classes[first], first),
        _copies(duplicates),
        _map(projection),
    ]
    numbers = {
        "counts": {part: np.bincount(images.y, minlength=10).tolist() for part, images in parts.items()},
        "shape": list(parts[first].x.shape[1:]),
        "pixels": statistics,
        "classes": classes,
        "duplicates": {"groups": len(duplicates.groups), "repeats": dict(duplicates.repeats)}
        | {"across": duplicates.across, "disputed": duplicates.disputed},
        "skipped": {part: list(images.skipped) for part, images in parts.items()},
    }
    return "\n\n".join(filter(None, paragraphs)), numbers


def _size(name: str, parts: Mapping) -> str:
    sizes = " and ".join(f"{len(images):,} ({part})" for part, images in parts.items())
    shape = next(iter(parts.values())).x.shape[1:]
    kind = "in colour" if len(shape) == 3 else "grey, white ink on black"
    return f"{name}: {sizes} images of {shape[0]}x{shape[1]} pixels, {kind}, 8 bits each."


def _skipped(parts: Mapping) -> str:
    problems = [problem for images in parts.values() for problem in images.skipped]
    return f"{len(problems)} files were skipped:\n\n" + "\n".join(f"- {p}" for p in problems) if problems else ""


def _balance(rows: list[dict]) -> str:
    most, least = max(rows, key=lambda row: row["count"]), min(rows, key=lambda row: row["count"])
    if most["count"] == least["count"]:
        return f"Every digit that occurs has {most['count']} images: the set is balanced."
    ratio = most["count"] / least["count"]
    verdict = (
        "balanced enough for accuracy to mean what it says"
        if ratio < 1.5
        else "unbalanced: look at each digit's recall"
    )
    extremes = f"Commonest is the {most['digit']} ({most['count']}), rarest the {least['digit']} ({least['count']})"
    return f"{extremes}: {verdict}."


def _pixels(row: Mapping[str, float]) -> str:
    return (
        f"Pixels go from {row['least']} to {row['most']}, their mean is {row['mean']:.1f} and their standard deviation "
        f"{row['standard_deviation']:.1f} (as shares of 255: {row['mean'] / 255:.4f} and "
        f"{row['standard_deviation'] / 255:.4f}). {row['share_black']:.1%} are black, {row['share_white']:.1%} white, "
        f"{row['share_between']:.1%} between: the edges."
    )


def _table(rows: list[dict], part: str) -> str:
    head = (
        f"Means of each digit ({part}); ink is what is 128 or lighter:\n\n| digit | images | ink | width | height |\n"
    )
    head += "|---|---|---|---|---|\n"
    return head + "\n".join(
        f"| {row['digit']} | {row['count']} | {row['ink_share']:.1%} "
        f"| {row['width_px']:.1f} px | {row['height_px']:.1f} px |"
        for row in rows
    )


def _copies(duplicates) -> str:  # noqa: ANN001
    if not duplicates.groups:
        return "No image occurs twice, pixel by pixel."
    repeats = ", ".join(f"{count} in {part}" for part, count in duplicates.repeats.items())
    leak = (
        " Those test the memory, not the understanding: take them out of one of the two." if duplicates.across else ""
    )
    return (
        f"{len(duplicates.groups):,} images occur more than once, pixel by pixel; surplus copies: {repeats}. "
        f"{duplicates.across} images of a later part are in an earlier one too.{leak} "
        f"{duplicates.disputed} of the groups have more than one label: at least one of these is wrong."
    )


def _map(projection) -> str:  # noqa: ANN001
    if not projection:
        return ""
    return (
        f"On the map, {len(projection.labels):,} images lie as points. Along the two straight directions that differ "
        f"most (PCA, {projection.variance:.0%} of the variance) the digits overlap: no straight line tells them apart "
        "there. t-SNE keeps neighbours together and finds a group for nearly every digit, without having been told the "
        "labels; where two groups touch, or a digit lies among others, a network will have its difficulties too."
    )
