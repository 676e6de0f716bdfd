import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.datasets.unpack import unpack_z

# "to be or not to be, that is the question. " four times, as the program `compress` packs it
HAMLET = (
    "H52QdN6AEFMGxBs5INy8oQMi4MAyLBqiCcMwzRyJBePUKTOHTpo3blw0FEjQIEKFDB0SjEhnYsWLLTNu7Pgx5MiHJhMuvLlSIkUQ"
    "FjGC0MjRI0iRKgse1JmSJESfL4USpXkUBA=="
)
CLEAR = 256


def pack_z(data: bytes, widest: int = 16, clear_after: int | None = None) -> bytes:
    """Packs as `compress` does, and starts a new table after every `clear_after` codes."""
    table, free, width, run, count = _fresh(), 257, 9, b"", 0
    bits, group = "", ""
    for value in data:
        longer = run + bytes([value])
        if longer in table:
            run = longer
            continue
        group += f"{table[run]:0{width}b}"[::-1]
        count += 1
        run = bytes([value])
        if free < 1 << widest:
            table[longer] = free
            free += 1
        if clear_after and count % clear_after == 0:
            bits, group = bits + _padded(group + f"{CLEAR:0{width}b}"[::-1], width), ""
            table, free, width = _fresh(), 257, 9
        elif free > 1 << width and width < widest:
            bits, group = bits + _padded(group, width), ""
            width += 1
    bits += group + (f"{table[run]:0{width}b}"[::-1] if run else "")
    return b"\x1f\x9d" + bytes([0x80 | widest]) + int("0" + bits[::-1], 2).to_bytes(-(-len(bits) // 8), "little")


def _fresh() -> dict[bytes, int]:
    return {bytes([value]): value for value in range(256)}


def _padded(group: str, width: int) -> str:
    return group.ljust(-(-len(group) // (8 * width)) * 8 * width, "0")


def test_what_compress_itself_packed():
    assert unpack_z(base64.b64decode(HAMLET)) == b"to be or not to be, that is the question. " * 4


@pytest.mark.parametrize("widest", [10, 12, 16])
@pytest.mark.parametrize("clear_after", [None, 900], ids=["never cleared", "cleared"])
def test_codes_of_every_width(widest, clear_after):
    text = "".join(f"{number * number} " for number in range(20_000)).encode()
    assert unpack_z(pack_z(text, widest, clear_after)) == text


@given(st.binary(max_size=2000), st.sampled_from([None, 1, 7, 300]))
def test_any_bytes_come_back(data, clear_after):
    assert unpack_z(pack_z(data, clear_after=clear_after)) == data


@pytest.mark.parametrize(
    "data",
    [b"", b"packed by another program", b"\x1f\x9d", b"\x1f\x9d\x88abc"],
    ids=["empty", "text", "short", "8 bits"],
)
def test_other_files_are_refused(data):
    with pytest.raises(ValueError, match=r"\.Z|bits"):
        unpack_z(data)


@given(st.binary(max_size=200))
def test_damaged_codes_are_refused_or_read_but_never_crash(damage):
    try:
        unpack_z(b"\x1f\x9d\x90" + damage)
    except ValueError as error:
        assert "stands for nothing" in str(error)
