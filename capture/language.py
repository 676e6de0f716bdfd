"""Gives texts in the user's language: the code says them in English, a catalogue has the French of each.

A catalogue is a JSON file with the French of each English template; the programs choose it once, at their start.
`tests/support/texts.py` checks that none of the templates in the code is missing from it. Errors translate themselves
(`model/errors.py`). What is data, such as an error in a readings file, is written in English: see `in_english`.

Example:
    >>> use_language("fr", {"{right:,} of {share:.1%}": "{right:,} sur {share:.1%}"})
    >>> tr("{right:,} of {share:.1%}", right=1234, share=0.987)
    '1 234 sur 98,7 %'
"""

from __future__ import annotations

import codecs
import json
import locale
import os
import re
import sys
import unicodedata
from collections.abc import Mapping, Sequence
from itertools import pairwise
from numbers import Number
from pathlib import Path
from string import Formatter
from typing import Any, Self

ENGLISH, FRENCH = "en", "fr"
LANGUAGES = (ENGLISH, FRENCH)
FRENCH_TEXTS = Path(__file__).with_name("french.json")  # of the camera, and of all that both programs say
NO_BREAK, NARROW_NO_BREAK = "\N{NO-BREAK SPACE}", "\N{NARROW NO-BREAK SPACE}"  # before % and :, and between thousands
VERBATIM = re.compile(r"(`[^`]*`|\$[^$]*\$|<[^>]*>|\]\([^)]*\)|\{[^}]*\})")  # code, formulas, tags, addresses, fields
PLAINLY = "plainly"  # by this name the codecs know `plain_letters`
PLAIN_SIGNS = str.maketrans({"’": "'", "«": '"', "œ": "oe", "»": '"', "–": "-"})
DECIMAL_COMMA = str.maketrans({",": NARROW_NO_BREAK, ".": ",", "%": f"{NO_BREAK}%"})

_chosen: dict[str, Any] = {"language": ENGLISH, "catalogue": {}}  # as gettext keeps it: one language a program


class Translated(str):
    """A text in the user's language that knows what it is in English.

    Attributes:
        english: the same in English.
    """

    __slots__ = ("english",)

    def __new__(cls, text: str, english: str) -> Self:
        """Make one."""
        made = super().__new__(cls, text)
        made.english = english
        return made

    def __str__(self) -> Self:
        """Stay what it is, so that `str(error)` gives it unchanged."""
        return self

    def __getnewargs__(self) -> tuple[str, str]:
        """Come through a pickle from a worker process."""
        return str.__str__(self), self.english


class _French(Formatter):
    """Formats numbers as French prose writes them: 1 234,5 and 98,7 %."""

    def format_field(self, value: Any, format_spec: str) -> str:
        text = super().format_field(value, format_spec)
        return text.translate(DECIMAL_COMMA) if isinstance(value, Number) else text


FORMATTERS = {ENGLISH: Formatter(), FRENCH: _French()}


def use_language(language: str, *catalogues: Mapping[str, str]) -> None:
    """Choose the language of all texts from here on.

    Args:
        language: "en" or "fr".
        catalogues: from English templates to French ones, besides the camera's own; not used for English.
    """
    merged: dict[str, str] = {}
    for texts in (read_catalogue(FRENCH_TEXTS), *catalogues) if language == FRENCH else ():
        merged.update(texts)
    _chosen.update(language=language, catalogue=merged)


def read_catalogue(path: Path) -> dict[str, str]:
    """Read a catalogue: a JSON file with the French text of each English template."""
    return json.loads(path.read_text(encoding="utf-8"))


def current_language() -> str:
    """Return the language chosen: "en" or "fr"."""
    return _chosen["language"]


def locale_language() -> str:
    """Return the language that the user's system is set to, where it is one of ours; else English."""
    names = (os.environ.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    name = next(filter(None, names), None) or locale.getlocale()[0] or ""
    return FRENCH if name.lower().startswith(("fr", "french")) else ENGLISH


def asked_language(argv: Sequence[str]) -> str:
    """Return the language that a command line asks for by --lang, before the rest is parsed; else the system's."""
    asked = [one for before, one in pairwise(argv) if before == "--lang"]
    asked += [one.partition("=")[2] for one in argv if one.startswith("--lang=")]
    return next((one for one in asked if one in LANGUAGES), locale_language())


def tr(template: str, /, **values: Any) -> str:
    """Translate a template and fill it in; numbers are written as the language writes them.

    Args:
        template: the English text with fields as for `str.format`. Write it in the call itself, as one literal, so
            that the check for missing texts can see it. Without values it is taken as it is, braces too.
        values: for the fields.

    Returns:
        The text; in French a `Translated` one.
    """
    french = _chosen["catalogue"].get(template)
    if french is None:
        return FORMATTERS[current_language()].vformat(template, (), values) if values else template
    filled = FORMATTERS[FRENCH].vformat(typeset(french), (), values) if values else typeset(french)
    plain = {name: in_english(value) for name, value in values.items()}
    return Translated(filled, FORMATTERS[ENGLISH].vformat(template, (), plain) if values else template)


def translatable(template: str) -> str:
    """Mark a text for the catalogue where it cannot be translated yet, as in a constant: `translate` does it later."""
    return template


translate = tr
"""`tr` for texts that are marked `translatable` where they stand; the check asks for no literal here."""


def in_english(value: Any) -> Any:
    """Return the English of a text, or of an error's, that was translated; anything else is given back as it is."""
    text = str(value) if isinstance(value, BaseException) else value
    return getattr(text, "english", text)


def plain_letters(error: UnicodeError) -> tuple[str, int]:
    """Put plain letters in the place of those that an encoding lacks: e for é, a space for one that does not break."""
    lacking = error.object[error.start : error.end]
    decomposed = unicodedata.normalize("NFKD", lacking.translate(PLAIN_SIGNS))
    plain = decomposed.encode("ascii", "ignore").decode()
    return plain or lacking.encode("ascii", "backslashreplace").decode(), error.end


codecs.register_error(PLAINLY, plain_letters)


def write_plainly() -> None:
    """Have stdout and stderr write in plain letters what their encoding lacks: a message must not end a run."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a notebook's has none
            stream.reconfigure(errors=PLAINLY)


SYSTEM_WORDS = (
    translatable("permission denied"),
    translatable("no such file or directory"),
    translatable("is a directory"),
    translatable("not a directory"),
    translatable("file exists"),
    translatable("file name too long"),
    translatable("no space left on device"),
    translatable("read-only file system"),
    translatable("connection refused"),
    translatable("no route to host"),
    translatable("network is unreachable"),
    translatable("name or service not known"),
    translatable("temporary failure in name resolution"),
    translatable("address already in use"),
    translatable("cannot assign requested address"),
)


def system_words(words: str) -> str:
    """Translate what the system says of an error (`OSError.strerror`), where that is one of the usual ones."""
    known = words.lower()
    return translate(known) if current_language() == FRENCH and known in SYSTEM_WORDS else words


def format_number(value: float, spec: str = "") -> str:
    """Write a bare number as the language does, by one of Python's format specs: `format_number(0.987, ".1%")`."""
    return FORMATTERS[current_language()].format_field(value, spec)


def typeset(text: str) -> str:
    """Set French text: no line break before : ; ? ! % and », nor after «; the apostrophe as printers set it."""
    parts = VERBATIM.split(text)
    for number in range(0, len(parts), 2):
        part = re.sub(r" (?=[:;?!%»])", NO_BREAK, parts[number]).replace("« ", f"«{NO_BREAK}")
        is_last = number == len(parts) - 1
        parts[number] = re.sub(r"(?<=\w)'(?=[\w*])" if is_last else r"(?<=\w)'(?=[\w*]|$)", "’", part)
    return "".join(parts)
