"""Finds the sheet by its four corners, where they are seen, and straightens what the camera saw aslant."""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np

from capture.detect.binarize import BACKGROUND_SIDE_PX, to_gray

LEAST_SHARE = 0.12  # of the picture: a smaller bright patch is a note, a key, a lamp
MOST_SHARE = 0.97
LEAST_CONTRAST = 25  # grey levels between the sheet's rim and the desk around it
RIM_PX = 5  # reduced pixels: how far inside and outside of its edge the sheet is compared with the desk
FILLED = 0.93  # of its hull: a sheet with a hand or a pen on it fills less
FITS = 0.94, 1.06  # area of the four-sided figure in areas of the hull
BEND = 0.025  # of the perimeter: as much may the outline stray from four straight sides
UNEQUAL_SIDES = 1.12  # opposite sides: what perspective makes of equal ones
UNEVEN_DEG = 8.0  # by which a corner differs from a right angle
MOST_STRETCHED = 3.0  # times: what is seen at 70 degrees from above
NEARBY = 2.5  # reduced pixels: how far from where it seemed to be a sheet's edge is looked for
PROFILES = 24  # lines across each side along which the light is followed
AROUND = 0.25  # of the sheet's width and height: cards beside a sheet are read with it
LEVELS = 256  # of grey
GRAYS = np.arange(LEVELS, dtype=np.float32)
BRIGHT_BORDER = 0.5  # of the picture's border at most
FOCAL_IN_WIDTHS = 1.0  # focal length of webcams and phones, in longer sides of the picture: 0.8 to 1.2


def find_sheet(image: np.ndarray) -> np.ndarray | None:
    """Finds a bright sheet on a darker desk.

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
            if corners is not None and _contrast(shade, corners) > LEAST_CONTRAST:
                return corners * np.float32(step)
    return None


def _whiteness(image: np.ndarray) -> np.ndarray:
    """The least of the three channels: wood and coloured paper may be as bright as white paper, but never as white."""
    blue, green, red = cv2.split(image)
    return cv2.min(cv2.min(blue, green), red)


def _levels(shade: np.ndarray) -> Iterator[int]:
    """Otsu's threshold, and once more that of what is brighter, where other bright things lie beside the sheet.

    A threshold by which most of the picture's border is bright is left out: no sheet would lie wholly in the picture.
    """
    counts = cv2.calcHist([shade], [0], None, [LEVELS], [0, LEVELS]).ravel()
    border = np.concatenate([shade[0], shade[-1], shade[:, 0], shade[:, -1]])
    level, _ = _otsu(counts)
    brighter, contrast = _otsu(np.where(level < GRAYS, counts, 0))
    for one in (level, brighter) if contrast > LEAST_CONTRAST else (level,):
        if np.count_nonzero(border > one) <= BRIGHT_BORDER * border.size:
            yield one


def _otsu(counts: np.ndarray) -> tuple[int, float]:
    """Otsu's threshold of a histogram, and how far apart the means above and below it are, in grey levels (1979).

    Args:
        counts: (256,) float32, pixels of each grey level.
    """
    below, sum_below = np.cumsum(counts), np.cumsum(counts * GRAYS)
    above, sum_above = below[-1] - below, sum_below[-1] - sum_below
    apart = sum_above / np.maximum(above, 1) - sum_below / np.maximum(below, 1)
    level = int(np.argmax(below * above * apart**2))
    return level, float(apart[level])


def _corners_of_largest(bright: np.ndarray) -> np.ndarray | None:
    contours, _ = cv2.findContours(bright, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    outline = max(contours, key=cv2.contourArea, default=None)
    return None if outline is None else _four_corners(outline, bright.shape)


def is_distorted(corners: np.ndarray) -> bool:
    """Whether the sheet is seen so slantwise that it is read better laid flat; lying turned is no reason."""
    sides = np.roll(corners, -1, axis=0) - corners
    lengths, directions = np.hypot(*sides.T), np.rad2deg(np.arctan2(sides[:, 1], sides[:, 0]))
    unequal = max(max(a, b) / min(a, b) for a, b in zip(lengths[:2], lengths[2:], strict=True))
    uneven = np.abs((np.diff(directions, append=directions[0]) % 180) - 90).max()
    return bool(unequal > UNEQUAL_SIDES or uneven > UNEVEN_DEG)


def rectify(image: np.ndarray, corners: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Lay the sheet out flat, with what lies around it.

    Args:
        image: (H, W, 3) uint8, BGR.
        corners: (4, 2) float32, from `find_sheet`, which are found more exactly here.

    Returns:
        The picture as seen from above, (h, w, 3) uint8, and the (3, 3) homography from its pixels to those of `image`.
    """
    ordered = _order_corners(_refine_corners(image, corners))
    top, right, bottom, left = np.linalg.norm(np.roll(ordered, -1, axis=0) - ordered, axis=1)
    width, height = max(top, bottom), max(left, right)
    aspect = _aspect(ordered - np.array(image.shape[1::-1]) / 2, FOCAL_IN_WIDTHS * max(image.shape[:2]))
    wide = float(np.clip(aspect * height / width, 1 / MOST_STRETCHED, MOST_STRETCHED))
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
    """Where the picture goes, left, top, right, bottom, but no further around the sheet than `AROUND` of its sides."""
    height, width = shape[:2]
    x, y, depth = to_flat @ np.array([[0, width, width, 0], [0, 0, height, height], [1, 1, 1, 1]], float)
    low, high = -AROUND * np.array(size), (1 + AROUND) * np.array(size)
    if depth.min() <= 0:  # a corner lies beyond the horizon
        return *low.astype(int).tolist(), *high.astype(int).tolist()
    places = np.array([x, y]) / depth
    first, last = np.maximum(places.min(axis=1), low), np.minimum(places.max(axis=1), high)
    return *np.floor(first).astype(int).tolist(), *np.ceil(last).astype(int).tolist()


def _refine_corners(image: np.ndarray, corners: np.ndarray) -> np.ndarray:
    """The corners to a pixel of the whole picture: where lines through the sheet's edges, looked for nearby, cross."""
    reach = max(2.0, NEARBY * max(image.shape[:2]) / BACKGROUND_SIDE_PX)
    lines = [_edge_line(image, a, b, reach) for a, b in zip(corners, np.roll(corners, -1, axis=0), strict=True)]
    sharp = np.array([_crossing(before, line) for before, line in zip(np.roll(lines, 1, axis=0), lines, strict=True)])
    is_near = np.abs(sharp - corners).max() < 2 * reach
    return sharp.astype(np.float32) if is_near else corners


def _edge_line(image: np.ndarray, start: np.ndarray, end: np.ndarray, reach: float) -> np.ndarray:
    """(4,) direction and a point of the line along which the light changes most, within `reach` px of a side."""
    along = (end - start) / np.linalg.norm(end - start)
    across = np.array([-along[1], along[0]])
    middles = start + np.linspace(0.08, 0.92, PROFILES)[:, None] * (end - start)
    offsets = np.arange(-reach, reach + 1)
    points = (middles[:, None] + offsets[:, None] * across).astype(np.float32)
    light = cv2.remap(image, points, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE).mean(axis=2)
    change = np.abs(cv2.blur(light[:, 2:] - light[:, :-2], (3, 1)))
    edge = middles + offsets[1:-1][change.argmax(axis=1)][:, None] * across
    return cv2.fitLine(edge.astype(np.float32), cv2.DIST_HUBER, 0, 0.01, 0.01).ravel()


def _crossing(line: np.ndarray, other: np.ndarray) -> np.ndarray:
    """(2,) where two lines cross; far off where they hardly do."""
    (direction, point), (other_direction, other_point) = line.reshape(2, 2), other.reshape(2, 2)
    sine = direction[0] * other_direction[1] - direction[1] * other_direction[0]
    gap = other_point - point
    return point + direction * (gap[0] * other_direction[1] - gap[1] * other_direction[0]) / (sine or 1e-9)


def _order_corners(corners: np.ndarray) -> np.ndarray:
    """The corners clockwise, first the left end of the side that runs most nearly from left to right.

    imutils' `four_point_transform` takes the farther of the right corners for the lower one, which it is not where the
    camera leans far over.
    """
    clockwise = corners if cv2.contourArea(corners, oriented=True) > 0 else corners[::-1]
    sides = np.roll(clockwise, -1, axis=0) - clockwise
    return np.roll(clockwise, -int(np.argmax(sides[:, 0] / np.linalg.norm(sides, axis=1))), axis=0)


def _four_corners(outline: np.ndarray, shape: tuple[int, ...]) -> np.ndarray | None:
    """The corners of an outline with four straight sides that lies wholly in a picture of that shape."""
    hull = cv2.convexHull(outline)
    area = cv2.contourArea(hull)
    if not LEAST_SHARE < area / (shape[0] * shape[1]) < MOST_SHARE or cv2.contourArea(outline) <= FILLED * area:
        return None
    corners = cv2.approxPolyDP(hull, BEND * cv2.arcLength(hull, True), True).reshape(-1, 2).astype(np.float32)
    if len(corners) != 4 or not FITS[0] < cv2.contourArea(corners) / area < FITS[1]:
        return None
    is_whole = corners.min() > 1 and (corners < np.array(shape[::-1]) - 2).all()
    return corners if is_whole else None


def _contrast(gray: np.ndarray, corners: np.ndarray) -> float:
    """How much brighter the sheet is than the desk along its edge, in grey levels."""
    sheet = cv2.fillConvexPoly(np.zeros_like(gray), corners.astype(np.int32), 255)
    disc = cv2.getStructuringElement(cv2.MORPH_RECT, (2 * RIM_PX + 1, 2 * RIM_PX + 1))
    inside, outside = sheet - cv2.erode(sheet, disc), cv2.dilate(sheet, disc) - sheet
    return cv2.mean(gray, inside)[0] - cv2.mean(gray, outside)[0]


def _aspect(corners: np.ndarray, focal_px: float) -> float:
    """Width of a rectangle in heights, from its corners as a camera of this focal length sees them.

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
