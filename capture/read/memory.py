"""Remember what ink was read as: in a video, what looks as it did a few frames ago is not read again.

What was split in vain is not split again for some frames either, even where it no longer looks quite the same: clutter
looks a little different in each frame, and its parts cost more time than itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import cycle

import cv2
import numpy as np

from capture.boxes import Box, as_array
from capture.detect.ground import FRAMES_A_LOOK
from capture.read.segmentation import Way
from capture.read.select import Split
from capture.types import Candidate, Hypothesis

MAX_WAY = 0.5  # of the longer side: how far a candidate moves from frame to frame
MAX_GROWTH = 0.2  # of the height: boxes tremble
MAX_CHANGE = 12.0  # grey levels, mean over the glyph: noise and a way of half a pixel; another digit is 40 away


@dataclass(frozen=True, slots=True)
class Memory:
    """A candidate and what it was read as.

    Attributes:
        whole: the candidate as it was found last.
        glyph: (28, 28) uint8, as it was when it was read.
        way: what was chosen: itself, or its parts.
        until: the frame in which it is read again.
        whole_until: the frame in which it may be split again, if it was left whole.
    """

    whole: Candidate
    glyph: np.ndarray
    way: Way
    until: int
    whole_until: int

    @property
    def is_whole(self) -> bool:
        """Whether it was left whole."""
        return self.way[0].candidate is self.whole

    def carried(self, candidate: Candidate) -> Memory | None:
        """Give the memory of what is now another candidate; None where its parts may not have moved with it."""
        if self.is_whole:
            one = self.way[0]  # `replace` would take four times as long
            way = (Hypothesis(candidate, one.probabilities, candidate.box, one.origin, one.ink),)
        else:
            before, after = self.whole.box, candidate.box
            if max(abs(after.w - before.w), abs(after.h - before.h)) > candidate.stroke_width_px:
                return None  # more or less hangs together now: its corner says nothing of where its parts are
            steps = _step(before, after), _step(self.whole.component.box, candidate.component.box)
            way = tuple(_moved(one, *steps) for one in self.way)
        place = candidate.component.box
        is_within = all(place.union(one.candidate.component.box) == place for one in way)
        return Memory(candidate, self.glyph, way, self.until, self.whole_until) if is_within else None


class HypothesisMemory:
    """Recognises the candidates of a video, digits or not, and recalls how they were seen and what the network said."""

    def __init__(self) -> None:
        self._memories: list[Memory] = []
        self._left_whole: dict[int, Memory] = {}  # of candidates to be read anew, by their identity
        self._frame = 0
        self._turn = cycle(range(FRAMES_A_LOOK))  # not all until the same frame: each is to take its share of the time

    def recall(self, candidates: Sequence[Candidate]) -> list[Memory | None]:
        """Give for each candidate of the next frame what is remembered of it, or None where it is to be read."""
        self._frame += 1
        self._left_whole.clear()
        if not (self._memories and candidates):
            return [None] * len(candidates)
        nearest, is_near = _match(
            as_array(one.box for one in candidates), as_array(memory.whole.box for memory in self._memories)
        )
        glyphs, others = (np.stack([one.glyph.ravel() for one in some]) for some in (candidates, self._memories))
        change = cv2.reduce(cv2.absdiff(glyphs, others[nearest]), 1, cv2.REDUCE_AVG, dtype=cv2.CV_32F)[:, 0]
        return [
            self._recalled(candidate, self._memories[j], is_alike) if is_there else None
            for candidate, j, is_there, is_alike in zip(candidates, nearest, is_near, change <= MAX_CHANGE, strict=True)
        ]

    def _recalled(self, candidate: Candidate, memory: Memory, is_alike: bool) -> Memory | None:
        """Give what is remembered of a candidate near an earlier one; note where that was left whole."""
        if is_alike and memory.until > self._frame:
            return memory.carried(candidate)
        if memory.is_whole and memory.whole_until > self._frame:
            self._left_whole[id(candidate)] = memory
        return None

    def sparing(self, split: Split) -> Split:
        """Give a way to split the candidates of this frame that leaves those whole that were split in vain lately."""
        return lambda candidate: [] if id(candidate) in self._left_whole else split(candidate)

    def keep(
        self, candidates: Sequence[Candidate], recalled: Sequence[Memory | None], ways: Sequence[Way]
    ) -> list[Way]:
        """Remember a frame: its candidates, what `recall` said of them, and how they were seen.

        Returns:
            The ways, those of candidates that were not split again with what came of it when they were.
        """
        self._memories = [
            memory or self._remembered(candidate, way)
            for candidate, memory, way in zip(candidates, recalled, ways, strict=True)
        ]
        return [memory.way for memory in self._memories]

    def _remembered(self, candidate: Candidate, way: Way) -> Memory:
        until, before = self._frame + 2 + next(self._turn), self._left_whole.get(id(candidate))
        if before is None:
            return Memory(candidate, candidate.glyph, way, until, until + FRAMES_A_LOOK)
        if way[0].candidate is candidate:
            way = (replace(way[0], origin=before.way[0].origin),)
        return Memory(candidate, candidate.glyph, way, until, before.whole_until)


def _step(before: Box, after: Box) -> tuple[int, int]:
    return after.x - before.x, after.y - before.y


def _moved(one: Hypothesis, step: tuple[int, int], ink_step: tuple[int, int]) -> Hypothesis:
    """Move a part with the whole, by steps in pixels of the picture and of the ink map."""
    box, component = one.box.moved(*step), one.candidate.component
    component = replace(component, box=component.box.moved(*ink_step))
    return replace(one, candidate=replace(one.candidate, box=box, component=component), box=box)


def _match(boxes: np.ndarray, others: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Find the nearest of other boxes for each of (n, 4), and whether it is near, and as large: (n,) int and bool."""
    (x, y, w, h), (other_x, other_y, other_w, other_h) = boxes.T[:, :, None], others.T
    way = np.maximum(np.abs(2 * (x - other_x) + w - other_w), np.abs(2 * (y - other_y) + h - other_h)) / 2  # of middles
    growth = np.maximum(np.abs(w - other_w), np.abs(h - other_h))
    way[(way > MAX_WAY * np.maximum(w, h)) | (growth > MAX_GROWTH * h)] = np.inf
    return way.argmin(axis=1), np.isfinite(way.min(axis=1))
