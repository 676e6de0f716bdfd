"""A data set small enough for a test: printed digits, each a little shifted."""

from functools import cache
from pathlib import Path

import cv2
import numpy as np

from training.datasets.labelled import DigitImages, Labelled
from training.datasets.typefaces import Typeface, read_typeface


def tiny_labelled(per_digit: int, seed: int = 0) -> Labelled:
    rng = np.random.default_rng(seed)
    labels = np.repeat(np.arange(10), per_digit)
    return Labelled(np.stack([printed_digit(digit, rng) for digit in labels]), labels)


def printed_digit(digit: int, rng: np.random.Generator) -> np.ndarray:
    image = np.zeros((28, 28), np.uint8)
    corner = tuple(int(value) for value in (5 + rng.integers(4), 22 + rng.integers(4)))
    return cv2.putText(image, str(digit), corner, cv2.FONT_HERSHEY_SIMPLEX, 0.8, 255, 2, cv2.LINE_AA)


def tiny_digits() -> DigitImages:
    return DigitImages(tiny_labelled(12), tiny_labelled(4, seed=1))


def save_npz(digits: DigitImages, path: Path, **changed: np.ndarray) -> Path:
    arrays = {"x_train": digits.train.x, "y_train": digits.train.y, "x_test": digits.test.x, "y_test": digits.test.y}
    np.savez(path, **{key: value for key, value in (arrays | changed).items() if value is not None})
    return path


@cache
def tiny_typefaces() -> tuple[Typeface, ...]:
    """matplotlib's own fonts, one of them passed off as somebody's hand."""
    from matplotlib import get_data_path

    fonts = Path(get_data_path()) / "fonts" / "ttf"
    return tuple(
        read_typeface(fonts / f"{name}.ttf", name, is_handwritten)
        for name, is_handwritten in (("DejaVuSans-Oblique", True), ("DejaVuSerif", False))
    )
