"""Writes what a subcommand finds into its folder: pictures, `<command>.md`, and `<command>.json` for the report."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from capture.language import system_words, tr
from capture.sinks.locks import locked_folder
from capture.sinks.names import replacing
from model.errors import DigitsError


class OutcomeError(DigitsError):
    """The results cannot be written."""


@dataclass(frozen=True)
class Figure:
    """One picture of a result.

    Attributes:
        file: the PNG's name in the results' folder; it starts with the command's, so that commands may share a folder.
        caption: what it shows, in a sentence.
    """

    file: str
    caption: str


@dataclass(frozen=True)
class Outcome:
    """What one command found out.

    Attributes:
        command: the subcommand, such as "explore"; it names the files.
        title: the heading.
        text: Markdown without that heading and without the figures.
        figures: in the order in which they are to be read.
        numbers: what a program may want to read: anything JSON takes.

    Example:
        with results_folder(None, "evaluate") as folder:
            outcome = Outcome("evaluate", "Evaluation", "**97%** right.", numbers={"accuracy": 0.97})
            outcome.write(folder)
            outcome.show(folder)
    """

    command: str
    title: str
    text: str
    figures: Sequence[Figure] = ()
    numbers: dict[str, Any] = field(default_factory=dict)

    def write(self, folder: Path) -> None:
        """Write `<command>.md` and `<command>.json`; the figures must lie in `folder` already.

        Raises:
            OutcomeError: they cannot be written.
        """
        with whole_file(folder / f"{self.command}.md") as partial:
            partial.write_text(self.as_markdown(), encoding="utf-8")
        with whole_file(folder / f"{self.command}.json") as partial:
            partial.write_text(json.dumps(asdict(self), indent=2, ensure_ascii=False) + "\n", encoding="utf-8")

    def as_markdown(self) -> str:
        """Write heading, text, and the figures with their captions."""
        figures = [f"![{figure.caption}]({figure.file})\n\n*{figure.caption}*" for figure in self.figures]
        return "\n\n".join([f"# {self.title}", self.text.strip(), *figures]) + "\n"

    def show(self, folder: Path) -> None:
        """Print the text, and where the rest is."""
        print(tr("{title}\n\n{text}\n\nresults: {folder}", title=self.title, text=self.text.strip(), folder=folder))


def table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Write a Markdown table: the first column to the left, figures to the right where all of a column are figures."""
    cells = [[str(cell).replace("|", "\\|") for cell in row] for row in rows]
    is_figure = [all(re.fullmatch(r"[+−-]?\d[\d.,\s]*%?", row[column]) for row in cells) for column in range(len(head))]
    rule = ["---:" if figures and column else "---" for column, figures in enumerate(is_figure)]
    return "\n".join(f"| {' | '.join(line)} |" for line in [list(head), rule, *cells])


def stem_of(test: str) -> str:
    """Write a test set's name as the names of its files hold it: `MNIST test` is `mnist_test` there."""
    return test.lower().replace(" ", "_")


def open_folder(out: Path | None, command: str) -> Path:
    """Make the folder for the results of `command`; without `out`, `runs/<date-time>-<command>`.

    Raises:
        OutcomeError: it cannot be made.
    """
    folder = out or Path("runs") / f"{datetime.now():%Y-%m-%d-%H%M%S}-{command}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutcomeError(
            "{folder}: cannot be written ({reason}); choose another --out",
            folder=folder,
            reason=system_words(error.strerror),
        ) from error
    return folder


@contextmanager
def results_folder(out: Path | None, command: str, *, goes_on: bool = False) -> Iterator[Path]:
    """Open a folder as `open_folder` does, for one run at a time, and say a clear word where Ctrl-C cuts it short.

    A folder that it made and that is empty at the end is taken away.

    Args:
        out: as for `open_folder`.
        command: as for `open_folder`.
        goes_on: whether the command, given the same folder again, goes on where it was stopped.

    Raises:
        InUseError: another run writes there.
        OutcomeError: it cannot be made.
    """
    is_new = out is None or not out.exists()
    folder = open_folder(out, command)
    try:
        with locked_folder(folder):
            yield folder
    except KeyboardInterrupt:
        again = tr(": go on by the same command with --out {folder}", folder=folder) if goes_on else ""
        print(tr("\nstopped; what was finished is in {folder}{again}", folder=folder, again=again), file=sys.stderr)
        raise
    finally:
        with suppress(OSError):  # it is not empty, as it should be
            if is_new:
                folder.rmdir()


@contextmanager
def locked_run(folder: Path) -> Iterator[None]:
    """Keep other programs out of a training run's folder, which is made if need be, and not left behind empty.

    Raises:
        InUseError: another program trains there.
        OutcomeError: it cannot be made.
    """
    made = [place for place in (folder, *folder.parents) if not place.exists()]
    open_folder(folder, "fit")
    try:
        with locked_folder(folder):
            yield
    finally:
        with suppress(OSError):  # they are not empty, as they should be
            for place in made:
                place.rmdir()


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """Give a name to write to; what is there at the end takes the place of `path`, whole or not at all.

    Raises:
        OutcomeError: the disk is full, or the folder not writable.
    """
    try:
        with replacing(path, path.suffix) as partial:
            yield partial
    except OSError as error:
        reason = error.strerror or error
        raise OutcomeError(
            "{path}: cannot be written ({reason}); free some space, or choose another --out", path=path, reason=reason
        ) from error
