"""The kinds of pages that one function draws on a sheet, each with its share."""

from __future__ import annotations

from collections.abc import Callable

from training.exercises.kinds.arithmetic import draw_arithmetic, draw_flash_cards
from training.exercises.kinds.arrays import draw_array, draw_columns, draw_few, draw_matrices, draw_snippets
from training.exercises.kinds.boards import draw_board, draw_lesson
from training.exercises.kinds.counts import draw_counts
from training.exercises.kinds.diagrams import draw_diagram, draw_tree
from training.exercises.kinds.everyday import (
    draw_calendar,
    draw_label,
    draw_list,
    draw_odd_ink,
    draw_pencil_puzzle,
    draw_scores,
)
from training.exercises.kinds.figures import draw_clock, draw_geometry, draw_graph, draw_number_lines
from training.exercises.kinds.forms import draw_boxes, draw_bubbles, draw_form, draw_puzzle, draw_table
from training.exercises.kinds.formula_page import draw_formula
from training.exercises.kinds.school import draw_exercise_book
from training.exercises.kinds.whole.boards import draw_whole_board
from training.exercises.kinds.whole.documents import draw_document
from training.exercises.kinds.whole.lectures import draw_lecture
from training.exercises.kinds.whole.numbers import draw_number_sheet
from training.exercises.kinds.whole.slips import draw_slips
from training.exercises.kinds.worksheets import draw_marks, draw_worksheet
from training.exercises.writing.sheet_writer import SheetWriter

KINDS: dict[str, tuple[float, Callable[[SheetWriter], None]]] = {
    "array": (10, draw_array),
    "few": (9, draw_few),
    "snippets": (17, draw_snippets),
    "columns": (8, draw_columns),
    "matrices": (4, draw_matrices),
    "formula": (52, draw_formula),
    "form": (4, draw_form),
    "boxes": (2, draw_boxes),
    "table": (4, draw_table),
    "bubbles": (3, draw_bubbles),
    "puzzle": (2, draw_puzzle),
    "worksheet": (4, draw_worksheet),
    "marks": (6, draw_marks),
    "tree": (7, draw_tree),
    "diagram": (5, draw_diagram),
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
    "document": (6, draw_document),
    "whole board": (7, draw_whole_board),
    "lecture": (6, draw_lecture),
    "number sheet": (9, draw_number_sheet),
    "slips": (13, draw_slips),
}
WHOLE_SIZES: dict[str, tuple[tuple[int, int], ...]] = {
    "document": ((1000, 1414), (1120, 1500), (1240, 1700), (1414, 1000)),
    "whole board": ((1200, 900), (1600, 1200), (1440, 810), (1200, 1600)),
    "lecture": ((1000, 1414), (1200, 1600), (1414, 1000), (900, 1200)),
    "number sheet": ((900, 1200), (1200, 1600), (1600, 1200), (1100, 1100)),
    "slips": ((900, 600), (1200, 800), (1200, 1200), (800, 1000)),
}
"""Widths and heights in px of the kinds that are seen whole, larger than the others."""
