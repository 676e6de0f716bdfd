"""`train.py explore`: shows what a data set is, before anything is trained on it."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from capture.language import format_number, tr, translatable
from training.commands.evaluate import add_own
from training.commands.options import add_common
from training.results import Figure, Outcome, results_folder, table

SUMMARY = translatable("look at a data set: counts, samples, mean images, pixels, duplicates, a map of its images")
COMMAND = "explore"
UNBALANCED = 1.5  # times as many images of the commonest digit as of the rarest: accuracy then hides the rare ones


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the flags."""
    add_common(parser, COMMAND)
    add_own(parser)
    parser.add_argument(
        "--colour", action="store_true", help=tr("keep the colours of a folder's or zip's pictures (default: grey)")
    )


def run(args: argparse.Namespace) -> None:
    """Look at a data set, and write pictures, text and figures.

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
        outcome = Outcome(COMMAND, tr("The data: {name}", name=name), text, figures, numbers)
        outcome.write(folder)
        outcome.show(folder)


def _draw(parts: Mapping, duplicates, projection, *, seed: int, folder: Path) -> list[Figure]:  # noqa: ANN001 (types of modules imported late)
    from training.plots import explore as plots

    figures: list[Figure] = []

    def path(name: str, caption: str) -> Path:
        figures.append(Figure(f"{COMMAND}_{name}.png", caption))
        return folder / figures[-1].file

    first = next(iter(parts.values()))
    plots.draw_counts(parts, path("counts", tr("How many images each digit has.")))
    plots.draw_samples(first, seed, path("samples", tr("Some images of each digit, drawn at random.")))
    plots.draw_means(first, path("means", tr("Mean image of each digit, and where its images differ.")))
    plots.draw_pixels(first, path("pixels", tr("How often each grey level occurs, and where the ink lies.")))
    if duplicates.groups:
        plots.draw_duplicates(parts, duplicates, path("duplicates", tr("Images that occur more than once.")))
    if projection:
        plots.draw_projection(projection, path("map", tr("Images as points of a plane, by PCA and by t-SNE.")))
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
    from training.evaluation.summary import set_name

    counts = [f"{format_number(len(images), ',')} ({set_name(part)})" for part, images in parts.items()]
    height, width, *colours = next(iter(parts.values())).x.shape[1:]
    return tr(
        "{name}: {counts} images of {height}x{width} pixels, {kind}, 8 bits a pixel.",
        name=name,
        counts=tr(" and ").join(counts),
        height=height,
        width=width,
        kind=tr("in colour") if colours else tr("grey, white ink on black"),
    )


def _skipped(parts: Mapping) -> str:
    problems = [problem for images in parts.values() for problem in images.skipped]
    if not problems:
        return ""
    return tr("{count} files were skipped:", count=len(problems)) + "\n\n" + "\n".join(f"- {p}" for p in problems)


def _balance(rows: list[dict]) -> str:
    most, least = max(rows, key=lambda row: row["count"]), min(rows, key=lambda row: row["count"])
    if most["count"] == least["count"]:
        return tr("Every digit that occurs has {count} images: the set is balanced.", count=most["count"])
    return tr(
        "Commonest is the {most} ({most_count}), rarest the {least} ({least_count}): {verdict}.",
        most=most["digit"],
        most_count=most["count"],
        least=least["digit"],
        least_count=least["count"],
        verdict=tr("balanced enough for accuracy to mean what it says")
        if most["count"] < UNBALANCED * least["count"]
        else tr("unbalanced: look at each digit's recall"),
    )


def _pixels(row: Mapping[str, float]) -> str:
    return tr(
        "Pixels go from {least} to {most}, their mean is {mean:.1f} and their standard deviation {deviation:.1f} (as "
        "shares of 255: {mean_share:.4f} and {deviation_share:.4f}). {black:.1%} are black, {white:.1%} white, "
        "{between:.1%} between: the edges.",
        least=row["least"],
        most=row["most"],
        mean=row["mean"],
        deviation=row["standard_deviation"],
        mean_share=row["mean"] / 255,
        deviation_share=row["standard_deviation"] / 255,
        black=row["share_black"],
        white=row["share_white"],
        between=row["share_between"],
    )


def _table(rows: list[dict], part: str) -> str:
    from training.evaluation.summary import set_name

    title = tr("Means of each digit ({part}); ink is what is 128 or lighter:", part=set_name(part))
    head = (tr("digit"), tr("images"), tr("ink"), tr("width (px)"), tr("height (px)"))
    cells = [
        (
            row["digit"],
            row["count"],
            format_number(row["ink_share"], ".1%"),
            format_number(row["width_px"], ".1f"),
            format_number(row["height_px"], ".1f"),
        )
        for row in rows
    ]
    return f"{title}\n\n{table(head, cells)}"


def _copies(duplicates) -> str:  # noqa: ANN001
    from training.evaluation.summary import set_name

    if not duplicates.groups:
        return tr("No image occurs twice, pixel by pixel.")
    repeats = (tr("{count} in {part}", count=n, part=set_name(part)) for part, n in duplicates.repeats.items())
    leak = tr(" Those test the memory, not the understanding: take them out of one of the two.")
    return tr(
        "{groups:,} images occur more than once, pixel by pixel; surplus copies: {repeats}. {across} images of a later "
        "part are in an earlier one too.{leak} {disputed} of the groups have more than one label: at least one of "
        "these is wrong.",
        groups=len(duplicates.groups),
        repeats=", ".join(repeats),
        across=duplicates.across,
        leak=leak if duplicates.across else "",
        disputed=duplicates.disputed,
    )


def _map(projection) -> str:  # noqa: ANN001
    if not projection:
        return ""
    return tr(
        "On the map, {count:,} images lie as points. Along the two straight directions that differ most (PCA, "
        "{variance:.0%} of the variance) the digits overlap: no straight line tells them apart there. t-SNE keeps "
        "neighbours together and finds a group for nearly every digit, without having been told the labels; where two "
        "groups touch, or a digit lies among others, a network will have its difficulties too.",
        count=len(projection.labels),
        variance=projection.variance,
    )
