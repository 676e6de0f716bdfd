"""Temporal smoothing: fuses probabilities over time, changes labels only for good reason, keeps boxes at rest."""

from __future__ import annotations

import numpy as np

MEMORY_S = 0.4  # the weight of older frames falls by e: time for a wobble, not for a rewritten digit; an unseen one is
# shown as long: a hand passes in less, and half a second would look like a ghost
MAX_NEWS = 0.5  # the newest frame never weighs more than all before it, however slow the source
MIN_PROBABILITY = 1e-4  # one frame may not rule a class out for ever
LEAD = 0.7  # a new label must lead the shown one by this much in log probability: twice as likely
LEAD_FRAMES = 3  # and for so many frames in a row
PRESENCE_MEMORY_S = 0.6  # the same for being seen at all: what a hand hides for a moment is still seen in half of it
TRUSTED_FROM = 0.6  # share of frames that see a digit, from which it is shown
HIDE_MARGIN = 0.15  # what is shown is hidden only this far below the confidence, and the share, that show it
REST_S = 0.15  # time constant of a resting box: takes the jitter of one pixel out
JUMP = 0.15  # a box this far off its expected place, in digit sizes, is followed at once
STILL = 0.02  # motion per frame below this, in digit sizes, is jitter
MIN_SHIFT_PX = 0.8  # a whole-pixel edge moves only when the smooth one has left it by this much


def fuse(evidence: np.ndarray, probabilities: np.ndarray, hits: np.ndarray, step_s: np.ndarray) -> np.ndarray:
    """Average log probabilities over time, older frames fading.

    Frames of one scene repeat each other, so evidence is averaged and not added up: a reading seen a hundred times at
    0.8 is still right in 80 of 100 cases, and only what wobbles from frame to frame is evened out.

    Args:
        evidence: (n, 11) mean log probabilities so far.
        probabilities: (n, 11) of the newest frame.
        hits: (n,) how many frames have seen the digit, this one included.
        step_s: (n,) seconds since the last of them.

    Returns:
        (n, 11) the new mean log probabilities.
    """
    news = _weight_of_news(step_s, MEMORY_S, hits)[:, None]
    return evidence + news * (np.log(np.maximum(probabilities, MIN_PROBABILITY)) - evidence)


def update_visibility(presence: np.ndarray, is_seen: np.ndarray, frames: np.ndarray, step_s: float) -> np.ndarray:
    """Update the share of the last frames that saw each digit: noise is seen now and then, ink always.

    Args:
        presence: (n,) so far, 0 to 1.
        is_seen: (n,) bool, in the newest frame.
        frames: (n,) how many frames there were since the digit first came, this one included.
        step_s: seconds since the last frame.

    Returns:
        (n,) 0 to 1.
    """
    return presence + _weight_of_news(step_s, PRESENCE_MEMORY_S, frames) * (is_seen - presence)


def _weight_of_news(step_s: np.ndarray | float, memory_s: float, count: np.ndarray) -> np.ndarray:
    """Weigh the newest of `count` frames: like each other one at first, then the more the longer it took."""
    return np.maximum(np.minimum(1 - np.exp(-step_s / memory_s), MAX_NEWS), 1 / count)


def to_probabilities(evidence: np.ndarray) -> np.ndarray:
    """Convert (n, 11) log probabilities of any scale to probabilities that sum to 1."""
    scaled = np.exp(evidence - evidence.max(1, keepdims=True))
    return scaled / scaled.sum(1, keepdims=True)


def update_labels(tracks: np.ndarray) -> None:
    """Change labels where another digit has led clearly for some frames, or where nobody sees the change.

    Args:
        tracks: (n,) of dtype `capture.track.state.TRACK`; their `digit` and `frames_contested` are changed in place.
    """
    digits = tracks["evidence"][:, :10]
    rows, leader = np.arange(len(tracks)), digits.argmax(1)
    lead = digits[rows, leader] - digits[rows, tracks["digit"]]
    tracks["frames_contested"] = np.where(lead > LEAD, tracks["frames_contested"] + 1, 0)
    changes = (tracks["frames_contested"] >= LEAD_FRAMES) | ~tracks["is_shown"]
    tracks["digit"] = np.where(changes, leader, tracks["digit"])
    tracks["frames_contested"][changes] = 0


def smooth_boxes(boxes: np.ndarray, measured: np.ndarray, size: np.ndarray, step_s: float) -> np.ndarray:
    """Draw boxes, carried along with the sheet already, towards what was measured: slowly when near, else at once.

    Args:
        boxes: (n, 4) float, centre x, centre y, width, height, px.
        measured: (n, 4) likewise.
        size: (n,) digit heights, px.
        step_s: seconds since the last frame.

    Returns:
        (n, 4) float.
    """
    away = measured - boxes
    far = np.minimum((np.abs(away).max(1) / (JUMP * size)) ** 2, 1)
    slow = 1 - np.exp(-step_s / REST_S)
    return boxes + (slow + (1 - slow) * far)[:, None] * away


def round_boxes(shown: np.ndarray, boxes: np.ndarray) -> np.ndarray:
    """Round to pixels that do not flip to and fro: corners and sides of `boxes`, keeping those of `shown` close by.

    Args:
        shown: (n, 4) int, x, y, w, h as last shown.
        boxes: (n, 4) float, centre x, centre y, width, height.

    Returns:
        (n, 4) int, x, y, w, h; sides at least 1.
    """
    exact = boxes.copy()
    exact[:, :2] -= boxes[:, 2:] / 2
    moved = np.abs(exact - shown) > MIN_SHIFT_PX
    rounded = np.where(moved, np.rint(exact), shown).astype(np.int64)
    rounded[:, 2:] = np.maximum(rounded[:, 2:], 1)
    return rounded
