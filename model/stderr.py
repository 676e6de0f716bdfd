"""Keeps what C libraries print, and offer no switch for, off the user's terminal."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

STDERR_FD = 2


@contextmanager
def muted_stderr() -> Iterator[None]:
    """Drop what libraries (LiteRT, libjpeg, libpng, AVFoundation) print meanwhile.

    The whole process is mute for so long: only for short calls while no other thread has something to say.
    """
    if sys.stderr is None:  # a program without a console
        yield
        return
    sys.stderr.flush()
    kept = os.dup(STDERR_FD)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, STDERR_FD)
        yield
    finally:
        os.dup2(kept, STDERR_FD)
        os.close(nowhere)
        os.close(kept)
