"""Handle partial occlusion: what is left of a half covered digit neither updates its track nor starts another one."""

from __future__ import annotations

import numpy as np

from capture.boxes import MIN_SAMPLE
from capture.track.association import SAME_CLASS, UNMATCHED, Motion, motion_of, unmatched

REMNANT_AREA = 0.6  # of the digit's box, at most
MISSING_SIDE = 0.2  # of the digit's size is missing in width or height, at least: the box of a 1 shrinks as it turns
DOUBT_S = 0.099  # three frames of a usual camera: what was seen, or of another size, for no longer is doubted


def release_occluded(
    matches: np.ndarray, tracks: np.ndarray, seen: np.ndarray, motion: Motion | None
) -> tuple[np.ndarray, Motion | None, np.ndarray]:
    """Release tracks from digits that are only their remnants: they count as out of sight then.

    A track that stays out of sight is lost after a while, and may then go on with what is left of it.

    Args:
        matches: (n,) int, each track's reading or `UNMATCHED`.
        tracks: (n,) structured, fields as in `capture.track.state.TRACK`, as the last frame left them.
        seen: (m,) structured, fields as in `capture.track.state.SEEN`.
        motion: of the sheet since the last frame, None when unknown.

    Returns:
        (n,) the matches that are left; the motion that they share; (k,) the readings that may begin new tracks, being
        nobody's and no remnants.
    """
    fresh = unmatched(matches, len(seen))
    is_whole = tracks["is_shown"] & ~tracks["is_lost"]
    sides = tracks["box"][:, 2:] * (abs(motion.turn) if motion else 1)
    rows = (is_whole & (matches != UNMATCHED)).nonzero()[0]
    is_other_class = (tracks["class_vector"][rows] * seen["class_vector"][matches[rows]]).sum(1) < SAME_CLASS
    rows = rows[is_other_class & _is_less(sides[rows], seen["box"][matches[rows], 2:])]
    if rows.size:
        matches = matches.copy()
        matches[rows] = UNMATCHED
        motion = motion_of(matches, tracks, seen)
    rows = (is_whole & (matches == UNMATCHED)).nonzero()[0]
    if rows.size and fresh.size:
        centres = motion.carry(tracks["centre"][rows]) if motion else tracks["centre"][rows]
        fresh = fresh[~_lies_in(seen["box"][fresh], centres, sides[rows])]
    return matches, motion, fresh


def hold_size_jumps(
    matches: np.ndarray, tracks: np.ndarray, seen: np.ndarray, motion: Motion | None, step_s: float
) -> tuple[np.ndarray, Motion | None]:
    """Hold the boxes of digits that are suddenly of quite another size; the other matches measure where a digit is.

    A box that lost a part to a hand, or that caught a rule of the paper, says what the digit is and no more, unless it
    stays so; where most boxes change at once, it is the sheet.

    Args:
        matches: (n,) int, each track's reading or `UNMATCHED`.
        tracks: (n,) structured, fields as in `capture.track.state.TRACK`; their `odd_s` is brought up to date.
        seen: (m,) structured, fields as in `capture.track.state.SEEN`.
        motion: of the sheet since the last frame, None when unknown.
        step_s: seconds since the last frame.

    Returns:
        (n,) the matches to measure by; the motion that they share.
    """
    rows = (matches != UNMATCHED).nonzero()[0]
    sides = tracks["box"][rows, 2:] * (abs(motion.turn) if motion else 1)
    found = seen["box"][matches[rows], 2:]
    is_odd = _is_less(sides, found) | _is_less(found, sides)
    tracks["odd_s"][rows] = np.where(is_odd, tracks["odd_s"][rows] + step_s, 0)
    held = rows[is_odd & (tracks["odd_s"][rows] < DOUBT_S)]
    if not held.size or (rows.size >= MIN_SAMPLE and held.size > rows.size / 2):
        return matches, motion
    measured = matches.copy()
    measured[held] = UNMATCHED
    return measured, motion_of(measured, tracks, seen) or motion


def _is_less(sides: np.ndarray, left: np.ndarray) -> np.ndarray:
    """Say whether what is left, (..., 2) px, lacks so much of the sides, (..., 2) px, that it is a remnant."""
    missing = (sides - left).max(-1) > MISSING_SIDE * sides.max(-1)
    return missing & (left.prod(-1) < REMNANT_AREA * sides.prod(-1))


def _lies_in(boxes: np.ndarray, centres: np.ndarray, sides: np.ndarray) -> np.ndarray:
    """Mark boxes, (k, 4), that are remnants of any digit with these centres, (n,) complex, and sides, (n, 2)."""
    middles = np.stack([centres.real, centres.imag], 1)
    low = np.maximum(boxes[:, None, :2] - boxes[:, None, 2:] / 2, (middles - sides / 2)[None])
    high = np.minimum(boxes[:, None, :2] + boxes[:, None, 2:] / 2, (middles + sides / 2)[None])
    shared = np.maximum(high - low, 0).prod(-1)
    is_inside = shared >= (1 - MISSING_SIDE) * boxes[:, None, 2:].prod(-1)
    return (is_inside & _is_less(sides[None], boxes[:, None, 2:])).any(1)
