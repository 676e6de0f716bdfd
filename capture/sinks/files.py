"""A file for output that is locked, replaces an older one only once it holds something, and notices when it is lost."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from pathlib import Path

from capture.language import tr
from capture.sinks.locks import lock
from capture.sinks.names import NEW_FILE_MODE, OPEN_FLAGS, OutputError, passing_path, reason

CREATE_FLAGS = OPEN_FLAGS | os.O_CREAT | getattr(os, "O_NONBLOCK", 0)
"""Not to wait for whoever should read a FIFO: without a reader the opening fails."""
CAN_REPLACE_OPEN_FILES = os.name == "posix"


class OutputFile:
    """A binary file written straight through to the system, so that a killed program loses nothing it wrote.

    It is locked: a second run cannot write to it. A file that has this name already is replaced only once something
    whole is written; until then the output has a passing name beside it. After the first failure the file is cut back
    to where it was last whole, and further writes are swallowed: whoever writes may still tidy up, and cannot damage
    what is already there.

    Args:
        path: the file; the folders that it lies in are made.

    Attributes:
        problem: why writing ended, in one line; None as long as it goes on.

    Raises:
        OutputError: at once, when the file cannot be created.
        InUseError: at once, when another run writes to it.

    Example:
        file = OutputFile(Path("out.jsonl"))
        file.write(b"{}")
        file.mark_whole()
        file.close()
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.problem: str | None = None
        self._whole_bytes = 0
        self._target = Path(os.path.realpath(path))  # a link stays, and leads to the new file
        self._replaced: int | None = None  # the older file, held open so that it stays locked until it is replaced
        self._passing: Path | None = None
        try:
            self._target.parent.mkdir(parents=True, exist_ok=True)
            self._open()
        except OSError as error:
            raise OutputError(
                "{path}: cannot be written ({reason}); choose another place for the output",
                path=path,
                reason=reason(error),
            ) from error

    def _open(self) -> None:
        descriptor = open_locked(self._target, self.path)
        state = os.fstat(descriptor)
        self._is_regular = stat.S_ISREG(state.st_mode)
        if self._is_regular and state.st_size:
            self._replaced, passing = descriptor, passing_path(self._target)
            try:
                descriptor = os.open(passing, OPEN_FLAGS | os.O_CREAT | os.O_EXCL, stat.S_IMODE(state.st_mode))
            except OSError:
                self._let_go()
                raise
            self._passing = passing
            lock(descriptor, self.path)
        self._file = os.fdopen(descriptor, "wb", buffering=0)

    def write(self, data: bytes) -> int:
        """Write all of `data`; return its length, as files do.

        Raises:
            OutputError: the first time that it cannot be written, because the disk is full, say.
        """
        rest = memoryview(data)
        while rest and self.problem is None:
            try:
                rest = rest[self._file.write(rest) :]
            except OSError as error:
                with suppress(OSError):  # devices and FIFOs cannot be cut back
                    self._file.truncate(self._whole_bytes)
                raise self._end(self._how_it_ended(error)) from error
        return len(data)

    def mark_whole(self) -> None:
        """Say that the file makes sense as it is now: between two frames, or two lines.

        Raises:
            OutputError: it cannot take the place of the older file.
        """
        if not self._is_regular or self.problem:
            return
        self._whole_bytes = self._file.tell()
        if self._passing and self._whole_bytes:
            try:
                self._replace_older()
            except OSError as error:
                raise self._end(self._how_it_ended(error)) from error

    def _replace_older(self) -> None:
        if not CAN_REPLACE_OPEN_FILES:
            self._file.close()
            self._let_go()
        self._passing.replace(self._target)
        self._passing = None
        if not CAN_REPLACE_OPEN_FILES:
            self._file = self._target.open("r+b", buffering=0)
            self._file.seek(self._whole_bytes)
            lock(self._file.fileno(), self.path)
        self._let_go()

    def _let_go(self) -> None:
        if self._replaced is not None:
            os.close(self._replaced)
            self._replaced = None

    def _how_it_ended(self, error: OSError) -> str:
        values = {"path": self.path, "reason": reason(error)}
        if self._passing:
            return tr("{path}: the recording has ended ({reason}); what was there before is kept", **values)
        return tr("{path}: the recording has ended ({reason}); what was recorded is kept", **values)

    def _end(self, problem: str) -> OutputError:
        self.problem = problem
        return OutputError(problem)

    def check_still_there(self) -> None:
        """Raise OutputError when the file was removed or replaced: the system goes on writing into nothing."""
        if not self._is_there() and self.problem is None:
            raise self._end(tr("{path}: the recording has ended, because somebody removed the file", path=self.path))

    def _is_there(self) -> bool:
        try:
            return os.path.samestat((self._passing or self._target).stat(), os.fstat(self._file.fileno()))
        except OSError:
            return False

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Move to a place in the file, as files do."""
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        """Return the place in the file, in bytes."""
        return self._file.tell()

    def close(self) -> None:
        """Close the file, and remove it when nothing whole was ever written."""
        if self._file.closed:
            return
        is_mine, state = self._is_there(), os.fstat(self._file.fileno())
        with suppress(OSError):  # what a network drive has to say so late; the frames before were written
            self._file.close()
        self._let_go()
        if is_mine and self._is_regular and (self._passing or state.st_size == 0):  # /dev/null stays
            with suppress(OSError):
                (self._passing or self._target).unlink()


def open_locked(target: Path, path: Path) -> int:
    """Open a file for writing, made if need be and not changed otherwise, and lock it; return its descriptor.

    Args:
        target: the file, no link.
        path: how the user calls it.

    Raises:
        OSError: it cannot be opened.
        InUseError: another run writes to it.
    """
    while True:
        descriptor = os.open(target, CREATE_FLAGS, NEW_FILE_MODE)
        try:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                if hasattr(os, "O_NONBLOCK"):
                    os.set_blocking(descriptor, True)
                return descriptor
            lock(descriptor, path)
            if is_open_at(descriptor, target):
                return descriptor
        except BaseException:
            os.close(descriptor)
            raise
        os.close(descriptor)  # whoever had the lock has replaced the file in between


def is_open_at(descriptor: int, target: Path) -> bool:
    """Say whether an open file is the one that has this name now."""
    try:
        return os.path.samestat(os.fstat(descriptor), target.stat())
    except OSError:
        return False
