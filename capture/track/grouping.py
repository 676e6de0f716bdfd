"""Decide which digits of a video form a number, with temporal hysteresis for each pair.

A gap between two digits that is just about as wide as a space may be one in this frame and none in the next.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from capture.read.signs import NO_DIGIT_THERE
from capture.track.smoothing import MEMORY_S
from capture.types import Digit

JOINS_FROM = 0.7  # share of the frames that see two digits stand together; as large a share parts them again
FORGET_S = 2.0  # a digit unseen for so long, longer than a hand rests on the sheet, is another one when it comes back

Pair = tuple[int, int]


def _weight_of_news(frames: int, step_s: float) -> float:
    """Weigh the newest of so many frames, `step_s` after the one before: like each other one at first, then more."""
    return max(1 / frames, 1 - math.exp(-step_s / MEMORY_S))


@dataclass(slots=True)
class _PairHistory:
    """Two digits that some frame saw next to each other.

    Attributes:
        frames: that saw both.
        share: of these, the newest weighing most, in which they stood together, 0 to 1.
        is_linked: whether they belong to one number.
    """

    frames: int
    share: float = 0.0
    is_linked: bool = False

    def update(self, is_together: bool, step_s: float) -> None:
        """Take in one more frame."""
        self.frames += 1
        self.share += _weight_of_news(self.frames, step_s) * (is_together - self.share)
        self.is_linked = self.share > (1 - JOINS_FROM if self.is_linked else JOINS_FROM)


@dataclass(slots=True)
class _SignHistory:
    """What frames saw between two digits.

    Attributes:
        frames: that saw both digits.
        shares: of these, the newest weighing most, in which each sign stood there; None for nothing.
    """

    frames: int
    shares: dict[str | None, float]

    def update(self, sign: str | None, step_s: float) -> None:
        """Take in one more frame."""
        self.frames += 1
        news = _weight_of_news(self.frames, step_s)
        self.shares = {one: share * (1 - news) for one, share in self.shares.items()}
        self.shares[sign] = self.shares.get(sign, 0.0) + news

    def sign(self) -> str | None:
        """Say what stands there most likely."""
        return max(self.shares, key=self.shares.__getitem__)


class NumberGrouping:
    """Remembers which digits stood together, and what stood between them.

    Example:
        grouping, lines = NumberGrouping(), TextLines(digits, page.marks)
        signs = grouping.settle_signs(digits, lines.signs(), [digit.track for digit in digits], step_s=0.04)
        numbers = lines.numbers(grouping.update(digits, lines.links(), step_s=0.04), signs)
    """

    def __init__(self) -> None:
        self._pairs: dict[Pair, _PairHistory] = {}
        self._frames: dict[int, int] = {}  # by track: frames in which it was shown
        self._seen_s: dict[int, float] = {}  # by track: when it was last shown
        self._signs: dict[Pair, _SignHistory] = {}  # by tracks, -1 for none on the left
        self._now_s = 0.0

    def update(self, digits: Sequence[Digit], links: Iterable[Sequence[int]], step_s: float) -> list[int]:
        """Take in the digits of one frame.

        Args:
            digits: with tracks, all different.
            links: which of them stand together in this frame: their indices by number, each from the left.
            step_s: seconds since the last frame, not negative.

        Returns:
            For each digit the lowest track of its number.
        """
        self._now_s += step_s
        tracks = [digit.track for digit in digits]
        rows = ([tracks[i] for i in row] for row in links)
        together = {(min(pair), max(pair)) for row in rows for pair in pairwise(row)}
        for pair in together - self._pairs.keys():
            self._pairs[pair] = _PairHistory(min(self._frames.get(track, 0) for track in pair))
        in_sight = set(tracks)
        for pair, history in list(self._pairs.items()):
            if in_sight.issuperset(pair):
                history.update(pair in together, step_s)
        self._note(tracks)
        number_of = _components(tracks, (pair for pair, history in self._pairs.items() if history.is_linked))
        return [number_of[track] for track in tracks]

    def settle_signs(
        self, digits: Sequence[Digit], signs: dict[Pair, str], seen_tracks: Iterable[int], step_s: float
    ) -> dict[Pair, str]:
        """Keep the signs between digits steady: 34.5 is neither 345 nor 34-5 because a frame or two see it so.

        Args:
            digits: with tracks, all different.
            signs: read in this frame, by the indices of the digits on the left and right; -1 for none on the left.
            seen_tracks: of the digits that this frame shows: what it does not see says nothing of their signs.
            step_s: seconds since the last frame, not negative.

        Returns:
            What stands there by this frame and those before, likewise.
        """
        index = {digit.track: i for i, digit in enumerate(digits)} | {NO_DIGIT_THERE: NO_DIGIT_THERE}
        track_of = {i: track for track, i in index.items()}
        seen = {(track_of[left], track_of[right]): sign for (left, right), sign in signs.items()}
        for pair in seen.keys() - self._signs.keys():
            before = min(self._frames.get(track, 0) for track in pair if track != NO_DIGIT_THERE)
            self._signs[pair] = _SignHistory(before, {None: 1.0})
        in_sight = {pair: one for pair, one in self._signs.items() if index.keys() >= set(pair)}
        seen_tracks = {NO_DIGIT_THERE, *seen_tracks}
        for pair, history in in_sight.items():
            if seen_tracks.issuperset(pair):
                history.update(seen.get(pair), step_s)
        settled = {(index[left], index[right]): one.sign() for (left, right), one in in_sight.items()}
        return {pair: sign for pair, sign in settled.items() if sign is not None}

    def _note(self, tracks: Iterable[int]) -> None:
        """Count the frames of each track, and forget those that have not been seen for long."""
        for track in tracks:
            self._frames[track] = self._frames.get(track, 0) + 1
            self._seen_s[track] = self._now_s
        gone = {track for track, seen_s in self._seen_s.items() if self._now_s - seen_s > FORGET_S}
        if gone:
            self._pairs = {pair: history for pair, history in self._pairs.items() if gone.isdisjoint(pair)}
            self._signs = {pair: history for pair, history in self._signs.items() if gone.isdisjoint(pair)}
            for track in gone:
                del self._frames[track], self._seen_s[track]


def _components(tracks: Sequence[int], pairs: Iterable[Pair]) -> dict[int, int]:
    """Map each track to the lowest one that pairs link it to, directly or through others (connected components)."""
    lowest = {track: track for track in tracks}

    def root(track: int) -> int:
        while lowest[track] != track:
            track = lowest[track]
        return track

    for one, other in pairs:
        if one in lowest and other in lowest:
            low, high = sorted((root(one), root(other)))
            lowest[high] = low
    return {track: root(track) for track in tracks}
