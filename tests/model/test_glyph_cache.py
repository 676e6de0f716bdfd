"""The network is asked about each glyph of a picture once, and its answers go to the glyphs they belong to."""

import numpy as np
import pytest

from capture import PageReader
from capture.synthetic.page import page_of
from model.classifier import Classifier, GlyphCache
from tests.support.network import FakeNetwork


@pytest.fixture
def asked():
    return []


@pytest.fixture
def network(asked):
    """Answers with the brightness of each glyph."""
    return FakeNetwork(lambda glyphs: asked.append(len(glyphs)) or glyphs.mean(axis=(1, 2))[:, None])


def glyphs_of(*levels):
    return np.stack([np.full((28, 28), level, np.uint8) for level in levels])


def test_known_glyphs_are_answered_from_memory_in_their_order(network, asked):
    classify = GlyphCache(network)
    assert classify(glyphs_of(3, 1, 3)).ravel().tolist() == [3, 1, 3]
    assert classify(glyphs_of(1, 2, 3)).ravel().tolist() == [1, 2, 3]
    assert classify(glyphs_of(2)).ravel().tolist() == [2]
    assert asked == [2, 1]


def test_another_picture_is_asked_anew(network, asked):
    classify = GlyphCache(network)
    classify(glyphs_of(3))
    classify.clear()
    classify(glyphs_of(3))
    assert asked == [1, 1]


def test_an_upright_page_is_read_with_one_answer_a_digit(asked):
    classify = Classifier()
    network = FakeNetwork(lambda glyphs: asked.append(len(glyphs)) or classify(glyphs))
    network.prior = classify.prior
    page = PageReader(network)(page_of("4711 203\n958 3647").image)
    assert [number.text for number in page.numbers] == ["4711", "203", "958", "3647"]
    assert sum(asked) == 14
