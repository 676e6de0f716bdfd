import numpy as np
import pytest

from capture.commands.first_hints import draw_first_hints, is_blank


@pytest.mark.parametrize("shape", [(720, 1280), (1280, 640), (48, 64), (9, 9)])
def test_words_on_a_sheet_stand_in_its_middle_and_leave_a_margin(shape):
    sheet = np.full((*shape, 3), 255, np.uint8)
    drawn = draw_first_hints(sheet, is_sheet=True, has_keys=False)
    rows, columns = (drawn < 250).all(axis=2).nonzero()
    assert is_blank(sheet), "drawn on a copy"
    if shape[1] > 100:
        assert columns.min() > 0.1 * shape[1] and columns.max() < 0.9 * shape[1]
        assert abs(rows.mean() - shape[0] / 2) < 0.05 * shape[0]


def test_the_key_is_named_in_the_corner_alone():
    sheet = np.full((720, 1280, 3), 255, np.uint8)
    rows, columns = (draw_first_hints(sheet, is_sheet=False, has_keys=True) < 250).any(axis=2).nonzero()
    assert rows.min() > 650 and columns.min() > 1100


@pytest.mark.parametrize(("level", "blank"), [(255, True), (251, True), (240, False)])
def test_paper_is_blank_as_long_as_nothing_is_darker(level, blank):
    sheet = np.full((40, 40, 3), 255, np.uint8)
    sheet[5, 5] = level
    assert is_blank(sheet) is blank
