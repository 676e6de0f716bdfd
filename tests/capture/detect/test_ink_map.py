"""The ink map is what the program sees: 0 where the paper is bare, of a large picture a reduced one."""

import numpy as np

from capture.detect.find import WORK_SIDE_PX, ink_map
from capture.synthetic.page import page_of
from capture.synthetic.styles import Pen, Style

INK = Pen((30, 30, 30), 0.08)


def test_the_ink_map_shows_digits_on_bare_paper():
    page = page_of("4711\n203 586", (640, 480), Style(pen=INK))
    ink = ink_map(page.image)
    assert ink.shape == (480, 640) and ink.dtype == np.uint8
    for digit in page.digits:
        x, y, w, h = digit.box.xywh
        assert ink[y : y + h, x : x + w].max() > 150
    assert (ink > 0).mean() < 0.1


def test_the_ink_map_of_a_large_picture_is_reduced():
    assert ink_map(np.zeros((2000, 4000, 3), np.uint8)).shape == (WORK_SIDE_PX // 2, WORK_SIDE_PX)
