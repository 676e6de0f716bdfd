"""The page reader: reads the picture as it is, then, where the sheet leans or lies turned in it, once more upright.

A picture whose digits stand upright passes through untouched; see `sheet` for the corners, `vote` for the turn.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

import cv2
import numpy as np

from capture.boxes import clip, iou
from capture.detect.find import detect, split
from capture.read.lines import group_numbers, in_reading_order
from capture.read.printed import without_print
from capture.read.select import choose_hypotheses, to_digits
from capture.read.sheet import find_sheet, is_distorted, straighten
from capture.read.vote import LEAD, page_turn, quality
from capture.types import Box, Detection, Digit, Frame, Hypothesis, Page, Pose, Trace
from model.classifier import Classifier

NEARLY_SQUARE_DEG = 3.0  # turns this near to a quarter are made without resampling
ROUNDNESS = 1.5  # exponent between 1, ink that fills its box into the corners, and 2, an ellipse
QUARTERS = (None, cv2.ROTATE_90_COUNTERCLOCKWISE, cv2.ROTATE_180, cv2.ROTATE_90_CLOCKWISE)
NO_WORSE = 0.9  # of what was read in the picture as it is: less is read upright only by mistake
READS = 0.45  # quality of a page that is rightly set upright, printed cells and letters between its digits included
COMPANY = 1.5  # sizes: how far, and in what measure larger, the next digit of a number may be
LEAD_AGAIN = 1.0  # natural log of odds, once the page is turned already
SAME_INK = 0.3  # of the union of two boxes: a tilted 1 fills little of the box around its tilted box
NO_LARGER = 1.15  # sides of the piece in sides of the box: two touching digits are no tight box for one of them
AS_BRIGHT = 0.75  # of the sheet: a card beside it is as white, wood and clothes are not
AS_SEEN = np.eye(3)
SHOWN_CONFIDENCE = 0.5  # as likely right as not


@dataclass(frozen=True, slots=True)
class _Look:
    """A picture made from the frame, and what was read in it.

    Attributes:
        picture: (h, w, 3) uint8, BGR.
        to_frame: (3, 3) homography from its pixels to the frame's.
    """

    picture: np.ndarray
    to_frame: np.ndarray
    detection: Detection
    hypotheses: list[Hypothesis]
    readings: list[Digit]

    @property
    def quality(self) -> float:
        """How well it reads, 0 to 1."""
        return quality(self.detection.candidates, self.readings)


class PageReader:
    """Reads the digits of pictures or frames, however the sheet lies in them.

    Example:
        page = PageReader()(cv2.imread("a.jpg"))
        print([number.text for number in page.numbers])

    Args:
        classify: the network; None for the shipped one.
        min_confidence: digits less sure are left out, 0 to 1; a tracker wants doubtful ones too.

    Attributes:
        classify: the network.
    """

    def __init__(self, classify: Classifier | None = None, min_confidence: float = SHOWN_CONFIDENCE) -> None:
        self.classify = Classifier() if classify is None else classify
        self._min_confidence = min_confidence

    def __call__(self, frame: Frame | np.ndarray) -> Page:
        """Read one picture.

        Args:
            frame: a frame, or its image: (H, W, 3) uint8, BGR; any size, also empty.

        Returns:
            Its digits and numbers in reading order, boxes in pixels of the image.
        """
        image = frame.image if isinstance(frame, Frame) else check_image(frame)
        look, digits = _read(image, self.classify)
        kept = [one for one in without_print(digits, image) if one.confidence >= self._min_confidence]
        pose = Pose(look.to_frame, None if look.to_frame is AS_SEEN else look.picture.shape[1::-1])
        return Page(tuple(kept), group_numbers(kept), pose, _trace(look))


def check_image(image: np.ndarray) -> np.ndarray:
    """Return an image as it is if it is one.

    Raises:
        ValueError: it is not (H, W, 3) uint8; `cv2.imread` gives None for a file that it cannot read.
    """
    if not isinstance(image, np.ndarray):
        raise ValueError(f"image: is {image!r}; give an array, (H, W, 3) uint8, BGR, such as cv2.imread makes")
    if image.ndim != 3 or image.shape[2] != 3 or image.dtype != np.uint8:
        raise ValueError(f"image: is {image.shape} {image.dtype}; give (H, W, 3) uint8, BGR")
    return image


def _trace(look: _Look) -> Trace:
    """What the reader saw, boxes in the frame."""
    hypotheses = (replace(one, box=_carried(one.box, look.to_frame)) for one in look.hypotheses)
    return Trace(look.detection.ink, look.detection.scale, tuple(hypotheses))


def _read(image: np.ndarray, classify: Classifier) -> tuple[_Look, list[Digit]]:
    corners = find_sheet(image)  # at once, while the picture is at hand in the processor's cache
    seen = _look(image, AS_SEEN, classify)
    upright = _turned(_straightened(seen, corners, classify), classify)
    if upright is seen or upright.quality < NO_WORSE * seen.quality:
        return seen, seen.readings if corners is None else list(_on_paper(seen, corners))
    beside = _in_company([reading for reading in seen.readings if not _is_in(reading.box, upright)])
    return upright, in_reading_order([*_in_frame(upright, seen), *_on_page(beside, upright)])


def _look(picture: np.ndarray, to_frame: np.ndarray, classify: Classifier) -> _Look:
    detection = detect(picture)
    hypotheses = choose_hypotheses(detection.candidates, classify, partial(split, detection=detection))
    return _Look(picture, to_frame, detection, hypotheses, to_digits(hypotheses))


def _straightened(seen: _Look, corners: np.ndarray | None, classify: Classifier) -> _Look:
    if corners is None or not seen.detection.candidates or not is_distorted(corners):
        return seen
    return _look(*straighten(seen.picture, corners), classify)


def _turned(seen: _Look, classify: Classifier) -> _Look:
    """Turned as the page votes; from the side it votes again, as lying 1s and 7s are not all found."""
    best, turn_deg = seen, 0.0
    for lead in (LEAD, LEAD_AGAIN):
        further_deg = page_turn(best.detection.candidates, best.readings, classify, lead)
        if not further_deg:
            break
        turn_deg += further_deg
        picture, to_seen = turn_back(seen.picture, turn_deg)
        turned = _look(picture, seen.to_frame @ to_seen, classify)
        if turned.quality < max(NO_WORSE * best.quality, READS):
            break
        best = turned
    return best


def turn_back(image: np.ndarray, turn_deg: float) -> tuple[np.ndarray, np.ndarray]:
    """Turns a picture counterclockwise, on a larger canvas where its corners need one.

    Returns:
        The turned picture, and the (3, 3) homography from its pixels to those of `image`.
    """
    height, width = image.shape[:2]
    quarters = round(turn_deg / 90)
    is_square = abs(turn_deg - 90 * quarters) < NEARLY_SQUARE_DEG
    turn = np.deg2rad(90 * quarters if is_square else turn_deg)
    c, s = np.cos(turn), np.sin(turn)
    size = np.ceil(np.abs([[c, s], [-s, c]]) @ (width, height) - 1e-6).astype(int)
    back = np.array([[c, -s], [s, c]])
    to_image = np.eye(3)
    to_image[:2, :2] = back
    to_image[:2, 2] = (np.array([width, height]) - 1) / 2 - back @ ((size - 1) / 2)
    if is_square:
        rotation = QUARTERS[quarters % 4]
        return (image if rotation is None else cv2.rotate(image, rotation)), to_image
    paper = np.median(image[:: 1 + height // 64, :: 1 + width // 64], axis=(0, 1)).tolist()
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    turned = cv2.warpAffine(image, to_image[:2], size.tolist(), flags=flags, borderValue=paper)
    return turned, to_image


def _in_frame(look: _Look, seen: _Look) -> Iterator[Digit]:
    """The readings with boxes in the frame; those outside of it are of the canvas around the picture.

    A tilted box holds more than its ink; where the same ink was found in the frame, that box is the tight one.
    """
    pieces = [piece.box for crop in seen.detection.candidates for piece in (crop, *crop.parts)]
    for reading in look.readings:
        box = clip(_carried(reading.box, look.to_frame), seen.picture.shape)
        if box:
            yield replace(reading, box=_tight(box, pieces), page_box=reading.box)


def _tight(box: Box, pieces: Sequence[Box]) -> Box:
    """The piece of ink that the box is around, or the box."""
    fits = [piece for piece in pieces if piece.w < NO_LARGER * box.w + 1 and piece.h < NO_LARGER * box.h + 1]
    same = max(fits, key=lambda piece: iou(piece, box), default=box)
    return same if iou(same, box) > SAME_INK else box


def _on_paper(seen: _Look, corners: np.ndarray) -> Iterator[Digit]:
    """The readings on the sheet; beside it those in company, and those on paper as bright as the sheet's."""
    on_sheet = [one for one in seen.readings if cv2.pointPolygonTest(corners, one.box.centre, measureDist=False) >= 0]
    in_company = _in_company([one for one in seen.readings if one not in on_sheet])
    paper = _brightness_within(seen.picture, corners)
    for one in seen.readings:
        if one in on_sheet or one in in_company or _brightness_around(seen.picture, one.box) > AS_BRIGHT * paper:
            yield one


def _brightness_within(picture: np.ndarray, corners: np.ndarray) -> float:
    """Of the paper of a sheet with these corners, 0 to 255."""
    steps = np.linspace(0.1, 0.9, 9)[:, None]
    one_side, other = (start + steps * (end - start) for start, end in (corners[:2], corners[:1:-1]))
    x, y = np.round(one_side[:, None] + steps * (other - one_side)[:, None]).astype(int).reshape(-1, 2).T
    return float(np.median(picture[y, x].mean(axis=1)))


def _brightness_around(picture: np.ndarray, box: Box) -> float:
    """Of what a digit stands on, 0 to 255."""
    margin = 1 + box.h // 4
    around = picture[max(0, box.y - margin) : box.y + box.h + margin, max(0, box.x - margin) : box.x + box.w + margin]
    return float(np.percentile(around.mean(axis=2), 75))


def _on_page(readings: Sequence[Digit], look: _Look) -> Iterator[Digit]:
    """Readings made in the frame, with their places in this look's picture."""
    to_page = np.linalg.inv(look.to_frame)
    for reading in readings:
        yield replace(reading, page_box=_carried(reading.box, to_page))


def _is_in(box: Box, look: _Look) -> bool:
    (x, y), _ = _with_slopes(np.linalg.inv(look.to_frame), np.array([*box.centre, 1.0]))
    return 0 <= x < look.picture.shape[1] and 0 <= y < look.picture.shape[0]


def _in_company(readings: Sequence[Digit]) -> list[Digit]:
    """Digits that stand by another: on the desk around a sheet, a 1 alone is a cable or a shadow's edge."""
    boxes = np.array([reading.box.xywh for reading in readings], float).reshape(-1, 4)
    centres, sizes = boxes[:, :2] + boxes[:, 2:] / 2, boxes[:, 2:].max(axis=1)
    larger, smaller = np.maximum(sizes[:, None], sizes), np.minimum(sizes[:, None], sizes)
    is_near = np.linalg.norm(centres[:, None] - centres, axis=-1) < COMPANY * smaller
    has_company = (is_near & (larger < COMPANY * smaller)).sum(axis=1) > 1  # each is near itself
    return [reading for reading, is_kept in zip(readings, has_company, strict=True) if is_kept]


def _carried(box: Box, homography: np.ndarray) -> Box:
    """Where a box goes, tight around ink that seldom fills the corners of its box."""
    middle = np.array([*box.centre, 1.0]) - (0.5, 0.5, 0)  # homographies know pixels by their middles
    (x, y), slopes = _with_slopes(homography, middle)
    w, h = (np.abs(slopes * (box.w, box.h)) ** ROUNDNESS).sum(axis=1) ** (1 / ROUNDNESS)
    return Box(round(x + 0.5 - w / 2), round(y + 0.5 - h / 2), max(1, round(w)), max(1, round(h)))


def _with_slopes(homography: np.ndarray, point: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Where a homography takes a point, and its (2, 2) derivative there."""
    x, y, depth = homography @ point
    place = np.array([x, y]) / depth
    return place, (homography[:2, :2] - np.outer(place, homography[2, :2])) / depth
