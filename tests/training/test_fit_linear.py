import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from model.classifier import Classifier
from tests.support.tiny import save_npz, tiny_digits, tiny_labelled

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.timeout(400)
def test_the_page_that_students_read_trains_a_network_for_the_camera(tmp_path):
    data = save_npz(tiny_digits(), tmp_path / "mnist.npz")
    words = ["--data", str(data), "--limit", "2000", "--epochs", "1", "--out", str(tmp_path / "out")]
    command = [sys.executable, "-m", "training.fit_linear", *words]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert "mnist.npz: 120 training and 40 test images" in done.stdout
    assert "% right by " in done.stdout
    probabilities = Classifier(tmp_path / "out" / "digits.tflite")(tiny_labelled(1).x)
    assert probabilities.sum(axis=1) == pytest.approx(np.ones(10), abs=0.01)
