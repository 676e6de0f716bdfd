"""How far the lines of writing slant, and when there are none."""

import numpy as np
import pytest

from capture.read.orientation import line_tilt


def in_lines(turn_deg, lines=3, a_line=6):
    """(n, 4) boxes of digits 20 by 30 px, 26 px apart, in lines 80 px apart, turned about the origin."""
    places = np.array([(26 * column, 80 * line) for line in range(lines) for column in range(a_line)], float)
    turn = np.deg2rad(turn_deg)
    centres = places @ np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    return np.column_stack([centres - (10, 15), np.full((len(centres), 2), (20, 30))])


@pytest.mark.parametrize("turn_deg", [-45, -20, 0, 7, 45])
def test_the_tilt_of_lines(turn_deg):
    assert np.rad2deg(line_tilt(in_lines(turn_deg))) == pytest.approx(turn_deg, abs=0.5)


def test_scattered_digits_have_no_lines():
    """Two of eight happen to stand close to the lower right of another."""
    places = [(0, 0), (30, 20), (200, 40), (400, 10), (60, 200), (90, 225), (300, 260), (480, 180)]
    assert line_tilt(np.array([(x, y, 20, 30) for x, y in places], float)) == 0


@pytest.mark.parametrize("count", [0, 1, 2])
def test_two_digits_make_no_line(count):
    assert line_tilt(in_lines(30)[:count]) == 0
