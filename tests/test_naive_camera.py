"""The first file that a reader opens must run, be short, and read a clean page."""

import subprocess
import sys
from pathlib import Path

import cv2

from capture.synthetic.page import page_of

ROOT = Path(__file__).resolve().parents[1]
SCRIPT = ROOT / "docs" / "naive_camera.py"


def test_the_naive_script_reads_a_clean_page_into_an_annotated_copy(tmp_path):
    page = page_of("4711 203\n58 96")
    cv2.imwrite(str(tmp_path / "page.png"), page.image)
    done = subprocess.run(
        [sys.executable, SCRIPT, "page.png", "read.png"], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert sorted(done.stdout.split()) == sorted("47112035896")
    assert (cv2.imread(str(tmp_path / "read.png")) != page.image).any()


def test_it_stays_one_page_to_read():
    assert len(SCRIPT.read_text(encoding="utf-8").splitlines()) <= 120
