import numpy as np
import pytest

from capture.synthetic.page import DrawnPage
from capture.synthetic.styles import random_style
from tests.support.people import drawn_people, drawn_supplies
from training.exercises.backgrounds import bind, shine_through
from training.exercises.kinds.arrays import draw_matrices
from training.exercises.pages import PAGES, page_of_kind
from training.exercises.writing.sheet_writer import SheetWriter
from training.exercises.writing.signs import sign_writer

SHEET = np.full((120, 200, 3), 230, np.uint8)

WITHOUT_DIGITS = ("words", "nothing", "print", "pattern")
WITH_DIGITS = ("array", "few", "columns", "numbers", "sums", "formulas", "true lines", "tree", "diagram", "marks")


@pytest.fixture(scope="module")
def supplies():
    return drawn_supplies()


@pytest.mark.parametrize("kind", PAGES)
def test_a_page_of_each_kind_is_drawn_with_its_ink_in_the_picture(kind, supplies):
    page = page_of_kind(kind, supplies, np.random.default_rng(3))
    height, width = page.image.shape[:2]
    assert page.image.dtype == np.uint8
    for digit in page.digits:
        assert digit.box.x >= 0
        assert digit.box.y >= 0
        assert digit.box.x + digit.box.w <= width
        assert digit.box.y + digit.box.h <= height


@pytest.mark.parametrize("kind", WITHOUT_DIGITS)
def test_pages_of_words_print_and_things_hold_nothing_to_read(kind, supplies):
    pages = [page_of_kind(kind, supplies, np.random.default_rng(seed)) for seed in range(4)]
    assert not any(page.digits for page in pages)


@pytest.mark.parametrize(
    "kind", ["array", "few", "columns", "numbers", "sums", "formulas", "true lines", "tree", "diagram", "matrices"]
)
def test_pages_of_numbers_hold_digits(kind, supplies):
    pages = [page_of_kind(kind, supplies, np.random.default_rng(seed)) for seed in range(3)]
    assert any(page.digits for page in pages)


def test_snippets_are_digits_with_a_sign_or_letters_about_them(supplies):
    pages = [page_of_kind("snippets", supplies, np.random.default_rng(seed)) for seed in range(12)]
    assert sum(bool(page.digits) for page in pages) >= 10
    assert sum(bool(page.others) for page in pages) >= 10


def test_the_same_chance_draws_the_same_page(supplies):
    one, other = (page_of_kind("sums", supplies, np.random.default_rng(5)) for _ in range(2))
    assert np.array_equal(one.image, other.image)
    assert [digit.box for digit in one.digits] == [digit.box for digit in other.digits]


def test_printed_sums_are_no_digits_to_read_but_their_answers_are(supplies):
    pages = [page_of_kind("worksheet", supplies, np.random.default_rng(seed)) for seed in range(4)]
    assert any(page.digits for page in pages)
    assert any(mark.label == "print" for page in pages for mark in page.others)


def empty_sheet(seed=4):
    rng = np.random.default_rng(seed)
    return SheetWriter(sign_writer(drawn_people(), rng), random_style(rng, 480), (640, 480), rng)


def test_a_matrix_stands_between_brackets_as_high_as_its_rows():
    sheet = empty_sheet()
    draw_matrices(sheet)
    first = next(index for index, item in enumerate(sheet.items) if item.label == "bracket")
    left, right = sheet.items[first : first + 2]
    numbers = [item for item in sheet.items[:first] if item.label.isdigit()]
    assert numbers
    for item in numbers:
        assert left.x < item.x < right.x + right.ink.shape[1]
        assert left.y - 5 < item.y + item.ink.shape[0] / 2 < left.y + left.ink.shape[0] + 5


def test_what_shines_through_is_mirrored_and_faint():
    written = SHEET.copy()
    written[:, 20:30] = 0
    seen = shine_through(SHEET, DrawnPage(written, ()), np.random.default_rng(0))
    (columns,) = np.nonzero((seen < SHEET - 5).any(axis=(0, 2)))
    assert (columns.min(), columns.max()) == (170, 179)
    assert seen.min() > SHEET.min() / 2


def test_a_binding_runs_along_one_border():
    sheet = SHEET.copy()
    bind(sheet, np.random.default_rng(1))
    rows, columns = np.nonzero((sheet != SHEET).any(axis=2))
    assert rows.size
    assert min(columns.max() / 200, rows.max() / 120) < 0.2


def test_a_tick_is_red_and_no_digit():
    sheet = empty_sheet()
    sheet.tick(100, 200, 40)
    (tick,) = sheet.items
    assert not tick.label.isdigit()
    assert tick.bgr[2] > 2 * max(tick.bgr[:2])
    assert sheet.bgr is None
