"""Find the sheet by its four corners, lay it out flat, carry what is found on it back, leave out what is beside it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import cv2
import numpy as np

from capture.boxes import Box, clip
from capture.detect.binarize import BACKGROUND_SIDE_PX, GRAYS, otsu_threshold, to_gray
from capture.types import AS_SEEN, Candidate, Digit

MIN_SHEET_SHARE = 0.12  # of the picture: a smaller bright patch is a note, a key, a lamp
MIN_CONTRAST = 25  # grey levels between the sheet's rim and the desk around it
RIM_PX = 5  # reduced pixels: how far inside and outside of its edge the sheet is compared with the desk
MIN_FIT = 0.94  # of its hull: a sheet with a hand on it, or half in shadow, fills less; and of it the four-sided figure
MIN_EQUAL = 0.9  # of a side the one opposite, or the sheet is seen aslant
BEND = 0.025  # of the perimeter: as much may the outline stray from four straight sides
AROUND = 0.25  # of the sheet's width and height: cards beside a sheet are read with it
MIN_BRIGHTNESS_RATIO = 0.75  # to the sheet: a card beside it is as white, wood and clothes are not
SEEN_RATIO = 0.25  # of its darkest ink, from which the network sees it: fainter rests of ruling are no part of a digit


def find_sheet(image: np.ndarray) -> np.ndarray | None:
    """Find a bright sheet on a darker desk.

    Args:
        image: (H, W, 3) uint8, BGR; any size, also empty.

    Returns:
        (4, 2) float32 corners x, y in pixels of `image`, in order around the sheet; None where no sheet lies wholly in
        the picture.
    """
    step = max(1.0, max(image.shape[:2]) / BACKGROUND_SIDE_PX)
    if min(image.shape[:2]) < step:  # empty, or so thin that nothing is left of it when it is reduced
        return None
    small = cv2.resize(image, None, fx=1 / step, fy=1 / step, interpolation=cv2.INTER_NEAREST)
    blurred = cv2.GaussianBlur(small, (5, 5), 0)
    for shade in (to_gray(blurred), _whiteness(blurred)):
        for level in _levels(shade):
            corners = _corners_of_largest(cv2.threshold(shade, level, 255, cv2.THRESH_BINARY)[1])
            if corners is not None and _contrast(shade, corners) > MIN_CONTRAST:
                return corners * np.float32(step)
    return None


def _whiteness(image: np.ndarray) -> np.ndarray:
    """Take the least of the three channels: wood and coloured paper may be as bright as white paper, never as white."""
    blue, green, red = cv2.split(image)
    return cv2.min(cv2.min(blue, green), red)


def _levels(shade: np.ndarray) -> Iterator[int]:
    """Yield Otsu's threshold, and again that of what is brighter, where other bright things lie beside the sheet."""
    counts = cv2.calcHist([shade], [0], None, [len(GRAYS)], [0, len(GRAYS)]).ravel()
    level, _ = otsu_threshold(counts)
    brighter, contrast = otsu_threshold(np.where(level < GRAYS, counts, 0))
    yield level
    if contrast > MIN_CONTRAST:
        yield brighter


def _corners_of_largest(bright: np.ndarray) -> np.ndarray | None:
    contours, _ = cv2.findContours(bright, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    outline = max(contours, key=cv2.contourArea, default=None)
    return None if outline is None else _four_corners(outline, bright.shape)


def is_distorted(corners: np.ndarray) -> bool:
    """Say whether the sheet is seen so slantwise that it is read better laid flat; lying turned is no reason."""
    sides = np.roll(corners, -1, axis=0) - corners
    lengths = np.hypot(*sides.T)
    equal = min(min(a, b) / max(a, b) for a, b in zip(lengths[:2], lengths[2:], strict=True))
    return bool(equal < MIN_EQUAL)


def rectify(image: np.ndarray, corners: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Lay the sheet out flat, with what lies around it.

    Args:
        image: (H, W, 3) uint8, BGR.
        corners: (4, 2) float32, from `find_sheet`.

    Returns:
        The picture as seen from above, (h, w, 3) uint8, and the (3, 3) homography from its pixels to those of `image`.
    """
    ordered = _order_corners(corners)
    top, right, bottom, left = np.linalg.norm(np.roll(ordered, -1, axis=0) - ordered, axis=1)
    width, height = max(top, bottom), max(left, right)
    longest = max(image.shape[:2])  # about the focal length of webcams and phones too: 0.8 to 1.2 of it
    aspect = _aspect(ordered - np.array(image.shape[1::-1]) / 2, longest)
    wide = float(np.clip(aspect * height / width, height / longest, longest / width))  # no larger than the picture
    w, h = round(width * max(1.0, wide)), round(height * max(1.0, 1 / wide))
    ends = np.array([[0, 0], [w, 0], [w, h], [0, h]], np.float32)
    left, top, right, bottom = _surroundings(image.shape, cv2.getPerspectiveTransform(ordered, ends), (w, h))
    ends -= np.float32([left, top])
    desk = np.median(image[:: 1 + image.shape[0] // 64, :: 1 + image.shape[1] // 64], axis=(0, 1)).tolist()
    flat = cv2.warpPerspective(
        image, cv2.getPerspectiveTransform(ordered, ends), (right - left, bottom - top), borderValue=desk
    )
    return flat, cv2.getPerspectiveTransform(ends, ordered)


def _surroundings(shape: tuple[int, ...], to_flat: np.ndarray, size: tuple[int, int]) -> tuple[int, int, int, int]:
    """Find where the picture goes: left, top, right, bottom, no further around the sheet than `AROUND` of its sides."""
    height, width = shape[:2]
    x, y, depth = to_flat @ np.array([[0, width, width, 0], [0, 0, height, height], [1, 1, 1, 1]], float)
    low, high = -AROUND * np.array(size), (1 + AROUND) * np.array(size)
    if depth.min() <= 0:  # a corner lies beyond the horizon
        return *low.astype(int).tolist(), *high.astype(int).tolist()
    places = np.array([x, y]) / depth
    first, last = np.maximum(places.min(axis=1), low), np.minimum(places.max(axis=1), high)
    return *np.floor(first).astype(int).tolist(), *np.ceil(last).astype(int).tolist()


def _order_corners(corners: np.ndarray) -> np.ndarray:
    """Order the corners clockwise, first the left end of the side that runs most nearly from left to right.

    imutils' `four_point_transform` takes the farther of the right corners for the lower one, which it is not where the
    camera leans far over.
    """
    clockwise = corners if cv2.contourArea(corners, oriented=True) > 0 else corners[::-1]
    sides = np.roll(clockwise, -1, axis=0) - clockwise
    return np.roll(clockwise, -int(np.argmax(sides[:, 0] / np.linalg.norm(sides, axis=1))), axis=0)


def _four_corners(outline: np.ndarray, shape: tuple[int, ...]) -> np.ndarray | None:
    """Find the corners of an outline with four straight sides that lies wholly in a picture of that shape."""
    hull = cv2.convexHull(outline)
    area = cv2.contourArea(hull)
    if area <= MIN_SHEET_SHARE * shape[0] * shape[1] or cv2.contourArea(outline) <= MIN_FIT * area:
        return None
    corners = cv2.approxPolyDP(hull, BEND * cv2.arcLength(hull, True), True).reshape(-1, 2).astype(np.float32)
    if len(corners) != 4 or not MIN_FIT < cv2.contourArea(corners) / area < 1 / MIN_FIT:
        return None
    is_whole = corners.min() > 1 and (corners < np.array(shape[::-1]) - 2).all()
    return corners if is_whole else None


def _contrast(gray: np.ndarray, corners: np.ndarray) -> float:
    """Measure how much brighter the sheet is than the desk along its edge, in grey levels."""
    sheet = cv2.fillConvexPoly(np.zeros_like(gray), corners.astype(np.int32), 255)
    disc = cv2.getStructuringElement(cv2.MORPH_RECT, (2 * RIM_PX + 1, 2 * RIM_PX + 1))
    inside, outside = sheet - cv2.erode(sheet, disc), cv2.dilate(sheet, disc) - sheet
    return cv2.mean(gray, inside)[0] - cv2.mean(gray, outside)[0]


def _aspect(corners: np.ndarray, focal_px: float) -> float:
    """Compute a rectangle's width in heights, from its corners as a camera of this focal length sees them.

    Zhang and He 2007, "Whiteboard Scanning and Image Enhancement", with a usual focal length in place of the estimated
    one, which is lost where the view is nearly level.

    Args:
        corners: (4, 2) top left, top right, bottom right, bottom left; x, y from the picture's middle.
        focal_px: focal length in pixels.
    """
    rays = np.column_stack([corners / focal_px, np.ones(4)])
    top_left, top_right, bottom_right, bottom_left = rays
    diagonal = np.cross(top_left, bottom_right)
    right = (diagonal @ bottom_left) / (np.cross(top_right, bottom_right) @ bottom_left) * top_right - top_left
    down = (diagonal @ top_right) / (np.cross(bottom_left, bottom_right) @ top_right) * bottom_left - top_left
    return float(np.linalg.norm(right) / np.linalg.norm(down))


def carry_box(candidate: Candidate, to_frame: np.ndarray, scale: float, shape: tuple[int, ...]) -> Box:
    """Find the box in the frame of a candidate's ink on the page.

    Args:
        candidate: found on the page.
        to_frame: (3, 3) homography from pixels of the page to those of the frame.
        scale: pixels of the ink map a pixel of the page.
        shape: the frame's.

    Returns:
        The box of the ink itself, not of its turned box, which is larger; of no width outside the frame.
    """
    if to_frame is AS_SEEN:
        return candidate.box
    ink = candidate.component.ink
    outline = _row_ends(ink > SEEN_RATIO * ink.max())
    x, y, _, _ = candidate.component.box
    places = cv2.perspectiveTransform((((outline + np.array([x + 0.5, y + 0.5])) / scale) - 0.5)[None], to_frame)[0]
    low, high = np.floor(places.min(axis=0) + 0.5).astype(int), np.floor(places.max(axis=0) + 0.5).astype(int)
    return clip(Box(*low.tolist(), *(high - low + 1).tolist()), shape) or Box(0, 0, 0, 0)


def _row_ends(mask: np.ndarray) -> np.ndarray:
    """List the first and the last pixel of each row of an (h, w) bool mask: (n, 2) x, y, among them its hull."""
    rows = np.flatnonzero(mask.any(axis=1))
    first, last = mask[rows].argmax(axis=1), mask.shape[1] - 1 - mask[rows, ::-1].argmax(axis=1)
    return np.column_stack([np.concatenate([first, last]), np.concatenate([rows, rows])])


def on_paper(digits: Sequence[Digit], image: np.ndarray, corners: np.ndarray | None) -> list[Digit]:
    """Keep the digits on the sheet; beside it those on paper as bright as the sheet's.

    Args:
        digits: of one frame.
        image: (H, W, 3) uint8, BGR, the frame.
        corners: (4, 2) float32 of the sheet; None keeps all digits.
    """
    if corners is None:
        return list(digits)
    is_on_sheet = [cv2.pointPolygonTest(corners, digit.box.centre, measureDist=False) >= 0 for digit in digits]
    if all(is_on_sheet):
        return list(digits)
    paper = _brightness_within(image, corners)
    return [
        digit
        for digit, on_sheet in zip(digits, is_on_sheet, strict=True)
        if on_sheet or _brightness_around(image, digit.box) > MIN_BRIGHTNESS_RATIO * paper
    ]


def _brightness_within(image: np.ndarray, corners: np.ndarray) -> float:
    """Measure the brightness of the paper of a sheet with these corners, 0 to 255."""
    steps = np.linspace(0.1, 0.9, 9)[:, None]
    one_side, other = (start + steps * (end - start) for start, end in (corners[:2], corners[:1:-1]))
    x, y = np.round(one_side[:, None] + steps * (other - one_side)[:, None]).astype(int).reshape(-1, 2).T
    return float(np.median(image[y, x].mean(axis=1)))


def _brightness_around(image: np.ndarray, box: Box) -> float:
    """Measure the brightness of what a digit stands on, 0 to 255."""
    margin = 1 + box.h // 4
    around = image[max(0, box.y - margin) : box.y + box.h + margin, max(0, box.x - margin) : box.x + box.w + margin]
    return float(np.percentile(around.mean(axis=2), 75))
