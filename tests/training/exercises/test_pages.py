import numpy as np
import pytest

from tests.support.people import drawn_supplies
from training.exercises.pages import PAGES, page_of_kind

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
    "kind", ["array", "few", "columns", "numbers", "sums", "formulas", "true lines", "tree", "diagram"]
)
def test_pages_of_numbers_hold_digits(kind, supplies):
    pages = [page_of_kind(kind, supplies, np.random.default_rng(seed)) for seed in range(3)]
    assert any(page.digits for page in pages)


def test_the_same_chance_draws_the_same_page(supplies):
    one, other = (page_of_kind("sums", supplies, np.random.default_rng(5)) for _ in range(2))
    assert np.array_equal(one.image, other.image)
    assert [digit.box for digit in one.digits] == [digit.box for digit in other.digits]


def test_printed_sums_are_no_digits_to_read_but_their_answers_are(supplies):
    pages = [page_of_kind("worksheet", supplies, np.random.default_rng(seed)) for seed in range(4)]
    assert any(page.digits for page in pages)
    assert any(mark.label == "print" for page in pages for mark in page.others)
