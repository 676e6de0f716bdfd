"""How long it takes from the command to the first annotated frame of `demo`, measured from outside, and what of it.

Run: python tests/benchmarks/bench_start.py [--runs 7]
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from time import perf_counter

ROOT = Path(__file__).resolve().parents[2]
FIRST_FRAME = ["run_camera.py", "--source", "demo", "--no-show", "--max-frames", "1", "--readings", "-"]
PARTS = {
    "Python alone": "",
    "+ numpy": "import numpy",
    "+ OpenCV": "import numpy, cv2",
    "+ LiteRT": "import numpy, cv2, ai_edge_litert.interpreter",
    "+ our own code": "import run_camera, ai_edge_litert.interpreter",
}


def first_line_s(arguments: list[str]) -> float:
    """Seconds from the start of Python until the program's first line on stdout, written after its frame was drawn."""
    start = perf_counter()
    with subprocess.Popen(
        [sys.executable, *arguments], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as child:
        line = child.stdout.readline()
        taken_s = perf_counter() - start
    if not line or child.returncode:
        raise SystemExit(f"{' '.join(arguments)}: ended with {child.returncode} and no result")
    return taken_s


def import_s(code: str) -> float:
    """Seconds for Python to start, run the imports, and end."""
    start = perf_counter()
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)
    return perf_counter() - start


def median_of(runs: int, measure: Callable[[], float]) -> float:
    """The median of several measurements, after one that warms the disk's cache."""
    measure()
    return statistics.median(measure() for _ in range(runs))


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=7, help="measurements of each, of which the median counts")
    runs = parser.parse_args().runs
    total_s = median_of(runs, lambda: first_line_s(FIRST_FRAME))
    print(f"first annotated frame of demo: {total_s:.2f} s (median of {runs})\n\nof it, imports   seconds  share")
    imports_s = 0.0
    for name, code in PARTS.items():
        imports_s = median_of(runs, lambda code=code: import_s(code))
        print(f"{name:15} {imports_s:8.2f} {imports_s / total_s:6.0%}")
    print(
        f"{'the rest':15} {total_s - imports_s:8.2f} {1 - imports_s / total_s:6.0%}  weights, drawing the demo, reading"
    )


if __name__ == "__main__":
    main()
