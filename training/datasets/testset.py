"""Loads what a network is tested on, by the same flags everywhere: a data set's test images, or one's own folder."""

from __future__ import annotations

import argparse
from dataclasses import dataclass

from capture.language import tr
from training.datasets.folder import load_own
from training.datasets.labelled import DataError, Labelled
from training.datasets.mnist import load_digits
from training.evaluation.summary import set_name


@dataclass(frozen=True)
class TestSet:
    """Images to test on.

    Attributes:
        title: what they are, for headings.
        images: as they are kept: (n, 28, 28) uint8, white on black.
        is_normalised: whether they have been cut out as the camera path would, already.
        names: of the files; empty for a data set.
        folder: the name of a folder of one's own; empty for a data set.
    """

    __test__ = False  # pytest: this is no test

    title: str
    images: Labelled
    is_normalised: bool = False
    names: tuple[str, ...] = ()
    folder: str = ""

    @property
    def shown(self) -> str:
        """The title in the language that is written."""
        return tr("own images in {folder}", folder=self.folder) if self.folder else set_name(self.title)

    @property
    def skipped(self) -> tuple[str, ...]:
        """What could not be read, a line each."""
        return self.images.skipped

    def glyphs(self) -> Labelled:
        """Make the images that the network gets of these from the camera path."""
        return self.images if self.is_normalised else self.images.normalised()


def load_test(args: argparse.Namespace) -> TestSet:
    """Load what `--images`, `--data`, `--limit` and `--seed` ask for.

    Raises:
        DigitsError: it is missing, damaged or not what it should be.
    """
    if args.images and args.data:
        raise DataError("--data and --images: both given; choose what to test on")
    if args.images:
        own = load_own(args.images, args.limit, args.seed)
        return TestSet(f"own images in {args.images.name}", own.digits, True, own.names, args.images.name)
    images = load_digits(args.data)
    return TestSet(f"{images.name} test", images.test.take(args.limit, args.seed))


def load_parts(args: argparse.Namespace) -> tuple[str, dict[str, Labelled]]:
    """Load all that `--images`, `--data`, `--colour`, `--limit` and `--seed` ask for: a name, and the parts by theirs.

    Raises:
        DigitsError: it is missing, damaged or not what it should be.
    """
    if args.images:
        own = load_test(args)
        return own.title, {"own images": own.images}
    digits = load_digits(args.data, args.colour)
    parts = {"training": digits.train, "test": digits.test}
    return digits.name, {part: images.take(args.limit, args.seed) for part, images in parts.items()}
