"""Associate the digits of this frame with the tracks: the sheet moves as a whole, so its motion is found first.

Points are complex numbers (x + iy): turning, scaling and shifting a sheet is then `turn * point + shift`.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

REACH = 0.5  # how far from its expected place a digit still counts as itself, in digit sizes; neighbours are 0.7 away
MAX_DRIFT = 2.0  # the same for one that was unseen: beyond, any like digit would do
SAME_CLASS = 0.5  # Bhattacharyya coefficient, 0 to 1, from which two readings are of one class
GOOD_MATCH = 0.8  # quality of a match with which nobody looks further; sheets moved smoothly reach 0.9
MIN_JUMP_GAIN = 0.2  # a jump must explain so much more: a lone misread digit would else be taken for its neighbour
VOTE_REACH = 12  # the furthest jump between two frames that is looked for, in digit sizes
MAX_STRETCH = 0.3  # sheets do not shrink or turn more than this between two frames (0.3 rad = 17 degrees)
FIT_NOISE = 0.25  # a pair this far off the common motion, in digit sizes, weighs half in it
UNMATCHED = -1


class Motion(NamedTuple):
    """How the sheet moved since the last frame: `turn * point + shift`."""

    turn: complex
    shift: complex

    def carry(self, points: np.ndarray) -> np.ndarray:
        """Carry points, (n,) complex, to where they are now."""
        return self.turn * points + self.shift


class Match(NamedTuple):
    """Which reading each track has got.

    Attributes:
        of_track: (n,) int, the index of each track's reading, `UNMATCHED` for none.
        quality: the worth of all pairs together, divided by the number of tracks in sight.
    """

    of_track: np.ndarray
    quality: float


def match_tracks(tracks: np.ndarray, seen: np.ndarray, step_s: float) -> tuple[np.ndarray, Motion | None]:
    """Find each track's reading and the motion that most of them share.

    Args:
        tracks: (n,) structured, fields as in `capture.track.state.TRACK`, as the last frame left them.
        seen: (m,) structured, fields as in `capture.track.state.SEEN`.
        step_s: seconds since the last frame.

    Returns:
        (n,) int, the index into `seen` or `UNMATCHED`; and the shared motion, None when nothing was matched.
    """
    if not len(tracks) or not len(seen):
        return np.full(len(tracks), UNMATCHED), None
    own_way = tracks["centre"] + tracks["velocity"] * step_s
    match, motion = _refine(own_way, tracks, seen)
    if match.quality < GOOD_MATCH:
        jump = tracks["centre"] + vote_shift(tracks, seen)
        for guess, handicap in ((tracks["centre"], 0), (jump, MIN_JUMP_GAIN)):
            other, its_motion = _refine(guess, tracks, seen)
            if other.quality > match.quality + handicap:
                match, motion = other, its_motion
    if motion is None:
        return match.of_track, None
    return _correct(match.of_track, (motion.carry(tracks["centre"]), own_way), tracks, seen), motion


def near_pairs(points: np.ndarray, others: np.ndarray, reach: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Find all pairs closer than the reach, (n,) px, of their first point.

    Returns:
        (k,) index into `points`, (k,) index into `others`, (k,) distance as a share of the reach, 0 to 1, squared.
    """
    right = np.subtract.outer(points.real, others.real)
    down = np.subtract.outer(points.imag, others.imag)
    squared = right * right + down * down
    rows, columns = (squared < (reach * reach)[:, None]).nonzero()
    return rows, columns, squared[rows, columns] / reach[rows] ** 2


def similarity(tracks: np.ndarray, seen: np.ndarray, min_similarity: float = 0.0) -> np.ndarray:
    """Rate how well tracks and digits, (k,) each, go together, 0 to 1; 0 where they cannot match.

    Class probabilities are compared by their Bhattacharyya coefficient, sizes by their ratio. A pair that fits in place
    but not in class is worth half: misread for one frame, a digit stays itself.
    """
    same_class = (tracks["class_vector"] * seen["class_vector"]).sum(1)
    ratio = tracks["size"] / seen["size"]
    alike = (1 + same_class) / 2 * np.minimum(ratio, 1 / ratio)
    return np.where(same_class < np.where(tracks["is_lost"], SAME_CLASS, min_similarity), 0, alike)


def assign(rows: np.ndarray, columns: np.ndarray, worth: np.ndarray, count: int) -> Match:
    """Give each of `count` rows at most one column, the pair of greatest worth first; a column is given once.

    Args:
        rows: (k,) int, of the pairs to choose from.
        columns: (k,) int, likewise.
        worth: (k,) float; pairs worth 0 are never made.
        count: how many rows there are.
    """
    given: dict[int, int] = {}
    taken: set[int] = set()
    total = 0.0
    order = np.argsort(-worth)
    for row, column, value in zip(*(of[order].tolist() for of in (rows, columns, worth)), strict=True):
        if value > 0 and row not in given and column not in taken:
            given[row] = column
            taken.add(column)
            total += value
    of_track = np.full(count, UNMATCHED)
    of_track[list(given)] = list(given.values())
    return Match(of_track, total)


def unmatched(columns: np.ndarray, count: int) -> np.ndarray:
    """List which of `count` digits no track has got, ascending."""
    is_free = np.ones(count + 1, bool)  # UNMATCHED marks the one too many
    is_free[columns] = False
    return is_free[:count].nonzero()[0]


def vote_shift(tracks: np.ndarray, seen: np.ndarray) -> complex:
    """Find the shift on which most pairs of the same class agree (a generalised Hough vote)."""
    cell = _upper_median(tracks["size"]) * REACH
    cells = int(2 * VOTE_REACH / REACH)
    same_class = tracks["class_vector"] @ seen["class_vector"].T
    rows, columns = (same_class > SAME_CLASS).nonzero()
    shifts, weights = seen["centre"][columns] - tracks["centre"][rows], same_class[rows, columns]
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


def motion_of(matches: np.ndarray, tracks: np.ndarray, seen: np.ndarray) -> Motion | None:
    """Fit the motion that these matches, (n,) int, share; None where nothing is matched."""
    rows = (matches != UNMATCHED).nonzero()[0]
    if not rows.size:
        return None
    return fit_motion(tracks["centre"][rows], seen["centre"][matches[rows]], _upper_median(tracks["size"][rows]))


def fit_motion(before: np.ndarray, after: np.ndarray, size: float) -> Motion:
    """Fit the similarity that carries points, (k,) complex, to where they were found: robust least squares."""
    way = after - before
    usual = complex(_upper_median(way.real), _upper_median(way.imag))
    weights = 1 / (1 + (np.abs(way - usual) / (FIT_NOISE * size)) ** 2)
    return _weighted_similarity(before, after, weights / weights.sum(), size)


def _upper_median(values: np.ndarray) -> float:
    """Take the upper median; `np.median` takes ten times as long for a handful of values."""
    return float(np.sort(values)[len(values) // 2])


def _weighted_similarity(before: np.ndarray, after: np.ndarray, weights: np.ndarray, size: float) -> Motion:
    """Solve the weighted fit in closed form; only a shift where points are too few or too close to show a turn."""
    from_middle, to_middle = weights @ before, weights @ after
    spread = before - from_middle
    extent = weights @ (spread * spread.conj()).real
    turn = complex(weights @ (spread.conj() * (after - to_middle)) / extent) if extent > size**2 else 1
    if abs(turn - 1) > MAX_STRETCH:
        turn = 1
    return Motion(turn, complex(to_middle - turn * from_middle))


def _pair(
    expected: np.ndarray,
    tracks: np.ndarray,
    seen: np.ndarray,
    reach: float | np.ndarray = REACH,
    min_similarity: float = 0.0,
) -> Match:
    """Find the best pairs when the tracks are expected at these places, (n,) complex, within `reach` digit sizes."""
    rows, columns, away = near_pairs(expected, seen["centre"], reach * tracks["size"])
    worth = similarity(tracks[rows], seen[columns], min_similarity) * (1 - away)
    match = assign(rows, columns, worth, len(tracks))
    in_sight = len(tracks) - np.count_nonzero(tracks["is_lost"])
    return Match(match.of_track, match.quality / max(in_sight, 1))


def _refine(expected: np.ndarray, tracks: np.ndarray, seen: np.ndarray) -> tuple[Match, Motion | None]:
    """Fit pairs to a guess, motion to pairs, pairs to motion, while the match gets better (iterated closest points)."""
    match, motion = Match(np.full(len(tracks), UNMATCHED), 0.0), None
    better = _pair(expected, tracks, seen)
    while better.quality > match.quality:
        match, motion = better, motion_of(better.of_track, tracks, seen)
        if match.quality > GOOD_MATCH:
            break
        better = _pair(motion.carry(tracks["centre"]), tracks, seen)
    return match, motion


def _correct(
    columns: np.ndarray, expectations: tuple[np.ndarray, np.ndarray], tracks: np.ndarray, seen: np.ndarray
) -> np.ndarray:
    """Undo pairs that neither the sheet's motion nor the track's own explains, and make those that they do explain.

    This keeps a digit from taking the reading of a neighbour while it is hidden, and follows what moves on its own: a
    second sheet, a card in the other hand. Digits out of sight for a while are looked for further away.
    """
    rows = (columns != UNMATCHED).nonzero()[0]
    off, off_own = (np.abs(places[rows] - seen["centre"][columns[rows]]) for places in expectations)
    columns = columns.copy()
    columns[rows[np.minimum(off, off_own) > REACH * tracks["size"][rows]]] = UNMATCHED
    if len(tracks) - np.count_nonzero(columns == UNMATCHED) == min(len(tracks), len(seen)):
        return columns
    adrift = np.where(tracks["unseen_s"] > 0, MAX_DRIFT, REACH)
    searches = [(places, np.full(len(tracks), REACH), 0.0) for places in expectations]
    for places, reach, min_similarity in [*searches, (expectations[0], adrift, SAME_CLASS)]:
        rows, free = (columns == UNMATCHED).nonzero()[0], unmatched(columns, len(seen))
        if rows.size and free.size:
            found = _pair(places[rows], tracks[rows], seen[free], reach[rows], min_similarity).of_track
            columns[rows[found != UNMATCHED]] = free[found[found != UNMATCHED]]
    return columns
