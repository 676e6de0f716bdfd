"""Measures the browser page: frames a second, latency from frame to page, memory over time.

    python tests/benchmarks/live/bench_browser.py --seconds 60

A run is watched by Chromium on the same machine. Latency is from when a frame's view is published, just drawn, until
the page tells that it stands on its canvas: encoding, sending, decoding, drawing, and the word back.
"""

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT))

from tests.support.web.browser import open_browser, resize, serve, wait_for  # noqa: E402

MEASURED = """
import sys, time, run_camera
from capture.web import exchange, viewers
published, times = {}, open("times.txt", "w", buffering=1)
class Noting(exchange.Exchange):
    def publish(self, picture, state):
        super().publish(picture, state)
        if self.newest:
            published.setdefault(self.newest.number, self.newest.at_s)
            published.pop(self.newest.number - 300, None)
take = viewers.Viewer.acknowledge
def acknowledge(viewer, number):
    print(number, time.monotonic() - published.get(number, time.monotonic()), file=times)
    take(viewer, number)
viewers.Viewer.acknowledge = acknowledge
import capture.web.page
capture.web.page.Exchange = Noting
raise SystemExit(run_camera.main(sys.argv[1:]))
"""
WARM_UP_S = 3.0
SAMPLES = 12


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--source", default="demo")
    parser.add_argument("--viewers", type=int, default=1)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "run").mkdir()
        with (
            serve(folder / "run", "--source", args.source, code=MEASURED) as program,
            open_browser(folder / "profile") as driver,
        ):
            report(program, driver, args)


def report(program, driver, args):
    resize(driver, 1280, 800)
    for number in range(args.viewers):
        if number:
            driver.switch_to.new_window("window")
        driver.get(program.url)
    wait_for(lambda: drawn(program), "a picture on the page")
    time.sleep(WARM_UP_S)
    start, before, memory, spent_s = time.monotonic(), drawn(program), [], cpu_s(program.process.pid)
    print(f"{'time':>6} {'program':>10} {'page heap':>10}")
    for sample in range(SAMPLES + 1):
        time.sleep(max(0.0, start + sample * args.seconds / SAMPLES - time.monotonic()))
        memory.append(resident_mb(program.process.pid))
        heap = driver.execute_script("return performance.memory.usedJSHeapSize") / 2**20
        print(f"{time.monotonic() - start:5.0f}s {memory[-1]:7.1f} MB {heap:7.1f} MB", flush=True)
    span_s, new = time.monotonic() - start, drawn(program)[len(before) :]
    latencies = sorted(latency for _, latency in new)
    numbers = {number for number, _ in new}
    frames = max(numbers) - min(numbers) + 1
    print(f"shown: {len(numbers) / span_s:.1f} of {frames / span_s:.1f} frames a second")
    print(f"program: {1000 * (cpu_s(program.process.pid) - spent_s) / frames:.0f} ms of one core a frame, all threads")
    print(
        f"latency: median {1000 * median(latencies):.0f} ms, 95% {1000 * latencies[len(latencies) * 19 // 20]:.0f} ms"
    )
    print(f"memory: {memory[-1] - memory[SAMPLES // 3]:+.1f} MB over the last two thirds")


def drawn(program):
    """The number and the latency in seconds of each picture that a page has drawn."""
    lines = (program.folder / "times.txt").read_text().splitlines() if (program.folder / "times.txt").exists() else []
    return [(int(number), float(latency)) for number, _, latency in (line.partition(" ") for line in lines)]


def cpu_s(pid):
    """The processor time of a program so far: what it needs, whatever else the machine has to do."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def resident_mb(pid):
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * 4096 / 2**20


if __name__ == "__main__":
    main()
