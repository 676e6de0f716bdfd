"""Readers of files for tests of worker processes, which load them by their names: one that dies, one that waits."""

import os
import time
from dataclasses import dataclass
from pathlib import Path

from capture.parallel import FileReader
from model.classifier import DEFAULT_WEIGHTS

DEADLY, LONG = "deadly.png", "0.png"
PATIENCE_S = 20


@dataclass(frozen=True)
class DeadlyReader(FileReader):
    """Reads like any other, but ends its process at a file called `DEADLY`."""

    weights: Path = DEFAULT_WEIGHTS
    min_confidence: float = 0.5
    max_pixels: int | None = None
    wants_images: bool = False

    def __call__(self, path):
        if path.name == DEADLY:
            os._exit(9)
        return super().__call__(path)


@dataclass(frozen=True)
class WaitingReader(DeadlyReader):
    """Touches a mark beside each file; the one called `LONG` is not done before so many others are."""

    others: int = 0

    def __call__(self, path):
        if path.name != LONG:
            path.with_suffix(".done").touch()
            return []
        until_s = time.monotonic() + PATIENCE_S
        while len(list(path.parent.glob("*.done"))) < self.others:
            if time.monotonic() > until_s:
                raise TimeoutError("the others wait for this one")
            time.sleep(0.01)
        return []
