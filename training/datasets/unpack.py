"""Unpacks `.Z` files of the Unix `compress` program, in which the pen strokes are published."""

from __future__ import annotations

from collections.abc import Iterator

MAGIC = b"\x1f\x9d"
HEADER_BYTES = 3
BITS_MASK = 0x1F  # of the third byte: the widest code
BLOCK_MODE = 0x80  # of the third byte: code 256 clears the table
MIN_BITS = 9  # every file's first codes
CODE_BITS = range(10, 17)  # what a file's widest codes can be; `compress -b 9` writes what not even gzip can agree on
CLEAR = 256
CODES_A_GROUP = 8  # codes are written in groups of eight, and a change of width starts a new group


def unpack_z(packed: bytes) -> bytes:
    """Undo `compress` (Lempel, Ziv, Welch 1984: each code stands for a run of bytes seen before, plus one more).

    Raises:
        ValueError: these are no bytes of `compress`, or they are damaged.
    """
    if packed[:2] != MAGIC or len(packed) < HEADER_BYTES:
        raise ValueError("not a .Z file")
    widest, is_block_mode = packed[2] & BITS_MASK, bool(packed[2] & BLOCK_MODE)
    if widest not in CODE_BITS:
        raise ValueError(f"codes of {widest} bits")
    return b"".join(_runs(_Codes(packed[HEADER_BYTES:]), widest, is_block_mode))


class _Codes:
    """Reads numbers of a changing width, lowest bit first."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.group_start = self.bit = 0
        self.width = MIN_BITS

    def next(self) -> int | None:
        """Read the next code, or None when fewer bits are left than a code has."""
        first = self.bit // 8
        if self.bit + self.width > 8 * len(self.data):
            return None
        window = int.from_bytes(self.data[first : first + 4], "little")
        code = window >> (self.bit % 8) & ((1 << self.width) - 1)
        self.bit += self.width
        return code

    def set_width(self, width: int) -> None:
        """Read codes of `width` bits from the next group on; what is left of this group is padding."""
        group_bits = CODES_A_GROUP * self.width
        self.bit = self.group_start + -(-(self.bit - self.group_start) // group_bits) * group_bits
        self.group_start, self.width = self.bit, width


def _runs(codes: _Codes, widest: int, is_block_mode: bool) -> Iterator[bytes]:
    literals = [bytes([value]) for value in range(256)]
    table = literals + [b""] * is_block_mode
    previous = b""
    while (code := codes.next()) is not None:
        if code == CLEAR and is_block_mode:
            table, previous = [*literals, b""], b""
            codes.set_width(MIN_BITS)
            continue
        if code > len(table) or (code == len(table) and not previous):
            raise ValueError("a code that stands for nothing")
        run = table[code] if code < len(table) else previous + previous[:1]
        yield run
        if previous and len(table) < 1 << widest:
            table.append(previous + run[:1])
        previous = run
        if len(table) >= 1 << codes.width and codes.width < widest:
            codes.set_width(codes.width + 1)
