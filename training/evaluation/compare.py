"""The same task for every method: each is trained, tested and timed, and its row kept as soon as it is known."""

from __future__ import annotations

import io
import json
import pickle
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np

from model.classifier import Classifier
from model.errors import DigitsError
from training.datasets.mnist import DigitImages, Labelled
from training.evaluation.baselines import BASELINES
from training.fitting.checkpoint import UnwritableError
from training.fitting.config import CONFIG_FILE, TrainConfig
from training.fitting.export import LITERT_FILE
from training.fitting.finish import finish
from training.fitting.fit import fit
from training.results import whole_file
from training.synthesis.recipes import plain

ROWS_FILE = "compare_rows.json"
TIMED_GLYPHS = 64  # a full page of digits
TIMED_S = 1.0  # each method is timed for about so long; the quickest run counts
FEWEST_RUNS, MOST_RUNS = 5, 500


class CompareError(DigitsError):
    """The rows kept in the folder belong to another comparison."""


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
    """Trains and tests every method that has no row in `folder` yet.

    Args:
        names: architectures and baselines, in the order of the rows.
        config: how the networks are trained; each takes its own `arch`.
        images: the data set.
        tests: glyphs to test on, by name.
        folder: keeps the rows, and a run's folder for each network, so that an interrupted comparison goes on.

    Raises:
        CompareError: the rows in `folder` were made with other settings.
    """
    settings = json.loads(json.dumps(asdict(config) | {"tests": list(tests)}))  # as they come back from the file
    del settings["arch"]
    rows = _load_rows(folder, settings)
    for name in names:
        if name not in rows:
            print(f"{name}:", flush=True)
            measure = _measure_baseline if name in BASELINES else _measure_network
            try:
                rows[name] = measure(name, config, images, tests, folder)
            except UnwritableError as error:
                raise error.within(folder) from error
            _save_rows(folder, settings, rows)
    return [rows[name] for name in names]


def _measure_network(
    name: str, config: TrainConfig, images: DigitImages, tests: Mapping[str, Labelled], folder: Path
) -> Row:
    config, out = replace(config, arch=name), folder / name
    if (out / CONFIG_FILE).exists() and TrainConfig.load(out / CONFIG_FILE) != config:
        raise CompareError(f"{out}: holds a run with other settings; choose another --out")
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


def reading_ms(read: Callable[[np.ndarray], np.ndarray], glyphs: np.ndarray) -> float:
    """Milliseconds in which `read` reads 64 glyphs, after one run to warm up.

    The quickest of several runs: what else the machine does can only slow one down (as Python's `timeit` advises).
    """
    batch = np.resize(glyphs, (TIMED_GLYPHS, *glyphs.shape[1:]))
    read(batch)
    began_s, times_s = time.perf_counter(), []
    while len(times_s) < FEWEST_RUNS or (len(times_s) < MOST_RUNS and time.perf_counter() - began_s < TIMED_S):
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


def _load_rows(folder: Path, settings: Mapping) -> dict[str, Row]:
    file = folder / ROWS_FILE
    if not file.exists():
        return {}
    try:
        kept = json.loads(file.read_text(encoding="utf-8"))
        rows = {row["name"]: Row(**row) for row in kept["rows"]}
        before = kept["settings"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CompareError(f"{file}: damaged ({error}); delete it, or choose another --out") from error
    if changed := sorted(key for key in settings if before.get(key) != settings[key]):
        raise CompareError(f"{file}: its rows were made with another {', '.join(changed)}; choose another --out")
    return rows


def _save_rows(folder: Path, settings: Mapping, rows: Mapping[str, Row]) -> None:
    kept = {"settings": settings, "rows": [asdict(row) for row in rows.values()]}
    with whole_file(folder / ROWS_FILE) as partial:
        partial.write_text(json.dumps(kept, indent=2) + "\n", encoding="utf-8")
