"""What recording costs: the encoder's milliseconds a frame by preset, and the reading rate with and without it.

Run: python tests/benchmarks/bench_recording.py [--size 1280x720] [--frames 150]
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
from functools import partial
from itertools import islice
from pathlib import Path
from time import perf_counter, thread_time

import av
import cv2
import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from capture.demo import demo_frames
from capture.encode_video import VideoEncoder
from capture.frame import Frame
from capture.loop import run
from capture.outputs import OutputFile
from capture.record_video import CLEAN_CRF, VIEW_CRF, VideoSink
from capture.track import Tracker
from model.classifier import load_classifier
from run_camera import read_picture

PRESETS = ("ultrafast", "superfast", "veryfast")
ROUNDS = 5
"""Runs with and without recording take turns, so that other load on the machine falls on both; medians count."""


def print_presets(frames: list[Frame], path: Path) -> None:
    """Prints a line for each preset and quality; encodes on this thread."""
    print("preset     crf  encoder ms  Mbit/s  brightness dB")
    for preset in PRESETS:
        for crf in (VIEW_CRF, CLEAN_CRF):
            started = thread_time()
            with VideoEncoder(OutputFile(path), crf, preset) as encoder:
                for frame in frames:
                    encoder.add(frame.image, frame.time_s)
            spent_ms = 1000 * (thread_time() - started) / len(frames)
            mbit_per_s = path.stat().st_size * 8e-6 / frames[-1].time_s
            print(f"{preset:10} {crf:3} {spent_ms:11.2f} {mbit_per_s:7.2f} {fidelity_db(frames, path):14.1f}")


def fidelity_db(frames: list[Frame], path: Path) -> float:
    """Peak signal to noise ratio of the recorded brightness: 40 dB and more looks like the original."""
    with av.open(str(path)) as container:
        decoded = [picture.to_ndarray(format="bgr24") for picture in container.decode(video=0)]
    pairs = zip((frame.image for frame in frames), decoded, strict=True)
    errors = [np.mean(np.square(np.subtract(grey(one), grey(other), dtype=np.float32))) for one, other in pairs]
    return float(10 * np.log10(255**2 / np.mean(errors)))


def grey(image: np.ndarray) -> np.ndarray:
    """The picture's brightness alone: colour is kept at half size, which says nothing about the encoder."""
    return cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)


def print_rates(frames: list[Frame], path: Path) -> None:
    """Prints frames a second of the whole loop, alone and with a recording as of a camera and as of a file."""
    kinds = {
        "no recording": None,
        "camera (drops)": partial(VideoSink, path, may_drop=True),
        "file (waits)": partial(VideoSink, path, may_drop=False),
    }
    rates, dropped = {kind: [] for kind in kinds}, dict.fromkeys(kinds, 0)
    for _ in range(ROUNDS):
        for kind, open_sink in kinds.items():
            rate, drops = time_loop(frames, open_sink)
            rates[kind].append(rate)
            dropped[kind] += drops
    alone = statistics.median(rates["no recording"])
    print("\nrecording       frames/s  of the rate alone  dropped")
    for kind, of_kind in rates.items():
        rate = statistics.median(of_kind)
        print(f"{kind:15} {rate:8.1f} {rate / alone:18.0%} {dropped[kind] / len(frames) / ROUNDS:8.1%}")


def time_loop(frames: list[Frame], open_sink: partial[VideoSink] | None) -> tuple[float, int]:
    """Frames a second that are read, closing the recording not counted, and how many the recording lacks."""
    read = partial(read_picture, classify=load_classifier())
    if open_sink is None:
        started = perf_counter()
        run(frames, read, Tracker())
        return len(frames) / (perf_counter() - started), 0
    with open_sink() as sink:
        started = perf_counter()
        run(frames, read, Tracker(), [sink])
        rate = len(frames) / (perf_counter() - started)
    return rate, sink.dropped


def main() -> None:
    """Draws the frames of the demo first, then times."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--size", default="1280x720", help="width x height in pixels (default: %(default)s)")
    parser.add_argument("--frames", type=int, default=150, help="how many to record (default: %(default)s)")
    args = parser.parse_args()
    width, height = map(int, args.size.split("x"))
    frames = list(islice(demo_frames(0, (width, height)), args.frames))
    print(f"{args.size}, {args.frames} frames of the demo, {cv2.getNumberOfCPUs()} processors\n")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bench.mp4"
        print_presets(frames, path)
        print_rates(frames, path)


if __name__ == "__main__":
    main()
