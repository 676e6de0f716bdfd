"""The page reader: pose, candidates, network, context, numbers, one after the other, on one screen."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from itertools import islice
from pathlib import Path

import numpy as np

from capture.boxes import Box
from capture.detect.find import make_candidates, split, zoom_for
from capture.read.decision import without_slashes
from capture.read.inks import with_inks
from capture.read.lines import group_numbers
from capture.read.memory import HypothesisMemory
from capture.read.pose import PoseEstimator
from capture.read.select import Split, choose_hypotheses, choose_ways, never_split, to_digits
from capture.read.sheet import carry_box, on_paper
from capture.read.signs import find_marks
from capture.types import AS_SEEN, Candidate, Digit, Frame, Hypothesis, InkImage, Page, Pose, Trace
from model.classifier import DEFAULT_WEIGHTS, Classifier, GlyphCache

SHOWN_CONFIDENCE = 0.5  # as likely right as not


class PageReader:
    """Reads the digits of pictures or frames, however the sheet lies in them.

    Threads may share one, and read one after the other; processes get their own by its pickle.

    Example:
        page = PageReader()(cv2.imread("a.jpg"))
        print([number.text for number in page.numbers])

    Args:
        classify: the network, or its file; None for the shipped one.
        min_confidence: digits less sure are left out, 0 to 1; a tracker wants doubtful ones too.
        is_video: whether pictures are frames of one scene: then the last pose is the guess for the next, and ink that
            looks the same is not read in each.
    """

    def __init__(
        self,
        classify: Classifier | str | Path | None = None,
        min_confidence: float = SHOWN_CONFIDENCE,
        *,
        is_video: bool = False,
    ) -> None:
        if classify is None or isinstance(classify, str | Path):
            classify = Classifier(DEFAULT_WEIGHTS if classify is None else Path(classify))
        if not 0 <= min_confidence <= 1:
            raise ValueError(f"min_confidence: is {min_confidence}; give a probability, 0 to 1")
        self._made_of = classify, min_confidence, is_video
        self._one_at_a_time = threading.Lock()
        self._classify = GlyphCache(classify)
        self._min_confidence = min_confidence
        self._estimate_pose = PoseEstimator(self._classify, is_video)
        self._memories = HypothesisMemory(), HypothesisMemory()  # of candidates, and of other ink
        self._is_video, self._zoom = is_video, 1.0

    def __call__(self, frame: Frame | np.ndarray) -> Page:
        """Read one picture.

        Args:
            frame: a frame, or its image: (H, W, 3) uint8, BGR; any size, also empty.

        Returns:
            Its digits and numbers in reading order, boxes in pixels of the image.
        """
        image = frame.image if isinstance(frame, Frame) else check_image(frame)
        if not image.size:
            return Page()
        with self._one_at_a_time:
            return self._read(image)

    def __reduce__(self) -> tuple:
        """Pickle what it was made of."""
        classify, min_confidence, is_video = self._made_of
        return partial(type(self), is_video=is_video), (classify, min_confidence)

    def _read(self, image: np.ndarray) -> Page:
        """Read a picture, small writing once more and larger; in a video, from the next frame on."""
        page, zoom = self._read_at(image, self._zoom)
        if zoom != self._zoom and self._is_video:
            self._zoom = zoom
            self._memories = HypothesisMemory(), HypothesisMemory()  # whose boxes are in pixels of the ink map
        elif zoom != self._zoom:
            page, _ = self._read_at(image, zoom)
        return page

    def _read_at(self, image: np.ndarray, zoom: float) -> tuple[Page, float]:
        """Read a picture at a zoom, and tell which is best for it."""
        self._classify.clear()
        upright = self._estimate_pose(image, zoom)
        ink_image, detection = upright.ink_image, make_candidates(upright.strokes, upright.ink_image)
        hypotheses = self._choose(detection.candidates, partial(split, detection=detection), ink_image, kind=0)
        others = self._choose(detection.others, never_split, ink_image, kind=1)
        carry = partial(carry_box, to_frame=upright.to_frame, scale=ink_image.scale, shape=image.shape)
        seen = tuple(hypotheses)
        if upright.to_frame is not AS_SEEN:
            seen = tuple(replace(one, box=carry(one.candidate)) for one in hypotheses)
        digits = to_digits(hypotheses, ink_image.shape, others=others)
        digits = in_frame(digits, {one.candidate.box: one.box for one in seen}, upright.to_frame)
        digits = on_paper(digits, image, upright.corners)
        heights = [(one.page_box or one.box).h for one in digits if one.confidence >= SHOWN_CONFIDENCE]
        best = zoom_for(heights, ink_image.scale / zoom, zoom)
        digits = [digit for digit in digits if digit.confidence >= self._min_confidence]
        by_place = {one.candidate.box: one for one in hypotheses}
        digits = without_slashes(digits, by_place)
        marks = find_marks(digits, by_place, ink_image)
        pose = Pose(upright.to_frame, None if upright.to_frame is AS_SEEN else ink_image.shape[::-1])
        numbers = group_numbers(digits, marks)
        in_reading_order = tuple(digit for number in numbers for digit in number.digits)
        return Page(in_reading_order, numbers, marks, pose, Trace(ink_image.ink, ink_image.scale, seen)), best

    def _choose(self, candidates: Sequence[Candidate], splits: Split, seen: InkImage, kind: int) -> list[Hypothesis]:
        """Read candidates of a kind, in a video only those that are not known from the frames before."""
        if not self._is_video:
            return with_inks(choose_hypotheses(candidates, self._classify, splits), seen)
        memory = self._memories[kind]
        recalled = memory.recall(candidates)
        known = [one and one.way for one in recalled]
        ways = choose_ways(candidates, self._classify, memory.sparing(splits), known)
        measured = iter(with_inks([one for way in ways for one in way], seen))
        ways = [tuple(islice(measured, len(way))) for way in ways]
        return [one for way in memory.keep(candidates, recalled, ways) for one in way]


def check_image(image: np.ndarray) -> np.ndarray:
    """Return an image as it is if it is one.

    Raises:
        ValueError: it is not (H, W, 3) uint8; `cv2.imread` gives None for a file that it cannot read.
    """
    if not isinstance(image, np.ndarray):
        given = "None" if image is None else f"a {type(image).__name__}"
        raise ValueError(f"image: is {given}; give an array, (H, W, 3) uint8, BGR, such as cv2.imread makes")
    if image.ndim != 3 or image.shape[2] != 3 or image.dtype != np.uint8:
        raise ValueError(f"image: is {image.shape} {image.dtype}; give (H, W, 3) uint8, BGR, as cv2.cvtColor makes")
    return image


def in_frame(digits: Sequence[Digit], boxes: dict[Box, Box], to_frame: np.ndarray) -> list[Digit]:
    """Give digits found on the page their boxes in the frame; those outside of it are of the canvas around it."""
    if to_frame is AS_SEEN:
        return list(digits)
    return [replace(digit, box=boxes[digit.box], page_box=digit.box) for digit in digits if boxes[digit.box].w]
