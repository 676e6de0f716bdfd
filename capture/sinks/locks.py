"""Locks: an output belongs to one run at a time; the system takes a lock back when its program ends, however."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None
    import msvcrt

from model.errors import DigitsError

WINDOWS_LOCK_BYTE = 2**31 - 2  # a lock shuts others out of the bytes that it covers: one that no output reaches
FOLDER_LOCK_NAME = ".in-use"  # on Windows, which cannot open folders; removed by the system as its program ends


class InUseError(DigitsError):
    """Another run, or another output of this one, writes to the same place."""


def lock(descriptor: int, path: Path) -> None:
    """Lock an open file until it is closed.

    Args:
        descriptor: of the file, or on POSIX systems of the folder.
        path: how the user calls it.

    Raises:
        InUseError: it is locked already. Where the file system has no locks, nothing is raised and nothing locked.
    """
    try:
        if fcntl:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        else:
            _lock_byte(descriptor)
    except (BlockingIOError, PermissionError) as error:
        raise InUseError(
            "{path}: is being written by another run; wait for its end, or choose another name", path=path
        ) from error
    except OSError:  # some network drives cannot lock
        return


def _lock_byte(descriptor: int) -> None:
    """Do on Windows what flock does elsewhere."""
    place = os.lseek(descriptor, 0, os.SEEK_CUR)
    os.lseek(descriptor, WINDOWS_LOCK_BYTE, os.SEEK_SET)
    try:
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
    finally:
        os.lseek(descriptor, place, os.SEEK_SET)


@contextmanager
def locked_folder(folder: Path) -> Iterator[None]:
    """Keep other runs out of a folder that exists.

    Raises:
        InUseError: another run writes to it.
        OSError: it cannot be opened.
    """
    if fcntl:
        descriptor = os.open(folder, os.O_RDONLY)
    else:
        descriptor = os.open(folder / FOLDER_LOCK_NAME, os.O_RDWR | os.O_CREAT | os.O_TEMPORARY)
    try:
        lock(descriptor, folder)
        yield
    finally:
        with suppress(OSError):
            os.close(descriptor)
