"""What recording costs: the reading rate with and without it, and the encoder's milliseconds a frame by preset.

Run: python tests/benchmarks/live/bench_recording.py [--size 1280x720] [--frames 60] [--rounds 5] [--presets]
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path
from statistics import median
from time import perf_counter, process_time, thread_time

import av
import cv2
import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

from capture.loop import Read, run
from capture.read.reader import PageReader
from capture.read.select import MIN_CONFIDENCE
from capture.sinks.files import OutputFile
from capture.sinks.video import CLEAN_CRF, EXACT_SUFFIX, VIEW_CRF, VideoSink
from capture.sinks.video_encoder import VideoEncoder
from capture.synthetic.demo import demo_frames
from capture.track.tracker import Tracker
from capture.types import Frame

PRESETS = ("ultrafast", "superfast", "veryfast")


def print_presets(frames: list[Frame], path: Path) -> None:
    """Prints a line for each preset and quality; encodes on this thread."""
    print("\npreset     crf  encoder ms  Mbit/s  brightness dB")
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


@dataclass(frozen=True)
class Cost:
    """Of one frame, in a run of the whole loop; closing the recording is not counted.

    Attributes:
        rate: frames a second.
        reader_ms: what the reading thread computed, however long it had to wait for a processor.
        all_ms: what all threads computed, the encoder's and OpenCV's too.
        dropped: share of the frames that the recording lacks.
    """

    rate: float
    reader_ms: float
    all_ms: float
    dropped: float


def print_rates(frames: list[Frame], path: Path, rounds: int) -> None:
    """Prints what the whole loop costs, alone and with a recording as of a camera, as of a file, and without any loss.

    They take turns, so that other load on the machine falls on all; medians count.
    """
    kinds = {
        "none": nullcontext,
        "camera (drops)": partial(VideoSink, path, may_drop=True),
        "file (waits)": partial(VideoSink, path, may_drop=False),
        "lossless": partial(VideoSink, path.with_suffix(EXACT_SUFFIX), picture="frame", may_drop=True),
    }
    read = PageReader(min_confidence=MIN_CONFIDENCE)
    costs = [{kind: time_loop(frames, read, opened) for kind, opened in kinds.items()} for _ in range(rounds)]
    print("recording       frames/s  of the rate alone  reader ms  all threads ms  dropped")
    for kind in kinds:
        of_kind = {name: median(getattr(turn[kind], name) for turn in costs) for name in Cost.__dataclass_fields__}
        share = median(turn[kind].rate / turn["none"].rate for turn in costs)
        print(
            f"{kind:15} {of_kind['rate']:8.1f} {share:18.0%} {of_kind['reader_ms']:10.1f} {of_kind['all_ms']:15.1f} "
            f"{of_kind['dropped']:8.1%}",
            flush=True,
        )


def time_loop(frames: list[Frame], read: Read, opened: Callable[[], AbstractContextManager]) -> Cost:
    """What one run over all frames costs."""
    with opened() as sink:
        started, reader_s, all_s = perf_counter(), thread_time(), process_time()
        run(frames, read, Tracker(), [sink] if sink else [])
        spent_s = perf_counter() - started
        reader_ms, all_ms = (1000 * s / len(frames) for s in (thread_time() - reader_s, process_time() - all_s))
    return Cost(len(frames) / spent_s, reader_ms, all_ms, sink.dropped / len(frames) if sink else 0.0)


def main() -> None:
    """Draws the frames of the demo first, then times."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--size", default="1280x720", help="width x height in pixels (default: %(default)s)")
    parser.add_argument("--frames", type=int, default=60, help="of each run (default: %(default)s)")
    parser.add_argument("--rounds", type=int, default=5, help="runs of each kind (default: %(default)s)")
    parser.add_argument("--presets", action="store_true", help="compare the encoder's presets, too")
    args = parser.parse_args()
    width, height = map(int, args.size.split("x"))
    frames = list(islice(demo_frames(0, (width, height)), args.frames))
    print(f"{args.size}, {args.frames} frames of the demo, {cv2.getNumberOfCPUs()} processors\n")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bench.mp4"
        print_rates(frames, path, args.rounds)
        if args.presets:
            print_presets(frames, path)


if __name__ == "__main__":
    main()
