"""A simulated camera: photographs a drawn page under given troubles and carries every box along exactly."""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np

from capture.synthetic.background import draw_clutter, draw_desk
from capture.synthetic.lighting import FIELD_SHRINK, draw_light
from capture.synthetic.page import Drawn, DrawnPage
from capture.synthetic.paper import noise_field

FOCAL_IN_WIDTHS = 1.1
"""Focal length of a webcam or phone, in picture widths (about 50 degrees across)."""
CONTENT_AIR = 0.03
"""Free border kept around what is written, as a share of the picture."""
CLUTTERED = 0.3
"""Share of desks that are not tidy."""
WORST_JPEG, BEST_JPEG = 12, 96


@dataclass(frozen=True, slots=True)
class Troubles:
    """What makes a photo hard to read; 0 is none of it everywhere.

    Attributes:
        turn_deg: rotation in the picture's plane; positive is clockwise.
        tilt_deg: how far the camera is away from looking straight down.
        edge: 0 the sheet fills the picture; above, so much smaller it is, with desk around it.
        whole_sheet: the sheet's corners too are kept in the picture, not only what is written; needs an `edge`.
        lamp: share of light lost on the side away from the lamp.
        shadow: share of light lost in a cast shadow.
        vignette: share of light lost in the corners.
        folds: depth of creases in the sheet, as a share of light.
        exposure_stops: brighter (+) or darker (-) by powers of two.
        cast: colour cast, as a share of each channel.
        blur_px: spread of the defocus.
        motion_px: length of the motion blur.
        noise: spread of the sensor's noise in grey levels.
        jpeg: loss by JPEG compression, up to 1.
    """

    turn_deg: float = 0.0
    tilt_deg: float = 0.0
    edge: float = 0.0
    whole_sheet: bool = False
    lamp: float = 0.0
    shadow: float = 0.0
    vignette: float = 0.0
    folds: float = 0.0
    exposure_stops: float = 0.0
    cast: float = 0.0
    blur_px: float = 0.0
    motion_px: float = 0.0
    noise: float = 0.0
    jpeg: float = 0.0


def random_troubles(rng: np.random.Generator, level: float = 1.0) -> Troubles:
    """Invent the troubles of one photo; `level` 0 is none, 1 as bad as people's photos get."""

    def sometimes(chance: float, worst: float) -> float:
        return level * float(rng.uniform(0.0, worst)) if rng.random() < chance else 0.0

    return Troubles(
        turn_deg=(sometimes(0.5, 8.0) + sometimes(0.1, 35.0)) * float(rng.choice([-1, 1])),
        tilt_deg=sometimes(0.5, 30.0),
        edge=sometimes(0.4, 0.45),
        lamp=sometimes(0.7, 0.65),
        shadow=sometimes(0.4, 0.8),
        vignette=sometimes(0.35, 0.8),
        folds=sometimes(0.2, 0.25),
        exposure_stops=sometimes(0.6, 1.0) * float(rng.choice([-1.3, 0.25])),
        cast=sometimes(0.5, 0.15),
        blur_px=sometimes(0.6, 1.8),
        motion_px=sometimes(0.2, 5.0),
        noise=sometimes(0.8, 10.0),
        jpeg=sometimes(0.7, 0.9),
    )


def photograph(page: DrawnPage, rng: np.random.Generator, troubles: Troubles) -> DrawnPage:
    """Take a picture of a page.

    Args:
        page: the sheet; left untouched.
        rng: where the light comes from, which way the camera leans, how the noise falls.
        troubles: how bad each thing is.

    Returns:
        A page of the same size whose boxes are those of the photo, exact to about a pixel before blur.
        What the picture's border cuts counts among the others; what lies beyond it is gone.
    """
    size = page.image.shape[1], page.image.shape[0]
    image, digits, others = page.image, page.digits, page.others
    if troubles.turn_deg or troubles.tilt_deg or troubles.edge:
        view = _camera_view(page, size, rng, troubles)
        image = _see(image, view, rng, troubles)
        moved = [carry(digit, view) for digit in digits]
        digits = tuple(digit for digit in moved if _is_inside(digit, size))
        cut = [digit for digit in moved if not _is_inside(digit, size)]
        others = tuple(_clipped(mark, size) for mark in (*(carry(other, view) for other in others), *cut))
    image = _sense(_light(image, rng, troubles), rng, troubles)
    return replace(page, image=image, digits=digits, others=tuple(filter(None, others)))


def carry(drawn: Drawn, view: np.ndarray) -> Drawn:
    """Carry ink through a homography, exactly: convex hulls stay convex hulls."""
    return drawn.moved_to(cv2.perspectiveTransform(drawn.hull[None], view)[0])


def _is_inside(drawn: Drawn, size: tuple[int, int]) -> bool:
    (x, y), (right, bottom) = drawn.box.top_left, drawn.box.bottom_right
    return x >= 0 and y >= 0 and right < size[0] and bottom < size[1]


def _clipped(drawn: Drawn, size: tuple[int, int]) -> Drawn | None:
    """Cut a digit to the part inside the picture; None if there is none."""
    clipped = drawn.moved_to(np.clip(drawn.hull, 0, np.array(size, np.float32) - 1))
    return clipped if np.ptp(clipped.hull, axis=0).min() > 0 else None


def lean(size: tuple[int, int], turn_deg: float, tilt_deg: float, towards_deg: float) -> np.ndarray:
    """Compute the homography of a pinhole camera that looks at the sheet's middle.

    Args:
        size: (width, height) of sheet and picture in px.
        turn_deg: rotation in the picture's plane.
        tilt_deg: angle between the line of sight and the sheet's normal.
        towards_deg: the side to which the camera leans.
    """
    turn, tilt, towards = np.deg2rad([turn_deg, tilt_deg, towards_deg])
    spin, side = _rotation(turn), _rotation(towards)
    hinge = np.array([[np.cos(tilt), 0, 0], [0, 1, 0], [np.sin(tilt), 0, 1]])
    focal = FOCAL_IN_WIDTHS * size[0]
    hinge[2, 0] /= focal
    to_middle = np.array([[1, 0, size[0] / 2], [0, 1, size[1] / 2], [0, 0, 1]])
    return to_middle @ side @ hinge @ side.T @ spin @ np.linalg.inv(to_middle)


def _rotation(angle: float) -> np.ndarray:
    c, s = np.cos(angle), np.sin(angle)
    return np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]])


def _camera_view(page: DrawnPage, size: tuple[int, int], rng: np.random.Generator, troubles: Troubles) -> np.ndarray:
    """Lean the camera, then step back as far as needed to keep all that is written in the picture."""
    view = lean(size, troubles.turn_deg, troubles.tilt_deg, rng.uniform(0, 360))
    corners = np.array([[0, 0], [size[0], 0], size, [0, size[1]]], np.float32)
    hulls = [drawn.hull for drawn in (*page.digits, *page.others)]
    written = np.concatenate(hulls) if hulls and not troubles.whole_sheet else corners
    seen = cv2.perspectiveTransform(written[None], view)[0]
    low, high = seen.min(axis=0), seen.max(axis=0)
    air = CONTENT_AIR * max(size)
    room = np.array(size) - 2 * air
    scale = min(1.0, *(room / np.maximum(high - low, 1.0))) * (1.0 - troubles.edge)
    free = np.maximum(room - scale * (high - low), 0.0)
    wanted = air + free * rng.uniform(0.0, 1.0, 2) if troubles.edge else scale * (low - room / 2) + room / 2 + air
    start = np.clip(wanted, air, air + free)
    return np.array([[scale, 0, start[0] - scale * low[0]], [0, scale, start[1] - scale * low[1]], [0, 0, 1]]) @ view


def _see(image: np.ndarray, view: np.ndarray, rng: np.random.Generator, troubles: Troubles) -> np.ndarray:
    """Draw the sheet from the camera's place, on a desk or, where it fills the picture, on more paper."""
    height, width = image.shape[:2]
    ground = _surroundings((width, height), rng) if troubles.edge else _more_paper(image)
    corners = np.array([[[0, 0], [width, 0], [width, height], [0, height]]], np.float32)
    if troubles.edge:
        _drop_shadow(ground, cv2.perspectiveTransform(corners, view)[0], rng)
    return cv2.warpPerspective(
        image, view, (width, height), dst=ground, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_TRANSPARENT
    )


def _surroundings(size: tuple[int, int], rng: np.random.Generator) -> np.ndarray:
    return draw_clutter(size, rng) if rng.random() < CLUTTERED else draw_desk(size, rng)


def _more_paper(image: np.ndarray) -> np.ndarray:
    """Spread the sheet's own border over the whole picture."""
    border = np.concatenate([image[0], image[-1], image[:, 0], image[:, -1]])
    return np.full_like(image, np.median(border, axis=0).astype(np.uint8))


def _drop_shadow(ground: np.ndarray, corners: np.ndarray, rng: np.random.Generator) -> None:
    """Darken the desk along the sheet in place: paper never lies quite flat."""
    small = np.zeros((ground.shape[0] // FIELD_SHRINK + 1, ground.shape[1] // FIELD_SHRINK + 1), np.float32)
    shifted = (corners / FIELD_SHRINK + rng.normal(0, 1.5, 2)).astype(np.int32)
    cv2.fillConvexPoly(small, shifted, float(rng.uniform(0.1, 0.5)))
    dark = cv2.resize(cv2.GaussianBlur(small, (0, 0), 2.0), ground.shape[1::-1])
    cv2.multiply(ground, cv2.merge([1 - dark] * 3), dst=ground, dtype=cv2.CV_8U)


def _light(image: np.ndarray, rng: np.random.Generator, troubles: Troubles) -> np.ndarray:
    """Compute what of the picture's colours the light and the exposure leave, (H, W, 3) float32."""
    t, size = troubles, (image.shape[1], image.shape[0])
    field = draw_light(size, rng, lamp=t.lamp, vignette=t.vignette, shadow=t.shadow, folds=t.folds)
    field *= np.float32(2.0**troubles.exposure_stops)
    gains = 1 + troubles.cast * rng.uniform(-1, 1, 3)
    return cv2.multiply(image, cv2.merge([field * np.float32(gain) for gain in gains]), dtype=cv2.CV_32F)


def _sense(light: np.ndarray, rng: np.random.Generator, troubles: Troubles) -> np.ndarray:
    """Add what lens, sensor and file do: blur, noise and compression, (H, W, 3) uint8."""
    if troubles.blur_px > 0.2:
        light = cv2.GaussianBlur(light, (0, 0), troubles.blur_px)
    if troubles.motion_px > 1.0:
        light = cv2.filter2D(light, -1, _motion_kernel(troubles.motion_px, rng.uniform(0, np.pi)))
    if troubles.noise:
        size = light.shape[1], light.shape[0]
        light = cv2.scaleAdd(cv2.merge([noise_field(size, rng) for _ in range(3)]), troubles.noise, light)
    image = np.clip(light, 0, 255).astype(np.uint8)
    return _compress(image, troubles.jpeg) if troubles.jpeg else image


def _motion_kernel(length_px: float, angle: float) -> np.ndarray:
    half = int(np.ceil(length_px / 2))
    kernel = np.zeros((2 * half + 1, 2 * half + 1), np.uint8)
    reach = np.array([np.cos(angle), np.sin(angle)]) * length_px / 2
    start, end = (np.round((half + sign * reach) * 16).astype(int).tolist() for sign in (-1, 1))
    cv2.line(kernel, start, end, 255, 1, cv2.LINE_AA, 4)
    return kernel.astype(np.float32) / kernel.sum()


def _compress(image: np.ndarray, loss: float) -> np.ndarray:
    quality = round(BEST_JPEG + (WORST_JPEG - BEST_JPEG) * min(loss, 1.0))
    _, data = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return cv2.imdecode(data, cv2.IMREAD_COLOR)
