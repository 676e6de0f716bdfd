"""Images of digits with their labels, as all of training passes them on, and the error of an unusable data set."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from model.errors import DigitsError
from model.glyph import normalise

DIGITS = 10
MNIST = "MNIST"  # what reports call it


class DataError(DigitsError):
    """The data set is missing, damaged, or not what it should be."""


@dataclass(frozen=True)
class Labelled:
    """Images with their labels.

    Attributes:
        x: (n, 28, 28) uint8, white on black; in colour (n, 28, 28, 3), BGR.
        y: (n,) integers 0 to 9, or 10 for "no digit".
        skipped: what should have been among them and could not be read, a line each.

    Example:
        few = load_digits().train.take(1000, seed=0).normalised()
        print(few.x.shape, few.y[:5])
    """

    x: np.ndarray
    y: np.ndarray
    skipped: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.x)

    def take(self, limit: int | None, seed: int = 0) -> Labelled:
        """Take at most `limit` of them, drawn at random but the same for the same seed."""
        if limit is None or limit >= len(self):
            return self
        chosen = np.sort(np.random.default_rng(seed).permutation(len(self))[:limit])
        return Labelled(self.x[chosen], self.y[chosen], self.skipped)

    def normalised(self) -> Labelled:
        """Cut the same images out as the camera path would."""
        return Labelled(np.stack([normalise(image) for image in self.x]), self.y)


@dataclass(frozen=True)
class DigitImages:
    """A data set of single digits, with the publisher's own division.

    Attributes:
        train: images to learn from.
        test: images that are touched once, at the end.
        name: what reports call it: "MNIST", or the name of the file or folder.
    """

    train: Labelled
    test: Labelled
    name: str = MNIST


@dataclass(frozen=True)
class HeldOut:
    """What a network is measured with.

    Attributes:
        validation: held-out glyphs that decide when to stop, and how far to trust a confidence.
        tests: glyphs touched once at the end, by name.
        sources: what all this and the training examples were made from, one line each, for the model card.
    """

    validation: Labelled
    tests: dict[str, Labelled]
    sources: tuple[str, ...]


@dataclass(frozen=True)
class Examples(HeldOut):
    """What a network is trained on, and measured with.

    Attributes:
        epoch_arrays: gives the examples of one epoch, by its number from 0, fresh each time: (n, 28, 28) uint8 glyphs
            and (n,) integer labels, or (n, classes) float32 shares where a label is soft.
    """

    epoch_arrays: Callable[[int], tuple[np.ndarray, np.ndarray]]
