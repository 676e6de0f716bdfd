"""What a report is made of: chapters of passages with pictures, which are read from the results' own folder only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"


@dataclass(frozen=True)
class Picture:
    """A picture of the report.

    Attributes:
        folder: the results' folder; nothing from outside of it gets into a report.
        name: of the PNG file there.
        caption: what it shows, in a sentence.
    """

    folder: Path
    name: str
    caption: str

    @property
    def path(self) -> Path:
        """The file."""
        return self.folder / self.name

    def read(self) -> bytes | None:
        """Read the file; None where there is none, where it is no PNG, or lies elsewhere (a link, `../`).

        A run that came from others could name any file of this machine.
        """
        content = read_within(self.folder, self.name)
        return content if content is not None and content.startswith(PNG_SIGNATURE) else None


def read_within(folder: Path, name: str) -> bytes | None:
    """Read a file of a folder; None where there is none, or where its name leads out of the folder."""
    try:
        path = (folder / name).resolve(strict=True)
        return path.read_bytes() if path.is_relative_to(folder.resolve()) and path.is_file() else None
    except (OSError, ValueError, RuntimeError):  # no such name, no right to it, links in a circle
        return None


@dataclass(frozen=True)
class Passage:
    """Text, and the pictures it speaks of.

    Attributes:
        text: Markdown, its headings beginning at the third level.
        pictures: in order.
    """

    text: str
    pictures: Sequence[Picture] = ()


@dataclass(frozen=True)
class Chapter:
    """A chapter of the report.

    Attributes:
        title: its heading.
        passages: in order; none when it was not run.
        missing: what is missing and the command that would make it; empty when nothing is.
    """

    title: str
    passages: Sequence[Passage] = field(default_factory=tuple)
    missing: str = ""

    @property
    def anchor(self) -> str:
        """What links lead to."""
        return self.title.lower().replace(" ", "-")
