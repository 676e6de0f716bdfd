import cv2
import numpy as np
import pytest

from capture.synthetic.styles import random_style
from capture.synthetic.typeset import Print
from tests.support.people import drawn_people, drawn_supplies
from training.exercises.kinds.table import KINDS, WHOLE_SIZES
from training.exercises.kinds.whole import fields, lectures
from training.exercises.kinds.whole.setting import erase_outside, glare, take_paper
from training.exercises.pages import page_of_kind
from training.exercises.writing.sheet_writer import SheetWriter
from training.exercises.writing.signs import sign_writer

SETTING = fields.Setting(Print("sans", 400), Print("sans", 700), 10.0, 25.0)


def drawn_sheet(kind, seed):
    sizes, rng = WHOLE_SIZES[kind], np.random.default_rng(seed)
    size = sizes[seed % len(sizes)]
    sheet = SheetWriter(sign_writer(drawn_people(), rng), random_style(rng, size[1]), size, rng)
    KINDS[kind][1](sheet)
    return sheet


@pytest.fixture(scope="module")
def sheets():
    return {kind: [drawn_sheet(kind, seed) for seed in range(4)] for kind in WHOLE_SIZES}


@pytest.mark.parametrize("kind", WHOLE_SIZES)
def test_a_kind_seen_whole_is_large_and_full(kind, sheets):
    page = page_of_kind(kind, drawn_supplies(), np.random.default_rng(3))
    assert page.image.shape[1::-1] in WHOLE_SIZES[kind]
    assert max(len(sheet.items) for sheet in sheets[kind]) > 60


@pytest.mark.parametrize("kind", WHOLE_SIZES)
def test_digits_stand_on_the_sheet_and_are_small(kind, sheets):
    for sheet in sheets[kind]:
        width, height = sheet.size
        digits = [item for item in sheet.items if item.label.isdigit()]
        inside = [d for d in digits if 0 <= d.x <= width - d.ink.shape[1] and 0 <= d.y <= height - d.ink.shape[0]]
        assert len(inside) >= 0.9 * len(digits)
        assert all(item.ink.shape[0] < 110 for item in digits)


def test_a_document_is_printed_and_what_is_printed_is_nothing_to_read(sheets):
    for sheet in sheets["document"]:
        assert any(item.label == "print" for item in sheet.items)
        written = {item.bgr for item in sheet.items if item.label.isdigit()}
        assert sheet.style.print_bgr not in written


def empty_document(seed=1):
    rng = np.random.default_rng(seed)
    sheet = SheetWriter(sign_writer(drawn_people(), rng), random_style(rng, 1414), (1000, 1414), rng)
    take_paper(sheet, 25.0)
    return sheet


def test_a_column_of_printed_digits_has_the_one_blackened_that_stands_above():
    sheet = empty_document()
    fields._bubbles(sheet, (100, 100, 800), SETTING)
    above = [item for item in sheet.items if item.label.isdigit()]
    blots = [item for item in sheet.items if item.label == "blot"]
    assert len(above) == len(blots) >= 3
    for digit, blot in zip(above, blots, strict=True):
        under = [item for item in sheet.items if item.label == "print" and _overlap(item, blot)]
        assert under
        column = [item for item in sheet.items if item.label == "print" and abs(_middle(item) - _middle(blot)) < 8]
        assert sum(item.y < min(one.y for one in under) for item in column) == int(digit.label)


def _overlap(one, other):
    x = min(one.x + one.ink.shape[1], other.x + other.ink.shape[1]) - max(one.x, other.x)
    y = min(one.y + one.ink.shape[0], other.y + other.ink.shape[0]) - max(one.y, other.y)
    return min(x, y) > 2


def _middle(item):
    return item.x + item.ink.shape[1] / 2


def test_a_board_shows_its_frame_and_nothing_is_written_on_it(sheets):
    for sheet in sheets["whole board"]:
        frame = np.zeros(sheet.size[::-1], np.uint8)
        digits = next(index for index, item in enumerate(sheet.items) if item.label)
        for item in sheet.items[:digits]:
            cv2.rectangle(frame, (item.x, item.y, item.ink.shape[1], item.ink.shape[0]), 1, cv2.FILLED)
        assert frame.any()
        for item in sheet.items[digits:]:
            if item.label.isdigit():
                assert not frame[max(item.y, 0), max(item.x, 0)]


def test_a_person_of_a_family_has_a_number_within_its_outline():
    for seed in range(12):
        sheet = empty_document(seed)
        lectures._person(sheet, (300, 300), "12", 16.0, 40.0)
        *digits, outline = sheet.items
        assert "".join(item.label for item in digits) == "12"
        for item in digits:
            assert outline.x < item.x < item.x + item.ink.shape[1] < outline.x + outline.ink.shape[1]
            assert outline.y < item.y < item.y + item.ink.shape[0] < outline.y + outline.ink.shape[0]


def test_the_other_side_is_seen_mirrored_and_faint_and_is_nothing_to_read():
    sheet = empty_document()
    sheet.write(("7",), 100, 300, 40)
    lectures._show_other_side(sheet, 0)
    behind, digit = sheet.items
    assert (behind.label, digit.label) == ("", "7")
    assert behind.x + behind.ink.shape[1] + digit.x == sheet.size[0]
    assert behind.ink.max() < 0.5 * digit.ink.max()


def test_sheets_of_numbers_hold_more_digits_than_other_ink(sheets):
    digits = [item.label.isdigit() for sheet in sheets["number sheet"] for item in sheet.items if item.label]
    assert np.mean(digits) > 0.5


def test_what_reaches_beyond_an_area_is_erased_and_what_lies_in_it_or_before_stays():
    sheet = empty_document()
    sheet.write(("1",), 10, 100, 40)
    begin = len(sheet.items)
    sheet.write(("2",), 300, 300, 40)
    sheet.write(("3",), 490, 300, 40)
    erase_outside(sheet, begin, (200, 200, 500, 500))
    assert [item.label for item in sheet.items] == ["1", "2"]


def test_a_printed_line_stands_level_with_its_minus_at_half_height_and_its_digits_apart():
    sheet = empty_document()
    sheet.print_line("Hag - 12 No", 50, 500, 40, SETTING.body)
    hag, minus, *digits, no = sheet.items
    assert [item.label for item in (hag, *digits, no)] == ["printed letter", "print", "print", "printed letter"]
    assert hag.y + hag.ink.shape[0] > 505
    assert 470 < minus.y < 490
    for item in (*digits, no):
        assert abs(item.y + item.ink.shape[0] - 500) <= 2


def test_a_lamps_reflection_is_brightest_in_its_middle_and_hides_nothing_wholly():
    shine = glare((40, 20), 0.6)
    assert shine.shape == (20, 40)
    assert 0.5 * 255 < shine.max() <= 0.6 * 255 + 1
    assert shine[0].max() == 0
