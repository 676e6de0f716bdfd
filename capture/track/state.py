"""The arrays that the tracker works on, a row a digit: SEEN in one frame, and TRACK over time."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from capture.boxes import Box
from capture.types import Digit
from model.classifier import MIN_CLASSES, NO_DIGIT

CLASSES = MIN_CLASSES  # that are followed: ten digits, and "no digit" whatever it may be
BOX = len(Box._fields)
NOWHERE = [0] * BOX  # on the page, where no page was set upright

SEEN = np.dtype(
    [
        ("centre", "c16"),  # x + iy, px
        ("box", "f8", BOX),  # centre x, centre y, width, height, px
        ("size", "f8"),  # the longer side, px, at least 1
        ("probabilities", "f8", CLASSES),
        # Square roots of the probabilities: the scalar product of two is their Bhattacharyya coefficient
        ("class_vector", "f8", CLASSES),
        ("page_box", "i8", BOX),  # x, y, w, h on the page set upright; all 0 where the frame is upright
    ]
)
TRACK = np.dtype(
    [
        ("number", "i8"),
        ("centre", "c16"),  # where it was last measured, or carried since with the sheet
        ("velocity", "c16"),  # px per second
        ("size", "f8"),
        ("box", "f8", BOX),  # the steady one, as in SEEN
        ("shown_box", "i8", BOX),  # x, y, w, h in whole pixels, as last shown
        ("evidence", "f8", CLASSES),  # mean log probabilities
        ("class_vector", "f8", CLASSES),
        ("digit", "i8"),
        ("frames_contested", "i8"),  # frames in a row in which another digit has led
        ("hits", "i8"),  # frames that have seen it
        ("frames", "i8"),  # frames since it came
        ("presence", "f8"),  # share of the last of them that saw it
        ("unseen_s", "f8"),
        ("likely_s", "f8"),  # for how long, in all, it was likely enough to be shown
        ("odd_s", "f8"),  # for how long its box has been of quite another size
        ("place", "i8"),  # in the reading order, when last seen
        ("page_box", "i8", BOX),  # as last seen
        ("is_confirmed", "?"),
        ("is_shown", "?"),
        ("is_lost", "?"),  # out of sight for long, remembered only
    ]
)


def as_seen(readings: Sequence[Digit]) -> np.ndarray:
    """Convert digits to an (n,) array of dtype SEEN."""
    seen = np.zeros(len(readings), SEEN)
    if readings:
        corners = np.array([(r.box.x, r.box.y, r.box.w, r.box.h) for r in readings], float)
        seen["box"] = corners
        seen["box"][:, :2] += corners[:, 2:] / 2
        seen["centre"] = seen["box"][:, 0] + 1j * seen["box"][:, 1]
        seen["size"] = np.maximum(corners[:, 2:].max(1), 1)
        seen["probabilities"] = _tracked_classes(np.stack([r.probabilities for r in readings]))
        seen["class_vector"] = np.sqrt(np.clip(seen["probabilities"], 0, 1))
        seen["page_box"] = [r.page_box.xywh if r.page_box else NOWHERE for r in readings]
    return seen


def _tracked_classes(probabilities: np.ndarray) -> np.ndarray:
    """Sum up all that is no digit: (n, 11 or more) to (n, 11)."""
    return np.column_stack([probabilities[:, :NO_DIGIT], probabilities[:, NO_DIGIT:].sum(axis=1)])


def as_digits(tracks: np.ndarray, probabilities: np.ndarray, confidence: np.ndarray) -> list[Digit]:
    """Convert tracks to digits as they are shown.

    Args:
        tracks: (n,) of dtype TRACK.
        probabilities: (n, CLASSES), fused over time.
        confidence: (n,) of each track's `digit`.
    """
    columns = (tracks["shown_box"].tolist(), tracks["digit"].tolist(), confidence.tolist())
    fused, numbers, page_box = probabilities.astype(np.float32), tracks["number"].tolist(), tracks["page_box"].tolist()
    return [
        Digit(Box(*box), *rest, None if place == NOWHERE else Box(*place))
        for box, *rest, place in zip(*columns, fused, numbers, page_box, strict=True)
    ]
