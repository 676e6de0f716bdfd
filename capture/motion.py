"""Which reading of this frame is which digit of the last one: the sheet moves as a whole, so its motion is found first.

Points are complex numbers (x + iy): turning, scaling and shifting a sheet is then `turn * point + shift`.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

REACH = 0.6  # how far from its expected place a digit still counts as itself, in digit sizes; neighbours are 0.7 away
LOOK_FLOOR = 0.35  # worth of a pair that fits in place but not at all in look: misread for one frame, it stays itself
LOST_LOOK = 0.5  # a digit out of sight comes back only as what it was, for another may have been written in its place
CALM = 0.8  # quality of a match with which nobody looks further; sheets moved smoothly reach 0.9
MAX_ROUNDS = 4  # motion and pairs improve each other in turn; two rounds nearly always do
VOTE_REACH = 12  # the furthest leap between two frames that is looked for, in digit sizes
VOTES_PER_SIZE = 2  # fineness of the vote: half a digit, as REACH forgives the rest
MIN_VOTE_LOOK = 0.5  # only pairs that look alike vote on where the sheet went
MAX_STRETCH = 0.3  # sheets do not shrink or turn more than this between two frames (0.3 rad = 17 degrees)
UNMATCHED = -1


class Motion(NamedTuple):
    """How the sheet moved since the last frame: `turn * point + shift`."""

    turn: complex
    shift: complex

    def carry(self, points: np.ndarray) -> np.ndarray:
        """Where the points, (n,) complex, are now."""
        return self.turn * points + self.shift


class Match(NamedTuple):
    """The reading that belongs to each track, `UNMATCHED` for none, and how good the pairs are, 0 to 1."""

    of_track: np.ndarray
    quality: float


def follow(tracks: np.ndarray, seen: np.ndarray, step_s: float) -> tuple[np.ndarray, Motion | None]:
    """Find each track's reading and the motion that most of them share.

    Args:
        tracks: (n,) structured, fields as in `track.TRACK`, as the last frame left them.
        seen: (m,) structured, fields as in `track.SEEN`.
        step_s: seconds since the last frame.

    Returns:
        (n,) int, the index into `seen` or `UNMATCHED`; and the shared motion, None when nothing was matched.
    """
    if not len(tracks) or not len(seen):
        return np.full(len(tracks), UNMATCHED), None
    alike = likeness(tracks, seen)
    own_way = tracks["centre"] + tracks["velocity"] * step_s
    match = _pair(own_way, tracks, seen, alike)
    if match.quality < CALM:
        leap = tracks["centre"] + vote_shift(tracks, seen, alike)
        others = (_pair(guess, tracks, seen, alike) for guess in (tracks["centre"], leap))
        match = max(match, *others, key=lambda one: one.quality)
    match, motion = _refine(match, tracks, seen, alike)
    return _pair_strays(match.of_track, own_way, tracks, seen, alike), motion


def likeness(tracks: np.ndarray, seen: np.ndarray) -> np.ndarray:
    """How alike each track and each reading look, (n, m) in LOOK_FLOOR to 1, 0 for pairs that cannot be the same.

    Class probabilities are compared by their Bhattacharyya coefficient, sizes by their ratio.
    """
    look = tracks["look"] @ seen["look"].T
    ratio = tracks["size"][:, None] / seen["size"]
    alike = (LOOK_FLOOR + (1 - LOOK_FLOOR) * look) * np.minimum(ratio, 1 / ratio)
    alike[tracks["is_lost"]] *= look[tracks["is_lost"]] > LOST_LOOK
    return alike


def assign(worth: np.ndarray) -> np.ndarray:
    """Give each row the column of greatest worth, the best pair of all first; a column is given once.

    All pairs that are each other's best are taken at once, which leaves the same result as one by one.

    Args:
        worth: (n, m) float; pairs worth 0 or less are never made.

    Returns:
        (n,) int, the column of each row or `UNMATCHED`.
    """
    columns = np.full(len(worth), UNMATCHED)
    left, rows = worth.copy(), np.arange(len(worth))
    while True:
        best = left.argmax(1)
        mutual = rows[(left.argmax(0)[best] == rows) & (left[rows, best] > 0)]
        if not mutual.size:
            return columns
        columns[mutual] = best[mutual]
        left[mutual], left[:, best[mutual]] = 0, 0


def vote_shift(tracks: np.ndarray, seen: np.ndarray, alike: np.ndarray) -> complex:
    """The shift that the most pairs of like-looking digits agree on (a generalised Hough vote)."""
    cell = float(np.median(tracks["size"])) / VOTES_PER_SIZE
    cells = 2 * VOTE_REACH * VOTES_PER_SIZE
    shifts = (seen["centre"] - tracks["centre"][:, None])[alike > MIN_VOTE_LOOK]
    weights = alike[alike > MIN_VOTE_LOOK]
    x, y = shifts.real / cell + cells / 2, shifts.imag / cell + cells / 2
    near = (x >= 0) & (y >= 0) & (x < cells - 1) & (y < cells - 1)
    x, y, shifts, weights = x[near].astype(int), y[near].astype(int), shifts[near], weights[near]
    if not shifts.size:
        return 0j
    votes = np.bincount(y * cells + x, weights, cells * cells).reshape(cells, cells)
    blocks = votes[:-1, :-1] + votes[1:, :-1] + votes[:-1, 1:] + votes[1:, 1:]
    top, left = divmod(int(blocks.argmax()), cells - 1)
    inside = ((y == top) | (y == top + 1)) & ((x == left) | (x == left + 1))
    return complex(np.average(shifts[inside], weights=weights[inside]))


def fit_motion(before: np.ndarray, after: np.ndarray, size: float) -> Motion:
    """The similarity that carries points, (k,) complex, to where they were found: least squares, wary of outliers."""
    weights = np.ones(len(before))
    motion = Motion(1, complex(np.median((after - before).real), np.median((after - before).imag)))
    for _ in range(2):
        weights = 1 / (1 + (np.abs(after - motion.carry(before)) / (size / 4)) ** 2)
        motion = _weighted_similarity(before, after, weights / weights.sum(), size)
    return motion


def _weighted_similarity(before: np.ndarray, after: np.ndarray, weights: np.ndarray, size: float) -> Motion:
    """The closed form of the weighted fit; only a shift where the points are too few or too close to show a turn."""
    from_middle, to_middle = weights @ before, weights @ after
    spread = before - from_middle
    extent = weights @ (spread * spread.conj()).real
    turn = complex(weights @ (spread.conj() * (after - to_middle)) / extent) if extent > size**2 else 1
    if abs(turn - 1) > MAX_STRETCH:
        turn = 1
    return Motion(turn, complex(to_middle - turn * from_middle))


def _pair(expected: np.ndarray, tracks: np.ndarray, seen: np.ndarray, alike: np.ndarray) -> Match:
    """The best pairs when the tracks are expected at these places, (n,) complex."""
    away = np.abs(expected[:, None] - seen["centre"]) / (REACH * tracks["size"][:, None])
    worth = alike * np.maximum(1 - away * away, 0)
    columns = assign(worth)
    rows = np.flatnonzero(columns != UNMATCHED)
    wanted = min(np.count_nonzero(~tracks["is_lost"]), len(seen)) or 1
    return Match(columns, float(worth[rows, columns[rows]].sum() / wanted))


def _refine(match: Match, tracks: np.ndarray, seen: np.ndarray, alike: np.ndarray) -> tuple[Match, Motion | None]:
    """Fit motion to pairs and pairs to motion while the match gets better (iterated closest points)."""
    motion = None
    for _ in range(MAX_ROUNDS):
        rows = np.flatnonzero(match.of_track != UNMATCHED)
        if not rows.size:
            break
        size = float(np.median(tracks["size"][rows]))
        motion = fit_motion(tracks["centre"][rows], seen["centre"][match.of_track[rows]], size)
        if match.quality > CALM:
            break
        better = _pair(motion.carry(tracks["centre"]), tracks, seen, alike)
        if better.quality <= match.quality:
            break
        match = better
    return match, motion


def _pair_strays(
    columns: np.ndarray, expected: np.ndarray, tracks: np.ndarray, seen: np.ndarray, alike: np.ndarray
) -> np.ndarray:
    """Pair what is left over where a track went its own way: a second sheet, a card in the other hand."""
    rows = np.flatnonzero(columns == UNMATCHED)
    free = np.setdiff1d(np.arange(len(seen)), columns)
    if rows.size and free.size:
        strays = _pair(expected[rows], tracks[rows], seen[free], alike[np.ix_(rows, free)]).of_track
        columns = columns.copy()
        columns[rows[strays != UNMATCHED]] = free[strays[strays != UNMATCHED]]
    return columns
