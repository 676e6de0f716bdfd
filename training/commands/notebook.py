"""`train.py notebook`: the course as Jupyter notebooks, in English and in French, with solutions or to fill in."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from capture.language import tr, translatable
from training.commands.options import add_common
from training.results import results_folder

SUMMARY = translatable(
    "make the course notebooks, in English and French, with solutions or to fill in; run them with --execute"
)
COMMAND = "notebook"
LANGUAGES = ("en", "fr")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the flags."""
    parser.add_argument("--language", choices=LANGUAGES, help=tr("only this one (default: both)"))
    parser.add_argument("--exercise", action="store_true", help=tr("leave the solutions open, to be filled in"))
    parser.add_argument("--execute", action="store_true", help=tr("run the cells, and keep what they show"))
    add_common(parser, COMMAND)


def run(args: argparse.Namespace) -> None:
    """Writes the notebooks, run if so asked, and prints where they are.

    Raises:
        DigitsError: the data, the folder or a cell is not what it should be.
    """
    from training.course.build import Edition, NotebookError, build, execute, write

    settings = _settings(args)
    with results_folder(args.out, COMMAND) as folder:
        for language in [args.language] if args.language else LANGUAGES:
            edition = Edition(language, args.exercise, settings)
            notebook, path = build(edition), folder / edition.file
            try:
                if args.execute:
                    execute(notebook, edition.file)
            except NotebookError as error:
                write(notebook, path)
                raise NotebookError("{error} (what ran is in {path})", error=error, path=path) from error
            write(notebook, path)
            print(path)


def _settings(args: argparse.Namespace) -> dict[str, Any]:
    """Values for the notebook's own parameters, of the flags that were given."""
    from training.datasets.mnist import DataError

    if args.data and not args.data.exists():
        raise DataError(
            "{data}: no such file or folder; give mnist.npz, or a folder or zip with Training/0..9", data=args.data
        )
    given = {"DATA": args.data and str(Path(args.data).resolve()), "LIMIT": args.limit, "SEED": args.seed}
    return {name: value for name, value in given.items() if value is not None}
