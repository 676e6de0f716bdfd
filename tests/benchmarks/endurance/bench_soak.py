"""Whether memory, threads and open files stay flat over a long run of the program, which reads and records (Linux).

The program runs as its user runs it, at true speed (shown on a page that nobody looks at), and is ended as a user ends
it; what it holds is read from /proc by this script, from without.

Run: python tests/benchmarks/endurance/bench_soak.py [--minutes 30] [--size 1280x720] [--folder output/soak]
     [--plot curve.png]
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from time import monotonic, sleep

import numpy as np

PROGRAM = Path(__file__).resolve().parents[3] / "run_camera.py"
EVERY_S = 10  # between two samples
TO_END_S = 30  # for a program that is asked to end
WARM_UP = 0.2  # share of the run in which libraries still load, caches fill and buffers find their size
MP4_INDEX_KB = 80 * 30 * 60 / 1000  # a minute: FFmpeg holds an MP4's index until the file is closed, 8 MB an hour
FLAT_KB = MP4_INDEX_KB + 100  # a minute, the rest being a wobble of the allocator
CURVE_COLUMNS, CURVE_ROWS = 64, 12
MIN_SPAN_MB = 20  # of the curve's axis, so that noise does not look like a mountain
PAGE_KB = os.sysconf("SC_PAGE_SIZE") // 1024


def soak(minutes: float, size: str, folder: Path) -> np.ndarray:
    """Run the program so long, and end it by Ctrl-C.

    Returns:
        A row for each sample: second, resident memory in kB, threads, open files.
    """
    outputs = ["--save", str(folder / "view.mp4"), "--readings", str(folder / "readings.jsonl")]
    command = [sys.executable, str(PROGRAM), "--source", "demo:1", "--size", size, "--show", "browser", *outputs]
    program = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        return np.array(samples_of(program, 60 * minutes))
    finally:
        program.send_signal(signal.SIGINT)
        print(f"exit code {program.wait(TO_END_S)} (130 is Ctrl-C)")
        for path in sorted(folder.iterdir()):
            print(f"{path.name}: {path.stat().st_size / 1e6:.1f} MB")


def samples_of(program: subprocess.Popen, duration_s: float) -> list[tuple[float, int, int, int]]:
    """Take a sample of a running program now and then; written to stderr at once, in case that it is cut short."""
    samples, start_s = [], monotonic()
    while (second := monotonic() - start_s) < duration_s and program.poll() is None:
        kept = Path(f"/proc/{program.pid}")
        resident_kb = int((kept / "statm").read_text(encoding="ascii").split()[1]) * PAGE_KB
        samples.append((second, resident_kb, count_in(kept / "task"), count_in(kept / "fd")))
        print(*(round(value) for value in samples[-1]), file=sys.stderr, flush=True)
        sleep(EVERY_S)
    return samples


def count_in(folder: Path) -> int:
    """How many entries a folder of /proc has: `task` is threads, `fd` open files."""
    return sum(1 for _ in folder.iterdir())


def growth(x: np.ndarray, y: np.ndarray) -> float:
    """Slope of y over x: the median of those between all pairs (Theil-Sen), which single bumps do not sway."""
    rows, columns = np.triu_indices(len(x), 1)
    return float(np.median((y[columns] - y[rows]) / (x[columns] - x[rows]))) if rows.size else 0.0


def print_table(samples: np.ndarray) -> None:
    """Print some rows of the samples."""
    print("\n  minute  memory MB  threads  open files")
    for second, kb, threads, files in samples[:: max(1, len(samples) // 20)]:
        print(f"{second / 60:8.1f}{kb / 1024:11.1f}{threads:9.0f}{files:12.0f}")


def print_curve(samples: np.ndarray) -> None:
    """Memory over time, drawn with characters."""
    megabytes = np.array([part.mean() for part in np.array_split(samples[:, 1] / 1024, CURVE_COLUMNS) if part.size])
    low = max(0.0, (megabytes.min() + megabytes.max() - max(np.ptp(megabytes), MIN_SPAN_MB)) / 2)
    step = max(np.ptp(megabytes), MIN_SPAN_MB) / (CURVE_ROWS - 1)
    heights = np.rint((megabytes - low) / step)
    print("\n memory MB")
    for row in reversed(range(CURVE_ROWS)):
        print(f"{low + row * step:9.1f} |{''.join('*' if height == row else ' ' for height in heights)}")
    print(f"{'':9} +{'-' * len(megabytes)}> {samples[-1, 0] / 60:.0f} minutes")


def print_verdict(samples: np.ndarray) -> None:
    """Flat or growing, for each thing sampled, once warm."""
    warm = samples[int(WARM_UP * len(samples)) :]
    print()
    for name, column, unit, limit in (("memory", 1, "kB", FLAT_KB), ("threads", 2, "", 0), ("open files", 3, "", 0)):
        slope = growth(warm[:, 0] / 60, warm[:, column])
        verdict = "growing" if slope > limit else "flat"
        low, high = warm[:, column].min(), warm[:, column].max()
        print(f"{name}: {verdict}, {slope:+.1f} {unit} a minute; from {low:.0f} to {high:.0f} {unit} once warm")


def plot(samples: np.ndarray, path: Path) -> None:
    """The curve as a picture."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(8, 3.5), layout="constrained")
    axes.plot(samples[:, 0] / 60, samples[:, 1] / 1024, lw=1.5)
    axes.set(xlabel="minutes", ylabel="resident memory, MB", title="Memory over a long recorded run", ylim=(0, None))
    axes.margins(x=0)
    axes.grid(alpha=0.3)
    figure.savefig(path, dpi=120)


def main() -> None:
    """Run, and print what was seen."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=30, help="how long (default: %(default)s)")
    parser.add_argument("--size", default="1280x720", help="width x height in pixels (default: %(default)s)")
    parser.add_argument("--folder", type=Path, help="keep the recordings here (default: a passing folder)")
    parser.add_argument("--plot", type=Path, metavar="FILE.png", help="draw the curve (default: only in characters)")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as passing:
        samples = soak(args.minutes, args.size, args.folder or Path(passing))
    print_table(samples)
    print_curve(samples)
    print_verdict(samples)
    if args.plot:
        plot(samples, args.plot)


if __name__ == "__main__":
    main()
