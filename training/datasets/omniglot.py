"""Loads Greek letters by twenty people as pen strokes: Omniglot's small background set (Lake et al. 2015; MIT licence).

UNIPEN has no Greek, and formulas are full of it: a sigma is a 0 to whoever has never seen one.
"""

from __future__ import annotations

import gzip
import json
import zlib
from pathlib import Path

from training.datasets.labelled import DataError
from training.datasets.unipen import TEST, TRAIN, Sign, points, sign

FILE = "omniglot-small1.jsonl.gz"
GREEK = "αβγδεζηθικλμνξοπρστυφχψω"  # Omniglot numbers its characters by the alphabet
LATIN_TWINS = "οι"  # nobody can tell them from an o and an l
FIRST_TEST_WRITER = 18  # of 20: the others are trained on


def load_greek(folder: Path, split: str = TRAIN) -> list[Sign]:
    """Load the letters of the people to train on, or of those to test on; none where the folder does not hold them.

    Raises:
        DataError: the file is damaged.
    """
    path = folder / FILE
    if not path.is_file():
        return []
    found = []
    try:
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            for line in lines:
                row = json.loads(line)
                alphabet, _, number = row["label"].partition("/character")
                if alphabet == "Greek" and (int(row["writer"]) >= FIRST_TEST_WRITER) == (split == TEST):
                    letter, writer = GREEK[int(number) - 1], f"omniglot-{row['writer']}"
                    found.append(sign(letter, writer, [points(flat) for flat in row["strokes"]]))
    except (OSError, EOFError, ValueError, KeyError, IndexError, TypeError, zlib.error) as error:
        raise DataError(
            "{file}: not a readable file of Omniglot's letters ({error}); fetch it again", file=path, error=error
        ) from error
    return [one for one in found if one.label not in LATIN_TWINS]
