"""What counts of levels say of ink is what its pixels say."""

import cv2
import numpy as np
import pytest

from capture.detect.binarize import (
    count_levels,
    darkness,
    faintest,
    mean_level,
    median_level,
    otsu_threshold,
    split_at,
)


@pytest.fixture(params=[0, 1, 2], ids=["square", "row", "one pixel"])
def ink(request):
    """Ink of two shades on bare paper."""
    shape = [(40, 30), (1, 50), (1, 1)][request.param]
    rng = np.random.default_rng(request.param)
    shades = np.where(rng.random(shape) < 0.5, rng.integers(40, 90, shape), rng.integers(150, 256, shape))
    bare = rng.random(shape) < 0.3
    return np.where(bare & (shades.size > 1), 0, shades).astype(np.uint8)


def test_ink_is_as_dark_as_its_pixels_ranked(ink):
    counts, ranked = count_levels(ink), np.sort(ink[ink > 0])
    assert faintest(counts) == ranked[0]
    assert darkness(counts) == ranked[int(0.9 * len(ranked))]
    assert median_level(counts) == np.median(ranked)
    assert mean_level(counts) == pytest.approx(ranked.mean())


def test_bare_paper_is_not_counted(ink):
    assert count_levels(ink).sum() == np.count_nonzero(ink)


def test_a_level_parts_lighter_from_darker(ink):
    lighter, darker = split_at(count_levels(ink), 120.5)
    assert lighter.sum() == np.count_nonzero((ink > 0) & (ink < 121))
    assert darker.sum() == np.count_nonzero(ink >= 121)


def test_two_shades_part_where_opencv_parts_them(ink):
    ranked = np.sort(ink[ink > 0])
    level, apart = otsu_threshold(count_levels(ink))
    expected, _ = cv2.threshold(ranked.reshape(1, -1), 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    assert np.array_equal(ranked <= level, ranked <= expected)
    if 0 < level < 255:
        assert apart == pytest.approx(ranked[ranked > level].mean() - ranked[ranked <= level].mean())
