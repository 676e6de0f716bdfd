"""Bring decoded pages of any of Pillow's modes to what OpenCV would read: upright, BGR, 8 bits, on a ground."""

from __future__ import annotations

import cv2
import numpy as np
from PIL import Image, ImageOps

MIN_OPAQUE_RATIO = 0.5  # of a picture that is opaque: below it there is only ink
MID_GREY = 128
WHOLE_WHITES = tuple((1 << bits) - 1 for bits in (8, 10, 12, 14, 16))  # of scanners and cameras, kept in 16 bits


def upright(image: Image.Image, may_change: bool) -> Image.Image:
    """Decode the page and turn it as its EXIF says; damaged EXIF turns nothing."""
    image.load()
    try:
        turned = ImageOps.exif_transpose(image, in_place=may_change)
    except Exception:  # Pillow raises anything from SyntaxError to KeyError there
        return image
    return image if turned is None else turned


def pixels_of(image: Image.Image) -> np.ndarray:
    """Bring a decoded page of any of Pillow's modes to (H, W, 3) uint8 BGR."""
    if image.has_transparency_data:
        return _on_ground(np.asarray(image.convert("RGBA")))
    if image.mode.startswith(("I", "F")):
        return cv2.cvtColor(_grey_levels(np.asarray(image)), cv2.COLOR_GRAY2BGR)
    rgb = image if image.mode == "RGB" else image.convert("RGB")
    return np.frombuffer(rgb.tobytes("raw", "BGR"), np.uint8).reshape(rgb.height, rgb.width, 3)


def _grey_levels(pixels: np.ndarray) -> np.ndarray:
    """Scale whole numbers or floats, of whatever range a file keeps them in, to (H, W) uint8."""
    pixels = pixels if pixels.dtype.kind in "iu" else np.nan_to_num(pixels)
    ranges = WHOLE_WHITES if pixels.dtype.kind in "iu" else (1, *WHOLE_WHITES)
    brightest = pixels.max(initial=0)
    white = next((white for white in ranges if brightest <= white), brightest)
    return np.rint(np.clip(pixels, 0, white) * np.float32(255 / white)).astype(np.uint8)


def _on_ground(rgba: np.ndarray) -> np.ndarray:
    """Lay a picture with transparency on white paper, or on black where it is but bright ink: a black sheet's chalk.

    Args:
        rgba: (H, W, 4) uint8.

    Returns:
        (H, W, 3) uint8 BGR.
    """
    alpha = np.ascontiguousarray(rgba[:, :, 3])
    opaque = cv2.compare(alpha, MID_GREY, cv2.CMP_GE)
    brightness = cv2.mean(cv2.cvtColor(rgba, cv2.COLOR_RGBA2GRAY), mask=opaque)[0]
    is_bright_ink = brightness > MID_GREY and cv2.countNonZero(opaque) < MIN_OPAQUE_RATIO * alpha.size
    image = cv2.multiply(cv2.cvtColor(rgba, cv2.COLOR_RGBA2BGR), cv2.merge([alpha] * 3), scale=1 / 255)
    return image if is_bright_ink else cv2.add(image, cv2.merge([cv2.bitwise_not(alpha)] * 3))
