"""A reader of files that one name kills: for tests of worker processes that die, which can load it by its name."""

import os
from dataclasses import dataclass
from pathlib import Path

from capture.parallel import FileReader
from model.classifier import DEFAULT_WEIGHTS

DEADLY = "deadly.png"


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
