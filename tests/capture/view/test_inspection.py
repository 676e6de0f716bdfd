from dataclasses import replace

import numpy as np
import pytest

from capture.boxes import Box
from capture.types import Candidate, Hypothesis, Trace
from capture.view.inspection import STRIP_SHARE, draw_inspection
from capture.view.panel import line_height
from model.classifier import CLASSES, NO_DIGIT

IMAGE = np.full((300, 400, 3), 200, np.uint8)


def trace_of(levels, verdicts, ink_shape=(150, 200)):
    """A trace with a glyph of one grey level for each, and what the network says of them, one after the other."""
    rows = np.eye(CLASSES, dtype=np.float32)[[verdicts[i % len(verdicts)] for i in range(len(levels))]]
    boxes = [Box(10 + 5 * i, 20, 4, 9) for i in range(len(levels))]
    candidates = [Candidate(box, np.full((28, 28), level, np.uint8)) for box, level in zip(boxes, levels, strict=True)]
    seen = map(Hypothesis, candidates, rows, boxes)
    return Trace(np.zeros(ink_shape, np.uint8), 0.5, tuple(seen))


def test_every_glyph_is_shown_as_the_network_gets_it():
    levels = [101, 102, 103, 104, 105]
    picture = draw_inspection(IMAGE, trace_of(levels, [3, NO_DIGIT]))
    strip = picture[-round(300 * STRIP_SHARE) - line_height(IMAGE.shape) :]
    assert picture.shape == IMAGE.shape, "the window keeps its size"
    assert [level for level in levels if (strip == level).all(axis=2).sum() > 28 * 28] == levels


def test_a_verdict_of_no_digit_looks_different():
    digit, none = (draw_inspection(IMAGE, trace_of([100], [verdict])) for verdict in (3, NO_DIGIT))
    assert not (digit == none).all()


@pytest.mark.parametrize("count, shape", [(0, (200, 300, 3)), (500, (200, 300, 3)), (3, (1, 1, 3)), (3, (0, 0, 3))])
def test_any_number_of_crops_fits_any_picture(count, shape):
    picture = draw_inspection(np.full(shape, 200, np.uint8), trace_of([100] * count, [1]))
    assert picture.shape[1] == shape[1]


def test_a_page_set_upright_is_shown_upright_in_the_middle():
    """A sideways sheet: its ink map is higher than wide; the boxes stand where the candidates are on it."""
    trace = replace(trace_of([100], [3], ink_shape=(200, 150)), ink=np.full((200, 150), 77, np.uint8), scale=1.0)
    high = 300 - round(300 * STRIP_SHARE) - line_height(IMAGE.shape)
    shown = draw_inspection(IMAGE, trace)[:high]
    assert (shown[:, 200] == 77).all(axis=1).mean() > 0.9
    half = round(150 * high / 200 / 2)
    assert not shown[:, : 199 - half].any() and not shown[:, 201 + half :].any()
    zoom = high / 200
    left, top, bottom = (round(side * zoom) for side in (10, 20, 29))
    assert not (shown[top:bottom, 200 - half + left] == 77).all(), "the box of the candidate at 10, 20"


def test_a_frame_that_was_not_read_has_nothing_to_show():
    high = 300 - line_height(IMAGE.shape)
    picture = draw_inspection(IMAGE, None)
    assert not picture[:high].any() and picture[high:].any(), "the legend alone"
