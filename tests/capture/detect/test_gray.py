"""Grey is what OpenCV takes for grey, whatever the picture's size."""

import cv2
import numpy as np
import pytest

from capture.detect.gray import to_gray


@pytest.mark.parametrize("shape", [(1, 1), (3, 7), (1, 65), (48, 33), (480, 640)])
def test_the_fast_way_is_as_exact_as_the_slow_one(shape):
    image = np.random.default_rng(0).integers(0, 256, (*shape, 3), np.uint8)
    assert np.array_equal(to_gray(image), cv2.cvtColor(image, cv2.COLOR_BGR2GRAY))
