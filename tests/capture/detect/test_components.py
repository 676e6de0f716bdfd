"""Ink taken apart into pieces: what is a digit's size stays, what holds several together goes."""

import cv2
import numpy as np
import pytest

from capture.boxes import Box, is_most_of
from capture.detect.components import (
    MIN_DARKNESS,
    MIN_HEIGHT_PX,
    components,
    find_components,
    split_by_threshold,
    without_rules,
)
from capture.detect.fragments import merge_fragments

SHAPE = (240, 320)


def bare():
    return np.zeros(SHAPE, np.uint8)


def draw(ink, x, y, w, h, *, level=200, thickness=4):
    """A ring that touches all four sides of its box, with the soft rim that every lens leaves."""
    outer = np.full((h, w), level // 2, np.uint8)
    outer[1:-1, 1:-1] = level
    outer[thickness:-thickness, thickness:-thickness] = 0
    place = ink[y : y + h, x : x + w]
    np.maximum(place, outer, out=place)
    return ink


def boxes(ink):
    return sorted(piece.box.xywh for piece in find_components(ink))


def are_near(found, wanted):
    """Whether the boxes are these, with or without their soft rims."""
    return len(found) == len(wanted) and np.abs(np.subtract(found, wanted)).max() <= 2


def test_bare_paper_has_no_pieces():
    assert find_components(bare()) == []


def test_separate_digits_are_separate_pieces():
    ink = draw(draw(bare(), 20, 30, 30, 50), 60, 28, 28, 52)
    assert boxes(ink) == [[20, 30, 30, 50], [60, 28, 28, 52]]


def test_a_piece_holds_its_own_ink_only():
    ink = draw(draw(bare(), 20, 30, 60, 90), 40, 60, 20, 30)  # a small one inside a large one
    large, small = sorted(find_components(ink), key=lambda piece: -piece.box.h)
    assert large.ink.shape == (90, 60) and small.ink.shape == (30, 20)
    assert large.ink[30:60, 20:40].max() == 0
    assert small.ink.max() == 200


@pytest.mark.parametrize("height", [MIN_HEIGHT_PX - 1, MIN_HEIGHT_PX])
def test_ink_lower_than_the_lowest_digit_is_dropped(height):
    assert len(find_components(draw(bare(), 50, 50, 7, height, thickness=2))) == (height == MIN_HEIGHT_PX)


@pytest.mark.parametrize(
    ("x", "y", "w", "h"),
    [(20, 100, 200, 10), (0, 0, 320, 240), (0, 140, 320, 100), (0, 0, 90, 240)],
    ids=["underline", "frame", "desk below", "desk at the left"],
)
def test_what_cannot_be_a_digit_is_dropped(x, y, w, h):
    assert list(without_rules(find_components(draw(bare(), x, y, w, h)))) == []


def test_ink_fainter_than_any_pen_is_dropped():
    assert find_components(draw(bare(), 50, 50, 30, 40, level=MIN_DARKNESS - 1)) == []


def test_digits_joined_by_a_faint_smear_are_separate():
    ink = draw(draw(bare(), 60, 50, 30, 50), 100, 50, 30, 50)
    ink[60:90, 50:140] = np.maximum(ink[60:90, 50:140], 30)
    assert boxes(ink) == [[60, 50, 30, 50], [100, 50, 30, 50]]


def test_digits_on_a_net_of_rules_are_separate():
    ink = bare()
    ink[::24] = ink[:, ::24] = 60
    draw(draw(ink, 100, 60, 30, 50), 160, 60, 30, 50)
    assert are_near(boxes(ink), [[100, 60, 30, 50], [160, 60, 30, 50]])


def test_a_digit_on_a_rule_of_the_same_ink_is_offered_alone():
    ink = draw(bare(), 150, 80, 40, 60)
    ink[110:112] = 200
    (piece,) = without_rules(find_components(ink))
    assert np.abs(np.subtract(piece.box.xywh, [150, 80, 40, 60])).max() <= 3


def test_components_moves_boxes_and_keeps_ink():
    ink = draw(bare(), 20, 30, 12, 16)
    ((box, own),) = components(ink, 100, 1000)
    assert box == Box(120, 1030, 12, 16)
    assert np.array_equal(own, ink[30:46, 20:32])


def test_the_ink_given_is_left_as_it_was():
    ink = draw(bare(), 20, 30, 30, 50)
    ink[110:112] = 60
    before = ink.copy()
    find_components(ink)
    assert np.array_equal(ink, before)


def every(pieces, shape):
    """Pieces and what they may fall into."""
    for piece in pieces:
        yield piece
        for row in split_by_threshold(piece, shape):
            yield from every(row, shape)


def test_rests_of_a_forms_lines_are_no_sticks():
    ink = np.zeros((420, 420), np.uint8)
    for at in (60, 160, 260, 360):
        cv2.line(ink, (at, 20), (at, 400), 200, 3)
        cv2.line(ink, (20, at), (410, at), 200, 3)
    cv2.polylines(ink, [np.array([[150, 185], [200, 185], [180, 240]])], False, 255, 4)  # a 7 that touches the line
    found = list(every(find_components(cv2.GaussianBlur(ink, (5, 5), 0)), ink.shape))
    assert any(abs(piece.box.h - 58) < 12 and piece.box.w > 30 for piece in found)
    sticks = [piece.box for piece in found if piece.box.w < 0.3 * piece.box.h and 20 < piece.box.h < 120]
    assert sticks == []


def test_a_1_that_stands_on_a_line_is_kept():
    ink = np.zeros((300, 300), np.uint8)
    for at in (40, 120, 200, 280):
        cv2.line(ink, (0, at), (299, at), 160, 2)
        cv2.line(ink, (at, 0), (at, 299), 160, 2)
    cv2.line(ink, (160, 135), (158, 199), 250, 4)
    assert any(
        abs(piece.box.h - 66) < 14 and piece.box.w < 16
        for piece in every(find_components(cv2.GaussianBlur(ink, (5, 5), 0)), ink.shape)
    )


def test_strokes_in_a_hard_shadows_corner_are_offered_alone():
    ink = np.zeros((300, 300), np.uint8)
    cv2.fillConvexPoly(ink, np.array([[40, 40], [260, 40], [150, 260]]), 130)
    strokes = [Box(100, 70, 14, 40), Box(150, 70, 30, 40)]
    for box in strokes:
        ink[box.y : box.y + box.h, box.x : box.x + box.w] = 230
    (shadow,) = find_components(cv2.GaussianBlur(ink, (0, 0), 1.2))
    (row,) = split_by_threshold(shadow, ink.shape)
    seen = np.array(sorted(piece.box.xywh for piece in row))
    assert np.abs(seen - [box.xywh for box in strokes]).max() <= 8  # with the soft rims of both sides


def test_a_digit_in_a_lighter_pens_ring_is_offered_alone_though_both_stand_on_a_fainter_rule():
    ink = np.zeros((160, 160), np.uint8)
    cv2.line(ink, (80, 20), (80, 140), 60, 9)
    cv2.rectangle(ink, (50, 40), (110, 120), 130, 5)
    digit = Box(52, 58, 26, 44)  # touches the ring
    cv2.rectangle(ink, (54, 60), (75, 99), 230, 5)
    (whole,) = find_components(ink)
    offered = [piece.box for row in split_by_threshold(whole, ink.shape) for piece in row]
    assert any(np.abs(np.subtract(box, digit)).max() <= 5 for box in offered)


def test_an_even_blot_has_nothing_in_it_but_its_own_middle():
    ink = np.zeros((200, 200), np.uint8)
    cv2.circle(ink, (100, 100), 60, 180, -1)
    (blot,) = find_components(cv2.GaussianBlur(ink, (0, 0), 1.2))
    assert all(is_most_of(piece.box, blot.box) for row in split_by_threshold(blot, ink.shape) for piece in row)


def test_even_ink_has_no_darker_shade_to_split_off():
    """Two blots of one level each, joined by something fainter: what a hard threshold makes of a clipped picture."""
    ink = np.zeros((200, 400), np.uint8)
    cv2.line(ink, (60, 100), (300, 100), 60, 4)
    for x in (60, 300):
        cv2.circle(ink, (x, 100), 40, 200, 16)
    pieces = find_components(ink)
    assert len(pieces) == 2
    assert all(row for piece in pieces for row in split_by_threshold(piece, ink.shape))


def test_digits_that_something_faint_holds_together_are_taken_apart():
    ink = bare()
    cv2.line(ink, (40, 120), (220, 120), 50, 5)
    for x in (60, 130, 200):
        cv2.ellipse(ink, (x, 120), (20, 30), 0, 0, 360, 200, 6)
    assert len(find_components(ink)) == 3


def test_a_digit_that_breaks_at_its_faint_neck_knows_what_it_was():
    ink = np.zeros((200, 200), np.uint8)
    cv2.line(ink, (80, 60), (110, 60), 200, 4)
    cv2.line(ink, (110, 60), (90, 110), 50, 4)  # the pencil hardly touched the paper
    cv2.line(ink, (80, 110), (110, 110), 200, 4)
    pieces = find_components(ink)
    assert len(pieces) == 2
    assert {piece.whole.box for piece in pieces} == {Box(*cv2.boundingRect(ink))}


def test_of_what_is_too_wide_for_a_digit_only_the_cores_are_kept():
    ink = np.zeros((200, 200), np.uint8)
    cv2.line(ink, (20, 60), (150, 60), 40, 4)
    cv2.line(ink, (30, 50), (30, 90), 200, 4)
    cv2.line(ink, (140, 50), (140, 90), 200, 4)
    assert [piece.parts for piece in merge_fragments(find_components(ink))] == [(), ()]


def test_a_brushs_gaps_do_not_take_a_large_digit_apart():
    ink = np.zeros((500, 500), np.uint8)
    cv2.ellipse(ink, (250, 250), (120, 180), 0, 0, 360, 220, 30)
    for angle in range(0, 360, 15):  # bare paper between the hairs
        x, y = 250 + 120 * np.cos(np.radians(angle)), 250 + 180 * np.sin(np.radians(angle))
        cv2.circle(ink, (round(x), round(y)), 6, 0, -1)
    (zero,) = find_components(ink)
    assert zero.box == Box(*cv2.boundingRect(ink))
