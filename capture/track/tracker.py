"""Follows each digit from frame to frame and fuses what its frames say, so that no label flickers and no box jumps.

`association` matches digits to tracks, `smoothing` fuses what was seen, `grouping` keeps numbers together; here tracks
begin, coast while out of sight, and end.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np

from capture.boxes import Box, as_array, share_of_smaller, shared_areas
from capture.read.features import SAME_INK
from capture.read.lines import TextLines, group_numbers
from capture.read.segmentation import SURE
from capture.track.association import UNMATCHED, Motion, match_tracks
from capture.track.grouping import FORGET_S, NumberGrouping
from capture.track.naming import with_names
from capture.track.occlusion import DOUBT_S, hold_size_jumps, release_occluded
from capture.track.smoothing import (
    HIDE_MARGIN,
    MEMORY_S,
    REST_S,
    STILL,
    TRUSTED_FROM,
    fuse,
    round_boxes,
    smooth_boxes,
    to_probabilities,
    update_labels,
    update_visibility,
)
from capture.track.state import TRACK, as_digits, as_seen
from capture.types import Digit, Frame, Mark, Page

ENOUGH_HITS = 2  # frames that confirm a digit; noise seldom strikes twice
SETTLE_S = 0.25  # a newcomer that is less than SURE is shown once it was likely so long: a sheet's edge is not
NEW_VELOCITY = 0.7  # weight of the newest displacement: sheets in hands change course often
MAX_BLIND = 1.0  # digit sizes: carried further while nothing was seen, digits are anywhere: the sheet was pulled away
MIN_STEP_S = 0.001  # frames closer in time than this tell nothing of speed


class NoTracking:
    """Takes the tracker's place for pictures of their own: only leaves out the digits below `min_confidence`."""

    def __init__(self, min_confidence: float = 0.5) -> None:
        self.min_confidence = min_confidence

    def update(self, frame: Frame, page: Page) -> Page:
        """Leave out the digits below `min_confidence`; they stay in the page's `doubtful`, for another confidence."""
        seen = (*page.digits, *page.doubtful)
        digits = tuple(digit for digit in seen if digit.confidence >= self.min_confidence)
        if digits == page.digits:
            return page
        doubtful = tuple(digit for digit in seen if digit.confidence < self.min_confidence)
        return replace(page, digits=digits, numbers=group_numbers(digits, page.marks), doubtful=doubtful)

    def name(self, track: int, label: int) -> None:
        """Name nothing, for nothing is followed here."""


class Tracker:
    """Follows the digits of one video.

    Attributes:
        min_confidence: a digit is shown from this fused probability on; it may be changed between any two frames.

    Example:
        reader, tracker = PageReader(min_confidence=0.2, is_video=True), Tracker()
        for frame in source:
            page = tracker.update(frame, reader(frame))
    """

    def __init__(self, min_confidence: float = 0.5) -> None:
        self.min_confidence = min_confidence
        self._strictness = min_confidence
        self._tracks = np.zeros(0, TRACK)
        self._time_s: float | None = None
        self._next_number = 1
        self._blind = 0.0  # digit sizes that the sheet was carried on while nothing of it was seen
        self._grouping = NumberGrouping()
        self._names: dict[int, int] = {}  # given by a person, by the number of the track

    def update(self, frame: Frame, page: Page) -> Page:
        """Take in the page of one frame.

        Args:
            frame: a clock that stands still or goes back counts as no time passed.
            page: doubtful digits too: time may make them sure.

        Returns:
            The page with new digits in reading order, with `track`, fused `probabilities`, steady `box` and `digit`,
            among them digits that are out of sight for a moment, and with numbers that are as steady.
        """
        is_first = self._time_s is None
        step_s = self._tick(frame.time_s)
        seen = as_seen(page.digits)
        matches, motion = match_tracks(self._tracks, seen, step_s)
        matches, motion, fresh = release_occluded(matches, self._tracks, seen, motion)
        measured, motion = hold_size_jumps(matches, self._tracks, seen, motion, step_s)
        self._blind = self._blind + _way_ahead(self._tracks, step_s) if motion is None else 0.0
        _move(self._tracks, seen, measured, motion, step_s)
        _update_matched(self._tracks, seen, matches, step_s)
        self._age_out(matches, seen[fresh])
        self._begin(seen, fresh, motion, step_s, is_sure=is_first or step_s >= DOUBT_S)
        digits = with_names(in_picture(as_digits(*self._report(step_s)), frame.image.shape), self._names)
        lines = TextLines(digits, (*page.marks, *unshown(page.digits, digits, self.min_confidence)))
        seen_tracks = self._tracks["number"][self._tracks["unseen_s"] == 0].tolist()
        signs = self._grouping.settle_signs(digits, lines.signs(), seen_tracks, step_s)
        number_ids = self._grouping.update(digits, lines.links(), step_s)
        return replace(page, digits=digits, numbers=lines.numbers(number_ids, signs))

    def name(self, track: int, label: int) -> None:
        """Show a digit, for as long as it is followed, as what a person named it: 0 to 9, or 10 for no digit."""
        self._names[track] = label

    def velocities(self) -> dict[int, complex]:
        """Give how fast each track moves, by its number: x + iy in px a second."""
        return dict(zip(self._tracks["number"].tolist(), self._tracks["velocity"].tolist(), strict=True))

    def _tick(self, time_s: float) -> float:
        """Measure the seconds since the last frame, never negative."""
        before, self._time_s = self._time_s, time_s if math.isfinite(time_s) else self._time_s
        return max(self._time_s - before, 0.0) if before is not None and self._time_s is not None else 0.0

    def _age_out(self, matches: np.ndarray, fresh: np.ndarray) -> None:
        """Let unseen digits coast, then be lost, then forgotten.

        They do not coast when most of what is seen is new: the scene has changed, and they would stay behind as ghosts.
        """
        tracks = self._tracks
        is_unseen = matches == UNMATCHED
        if not is_unseen.any():
            return
        is_new_scene = (fresh["probabilities"][:, :10] >= self.min_confidence).any(1).sum() > (~is_unseen).sum()
        tracks["is_lost"] |= is_unseen & (is_new_scene | (tracks["unseen_s"] > MEMORY_S))
        patience_s = np.where(tracks["hits"] < ENOUGH_HITS, DOUBT_S, FORGET_S)
        self._tracks = tracks[tracks["unseen_s"] <= patience_s]

    def _begin(self, seen: np.ndarray, fresh: np.ndarray, motion: Motion | None, step_s: float, is_sure: bool) -> None:
        """Start a track for each of the readings `fresh` that belong to none; it moves as the sheet does."""
        if not len(fresh):
            return
        new, news = np.zeros(len(fresh), TRACK), seen[fresh]
        for name in ("centre", "size", "box", "class_vector", "page_box"):
            new[name] = news[name]
        new["number"] = np.arange(len(fresh)) + self._next_number
        new["evidence"] = fuse(new["evidence"], news["probabilities"], np.ones(len(fresh)), new["unseen_s"])
        new["digit"] = news["probabilities"][:, :10].argmax(1)
        new["shown_box"] = round_boxes(np.full((len(fresh), 4), -(2**31)), news["box"])
        if motion is not None and step_s >= MIN_STEP_S:
            new["velocity"] = (motion.carry(new["centre"]) - new["centre"]) / step_s
        new["hits"] = new["frames"] = new["presence"] = 1
        new["place"], new["is_confirmed"] = fresh, is_sure
        new["likely_s"] = SETTLE_S if is_sure else 0
        self._next_number += len(fresh)
        self._tracks = np.concatenate([self._tracks, new])

    def _report(self, step_s: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Choose what to show: confirmed, in sight or only just out of it, likely enough, and one digit a place."""
        tracks = self._tracks
        update_labels(tracks)
        probabilities = to_probabilities(tracks["evidence"])
        confidence = probabilities[np.arange(len(tracks)), tracks["digit"]]
        hysteresis = HIDE_MARGIN if self._strictness == self.min_confidence else 0.0
        self._strictness = self.min_confidence
        needed = self.min_confidence - np.where(tracks["is_shown"], hysteresis, 0.0)
        is_there = tracks["presence"] >= TRUSTED_FROM - HIDE_MARGIN * tracks["is_shown"]
        tracks["likely_s"] += np.where(confidence >= self.min_confidence, step_s, 0)
        is_settled = (confidence >= SURE) | (tracks["likely_s"] >= SETTLE_S)
        is_wanted = tracks["is_confirmed"] & ~tracks["is_lost"] & is_there & (is_settled | tracks["is_shown"])
        tracks["is_shown"] = is_wanted & (confidence >= needed) & (self._blind <= MAX_BLIND)
        tracks["shown_box"] = round_boxes(tracks["shown_box"], tracks["box"])
        rows = tracks["is_shown"].nonzero()[0]
        rows = rows[~_is_covered(tracks[rows])]
        rows = rows[np.argsort(tracks["place"][rows], kind="stable")]
        return tracks[rows], probabilities[rows], confidence[rows]


def unshown(seen: Sequence[Digit], shown: Sequence[Digit], min_confidence: float) -> list[Mark]:
    """Give the likely digits that are not shown yet as ink beside those that are: no number is joined over them."""
    boxes, shown_boxes = (as_array(one.box for one in some) for some in (seen, shown))
    inside = (shared_areas(boxes, shown_boxes) / np.maximum(boxes[:, 2:].prod(axis=1), 1)[:, None]).max(1, initial=0)
    hidden = [one for one, share in zip(seen, inside, strict=True) if share < SAME_INK]
    return [_as_mark(one.page_box or one.box) for one in hidden if one.confidence >= min_confidence]


def _as_mark(box: Box) -> Mark:
    """Describe ink that fills a box as a mark."""
    return Mark(box, box.w * box.h, (box.w**2 / 12, 0.0, box.h**2 / 12))  # the variances of even ink


def in_picture(digits: Iterable[Digit], shape: tuple[int, ...]) -> tuple[Digit, ...]:
    """Keep the digits whose middle lies in a picture of this shape: what has left it is followed on, but not shown."""
    height, width = shape[:2]
    return tuple(one for one in digits if 0 <= one.box.centre[0] <= width and 0 <= one.box.centre[1] <= height)


def _way_ahead(tracks: np.ndarray, step_s: float) -> float:
    """Measure how far the tracks move in a step as they did before, in digit sizes on average."""
    return float(np.mean(np.abs(tracks["velocity"]) * step_s / tracks["size"])) if len(tracks) else 0.0


def _move(tracks: np.ndarray, seen: np.ndarray, matches: np.ndarray, motion: Motion | None, step_s: float) -> None:
    """Carry all tracks along with the sheet, in place, and set those that were measured to what they measure."""
    before = tracks["centre"].copy()
    if motion is None:
        after = before + tracks["velocity"] * step_s
        tracks["velocity"] *= math.exp(-step_s / REST_S)
    else:
        after = motion.carry(before)
    way = after - before
    if np.abs(way).sum() > STILL * tracks["size"].sum():
        tracks["box"][:, :2] += np.stack([way.real, way.imag], 1)
    rows = (matches != UNMATCHED).nonzero()[0]
    news = seen[matches[rows]]
    after[rows] = news["centre"]
    if motion is not None and step_s >= MIN_STEP_S:
        tracks["velocity"] += NEW_VELOCITY * ((after - before) / step_s - tracks["velocity"])
    tracks["centre"] = after
    tracks["size"][rows] = news["size"]
    tracks["box"][rows] = smooth_boxes(tracks["box"][rows], news["box"], news["size"], step_s)


def _update_matched(tracks: np.ndarray, seen: np.ndarray, matches: np.ndarray, step_s: float) -> None:
    """Fuse what was seen into the tracks, in place."""
    tracks["unseen_s"] += step_s
    tracks["frames"] += 1
    is_seen = matches != UNMATCHED
    tracks["presence"] = update_visibility(tracks["presence"], is_seen, tracks["frames"], step_s)
    rows = is_seen.nonzero()[0]
    if not rows.size:
        return
    track, news = tracks[rows], seen[matches[rows]]
    track["hits"] += 1
    track["evidence"] = fuse(track["evidence"], news["probabilities"], track["hits"], track["unseen_s"])
    track["class_vector"] = np.sqrt(to_probabilities(track["evidence"]))
    track["place"], track["page_box"] = matches[rows], news["page_box"]
    track["unseen_s"], track["is_lost"] = 0, False
    track["is_confirmed"] |= track["hits"] >= ENOUGH_HITS
    tracks[rows] = track


def _is_covered(tracks: np.ndarray) -> np.ndarray:
    """Mark the tracks that lie where an older one does, (n,) bool: the older is believed."""
    return np.triu(share_of_smaller(tracks["shown_box"].astype(float)) > SAME_INK, 1).any(axis=0)
