"""Strokes have paper on all sides or are darker than any shadow on one; rims of dark things are neither."""

import cv2
import numpy as np
import pytest

from capture.boxes import Box
from capture.detect.outlines import is_edge
from capture.types import Component

PAPER, STICK = 230, Box(96, 60, 8, 80)


def piece_at(box: Box) -> Component:
    return Component(box, np.full((box.h, box.w), 200, np.uint8))


def picture(beside: int, stick: int | None) -> np.ndarray:
    """Paper on the left, grey level `beside` on the right, softly parted; a stick on the border between them."""
    gray = np.full((400, 200), PAPER, np.uint8)
    gray[:, 100:] = beside
    gray = cv2.GaussianBlur(gray, (0, 0), 3)
    if stick is not None:
        gray[STICK.y : STICK.y + STICK.h, STICK.x : STICK.x + STICK.w] = stick
    return gray


@pytest.mark.parametrize("beside", [10, 40, 90, 140])
def test_the_rim_of_something_dark_is_an_edge(beside):
    assert is_edge(picture(beside, None), piece_at(STICK))


@pytest.mark.parametrize(
    ("beside", "stick"), [(90, 20), (60, 15), (140, 80), (190, 165)], ids=["shadow", "deep", "pencil", "faint"]
)
def test_a_stroke_on_the_border_of_a_shadow_is_ink(beside, stick):
    assert not is_edge(picture(beside, stick), piece_at(STICK))


@pytest.mark.parametrize("shade", [0.6, 0.45, 0.3])
def test_a_stroke_from_the_light_into_a_shadow_is_ink(shade):
    """In the light its ink is as bright as the shadow, in the shadow twice as dark: its mean tells nothing."""
    gray = np.full((200, 200), float(PAPER))
    gray[:, 100:] *= shade
    gray[:96] *= np.where(np.arange(200) < 100, 0.6, 1.0)  # and more dark things around
    box = Box(70, 96, 60, 40)
    ring = np.zeros((box.h, box.w), np.uint8)
    cv2.ellipse(ring, (30, 20), (27, 17), 0, 0, 360, 200, 5)
    gray[box.y : box.y + box.h, box.x : box.x + box.w][ring > 0] *= 0.45
    blurred = cv2.GaussianBlur(gray, (0, 0), 1.2).round().astype(np.uint8)
    assert not is_edge(blurred, Component(box, ring))


def test_a_stroke_on_bare_paper_is_ink():
    assert not is_edge(picture(PAPER, 60), piece_at(STICK))


def test_black_beside_black_is_no_stroke():
    """A little blacker than a black desk means nothing: the gap beside a laptop, a sheet's shadow on dark wood."""
    assert is_edge(picture(18, 8), piece_at(STICK))


def test_a_piece_that_fills_the_picture_is_an_edge():
    gray = np.full((40, 40), 20, np.uint8)
    assert is_edge(gray, piece_at(Box(0, 0, 40, 40)))


def test_a_thin_digit_across_half_the_picture_and_a_shadow_is_ink():
    gray = np.full((400, 300), float(PAPER))
    gray[:, :150] *= 0.5
    box = Box(60, 40, 180, 320)
    ink = np.zeros((box.h, box.w), np.uint8)
    cv2.polylines(ink, [np.array([(4, 6), (174, 10), (60, 312)])], False, 200, 5)
    gray[box.y : box.y + box.h, box.x : box.x + box.w][ink > 0] *= 0.4
    assert not is_edge(cv2.GaussianBlur(gray, (0, 0), 1).astype(np.uint8), Component(box, ink))


@pytest.mark.parametrize(("reach_px", "width_px"), [(18, 4), (25, 4), (25, 6)])
def test_a_soft_shadow_along_a_sheet_is_no_stroke(reach_px, width_px):
    """It is darker than the sheet on one side, and than the desk on the other, but only some stroke widths away."""
    x = np.arange(400, dtype=float)
    beside = np.where(x < 200, 152, 112 - 48 * np.exp(-(x - 200) / reach_px))
    gray = cv2.GaussianBlur(np.tile(beside, (400, 1)), (0, 0), 0.8).astype(np.uint8)
    assert is_edge(gray, piece_at(Box(200, 150, width_px, 100)))
