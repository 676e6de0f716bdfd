"""Finds where a JPEG ends, by its markers: tells a truncated photo, and cuts a stream into its pictures."""

from __future__ import annotations

import re

START = b"\xff\xd8"
END = b"\xff\xd9"
# Marker codes of ITU T.81, table B.1.
_START_OF_IMAGE, _END_OF_IMAGE, _START_OF_SCAN = 0xD8, 0xD9, 0xDA
_FIRST_MARKER, _FILL = 0xC0, 0xFF
_MARKER_AFTER_SCAN = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")  # passes over stuffed bytes, fill and restart markers
_MARKER_AND_LENGTH_BYTES = 4


class NotJpegError(ValueError):
    """The bytes break the rules of JPEG markers."""


def jpeg_end(data: bytes | bytearray, start: int = 0) -> int | None:
    """Where the JPEG that starts at `start` ends.

    Goes from marker to marker, so the end of a thumbnail in the EXIF data is not taken for the picture's, and
    damage inside the picture shows as a marker that may not stand there.

    Returns:
        The index after the end marker, or None when the data stops before it.

    Raises:
        NotJpegError: the data are no JPEG, damaged, or another picture starts before this one has ended.
    """
    if not data.startswith(START, start):
        raise NotJpegError("no start marker")
    at = start + len(START)
    while not data.startswith(END, at):
        following = _after_segment(data, at)
        if following is None:
            return None
        at = following
    return at + len(END)


def _after_segment(data: bytes | bytearray, at: int) -> int | None:
    """The index of the marker after the one at `at`; None when `data` stop before."""
    if at + _MARKER_AND_LENGTH_BYTES > len(data):
        return None
    prefix, code = data[at], data[at + 1]
    if prefix != _FILL or code < _FIRST_MARKER or code in (_START_OF_IMAGE, _END_OF_IMAGE):
        raise NotJpegError(f"no segment can start with {prefix:02x} {code:02x}")
    after = at + 2 + int.from_bytes(data[at + 2 : at + 4])
    if code == _FILL:
        return at + 1
    if code != _START_OF_SCAN:
        return after
    marker = _MARKER_AFTER_SCAN.search(data, after)
    return marker.start() if marker else None
