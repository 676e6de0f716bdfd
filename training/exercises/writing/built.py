"""Sets what formulas are built from: fractions, roots, sums, scripts, tall brackets, rows under each other.

Everything takes its place from the ink of what has been written before, as people do.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from training.exercises.writing.texts import Fence, Fraction, Over, Part, Root, Rows, Script, Stack
from training.synthesis.augment import distort_strokes

if TYPE_CHECKING:
    from training.exercises.writing.sheet_writer import SheetWriter

SCRIPT_SCALE = (0.45, 0.9)  # of a sign above or below the line: from hand to hand
SCRIPT_RAISE, SCRIPT_LOWER = (0.35, 0.75), (0.1, 0.45)  # how far it stands from the line, in heights of a digit
FRACTION_SCALE = (0.6, 1.0)
FRACTION_GAP = (-0.03, 0.4)  # heights between a fraction's bar and what stands over and under it: some touch it
FRACTION_WIDER = (-0.1, 0.5)  # heights by which a bar reaches beyond what it divides
STACK_SCALE, STACK_GAP = (1.0, 1.8), (0.02, 0.4)  # of a sum's sign; heights between it and its bounds
ROOT_GAP, ROOT_SIDE = (-0.05, 0.35), (0.35, 0.65)  # heights: how close a root comes to what stands under it
FENCE_WIDTH, FENCE_OVER = (0.1, 0.4), (-0.1, 0.25)  # heights: of a tall bracket, and how far it reaches beyond
OPERATOR_SPACE = (0.0, 0.4)  # heights of a digit on either side
BAR = "rule"
TURN = np.linspace(0, 1, 14)
FENCES = {
    "(": np.column_stack([1 - np.sin(np.pi * TURN), TURN]),
    "[": np.array([[1, 0], [0, 0], [0, 1], [1, 1]]),
    "{": np.array([[1, 0], [0.5, 0.05], [0.5, 0.42], [0, 0.5], [0.5, 0.58], [0.5, 0.95], [1, 1]]),
    "|": np.array([[0.5, 0], [0.5, 1]]),
}
MIRRORED = {")": "(", "]": "[", "}": "{"}


@dataclass(frozen=True)
class Habits:
    """How somebody sets formulas.

    Attributes:
        script_scale: size of what stands above or below the line.
        raised: for `^` and `_`, how far above the line the next sign's foot stands, in heights of a digit.
        fraction_scale: size of what stands over and under a bar.
        operator_space: room left on either side of an operator, in heights of a digit.
    """

    script_scale: float
    raised: dict[str, float]
    fraction_scale: float
    operator_space: float


def random_habits(rng: np.random.Generator) -> Habits:
    """Invent the habits of one hand."""
    raised = {"^": rng.uniform(*SCRIPT_RAISE), "_": -rng.uniform(*SCRIPT_LOWER)}
    space = rng.uniform(*OPERATOR_SPACE) if rng.random() < 0.6 else 0.0
    return Habits(rng.uniform(*SCRIPT_SCALE), raised, rng.uniform(*FRACTION_SCALE), space)


def write_built(sheet: SheetWriter, part: Part, place: tuple[float, float], px: float, last: int) -> float:
    """Write a part that is no text.

    Args:
        sheet: on which.
        part: anything but a text.
        place: x where it begins, y of the line on which it stands.
        px: height of a digit.
        last: the item with which the part before it begins.

    Returns:
        x where the next part begins.
    """
    if isinstance(part, Script):
        return _script(sheet, part, place, px, last)
    builds = {Root: _root, Fraction: _fraction, Stack: _stack, Fence: _fence, Rows: _rows, Over: _over}
    return builds[type(part)](sheet, part, *place, px)


def _script(sheet: SheetWriter, part: Script, place: tuple[float, float], px: float, last: int) -> float:
    """Write behind a part as high as it reaches, and as low."""
    (x, foot_y), raised, small = place, sheet.habits.raised, sheet.habits.script_scale * px
    end = x
    top, foot = sheet.extent(last) if last < len(sheet.items) else (foot_y - px, foot_y)
    if part.above:
        begin, lowest = len(sheet.items), min(foot_y, top + px) - raised["^"] * px
        end = sheet.write(part.above, x, lowest, small)
        _, ends = sheet.extent(begin)
        sheet.shift(begin, 0, min(lowest + 0.1 * px - ends, 0))
    if part.below:
        end = max(end, sheet.write(part.below, x, max(foot_y, foot - 0.5 * px) - raised["_"] * px, small))
    return end


def _root(sheet: SheetWriter, part: Root, x: float, foot_y: float, px: float) -> float:
    rng, begin = sheet.rng, len(sheet.items)
    side = rng.uniform(*ROOT_SIDE) * px
    end = sheet.write(part.inside, x + side, foot_y, px)
    top, foot = sheet.extent(begin)
    top, foot, middle = top - rng.uniform(*ROOT_GAP) * px, max(foot, foot_y), foot_y - 0.45 * px
    path = [x, middle, x + 0.25 * side, middle - 0.05 * px, x + 0.6 * side, foot, x + rng.uniform(0.7, 1.1) * side, top]
    path += [end + rng.uniform(-0.2, 0.3) * px, top]
    if rng.random() < 0.3:  # the bar's end bends down
        path += [path[-2], top + rng.uniform(0.05, 0.3) * px]
    sheet.draw([np.array(path).reshape(-1, 2)], "root")
    if part.index:
        sheet.write_centred((part.index,), x + 0.1 * px, middle - 0.1 * px, sheet.habits.script_scale * px)
    return end + 0.2 * px


def _fraction(sheet: SheetWriter, part: Fraction, x: float, foot_y: float, px: float) -> float:
    small, middle, begin = sheet.habits.fraction_scale * px, foot_y - 0.45 * px, len(sheet.items)
    over, under = sheet.rng.uniform(*FRACTION_GAP, 2) * px
    above = sheet.write(part.above, x, middle, small)
    sheet.shift(begin, 0, middle - over - sheet.extent(begin)[1])
    split = len(sheet.items)
    below = sheet.write(part.below, x, middle + small, small)
    sheet.shift(split, 0, middle + under - sheet.extent(split)[0])
    end, (left, right) = max(above, below), sheet.rng.uniform(*FRACTION_WIDER, 2) * px
    sheet.shift(begin, (end - above) / 2, end=split)
    sheet.shift(split, (end - below) / 2)
    left = max(left, 0)
    sheet.shift(begin, left)
    sheet.draw([np.array([[x, middle], [end + left + right, middle]])], BAR)
    return end + left + max(right, 0) + 0.2 * px


def _stack(sheet: SheetWriter, part: Stack, x: float, foot_y: float, px: float) -> float:
    """Write a sign, larger than others if it is one alone, and centred above and below it what is small."""
    larger = px * sheet.rng.uniform(*STACK_SCALE) if len(part.base) == 1 else px
    small, lower = sheet.habits.script_scale * px * sheet.rng.uniform(0.85, 1.1), (larger - px) / 2
    begin = len(sheet.items)
    width = sheet.write((part.base,), x, foot_y + lower, larger) - x
    over, under = sheet.rng.uniform(*STACK_GAP, 2) * px
    widths = [width]
    for text, foot in ((part.above, foot_y + lower - larger - over), (part.below, foot_y + lower + under + small)):
        if text:
            widths.append(sheet.write_centred((text,), x + width / 2, foot, small))
    wider = (max(widths) - width) / 2
    sheet.shift(begin, wider)
    return x + width + wider + 0.15 * px


def _fence(sheet: SheetWriter, part: Fence, x: float, foot_y: float, px: float) -> float:
    rng, begin = sheet.rng, len(sheet.items)
    width = rng.uniform(*FENCE_WIDTH) * px
    end = sheet.write(part.inside, x + width * 1.2 if part.left else x, foot_y, px)
    top, foot = sheet.extent(begin)
    for sign, left in ((part.left, x), (part.right, end)):
        if sign:
            above, below = rng.uniform(*FENCE_OVER, 2) * px
            _bracket(sheet, sign, (left, top - above), (width, foot - top + above + below))
    return end + (width * 1.3 if part.right else 0)


def _bracket(sheet: SheetWriter, sign: str, corner: tuple[float, float], size: tuple[float, float]) -> None:
    """Draw a bracket of this size by hand."""
    shape = FENCES[MIRRORED.get(sign, sign)] * size
    if sign in MIRRORED:
        shape = (size[0], 0) + shape * (-1, 1)
    (bent,) = distort_strokes([shape], sheet.rng, 0.25)
    middle = np.array(corner) + np.array(size) / 2
    sheet.draw([bent * max(size) + middle], sign)


def _rows(sheet: SheetWriter, part: Rows, x: float, foot_y: float, px: float) -> float:
    """Write cells column by column, each column as wide as its widest cell."""
    rng, small, count = sheet.rng, sheet.habits.fraction_scale * px, len(part.cells)
    is_tall = any(not isinstance(one, str) for row in part.cells for cell in row for one in cell)
    step, between = small * (rng.uniform(1.1, 1.8) + 1.2 * is_tall), rng.uniform(0.2, 1.2) * px
    first = foot_y - 0.45 * px + small / 2 - (count - 1) / 2 * step
    end = x
    for column in range(len(part.cells[0])):
        begins = end + between if column else x
        end = max(sheet.write(row[column], begins, first + i * step, small) for i, row in enumerate(part.cells))
    return end


def _over(sheet: SheetWriter, part: Over, x: float, foot_y: float, px: float) -> float:
    begin = len(sheet.items)
    end = sheet.write((part.inside,), x, foot_y, px)
    y = sheet.extent(begin)[0] - sheet.rng.uniform(0.02, 0.25) * px
    strokes = [np.array([[x, y], [end, y]])]
    if part.has_head:
        strokes.append(np.array([[end - 0.15 * px, y - 0.12 * px], [end, y], [end - 0.15 * px, y + 0.12 * px]]))
    sheet.draw(strokes, BAR)
    return end + 0.1 * px
