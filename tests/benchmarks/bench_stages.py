"""What each stage of the camera path costs, for several picture sizes and digit counts, and against the floor.

The floor is the least that any reader built on OpenCV does to a frame: grey, blur, threshold, contours, no reading.

Run: python tests/benchmarks/bench_stages.py [--all] [--sizes 640x480,1280x720] [--digits 0,20] [--frames 100]
"""

from __future__ import annotations

import argparse
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import cycle, islice
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

import cv2
import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from capture.detect.find import detect, split
from capture.loop import run
from capture.read.lines import group_numbers
from capture.read.reader import PageReader
from capture.read.select import MIN_CONFIDENCE, choose_hypotheses
from capture.sinks.readings import JsonLinesSink
from capture.synthetic.camera import Troubles, photograph
from capture.synthetic.demo import demo_frames
from capture.synthetic.page import page_of
from capture.track.cache import StillFrameCache
from capture.track.tracker import Tracker
from capture.types import Frame, Page
from capture.view.overlay import draw_page
from model.classifier import Classifier
from tests.support.network import FakeNetwork

ALL_SIZES, ALL_DIGITS = "640x480,1280x720,1920x1080,3840x2160", "0,5,20,60,200"
WARM_UP_FRAMES = 5
DIFFERENT_FRAMES = 8  # pictures of a sheet, each with its own noise, shown in turn
NOISE_LEVELS = 4
FPS = 30
WHOLE_READ = (
    "cache",
    "find + read",
    "track",
    "overlay",
)  # of which the first looks once more at a sheet that lies turned
STAGES = (
    "floor",
    "cache",
    "find",
    "read",
    "of it CNN",
    "find + read",
    "still read",  # of a scene that lies still, as the program reads it: most frames are not read again
    "track",
    "group",
    "overlay",
    "JSON line",
)
LIGHT = Troubles(tilt_deg=8, lamp=0.3, noise=3)


class Stopwatch:
    """Collects the milliseconds that named pieces of work take."""

    def __init__(self) -> None:
        self.spent_ms: dict[str, list[float]] = defaultdict(list)

    def timed(self, stage: str, work: Callable[..., Any], *arguments: Any) -> Any:
        """Does the work, and returns what it returns."""
        start = perf_counter()
        result = work(*arguments)
        self.spent_ms[stage].append(1000 * (perf_counter() - start))
        return result


def floor(image: np.ndarray) -> Sequence[np.ndarray]:
    """The naive OpenCV loop, without any reading."""
    blurred = cv2.GaussianBlur(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), (5, 5), 0)
    ink = cv2.adaptiveThreshold(blurred, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, 31, 10)
    return cv2.findContours(ink, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)[0]


def time_stages(frames: Iterator[Frame], count: int) -> tuple[dict[str, list[float]], float]:
    """Milliseconds of each stage for each frame, and how many digits were read in the last."""
    watch, tracker = Stopwatch(), Tracker()
    network, cache = Classifier(), StillFrameCache(lambda _: Page())
    classify = FakeNetwork(partial(watch.timed, "of it CNN", network))
    classify.prior = network.prior
    reader, still_reader = _video_reader(network), StillFrameCache(_video_reader(network))
    with TemporaryDirectory() as folder, JsonLinesSink(Path(folder) / "readings.jsonl") as sink:
        for number, frame in enumerate(islice(frames, count + WARM_UP_FRAMES)):
            if number == WARM_UP_FRAMES:
                watch.spent_ms.clear()
            watch.timed("floor", floor, frame.image)
            watch.timed("cache", cache, frame)
            detection = watch.timed("find", detect, frame.image)
            ways = partial(split, detection=detection)
            watch.timed("read", choose_hypotheses, detection.candidates, classify, ways)
            page = watch.timed("find + read", reader, frame)
            watch.timed("still read", still_reader, frame)
            page = watch.timed("track", tracker.update, frame, page)
            watch.timed("group", group_numbers, page.digits)
            view = watch.timed("overlay", draw_page, frame.image, page)
            watch.timed("JSON line", sink.write, frame, view, page)
    return watch.spent_ms, len(page.digits)


def _video_reader(network: Classifier) -> PageReader:
    return PageReader(network, MIN_CONFIDENCE, is_video=True)  # as run_camera.py makes it for a camera


def sheet_frames(size: tuple[int, int], digits: int) -> Iterator[Frame]:
    """Endless frames of a sheet with so many digits, lying still, with a sensor's noise."""
    page = page_of(sheet_text(digits, size), size)
    rng = np.random.default_rng(0)
    image = photograph(page, rng, LIGHT).image
    images = [cv2.add(image, rng.integers(0, NOISE_LEVELS, image.shape, np.uint8)) for _ in range(DIFFERENT_FRAMES)]
    for index, image in enumerate(cycle(images)):
        yield Frame(image, index, index / FPS, "sheet")


def sheet_text(digits: int, size: tuple[int, int]) -> str:
    """So many digits in numbers of four, in lines that suit the picture's shape."""
    a_line = max(4, round((digits * size[0] / size[1]) ** 0.5 * 1.2 / 4) * 4)
    numbers = [
        "".join(str((7 * i) % 10) for i in range(start, min(start + 4, digits))) for start in range(0, digits, 4)
    ]
    lines = [numbers[i : i + a_line // 4] for i in range(0, len(numbers), a_line // 4)]
    return "\n".join(" ".join(line) for line in lines)


def print_stages(name: str, frames: Iterator[Frame], count: int) -> None:
    """Print one block of the table."""
    spent_ms, digits = time_stages(frames, count)
    print(
        f"\n{name}: {digits} digits read\n{'stage':12} {'median ms':>10} {'mean ms':>8} {'p95 ms':>8} {'of floor':>9}"
    )
    spent_ms["whole read"] = np.sum([spent_ms[stage] for stage in WHOLE_READ], axis=0)
    floor_ms = np.median(spent_ms["floor"])
    for stage in filter(spent_ms.__contains__, [*STAGES, "whole read"]):  # without digits the CNN is not called
        median, worst = np.percentile(spent_ms[stage], (50, 95))
        mean = np.mean(spent_ms[stage])
        print(f"{stage:12} {median:10.2f} {mean:8.2f} {worst:8.2f} {median / floor_ms:9.2f}")


def print_end_to_end(size: tuple[int, int], count: int) -> None:
    """Print the rate of the real loop on the demo, drawing its frames included and not."""
    network = Classifier()
    drawn, ready = (
        run(frames, StillFrameCache(_video_reader(network)), Tracker())
        for frames in (islice(demo_frames(0, size), count), list(islice(demo_frames(0, size), count)))
    )
    for name, summary in (("drawing the demo included", drawn), ("frames ready", ready)):
        print(f"the loop, {name}: {summary.frames / summary.duration_s:.1f} frames a second")


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--all", action="store_true", help=f"sizes {ALL_SIZES} and digits {ALL_DIGITS}")
    parser.add_argument("--sizes", default="1280x720", help="of the pictures, in pixels (default: %(default)s)")
    parser.add_argument("--digits", default="20", help="on a sheet (default: %(default)s)")
    parser.add_argument("--frames", type=int, default=100, help="timed for each (default: %(default)s)")
    args = parser.parse_args()
    sizes = [tuple(map(int, size.split("x"))) for size in (ALL_SIZES if args.all else args.sizes).split(",")]
    counts = [int(digits) for digits in (ALL_DIGITS if args.all else args.digits).split(",")]
    print(f"{cv2.getNumberOfCPUs()} processors, {args.frames} frames each")
    for size in sizes:
        print_stages(f"{size[0]}x{size[1]}, demo", demo_frames(0, size), args.frames)
        print_end_to_end(size, args.frames)
        for digits in counts:
            print_stages(f"{size[0]}x{size[1]}, sheet of {digits}", sheet_frames(size, digits), args.frames)


if __name__ == "__main__":
    main()
