"""Trains, and lets one look into, the network that reads the digits: `python train.py --help`."""

from __future__ import annotations

import argparse
import importlib
import sys
from types import ModuleType

from capture.advice import for_import
from capture.language import LANGUAGES, asked_language, current_language, tr, translate, write_plainly
from model.errors import DigitsError
from training.texts import write_in

COMMANDS = {  # each module has SUMMARY, add_arguments(parser) and run(args)
    "fit": "training.commands.fit",
    "compare": "training.commands.compare",
    "search": "training.commands.search",
    "explore": "training.commands.explore",
    "evaluate": "training.commands.evaluate",
    "altered": "training.commands.robustness",
    "explain": "training.commands.explain",
    "decide": "training.commands.decide",
    "report": "training.commands.report",
    "notebook": "training.commands.notebook",
}
DEFAULT_COMMAND = "fit"
EXIT_DONE, EXIT_PROBLEM, EXIT_INTERRUPTED = 0, 1, 130  # 2 is argparse's, for bad usage


def parse_args(argv: list[str]) -> argparse.Namespace:
    """Read the command line; a command left out is `fit`."""
    from capture.parser import Parser  # noqa: PLC0415 - needs packages that may be missing

    description = tr("Trains, and lets one look into, the network that reads the digits.")
    parser = Parser(
        tr("{names}: neither a command nor an option; --help lists the commands, and COMMAND --help its options"),
        prog="train.py",
        description=description,
        epilog=tr("Without a command: {name}.", name=DEFAULT_COMMAND),
    )
    commands = parser.add_subparsers(title=tr("commands"), dest="command", required=True, metavar="COMMAND")
    for name in COMMANDS:
        module = _module(name)
        command = commands.add_parser(name, help=translate(module.SUMMARY), description=translate(module.SUMMARY))
        module.add_arguments(command)
        text = tr("language of texts, pictures and reports (default: the system's)")
        command.add_argument("--lang", choices=LANGUAGES, default=current_language(), help=text)
    is_named = bool(argv) and (argv[0] in COMMANDS or argv[0] in ("-h", "--help"))
    return parser.parse_args(argv if is_named else [DEFAULT_COMMAND, *argv])


def main(argv: list[str] | None = None) -> int:
    """Run one command; return the exit code."""
    argv = sys.argv[1:] if argv is None else argv
    write_in(asked_language(argv))
    write_plainly()
    try:
        args = parse_args(argv)
        _module(args.command).run(args)
    except (DigitsError, ImportError) as error:
        _tell(for_import(error) if isinstance(error, ImportError) else error)
        return EXIT_PROBLEM
    except KeyboardInterrupt:
        return EXIT_INTERRUPTED
    return EXIT_DONE


def _tell(message: object) -> None:
    """Print one line on stderr, without what could steer a terminal."""
    line = tr("{prog}: {message}", prog="train.py", message=message)
    try:
        from capture.terminal import tell  # noqa: PLC0415 - needs packages that may be missing
    except ImportError:
        print(line, file=sys.stderr)
    else:
        tell(line)


def _module(command: str) -> ModuleType:
    return importlib.import_module(COMMANDS[command])


if __name__ == "__main__":
    raise SystemExit(main())
