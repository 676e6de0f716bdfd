"""What a network is tested on: a data set's test images, or a folder of one's own; by the same flags everywhere."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path

from training.datasets.folder import load_own
from training.datasets.mnist import DataError, Labelled, load_digits


@dataclass(frozen=True)
class TestSet:
    """Images to test on.

    Attributes:
        title: what they are, for headings.
        images: as they are kept: (n, 28, 28) uint8, white on black.
        is_normalised: whether they have been cut out as the camera path would, already.
        names: of the files; empty for a data set.
    """

    __test__ = False  # pytest: this is no test

    title: str
    images: Labelled
    is_normalised: bool = False
    names: tuple[str, ...] = ()

    @property
    def skipped(self) -> tuple[str, ...]:
        """What could not be read, a line each."""
        return self.images.skipped

    def glyphs(self) -> Labelled:
        """The images as the network gets them from the camera path."""
        return self.images if self.is_normalised else self.images.normalised()


def load_test(args: argparse.Namespace) -> TestSet:
    """Loads what `--images`, `--data`, `--limit` and `--seed` ask for.

    Raises:
        DigitsError: it is missing, damaged or not what it should be.
    """
    if args.images and args.data:
        raise DataError("--data and --images: both given; choose what to test on")
    if args.images:
        own = load_own(args.images, args.limit, args.seed)
        return TestSet(f"own images in {args.images.name}", own.digits, True, own.names)
    images = load_digits(args.data).test.take(args.limit, args.seed)
    return TestSet(name_of(args.data), images)


def name_of(data: Path | None) -> str:
    """How a data set's test images are called."""
    is_mnist = data is None or "mnist" in data.name.lower()
    return "MNIST test" if is_mnist else f"{data.name} test"


def load_parts(args: argparse.Namespace) -> tuple[str, dict[str, Labelled]]:
    """Loads all that `--images`, `--data`, `--colour`, `--limit` and `--seed` ask for: a name, and the parts by theirs.

    Raises:
        DigitsError: it is missing, damaged or not what it should be.
    """
    if args.images:
        own = load_test(args)
        return own.title, {"own images": own.images}
    digits = load_digits(args.data, args.colour)
    parts = {"training": digits.train, "test": digits.test}
    name = name_of(args.data).removesuffix(" test")
    return name, {part: images.take(args.limit, args.seed) for part, images in parts.items()}
