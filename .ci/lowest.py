"""Prints pip constraints that ask for the lowest version of every package that requirements.txt allows.

Run: python .ci/lowest.py BLOCK... > constraints.txt, where a block of requirements.txt begins with the line `# BLOCK`.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

REQUIREMENTS = Path(__file__).resolve().parents[1] / "requirements.txt"
REQUIREMENT = re.compile(r"([\w-]+)>=([\w.]+)")


def lowest(text: str, blocks: list[str]) -> Iterator[str]:
    """Yields `name==version` for the requirements below the named headings."""
    is_wanted = False
    for line in text.splitlines():
        if line.startswith("#"):
            is_wanted = line.strip("# ") in blocks
        elif is_wanted and line.strip():
            if not (match := REQUIREMENT.match(line)):
                raise SystemExit(f"{REQUIREMENTS.name}: {line}: has no lower bound; write NAME>=VERSION")
            yield f"{match[1]}=={match[2]}"


if __name__ == "__main__":
    print("\n".join(lowest(REQUIREMENTS.read_text(encoding="utf-8"), sys.argv[1:])))
