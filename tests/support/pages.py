"""Pages made up for the tests, and frames to go with them."""

import numpy as np

from capture.detect.find import detect
from capture.read.lines import group_numbers
from capture.types import Frame, Page

LARGE = np.broadcast_to(np.uint8(200), (20_000, 20_000, 3))  # takes no memory, and holds every box


def find_candidates(image):
    """The ink in a picture that may be digits."""
    return detect(image).candidates


def page_with(digits):
    """A page with these digits, and with the numbers that they make."""
    return Page(tuple(digits), group_numbers(digits))


def follow(tracker, digits, time_s):
    """What a tracker shows of digits that a frame of a large picture shows at a time."""
    return list(tracker.update(Frame(LARGE, 0, time_s, "fake"), Page(tuple(digits))).digits)
