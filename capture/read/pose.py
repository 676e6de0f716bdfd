"""Set a picture upright before anything on it is read: the sheet's corners, the lines' skew, which side is up.

A glance tells the skew, so ink is searched once, on the page turned back. Which side is up is asked of a few pieces
in one batch: a 6 alone may be a 9, but among 4s, 7s and 3s, which look like nothing upside down, the page can tell.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np

from capture.boxes import MIN_SAMPLE, as_array
from capture.detect.binarize import MIN_INK, threshold_to_zero
from capture.detect.components import without_rules
from capture.detect.find import find_strokes, measure_ink, turn_strokes
from capture.detect.ground import FRAMES_A_LOOK, Polarity, with_margin
from capture.read.decision import USUAL_SHARE
from capture.read.layout import MAX_SKEW, MIN_TURN_DEG, glance_skew_deg, of_usual_size, skew_deg
from capture.read.segmentation import SURE
from capture.read.select import MIN_CONFIDENCE
from capture.read.sheet import find_sheet, is_distorted, rectify
from capture.types import AS_SEEN, Component, InkImage
from model.classifier import NO_DIGIT, Classifier, with_share
from model.glyph import normalise

MAX_COMPONENTS = 12  # that the network is asked about, those of the most usual size
MIN_LOG_ODDS = 2.5  # natural log of odds by which another turn must be likelier
MIN_MEAN_CONFIDENCE = 0.6  # confidence at the turn that is chosen: letters look like digits here and there
AMBIGUOUS_DIGITS = (), (0, 1), (0, 1, 6, 8, 9), (0, 1)  # by quarters: digits either way; a dash turned is a 1
NEARLY_SQUARE_DEG = 3.0  # turns this near to a quarter are made without resampling
QUARTERS = (None, cv2.ROTATE_90_COUNTERCLOCKWISE, cv2.ROTATE_180, cv2.ROTATE_90_CLOCKWISE)
LOOKS_A_TURN = 2  # in a row in which nothing tells that a page is turned: then it lies as seen, or the hand has gone


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
        strokes = list(without_rules(self.strokes))
        if self.corners is None or not strokes:
            return strokes
        centres = np.array([[stroke.box.centre for stroke in strokes]]) / self.ink_image.scale
        places = cv2.perspectiveTransform(centres, self.to_frame)[0].tolist()
        is_on_sheet = [cv2.pointPolygonTest(self.corners, place, measureDist=False) >= 0 for place in places]
        return [stroke for stroke, is_on in zip(strokes, is_on_sheet, strict=True) if is_on] or strokes


class PoseEstimator:
    """Finds how the page lies in a picture, and sets it upright.

    Args:
        classify: the network.
        is_video: whether pictures are frames of one scene: then the last turn is the guess for the next.

    Example:
        upright = PoseEstimator(Classifier())(cv2.imread("a.jpg"))
        detection = make_candidates(upright.strokes, upright.ink_image)
    """

    def __init__(self, classify: Classifier, is_video: bool = False) -> None:
        self._classify, self._is_video = classify, is_video
        self._polarity = Polarity(is_video)
        self._turn_deg = 0.0
        self._frames = 0
        self._vain_looks = 0

    def __call__(self, image: np.ndarray, zoom: float = 1.0) -> UprightPage:
        """Set an (H, W, 3) uint8 BGR image of at least one pixel upright; `zoom`: as `measure_ink` takes it."""
        corners = find_sheet(image)  # at once, while the picture is at hand in the processor's cache
        is_aslant = corners is not None and is_distorted(corners)
        picture, to_frame = rectify(image, corners) if is_aslant else (image, AS_SEEN)
        if corners is None and not self._is_video:
            picture, to_frame = with_margin(image)
        seen = UprightPage(measure_ink(picture, corners is not None, self._polarity, zoom), [], to_frame, corners)
        return self._follow(seen) if self._is_video else self._set_upright(seen)

    def _set_upright(self, seen: UprightPage) -> UprightPage:
        """Set a page upright by a glance, or by all that is found on it where it does not read surely by that."""
        guess_deg = glance_skew_deg(seen.ink_image.ink)
        page = _turned(seen, guess_deg)
        least = SURE if guess_deg else MIN_MEAN_CONFIDENCE
        turn_deg = estimate_turn(page.strokes_on_sheet(), self._classify, min_mean=least)
        if guess_deg and (turn_deg is None or _quarters(turn_deg) is None):
            page = _turned(seen, 0.0)
            turn_deg = estimate_turn(page.strokes_on_sheet(), self._classify)
        return _turned(page, turn_deg) if turn_deg else page

    def _follow(self, seen: UprightPage) -> UprightPage:
        """Set a page upright by how the one before lay, and once more where it lies otherwise now."""
        guess_deg = self._turn_deg
        page = _turned(seen, guess_deg)
        self._turn_deg = self._look_again(page.strokes_on_sheet(), guess_deg)
        return page if self._turn_deg == guess_deg else _turned(seen if guess_deg else page, self._turn_deg)

    def _look_again(self, strokes: Sequence[Component], guess_deg: float) -> float:
        """Tell in degrees how a page lies whose strokes are seen at a guessed turn.

        What reads like nothing, however it is turned, is not turned by its lines alone: a desk's clutter has lines too.
        """
        is_asked = self._frames % FRAMES_A_LOOK == 0
        self._frames += 1
        if not is_asked and self._vain_looks:
            return guess_deg
        further_deg = estimate_turn(strokes, self._classify, is_asked)
        if is_asked:
            self._vain_looks = self._vain_looks + 1 if further_deg is None else 0
        if self._vain_looks >= LOOKS_A_TURN:
            return 0.0
        if not further_deg:
            return guess_deg
        turn_deg = (guess_deg + further_deg) % 360
        return turn_deg if MIN_TURN_DEG <= turn_deg <= 360 - MIN_TURN_DEG else 0.0  # less needs no picture of its own


def _turned(page: UprightPage, turn_deg: float) -> UprightPage:
    """Turn a page back, and find its ink, or turn what was found of it."""
    ink_image, to_frame = page.ink_image, page.to_frame
    if turn_deg:
        ink_image, to_page = rotate_ink(ink_image, turn_deg)
        to_frame = to_frame @ to_page
    quarters = _quarters(turn_deg)
    is_known = page.strokes and quarters  # rules are sought level and upright: other turns need another search
    strokes = turn_strokes(page.strokes, quarters, ink_image) if is_known else find_strokes(ink_image)
    return UprightPage(ink_image, strokes, to_frame, page.corners)


def estimate_turn(
    components: Sequence[Component], classify: Classifier, is_asked: bool = True, min_mean: float = MIN_MEAN_CONFIDENCE
) -> float | None:
    """Estimate how far a page lies turned clockwise.

    Args:
        components: the ink found on it.
        classify: the network, asked about at most `MAX_COMPONENTS` glyphs as they are where lines are level, and only
            where these do not read well, or slant, each at four to eight turns.
        is_asked: whether to ask which side is up; if not, only the skew of the lines is turned back.
        min_mean: confidence of the network, on average, at the turn that is chosen, at least.

    Returns:
        Degrees, 0 to 360; 0 unless there is strong evidence; None where nothing tells how it lies.
    """
    boxes = as_array(component.box for component in components)
    usual = of_usual_size(boxes)
    if len(usual) < MIN_SAMPLE:
        return None
    boxes, asked = boxes[usual], [components[i] for i in usual[:MAX_COMPONENTS]]
    skew = skew_deg(boxes)
    is_level = abs(skew) < MIN_TURN_DEG
    if not is_asked:
        return 0.0 if is_level else float(skew % 360)
    if is_level and _probabilities(asked, np.zeros(1), classify).max(axis=-1).mean() > SURE:
        return 0.0
    skews = [skew, *(skew_deg(boxes, quarters) for quarters in (1, 2, 3))]
    slanted = [90 * quarters + skew for quarters, skew in enumerate(skews) if abs(skew) >= MIN_TURN_DEG]
    turns = np.array([0.0, 90.0, 180.0, 270.0, *slanted])
    rows = _probabilities(asked, turns, classify)
    means = rows.max(axis=-1).mean(axis=1)
    is_new = np.abs((turns + 180) % 360 - 180) > np.rad2deg(MAX_SKEW)
    best = int(np.argmax(_log_odds(rows, turns) - MIN_LOG_ODDS * is_new))
    return float(turns[best] % 360) if means[best] > min_mean else None


def _log_odds(rows: np.ndarray, turns: np.ndarray) -> np.ndarray:
    """Compute (turns,) the log of how much likelier each turn is than none, from (turns, n, 10) probabilities."""
    gain = np.log(np.maximum(rows.max(axis=-1), MIN_CONFIDENCE))
    gain -= gain[0]
    for turn, row, digit in zip(turns, gain, rows.argmax(axis=-1), strict=True):
        is_ambiguous = np.isin(digit, AMBIGUOUS_DIGITS[round(turn / 90) % 4])
        row[is_ambiguous] = np.minimum(row[is_ambiguous], 0)
    return gain.sum(axis=1)


def _probabilities(components: Sequence[Component], turns: np.ndarray, classify: Classifier) -> np.ndarray:
    """Classify each component at each turn, in one batch: (turns, n, 10)."""
    level = np.stack([normalise(component.ink) for component in components])
    glyphs = np.concatenate([_turned_glyphs(components, level, turn) for turn in turns.tolist()])
    rows = with_share(classify(glyphs), USUAL_SHARE, classify.prior)
    return rows[:, :NO_DIGIT].reshape(len(turns), len(components), NO_DIGIT)


def _turned_glyphs(components: Sequence[Component], level: np.ndarray, turn_deg: float) -> np.ndarray:
    """Make the glyphs of turned components; by quarters the `level` ones turn with their ink."""
    quarters = _quarters(turn_deg)
    if quarters is None:
        return np.stack([normalise(rotate(component.ink, turn_deg, 0)[0]) for component in components])
    return np.rot90(level, quarters, axes=(1, 2))


def _quarters(turn_deg: float) -> int | None:
    """Count the quarters, 0 to 3, that a turn is made of; None for another one."""
    quarters = round(turn_deg / 90)
    return quarters % 4 if abs(turn_deg - 90 * quarters) < NEARLY_SQUARE_DEG else None


def rotate_ink(ink_image: InkImage, turn_deg: float) -> tuple[InkImage, np.ndarray]:
    """Turn a picture and its ink counterclockwise, on a larger canvas where its corners need one.

    Returns:
        The turned picture, and the (3, 3) homography from pixels of its picture to those of the one before.
    """
    gray, _ = rotate(ink_image.gray, turn_deg, int(np.median(ink_image.gray[::16, ::16])))
    ink, to_before = rotate(ink_image.ink, turn_deg, 0)
    ink = threshold_to_zero(ink, MIN_INK)  # soft rims that the turn gave to strokes would pass for another shade
    scale = np.diag([1 / ink_image.scale, 1 / ink_image.scale, 1.0])
    shape = tuple(round(side / ink_image.scale) for side in ink.shape)
    to_before = scale @ to_before @ np.linalg.inv(scale)
    to_picture = ink_image.to_picture @ to_before
    return replace(ink_image, gray=gray, ink=ink, shape=shape, pieces=None, to_picture=to_picture), to_before


def rotate(image: np.ndarray, turn_deg: float, border: float) -> tuple[np.ndarray, np.ndarray]:
    """Turn an image counterclockwise, on a larger canvas where its corners need one.

    Args:
        image: (H, W) or (H, W, 3) uint8.
        turn_deg: degrees; within `NEARLY_SQUARE_DEG` of a quarter it is made a quarter.
        border: level of the canvas around it.

    Returns:
        The turned image, and the (3, 3) homography from its pixels to those of `image`.
    """
    height, width = image.shape[:2]
    quarters = _quarters(turn_deg)
    turn = np.deg2rad(turn_deg if quarters is None else 90 * quarters)
    c, s = np.cos(turn), np.sin(turn)
    size = np.ceil(np.abs([[c, s], [-s, c]]) @ (width, height) - 1e-6).astype(int)
    back, to_image = np.array([[c, -s], [s, c]]), np.eye(3)
    to_image[:2, :2], to_image[:2, 2] = back, (np.array([width, height]) - 1) / 2 - back @ ((size - 1) / 2)
    if quarters is not None:
        rotation = QUARTERS[quarters]
        return (image if rotation is None else cv2.rotate(image, rotation)), to_image
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return cv2.warpAffine(image, to_image[:2], size.tolist(), flags=flags, borderValue=border), to_image
