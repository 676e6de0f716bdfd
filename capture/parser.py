"""A command line that speaks the user's language: argparse's own words are translated here."""

from __future__ import annotations

import argparse
import math
import os
import re
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from capture.language import FRENCH, NO_BREAK, current_language, tr, translatable, translate
from capture.terminal import printable

BAD_USAGE = 2  # exit code
MAX_WORDS_TOLD = 3  # of a pattern that the shell has filled in with a folder's names
COMPLAINTS = (  # what argparse says in English, and what to say
    (
        r"the following arguments are required: (?P<names>.+)",
        translatable("the following arguments are required: {names}"),
    ),
    (
        r"argument (?P<name>\S+): expected one argument",
        translatable("argument {name}: its value is missing; one that begins with a dash is written {name}=VALUE"),
    ),
    (
        r"argument (?P<name>\S+): expected at least one argument",
        translatable("argument {name}: expected at least one argument"),
    ),
    (
        r"argument (?P<name>\S+): not allowed with argument (?P<other>\S+)",
        translatable("argument {name}: not allowed with argument {other}"),
    ),
    (
        r"argument (?P<name>\S+): invalid \w+ value: (?P<value>.+)",
        translatable("argument {name}: invalid value: {value}"),
    ),
    (
        r"argument (?P<name>\S+): invalid choice: (?P<value>.+) \(choose from (?P<choices>.+)\)",
        translatable("argument {name}: invalid choice: {value} (choose from {choices})"),
    ),
    (
        r"ambiguous option: (?P<name>\S+) could match (?P<names>.+)",
        translatable("ambiguous option: {name} could match {names}"),
    ),
    (r"argument (?P<name>\S+): (?P<words>.+)", translatable("argument {name}: {words}")),
)


class HelpFormatter(argparse.HelpFormatter):
    """argparse's own, with the usage in the user's language."""

    def start_section(self, heading: str | None) -> None:
        """Begin a group of options: French has a space before the colon that argparse sets."""
        super().start_section(f"{heading}{NO_BREAK}" if heading and current_language() == FRENCH else heading)

    def add_usage(
        self,
        usage: str | None,
        actions: Iterable[argparse.Action],
        groups: Iterable[Any],
        prefix: str | None = None,
    ) -> None:
        """Begin the help."""
        super().add_usage(usage, actions, groups, tr("usage: ") if prefix is None else prefix)


class StoreOnce(argparse.Action):
    """Stores the value of an option that may not be given twice: an input or output that is named would be lost."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: Any,
        option_string: str | None = None,
    ) -> None:
        """Store, or complain."""
        given = getattr(namespace, "given", frozenset())
        if self.dest in given:
            parser.error(tr("{option}: is given twice, and only one can be had; leave one out", option=option_string))
        namespace.given = given | {self.dest}
        setattr(namespace, self.dest, values)


class Parser(argparse.ArgumentParser):
    """A parser that speaks the user's language, and whose complaints steer no terminal, whatever was given.

    Args:
        stray: what to say of words that belong to no option, with a field `names`.
        options: as for `argparse.ArgumentParser`.

    Attributes:
        general: the group of options of the program as a whole, where help is.
    """

    def __init__(self, stray: str = "", **options: Any) -> None:
        self._stray = stray
        super().__init__(add_help=False, formatter_class=HelpFormatter, **options)
        self.general = self.add_argument_group(tr("general"))
        self.general.add_argument("-h", "--help", action="help", help=tr("show this help, and end"))

    def parse_args(self, args: Sequence[str] | None = None, namespace: argparse.Namespace | None = None) -> Any:
        """Parse as argparse does, and say of words too many where they may belong."""
        parsed, rest = self.parse_known_args(args, namespace)
        if rest and self._stray and not any(word.startswith("-") for word in rest):
            names = " ".join(rest[:MAX_WORDS_TOLD]) + " ..." * (len(rest) > MAX_WORDS_TOLD)
            self.error(translate(self._stray, names=names))
        if rest:
            name = next((word for word in rest if word.startswith("-")), rest[0])
            self.error(tr("there is no option {name}; --help lists them all", name=name))
        return parsed

    def error(self, message: str) -> None:
        """Say in one line what is wrong, and end with exit code 2."""
        words = printable(translated(message))
        self.exit(BAD_USAGE, tr("{prog}: error: {words}", prog=self.prog, words=words) + "\n")


def translated(complaint: str) -> str:
    """Translate what argparse complains of, where it is one of the usual complaints."""
    for pattern, template in COMPLAINTS:
        if found := re.fullmatch(pattern, complaint, re.DOTALL):
            return translate(template, **found.groupdict())
    return complaint


def number(text: str) -> float:
    """Read a number, with a decimal point or a comma as in French; not a number (NaN) where it is none."""
    try:
        return float(text.replace(",", "."))
    except ValueError:
        return math.nan


def whole_number(text: str) -> int:
    """Read a whole number of at least 1; one that is too large to count to is the largest there is."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(tr("{text}: is not a whole number of at least 1", text=text))
    return min(int(text), sys.maxsize)


def place(text: str) -> str:
    """Read the name of a file or folder: with `~` for the home, which a shell leaves as it is after a `=`."""
    if not text.strip():
        raise argparse.ArgumentTypeError(tr("the name is empty; give one, or leave the option out"))
    return os.path.expanduser(text)  # noqa: PTH111 - Path's raises for the home of nobody, as in ~backup.jpg


def place_path(text: str) -> Path:
    """Read the name of a file or folder as a path."""
    return Path(place(text))
