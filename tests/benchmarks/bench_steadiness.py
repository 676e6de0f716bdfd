"""How steady readings are: label changes, broken tracks and the time to a right label, for single frames and tracked.

Run: python tests/benchmarks/bench_steadiness.py [--video FILE --expect "2021 2019"] [--simulate]
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice, pairwise
from pathlib import Path

import cv2
import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from capture.demo import demo_scenes
from capture.frame import Box, Frame, Reading
from capture.pages import Drawn
from capture.reading import group_numbers, read_digits
from capture.segment import find_digits
from capture.sources import SourceOptions, open_source
from capture.track import Stills, Tracker
from model.classifier import DEFAULT_WEIGHTS, load_classifier

FPS = 30
STEADY_S = 1.0  # a label counts as steady once it has stayed right for so long
SCENES = {"still sheet": 0.0, "moving sheet": 1.0, "waved about": 6.0}  # name -> speed
MIN_CONFIDENCE = 0.5
RUNS = 100  # of each thing timed

Scene = tuple[Frame, tuple[Drawn, ...]]
Read = Callable[[Scene], list[Reading]]


@dataclass
class Life:
    """What was shown of one true digit, frame by frame: (seconds, label, track), label None while nothing was."""

    label: int
    shown: list[tuple[float, int | None, int | None]] = field(default_factory=list)

    def changes(self) -> int:
        """How often another label took the place of the one before."""
        labels = [label for _, label, _ in self.shown if label is not None]
        return sum(a != b for a, b in pairwise(labels))

    def is_broken(self) -> bool:
        """Whether the digit had more than one track number."""
        return len({track for _, _, track in self.shown if track is not None}) > 1

    def right_after_s(self) -> float:
        """Seconds from appearing to a label that is right and stays so; infinite if that never happens."""
        since = None
        for time_s, label, _ in self.shown:
            since = (time_s if since is None else since) if label == self.label else None
            if since is not None and time_s - since >= STEADY_S:
                return since - self.shown[0][0]
        return float("inf")


def simulated(seed: int) -> Read:
    """A reader that trembles, misreads one digit in 30 and overlooks one in 50."""
    random = np.random.default_rng(seed)

    def read(scene: Scene) -> list[Reading]:
        return [_guess(drawn, random) for drawn in scene[1] if random.random() > 0.02]

    return read


def _guess(drawn: Drawn, random: np.random.Generator) -> Reading:
    logits = random.normal(0, 1.6, 11)
    logits[drawn.digit] += 6
    probabilities = (np.exp(logits) / np.exp(logits).sum()).astype(np.float32)
    digit = int(probabilities[:10].argmax())
    box = Box(*(np.array(drawn.box.xywh) + np.rint(random.normal(0, 0.7, 4)).astype(int)).tolist())
    return Reading(box, digit, float(probabilities[digit]), probabilities)


def real(weights: Path) -> Read:
    """The reader as it ships."""
    classify = load_classifier(weights)
    return lambda scene: read_digits(find_digits(scene[0].image), classify)


def follow(scenes: Iterable[Scene], read: Read, tracker: Tracker | Stills) -> list[Life]:
    """Runs a tracker over scenes of one sheet; returns what was shown of each digit."""
    tracker.update([], -1.0)  # so that all digits appear in a running video
    lives: list[Life] = []
    for frame, truth in scenes:
        shown = tracker.update(read((frame, truth)), frame.time_s)
        lives = lives or [Life(drawn.digit) for drawn in truth]
        for life, drawn in zip(lives, truth, strict=True):
            mine = _at(drawn.box, shown)
            life.shown.append((frame.time_s, mine and mine.digit, mine and mine.track))
    return lives


def _at(box: Box, readings: list[Reading]) -> Reading | None:
    """The reading nearest to a true box's middle, within half its height."""
    away = [np.hypot(*np.subtract(box.centre, one.box.centre)) for one in readings]
    nearest = int(np.argmin(away)) if away else -1
    return readings[nearest] if away and away[nearest] < max(box.w, box.h) / 2 else None


def table_row(name: str, lives: list[Life]) -> str:
    """One line of the table."""
    seconds = sum(len(life.shown) for life in lives) / FPS
    frames = sum(len(life.shown) for life in lives)
    shown = sum(label is not None for life in lives for _, label, _ in life.shown)
    right = sum(label == life.label for life in lives for _, label, _ in life.shown)
    waits = [life.right_after_s() for life in lives]
    changes, broken = sum(life.changes() for life in lives), np.mean([life.is_broken() for life in lives])
    shares = "".join(f"{100 * share:9.2f}" for share in (broken, shown / frames, right / frames))
    return f"{name:28}{changes / seconds:12.4f}{shares}{np.median(waits):9.2f}{np.max(waits):9.2f}"


def bench_demo(seeds: range, seconds: float, reader: Callable[[int], Read]) -> None:
    """Prints the table for the demo's sheets, whose truth is known."""
    print(f"{'':28}{'changes per':>12}{'broken':>9}{'shown':>9}{'right':>9}{'right after, s':>18}")
    print(f"{'':28}{'digit-second':>12}{'tracks %':>9}{'%':>9}{'%':>9}{'median':>9}{'worst':>9}")
    for scene, speed in SCENES.items():
        for name, tracker in (("single frames", Stills), ("tracked", Tracker)):
            lives = []
            for seed in seeds:
                scenes = islice(demo_scenes(seed, speed=speed), int(seconds * FPS))
                lives += follow(scenes, reader(seed), tracker(MIN_CONFIDENCE))
            print(table_row(f"{scene}, {name}", lives))


def bench_video(path: str, read: Read, expected: str) -> None:
    """Prints how often label and numbers of a video without marked boxes change; all of it should read `expected`."""
    for name, tracker in (("single frames", Stills(MIN_CONFIDENCE)), ("tracked", Tracker(MIN_CONFIDENCE))):
        frames, texts, labels, changes, digits = 0, [], {}, 0, 0
        for frame in _video(path):
            readings = tracker.update(read((frame, ())), frame.time_s)
            changes += sum(labels.get(one.track, one.digit) != one.digit for one in readings if one.track)
            labels.update({one.track: one.digit for one in readings})
            texts.append(" ".join(number.text for number in group_numbers(readings)))
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
        frames = iter([[_guess(one, random) for one in drawn] for _ in range(RUNS)])
        cost_ms = median_ms(lambda: tracker.update(next(frames), next(times)))  # noqa: B023 - called at once
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
    bench_demo(range(args.seeds), args.seconds, reader)
    if args.video and not args.simulate:
        bench_video(args.video, reader(0), args.expect)
    bench_cost()


if __name__ == "__main__":
    main()
