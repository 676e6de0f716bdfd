"""What a frame costs in every kind of scene, as a ratio to the naive OpenCV loop on the same frames, taken in turns.

The naive loop is the least that any reader built on OpenCV does to a frame: grey, blur, threshold, contours, nothing
read. Scenes and naive loop take turns frame by frame, so that what else the machine does weighs on both alike: ratios
can be believed where milliseconds cannot. Beside much other work, `--one-core` counts the processor's time.

Run: python tests/benchmarks/bench_scenes.py [--clip VIDEO] [--rounds 5] [--frames 20] [--only demo] [--one-core]
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import chain, cycle, islice, repeat
from pathlib import Path
from time import perf_counter, process_time

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as run_camera.py does

import cv2
import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from capture.loop import draw_frame, read_frame
from capture.read.reader import PageReader
from capture.read.select import MIN_CONFIDENCE
from capture.sources.open import open_source
from capture.synthetic.background import draw_clutter
from capture.synthetic.demo import demo_frames
from capture.track.cache import StillFrameCache
from capture.track.optical_flow import flow_page
from capture.track.tracker import Tracker
from capture.types import Frame
from capture.view.labels import LabelMemory
from capture.view.panel import Status
from model.classifier import Classifier
from tests.benchmarks.bench_stages import NOISE_LEVELS, floor, sheet_frames

HD, FULL_HD, UHD, PHOTO = (1280, 720), (1920, 1080), (3840, 2160), (4000, 3000)
FPS = 30
CLUTTERS = 6  # desks
SWAY_PX = 6  # how far a hand-held camera moves to and fro
WARM_UP_FRAMES = 5
SIZES = ((640, 480), (1280, 720), (1920, 1080), (2560, 1440), (4000, 3000))  # 0.3 to 12 MP
COUNTS = (10, 25, 50, 100, 200, 400)
GROWTH_DIGITS = 20


@dataclass
class Scene:
    """A way of using the program.

    Attributes:
        frames: endless.
        clock: gives seconds.
        spent_s: seconds a frame, for each thing that is timed.
    """

    name: str
    frames: Iterator[Frame]
    clock: Callable[[], float]
    spent_s: dict[str, list[float]] = field(default_factory=lambda: {"naive": [], "read": [], "as run": []})

    def __post_init__(self) -> None:
        network = Classifier(threads=cv2.getNumThreads())
        self._read, cached_read = (PageReader(network, MIN_CONFIDENCE, is_video=True) for _ in range(2))
        self._cached, self._tracker, self._labels = StillFrameCache(cached_read, flow_page), Tracker(), LabelMemory()

    def take_turns(self, count: int) -> None:
        """Time so many frames, each by the naive loop, read anew, and the whole way through the program."""
        for frame in islice(self.frames, count):
            self.time("naive", lambda frame=frame: floor(frame.image))
            self.time("read", lambda frame=frame: self._read(frame))
            self.time("as run", lambda frame=frame: self.whole_way(frame))

    def time(self, name: str, work: Callable[[], object]) -> None:
        """Add the seconds that the work takes."""
        start = self.clock()
        work()
        self.spent_s[name].append(self.clock() - start)

    def whole_way(self, frame: Frame) -> None:
        """Read, follow and draw a frame as the program does; one that shows what the last one did is not read again."""
        frame, page = read_frame(frame, self._cached, self._tracker)
        draw_frame(frame, page, Status(), self._labels)

    def forget_warm_up(self) -> None:
        """Leave out what was timed so far."""
        for some in self.spent_s.values():
            some.clear()

    def ratios(self, name: str, rounds: int) -> np.ndarray:
        """Ratio to the naive loop in each round: (rounds,), the means of its frames."""
        spent, naive = (np.array(self.spent_s[one]).reshape(rounds, -1).mean(axis=1) for one in (name, "naive"))
        return spent / naive


def clutter_frames(size: tuple[int, int]) -> Iterator[Frame]:
    """Desks full of things and print without a digit, each seen for a second by a hand-held camera with its noise."""
    rng = np.random.default_rng(1)
    desks = [draw_clutter((size[0] + 2 * SWAY_PX, size[1] + 2 * SWAY_PX), rng) for _ in range(CLUTTERS)]
    for index, desk in enumerate(chain.from_iterable(repeat(desk, FPS) for desk in cycle(desks))):
        place = SWAY_PX * (1 + np.sin(index / np.array((7, 11))))  # px a frame at most
        image = cv2.getRectSubPix(desk, size, (place + np.array(size) / 2).tolist())
        noise = rng.integers(0, NOISE_LEVELS, image.shape, np.uint8)
        yield Frame(cv2.add(image, noise), index, index / FPS, "clutter")


def clip_frames(path: Path) -> Iterator[Frame]:
    """Frames of a video, brought to 720 lines, over and over."""
    index = 0
    while True:
        with open_source(str(path)) as source:
            for frame in source:
                width = round(frame.image.shape[1] * HD[1] / frame.image.shape[0])
                yield Frame(cv2.resize(frame.image, (width, HD[1])), index, index / FPS, "clip")
                index += 1


def scenes_of(clip: Path | None) -> dict[str, Callable[[], Iterator[Frame]]]:
    """All scenes by their names."""
    scenes = {
        "demo 720p": lambda: demo_frames(0, HD),
        "cluttered desk 720p": lambda: clutter_frames(HD),
        "still sheet of 20 720p": lambda: sheet_frames(HD, 20),
        "sheet of 200 1080p": lambda: sheet_frames(FULL_HD, 200),
        "sheet of 60 4K": lambda: sheet_frames(UHD, 60),
        "sheet of 20 12 MP": lambda: sheet_frames(PHOTO, 20),
    }
    return scenes | ({"clip 720p": lambda: clip_frames(clip)} if clip else {})


def print_scenes(scenes: list[Scene], rounds: int, count: int) -> None:
    """Time all scenes in turns, and print a row each."""
    for scene in scenes:
        scene.take_turns(WARM_UP_FRAMES)
        scene.forget_warm_up()
    for _ in range(rounds):
        for scene in scenes:
            scene.take_turns(count)
    print(f"{'':24} {'naive ms':>9} {'read ms':>8} {'of naive':>9} {'spread':>11} {'as run ms':>10} {'of naive':>9}")
    for scene in scenes:
        naive, read, run = (1000 * np.median(scene.spent_s[name]) for name in ("naive", "read", "as run"))
        anew, whole = scene.ratios("read", rounds), scene.ratios("as run", rounds)
        spread = f"{anew.min():.1f} to {anew.max():.1f}"
        print(
            f"{scene.name:24} {naive:9.2f} {read:8.2f} {np.median(anew):9.1f} {spread:>11} {run:10.2f} "
            f"{np.median(whole):9.1f}"
        )


def print_growth(name: str, amounts: np.ndarray, scenes: list[Scene], rounds: int, count: int) -> None:
    """Print how the time to read grows with an amount: the exponent of all, and that of the last step."""
    print_scenes(scenes, rounds, count)
    spent = np.array([np.median(scene.spent_s["read"]) for scene in scenes])
    exponent = np.polyfit(np.log(amounts), np.log(spent), 1)[0]
    last = np.diff(np.log(spent[-2:]))[0] / np.diff(np.log(amounts[-2:]))[0]
    print(f"reading grows with {name} to the power {exponent:.2f}; the last step {last:.2f}\n")


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--clip", type=Path, metavar="VIDEO", help="a video of your own as one more scene")
    parser.add_argument("--rounds", type=int, default=5, help="turns of every scene (default: %(default)s)")
    parser.add_argument("--frames", type=int, default=20, help="of each scene a turn (default: %(default)s)")
    parser.add_argument("--only", default="", help="scenes whose names hold one of these words (default: all)")
    parser.add_argument("--one-core", action="store_true", help="one thread, and the processor's time, not the clock's")
    parser.add_argument("--growth", action="store_true", help="also fit the growth against pixels and digits")
    args = parser.parse_args()
    words = args.only.split(",")
    made = scenes_of(args.clip).items()
    clock = perf_counter
    if args.one_core:
        cv2.setNumThreads(1)
        clock = process_time
    scenes = [Scene(name, make(), clock) for name, make in made if any(word in name for word in words)]
    print(f"{cv2.getNumThreads()} threads, {args.rounds} rounds of {args.frames} frames")
    print_scenes(scenes, args.rounds, args.frames)
    if args.growth:
        print()
        sizes = [Scene(f"{w}x{h}", sheet_frames((w, h), GROWTH_DIGITS), clock) for w, h in SIZES]
        print_growth("pixels", np.prod(SIZES, axis=1), sizes, args.rounds, args.frames)
        counts = [Scene(f"{count} digits", sheet_frames(FULL_HD, count), clock) for count in COUNTS]
        print_growth("digits", np.array(COUNTS), counts, args.rounds, args.frames)


if __name__ == "__main__":
    main()
