"""Says what an ablation's figures show, and what is too small to tell from chance."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from capture.language import format_number, tr
from training.evaluation.summary import set_name
from training.evaluation.variants import ALL, ARCH, NONE
from training.results import table

if TYPE_CHECKING:
    from training.evaluation.ablation import Ablation
    from training.fitting.config import TrainConfig

CLEAR = 2  # standard errors: by chance alone a difference is larger in one of twenty
CHANCE = 0.05  # that one


def variant_name(name: str) -> str:
    """Name a variant for tables and pictures."""
    return {
        ALL: tr("with all of them"),
        NONE: tr("with none of them"),
        "no dropout": tr("without dropout"),
        "no weight decay": tr("without weight decay"),
        "no batch normalisation": tr("without batch normalisation"),
        "no augmentation": tr("without augmentation"),
        "no early stopping": tr("without early stopping"),
    }[name]


def settings_of(config: TrainConfig, repeats: int) -> str:
    """Say what was trained, and what the columns hold."""
    return tr(
        "The network {arch}, {epochs} epochs at most, training images: {limit}; networks of each variant: {repeats}, "
        "from seed {seed} on. Training: images it learnt from, as they are; held out: images that decide when to stop; "
        "gap: the difference, overfitting. In brackets: the difference from the first row in points, ± its standard "
        "error.",
        arch=ARCH,
        epochs=config.epochs,
        limit=config.limit or tr("all"),
        repeats=repeats,
        seed=config.seed,
    )


def table_of(rows: Sequence[Ablation]) -> str:
    """Write a row a variant; Markdown."""
    tests = list(rows[0].accuracy)
    ends = (tr("training"), tr("held out"), tr("gap (points)"), tr("epochs"), tr("time (s)"))
    return table([tr("variant"), *map(set_name, tests), *ends], [_cells(row, tests) for row in rows])


def _cells(row: Ablation, tests: Sequence[str]) -> list[str]:
    shares = [format_number(row.accuracy[test], ".2%") for test in tests]
    if row.name != ALL:
        shares = [f"{share} ({_change(row, test)})" for share, test in zip(shares, tests, strict=True)]
    return [
        variant_name(row.name),
        *shares,
        format_number(row.training, ".2%"),
        format_number(row.validation, ".2%"),
        format_number(100 * row.gap, "+.2f"),
        format_number(row.epochs, ".3g"),
        format_number(row.training_s, ",.0f"),
    ]


def comment(rows: Sequence[Ablation], config: TrainConfig, repeats: int) -> str:
    """Say what the figures mean, test by test and means by means; Markdown."""
    points = [_of_test(rows, test, repeats) for test in rows[0].accuracy]
    points += [_augmentation(rows) if repeats > 1 else "", _overfitting(rows), _stopping(rows, config)]
    return "\n".join(f"- {point}" for point in points if point) + f"\n\n{_caution(rows, repeats)}"


def _of_test(rows: Sequence[Ablation], test: str, repeats: int) -> str:
    """Say what is missed on one test set, what is not, and what cannot be told."""
    whole, *single, bare = rows
    first = tr(
        "**{test}**: {share:.2%} read right with all of them, {bare:.2%} with none ({change} points).",
        test=set_name(test),
        share=whole.accuracy[test],
        bare=bare.accuracy[test],
        change=_change(bare, test),
    )
    by_change = sorted(single, key=lambda row: row.change[test])
    clear = [row for row in by_change if _is_clear(row, test)]
    groups = (
        ([row for row in clear if row.change[test] < 0], _worse),
        ([row for row in clear if row.change[test] > 0], _better),
        ([row for row in single if row not in clear], _too_close),
    )
    return " ".join([first, *(say(_listed(some, test), repeats) for some, say in groups if some)])


def _worse(variants: str, repeats: int) -> str:
    if repeats > 1:
        return tr("It reads clearly worse {variants}.", variants=variants)
    return tr("It reads worse {variants}, by more than these test images leave to chance.", variants=variants)


def _better(variants: str, repeats: int) -> str:
    if repeats > 1:
        return tr("It reads clearly better {variants}: here that means does harm.", variants=variants)
    return tr("It reads better {variants}, by more than these test images leave to chance.", variants=variants)


def _too_close(variants: str, _: int) -> str:
    return tr("Too close to tell from chance: {variants}.", variants=variants)


def _is_clear(row: Ablation, test: str) -> bool:
    return abs(row.change[test]) > CLEAR * row.error[test]


def _listed(rows: Sequence[Ablation], test: str) -> str:
    return ", ".join(f"{variant_name(row.name)} ({_change(row, test)})" for row in rows)


def _change(row: Ablation, test: str) -> str:
    """Write the difference from the network with all means, in points, and its standard error: `-0.31 ± 0.08`."""
    change = round(100 * row.change[test], 2) + 0.0  # not -0.00
    return f"{format_number(change, '+.2f')} ± {format_number(100 * row.error[test], '.2f')}"


def _augmentation(rows: Sequence[Ablation]) -> str:
    """Say whether varied images help more on images unlike those learnt from; nothing where figures do not tell."""
    plain = [row for row in rows if row.name == "no augmentation"]
    if not plain or len(plain[0].change) < 2:
        return ""
    row, (home, *others) = plain[0], plain[0].change
    far = min(others, key=lambda test: row.change[test])
    if not _is_clear(row, far) or row.change[far] + CLEAR * row.error[far] >= row.change[home]:
        return ""
    return tr(
        "**Augmentation** is worth more on images unlike those learnt from: without it {far} loses {far_lost:.2f} "
        "points, {home} {home_lost:.2f}. Pictures of one's own are of that kind.",
        far=set_name(far),
        far_lost=-100 * row.change[far],
        home=set_name(home),
        home_lost=-100 * row.change[home],
    )


def _overfitting(rows: Sequence[Ablation]) -> str:
    whole, bare = rows[0], rows[-1]
    widest = max(rows, key=lambda row: row.gap)
    return tr(
        "**Overfitting**: the gap is {gap:+.2f} points with all of them, {bare:+.2f} with none, and widest {widest} "
        "({wide:+.2f} ± {error:.2f}). A network that reads what it learnt from without a fault, and new images no "
        "better than another, has learnt by heart.",
        gap=100 * whole.gap,
        bare=100 * bare.gap,
        widest=variant_name(widest.name),
        wide=100 * widest.gap,
        error=100 * widest.gap_error,
    )


def _stopping(rows: Sequence[Ablation], config: TrainConfig) -> str:
    stopped = [row for row in rows if row.epochs < config.epochs]
    if not stopped:
        return tr(
            "**Early stopping** ended no training before its {epochs} epochs: there it only chose the best of them.",
            epochs=config.epochs,
        )
    first = min(stopped, key=lambda row: row.epochs)
    return tr(
        "**Early stopping** ended trainings before their {epochs} epochs, the soonest {variant}: after {mean:.3g}.",
        epochs=config.epochs,
        variant=variant_name(first.name),
        mean=first.epochs,
    )


def _caution(rows: Sequence[Ablation], repeats: int) -> str:
    compared = (len(rows) - 1) * len(rows[0].accuracy)
    reading = tr(
        "How to read this: the test set holds these images and no others, so a difference is only known to about its "
        "standard error, which is reckoned image by image. One of less than two standard errors is called too close to "
        "tell; of the {compared} differences here, {count:.1g} or so would be larger by chance alone.",
        compared=compared,
        count=CHANCE * compared,
    )
    means = tr(
        "Each row is the mean of {repeats} networks from different seeds; where these differ more among each other "
        "than the test images explain, the standard error says so.",
        repeats=repeats,
    )
    alone = tr(
        "Each row is one network, and training has a chance of its own: before you conclude anything, see by "
        "`--repeats 3` what other seeds give."
    )
    return f"{reading} {means if repeats > 1 else alone}"
