"""The further kinds of pages that one function draws on a sheet, each with its share."""

from __future__ import annotations

from collections.abc import Callable

from training.exercises.boards import draw_board, draw_lesson
from training.exercises.counts import draw_counts
from training.exercises.figures import draw_clock, draw_geometry, draw_graph, draw_number_lines
from training.exercises.sheet_writer import SheetWriter

KINDS: dict[str, tuple[float, Callable[[SheetWriter], None]]] = {
    "board": (12, draw_board),
    "lesson": (10, draw_lesson),
    "number lines": (7, draw_number_lines),
    "graph": (8, draw_graph),
    "clock": (6, draw_clock),
    "geometry": (8, draw_geometry),
    "counts": (6, draw_counts),
}
