"""The quick median is the median."""

import numpy as np
import pytest

from capture.median import median, weighted_median


@pytest.mark.parametrize("values", [[3], [5, 1], [4, 9, 2], [2, 2, 7, 1], [0.5, -1.5, 8.0, 3.0, 3.0]])
def test_it_is_what_numpy_says(values):
    assert median(np.array(values)) == np.median(values)


def test_bytes_do_not_overflow():
    assert median(np.array([200, 250], np.uint8)) == 225


def test_weights_move_the_median():
    values = np.array([10.0, 30.0, 20.0])
    assert weighted_median(values, np.ones(3)) == 20
    assert weighted_median(values, np.array([9.0, 1.0, 1.0])) == 10
    assert weighted_median(values, np.array([1.0, 9.0, 1.0])) == 30
