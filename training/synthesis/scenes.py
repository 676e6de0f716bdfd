"""Makes examples by the camera path: pages drawn, photographed by the simulated camera, cut out as the camera does."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from capture.boxes import Box, iou, shared_area
from capture.detect.find import detect, split
from capture.synthetic.camera import photograph, random_troubles
from capture.synthetic.handwriting import Write
from capture.synthetic.page import Drawn, DrawnPage, random_page
from capture.types import Candidate, Detection
from model.classifier import CLASSES, NO_DIGIT
from training.datasets.typefaces import Typeface
from training.synthesis.augment import run_dry
from training.synthesis.targets import nothing, target_of
from training.synthesis.text_pages import wordy_page

SIZES = ((640, 480), (800, 600), (960, 540), (480, 640))
IS_THE_DIGIT = 0.62  # overlap (intersection over union) from which a crop counts as the digit
IS_NOT_IT = 0.35  # below it, a crop is a part or something else; in between it teaches nothing clear
JOINED_SHARE = 0.6  # a crop that holds this much of each of two digits is no digit
STICK = 0.25  # widths a height: a piece of a rule this slim looks like a 1, and only its surroundings tell
SPLIT_SHARE = 0.15  # of the crops are shown split as well
MAX_NONE, MAX_SIGNS = 12, 24  # such crops, and letters and signs, of one page, so that they don't swamp the rest
DRY_PEN, DRY_DIGIT = 0.1, 0.6  # share of the pages whose pen runs dry, and of the digits there in which it does
WORDY = 0.35  # share of the pages that are mostly words
IS_THE_MARK = 0.6  # overlap from which a crop counts as the letter or sign written there


def scene_crops(
    rng: np.random.Generator, write: Write, faces: Sequence[Typeface] = ()
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Draw a page, photograph it and cut it up.

    Args:
        rng: source of all chance.
        write: who writes the digits.
        faces: what words are written and printed with.

    Yields:
        (28, 28) uint8 glyph and its target: (classes,) float32 shares.
    """
    size = SIZES[rng.integers(len(SIZES))]
    write = _running_dry(write) if rng.random() < DRY_PEN else write
    page = wordy_page(rng, size, write, faces) if rng.random() < WORDY else random_page(rng, size, write)
    yield from page_crops(photograph(page, rng, random_troubles(rng, rng.uniform(0.2, 1.0))), rng)


def page_crops(photo: DrawnPage, rng: np.random.Generator) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Cut a photographed page up: each crop that teaches something as (28, 28) uint8, and its (classes,) target."""
    crops = list(_every(detect(photo.image), rng))
    spare = {"digit": len(crops), "none": MAX_NONE, "sign": MAX_SIGNS}
    for index in rng.permutation(len(crops)):
        target = target_for(crops[index].box, photo)
        if target is None:
            continue
        kind = "digit" if target[:NO_DIGIT].sum() == 1 else "none" if target[NO_DIGIT] == 1 else "sign"
        spare[kind] -= 1
        if spare[kind] >= 0:
            yield crops[index].glyph, target


def _running_dry(write: Write) -> Write:
    """Give the same hand a pen that runs dry in most digits."""

    def write_dry(digit: int, height_px: float, pen_px: float, rng: np.random.Generator) -> np.ndarray:
        ink = write(digit, height_px, pen_px, rng)
        return run_dry(ink, rng) if rng.random() < DRY_DIGIT else ink

    return write_dry


def target_for(box: Box, photo: DrawnPage) -> np.ndarray | None:
    """Say what a crop teaches: nothing where it is part of something, or a line that could as well be a 1."""
    label = label_of(box, photo.digits)
    if label is None:
        return None
    if label != NO_DIGIT:
        return np.eye(CLASSES, dtype=np.float32)[label]
    marks = [(iou(box, mark.box), mark) for mark in photo.others if shared_area(box, mark.box)]
    shared, mark = max(marks, key=lambda one: one[0], default=(0.0, None))
    if mark and shared >= IS_THE_MARK and not mark.label.isdigit():
        return target_of(mark.label)
    is_cut_off = any(mark.label.isdigit() for _, mark in marks)
    return None if is_cut_off or box.w < STICK * box.h or shared >= IS_NOT_IT else nothing()


def _every(detection: Detection, rng: np.random.Generator) -> Iterator[Candidate]:
    """Yield all crops, and of some the other ways to see them."""
    for crop in detection.candidates:
        yield crop
        yield from crop.parts
        if rng.random() < SPLIT_SHARE:
            for row in split(crop, detection):
                yield from row


def label_of(box: Box, digits: Sequence[Drawn]) -> int | None:
    """Say what a crop shows, by its overlap with the true digits; None where that is not clear."""
    best, label, held = 0.0, NO_DIGIT, 0
    for digit in digits:
        held += shared_area(box, digit.box) > JOINED_SHARE * digit.box.w * digit.box.h
        if (shared := iou(box, digit.box)) > best:
            best, label = shared, digit.digit
    if held > 1 or best < IS_NOT_IT:
        return NO_DIGIT
    return label if best >= IS_THE_DIGIT else None
