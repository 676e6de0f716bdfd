"""Keeps each row of a long comparison as soon as it is known, so that an interrupted one goes on."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, TypeVar

from model.errors import DigitsError
from training.results import whole_file

Row = TypeVar("Row")  # a dataclass with a `name`


class CompareError(DigitsError):
    """The rows kept in the folder belong to another comparison."""


def collect(
    names: Sequence[str], measure: Callable[[str], Row], file: Path, settings: Mapping[str, Any], kind: type[Row]
) -> list[Row]:
    """Measure every name that has no row in `file` yet.

    Args:
        names: what is compared, in the order of the rows.
        measure: makes the row of a name.
        file: keeps the rows, as JSON.
        settings: what all rows must share.
        kind: the dataclass of a row.

    Raises:
        CompareError: the rows in `file` were made with other settings, or are damaged.
    """
    settings = json.loads(json.dumps(settings))  # as they come back from the file
    rows = _load(file, settings, kind)
    for name in names:
        if name not in rows:
            rows[name] = measure(name)
            _save(file, settings, rows)
    return [rows[name] for name in names]


def _load(file: Path, settings: Mapping[str, Any], kind: type[Row]) -> dict[str, Row]:
    if not file.exists():
        return {}
    try:
        kept = json.loads(file.read_text(encoding="utf-8"))
        rows = {row["name"]: kind(**row) for row in kept["rows"]}
        before = kept["settings"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CompareError(
            "{file}: damaged ({error}); delete it, or choose another --out", file=file, error=error
        ) from error
    if changed := sorted(key for key in settings if before.get(key) != settings[key]):
        raise CompareError(
            "{file}: its rows were made with another {names}; choose another --out", file=file, names=", ".join(changed)
        )
    return rows


def _save(file: Path, settings: Mapping[str, Any], rows: Mapping[str, Row]) -> None:
    kept = {"settings": settings, "rows": [asdict(row) for row in rows.values()]}
    with whole_file(file) as partial:
        partial.write_text(json.dumps(kept, indent=2) + "\n", encoding="utf-8")
