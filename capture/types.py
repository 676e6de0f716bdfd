"""What flows through the camera path: Frame -> [Candidate] -> Page(digits, numbers, pose); plain frozen values."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from capture.boxes import Box

NO_IMAGE = np.zeros((0, 0, 3), np.uint8)
NO_IMAGE.flags.writeable = False
AS_SEEN = np.eye(3)  # homography of a page that is read as it lies in the frame


@dataclass(frozen=True, slots=True)
class Frame:
    """One picture of a source.

    Attributes:
        image: (H, W, 3) uint8, BGR; nobody draws on it. `NO_IMAGE` when `error` is set.
        index: 0 for the first frame of the source.
        time_s: seconds since the source's start, by the file's own timestamps or the clock.
        source: the file the frame came from, or the source as the user named it.
        error: why a picture or frame could not be read; None for a good one.
        is_new: False where a camera has sent no new picture and the last one comes again: it is not read.
        is_stale: True where the camera is lost or has stalled: the picture shows what was, not what is.
        page: which page of its file the picture is, from 1; None where the file has only one.
    """

    image: np.ndarray
    index: int
    time_s: float
    source: str
    error: str | None = None
    is_new: bool = True
    is_stale: bool = False
    page: int | None = None

    @property
    def name(self) -> str:
        """Name the picture: its source, and of a file of several pages which; "page" is the French word too."""
        return f"{self.source}, page {self.page}" if self.page else self.source


@dataclass(frozen=True, slots=True)
class InkImage:
    """A picture made ready for the search: its grey levels and its ink.

    Attributes:
        gray: (h, w) uint8, dark ink on light paper.
        ink: (h, w) uint8, 0 paper, 255 darkest ink.
        scale: pixels of these for each pixel of the picture: 1 or less, up to 2 where the writing is small.
        shape: the picture's height and width, px.
        pieces: the components of the ink, edges among them; None where nobody has looked for them.
        picture: (H, W, 3) uint8 BGR that it was made from; None where its colours are not known.
        to_picture: (3, 3) homography to that picture's pixels from those of the picture that was made ready.
    """

    gray: np.ndarray = field(compare=False, repr=False)
    ink: np.ndarray = field(compare=False, repr=False)
    scale: float
    shape: tuple[int, ...]
    pieces: list[Component] | None = field(default=None, compare=False, repr=False)
    picture: np.ndarray | None = field(default=None, compare=False, repr=False)
    to_picture: np.ndarray = field(default_factory=lambda: AS_SEEN, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Component:
    """Connected ink, as the thresholds found it.

    Attributes:
        box: where it is, in pixels of the ink map.
        ink: (h, w) uint8, 0 outside the component.
        parts: the components that it was merged from, if it was.
        depth: how many thresholds led to it.
        whole: the component that this and others were at a lower threshold, perhaps the digit itself: where a pencil
            presses less, a digit breaks first.
        is_rule: whether it is too wide for a digit as the page lies, like a rule; its parts are what stands on it.
    """

    box: Box
    ink: np.ndarray = field(compare=False)
    parts: tuple[Component, ...] = ()
    depth: int = 0
    whole: Component | None = field(default=None, compare=False, repr=False)
    is_rule: bool = False


@dataclass(frozen=True, slots=True)
class Candidate:
    """Ink that may be a digit.

    Attributes:
        box: where it is in the picture.
        glyph: (28, 28) uint8, white on black, as the network gets it.
        parts: the separate candidates it was merged from, if it was; either the whole or the parts are digits.
        stroke_width_px: how broad its strokes are, in pixels of the picture; 0 where that is not known.
        component: the ink it was made from, by which it can be split; None where there is none to split.
    """

    box: Box
    glyph: np.ndarray = field(compare=False)
    parts: tuple[Candidate, ...] = ()
    stroke_width_px: float = field(default=0.0, compare=False)
    component: Component | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Detection:
    """What was found in one picture.

    Attributes:
        candidates: in no particular order; boxes in pixels of the picture.
        ink_image: what they were found in.
        others: ink too low or too wide for a digit: minuses, bars of fractions, rules.
    """

    candidates: list[Candidate]
    ink_image: InkImage
    others: list[Candidate] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """One way to see some ink, and what the network says of it.

    Attributes:
        candidate: what was looked at.
        probabilities: (classes,) float32: digits 0 to 9, then what is no digit; they sum to 1.
        box: where it is in the frame.
        origin: (6,) what it was split from, and how sure that is, as `capture.read.segmentation` describes it; None
            for ink that was not split.
        ink: (3,) optical densities of what it is written in, as `measure_inks` has them; None where not measured.
    """

    candidate: Candidate
    probabilities: np.ndarray = field(compare=False, repr=False)
    box: Box
    origin: np.ndarray | None = field(default=None, compare=False, repr=False)
    ink: np.ndarray | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Digit:
    """A digit that was read.

    Attributes:
        box: where it is in the frame.
        digit: 0 to 9.
        confidence: calibrated probability that `digit` is right, 0 to 1.
        probabilities: (11,) float32: digits 0 to 9, then "no digit".
        track: the number of the digit's track in a video; None for a single picture.
        page_box: where it stands on the page set upright, where that lies turned or aslant in the frame: lines and
            numbers are found there. None for a page that is upright as it is.
        stroke_width_px: how broad its strokes are, in pixels of the frame; 0 where that is not known.
    """

    box: Box
    digit: int
    confidence: float
    probabilities: np.ndarray = field(compare=False, repr=False)
    track: int | None = None
    page_box: Box | None = None
    stroke_width_px: float = field(default=0.0, compare=False)


class Mark(NamedTuple):
    """Ink beside digits that is none of them: a sign, a scrap, or what was not read.

    Attributes:
        box: where it is, in pixels of the page set upright.
        area: of its ink, px².
        spread: how its ink spreads about its middle: across, across times down, down, px² (second central moments).
    """

    box: Box
    area: float
    spread: tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Number:
    """Digits that stand together.

    Attributes:
        text: "4711", with the signs that were read in it: "34.5", "28/03/2026", "-12".
        box: around all of them, in pixels of the frame.
        confidence: its weakest digit's, 0 to 1.
        digits: what it is made of, in reading order.
    """

    text: str
    box: Box
    confidence: float
    digits: tuple[Digit, ...] = field(default=(), compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Pose:
    """How the page lies in the frame.

    Attributes:
        to_frame: (3, 3) homography from pixels of the page set upright to those of the frame.
        size: width and height of the page set upright, px; None for a frame that is read as it is.
    """

    to_frame: np.ndarray = field(default_factory=lambda: np.eye(3), compare=False, repr=False)
    size: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Trace:
    """What the reader saw on its way to a page, for those who look inside: keys d and w, the doctor, the course.

    Attributes:
        ink: (h, w) uint8, the ink map of the page set upright, 0 paper, 255 darkest ink.
        scale: pixels of the ink map for each pixel of the page set upright.
        hypotheses: the ways to see the ink that were chosen, digits or not; boxes of their candidates on the page set
            upright.
    """

    ink: np.ndarray
    scale: float
    hypotheses: tuple[Hypothesis, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """What was read in one frame.

    Attributes:
        digits: in reading order.
        numbers: the digits that stand together, in reading order.
        marks: ink beside the digits that may be their signs.
        pose: how the page lies in the frame.
        trace: what the reader saw on the way; None where nothing was read.
        doubtful: digits of a still picture that are not sure enough to be shown, kept for a lower confidence.

    Example:
        page = PageReader()(cv2.imread("a.jpg"))
        print([number.text for number in page.numbers], page.digits[0].box)
    """

    digits: tuple[Digit, ...] = ()
    numbers: tuple[Number, ...] = ()
    marks: tuple[Mark, ...] = ()
    pose: Pose = Pose()
    trace: Trace | None = field(default=None, compare=False, repr=False)
    doubtful: tuple[Digit, ...] = field(default=(), compare=False, repr=False)
