"""Pages of words: the digits on them are known, and each letter by its name."""

import numpy as np
import pytest

from capture.synthetic.handwriting import CAREFUL_HAND, own_writer
from tests.support.tiny import tiny_typefaces
from training.synthesis.text_pages import wordy_page

SIZE = (480, 360)


def pages(faces, count=14):
    return [wordy_page(np.random.default_rng(seed), SIZE, own_writer(CAREFUL_HAND), faces) for seed in range(count)]


@pytest.mark.parametrize("faces", [tiny_typefaces(), ()], ids=["typefaces", "without"])
def test_pages_have_the_size_asked_for_and_something_on_them(faces):
    for page in pages(faces, 6):
        assert page.image.shape == (SIZE[1], SIZE[0], 3)
        assert np.ptp(page.image) > 30


def test_most_of_the_marks_are_letters_and_some_pages_have_numbers():
    drawn = pages(tiny_typefaces())
    digits = [sum(1 for _ in page.digits) for page in drawn]
    letters = [sum(mark.label.isalpha() for mark in page.others) for page in drawn]
    assert 0 < sum(digits) < sum(letters) / 2
    assert digits.count(0) > 4


def test_digits_and_letters_lie_on_the_page():
    for page in pages(tiny_typefaces(), 8):
        for mark in (*page.digits, *page.others):
            assert mark.box.x >= 0 and mark.box.x + mark.box.w <= SIZE[0]
            assert mark.box.y >= 0 and mark.box.y + mark.box.h <= SIZE[1]


def test_a_page_repeats_by_its_seed():
    one, again = pages(tiny_typefaces(), 3), pages(tiny_typefaces(), 3)
    assert all(np.array_equal(a.image, b.image) for a, b in zip(one, again, strict=True))
