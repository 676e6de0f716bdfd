"""Finds where a JPEG ends, by its markers: tells a truncated photo, and cuts a stream into its pictures."""

from __future__ import annotations

START = b"\xff\xd8"
END = b"\xff\xd9"
_START_OF_SCAN = 0xDA
_FILL = 0xFF
_STANDALONE = frozenset({0x01, *range(0xD0, 0xD8)})  # TEM, RST0..7: markers without a length (ITU T.81, table B.1)


class NotJpegError(ValueError):
    """The bytes break the rules of JPEG markers."""


def jpeg_end(data: bytes | bytearray, start: int = 0) -> int | None:
    """Where the JPEG that starts at `start` ends.

    Segments are skipped by their lengths, so the end of a thumbnail in the EXIF data is not taken for the picture's.

    Returns:
        The index after the end marker, or None when the data stops before it.

    Raises:
        NotJpegError: the data are no JPEG, or another picture starts before this one has ended.
    """
    if not data.startswith(START, start):
        raise NotJpegError("no start marker")
    scan = _first_scan(data, start + len(START))
    if scan is None:
        return None
    end = data.find(END, scan)
    if data.find(START, scan, end if end >= 0 else len(data)) >= 0:
        raise NotJpegError("a new picture starts inside this one")
    return None if end < 0 else end + len(END)


def _first_scan(data: bytes | bytearray, at: int) -> int | None:
    """The index where the picture's own data begin; None when `data` stop before."""
    while at + 4 <= len(data):
        if data[at] != _FILL:
            raise NotJpegError("no marker where one must stand")
        marker = data[at + 1]
        if marker == _FILL:
            at += 1
        elif marker in _STANDALONE:
            at += 2
        else:
            at += 2 + int.from_bytes(data[at + 2 : at + 4])
            if marker == _START_OF_SCAN:
                return at
    return None
