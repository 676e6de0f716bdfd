"""Trains, tests and times every method on the same task; each one's row is kept as soon as it is known."""

from __future__ import annotations

import io
import pickle
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np

from capture.language import format_number, tr
from model.classifier import Classifier
from training.datasets.labelled import DigitImages, Labelled
from training.evaluation.baselines import BASELINES
from training.evaluation.rows import CompareError, collect
from training.evaluation.summary import set_name
from training.fitting.checkpoint import UnwritableError
from training.fitting.config import CONFIG_FILE, TrainConfig
from training.fitting.export import LITERT_FILE
from training.fitting.finish import finish
from training.fitting.fit import fit
from training.results import table
from training.synthesis.recipes import plain

ROWS_FILE = "compare_rows.json"
TIMED_GLYPHS = 64  # a full page of digits
TIMED_S = 1.0  # each method is timed for about so long; the quickest run counts
BYTES_A_KB = 1000
MIN_RUNS, MAX_RUNS = 5, 500


@dataclass(frozen=True)
class Row:
    """What one method reached, at which cost.

    Attributes:
        name: of the architecture or baseline.
        kind: "network" or "scikit-learn".
        accuracy: share read right on each test set, 0 to 1, by the set's name.
        parameters: numbers that the trained method keeps.
        size_bytes: of its file: LiteRT with 8-bit weights for a network, a pickle for scikit-learn.
        training_s: seconds of learning, without making the examples.
        reading_ms: milliseconds for 64 glyphs, one batch; LiteRT for a network.
    """

    name: str
    kind: str
    accuracy: dict[str, float]
    parameters: int
    size_bytes: int
    training_s: float
    reading_ms: float


def compare(
    names: list[str], config: TrainConfig, images: DigitImages, tests: Mapping[str, Labelled], folder: Path
) -> list[Row]:
    """Train and test every method that has no row in `folder` yet.

    Args:
        names: architectures and baselines, in the order of the rows.
        config: how the networks are trained; each takes its own `arch`.
        images: the data set.
        tests: glyphs to test on, by name.
        folder: keeps the rows, and a run's folder for each network, so that an interrupted comparison goes on.

    Raises:
        CompareError: the rows in `folder` were made with other settings.
    """
    settings = asdict(config) | {"tests": list(tests)}
    del settings["arch"]

    def measure(name: str) -> Row:
        print(f"{name}:", flush=True)
        try:
            return (_measure_baseline if name in BASELINES else _measure_network)(name, config, images, tests, folder)
        except UnwritableError as error:
            raise error.within(folder) from error

    return collect(names, measure, folder / ROWS_FILE, settings, Row)


def _measure_network(
    name: str, config: TrainConfig, images: DigitImages, tests: Mapping[str, Labelled], folder: Path
) -> Row:
    config, out = replace(config, arch=name), folder / name
    if (out / CONFIG_FILE).exists() and TrainConfig.load(out / CONFIG_FILE) != config:
        raise CompareError("{out}: holds a run with other settings; choose another --out", out=out)
    examples = replace(plain(config, images), tests=dict(tests))
    network, progress = fit(config, examples.epoch_arrays, examples.validation, out)
    metrics = finish(network, progress, config=config, examples=examples, out=out, command=config.command)
    return Row(
        name,
        "network",
        {test: scores["accuracy"] for test, scores in metrics["tests"].items()},
        metrics["parameters"],
        metrics["litert_bytes"],
        sum(row["time_s"] for row in progress.history),
        reading_ms(Classifier(out / LITERT_FILE), images.test.x),
    )


def _measure_baseline(
    name: str, config: TrainConfig, images: DigitImages, tests: Mapping[str, Labelled], folder: Path
) -> Row:
    baseline = BASELINES[name]
    training = images.train.take(config.limit, config.seed).normalised()
    start_s = time.perf_counter()
    machine = baseline.make(config.seed).fit(baseline.features(training.x), training.y)
    training_s = time.perf_counter() - start_s

    def read(glyphs: np.ndarray) -> np.ndarray:
        return machine.predict(baseline.features(glyphs))

    accuracy = {test: float(np.mean(read(glyphs.x) == glyphs.y)) for test, glyphs in tests.items()}
    size_bytes = _pickled_bytes(machine)
    ms = reading_ms(read, images.test.x)
    return Row(name, "scikit-learn", accuracy, baseline.size(machine), size_bytes, training_s, ms)


def describe(rows: Sequence[Row], config: TrainConfig) -> str:
    """Write a table of all methods, and what it says of accuracy and cost; Markdown."""
    test = next(iter(rows[0].accuracy))
    best = max(rows, key=lambda row: row.accuracy[test])
    quickest = min(rows, key=lambda row: row.reading_ms)
    smallest = min(rows, key=lambda row: row.size_bytes)
    settings = tr(
        "Networks: {epochs} epochs at most, images {varied}; scikit-learn: each image once, as it is. Training images: "
        "{limit}, seed {seed}. Times are of this machine.",
        epochs=config.epochs,
        varied=tr("varied anew in each epoch") if config.is_augmented else tr("as they are"),
        limit=config.limit or tr("all"),
        seed=config.seed,
    )
    verdict = tr(
        "The best on {test} is **{best}** with {share:.2%}; the quickest to read is **{quickest}** ({ms:.2f} ms for 64 "
        "digits), the smallest file **{smallest}** ({kb:,.0f} kB).",
        test=set_name(test),
        best=best.name,
        share=best.accuracy[test],
        quickest=quickest.name,
        ms=quickest.reading_ms,
        smallest=smallest.name,
        kb=smallest.size_bytes / BYTES_A_KB,
    )
    legend = tr(
        "Parameters: the numbers a trained method keeps. File: 8-bit LiteRT for networks, a pickle for scikit-learn. "
        "Learning: without making the examples. Reading: one batch of 64, the quickest of several runs."
    )
    return "\n\n".join([settings, _table(rows), f"{verdict} {_robustness(rows)}", legend])


def _table(rows: Sequence[Row]) -> str:
    costs = (tr("parameters"), tr("file (kB)"), tr("learns in (s)"), tr("reads 64 in (ms)"))
    cells = [
        [
            row.name,
            *(format_number(share, ".2%") for share in row.accuracy.values()),
            format_number(row.parameters, ",d"),
            format_number(row.size_bytes / BYTES_A_KB, ",.0f"),
            format_number(row.training_s, ",.1f"),
            format_number(row.reading_ms, ",.2f"),
        ]
        for row in rows
    ]
    return table([tr("method"), *map(set_name, rows[0].accuracy), *costs], cells)


def _robustness(rows: Sequence[Row]) -> str:
    """Say which method loses least on images other than those it learnt from."""
    first, *others = rows[0].accuracy
    test = others[-1]
    losses = {row.name: row.accuracy[first] - row.accuracy[test] for row in rows}
    least, most = min(losses, key=losses.get), max(losses, key=losses.get)
    return tr(
        "From {first} to {test}, {least} changes by {change:+.1f} points and {most} by {most_change:+.1f}.",
        first=set_name(first),
        test=set_name(test),
        least=least,
        change=-100 * losses[least],
        most=most,
        most_change=-100 * losses[most],
    )


def reading_ms(read: Callable[[np.ndarray], np.ndarray], glyphs: np.ndarray) -> float:
    """Measure the milliseconds in which `read` reads 64 glyphs, after one run to warm up.

    The quickest of several runs: what else the machine does can only slow one down (as Python's `timeit` advises).
    """
    batch = np.resize(glyphs, (TIMED_GLYPHS, *glyphs.shape[1:]))
    read(batch)
    began_s, times_s = time.perf_counter(), []
    while len(times_s) < MIN_RUNS or (len(times_s) < MAX_RUNS and time.perf_counter() - began_s < TIMED_S):
        start_s = time.perf_counter()
        read(batch)
        times_s.append(time.perf_counter() - start_s)
    return min(times_s) * 1000


class _Counter(io.RawIOBase):
    """A file that keeps nothing but its length."""

    length = 0

    def writable(self) -> bool:
        return True

    def write(self, data: bytes) -> int:
        self.length += memoryview(data).nbytes
        return memoryview(data).nbytes


def _pickled_bytes(machine: object) -> int:
    counter = _Counter()
    pickle.dump(machine, counter, protocol=5)
    return counter.length
