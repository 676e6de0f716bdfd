"""Loads one's own images of single digits: any size, dark on light or light on dark; from Paint, scanner or phone."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from capture.detect.binarize import extract_ink, suppress_grain
from capture.detect.find import SMOOTH_PX
from capture.sinks.samples import NO_DIGIT_FOLDER
from capture.sources.base import SourceError
from capture.sources.image_file import read_picture
from capture.sources.photos import is_picture_name, natural_key
from model.classifier import NO_DIGIT
from model.glyph import SIDE, normalise
from training.datasets.labelled import DIGITS, DataError, Labelled
from training.datasets.mnist import report_skipped

MAX_SIDE_PX = 400  # larger pictures are reduced: a digit needs no more, and a phone's takes seconds
MARGIN = 1.0  # of the longer side: the digit may touch the border, and the light is judged by what is around it
SPECK = 0.03  # of the largest stroke's area: less is dust or grain, and no second stroke is so small
FAINT = 4  # the darkest ink over what counts as a stroke's edge, as in `model.glyph`
LABEL_IN_NAME = re.compile(r"([0-9])(?![0-9])")  # 7_anything.png and 7.png, but not 12.png


@dataclass(frozen=True)
class OwnImages:
    """A folder of one's own images, read as the camera would.

    Attributes:
        digits: the glyphs with their labels.
        names: where each comes from, below the folder.
    """

    digits: Labelled
    names: tuple[str, ...]


def load_own(folder: Path, limit: int | None = None, seed: int = 0, *, is_kept: bool = False) -> OwnImages:
    """Read pictures of single digits from subfolders `0` to `9`, or with names that start with the digit.

    What is no picture, has no label or shows no ink is named, skipped and counted.

    Args:
        folder: with `7/anything.png` or `7_anything.png` in it; it may hold both.
        limit: read so many files at most, drawn at random.
        seed: of that draw.
        is_kept: whether `run_camera.py --keep` may have written it: a picture in `none` is no digit, and one of 28x28
            pixels, white on black, is the glyph itself.

    Raises:
        DataError: there is nothing to read.
    """
    from tqdm import tqdm

    glyphs, labels, names, skipped = [], [], [], []
    files = _some(sorted(_pictures(folder), key=natural_key), limit, seed)
    for file in tqdm(files, desc=folder.name, unit=" images", disable=not sys.stderr.isatty()):
        name = file.relative_to(folder).as_posix()
        try:
            labels.append(NO_DIGIT if is_kept and file.parent == folder / NO_DIGIT_FOLDER else label_of(file, folder))
            glyphs.append(glyph_of(file, is_kept))
            names.append(name)
        except (DataError, SourceError) as problem:
            del labels[len(glyphs) :]
            skipped.append(_with_path(str(problem), file))
    report_skipped(skipped)
    if not glyphs:
        if is_kept:
            raise DataError(
                "{folder}: no picture of a digit in it; name them 7_anything.png, sort them into 0/ to 9/, or keep "
                "some by run_camera.py --keep {folder}, key w",
                folder=folder,
            )
        raise DataError(
            "{folder}: no picture of a digit in it; name them 7_anything.png, or sort them into 0/ to 9/", folder=folder
        )
    return OwnImages(Labelled(np.stack(glyphs), np.array(labels), _below(folder, skipped)), tuple(names))


def _pictures(folder: Path) -> Iterator[Path]:
    """List the picture files in a folder and in its subfolders."""
    if not folder.is_dir():
        raise DataError(
            "{folder}: no such folder; give one with pictures like 7_anything.png, or with 0/ to 9/ in it",
            folder=folder,
        )
    for level in ("*", "*/*"):
        yield from (file for file in folder.glob(level) if is_picture_name(file) and file.is_file())


def _some(files: list[Path], limit: int | None, seed: int) -> list[Path]:
    if limit is None or limit >= len(files):
        return files
    chosen = np.random.default_rng(seed).permutation(len(files))[:limit]
    return [files[index] for index in sorted(chosen)]


def _below(folder: Path, problems: list[str]) -> tuple[str, ...]:
    """Write problems with paths that start in the folder, as a report should say them."""
    return tuple(problem.replace(f"{folder}{os.sep}", "") for problem in problems)


def _with_path(problem: str, file: Path) -> str:
    return problem if problem.startswith(str(file)) else f"{file}: {problem}"


def label_of(file: Path, folder: Path) -> int:
    """Find the digit that a file's subfolder or name says it shows.

    Raises:
        DataError: neither says one.
    """
    subfolder = file.parent.name if file.parent != folder else ""
    if len(subfolder) == 1 and subfolder in map(str, range(DIGITS)):
        return int(subfolder)
    if not subfolder and (match := LABEL_IN_NAME.match(file.name)):
        return int(match[1])
    raise DataError("{file}: no label from 0 to 9; name it 7_anything.png, or put it into a folder 7", file=file)


def glyph_of(file: Path, is_kept: bool = False) -> np.ndarray:
    """Read a picture of one digit to a (28, 28) uint8 glyph; a kept one may be that glyph already.

    Raises:
        SourceError: the file is no readable picture.
        DataError: it shows no ink.
    """
    picture = read_picture(file)
    glyph = picture[..., 0] if is_kept and _is_glyph(picture) else normalise(ink_of_picture(picture))
    if not glyph.any():
        raise DataError("{file}: shows no ink; write the digit darker", file=file)
    return glyph


def _is_glyph(picture: np.ndarray) -> bool:
    border = np.concatenate([picture[0], picture[-1], picture[:, 0], picture[:, -1]])
    return picture.shape[:2] == (SIDE, SIDE) and np.median(border) == 0


def ink_of_picture(picture: np.ndarray) -> np.ndarray:
    """Find the ink of a picture that shows one digit and nothing else, however many strokes the digit has.

    The border tells what is paper, so the writing may be dark or light; uneven light is taken out as for the camera.

    Args:
        picture: (H, W, 3) uint8, BGR.

    Returns:
        (h, w) uint8: 0 paper, 255 the darkest ink; reduced to `MAX_SIDE_PX`, dust taken away.
    """
    gray = cv2.GaussianBlur(_reduced(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)), (SMOOTH_PX, SMOOTH_PX), 0)
    if _is_light_on_dark(gray):
        gray = cv2.bitwise_not(gray)
    margin = max(SIDE, round(MARGIN * max(gray.shape)))
    page = cv2.copyMakeBorder(gray, *[margin] * 4, cv2.BORDER_REPLICATE)
    ink = suppress_grain(extract_ink(page))[margin:-margin, margin:-margin]
    return _without_specks(ink)


def _reduced(gray: np.ndarray) -> np.ndarray:
    scale = MAX_SIDE_PX / max(gray.shape)
    if scale >= 1:
        return gray
    size = max(1, round(gray.shape[1] * scale)), max(1, round(gray.shape[0] * scale))
    return cv2.resize(gray, size, interpolation=cv2.INTER_AREA)


def _is_light_on_dark(gray: np.ndarray) -> bool:
    """Say whether the border, which is mostly paper, is darker than the whole, once the light's slope is taken out."""
    rows, columns = np.indices(gray.shape)
    slope = np.column_stack([rows.ravel() - rows.mean(), columns.ravel() - columns.mean()])
    steepness, *_ = np.linalg.lstsq(slope, gray.ravel() - gray.mean(), rcond=None)
    level = gray - (slope @ steepness).reshape(gray.shape)
    border = np.concatenate([level[0], level[-1], level[:, 0], level[:, -1]])
    return bool(np.median(border) < level.mean())


def _without_specks(ink: np.ndarray) -> np.ndarray:
    """Clear what belongs to no stroke: pieces far smaller than the largest one, and the paper's grain."""
    strong = (ink > ink.max() // FAINT).view(np.uint8)
    _, pieces, stats, _ = cv2.connectedComponentsWithStats(strong, connectivity=8)
    areas = stats[:, cv2.CC_STAT_AREA]
    is_stroke = areas >= SPECK * areas[1:].max(initial=0)
    is_stroke[0] = False  # piece 0 is the paper
    strokes = cv2.dilate(is_stroke[pieces].view(np.uint8), np.ones((3, 3), np.uint8))  # with their soft edges
    return ink * strokes
