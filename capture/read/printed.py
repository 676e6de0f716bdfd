"""Print beside handwriting: a form's own numbers and a puzzle's givens are left to the form and the puzzle.

Print gives itself away as a group: it is all in one ink, less coloured than the pen beside it, and all of one height,
which hardly any hand keeps to; and the network doubts it.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from capture.types import Digit

SAMPLES = 14  # points across and down a box at which its ink is looked at: a stroke is a seventh of its digit or more
DARKEST = 0.12  # share of a box's points that are surely ink; a slim stroke fills hardly more
PAPER = 0.8  # rank of a box's points by brightness that is surely paper
SAME_INK = 0.13  # distance of two colours, as shares of the paper's light: one pen varies less under one lamp
OTHER_INK = 0.2  # distance from which two inks are two
LESS_COLOURED = 0.1  # black print against a blue or red pen
SAME_HEIGHT = 0.06  # of the height: print varies by a pixel and by the sheet's perspective, handwriting by 15%
OF_ONE_HEIGHT = 0.7  # share of an ink's digits that print has within `SAME_HEIGHT`; a hand has less than half there
FEWEST_PRINTED, FEWEST_WRITTEN = 4, 2
DOUBTED, DOUBTED_SHARE = 0.98, 0.25  # so many of the ink's digits are read less surely: most of a neat hand's are not
LIKELY = 0.5  # confidence: what is less likely a digit has no say
SLIM = 0.45  # widths a height: 1s, and letters and rules taken for 1s, say nothing about print's height


def without_print(readings: Sequence[Digit], image: np.ndarray) -> list[Digit]:
    """Leaves out what is printed, where something handwritten stands beside it; print alone is kept.

    Args:
        readings: of one picture.
        image: (H, W, 3) uint8, BGR, the picture in which their boxes lie.
    """
    if len(readings) < FEWEST_PRINTED + FEWEST_WRITTEN:
        return list(readings)
    if not any(_has_say(reading) and reading.confidence < DOUBTED for reading in readings):
        return list(readings)  # print would be doubted: the ink need not be looked at
    boxes = np.array([reading.box.xywh for reading in readings])
    colours = ink_colours(image, boxes)
    if np.ptp(colours, axis=0).max() <= OTHER_INK:
        return list(readings)
    sure = np.array([reading.confidence for reading in readings])
    has_say = np.array([_has_say(reading) for reading in readings])
    is_print = np.zeros(len(boxes), bool)
    for height in np.unique(boxes[has_say, 3]):
        is_print |= _printed_at(height, boxes[:, 3], colours, np.where(has_say, sure, 0))
    return [reading for reading, printed in zip(readings, is_print, strict=True) if not printed]


def _has_say(reading: Digit) -> bool:
    """Whether it is likely a digit, and one broad enough to tell by its height."""
    return reading.confidence >= LIKELY and reading.box.w >= SLIM * reading.box.h


def _printed_at(height: float, heights: np.ndarray, colours: np.ndarray, sure: np.ndarray) -> np.ndarray:
    """(n,) bool: what is in the ink of the digits of this height, if that is print; `sure` is 0 for who has no say."""
    has_say = sure > 0
    is_so_high = has_say & (np.abs(heights - height) <= max(1, SAME_HEIGHT * height))
    ink = np.median(colours[is_so_high], axis=0)
    distance = np.abs(colours - ink).max(axis=1)
    in_this, in_another = distance < SAME_INK, distance > OTHER_INK
    printed, written = in_this & is_so_high, in_another & has_say
    is_print = (
        printed.sum() >= max(FEWEST_PRINTED, OF_ONE_HEIGHT * (in_this & has_say).sum())
        and written.sum() >= FEWEST_WRITTEN
        and np.quantile(sure[in_this & has_say], DOUBTED_SHARE) < DOUBTED
        and np.median(sure[printed]) < np.median(sure[written])
        and np.ptp(ink) + LESS_COLOURED < np.median(np.ptp(colours[written], axis=1))
    )
    return ~in_another if is_print else np.zeros(len(heights), bool)


def ink_colours(image: np.ndarray, boxes: np.ndarray) -> np.ndarray:
    """What each digit's ink leaves of the paper's light: (n, 3) float, blue, green, red, 0 black to 1 bare paper.

    Args:
        image: (H, W, 3) uint8, BGR, dark ink on light paper.
        boxes: (n, 4) x, y, width, height inside the image.
    """
    steps = (np.arange(SAMPLES) + 0.5) / SAMPLES
    x, y, w, h = boxes.T[:, :, None]
    columns, rows = (x + w * steps).astype(int), (y + h * steps).astype(int)
    points = image[rows[:, :, None], columns[:, None, :]].reshape(len(boxes), -1, 3).astype(float)
    order = np.argsort(points.sum(axis=2), axis=1)
    ranked = np.take_along_axis(points, order[:, :, None], axis=1)
    count = ranked.shape[1]
    ink = np.median(ranked[:, : int(DARKEST * count)], axis=1)
    return np.minimum(ink / np.maximum(ranked[:, int(PAPER * count)], 1), 1)
