import numpy as np
import pytest

from tests.support.tiny import tiny_labelled
from training.evaluation.baselines import BASELINES, DIRECTIONS, hog


def stripes(is_upright: bool) -> np.ndarray:
    image = np.zeros((28, 28), np.uint8)
    image[:, 12:16] = 255
    return (image if is_upright else image.T)[None]


def strongest_direction(image):
    return hog(image).reshape(-1, DIRECTIONS).sum(axis=0).argmax()


def test_histograms_tell_upright_from_level_strokes():
    assert strongest_direction(stripes(True)) == 0  # brightness changes along x
    assert strongest_direction(stripes(False)) in (4, 5)  # along y: half of half a turn


def test_histograms_do_not_depend_on_brightness():
    glyph = tiny_labelled(1).x[3:4]
    assert np.allclose(hog(glyph), hog(glyph // 2), atol=0.03)


def test_an_empty_image_has_empty_histograms():
    assert not hog(np.zeros((2, 28, 28), np.uint8)).any()


@pytest.mark.parametrize("name", BASELINES)
def test_baselines_learn(name):
    baseline, training, test = BASELINES[name], tiny_labelled(12), tiny_labelled(4, seed=1)
    machine = baseline.make(0).fit(baseline.features(training.x), training.y)
    assert np.mean(machine.predict(baseline.features(test.x)) == test.y) > 0.8
    assert baseline.size(machine) > 100
