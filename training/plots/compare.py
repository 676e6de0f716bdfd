"""Draws the pictures of `train.py compare`: what accuracy costs, and what each means against overfitting is worth."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter
from matplotlib.transforms import Bbox

from capture.language import format_number, tr
from training.evaluation.ablation import Ablation
from training.evaluation.ablation_summary import CLEAR, variant_name
from training.evaluation.compare import Row
from training.evaluation.summary import set_name
from training.plots.style import BLUE, GREEN, GREY, MARKERS, ORANGE, drawing, percent_axis

COLOURS = {"network": BLUE, "scikit-learn": ORANGE}
SHAPES = {"network": "o", "scikit-learn": "s"}
TEST_COLOURS = (BLUE, ORANGE, GREEN)
MARK_PX, LETTER_PX, LINE_PX = 9, 7, 14  # on the screen's 100 dots an inch, roughly
PT_A_PX = 0.72
MARK_PT = MARK_PX * PT_A_PX
# Where a name may go, best first: by how many of its widths its start is moved, how far up in pixels
PLACES = ((0, 0), (-1, 0), (0, 14), (0, -14), (-1, 14), (-1, -14))
ROW_SHARE = 0.2  # of a row: how far apart the test sets' marks stand in it
LOWEST_ERROR = 5e-4  # a logarithmic axis has no place for 0
LABELLED, CLOSER = (1, 2, 3, 5), (1, 2, 3, 4, 5, 6, 8)  # of each power of ten; where the axis is shorter than one
BYTES_A_MB = 1e6


def draw_comparison(rows: Sequence[Row], path: Path) -> None:
    """Draw errors against reading time, against training time, against size, and on each test set: four panels.

    Args:
        rows: one for each method.
        path: the PNG file to write.
    """
    with drawing(path, rows=2, columns=2, size_in=(12, 9)) as (figure, axes):
        figure.suptitle(tr("What accuracy costs: fewer errors are lower, less cost is further left"))
        _scatter(axes[0, 0], rows, [row.reading_ms for row in rows], tr("time to read 64 digits (ms)"))
        _scatter(axes[0, 1], rows, [row.training_s for row in rows], tr("time to learn (s)"))
        _scatter(axes[1, 0], rows, [row.size_bytes / BYTES_A_MB for row in rows], tr("size of the file (MB)"))
        _by_test(axes[1, 1], rows)
        axes[0, 0].legend(loc="best", framealpha=0.6)


def draw_ablation(rows: Sequence[Ablation], path: Path) -> None:
    """Draw errors of every variant on each test set, beside how far training and held-out images lie apart."""
    with drawing(path, columns=2, size_in=(12, 0.5 * len(rows) + 2.2), sharey=True) as (figure, (errors, gap)):
        figure.suptitle(tr("The same network with and without each means against overfitting"))
        for index, test in enumerate(rows[0].accuracy):
            _with_whiskers(errors, rows, test, TEST_COLOURS[index], MARKERS[index])
        errors.set(xscale="log", xlabel=tr("errors; bars: two standard errors of the distance from the first row"))
        errors.set_yticks(_places(rows), [variant_name(row.name) for row in rows])
        least, most = errors.get_xlim()
        errors.xaxis.set_major_locator(LogLocator(subs=CLOSER if most < 10 * least else LABELLED, numticks=20))
        errors.xaxis.set_major_formatter(percent_axis())
        errors.xaxis.set_minor_formatter(NullFormatter())
        _draw_gap(gap, rows)
        for axes in (errors, gap):
            axes.grid(alpha=0.3, which="both")
            axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=3, frameon=False)


def _places(rows: Sequence[Ablation]) -> range:
    """Place the rows: the first at the top."""
    return range(len(rows), 0, -1)


def _with_whiskers(axes: Axes, rows: Sequence[Ablation], test: str, colour: str, marker: str) -> None:
    """Draw one test set: a bar that reaches the dotted line shows what chance does as well."""
    shares = [max(1 - row.accuracy[test], LOWEST_ERROR) for row in rows]
    reach = [CLEAR * row.error[test] for row in rows]
    left = [min(width, share - LOWEST_ERROR) for width, share in zip(reach, shares, strict=True)]
    apart = ROW_SHARE * (MARKERS.index(marker) - (len(rows[0].accuracy) - 1) / 2)
    places = [place - apart for place in _places(rows)]
    style = {"color": colour, "markersize": 8, "elinewidth": 2, "label": set_name(test)}
    axes.errorbar(shares, places, xerr=(left, reach), fmt=marker, **style)
    axes.axvline(shares[0], color=colour, linestyle=":", linewidth=1.5)


def _draw_gap(axes: Axes, rows: Sequence[Ablation]) -> None:
    training, held_out = [1 - row.training for row in rows], [1 - row.validation for row in rows]
    axes.hlines(_places(rows), training, held_out, color=GREY, lw=3)
    axes.plot(training, _places(rows), "o", color=BLUE, label=tr("training images"), clip_on=False, zorder=3)
    axes.plot(held_out, _places(rows), "s", color=ORANGE, label=tr("held-out images"))
    axes.set(xlabel=tr("errors; the bar between them is overfitting"), xlim=(0, None))
    axes.xaxis.set_major_formatter(percent_axis())


def _error(row: Row, test: str) -> float:
    return max(1 - row.accuracy[test], LOWEST_ERROR)


def _span(values: Sequence[float], room: float) -> tuple[float, float]:
    """Compute the limits of a logarithmic axis: a factor of `room` on either side, so that names fit in."""
    return min(values) / room, max(values) * room


def _scatter(axes: Axes, rows: Sequence[Row], costs: Sequence[float], label: str) -> None:
    test = next(iter(rows[0].accuracy))
    axes.set(xscale="log", yscale="log", xlabel=label, ylabel=tr("errors on {test}", test=set_name(test)))
    axes.set(xlim=_span(costs, 4), ylim=_span([_error(row, test) for row in rows], 1.4))
    for kind, colour in COLOURS.items():
        points = [(cost, _error(row, test)) for row, cost in zip(rows, costs, strict=True) if row.kind == kind]
        if points:
            axes.scatter(*zip(*points, strict=True), s=60, c=colour, marker=SHAPES[kind], label=kind)
    _write_names(axes, [(cost, _error(row, test), row.name) for row, cost in zip(rows, costs, strict=True)])
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: format_number(value, "g")))
    _finish(axes)


def _write_names(axes: Axes, points: Sequence[tuple[float, float, str]]) -> None:
    """Write names beside each mark, where they cover no mark and no other name."""
    middles = axes.transData.transform([(cost, error) for cost, error, _ in points])
    taken = [Bbox.from_extents(x - MARK_PX, y - MARK_PX, x + MARK_PX, y + MARK_PX) for x, y in middles]
    for (cost, error, name), (x, y) in zip(points, middles, strict=True):
        width = LETTER_PX * len(name)
        for left, shift_px in PLACES:
            start = x + left * width + (2 * left + 1) * MARK_PX
            box = Bbox.from_bounds(start, y + shift_px - LINE_PX / 2, width, LINE_PX)
            if not box.count_overlaps(taken):
                break
        taken.append(box)
        offset = ((2 * left + 1) * MARK_PT, shift_px * PT_A_PX)
        axes.annotate(
            name,
            (cost, error),
            xytext=offset,
            textcoords="offset points",
            fontsize=9,
            ha="right" if left else "left",
            va="center",
        )


def _by_test(axes: Axes, rows: Sequence[Row]) -> None:
    """Draw the same methods on other images, since one set can be learnt by heart."""
    for index, test in enumerate(rows[0].accuracy):
        errors = [_error(row, test) for row in rows]
        axes.plot(
            errors, MARKERS[index], color=TEST_COLOURS[index % len(TEST_COLOURS)], markersize=8, label=set_name(test)
        )
    errors = [_error(row, test) for row in rows for test in row.accuracy]
    axes.set(
        yscale="log", ylabel=tr("errors"), title=tr("on each test set"), ylim=(min(errors) / 1.4, 2.5 * max(errors))
    )
    axes.set_xticks(range(len(rows)), [row.name for row in rows], rotation=30, ha="right")
    _finish(axes)
    axes.legend(loc="upper center", ncols=3)


def _finish(axes: Axes) -> None:
    percent = percent_axis()
    axes.yaxis.set_major_formatter(percent)
    axes.yaxis.set_minor_formatter(FuncFormatter(lambda value, _: percent(value) if _is_marked(value) else ""))
    axes.grid(alpha=0.3, which="both")


def _is_marked(value: float) -> bool:
    """Say whether a tick is written: between powers of ten only 2 and 5."""
    return f"{value:e}"[0] in "25"
