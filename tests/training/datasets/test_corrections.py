import cv2
import numpy as np

from model.glyph import normalise
from tests.support.tiny import printed_digit, tiny_labelled
from training.datasets.corrections import part, same_ink, vary
from training.datasets.labelled import Labelled


def glyph(digit, seed=0):
    return normalise(printed_digit(digit, np.random.default_rng(seed)))


def test_pictures_of_one_ink_are_recognised():
    shifted = np.roll(glyph(4), 0)
    shifted = cv2.GaussianBlur(shifted, (0, 0), 0.5)  # the same digit in the next frame
    own = Labelled(np.stack([glyph(4), glyph(8), shifted]), np.array([4, 8, 4]))
    assert same_ink(own) == [0, 1, 0]


def test_parts_hold_every_label_evenly_and_never_share_ink():
    rng = np.random.default_rng(0)
    varied = vary(tiny_labelled(1), 80, rng)
    own = Labelled(np.concatenate([varied.x, varied.x]), np.concatenate([varied.y, varied.y]))
    parts = part(own, 4)
    assert (parts[:80] == parts[80:]).all(), "the same picture twice lies in one part"
    assert set(parts) == {0, 1, 2, 3}
    counts = np.array([[np.sum((parts == p) & (own.y == label)) for label in range(10)] for p in range(4)])
    assert np.ptp(counts, axis=0).max() <= 8, "as even as whole inks allow"


def test_variants_are_many_alike_and_never_quite_the_same():
    own = Labelled(np.stack([glyph(2), glyph(9)]), np.array([2, 9]))
    varied = vary(own, 21, np.random.default_rng(0))
    assert sorted(np.bincount(varied.y)[[2, 9]]) == [10, 11]
    assert len({image.tobytes() for image in varied.x}) == 21
    assert varied.x.dtype == np.uint8
