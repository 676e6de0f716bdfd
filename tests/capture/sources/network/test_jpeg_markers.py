"""Where a JPEG ends."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from capture.sources.network.mjpeg import END, START, NotJpegError, jpeg_end

NOISE = np.random.default_rng(0).integers(0, 255, (40, 60, 3), np.uint8)
PROGRESSIVE = [cv2.IMWRITE_JPEG_PROGRESSIVE, 1, cv2.IMWRITE_JPEG_RST_INTERVAL, 2]


def encoded(flags: list[int] | None = None) -> bytes:
    return cv2.imencode(".jpg", NOISE, flags or [])[1].tobytes()


@pytest.mark.parametrize("flags", [[], PROGRESSIVE], ids=["baseline", "progressive"])
@pytest.mark.parametrize("tail", [b"", b"maker's notes", encoded()], ids=["alone", "notes behind", "picture behind"])
def test_end_is_found(flags: list[int], tail: bytes) -> None:
    data = encoded(flags)
    assert jpeg_end(data + tail) == len(data)
    assert jpeg_end(b"before" + data + tail, start=6) == 6 + len(data)


@given(share=st.floats(0.01, 0.999))
def test_any_cut_is_told(share: float) -> None:
    data = encoded()
    assert jpeg_end(data[: max(2, int(share * len(data)))]) is None


def test_thumbnail_inside_is_no_end() -> None:
    data, thumbnail = encoded(), encoded()
    segment = b"\xff\xe1" + (2 + len(thumbnail)).to_bytes(2) + thumbnail
    with_thumbnail = START + segment + data[2:]
    assert jpeg_end(with_thumbnail) == len(with_thumbnail)
    assert jpeg_end(with_thumbnail[:-2]) is None


def test_fill_bytes_before_a_marker_are_passed_over() -> None:
    data = encoded()
    filled = START + b"\xff\xff" + data[2:]
    assert jpeg_end(filled) == len(filled)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"text", id="text"),
        pytest.param(START + b"text", id="no marker behind the start"),
        pytest.param(encoded()[:-2] + encoded(), id="the next picture before the end"),
        pytest.param(START + START + encoded(), id="two starts"),
        pytest.param(encoded()[:-20] + b"\xff\x01damage here" + END, id="a marker that may not stand there"),
    ],
)
def test_what_is_no_jpeg(data: bytes) -> None:
    with pytest.raises(NotJpegError):
        jpeg_end(data)
