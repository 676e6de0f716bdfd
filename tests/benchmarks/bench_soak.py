"""Whether memory, threads and open files stay flat over a long run of moving sheets that is read and recorded (Linux).

Run: python tests/benchmarks/bench_soak.py [--frames 20000] [--size 640x360] [--folder output/soak] [--plot curve.png]
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import cycle, islice
from pathlib import Path
from time import perf_counter

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from capture.loop import run
from capture.read.reader import PageReader
from capture.read.select import LEAST_CONFIDENCE
from capture.sinks.open import open_clean, open_readings, open_save
from capture.sources.base import SourceOptions
from capture.sources.open import open_source
from capture.synthetic.demo import Demo
from capture.track.tracker import Tracker
from capture.types import Frame, Page

FPS = 30
SHEETS = 6
SHEET_FRAMES = 600  # then another sheet comes: tracks must end, too
SAMPLES = 200  # of each run
WARM_UP = 0.2  # share of the run in which libraries still load, caches fill and buffers find their size
MP4_INDEX_KB = 80  # per 1000 frames: FFmpeg holds an MP4's index until the file is closed, 8 MB an hour; no Matroska's
FLAT_KB = MP4_INDEX_KB + 50  # per 1000 frames, the rest being a wobble of the allocator
CURVE_COLUMNS, CURVE_ROWS = 64, 12
LEAST_SPAN_MB = 20  # of the curve's axis, so that noise does not look like a mountain
PAGE_KB = os.sysconf("SC_PAGE_SIZE") // 1024


@dataclass
class Gauge:
    """A sink that keeps no frame, but how the process does at every so many of them.

    Attributes:
        every: frames between two samples.
        samples: a row each: frame, resident memory in kB, threads, open files.
    """

    every: int
    samples: list[tuple[int, int, int, int]] = field(default_factory=list)

    def write(self, frame: Frame, view: np.ndarray, page: Page) -> None:
        """Takes a sample now and then."""
        if frame.index % self.every == 0:
            self.samples.append((frame.index, resident_kb(), count_in("task"), count_in("fd")))


def resident_kb() -> int:
    """Memory of this process that is in RAM."""
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * PAGE_KB


def count_in(folder: str) -> int:
    """How many entries a folder of /proc/self has: `task` is threads, `fd` open files."""
    return sum(1 for _ in Path(f"/proc/self/{folder}").iterdir())


def endless_sheets(width: int, height: int) -> Iterator[Frame]:
    """Frames of some demos in turn, on one clock; they are made beforehand, for it is the program that is weighed."""
    demos = [Demo(seed, (width, height)) for seed in range(SHEETS)]
    moments = ((demo, index / FPS) for demo in cycle(demos) for index in range(SHEET_FRAMES))
    for index, (demo, time_s) in enumerate(moments):
        yield Frame(demo.image_at(time_s), index, index / FPS, "demo")


def soak(frames: int, width: int, height: int, folder: Path) -> Gauge:
    """The real loop, recorded in all the ways there are; what the gauge saw."""
    gauge = Gauge(max(1, frames // SAMPLES))
    read = PageReader(min_confidence=LEAST_CONFIDENCE)
    with ExitStack() as stack:
        source = stack.enter_context(open_source("demo", SourceOptions(width, height)))
        opened = [
            open_save(str(folder / "view.mkv"), source),
            open_clean(str(folder / "clean.mp4"), source),
            open_readings(str(folder / "readings.jsonl"), source),
        ]
        sinks = [stack.enter_context(sink) for sink in opened]
        run(islice(endless_sheets(width, height), frames), read, Tracker(), [*sinks, gauge])
    for sink in sinks:
        print(f"{sink.path.name}: {sink.path.stat().st_size / 1e6:.1f} MB, problem: {sink.problem}")
    return gauge


def growth(x: np.ndarray, y: np.ndarray) -> float:
    """Slope of y over x: the median of those between all pairs (Theil-Sen), which single bumps do not sway."""
    rows, columns = np.triu_indices(len(x), 1)
    return float(np.median((y[columns] - y[rows]) / (x[columns] - x[rows]))) if rows.size else 0.0


def print_table(samples: np.ndarray) -> None:
    """Some rows of the samples: (n, 4), as in Gauge."""
    print("\n   frame  memory MB  threads  open files")
    for frame, kb, threads, files in samples[:: max(1, len(samples) // 20)]:
        print(f"{frame:8}{kb / 1024:11.1f}{threads:9}{files:12}")


def print_curve(samples: np.ndarray) -> None:
    """Memory over frames, drawn with characters."""
    megabytes = np.array([part.mean() for part in np.array_split(samples[:, 1] / 1024, CURVE_COLUMNS) if part.size])
    low = max(0.0, (megabytes.min() + megabytes.max() - max(np.ptp(megabytes), LEAST_SPAN_MB)) / 2)
    step = max(np.ptp(megabytes), LEAST_SPAN_MB) / (CURVE_ROWS - 1)
    heights = np.rint((megabytes - low) / step)
    print("\n memory MB")
    for row in reversed(range(CURVE_ROWS)):
        print(f"{low + row * step:9.1f} |{''.join('*' if height == row else ' ' for height in heights)}")
    print(f"{'':9} +{'-' * len(megabytes)}> {samples[-1, 0]} frames")


def print_verdict(samples: np.ndarray) -> None:
    """Flat or growing, for each thing sampled, once warm."""
    warm = samples[int(WARM_UP * len(samples)) :]
    thousands = warm[:, 0] / 1000
    print()
    for name, column, unit, limit in (("memory", 1, "kB", FLAT_KB), ("threads", 2, "", 0), ("open files", 3, "", 0)):
        slope = growth(thousands, warm[:, column])
        verdict = "growing" if slope > limit else "flat"
        low, high = warm[:, column].min(), warm[:, column].max()
        print(f"{name}: {verdict}, {slope:+.1f} {unit} per 1000 frames; from {low} to {high} {unit} once warm")


def plot(samples: np.ndarray, path: Path) -> None:
    """The curve as a picture."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(8, 3.5), layout="constrained")
    axes.plot(samples[:, 0], samples[:, 1] / 1024, lw=1.5)
    axes.set(xlabel="frames", ylabel="resident memory, MB", title="Memory over a long recorded run", ylim=(0, None))
    axes.margins(x=0)
    axes.grid(alpha=0.3)
    figure.savefig(path, dpi=120)


def main() -> None:
    """Runs, and prints what it saw."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--frames", type=int, default=20_000, help="how many (default: %(default)s)")
    parser.add_argument("--size", default="640x360", help="width x height in pixels (default: %(default)s)")
    parser.add_argument("--folder", type=Path, help="keep the recordings here (default: a passing folder)")
    parser.add_argument("--plot", type=Path, metavar="FILE.png", help="draw the curve (default: only in characters)")
    args = parser.parse_args()
    started = perf_counter()
    with tempfile.TemporaryDirectory() as passing:
        gauge = soak(args.frames, *map(int, args.size.split("x")), args.folder or Path(passing))
    spent_s = perf_counter() - started
    print(f"{args.frames} frames of {args.size} in {spent_s:.0f} s, {args.frames / spent_s:.1f} a second")
    samples = np.array(gauge.samples)
    print_table(samples)
    print_curve(samples)
    print_verdict(samples)
    if args.plot:
        plot(samples, args.plot)


if __name__ == "__main__":
    main()
