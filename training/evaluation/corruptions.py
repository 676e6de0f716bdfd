"""Alters images in one way at a time, at several strengths, to learn how much a digit can suffer and still be read.

Shapes are altered on the image enlarged `ENLARGED` times, which is then reduced to 28x28 again; pixels in 28x28 itself.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from model.glyph import SIDE, normalise

ENLARGED = 4
CANVAS_PX = SIDE * ENLARGED
MIDDLE_PX = (CANVAS_PX - 1) / 2
WHITE = 255
INK_LEVEL = 32  # of 255: fainter pixels do not count as the digit's extent
SIZES = (0.7, 1.35)  # of the digit: least and most of the enlarged-and-moved set; MNIST's 20 px become 14 to 27
KINDS_SEED = 1_000_003  # keeps the chance of one image apart from that of the next

Alter = Callable[[np.ndarray, float, np.random.Generator], np.ndarray]


@dataclass(frozen=True)
class Alteration:
    """One way to make a digit harder to read.

    Attributes:
        name: for titles.
        unit: what a strength means, for the axis.
        strengths: from gentle to hard; the one that changes nothing is among them.
        neutral: the strength that changes nothing.
        alter: (112, 112) uint8 white on black, or (28, 28), a strength, chance -> the same, altered.
        is_enlarged: whether `alter` wants the image enlarged.

    Example:
        turned = ALTERATIONS[1].apply(image, 20, np.random.default_rng(0))  # by 20 degrees, to either side
    """

    name: str
    unit: str
    strengths: Sequence[float]
    neutral: float
    alter: Alter
    is_enlarged: bool = True

    def apply(self, image: np.ndarray, strength: float, rng: np.random.Generator) -> np.ndarray:
        """Alter one (28, 28) uint8 image; return another."""
        if self.is_enlarged:
            return reduce(self.alter(enlarge(image), strength, rng))
        return self.alter(image, strength, rng)


def enlarge_and_move(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Put the digit at a random size to a random place of the image: (28, 28) uint8 to the same."""
    return reduce(_resized_and_moved(enlarge(image), rng.uniform(*SIZES), rng))


def alter_all(
    images: np.ndarray, alter: Callable[[np.ndarray, np.random.Generator], np.ndarray], seed: int
) -> np.ndarray:
    """Alter every image by its own chance, the same for the same seed: (n, 28, 28) uint8 to the same."""
    chances = (np.random.default_rng((seed, KINDS_SEED, number)) for number in range(len(images)))
    return np.stack([alter(image, rng) for image, rng in zip(images, chances, strict=True)])


def normalise_all(images: np.ndarray) -> np.ndarray:
    """Make what the camera path makes of each image: (n, 28, 28) uint8 to the same."""
    return np.stack([normalise(image) for image in images])


def enlarge(image: np.ndarray) -> np.ndarray:
    """Enlarge (28, 28) to (112, 112) uint8."""
    return cv2.resize(image, (CANVAS_PX, CANVAS_PX), interpolation=cv2.INTER_CUBIC)


def reduce(image: np.ndarray) -> np.ndarray:
    """Reduce (112, 112) to (28, 28) uint8; each pixel the mean of those it takes the place of."""
    return cv2.resize(image, (SIDE, SIDE), interpolation=cv2.INTER_AREA)


def _rotate(image: np.ndarray, degrees: float, rng: np.random.Generator) -> np.ndarray:
    return _warp(image, cv2.getRotationMatrix2D((MIDDLE_PX, MIDDLE_PX), degrees * _side(rng), 1.0))


def _shear(image: np.ndarray, share: float, rng: np.random.Generator) -> np.ndarray:
    lean = share * _side(rng)
    return _warp(image, np.array([[1, lean, -lean * MIDDLE_PX], [0, 1, 0]]))


def _resize(image: np.ndarray, factor: float, rng: np.random.Generator) -> np.ndarray:
    return _resized_and_moved(image, factor, rng)


def _blur(image: np.ndarray, sigma_px: float, rng: np.random.Generator) -> np.ndarray:
    return cv2.GaussianBlur(image, (0, 0), sigma_px) if sigma_px else image


def _noise(image: np.ndarray, deviation: float, rng: np.random.Generator) -> np.ndarray:
    return np.clip(image + rng.normal(0, deviation, image.shape), 0, WHITE).astype(np.uint8)


def _thicken(image: np.ndarray, growth_px: float, rng: np.random.Generator) -> np.ndarray:
    """Draw with a broader pen, or a finer one where the growth is negative."""
    side = round(abs(growth_px) * ENLARGED) + 1
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side))
    return cv2.dilate(image, disc) if growth_px > 0 else cv2.erode(image, disc)


def _fade(image: np.ndarray, contrast: float, rng: np.random.Generator) -> np.ndarray:
    return cv2.convertScaleAbs(image, alpha=contrast)


def _hide(image: np.ndarray, side_px: float, rng: np.random.Generator) -> np.ndarray:
    """Lay a square of paper somewhere over the digit."""
    left, top, width, height = _extent(image)
    x, y = left + rng.integers(max(width, 1)), top + rng.integers(max(height, 1))
    reach = round(side_px * ENLARGED / 2)
    hidden = image.copy()
    hidden[max(0, y - reach) : y + reach, max(0, x - reach) : x + reach] = 0
    return hidden


def _resized_and_moved(image: np.ndarray, factor: float, rng: np.random.Generator) -> np.ndarray:
    """Give the digit `factor` times its size, anywhere in the image as long as all of it stays inside."""
    left, top, width, height = _extent(image)
    if not width:
        return image
    factor = min(factor, CANVAS_PX / max(width, height))
    x = rng.uniform(0, CANVAS_PX - factor * width) - factor * left
    y = rng.uniform(0, CANVAS_PX - factor * height) - factor * top
    return _warp(image, np.array([[factor, 0, x], [0, factor, y]]))


def _extent(image: np.ndarray) -> tuple[int, int, int, int]:
    """Measure the digit's left, top, width and height in pixels."""
    return cv2.boundingRect((image > INK_LEVEL).view(np.uint8))


def _warp(image: np.ndarray, change: np.ndarray) -> np.ndarray:
    return cv2.warpAffine(image, change, image.shape[::-1], flags=cv2.INTER_LINEAR)


def _side(rng: np.random.Generator) -> int:
    """Choose left or right, by chance."""
    return 1 if rng.random() < 0.5 else -1


ALTERATIONS = (
    Alteration("size and place", "size of the digit, as a factor", (0.4, 0.5, 0.6, 0.8, 1.0, 1.2, 1.35), 1.0, _resize),
    Alteration("rotation", "degrees to either side", (0, 10, 20, 30, 45, 60), 0, _rotate),
    Alteration("shear", "shift sideways, as a share of the height", (0, 0.15, 0.3, 0.45, 0.6, 0.8), 0, _shear),
    Alteration("thickness", "pixels of 28 added to the stroke", (-2, -1.5, -1, 0, 1, 2, 3, 4), 0, _thicken),
    Alteration("blur", "standard deviation, pixels of 28", (0, 0.5, 1, 1.5, 2, 3), 0, _blur, False),
    Alteration("noise", "standard deviation, grey levels of 255", (0, 16, 32, 48, 64, 96), 0, _noise, False),
    Alteration("contrast", "ink's strength, share of full", (1.0, 0.5, 0.25, 0.1, 0.05, 0.02), 1.0, _fade, False),
    Alteration("occlusion", "side of the hidden square, pixels of 28", (0, 4, 6, 8, 10, 12), 0, _hide),
)
