"""Pictures are found in whatever bytes a network camera sends, in whatever pieces they come."""

from __future__ import annotations

import io
import itertools

import cv2
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from capture.sources.network import mjpeg
from capture.sources.network.mjpeg import MjpegFeed, jpeg_end

BRIGHT, DARK = 200, 40


def jpeg(shade: int) -> bytes:
    return cv2.imencode(".jpg", np.full((48, 64, 3), shade, np.uint8))[1].tobytes()


class _Line(io.BytesIO):
    """A connection that delivers its bytes in the pieces that hypothesis likes."""

    def __init__(self, data: bytes, pieces: list[int]) -> None:
        super().__init__(data)
        self._pieces = itertools.cycle(pieces)

    def read1(self, _size: int = -1) -> bytes:
        return super().read1(next(self._pieces))


@settings(max_examples=60, deadline=None)
@given(
    junk=st.lists(st.binary(max_size=60), min_size=1, max_size=4),
    pieces=st.lists(st.integers(1, 3000), min_size=1, max_size=5),
)
def test_any_junk_in_any_pieces_ends_in_the_good_picture(junk: list[bytes], pieces: list[int]) -> None:
    harmless = [piece.replace(b"\xff", b"") for piece in junk]
    data = b"".join(piece + jpeg(BRIGHT) for piece in harmless) + jpeg(DARK)
    feed, images = MjpegFeed(_Line(data, pieces)), []
    while (image := feed.read()) is not None:
        images.append(image)
    assert abs(images[-1].mean() - DARK) < 3
    assert len(images) <= len(junk) + 1


@settings(max_examples=60, deadline=None)
@given(data=st.binary(max_size=300), pieces=st.lists(st.integers(1, 200), min_size=1, max_size=5))
def test_pure_junk_ends(data: bytes, pieces: list[int]) -> None:
    assert MjpegFeed(_Line(b"\xff\xd8\xff" + data, pieces)).read() is None


def test_a_picture_in_many_small_pieces_is_walked_through_only_when_it_may_have_ended(monkeypatch) -> None:
    starts = []
    monkeypatch.setattr(mjpeg, "jpeg_end", lambda data, start=0: starts.append(start) or jpeg_end(data, start))
    feed = MjpegFeed(_Line(2 * jpeg(DARK), [1]))
    assert abs(feed.read().mean() - DARK) < 3
    assert len(starts) < 3
    assert abs(feed.read().mean() - DARK) < 3
    assert feed.read() is None
