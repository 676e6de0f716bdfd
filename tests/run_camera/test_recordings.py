"""Recordings of the program: beside each other in step, and as a source they give the same readings again."""

import numpy as np
import pytest

from tests.support.program import lines_of, main
from tests.support.video_files import decode, duration_s

NEAR_PX = 4  # of 360: compression moves the edge of ink by a pixel, and the tracker lets boxes rest within some
FRAMES = 20


@pytest.mark.parametrize("fps", ["30", "29.97", "12.5", "7", "1"])
@pytest.mark.parametrize("suffix", ["mp4", "mkv"])
@pytest.mark.usefixtures("all_sevens")
def test_each_line_has_the_time_of_its_frame_in_the_video(fps, suffix, tmp_path):
    video, clean, readings = tmp_path / f"a.{suffix}", tmp_path / f"b.{suffix}", tmp_path / "a.jsonl"
    demo = f"--source demo --size 160x120@{fps} --max-frames 15"
    assert main(*demo.split(), "--save", video, "--clean", clean, "--readings", readings) == 0
    times = [line["time_s"] for line in lines_of(readings)]
    assert times == pytest.approx([index / float(fps) for index in range(15)], abs=1e-6)
    for path in (video, clean):
        assert decode(path)[1] == pytest.approx(times, abs=0.0011)  # Matroska counts milliseconds
        assert duration_s(path) == pytest.approx(15 / float(fps), rel=0.02)


def read_live_and_again(demo, clean):
    """The lines of a demo that is recorded to `clean`, and those of that recording read again."""
    first, again = clean.with_name("first.jsonl"), clean.with_name("again.jsonl")
    assert main(*demo.split(), "--max-frames", str(FRAMES), "--clean", clean, "--readings", first) == 0
    assert main("--source", clean, "--readings", again) == 0
    return lines_of(first), lines_of(again)


def test_a_clean_recording_gives_the_same_readings_again(tmp_path):
    live, replay = read_live_and_again("--source demo --size 640x360", tmp_path / "clean.mp4")
    assert [line["time_s"] for line in replay] == pytest.approx([line["time_s"] for line in live], abs=0.001)
    assert [texts(line) for line in replay] == [texts(line) for line in live]
    assert len(live[-1]["digits"]) == 20
    for one, other in zip(live, replay, strict=True):
        assert [digit["digit"] for digit in other["digits"]] == [digit["digit"] for digit in one["digits"]]
        assert np.abs(boxes(one) - boxes(other)).max() <= NEAR_PX


def test_a_clean_matroska_recording_gives_the_very_same_readings_again(tmp_path):
    live, replay = read_live_and_again("--source demo:7 --size 480x270", tmp_path / "clean.mkv")
    for one, other in zip(live, replay, strict=True):
        assert texts(one) == texts(other)
        assert [(it["digit"], it["track"]) for it in one["digits"]] == [
            (it["digit"], it["track"]) for it in other["digits"]
        ]
        assert np.abs(boxes(one) - boxes(other)).max() <= 1  # times in milliseconds weigh frames a little otherwise


def texts(line):
    return [number["text"] for number in line["numbers"]]


def boxes(line):
    return np.array([digit["box_xywh_px"] for digit in line["digits"]])
