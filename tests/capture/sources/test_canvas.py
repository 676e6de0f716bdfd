"""The sheet to write on: mouse events in, frames out."""

from __future__ import annotations

import itertools

import cv2
import numpy as np
import pytest

from capture.sources.base import SourceError, SourceOptions
from capture.sources.canvas import INK, PAPER, DrawCanvas, DrawSource
from capture.sources.open import open_source

LEFT, RIGHT = cv2.EVENT_FLAG_LBUTTON, cv2.EVENT_FLAG_RBUTTON
LEFT_DOWN, LEFT_UP = cv2.EVENT_LBUTTONDOWN, cv2.EVENT_LBUTTONUP
RIGHT_DOWN, RIGHT_UP = cv2.EVENT_RBUTTONDOWN, cv2.EVENT_RBUTTONUP
MOVE = cv2.EVENT_MOUSEMOVE
SIZE = (320, 180)


def canvas_after(*events: tuple[int, int, int, int]) -> DrawCanvas:
    canvas = DrawCanvas(SIZE)
    for event in events:
        canvas.mouse(*event)
    return canvas


STROKE = ((LEFT_DOWN, 50, 90, LEFT), (MOVE, 150, 90, LEFT), (MOVE, 250, 90, LEFT), (LEFT_UP, 250, 90, 0))


def ink_at(canvas: DrawCanvas, x: int, y: int) -> bool:
    return bool((canvas.image[y, x] == INK).all())


def test_paper_is_white_and_of_the_size_asked_for() -> None:
    image = DrawCanvas(SIZE).image
    assert image.shape == (180, 320, 3) and image.dtype == np.uint8 and (image == PAPER).all()


def test_left_draws_without_gaps() -> None:
    canvas = canvas_after(*STROKE)
    assert all(ink_at(canvas, x, 90) for x in range(50, 251))
    assert not ink_at(canvas, 40, 90) and not ink_at(canvas, 150, 110)


def test_a_click_leaves_a_dot() -> None:
    assert ink_at(canvas_after((LEFT_DOWN, 50, 90, LEFT), (LEFT_UP, 50, 90, 0)), 50, 90)


def test_moving_without_a_button_draws_nothing() -> None:
    canvas = canvas_after(*STROKE, (MOVE, 20, 20, 0), (MOVE, 300, 20, 0))
    assert not ink_at(canvas, 160, 20)


def test_a_button_let_go_outside_the_window_ends_the_stroke() -> None:
    canvas = canvas_after((LEFT_DOWN, 50, 90, LEFT), (MOVE, 10, 10, 0), (MOVE, 300, 10, LEFT))
    assert not ink_at(canvas, 150, 10)


def test_a_new_stroke_does_not_join_the_last() -> None:
    canvas = canvas_after(*STROKE, (LEFT_DOWN, 50, 150, LEFT), (LEFT_UP, 50, 150, 0))
    assert ink_at(canvas, 50, 150) and not ink_at(canvas, 150, 120)


def test_a_press_after_a_lost_release_does_not_join_either() -> None:
    canvas = canvas_after((LEFT_DOWN, 50, 90, LEFT), (LEFT_DOWN, 250, 90, LEFT))
    assert not ink_at(canvas, 150, 90)


def test_quick_strokes_are_curves() -> None:
    corner = ((LEFT_DOWN, 50, 30, LEFT), (MOVE, 250, 30, LEFT), (MOVE, 250, 150, LEFT), (LEFT_UP, 250, 150, 0))
    canvas = canvas_after(*corner)
    assert ink_at(canvas, 50, 30) and ink_at(canvas, 250, 150)
    assert not ink_at(canvas, 249, 31)


def test_right_erases_wider_than_the_pen() -> None:
    canvas = canvas_after(*STROKE, (RIGHT_DOWN, 150, 95, RIGHT), (MOVE, 180, 95, RIGHT), (RIGHT_UP, 180, 95, 0))
    assert (canvas.image[85:96, 150:181] == PAPER).all()
    assert ink_at(canvas, 60, 90)


def test_clear_takes_a_new_sheet() -> None:
    canvas = canvas_after(*STROKE)
    canvas.clear()
    assert (canvas.image == PAPER).all()


def test_strokes_beyond_the_edge_are_cut_off() -> None:
    canvas = canvas_after((LEFT_DOWN, 310, 90, LEFT), (MOVE, 5000, -300, LEFT), (MOVE, -5000, 90, LEFT))
    assert ink_at(canvas, 310, 90)


def test_frames_show_the_sheet_as_it_is_at_even_times() -> None:
    now_s = [0.0]

    def sleep(seconds: float) -> None:
        now_s[0] += seconds

    with DrawSource(SourceOptions(320, 180, fps=25, is_paced=True), lambda: now_s[0], sleep) as source:
        frames = iter(source)
        empty = next(frames)
        for event in STROKE:
            source.canvas.mouse(*event)
        written = next(frames)
        more = list(itertools.islice(frames, 3))
    assert (empty.image == PAPER).all(), "a frame already given must not change"
    assert (written.image[90, 150] == INK).all()
    assert [frame.time_s for frame in (empty, written, *more)] == pytest.approx([0, 0.04, 0.08, 0.12, 0.16])
    assert list(frames) == []
    assert source.is_live and not source.is_stills and source.size == (320, 180)


def test_without_a_window_there_is_nothing_to_draw_in() -> None:
    with pytest.raises(SourceError, match="draw: needs a window"):
        open_source("draw")
