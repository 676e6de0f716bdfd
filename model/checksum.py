"""Checksums of weights: a file beside them, in the form of `sha256sum`, tells a damaged network from a whole one."""

from __future__ import annotations

import hashlib
from pathlib import Path

from model.errors import WeightsError

SUFFIX = ".sha256"


def checksum_file(path: Path) -> Path:
    """Name the file beside `path` that holds its checksum."""
    return path.with_name(path.name + SUFFIX)


def write_checksum(path: Path) -> Path:
    """Write the checksum of a file beside it; return where.

    Raises:
        OSError: it cannot be written.
    """
    target = checksum_file(path)
    target.write_text(f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n", encoding="ascii")
    return target


def check_checksum(path: Path, content: bytes) -> None:
    """Compare what was read of a file with the checksum beside it; where there is none, there is nothing to compare.

    Raises:
        WeightsError: they differ.
    """
    try:
        expected = checksum_file(path).read_text(encoding="ascii", errors="replace").split()
    except OSError:
        return
    if expected and expected[0].lower() != hashlib.sha256(content).hexdigest():
        raise WeightsError(
            "{path}: is damaged, or was changed (its checksum is not the one in {file}); restore "
            "both files, or train: python train.py --install",
            path=path,
            file=checksum_file(path).name,
        )
