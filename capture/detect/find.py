"""Finds what may be a digit: evens out the light, thresholds, takes the ink apart, makes the network's crops."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence

import cv2
import numpy as np

from capture.detect.binarize import ink_of, is_drawn_light_on_dark, is_light_on_dark, keep_ink
from capture.detect.components import find_components, is_most_of, split_by_threshold
from capture.detect.edges import is_edge
from capture.detect.enclosure import enclosed_components, without_outlines
from capture.detect.gray import to_gray
from capture.detect.merge import with_joins
from capture.detect.reduce import reduced
from capture.detect.split import cuts
from capture.types import Box, Candidate, Component, Detection, InkImage
from model.glyph import measured

WORK_SIDE_PX = 1600  # bigger pictures are reduced: less grain, and nobody writes below 12 px in 1600
SMOOTH_PX = 3
SLIMMEST, BROADEST = 0.08, 1.3  # widths a height of a digit that stands alone
ALIKE = 1.4  # times the height: as much do the digits of a page differ
MIN_LINE = 3  # pieces of one height are writing; an 8 has two loops
MOST_CUT = 0.5  # of the picture's height: rings and digits that touch are no higher, but outlines of sheets are
SOLID = 0.12  # of its box: a hard shadow's corner fills more, the rim of a sheet less


def find_candidates(image: np.ndarray) -> list[Candidate]:
    """Find the ink that may be digits, as `detect` does."""
    return detect(image).candidates


def detect(image: np.ndarray) -> Detection:
    """Find the ink that may be digits; the network says which is.

    Args:
        image: (H, W, 3) uint8, BGR; any size, also empty.
    """
    if image.size == 0:
        blank = np.zeros(image.shape[:2], np.uint8)
        return Detection([], blank, blank, 1.0, image.shape[:2])
    ink_image = measure_ink(image)
    return make_candidates(find_strokes(ink_image), ink_image)


def measure_ink(image: np.ndarray, is_paper: bool = False) -> InkImage:
    """Measure the ink of a picture.

    Args:
        image: (H, W, 3) uint8, BGR, of at least one pixel.
        is_paper: whether it is known to show a light sheet: then what is around it has no say in what is ink.
    """
    gray, scale = _work_gray(image)
    gray = gray if is_paper else _dark_on_light(gray)
    return InkImage(gray, keep_ink(ink_of(gray)), scale, image.shape[:2])


def find_strokes(ink_image: InkImage) -> list[Component]:
    """Find the connected ink that may be digits or parts of some, whichever way these lie."""
    return list(_strokes(ink_image.gray, find_components(ink_image.ink)))


def make_candidates(strokes: Sequence[Component], ink_image: InkImage) -> Detection:
    """Put together what may be upright digits, and make the network's glyphs."""
    scale, shape = ink_image.scale, ink_image.shape
    small = (piece for piece in strokes if piece.box.h < MOST_CUT * ink_image.ink.shape[0])
    contents = [content for piece in small for content in enclosed_components(piece)]
    pieces = with_joins([*without_outlines(strokes, ink_image.ink.shape), *contents])
    return Detection([_candidate(piece, scale, shape) for piece in pieces], ink_image.gray, ink_image.ink, scale, shape)


def split(candidate: Candidate, detection: Detection) -> list[list[Candidate]]:
    """Offer other ways to see a candidate: at a higher threshold, without ruling, cut where digits touch.

    Args:
        candidate: of `detection`, or from an earlier split of one of these.
        detection: what was found in the picture.

    Returns:
        Rows of candidates, each in place of the whole; most candidates never need them.
    """
    component, scale = candidate.component, detection.scale
    if component is None:
        return []
    is_small = component.box.h < MOST_CUT * scale * detection.shape[0]
    rows = (_without_edges(row, detection.gray) for row in split_by_threshold(component, detection.ink.shape))
    rows = (*filter(None, rows), *(cuts(component) if is_small else ()))
    return [[_candidate(part, scale, detection.shape) for part in row] for row in rows]


def _without_edges(row: Iterable[Component], gray: np.ndarray) -> list[Component]:
    return [part for part in row if not is_edge(gray, part)]


def _strokes(gray: np.ndarray, pieces: Iterable[Component]) -> Iterator[Component]:
    """The pieces that are no edges; where a hard shadow's edge holds strokes, these."""
    for piece in pieces:
        if not is_edge(gray, piece):
            yield piece
        elif cv2.countNonZero(piece.ink) > SOLID * piece.box.w * piece.box.h:
            parts = [part for row in split_by_threshold(piece, gray.shape) for part in row]
            yield from _strokes(gray, (part for part in parts if not is_most_of(part.box, piece.box)))


def ink_map(image: np.ndarray) -> np.ndarray:
    """What the program sees: (H, W) uint8, 0 paper, 255 darkest ink; at most `WORK_SIDE_PX` wide or high."""
    return measure_ink(image).ink if image.size else np.zeros(image.shape[:2], np.uint8)


def _work_gray(image: np.ndarray) -> tuple[np.ndarray, float]:
    """Grey, reduced, smoothed; and the factor by which it was reduced."""
    gray = to_gray(image)
    scale = min(1.0, WORK_SIDE_PX / max(image.shape[:2]))
    if scale < 1.0:
        gray = reduced(gray, (max(1, round(gray.shape[1] * scale)), max(1, round(gray.shape[0] * scale))))
    gray = cv2.GaussianBlur(gray, (SMOOTH_PX, SMOOTH_PX), 0)
    return gray, scale


def _dark_on_light(gray: np.ndarray) -> np.ndarray:
    """The picture, or its negative where light writing shows and looks no less like digits than the dark one does.

    Before a dark background full of light things a white sheet's writing is still dark. Where light strokes stand on
    an even ground, dark pieces may be the bare insides of their loops: fewer and lower than a sheet's writing.
    """
    is_drawn = is_drawn_light_on_dark(gray)
    if not (is_drawn or is_light_on_dark(gray)):
        return gray
    negative = cv2.bitwise_not(gray)
    dark, light = _alike(gray), _alike(negative)
    if is_drawn:
        return gray if len(dark) >= MIN_LINE and dark.sum() > light.sum() else negative
    return gray if len(dark) > len(light) else negative


def _alike(gray: np.ndarray) -> np.ndarray:
    """(n,) px: heights of the most pieces of ink that are of about one height, as the digits of a page are."""
    pieces = [piece for piece in find_components(keep_ink(ink_of(gray))) if _is_digit_like(piece.box)]
    heights = np.array([piece.box.h for piece in pieces if not is_edge(gray, piece)], float)
    ratios = heights[:, None] / heights
    is_alike = (ratios < ALIKE) & (ratios > 1 / ALIKE)
    return heights[is_alike[is_alike.sum(axis=1).argmax()]] if len(heights) else heights


def _is_digit_like(box: Box) -> bool:
    return SLIMMEST < box.w / box.h < BROADEST


def _candidate(component: Component, scale: float, shape: tuple[int, ...]) -> Candidate:
    parts = tuple(_candidate(part, scale, shape) for part in component.parts)
    glyph, stroke_width_px = measured(component.ink)
    return Candidate(_in_frame(component.box, scale, shape), glyph, parts, stroke_width_px / scale, component)


def _in_frame(box: Box, scale: float, shape: tuple[int, ...]) -> Box:
    """The box in pixels of the whole picture, inside its borders."""
    if scale == 1.0:
        return box
    left, top = int(box.x / scale), int(box.y / scale)
    right = min(shape[1], math.ceil((box.x + box.w) / scale))
    bottom = min(shape[0], math.ceil((box.y + box.h) / scale))
    return Box(left, top, right - left, bottom - top)
