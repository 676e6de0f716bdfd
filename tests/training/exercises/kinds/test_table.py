import numpy as np
import pytest

from capture.synthetic.styles import random_style
from tests.support.people import drawn_people
from training.exercises.kinds import figures
from training.exercises.kinds.table import KINDS, WHOLE_SIZES
from training.exercises.writing import doodles
from training.exercises.writing.sheet_writer import RED, SheetWriter
from training.exercises.writing.signs import sign_writer

DIGITS_ALONE = ("array", "few", "columns", "snippets")  # at least on some sheets


def empty_sheet(seed=4, size=(640, 480)):
    rng = np.random.default_rng(seed)
    return SheetWriter(sign_writer(drawn_people(), rng), random_style(rng, size[1]), size, rng)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_holds_digits_and_other_ink(kind):
    sizes = WHOLE_SIZES.get(kind, ((640, 480),))
    sheets = [empty_sheet(seed, sizes[seed % len(sizes)]) for seed in range(4 if kind in WHOLE_SIZES else 12)]
    for sheet in sheets:
        KINDS[kind][1](sheet)
    assert sum(any(item.label.isdigit() for item in sheet.items) for sheet in sheets) >= 4
    has_other_ink = [any(not item.label.isdigit() for item in sheet.items) for sheet in sheets]
    assert sum(has_other_ink) >= 4 or kind in DIGITS_ALONE


def test_what_is_crossed_out_is_no_digit_to_read_but_what_stands_before_it_is():
    sheet = empty_sheet()
    sheet.write(("12",), 20, 100, 40)
    begin = len(sheet.items)
    sheet.write(("34",), 200, 100, 40)
    doodles.cross_out(sheet, begin)
    assert [item.label for item in sheet.items[:4]] == ["1", "2", doodles.CROSSED_OUT, doodles.CROSSED_OUT]
    assert any(item.label == doodles.SCRIBBLE for item in sheet.items[4:])


def test_a_brace_spans_its_ends_and_points_outwards():
    sheet = empty_sheet()
    doodles.brace(sheet, (300, 400), (300, 200), 20)
    (brace,) = sheet.items
    assert 190 < brace.ink.shape[0] < 230
    assert 15 < brace.ink.shape[1] < 50


def test_a_clock_has_twelve_numbers_within_its_ring():
    sheet = next(s for s in map(empty_sheet, range(9)) if figures.draw_clock(s) is None and len(s.items) > 15)
    ring = next(item for item in sheet.items if item.label == "ring")
    number = next(item for item in sheet.items if item.label.isdigit())
    assert ring.x < number.x < ring.x + ring.ink.shape[1]
    assert ring.y < number.y < ring.y + ring.ink.shape[0]


def test_a_teachers_writing_is_red_and_the_pupils_is_not():
    sheets = [empty_sheet(seed) for seed in range(8)]
    for sheet in sheets:
        KINDS["exercise book"][1](sheet)
        assert sheet.bgr is None
    colours = {item.bgr for sheet in sheets for item in sheet.items}
    assert colours == {None, RED}
