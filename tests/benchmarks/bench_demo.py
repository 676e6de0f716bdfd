"""What drawing costs: the demo's first and further frames, pages and photos for training.

Run: python tests/benchmarks/bench_demo.py
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from capture.synthetic.camera import photograph, random_troubles
from capture.synthetic.demo import Demo
from capture.synthetic.page import random_page

RUNS = 60


def median_ms(work: Callable[[int], object], runs: int = RUNS) -> tuple[float, float]:
    """Median milliseconds of one run: by the clock, and of all processors' work together."""
    clock, work_done = [], []
    for run in range(runs):
        start = time.perf_counter(), time.process_time()
        work(run)
        clock.append(time.perf_counter() - start[0])
        work_done.append(time.process_time() - start[1])
    return float(np.median(clock) * 1e3), float(np.median(work_done) * 1e3)


def main() -> None:
    """Prints one line a kind of work."""
    start = time.perf_counter()
    demo = Demo(0)
    demo.image_at(0.0)
    print(f"first frame of the demo, 1280x720   {1e3 * (time.perf_counter() - start):6.1f} ms")
    pages = [random_page(np.random.default_rng(seed)) for seed in range(8)]
    rng = np.random.default_rng(0)
    rows = {
        "demo frame, 1280x720": lambda run: demo.image_at(run / 30),
        "its truth": lambda run: demo.digits_at(run / 30),
        "random page, 640x480": lambda run: random_page(rng),
        "photo of a page, 640x480": lambda run: photograph(pages[run % 8], rng, random_troubles(rng)),
    }
    for threads in (1, 2):
        cv2.setNumThreads(threads)
        for name, work in rows.items():
            clock, work_done = median_ms(work)
            print(f"{name:26} {threads} threads {clock:6.1f} ms, processor time {work_done:6.1f} ms")


if __name__ == "__main__":
    main()
