"""Keeps drawn pages with their truth in a folder: drawn once, read again by every new network."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import cv2
import numpy as np

from capture.detect.find import usual_scale, zoom_for
from capture.synthetic.page import Drawn
from training.datasets.labelled import DataError
from training.exercises.pages import Supplies, exercise_page
from training.workers import start_workers, with_given

JPEG_QUALITY = 95
SEED = 12  # of the shipped pages; a page's own number makes it another


@dataclass(frozen=True)
class LabelledPage:
    """A picture and where its ink is.

    Attributes:
        image: (H, W, 3) uint8, BGR.
        boxes: (n, 4) x, y, width, height of all ink.
        labels: n labels, "0" to "9" for digits that should be read.
    """

    image: np.ndarray
    boxes: np.ndarray
    labels: tuple[str, ...]

    @property
    def zoom(self) -> float:
        """At how many times its usual size the reader looks at it: by its digits, or all ink where it has none."""
        is_digit = np.array([label.isdigit() for label in self.labels], bool)
        return zoom_for(self.boxes[is_digit if is_digit.any() else ...][:, 3], usual_scale(self.image.shape))


def draw_pages(folder: Path, numbers: Iterable[int], supplies: Supplies, processes: int = 1) -> int:
    """Draw the pages that the folder does not hold yet.

    Args:
        folder: made if it is not there.
        numbers: of the pages that are wanted.
        supplies: what they are made from.
        processes: that draw at the same time.

    Returns:
        How many were drawn.
    """
    folder.mkdir(parents=True, exist_ok=True)
    missing = [number for number in numbers if not _truth_file(folder, number).is_file()]
    if processes == 1:
        for number in missing:
            _draw(number, folder, supplies)
    elif missing:
        with start_workers(processes, folder, supplies) as pool:
            list(pool.map(partial(with_given, _draw), missing, chunksize=8))
    return len(missing)


def load_page(folder: Path, number: int) -> LabelledPage:
    """Load a page that was drawn.

    Raises:
        DataError: it is damaged.
    """
    path = _truth_file(folder, number)
    image = cv2.imread(str(path.with_suffix(".jpg")))
    if image is None:
        raise DataError(
            "{name}: cannot be read; delete {path} to have the page drawn again",
            name=path.with_suffix(".jpg"),
            path=path,
        )
    marks = json.loads(path.read_text(encoding="utf-8"))
    boxes = np.array([mark["box"] for mark in marks], float).reshape(-1, 4)
    return LabelledPage(image, boxes, tuple(mark["label"] for mark in marks))


def _truth_file(folder: Path, number: int) -> Path:
    return folder / f"{number:06d}.json"


def _draw(number: int, folder: Path, supplies: Supplies) -> None:
    """Draw a page; its truth is written last, so that a page broken off is drawn again."""
    page = exercise_page(supplies, np.random.default_rng([SEED, number]))
    path = _truth_file(folder, number)
    cv2.imwrite(str(path.with_suffix(".jpg")), page.image, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
    path.write_text(json.dumps([*_truth(page.digits, is_digit=True), *_truth(page.others, is_digit=False)]))


def _truth(drawn: tuple[Drawn, ...], *, is_digit: bool) -> Iterator[dict]:
    """List what is true of a page; a digit cut off by the border is another mark."""
    for one in drawn:
        label = one.label if is_digit or not one.label.isdigit() else "part of a digit"
        yield {"box": one.box.xywh, "label": label}
