"""The further kinds of pages that one function draws on a sheet, each with its share."""

from __future__ import annotations

from collections.abc import Callable

from training.exercises.arithmetic import draw_arithmetic, draw_flash_cards
from training.exercises.boards import draw_board, draw_lesson
from training.exercises.counts import draw_counts
from training.exercises.everyday import (
    draw_calendar,
    draw_label,
    draw_list,
    draw_odd_ink,
    draw_pencil_puzzle,
    draw_scores,
)
from training.exercises.figures import draw_clock, draw_geometry, draw_graph, draw_number_lines
from training.exercises.school import draw_exercise_book
from training.exercises.sheet_writer import SheetWriter

KINDS: dict[str, tuple[float, Callable[[SheetWriter], None]]] = {
    "board": (12, draw_board),
    "lesson": (10, draw_lesson),
    "number lines": (7, draw_number_lines),
    "graph": (8, draw_graph),
    "clock": (6, draw_clock),
    "geometry": (8, draw_geometry),
    "counts": (6, draw_counts),
    "arithmetic": (10, draw_arithmetic),
    "exercise book": (12, draw_exercise_book),
    "price list": (10, draw_list),
    "scores": (6, draw_scores),
    "calendar": (6, draw_calendar),
    "label": (9, draw_label),
    "pencil puzzle": (6, draw_pencil_puzzle),
    "odd ink": (9, draw_odd_ink),
    "flash cards": (5, draw_flash_cards),
}
