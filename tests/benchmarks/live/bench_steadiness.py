"""How steady readings are: label changes, broken tracks and the time to a right label, for single frames and tracked.

Run: python tests/benchmarks/live/bench_steadiness.py [--video FILE --expect "2021 2019"] [--simulate]
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import islice, pairwise
from pathlib import Path

import cv2
import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

from life_score import FPS, HEAD, Score, table_row
from live_scenes import LIVE_SCENES, Scene

from capture.boxes import Box
from capture.read.reader import PageReader
from capture.read.select import MIN_CONFIDENCE
from capture.sources.open import SourceOptions, open_source
from capture.synthetic.demo import demo_scenes
from capture.synthetic.page import Drawn
from capture.track.cache import StillFrameCache
from capture.track.optical_flow import flow_page
from capture.track.tracker import NoTracking, Tracker
from capture.types import Digit, Frame, Page
from model.classifier import DEFAULT_WEIGHTS, Classifier

SPEEDS = {"still sheet": 0.0, "moving sheet": 1.0, "waved about": 6.0}
SHOWN = 0.5
RUNS = 100  # of each thing timed

Scenes = Callable[[int], Iterator[Scene]]  # by the sheet's seed
DEMO_SCENES: dict[str, Scenes] = {name: partial(demo_scenes, speed=speed) for name, speed in SPEEDS.items()}
Read = Callable[[Scene], Page]


def simulated(seed: int) -> Read:
    """A reader that trembles, misreads one digit in 30 and overlooks one in 50."""
    random = np.random.default_rng(seed)

    def read(scene: Scene) -> Page:
        return Page(tuple(_guess(drawn, random) for drawn in scene[1] if drawn and random.random() > 0.02))

    return read


def _guess(drawn: Drawn, random: np.random.Generator) -> Digit:
    logits = random.normal(0, 1.6, 11)
    logits[drawn.digit] += 6
    probabilities = (np.exp(logits) / np.exp(logits).sum()).astype(np.float32)
    digit = int(probabilities[:10].argmax())
    box = Box(*(np.array(drawn.box.xywh) + np.rint(random.normal(0, 0.7, 4)).astype(int)).tolist())
    return Digit(box, digit, float(probabilities[digit]), probabilities)


def real(weights: Path) -> Read:
    """The reader as it ships, with its memories of ink and of still scenes."""
    cache = StillFrameCache(PageReader(Classifier(weights), MIN_CONFIDENCE, is_video=True), flow_page)
    return lambda scene: cache(scene[0])


def follow(scenes: Iterable[Scene], read: Read) -> dict[str, Score]:
    """Reads the scenes of one sheet; how steady single frames are, and what the tracker makes of them."""
    trackers = {"single frames": NoTracking(SHOWN), "tracked": Tracker(SHOWN)}
    scores = {name: Score() for name in trackers}
    for tracker in trackers.values():
        tracker.update(
            Frame(np.zeros((0, 0, 3), np.uint8), 0, -1.0, ""), Page()
        )  # so that all digits appear in a running video
    for scene in scenes:
        frame, truth = scene
        page = read(scene)
        for name, tracker in trackers.items():
            scores[name].add(frame.time_s, truth, tracker.update(frame, page))
    return scores


def bench_scenes(seeds: range, seconds: float, reader: Callable[[int], Read], scenes: dict[str, Scenes]) -> None:
    """Prints the table for drawn sheets, whose truth is known."""
    print(HEAD)
    for name, scenes_of in scenes.items():
        followed = [follow(islice(scenes_of(seed), int(seconds * FPS)), reader(seed)) for seed in seeds]
        for way in followed[0]:
            print(table_row(f"{name}, {way}", [scores[way] for scores in followed]), flush=True)


def bench_video(path: str, read: Read, expected: str) -> None:
    """Prints how often label and numbers of a video without marked boxes change; all of it should read `expected`."""
    for name, tracker in (("single frames", NoTracking(SHOWN)), ("tracked", Tracker(SHOWN))):
        frames, texts, labels, changes, digits = 0, [], {}, 0, 0
        for frame in _video(path):
            page = tracker.update(frame, read((frame, ())))
            readings = page.digits
            changes += sum(labels.get(one.track, one.digit) != one.digit for one in readings if one.track)
            labels.update({one.track: one.digit for one in readings})
            texts.append(" ".join(number.text for number in page.numbers))
            frames, digits = frames + 1, digits + len(readings)
        flips = sum(a != b for a, b in pairwise(texts))
        print(f"{path}, {name}: {frames} frames, {digits / frames:.2f} digits a frame, numbers changed {flips} times")
        if name == "tracked":
            print(f"  {len(labels)} tracks, {changes / (digits / FPS):.4f} label changes per digit-second")
        if expected:
            print(f"  {np.mean([text == expected for text in texts]):.1%} of the frames read {expected!r}")


def _video(path: str) -> Iterator[Frame]:
    with open_source(path, SourceOptions()) as source:
        yield from source


def bench_cost() -> None:
    """Prints what a tracker's update costs, also in shares of the naive OpenCV loop over a 1280x720 frame."""
    image = next(demo_scenes())[0].image
    floor_ms = median_ms(lambda: _naive_loop(image))
    print(f"naive OpenCV loop on 1280x720: {floor_ms:.2f} ms")
    for count in (0, 5, 20, 60, 200):
        random, tracker, times = np.random.default_rng(0), Tracker(), iter(np.arange(10**6) / FPS)
        boxes = [Box(60 * (i % 20) + 20, 70 * (i // 20) + 20, 30, 44) for i in range(count)]
        drawn = [Drawn(box, str(i % 10), 0, 0, np.zeros((0, 2))) for i, box in enumerate(boxes)]
        pages = iter([Page(tuple(_guess(one, random) for one in drawn)) for _ in range(RUNS)])
        cost_ms = median_ms(lambda: tracker.update(Frame(image, 0, next(times), ""), next(pages)))  # noqa: B023 - called at once
        print(f"tracker, {count:3} digits: {cost_ms:.2f} ms, {cost_ms / floor_ms:.2f} of it")


def median_ms(work: Callable[[], object]) -> float:
    """Median milliseconds of one run."""
    times = []
    for _ in range(RUNS):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return 1e3 * float(np.median(times))


def _naive_loop(image: np.ndarray) -> None:
    grey = cv2.GaussianBlur(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), (5, 5), 0)
    ink = cv2.adaptiveThreshold(grey, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, 31, 10)
    cv2.findContours(ink, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)


def main() -> None:
    """Runs what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    parser.add_argument("--seeds", type=int, default=3, help="how many sheets")
    parser.add_argument("--seconds", type=float, default=6.0, help="of each sheet")
    parser.add_argument("--weights", type=Path, default=DEFAULT_WEIGHTS)
    parser.add_argument("--simulate", action="store_true", help="a simulated reader instead of the network")
    parser.add_argument("--video", help="a video of one sheet, too")
    parser.add_argument("--expect", default="", help="the numbers it shows, in reading order")
    args = parser.parse_args()
    reader = simulated if args.simulate else lambda seed: real(args.weights)
    bench_scenes(range(args.seeds), args.seconds, reader, DEMO_SCENES if args.simulate else DEMO_SCENES | LIVE_SCENES)
    if args.video and not args.simulate:
        bench_video(args.video, reader(0), args.expect)
    bench_cost()


if __name__ == "__main__":
    main()
