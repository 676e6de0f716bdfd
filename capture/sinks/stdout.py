"""Stdout as an output: always UTF-8, and no traceback when its reader goes away or its disk is full."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import TextIO

from capture.language import tr
from capture.sinks.names import OutputError, reason

READER_GONE = "stdout: its reader closed it; no more readings are written"  # as `head` does: no failure of the run


class Stdout:
    """Writes to stdout, by the methods that an OutputFile has."""

    def check_still_there(self) -> None:
        """Check nothing: stdout cannot be removed."""

    def mark_whole(self) -> None:
        """Do nothing: what was printed cannot be taken back."""

    def write(self, data: bytes) -> None:
        """Write bytes, and flush.

        Raises:
            OutputError: with `READER_GONE` when the reader went away; with the trouble when the disk is full, say.
        """
        try:
            if sys.stdout is not None:  # a program without a console has none
                write_stdout(data)
        except OSError as error:
            give_up(sys.stdout)
            is_gone = isinstance(error, BrokenPipeError)
            raise OutputError(
                READER_GONE if is_gone else tr("stdout: no more readings are written ({reason})", reason=reason(error))
            ) from error

    def close(self) -> None:
        """Do nothing: stdout is not ours to close."""


def write_stdout(data: bytes) -> None:
    """Write UTF-8 to stdout, whatever the system would have it be (cp1252 on Windows), and flush."""
    if hasattr(sys.stdout, "buffer"):
        sys.stdout.flush()
        sys.stdout.buffer.write(data)
    else:  # a notebook's
        sys.stdout.write(data.decode())
    sys.stdout.flush()


def give_up(stream: TextIO) -> None:
    """Lead a stream that cannot be written into nothing: Python would complain as it flushes it at its end."""
    with suppress(OSError, ValueError), Path(os.devnull).open("wb") as nowhere:  # it may be no file at all
        os.dup2(nowhere.fileno(), stream.fileno())
