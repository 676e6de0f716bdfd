"""Makes what a network is trained on: the plain recipe of MNIST alone, the full one of all that the camera may meet."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
from sklearn.model_selection import train_test_split

from capture.language import tr
from model.glyph import SIDE, normalise
from training.datasets.download import DownloadError
from training.datasets.labelled import MNIST, DataError, DigitImages, Examples, Labelled
from training.datasets.omniglot import load_greek
from training.datasets.pendigits import TEST_FILES, Handwritten, load_strokes
from training.datasets.unipen import TEST, Sign, load_unipen
from training.datasets.unipen import is_at_hand as unipen_at_hand
from training.fitting.config import TrainConfig
from training.fitting.distillation import teacher_files

UNIPEN_TEST = "UNIPEN, other writers"
CREDITS = {MNIST: " (LeCun, Cortes, Burges; freely usable)"}
MIDDLE = (SIDE - 1) / 2
MAX_TURN_DEG = 12.0  # beyond, a 1 begins to look like a 7's stem, and a 6 like a 4
MAX_SHEAR = 0.2  # sideways shift a pixel of height: slanted hands
MAX_STRETCH = 0.15  # each side longer or shorter: wide and narrow hands

Recipe = Callable[[TrainConfig, DigitImages, Path | None, Path | None], Examples]


def plain(
    config: TrainConfig, images: DigitImages, strokes: Path | None = None, unipen: Path | None = None
) -> Examples:
    """Take the data set alone, slightly turned, sheared and stretched anew in every epoch.

    Args:
        config: which share is held out, how many to use, whether to augment.
        images: the data set.
        strokes: not used by this recipe.
        unipen: nor this.
    """
    if config.test_share is not None:
        images = divide_anew(images, config.test_share, config.seed)
    used = images.train.take(config.limit, config.seed)
    train, validation = split(used, config.validation_share, config.seed)
    fixed = None if config.is_augmented else train.normalised()

    def epoch_arrays(epoch: int) -> tuple[np.ndarray, np.ndarray]:
        if fixed:
            return fixed.x, fixed.y
        varied = vary_all(train.x, np.random.default_rng((config.seed, epoch)))
        return np.stack([normalise(image) for image in varied]), train.y

    tests = {f"{images.name} test": images.test.take(config.limit, config.seed).normalised()}
    held_out = f"{len(used):,} of {len(images.train):,} training images, {len(validation):,} of these held out"
    source = f"{images.name}{CREDITS.get(images.name, '')}: {held_out}"
    return Examples(validation.normalised(), tests, (source,), epoch_arrays)


def full(config: TrainConfig, images: DigitImages, strokes: Path | None = None, unipen: Path | None = None) -> Examples:
    """Take the shipped recipe: every hand and pen, pages under a simulated camera, and things that are no digit."""
    from training.datasets.typefaces import load_typefaces
    from training.exercises.writing.signs import LINES_FILE, load_people
    from training.synthesis.full_recipe import full_examples  # it draws pages, so it pulls in the whole camera path

    examples = full_examples(
        images,
        _strokes(strokes),
        load_typefaces(),
        [*_unipen(unipen), *(load_greek(unipen) if unipen and unipen.is_dir() else ())],
        limit=config.limit,
        seed=config.seed,
        teachers=teacher_files(config.teachers),
        people=load_people(unipen) if unipen and (unipen / LINES_FILE).is_file() else None,
    )
    return replace(examples, tests=examples.tests | _other_writers(strokes, config) | _set_aside(unipen, config))


def _other_writers(path: Path | None, config: TrainConfig) -> dict[str, Labelled]:
    """Load the pen strokes of writers nobody trains on, where the folder given holds them too."""
    is_there = path and path.is_dir() and any((path / name).exists() for name in TEST_FILES)
    return {"pendigits test": other_hands(path, config.limit, config.seed)} if is_there else {}


def _set_aside(path: Path | None, config: TrainConfig) -> dict[str, Labelled]:
    """Load the digits of UNIPEN's writers nobody trains on, where UNIPEN is at hand."""
    if not path and not unipen_at_hand():
        return {}
    from training.synthesis.mixture import inked

    signs = [sign for sign in load_unipen(path, TEST) if sign.label in "0123456789"]
    digits = [Handwritten(int(sign.label), sign.writer, sign.strokes) for sign in signs]
    return (
        {UNIPEN_TEST: inked(digits, np.random.default_rng(config.seed)).take(config.limit, config.seed)}
        if digits
        else {}
    )


def other_hands(path: Path, limit: int | None, seed: int) -> Labelled:
    """Load glyphs of writers nobody trains on, from a file of pen strokes or a folder with pendigits' test part.

    Raises:
        DataError: there are none, or they are damaged.
    """
    from training.synthesis.mixture import inked

    files = [path / name for name in TEST_FILES if (path / name).exists()] if path.is_dir() else [path]
    if not files:
        raise DataError(
            "{path}: holds no pen strokes to test on; put {file} or {or_file} there",
            path=path,
            file=TEST_FILES[0],
            or_file=TEST_FILES[1],
        )
    return inked(load_strokes(files[0]), np.random.default_rng(seed)).take(limit, seed)


def _strokes(path: Path | None) -> list[Handwritten]:
    """Load the pen strokes, or none when they were left to the public archive and that cannot be reached."""
    try:
        return load_strokes(path)
    except DownloadError as error:
        print(
            tr("{error}\ngoing on without them: European 1s and 7s will be read less well", error=error),
            file=sys.stderr,
        )
        return []


def _unipen(path: Path | None) -> list[Sign]:
    """Load UNIPEN, or nothing when it was left to the public archive and that cannot be reached."""
    try:
        return load_unipen(path)
    except DownloadError as error:
        print(
            tr("{error}\ngoing on without it: letters and signs will be told from digits less well", error=error),
            file=sys.stderr,
        )
        return []


def split(images: Labelled, share: float, seed: int) -> tuple[Labelled, Labelled]:
    """Hold out `share` of the images, the same share of every digit: (training, validation).

    Raises:
        DataError: there are too few images for every digit to be in both parts.
    """
    try:
        kept, held_out = train_test_split(np.arange(len(images)), test_size=share, random_state=seed, stratify=images.y)
    except ValueError as error:
        raise DataError(
            "{count} images: too few to hold some of every digit out; raise --limit", count=len(images)
        ) from error
    return Labelled(images.x[kept], images.y[kept]), Labelled(images.x[held_out], images.y[held_out])


def divide_anew(images: DigitImages, share: float, seed: int) -> DigitImages:
    """Put all images together and draw a test set of `share` of them, the same share of every digit.

    A publisher's test set makes results comparable; an own one shows what the division itself changes.
    """
    everything = Labelled(
        np.concatenate([images.train.x, images.test.x]), np.concatenate([images.train.y, images.test.y])
    )
    return DigitImages(*split(everything, share, seed), images.name)


def vary(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Turn, shear and stretch an image a little, around its middle: (28, 28) uint8 to the same."""
    return vary_all(image[None], rng)[0]


def vary_all(images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Turn, shear and stretch each of (n, 28, 28) uint8 images a little, around its middle."""
    low, high = (-MAX_TURN_DEG, -MAX_SHEAR, *[1 - MAX_STRETCH] * 2), (MAX_TURN_DEG, MAX_SHEAR, *[1 + MAX_STRETCH] * 2)
    turn, shear, *stretch = rng.uniform(low, high, (len(images), 4)).T
    turn, zero, one = np.deg2rad(turn), np.zeros(len(images)), np.ones(len(images))
    rotation = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]]).transpose(2, 0, 1)
    shearing = np.array([[one, shear], [zero, one]]).transpose(2, 0, 1)
    change = rotation @ shearing * np.stack(stretch, axis=1)[:, None]
    matrices = np.dstack([change, MIDDLE - MIDDLE * change.sum(axis=2)])
    return np.stack(
        [cv2.warpAffine(image, matrix, (SIDE, SIDE)) for image, matrix in zip(images, matrices, strict=True)]
    )


RECIPES: dict[str, Recipe] = {"plain": plain, "full": full}
