import cv2
import numpy as np
import pytest

from capture.coach import hint
from capture.frame import Box, Reading


def page(height=720, width=1280):
    image = np.full((height, width, 3), 210, np.uint8)
    cv2.putText(image, "4711", (300, 400), cv2.FONT_HERSHEY_SIMPLEX, 5, (40, 40, 40), 12)
    return image


def reading(height):
    return Reading(Box(0, 0, 10, height), 4, 0.9, np.zeros(11, np.float32))


@pytest.mark.parametrize(
    "image, readings, word",
    [
        pytest.param(page(), [reading(60)], "", id="all well"),
        pytest.param(page() // 8, [], "dark", id="dark"),
        pytest.param(np.full((480, 640, 3), 255, np.uint8), [], "bright", id="glare"),
        pytest.param(cv2.GaussianBlur(page(), (0, 0), 30), [], "blurred", id="blurred"),
        pytest.param(page(), [], "no digits", id="nothing read"),
        pytest.param(np.full((480, 640, 3), 120, np.uint8), [], "no digits", id="an empty wall is not blurred"),
        pytest.param(page(), [reading(9)], "too far", id="small digits"),
        pytest.param(page() // 8, [reading(60)], "", id="dark but read"),
        pytest.param(np.full((1, 1, 3), 120, np.uint8), [], "no digits", id="one pixel"),
        pytest.param(np.zeros((0, 0, 3), np.uint8), [], "", id="no picture"),
    ],
)
def test_the_hint_names_what_is_wrong(image, readings, word):
    advice = hint(image, readings)
    assert word in advice
    assert bool(advice) == bool(word)
