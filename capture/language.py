"""Gives texts in the user's language: the code says them in English, a catalogue has the French of each.

A catalogue is a JSON file with the French of each English template; the programs choose it once, at their start.
`tests/support/texts.py` checks that none of the templates in the code is missing from it.

Example:
    >>> use_language("fr", {"{right:,} of {share:.1%}": "{right:,} sur {share:.1%}"})
    >>> tr("{right:,} of {share:.1%}", right=1234, share=0.987)
    '1 234 sur 98,7 %'
"""

from __future__ import annotations

import json
import locale
import os
import re
from collections.abc import Mapping
from numbers import Number
from pathlib import Path
from string import Formatter
from typing import Any

ENGLISH, FRENCH = "en", "fr"
LANGUAGES = (ENGLISH, FRENCH)
NO_BREAK, NARROW_NO_BREAK = "\N{NO-BREAK SPACE}", "\N{NARROW NO-BREAK SPACE}"  # before % and :, and between thousands
VERBATIM = re.compile(r"(`[^`]*`|\$[^$]*\$|<[^>]*>|\]\([^)]*\)|\{[^}]*\})")  # code, formulas, tags, addresses, fields
DECIMAL_COMMA = str.maketrans({",": NARROW_NO_BREAK, ".": ",", "%": f"{NO_BREAK}%"})

_chosen: dict[str, Any] = {"language": ENGLISH, "catalogue": {}}  # as gettext keeps it: one language a program


class _French(Formatter):
    """Formats numbers as French prose writes them: 1 234,5 and 98,7 %."""

    def format_field(self, value: Any, format_spec: str) -> str:
        text = super().format_field(value, format_spec)
        return text.translate(DECIMAL_COMMA) if isinstance(value, Number) else text


FORMATTERS = {ENGLISH: Formatter(), FRENCH: _French()}


def use_language(language: str, *catalogues: Mapping[str, str]) -> None:
    """Chooses the language of all texts from here on.

    Args:
        language: "en" or "fr".
        catalogues: from English templates to French ones; not used for English.
    """
    merged = {} if language == ENGLISH else {key: text for texts in catalogues for key, text in texts.items()}
    _chosen.update(language=language, catalogue=merged)


def read_catalogue(path: Path) -> dict[str, str]:
    """Reads a catalogue: a JSON file with the French text of each English template."""
    return json.loads(path.read_text(encoding="utf-8"))


def current_language() -> str:
    """The language chosen: "en" or "fr"."""
    return _chosen["language"]


def locale_language() -> str:
    """The language that the user's system is set to, where it is one of ours; else English."""
    names = (os.environ.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    name = next(filter(None, names), None) or locale.getlocale()[0] or ""
    return FRENCH if name.lower().startswith(("fr", "french")) else ENGLISH


def tr(template: str, /, **values: Any) -> str:
    """Translates a template and fills it in; numbers are written as the language writes them.

    Args:
        template: the English text with fields as for `str.format`. Write it in the call itself, as one literal, so
            that the check for missing texts can see it.
        values: for the fields.
    """
    text = _chosen["catalogue"].get(template)
    text = template if text is None else typeset(text)
    return FORMATTERS[current_language()].vformat(text, (), values)


def format_number(value: float, spec: str = "") -> str:
    """Writes a bare number as the language does, by one of Python's format specs: `format_number(0.987, ".1%")`."""
    return FORMATTERS[current_language()].format_field(value, spec)


def typeset(text: str) -> str:
    """Sets French text: no line break before : ; ? ! % and », nor after «; the apostrophe as printers set it."""
    parts = VERBATIM.split(text)
    for number in range(0, len(parts), 2):
        part = re.sub(r" (?=[:;?!%»])", NO_BREAK, parts[number]).replace("« ", f"«{NO_BREAK}")
        parts[number] = re.sub(r"(?<=\w)'(?=[\w*]|$)", "’", part)
    return "".join(parts)
