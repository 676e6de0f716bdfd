"""How much memory the program takes at most, by what it records: each run a process of its own (not on Windows).

Run: python tests/benchmarks/endurance/bench_memory.py [--size 1280x720] [--frames 300]
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
TARGET_MB = 250
RSS_UNITS_PER_MB = 2**20 if sys.platform == "darwin" else 2**10  # bytes on macOS, kB elsewhere
KINDS = {
    "read only": "--source demo",
    "annotated video": "--source demo --save view.mp4",
    "all outputs": "--source demo --save view.mp4 --clean clean.mp4 --readings out.jsonl",
    "that video read again": "--source clean.mp4 --save again.mp4",
}


def peak_mb(arguments: list[str], folder: str) -> float:
    """The most memory in RAM that the program had at any time, in MB."""
    command = [sys.executable, str(ROOT / "run_camera.py"), "--no-show", *arguments]
    child = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    with child.stderr:
        complaints = child.stderr.read()
    _, status, usage = os.wait4(child.pid, 0)  # `resource` knows only the largest of all children
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise RuntimeError(f"{' '.join(arguments)}: {complaints}")
    return usage.ru_maxrss / RSS_UNITS_PER_MB


def main() -> None:
    """Prints a line for each kind of run."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--size", default="1280x720", help="width x height in pixels (default: %(default)s)")
    parser.add_argument("--frames", type=int, default=300, help="of each run (default: %(default)s)")
    args = parser.parse_args()
    print(f"{args.size}, {args.frames} frames; target below {TARGET_MB} MB\n{'':22} peak MB")
    with tempfile.TemporaryDirectory() as folder:
        for name, arguments in KINDS.items():
            common = ["--size", args.size, "--max-frames", str(args.frames)]
            print(f"{name:22} {peak_mb([*arguments.split(), *common], folder):7.0f}", flush=True)


if __name__ == "__main__":
    main()
