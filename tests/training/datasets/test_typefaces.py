"""Typefaces: outlines read from a font, inked with their holes, fetched once; without a network the run goes on."""

import numpy as np
import pytest

from capture.synthetic.ink import trim_ink
from tests.support.tiny import tiny_typefaces
from training.datasets import typefaces
from training.datasets.download import DownloadError
from training.datasets.typeface_list import HANDWRITTEN, PRINTED
from training.datasets.typefaces import fill_outlines, load_typefaces

SANS = tiny_typefaces()[0]


@pytest.fixture(autouse=True)
def _own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))


def test_a_face_has_digits_letters_and_signs():
    assert set("0123456789aZ+,") <= SANS.outlines.keys()


@pytest.mark.parametrize("character", "H0b")
def test_capitals_and_digits_are_a_height_high_and_stand_on_the_line(character):
    y = np.concatenate(SANS.outlines[character].polygons)[:, 1]
    assert -1.1 < y.min() < -0.95 and -0.05 < y.max() < 0.05


@pytest.mark.parametrize(("character", "holes"), [("1", 0), ("0", 1), ("8", 2)])
def test_holes_stay_white(character, holes):
    ink = fill_outlines(SANS.outlines[character].polygons, 60)
    ground = np.pad(ink < 128, 1, constant_values=True)
    assert _patches(ground) == holes + 1


def test_bolder_and_thinner():
    thin, plain, bold = (
        (fill_outlines(SANS.outlines["8"].polygons, 60, change) > 128).sum() for change in (-2.0, 0.0, 3.0)
    )
    assert thin < 0.9 * plain and bold > 1.1 * plain


def test_ink_is_tight_and_of_the_height_asked_for():
    ink = fill_outlines(SANS.outlines["4"].polygons, 50)
    assert ink.shape == trim_ink(ink).shape
    assert ink.shape[0] == pytest.approx(50, abs=2)


def test_strokes_that_lie_over_each_other_leave_no_hole():
    square = np.array([[0, 0], [1, 0], [1, 1], [0, 1]], np.float32)
    ink = fill_outlines([square, square + 0.5], 40)
    assert ink[ink.shape[0] // 2, ink.shape[1] // 2] == 255


def test_without_a_network_it_goes_on_and_asks_once(monkeypatch, capsys):
    asked = []

    def no_network(url, *_):
        asked.append(url)
        raise DownloadError(f"{url}: could not be downloaded; go online once")

    monkeypatch.setattr(typefaces, "fetch", no_network)
    assert load_typefaces() == []
    assert len(asked) == 1
    assert "going on with 0 typefaces" in capsys.readouterr().err


def test_every_listed_package_has_a_checksum_and_a_name_of_its_own():
    listed = [*HANDWRITTEN, *PRINTED]
    assert len({name for name, _, _ in listed}) == len(listed)
    assert all(len(sha256) == 64 and int(sha256, 16) for _, _, sha256 in listed)


def _patches(mask):
    import cv2

    return cv2.connectedComponents(mask.astype(np.uint8), connectivity=4)[0] - 1
