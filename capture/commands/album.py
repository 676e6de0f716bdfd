"""Keeps the photos of a run to leaf through: what was read stays, the pictures themselves are opened again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from capture.types import NO_IMAGE, Frame, Page

MAX_PAGES = 100  # a page keeps its ink map for key d, 1 to 2 MB


@dataclass
class Album:
    """What was read in the last photos, and which of them is shown.

    Args:
        reopen: gives the picture of an index in the source again, as `Source.reopen` does.

    Example:
        album = Album(source.reopen)
        album.add(frame, page)
        shown = album.turn(-1)  # None: there is no photo before
    """

    reopen: Callable[[int], Frame]

    def __post_init__(self) -> None:
        self._pages: list[tuple[Frame, Page]] = []
        self._place = -1

    @property
    def has_before(self) -> bool:
        """Whether there is a photo before the one that is shown."""
        return self._place > 0

    def add(self, frame: Frame, page: Page) -> None:
        """Add a photo that is shown for the first time, as the last one."""
        self._pages = [*self._pages, (replace(frame, image=NO_IMAGE), page)][-MAX_PAGES:]
        self._place = len(self._pages) - 1

    def keep(self, page: Page) -> None:
        """Put a corrected page in the place of the one that is shown."""
        self._pages[self._place] = self._pages[self._place][0], page

    def turn(self, step: int) -> tuple[Frame, Page] | None:
        """Turn to the photo after (1) or before (-1) the one that is shown; None where there is none yet.

        Raises:
            SourceError: its file is gone, or damaged since.
        """
        place = self._place + step
        if not 0 <= place < len(self._pages):
            return None
        frame, page = self._pages[place]
        shown = replace(frame, image=self.reopen(frame.index).image)
        self._place = place
        return shown, page
