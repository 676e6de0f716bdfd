"""Set a picture upright before anything on it is read: the sheet's corners, the lines' skew, which side is up."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from capture.detect.find import find_strokes, measure_ink
from capture.detect.polarity import FRAMES_A_LOOK, Polarity
from capture.read.orientation import MIN_TURN_DEG, estimate_turn, rotate_ink
from capture.read.sheet import find_sheet, is_distorted, rectify
from capture.types import Component, InkImage
from model.classifier import Classifier

AS_SEEN = np.eye(3)


@dataclass(frozen=True, slots=True)
class UprightPage:
    """A page set upright.

    Attributes:
        ink_image: the page in light and ink.
        strokes: the ink that was found on it.
        to_frame: (3, 3) homography from pixels of the page to those of the frame; `AS_SEEN` where they are the same.
        corners: (4, 2) float32 of the sheet in the frame; None where none is seen.
    """

    ink_image: InkImage
    strokes: list[Component]
    to_frame: np.ndarray
    corners: np.ndarray | None

    def strokes_on_sheet(self) -> list[Component]:
        """List the ink on the sheet; all where no sheet is seen, or nothing is on it."""
        if self.corners is None or not self.strokes:
            return self.strokes
        centres = np.array([[stroke.box.centre for stroke in self.strokes]]) / self.ink_image.scale
        places = cv2.perspectiveTransform(centres, self.to_frame)[0].tolist()
        is_on_sheet = [cv2.pointPolygonTest(self.corners, place, measureDist=False) >= 0 for place in places]
        return [stroke for stroke, is_on in zip(self.strokes, is_on_sheet, strict=True) if is_on] or self.strokes


class PoseEstimator:
    """Finds how the page lies in a picture, and sets it upright.

    Args:
        classify: the network.
        is_video: whether pictures are frames of one scene: then the last turn is the guess for the next, and light
            writing is not looked for anew in each.
    """

    def __init__(self, classify: Classifier, is_video: bool = False) -> None:
        self._classify, self._is_video = classify, is_video
        self._polarity = Polarity(is_video)
        self._turn_deg = 0.0
        self._frames = 0

    def __call__(self, image: np.ndarray) -> UprightPage:
        """Set an (H, W, 3) uint8 BGR image of at least one pixel upright."""
        corners = find_sheet(image)  # at once, while the picture is at hand in the processor's cache
        is_aslant = corners is not None and is_distorted(corners)
        picture, to_frame = rectify(image, corners) if is_aslant else (image, AS_SEEN)
        seen = UprightPage(measure_ink(picture, corners is not None, self._polarity), [], to_frame, corners)
        guess_deg = self._turn_deg if self._is_video else 0.0
        page = _turned(seen, guess_deg)
        further_deg = estimate_turn(page.strokes_on_sheet(), self._classify, self._frames % FRAMES_A_LOOK == 0)
        self._frames += self._is_video
        if further_deg:
            self._turn_deg = _without_small_turn(guess_deg + further_deg)
            page = _turned(seen, self._turn_deg)
        return page


def _without_small_turn(turn_deg: float) -> float:
    """0 to 360 degrees, 0 for a turn that needs no picture of its own."""
    is_small = abs((turn_deg + 180) % 360 - 180) < MIN_TURN_DEG
    return 0.0 if is_small else turn_deg % 360


def _turned(page: UprightPage, turn_deg: float) -> UprightPage:
    ink_image, to_frame = page.ink_image, page.to_frame
    if turn_deg:
        ink_image, to_page = rotate_ink(ink_image, turn_deg)
        to_frame = to_frame @ to_page
    return UprightPage(ink_image, find_strokes(ink_image), to_frame, page.corners)
