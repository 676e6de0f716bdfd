"""Runs the program for the tests, in this process or in one of its own, and looks into what it leaves."""

import json
import subprocess
import sys
import time
from pathlib import Path

import cv2

import run_camera
from capture.synthetic.page import page_of

ROOT = Path(__file__).resolve().parents[2]
END_S = 40  # for a program to end that was asked to, on a machine with much else to do
ALL_SEVENS = """
import signal, sys, numpy as np, run_camera
from tests.support.network import FakeNetwork
run_camera.Classifier = lambda path: FakeNetwork(lambda glyphs: np.eye(11, dtype=np.float32)[[7] * len(glyphs)])
if hasattr(signal, "SIGHUP"):
    signal.signal(signal.SIGHUP, signal.SIG_DFL)  # under nohup it is ignored, and so it is by all that the tests start
raise SystemExit(run_camera.main(sys.argv[1:]))
"""


def write_photo(path, text):
    cv2.imwrite(str(path), page_of(text, (320, 240)).image)
    return path


def start(*arguments, **settings):
    """The program in a process of its own."""
    command = [sys.executable, "-c", ALL_SEVENS, *map(str, arguments)]
    settings = {"cwd": ROOT, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True, **settings}
    return subprocess.Popen(command, **settings)


def run_program(*arguments, **settings):
    """The program in a process of its own, until it ends."""
    command = [sys.executable, "-c", ALL_SEVENS, *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, text=True, check=False, timeout=END_S, **settings)


def lines_of(path):
    return [json.loads(line) for line in path.read_text().splitlines()]


def frame_count(path):
    video, frames = cv2.VideoCapture(str(path)), 0
    while video.read()[0]:
        frames += 1
    return frames


def main(*arguments):
    return run_camera.main([*map(str, arguments), "--no-show"])


def wait_for_lines(path, count):
    deadline = time.monotonic() + END_S
    while not path.exists() or path.read_bytes().count(b"\n") < count:
        assert time.monotonic() < deadline, "the program wrote nothing"
        time.sleep(0.02)
