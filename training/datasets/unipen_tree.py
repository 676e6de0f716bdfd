"""Reads UNIPEN as it is distributed: `data/` names characters by their pen strokes' numbers in files of `include/`.

The format: Guyon et al. 1994, "UNIPEN project of on-line data exchange and recognizer benchmarks".
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import PurePosixPath

import numpy as np

ISOLATED = ("1a", "1b", "1c", "1d", "2")  # parts of `data` with single digits, capitals, small letters, signs, all
BROKEN = frozenset(("tos", "cea", "ceb", "lou", "lex", "cec"))  # sources whose numbers do not fit their strokes
SET_ASIDE = {
    "aga": "3e266c 799840 88a82a 89d217",
    "apb": "1de099 410d8b 520b70 6d4abe 76fc9e 79e837 9cab4f a086ab a6f667 aaea33 ad4900 b13bb6 c8fb8f efdb39",
    "app": "790706",
    "ced": "280dbd 2c44bb 2c562a 326bd0 49d1fd 973716 9c5e6f 9df83e a06303 d0b9f6 e2e4a5",
    "gmd": "d76953",
    "hpb": "05dbf7 363a27",
    "hpp": "12143c 191d64 28d8a4 48531a 48d38d 522dea 8e614d 9d0db0 dbb4ff e29f1d",
    "ibm": "23b7d9 39b716 abdb22 af6f1d b1a3fd b42816 b5ca92",
    "imp": "5eb67f 6941ce 86e1bd b4d02e b62d74 d9ee78 ed3804 f36c45",
    "kai": "65ebc2 94db49 a95dca",
    "kar": "0217ba 384bbe 417b5a 424ad5 6ef307 7910a3 840daf a8db0b c62a65 cc532a",
    "lav": "0765cd",
    "mot": "345a25 7c30e2",
    "nic": "5ef544 63117f",
    "pap": "10b05c 1d4ba5 643602 8c5faf 8e34a1 a4e086 e00d6e ed90ce",
    "phi": "d2368b",
    "rim": "0230ff b7b5ea f26dfe",
    "sie": "7a5443",
    "sta": "54f4e1 5f31de 7df1d0 8b378b bd491d d8646f",
    "syn": "1f81fd 8f1122 c55afb",
    "val": "2c7460",
}
"""By source, the marks of the writers to test on: nobody trains on them."""
UNKNOWN = "?"  # in place of a label or a name
MARK_DIGITS = 6  # of the hash that stands for a writer's name: enough to tell a few hundred apart
SEGMENT = re.compile(r'^\.SEGMENT\s+CHARACTER\s+(\S+)\s+\S+\s+"(.*)"\s*$')
RUN = re.compile(r"(\d+)(?:-(\d+))?$")
WRITER = re.compile(r"^\.WRITER_ID[ \t]*(.*)$", re.MULTILINE)
COMPONENT = re.compile(r"^\.(PEN_DOWN|PEN_UP)\b[^\n]*\n([^.]*)", re.MULTILINE)
ESCAPED = re.compile(r"\\(.)")

Read = Callable[[str], str | None]
"""Gives a file's text by its path in the collection; None where there is none."""
Character = tuple[str, str, list[np.ndarray]]
"""Label, writer's mark, strokes: (n, 2) float32 x, y, y downwards."""
Recording = tuple[str, list[np.ndarray | None]]
"""Writer's mark, and the numbered pieces of ink."""


def characters_of(names: Iterable[str], read: Read) -> Iterator[Character]:
    """Find all single characters of sources whose segmentation can be trusted.

    Args:
        names: all files of the collection, such as `data/1a/apa/apa00/app0032.dat`.
        read: gives their texts.

    Yields:
        Label, writer's mark and strokes; what is damaged is passed over: it is a hundredth of the collection.
    """
    seen = set()  # `data/2` names again what the other parts name
    for name in sorted(names):
        parts = PurePosixPath(name).parts
        if len(parts) > 3 and parts[0] == "data" and parts[1] in ISOLATED and parts[2] not in BROKEN:
            yield from _characters(read(name) or "", parts[2], read, seen)


def mark_of(source: str, name: str) -> str:
    """Name a writer by the source and a hash, since nobody is to be named."""
    return f"{source}-{hashlib.sha256(name.encode()).hexdigest()[:MARK_DIGITS]}"


def is_set_aside(mark: str) -> bool:
    """Say whether this writer is to test on."""
    source, _, digits = mark.partition("-")
    return digits in SET_ASIDE.get(source, "").split()


def _characters(text: str, source: str, read: Read, seen: set) -> Iterator[Character]:
    files = tuple(line.split()[1] for line in text.splitlines() if line.startswith(".INCLUDE "))
    writer, components = _recording(source, "\n".join(read(f"include/{file}") or "" for file in files))
    for segment in map(SEGMENT.match, text.splitlines()):
        if not segment or (files, segment[1]) in seen:
            continue
        seen.add((files, segment[1]))
        label, strokes = ESCAPED.sub(r"\1", segment[2]), _chosen(components, segment[1])
        if strokes and len(label) == 1 and label != UNKNOWN:
            yield label, writer, strokes


def _recording(source: str, ink: str) -> Recording:
    writer = WRITER.search(ink)
    return mark_of(source, writer[1].strip() if writer else UNKNOWN), _components(ink)


def _components(text: str) -> list[np.ndarray | None]:
    """Read the numbered pieces of a recording: strokes, and None for recorded moves of the pen through the air."""
    found: list[np.ndarray | None] = []
    for kind, body in COMPONENT.findall(text):
        points = _points(body)
        if len(points):
            found.append(points if kind == "PEN_DOWN" else None)
    return found


def _points(body: str) -> np.ndarray:
    """Read (n, 2) float32 x and y, y downwards; the tablets' y grows upwards, and some give time and pressure too."""
    rows = [line.split()[:2] for line in body.splitlines() if len(line.split()) >= 2]
    try:
        return np.array(rows, np.float32).reshape(-1, 2) * np.float32([1, -1])
    except ValueError:  # words in the place of numbers
        return np.zeros((0, 2), np.float32)


def _chosen(components: list[np.ndarray | None], numbers: str) -> list[np.ndarray]:
    """Choose the strokes that `0`, `3-4` or `3,5-6` name; none where some are missing."""
    strokes = []
    for part in numbers.split(","):
        run = RUN.match(part)
        first, last = (int(run[1]), int(run[2] or run[1])) if run else (0, len(components))
        if last >= len(components):
            return []
        strokes += [stroke for stroke in components[first : last + 1] if stroke is not None]
    return strokes
