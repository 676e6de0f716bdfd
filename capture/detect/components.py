"""Takes thresholded ink apart into connected pieces that may be digits, by a tree of rising thresholds.

What is connected at a low threshold (a faint pencil needs it low) may be several digits held together by a shadow or by
the rules of squared paper; each piece is therefore looked at again at its own, higher threshold.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from capture.boxes import as_array, holds
from capture.detect.ruling import without_lines
from capture.types import Box, Component

LEAST_HEIGHT_PX = 9  # lower ink is a dot, a dash or grain
WIDEST = 5.0  # widths a height: wider pieces are rules and underlines, even when three digits touch
OWN_LEVEL = 0.4  # of a piece's own darkness: about where the eye puts a stroke's edge
CLEARLY_HIGHER = 1.2  # a new threshold this much higher is worth another look
STANDS_OUT = 1.8  # times the threshold it was found with; grain hardly exceeds it
FAINTEST = 30  # of 255: the faintest pencil on real photos has twice that
TWO_SHADES = 1.7  # ink this much darker than what connects it is separated by a threshold alone
IN_SHADOW = 1.4  # the same for strokes in a hard shadow, which is darker itself than any rule
MOST_OF_WHOLE = 0.6  # of the area of two boxes
SHADE_ENDS = 3.0  # standard deviations above its median: hardly any of the lighter ink is so dark
MAD_TO_SIGMA = 1.4826  # of a normal distribution
FADED_ASPECT = 0.25, 1.2  # widths a height of a single digit
MOST_FADED, LARGEST_FADED = 4, 0.5  # dark parts of a digit that fades in places, and of its box, the largest of them
CELL = 0.08  # of a table's shorter side: what is smaller is a gap in a crayon's stroke
MOST_HOLES = 3  # of a digit: an 8 with a loop at its top
LEAST_STEP = 1.35  # the next threshold, in times the last
MOST_LEVELS = 3
LEAST_APART_PX = 20  # a strip this slim is an edge or a rule with nothing on it
NEXT, FIRST_CHILD, PARENT = 0, 2, 3  # columns of OpenCV's contour tree: children are a contour's holes
SPARSE = 0.08  # share of its box that a piece fills: a net of rules fills less, but so does a hairline digit
NET_SIDE_PX = 54
LARGE_SIDE_PX, LARGE_SPARSE = 160, 0.3  # a form's broad lines fill more, and few digits are so large
LINES_SIDE_PX = 60
CROSS = cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3))
FILLS_WIDTH, FILLS_HEIGHT = 0.6, 0.9  # of the picture: bigger than a digit gets


def find_components(ink: np.ndarray) -> list[Component]:
    """Finds the pieces that may be a digit or a part of one.

    Args:
        ink: (H, W) uint8, 0 where the paper is bare.
    """
    return list(_pieces(ink, Box(0, 0, *ink.shape[::-1]), _Stage(ink.shape)))


def split_by_threshold(component: Component, frame: tuple[int, ...]) -> list[list[Component]]:
    """Offer other ways to see a component: what it falls into at a higher threshold or without ruling.

    Args:
        component: from `find_components`.
        frame: shape of the ink map it was found in.

    Returns:
        Rows of components, none where it is better left whole.
    """
    ink, box, stage = component.ink, component.box, _Stage(frame, component.depth, component.is_unruled)
    if component.cores:
        return [list(component.cores)]
    if component.parts or stage.is_last:
        return []
    if _is_sparse(ink, box):
        return [list(_take_apart(ink, _ranked(ink), box, stage))]
    return _by_shade(ink, box, stage)


@dataclass(frozen=True, slots=True)
class _Stage:
    """Where in the tree of thresholds a piece stands.

    Attributes:
        frame: the picture's shape.
        depth: thresholds so far.
        is_unruled: whether rules were removed already.
    """

    frame: tuple[int, ...]
    depth: int = 0
    is_unruled: bool = False

    @property
    def is_last(self) -> bool:
        return self.depth == MOST_LEVELS

    def next(self, is_unruled: bool = False) -> _Stage:
        return _Stage(self.frame, self.depth + 1, self.is_unruled or is_unruled)

    def component(self, ink: np.ndarray, box: Box, cores: Sequence[Component] = ()) -> Component:
        return Component(box, ink, cores=tuple(cores), depth=self.depth, is_unruled=self.is_unruled)


def _pieces(ink: np.ndarray, box: Box, stage: _Stage) -> Iterator[Component]:
    for part_box, part in components(ink, box.x, box.y):
        yield from _study(part, part_box, stage)


def components(ink: np.ndarray, x: int = 0, y: int = 0) -> Iterator[tuple[Box, np.ndarray]]:
    """Connected ink that is not too small for a digit: its box (moved by x, y), and the ink alone.

    Contours with their holes: what stands inside a hole is a component of its own.
    """
    contours, tree = cv2.findContours(ink, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_SIMPLE)
    links = tree[0].tolist() if contours else []
    outer = [i for i, link in enumerate(links) if link[PARENT] < 0]
    rectangles = [cv2.boundingRect(contours[i]) for i in outer]
    large = [k for k, (_, _, w, h) in enumerate(rectangles) if max(w, h) >= LEAST_HEIGHT_PX]
    for k, is_alone in zip(large, _alone(rectangles, large), strict=True):
        left, top, w, h = rectangles[k]
        own = ink[top : top + h, left : left + w]
        if not is_alone:
            outline, link = contours[outer[k]], links[outer[k]]
            own = own & _filled([outline, *_holes(contours, links, link)], (left, top), own.shape)
        if cv2.countNonZero(own) >= LEAST_HEIGHT_PX:
            yield Box(left + x, top + y, w, h), own


def _alone(rectangles: Sequence[Sequence[int]], asked: Sequence[int]) -> Sequence[bool]:
    """Which of the rectangles asked for, x, y, width, height, share no pixel with any other, as most digits do."""
    if len(rectangles) == 1:
        return [True] * len(asked)
    x, y, w, h = np.array(rectangles, np.int32).reshape(-1, 4).T
    right, bottom = x + w, y + h
    own_x, own_y, own_right, own_bottom = (of[asked, None] for of in (x, y, right, bottom))
    shares = (x < own_right) & (own_x < right) & (y < own_bottom) & (own_y < bottom)
    return (shares.sum(axis=1) == 1).tolist()  # with itself


def _holes(contours: Sequence[np.ndarray], links: Sequence[Sequence[int]], link: Sequence[int]) -> Iterator[np.ndarray]:
    child = link[FIRST_CHILD]
    while child >= 0:
        yield contours[child]
        child = links[child][NEXT]


def _filled(outlines: Sequence[np.ndarray], corner: tuple[int, int], shape: tuple[int, ...]) -> np.ndarray:
    """(h, w) uint8, 255 inside the first outline and outside the others, its holes; `corner` is its left and top."""
    mask = np.zeros(shape, np.uint8)
    return cv2.fillPoly(mask, outlines, 255, offset=(-corner[0], -corner[1]))


def _study(ink: np.ndarray, box: Box, stage: _Stage) -> Iterator[Component]:
    values = _ranked(ink)
    least, dark = int(values[0]), _darkness(values)
    if stage.depth == 0 and dark < max(STANDS_OUT * least, FAINTEST):
        return
    if _is_no_digit(box, stage.frame):
        if min(box.w, box.h) >= LEAST_APART_PX and not stage.is_last:
            yield from _take_apart(ink, values, box, stage)
        return
    own = OWN_LEVEL * dark
    if own > CLEARLY_HIGHER * least and not stage.is_last:
        cores = list(components(above(ink, own), box.x, box.y))
        if len(cores) > 1:
            apart = [piece for core_box, core in cores for piece in _study(core, core_box, stage.next())]
            if _is_faded(cores, box):
                yield stage.component(ink, box, apart)
            else:
                yield from apart
            return
        box, ink = cores[0] if cores else (box, ink)
    if not stage.is_last and _is_sparse(ink, box) and _is_net(ink):
        yield from _take_apart(ink, values, box, stage)
    else:
        yield stage.component(ink, box)


def _is_faded(cores: Sequence[tuple[Box, np.ndarray]], whole: Box) -> bool:
    """Whether the piece may be one digit by a pen that ran dry: what is dark in it are a few parts, one of them large.

    What a faint shadow or rule holds together is of several digits, none of which is half of the whole; and a ring
    around a digit holds it, as no part of a digit holds another.
    """
    if not (FADED_ASPECT[0] < whole.w / whole.h < FADED_ASPECT[1] and len(cores) <= MOST_FADED):
        return False
    boxes = as_array(box for box, _ in cores)
    largest = (boxes[:, 2] * boxes[:, 3]).max()
    return largest > LARGEST_FADED * whole.w * whole.h and not holds(boxes, boxes).any()


def _by_shade(ink: np.ndarray, box: Box, stage: _Stage) -> list[list[Component]]:
    """The darker ink alone, as one row: strokes in a hard shadow's corner, the middle of strokes that touch."""
    values = _ranked(ink)
    split = _otsu(values)
    lighter, darker = _parted(values, split)
    if not (lighter.size and darker.size) or darker.mean() < IN_SHADOW * lighter.mean():
        return []
    row = list(_pieces(_darker_shade(ink, lighter, split), box, stage.next()))
    return [row] if row else []


def is_most_of(part: Box, whole: Box) -> bool:
    """Whether a part of a shadow is the shadow itself rather than a stroke in it."""
    return part.w * part.h > MOST_OF_WHOLE * whole.w * whole.h


def _take_apart(ink: np.ndarray, values: np.ndarray, box: Box, stage: _Stage) -> Iterator[Component]:
    """By a higher threshold where the piece has two shades, else by removing rules; `values` are its ink, ranked."""
    split = max(_otsu(values), LEAST_STEP * int(values[0]))
    lighter, darker = _parted(values, split)
    has_two_shades = darker.size and lighter.size and darker.mean() > TWO_SHADES * lighter.mean()
    rest = None
    if not (has_two_shades or stage.is_unruled) and max(box.w, box.h) > LINES_SIDE_PX:
        rest = without_lines(ink)
    if rest is None and darker.size:
        rest = _darker_shade(ink, lighter, split) if has_two_shades else above(ink, split)
    if rest is not None:
        yield from _pieces(rest, box, stage.next(is_unruled=not has_two_shades))


def _darker_shade(ink: np.ndarray, lighter: np.ndarray, split: float) -> np.ndarray:
    """What is darker than `split`, and what hangs together with it down to where the lighter shade begins.

    Two thresholds with hysteresis (Canny 1986): a pen's faint spots are kept, the rules that it crosses are not.
    """
    middle = _middle(lighter)
    spread = MAD_TO_SIGMA * _middle(np.sort(np.abs(lighter - middle)))
    low = min(split, middle + SHADE_ENDS * spread)
    rest = above(ink, low)
    count, labels = cv2.connectedComponents(rest)
    kept = np.zeros(count, np.uint8)
    kept[labels[ink > split]] = 255
    return cv2.bitwise_and(rest, kept.take(labels))


def above(ink: np.ndarray, level: float) -> np.ndarray:
    """The ink stronger than `level`, 0 elsewhere."""
    return cv2.threshold(ink, level, 255, cv2.THRESH_TOZERO)[1]


def _ranked(ink: np.ndarray) -> np.ndarray:
    """(n,) uint8: all ink, the faintest first. Bytes are sorted by counting, a tenth of a comparing sort's work."""
    return np.sort(ink[ink > 0], kind="stable")


def _parted(ranked: np.ndarray, split: float) -> tuple[np.ndarray, np.ndarray]:
    """Ranked ink up to `split`, and what is darker."""
    count = np.count_nonzero(ranked <= split)
    return ranked[:count], ranked[count:]


def _middle(ranked: np.ndarray) -> float:
    """The median of (n,) ranked values; `statistics.median` is quick for lists, not for thousands of pixels."""
    return (float(ranked[(len(ranked) - 1) // 2]) + float(ranked[len(ranked) // 2])) / 2


def _darkness(ranked: np.ndarray) -> float:
    """The 90th percentile: the stroke's middle, without a blot."""
    return float(ranked[int(0.9 * len(ranked))])


def _otsu(values: np.ndarray) -> float:
    return cv2.threshold(values.reshape(1, -1), 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)[0]


def _is_no_digit(box: Box, frame: tuple[int, ...]) -> bool:
    """Desk, table edge, a net of rules: too big, or cut off by several borders of the picture."""
    height, width = frame
    cut = (box.x <= 1) + (box.y <= 1) + (box.x + box.w >= width - 1) + (box.y + box.h >= height - 1)
    is_big = box.w > FILLS_WIDTH * width or box.h > FILLS_HEIGHT * height
    is_strip = box.w > 4 * box.h and box.w > 8 * LEAST_HEIGHT_PX
    return cut >= 3 or (is_big and (cut >= 2 or box.w > 2.5 * box.h)) or is_strip


def _is_sparse(ink: np.ndarray, box: Box) -> bool:
    """Whether the piece is as large, and fills as little of its box, as a net of rules does."""
    side = max(box.w, box.h)
    if side <= NET_SIDE_PX:
        return False
    return cv2.countNonZero(ink) < (LARGE_SPARSE if side > LARGE_SIDE_PX else SPARSE) * box.w * box.h


def _is_net(ink: np.ndarray) -> bool:
    """Whether the ink has more holes, none of them small, than a digit can have: the cells of a table."""
    contours, tree = cv2.findContours(ink, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_SIMPLE)
    sides = [min(cv2.boundingRect(contours[i])[2:]) for i in np.flatnonzero(tree[0, :, PARENT] >= 0)]
    least = max(LEAST_HEIGHT_PX, CELL * min(ink.shape))
    return sum(side >= least for side in sides) > MOST_HOLES


def has_digit_shape(box: Box) -> bool:
    """Says whether a digit, or a few that touch, can be this low and wide."""
    return box.h >= LEAST_HEIGHT_PX and box.w <= WIDEST * box.h


def stroke_width(ink: np.ndarray) -> float:
    """Measure how broad the strokes of an (h, w) uint8 ink map are, px, with their soft rims.

    Across a stroke two pixels are its rim: twice the ink by the ink that an erosion takes away is the width.
    """
    area = cv2.countNonZero(ink)
    core = cv2.erode(ink, CROSS, borderType=cv2.BORDER_CONSTANT, borderValue=0)
    return 2 * area / max(1, area - cv2.countNonZero(core))
