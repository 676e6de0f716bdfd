"""Find what may be a digit: even out the light, threshold, take the ink apart, make the network's glyphs."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

import cv2
import numpy as np

from capture.boxes import MIN_SAMPLE, Box, is_most_of, turn_box
from capture.detect.binarize import SMOOTH_PX, downscale, to_gray
from capture.detect.components import SPARSE, find_components, refit, split_by_threshold, without_rules
from capture.detect.fragments import has_digit_shape, merge_fragments, split_touching
from capture.detect.ground import Polarity, side_of
from capture.detect.outlines import enclosed_components, is_edge, without_outlines
from capture.types import Candidate, Component, Detection, InkImage
from model.glyph import measured

WORK_SIDE_PX = 1600  # bigger pictures are reduced: less grain, and most writing stays high enough
SMALL_PX = 22.0  # of the ink map: where digits are usually lower, they are read better twice as large
MIN_INK_RATIO = (
    0.45  # to the digit: lighter is ruling, a shadow or what shines through, slimmer a speck or the rest of a rule
)
MAX_SPLIT_HEIGHT_SHARE = 0.5  # of the picture's: rings and digits that touch are lower, outlines of sheets are not


def detect(image: np.ndarray, zoom: float = 1.0) -> Detection:
    """Find the ink that may be digits; the network says which is.

    Args:
        image: (H, W, 3) uint8, BGR; any size, also empty.
        zoom: as `measure_ink` takes it.
    """
    if image.size == 0:
        blank = np.zeros(image.shape[:2], np.uint8)
        return Detection([], InkImage(blank, blank, 1.0, image.shape[:2]))
    ink_image = measure_ink(image, zoom=zoom)
    return make_candidates(find_strokes(ink_image), ink_image)


def zoom_for(heights_px: Iterable[float], scale: float, zoom: float = 1.0) -> float:
    """Tell at how many times its usual size a picture is best looked at: 2.0 where its writing is small, else 1.0.

    Args:
        heights_px: of the digits on it.
        scale: at which it is usually looked at.
        zoom: at which it was looked at before: at the border between two it stays as it is.
    """
    heights = np.array([scale * height for height in heights_px])
    is_small = len(heights) >= MIN_SAMPLE and np.median(heights) < SMALL_PX * zoom ** (1 / 4)
    return 2.0 if is_small else 1.0


def usual_scale(shape: tuple[int, ...]) -> float:
    """Compute the factor by which a picture of that shape is reduced."""
    return min(1.0, WORK_SIDE_PX / max(shape[:2]))


def measure_ink(
    image: np.ndarray, is_paper: bool = False, polarity: Polarity | None = None, zoom: float = 1.0
) -> InkImage:
    """Measure the ink of a picture.

    Args:
        image: (H, W, 3) uint8, BGR, of at least one pixel.
        is_paper: whether it is known to show a light sheet: then what lies around it does not decide what is ink.
        polarity: makes writing dark; None for a `Polarity` that knows no other picture.
        zoom: how much larger than usual the picture is looked at, for small writing.
    """
    gray, scale = _work_gray(image, zoom)
    gray, ink, pieces = side_of(gray) if is_paper else (polarity or Polarity())(gray)
    return InkImage(gray, ink, scale, image.shape[:2], pieces, image)


def find_strokes(ink_image: InkImage) -> list[Component]:
    """Find the connected ink that may be digits or parts of some, whichever way these lie.

    Rules are among it, with what stands on them: on a page that lies sideways, a rule may be a 1.
    """
    pieces = find_components(ink_image.ink) if ink_image.pieces is None else ink_image.pieces
    return list(_reject_edges(ink_image.gray, pieces))


def turn_strokes(strokes: Iterable[Component], quarters: int, ink_image: InkImage) -> list[Component]:
    """Turn what was found with its picture, in place of another search.

    Args:
        strokes: as `find_strokes` gives them.
        quarters: 1 to 3, counterclockwise.
        ink_image: the turned picture.
    """
    shape, known = ink_image.ink.shape, {}
    turned = [_turned(stroke, quarters, shape, known) for stroke in strokes]
    return list(_reject_edges(ink_image.gray, (piece for stroke in turned for piece in refit(stroke, shape))))


def _turned(
    component: Component | None, quarters: int, shape: tuple[int, ...], known: dict[int, Component]
) -> Component | None:
    """Turn a component, and once for all the whole that it is a part of; `known`: what was turned, by identity."""
    if component and id(component) not in known:
        box, ink = turn_box(component.box, quarters, shape), np.ascontiguousarray(np.rot90(component.ink, quarters))
        whole = _turned(component.whole, quarters, shape, known)
        known[id(component)] = replace(component, box=box, ink=ink, parts=(), whole=whole)
    return known.get(id(component))


def make_candidates(strokes: Sequence[Component], ink_image: InkImage) -> Detection:
    """Put together what may be upright digits, and make the network's glyphs."""
    widest = MAX_SPLIT_HEIGHT_SHARE * ink_image.ink.shape[1]
    bars = [piece for piece in strokes if piece.is_rule and piece.box.w < widest]  # of fractions; wider ones are ruling
    strokes = list(without_rules(strokes))
    small = (piece for piece in strokes if piece.box.h < MAX_SPLIT_HEIGHT_SHARE * ink_image.ink.shape[0])
    contents = [content for piece in small for content in enclosed_components(piece)]
    pieces = merge_fragments([*without_outlines(strokes, ink_image.gray), *contents])
    candidates = [_candidate(piece, ink_image) for piece in pieces if has_digit_shape(piece.box)]
    rest = [*(piece for piece in pieces if not has_digit_shape(piece.box)), *bars]
    usual_px = ink_image.scale * float(np.median([one.stroke_width_px for one in candidates] or [0.0]))
    signs = (piece for piece in rest if min(piece.box.w, piece.box.h) >= MIN_INK_RATIO * usual_px)
    return Detection(candidates, ink_image, [_candidate(replace(piece, parts=()), ink_image) for piece in signs])


def split(candidate: Candidate, detection: Detection) -> list[list[Candidate]]:
    """Offer other ways to see a candidate: at a higher threshold, without ruling, cut where digits touch.

    Args:
        candidate: of `detection`, or from an earlier split of one of these.
        detection: what was found in the picture.

    Returns:
        Rows of candidates, each in place of the whole; most candidates never need them.
    """
    component, seen = candidate.component, detection.ink_image
    if component is None:
        return []
    is_small = component.box.h < MAX_SPLIT_HEIGHT_SHARE * seen.scale * seen.shape[0]
    rows = (_without_edges(row, seen.gray) for row in split_by_threshold(component, seen.ink.shape))
    rows = (*filter(None, rows), *(split_touching(component) if is_small else ()))
    return [[_candidate(part, seen) for part in row] for row in rows]


def _without_edges(row: Iterable[Component], gray: np.ndarray) -> list[Component]:
    return [part for part in row if not is_edge(gray, part)]


def _reject_edges(gray: np.ndarray, pieces: Iterable[Component]) -> Iterator[Component]:
    """Leave out the pieces that are edges; where a hard shadow's edge holds strokes, keep these."""
    for piece in pieces:
        if piece.is_rule:
            yield replace(piece, parts=tuple(_reject_edges(gray, piece.parts)))
        elif not is_edge(gray, piece):
            yield piece
        elif cv2.countNonZero(piece.ink) > SPARSE * piece.box.w * piece.box.h:  # the rim of a sheet fills less
            parts = [part for row in split_by_threshold(piece, gray.shape) for part in row]
            yield from _reject_edges(gray, (part for part in parts if not is_most_of(part.box, piece.box)))


def ink_map(image: np.ndarray) -> np.ndarray:
    """Show what the program sees: (H, W) uint8, 0 paper, 255 darkest ink; at most `WORK_SIDE_PX` wide or high."""
    return measure_ink(image).ink if image.size else np.zeros(image.shape[:2], np.uint8)


def _work_gray(image: np.ndarray, zoom: float) -> tuple[np.ndarray, float]:
    """Make the picture grey, smaller or larger, and smoother; give it with the factor of its size."""
    gray = to_gray(image)
    scale = zoom * usual_scale(image.shape)
    size = max(1, round(gray.shape[1] * scale)), max(1, round(gray.shape[0] * scale))
    if scale < 1.0:
        gray = downscale(gray, size)
    elif scale > 1.0:
        gray = cv2.resize(gray, size, interpolation=cv2.INTER_CUBIC)
    return cv2.GaussianBlur(gray, (SMOOTH_PX, SMOOTH_PX), 0), scale


def _candidate(component: Component, ink_image: InkImage) -> Candidate:
    box, parts = _in_picture(component.box, ink_image), tuple(_candidate(part, ink_image) for part in component.parts)
    glyph, stroke_width_px = measured(component.ink)
    return Candidate(box, glyph, parts, stroke_width_px / ink_image.scale, component)


def _in_picture(box: Box, ink_image: InkImage) -> Box:
    """Carry a box from the ink map into pixels of the picture, inside its borders."""
    scale, shape = ink_image.scale, ink_image.shape
    if scale == 1.0:
        return box
    left, top = int(box.x / scale), int(box.y / scale)
    right = min(shape[1], math.ceil((box.x + box.w) / scale))
    bottom = min(shape[0], math.ceil((box.y + box.h) / scale))
    return Box(left, top, right - left, bottom - top)
