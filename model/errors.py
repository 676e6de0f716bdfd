"""The base of every error that the user can put right; the scripts print it as one line and exit with 1."""

from __future__ import annotations

from typing import Any

from capture.language import translate


class DigitsError(Exception):
    """A problem of the user's world, worded *what was given: what is wrong; what to do*, in the user's language.

    Args:
        template: the English text with fields as for `str.format`, as one literal, so that the check for missing
            translations sees it; or a text that is ready.
        values: for the fields.

    Example:
        raise DigitsError("{path}: the file is empty; copy it again", path=path)
    """

    def __init__(self, template: str, /, **values: Any) -> None:
        super().__init__(translate(template, **values))


def first_line(error: BaseException) -> str:
    """Cut what a library says went wrong to the first line's first sentence; give the error's kind for nothing."""
    lines = str(error).strip().splitlines()
    return lines[0].partition(". ")[0] if lines else type(error).__name__


class WeightsError(DigitsError):
    """The network's file is missing, damaged or of the wrong shape."""
