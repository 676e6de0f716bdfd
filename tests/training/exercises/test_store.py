import json

import numpy as np
import pytest

from tests.support.people import drawn_supplies
from training.datasets.labelled import DataError
from training.exercises.store import draw_pages, load_page


def test_pages_are_drawn_once_and_only_missing_ones_again(tmp_path):
    supplies = drawn_supplies()
    assert draw_pages(tmp_path, range(3), supplies) == 3
    before = (tmp_path / "000001.json").read_text()
    (tmp_path / "000001.json").unlink()
    assert draw_pages(tmp_path, range(3), supplies) == 1
    assert (tmp_path / "000001.json").read_text() == before
    pages = [load_page(tmp_path, number) for number in range(3)]
    assert all(page.image.dtype == np.uint8 and len(page.boxes) == len(page.labels) for page in pages)


def test_a_damaged_page_is_told(tmp_path):
    (tmp_path / "000000.json").write_text(json.dumps([]))
    with pytest.raises(DataError, match="cannot be read"):
        load_page(tmp_path, 0)
