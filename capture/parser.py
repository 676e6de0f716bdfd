"""A command line that speaks the user's language: argparse's own words are translated here."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterable
from typing import Any

from capture.language import FRENCH, NO_BREAK, current_language, tr, translatable, translate
from capture.terminal import printable

BAD_USAGE = 2  # exit code
COMPLAINTS = (  # what argparse says in English, and what to say
    (r"unrecognized arguments: (?P<names>.+)", translatable("unrecognized arguments: {names}")),
    (
        r"the following arguments are required: (?P<names>.+)",
        translatable("the following arguments are required: {names}"),
    ),
    (r"argument (?P<name>\S+): expected one argument", translatable("argument {name}: expected one argument")),
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


class Parser(argparse.ArgumentParser):
    """A parser that speaks the user's language, and whose complaints steer no terminal, whatever was given.

    Args:
        options: as for `argparse.ArgumentParser`.

    Attributes:
        general: the group of options of the program as a whole, where help is.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(add_help=False, formatter_class=HelpFormatter, **options)
        self.general = self.add_argument_group(tr("general"))
        self.general.add_argument("-h", "--help", action="help", help=tr("show this help, and end"))

    def error(self, message: str) -> None:
        """Print usage and message, and end with exit code 2."""
        self.print_usage(sys.stderr)
        words = printable(translated(message))
        self.exit(BAD_USAGE, tr("{prog}: error: {words}", prog=self.prog, words=words) + "\n")


def translated(complaint: str) -> str:
    """Translate what argparse complains of, where it is one of the usual complaints."""
    for pattern, template in COMPLAINTS:
        if found := re.fullmatch(pattern, complaint, re.DOTALL):
            return translate(template, **found.groupdict())
    return complaint
