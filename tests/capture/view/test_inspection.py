import numpy as np
import pytest

from capture.types import Box, Candidate
from capture.view.inspection import STRIP_SHARE, draw_inspection
from model.classifier import CLASSES, NO_DIGIT


def certain(classes):
    """A network that says these classes, one after the other."""

    def classify(glyphs):
        return np.eye(CLASSES, dtype=np.float32)[[classes[i % len(classes)] for i in range(len(glyphs))]]

    return classify


@pytest.fixture
def found(monkeypatch):
    """Lets the finder find crops with a glyph of one grey level each."""

    def find(levels):
        crops = [
            Candidate(Box(10 + 5 * i, 20, 4, 9), np.full((28, 28), level, np.uint8)) for i, level in enumerate(levels)
        ]
        monkeypatch.setattr("capture.view.inspection.find_candidates", lambda image: crops)

    return find


def test_every_glyph_is_shown_as_the_network_gets_it(found):
    levels = [101, 102, 103, 104, 105]
    found(levels)
    image = np.full((300, 400, 3), 200, np.uint8)
    picture = draw_inspection(image, certain([3, NO_DIGIT]))
    strip = picture[300:]
    assert picture.shape == (300 + round(300 * STRIP_SHARE), 400, 3)
    assert [level for level in levels if (strip == level).all(axis=2).sum() > 28 * 28] == levels


def test_a_verdict_of_no_digit_looks_different(found):
    found([100])
    image = np.full((300, 400, 3), 200, np.uint8)
    digit, none = (draw_inspection(image, certain([verdict])) for verdict in (3, NO_DIGIT))
    assert not (digit == none).all()


@pytest.mark.parametrize("count, shape", [(0, (200, 300, 3)), (500, (200, 300, 3)), (3, (1, 1, 3)), (3, (0, 0, 3))])
def test_any_number_of_crops_fits_any_picture(found, count, shape):
    found([100] * count)
    picture = draw_inspection(np.full(shape, 200, np.uint8), certain([1]))
    assert picture.shape[1] == shape[1]
