"""Remember what ink was read as: in a video, what looks as it did a few frames ago is not read again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import cycle

import numpy as np

from capture.boxes import as_array
from capture.detect.polarity import FRAMES_A_LOOK
from capture.read.segmentation import Way
from capture.types import Box, Candidate, Hypothesis

MAX_WAY = 0.5  # of the longer side: how far a candidate moves from frame to frame
MAX_GROWTH, MIN_GROWTH_PX = 0.1, 2  # of the height, or at least so much: boxes tremble
MAX_CHANGE = 12.0  # grey levels, mean over the glyph: noise and a way of half a pixel; another digit is 40 away


@dataclass(frozen=True, slots=True)
class Memory:
    """A candidate and what it was read as.

    Attributes:
        whole: the candidate as it was found last.
        glyph: (28, 28) uint8, as it was when it was read.
        way: what was chosen: itself, or its parts.
        until: the frame in which it is read again.
    """

    whole: Candidate
    glyph: np.ndarray
    way: Way
    until: int

    def carried(self, candidate: Candidate) -> Memory | None:
        """Give the memory of what is now another candidate; None where parts would reach beyond it."""
        if self.way[0].candidate is self.whole:
            way = (replace(self.way[0], candidate=candidate, box=candidate.box),)
        else:
            steps = _step(self.whole.box, candidate.box), _step(self.whole.component.box, candidate.component.box)
            way = tuple(_moved(one, *steps) for one in self.way)
        place = candidate.component.box
        is_within = all(place.union(one.candidate.component.box) == place for one in way)
        return replace(self, whole=candidate, way=way) if is_within else None


class HypothesisMemory:
    """Knows the candidates of a video again, digits or not, with the way they were seen and what the network said."""

    def __init__(self) -> None:
        self._memories: list[Memory] = []
        self._frame = 0
        self._turn = cycle(range(FRAMES_A_LOOK))  # not all until the same frame: each is to take its share of the time

    def recall(self, candidates: Sequence[Candidate]) -> list[Memory | None]:
        """Give for each candidate of the next frame what is remembered of it, or None where it is to be read."""
        self._frame += 1
        memories = [memory for memory in self._memories if memory.until > self._frame]
        if not (memories and candidates):
            return [None] * len(candidates)
        nearest, is_near = _match(
            as_array(one.box for one in candidates), as_array(memory.whole.box for memory in memories)
        )
        glyphs, others = (np.stack([one.glyph for one in some]).astype(np.int16) for some in (candidates, memories))
        is_known = is_near & (np.abs(glyphs - others[nearest]).mean(axis=(1, 2)) <= MAX_CHANGE)
        return [
            memories[j].carried(candidate) if is_same else None
            for candidate, j, is_same in zip(candidates, nearest, is_known, strict=True)
        ]

    def keep(self, candidates: Sequence[Candidate], recalled: Sequence[Memory | None], ways: Sequence[Way]) -> None:
        """Remember a frame: its candidates, what `recall` said of them, and how they were seen."""
        self._memories = [
            memory or Memory(candidate, candidate.glyph, way, self._frame + 2 + next(self._turn))
            for candidate, memory, way in zip(candidates, recalled, ways, strict=True)
        ]


def _step(before: Box, after: Box) -> tuple[int, int]:
    return after.x - before.x, after.y - before.y


def _moved(one: Hypothesis, step: tuple[int, int], ink_step: tuple[int, int]) -> Hypothesis:
    """Move a part with the whole, by steps in pixels of the picture and of the ink map."""
    box, component = _shifted(one.box, step), one.candidate.component
    component = replace(component, box=_shifted(component.box, ink_step))
    return replace(one, candidate=replace(one.candidate, box=box, component=component), box=box)


def _shifted(box: Box, step: tuple[int, int]) -> Box:
    return box._replace(x=box.x + step[0], y=box.y + step[1])


def _match(boxes: np.ndarray, others: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Find the nearest of other boxes for each of (n, 4), and whether it is near, and as large: (n,) int and bool."""
    (x, y, w, h), (other_x, other_y, other_w, other_h) = boxes.T[:, :, None], others.T
    way = np.maximum(np.abs(2 * (x - other_x) + w - other_w), np.abs(2 * (y - other_y) + h - other_h)) / 2  # of middles
    growth = np.maximum(np.abs(w - other_w), np.abs(h - other_h))
    way[(way > MAX_WAY * np.maximum(w, h)) | (growth > np.maximum(MIN_GROWTH_PX, MAX_GROWTH * h))] = np.inf
    return way.argmin(axis=1), np.isfinite(way.min(axis=1))
