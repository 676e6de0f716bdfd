"""What the terminal says while a run goes on: results on stdout, messages and progress on stderr."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

import numpy as np

from capture.language import NARROW_NO_BREAK, NO_BREAK, PLAINLY, format_number, tr, translatable, translate
from capture.loop import Summary
from capture.sinks.names import OutputError, is_same_file
from capture.sinks.stdout import READER_GONE, Stdout, give_up
from capture.sources.base import Source
from capture.types import Frame, Page

MAX_NUMBERS_TOLD = 12  # in the last line: what fits on it
MORE = "..."
MIN_MS = 0.05  # a stage that takes less is not worth naming
STAGE_NAMES = {
    "wait": translatable("wait"),
    "read": translatable("read"),
    "draw": translatable("draw"),
    "write": translatable("write"),
    "show": translatable("show"),
}
MAX_ERRORS_TOLD = 10  # of a video
UNDECODED_BYTES = range(0xDC80, 0xDD00)  # how Python keeps the bytes 128 to 255 of a name that is no UTF-8 (PEP 383)


class Fallible(Protocol):
    """A sink, as the terminal sees it."""

    path: Path
    problem: str | None


def tell(message: object) -> None:
    """Print one line for the person at the terminal on stderr; where that is closed or full, the run goes on."""
    STDERR.write(f"{printable(str(message))}\n")


def printable(text: str) -> str:
    r"""Give text from outside (names, the network) a form that steers no terminal: control characters as escapes.

    Args:
        text: with anything in it: escape codes, new lines, bytes of a name that are no UTF-8.

    Returns:
        The same where all can be printed; else `\x1b`, `\n` and so on in the others' places.
    """
    return "".join(one if one.isprintable() or one in (NO_BREAK, NARROW_NO_BREAK) else escaped(one) for one in text)


def escaped(character: str) -> str:
    """Write a character as Python would in a string; a byte of a name that is no UTF-8 as that byte."""
    code = ord(character)
    if code in UNDECODED_BYTES:
        return f"\\x{code - UNDECODED_BYTES.start + 0x80:02x}"
    return character.encode("unicode_escape").decode()


class Stderr:
    """Stderr for messages and the progress bar, never raising: what cannot be said must not end a run."""

    def write(self, text: str) -> None:
        """Write and flush; characters that its encoding lacks become escapes."""
        if sys.stderr is None:  # a program without a console
            return
        try:
            encoding = getattr(sys.stderr, "encoding", None) or "utf-8"
            sys.stderr.write(text.encode(encoding, PLAINLY).decode(encoding))
            sys.stderr.flush()
        except (OSError, ValueError):  # a full disk, a terminal that hung up, a closed stream
            give_up(sys.stderr)

    def flush(self) -> None:
        """Do nothing: nothing waits to be written."""

    def isatty(self) -> bool:
        """Say whether a person may be looking."""
        try:
            return bool(sys.stderr and sys.stderr.isatty())
        except ValueError:  # it is closed
            return False

    def fileno(self) -> int:
        """Give the descriptor, by which the bar finds out how broad the terminal is."""
        return sys.stderr.fileno()


STDERR = Stderr()


class Terminal:
    """The sink that keeps the terminal informed; a context manager.

    Args:
        source: of the frames.
        sinks: their problems are told as soon as they arise; enter the terminal before them, to have the last word.
        prints_numbers: whether the numbers read are the run's result on stdout.
        total: how many frames will come, for a progress bar on a terminal; None for no bar.
    """

    def __init__(self, source: Source, sinks: Sequence[Fallible], prints_numbers: bool, total: int | None) -> None:
        self._source, self._sinks, self._prints_numbers = source, sinks, prints_numbers
        self._told: list[str] = []
        self._last_line = ""
        self._errors = 0
        self._lost_at_s: float | None = None
        self._bar = _progress_bar(total) if total and total > 1 and STDERR.isatty() else None

    def __enter__(self) -> Self:
        """Tell what a camera or stream granted, and what of a folder is not read."""
        if self._source.is_live:
            tell(self._source.opened_as)
        for line in self._source.left_out:
            tell(line)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Tell, however the run ended, what was amiss, and what the sinks, closed by now, have left."""
        if self._bar:
            self._bar.close()
        self.tell_problems()
        if not self._source.is_live and self._source.note():
            tell(tr("{name}: {note}", name=self._source.name, note=self._source.note()))
        for sink in self._sinks:
            if (sink.path != Path() or hasattr(sink, "written")) and is_same_file(sink.path, sink.path):
                tell(tr("written: {path}{extent}", path=sink.path, extent=_extent(sink)))

    def write(self, frame: Frame, view: np.ndarray, page: Page) -> None:
        """Tell what is new with this frame: numbers, an unreadable picture, a recording that broke off."""
        if self._bar:
            self._bar.update()
        self._tell_loss(frame)
        if frame.error:
            self._tell_error(frame.error)
        elif self._prints_numbers and frame.is_new:
            self._print_numbers(frame, page)
        self.tell_problems()

    def tell_problems(self) -> None:
        """Tell each sink's problem, once; that stdout's reader has seen enough (`| head`) is none."""
        for sink in self._sinks:
            self._tell_problem(sink.problem)

    def is_in_vain(self, frame: Frame, view: np.ndarray, page: Page) -> bool:
        """Say whether nothing takes the results any more; this ends a run that has no window to end it."""
        return not self._prints_numbers and all(sink.problem for sink in self._sinks)

    def tell_summary(self, summary: Summary) -> None:
        """Tell what the run came to."""
        rate = summary.frames / summary.duration_s if summary.duration_s else 0.0
        numbers = summary.numbers[:MAX_NUMBERS_TOLD] + [MORE] * (len(summary.numbers) > MAX_NUMBERS_TOLD)
        tell(
            tr(
                "{frames}, {rate:.1f} a second; ms a frame: {stages}; last read: {numbers}",
                frames=self._counted(summary.frames)
                + (tr(", {count} unreadable", count=summary.unreadable) if summary.unreadable else ""),
                rate=rate,
                stages=stage_times(summary),
                numbers=" ".join(numbers) or tr("nothing"),
            )
        )

    def _counted(self, frames: int) -> str:
        if self._source.is_stills:
            return tr("1 picture") if frames == 1 else tr("{count} pictures", count=frames)
        return tr("1 frame") if frames == 1 else tr("{count} frames", count=frames)

    @property
    def has_problems(self) -> bool:
        """Whether any sink has come to grief."""
        return bool(self._told)

    def _tell_loss(self, frame: Frame) -> None:
        """Tell, each once, that the camera is lost and that it is back."""
        if frame.is_stale and self._lost_at_s is None:
            self._lost_at_s = frame.time_s
            self._tell(tr("{name}: {note}", name=self._source.name, note=self._source.note()))
        elif frame.is_new and self._lost_at_s is not None:
            self._tell(
                tr("{name}: back after {lost_s:.1f} s", name=self._source.name, lost_s=frame.time_s - self._lost_at_s)
            )
            self._lost_at_s = None

    def _print_numbers(self, frame: Frame, page: Page) -> None:
        """Print one line a photo, or one each time that the numbers in a video change."""
        numbers = " ".join(number.text for number in page.numbers)
        if self._source.is_stills:
            self._print(f"{frame.name}: {numbers or '-'}")
        elif numbers != self._last_line:
            self._last_line = numbers
            self._print(f"{frame.time_s:.2f} s: {numbers or '-'}")

    def _print(self, line: str) -> None:
        if self._bar:
            self._bar.clear()
        try:
            Stdout().write(f"{printable(line)}\n".encode())
        except OutputError as error:
            self._prints_numbers = False
            self._tell_problem(str(error))

    def _tell_problem(self, problem: str | None) -> None:
        if problem and problem not in (READER_GONE, *self._told):
            self._told.append(problem)
            self._tell(problem)

    def _tell_error(self, error: str) -> None:
        """Tell why a picture cannot be read; of a video's frames, of which there may be thousands, the first few."""
        self._errors += 1
        if self._source.is_stills or self._errors <= MAX_ERRORS_TOLD:
            self._tell(error)
        elif self._errors == MAX_ERRORS_TOLD + 1:
            self._tell(tr("{name}: more frames cannot be read; they are told no longer", name=self._source.name))

    def _tell(self, message: str) -> None:
        if self._bar:
            self._bar.clear()
        tell(message)


def stage_times(summary: Summary) -> str:
    """Write how many milliseconds each stage takes for a frame, on the average: "read 21.5, draw 1.2"."""
    per_frame = 1000 / max(1, summary.frames)
    times = ((name, per_frame * seconds) for name, seconds in summary.stages_s.items())
    return ", ".join(f"{translate(STAGE_NAMES[name])} {format_number(ms, '.1f')}" for name, ms in times if ms >= MIN_MS)


def _extent(sink: Fallible) -> str:
    """Write, in brackets, how many pictures a folder got, or how many frames a recording lacks."""
    if sink.path.is_dir():
        return tr(" (pictures: {count})", count=sink.written)
    dropped = getattr(sink, "dropped", 0)  # only videos can lack frames
    words = tr(" ({count} frames left out: this computer is too slow to record them all)", count=dropped)
    return words if dropped else ""


def _progress_bar(total: int):
    from tqdm import tqdm  # noqa: PLC0415 - most runs show no bar

    return tqdm(total=total, unit=tr("frame"), file=STDERR, leave=False, dynamic_ncols=True)
