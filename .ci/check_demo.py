"""Checks what a run of 90 frames of `demo` left behind: the video plays in full, and the readings are those of it."""

import json
import sys
from pathlib import Path

import cv2

FRAMES, FPS = 90, 30
MIN_DIGITS = 15  # a demo sheet shows about 20


def main(video: str, readings: str) -> None:
    """Exit with a message if anything is not as it should be."""
    lines = [json.loads(line) for line in Path(readings).read_text(encoding="utf-8").splitlines()]
    assert [line["frame"] for line in lines] == list(range(FRAMES)), f"{len(lines)} lines of readings"
    assert len(lines[-1]["digits"]) >= MIN_DIGITS, lines[-1]
    assert sum(len(number["text"]) for number in lines[-1]["numbers"]) == len(lines[-1]["digits"]), lines[-1]
    capture = cv2.VideoCapture(video)
    frames = 0
    while capture.read()[0]:
        frames += 1
        end_s = capture.get(cv2.CAP_PROP_POS_MSEC) / 1000
    assert frames == FRAMES, f"{frames} frames in the video"
    assert abs(end_s - lines[-1]["time_s"]) < 1 / FPS, f"the video ends at {end_s} s"
    print(f"{frames} frames, {len(lines[-1]['digits'])} digits in the last one: {video} and {readings} agree")


if __name__ == "__main__":
    main(*sys.argv[1:])
