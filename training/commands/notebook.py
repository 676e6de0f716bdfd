"""`train.py notebook`: the course as Jupyter notebooks, in English and in French, with solutions or to fill in."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from capture.language import tr, translatable
from training.commands.options import add_common
from training.results import results_folder

if TYPE_CHECKING:
    from training.course.build import Edition

SUMMARY = translatable(
    "make the course notebooks, in English and French, with solutions or to fill in; run them with --execute"
)
COMMAND = "notebook"
LANGUAGES = ("en", "fr")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the flags."""
    parser.add_argument("--language", choices=LANGUAGES, help=tr("only this one (default: both)"))
    parser.add_argument("--exercise", action="store_true", help=tr("leave the solutions open, to be filled in"))
    parser.add_argument("--execute", action="store_true", help=tr("run the cells, and keep what they show"))
    text = tr("make what the project keeps: solved and run, and to be filled in, in both languages")
    parser.add_argument("--publish", action="store_true", help=text)
    add_common(parser, COMMAND)


def run(args: argparse.Namespace) -> None:
    """Write the notebooks, run if so asked, and print where they are.

    Raises:
        DigitsError: the data, the folder or a cell is not what it should be.
    """
    from training.course.build import COURSE, NotebookError, anywhere, build, execute, write

    out = args.out or (COURSE if args.publish else None)
    with results_folder(out, COMMAND) as folder:
        for edition, is_run in _editions(args):
            notebook, path = build(edition), folder / edition.file
            try:
                if is_run:
                    execute(notebook, edition.file)
            except NotebookError as error:
                write(notebook, path)
                raise NotebookError("{error} (what ran is in {path})", error=error, path=path) from error
            write(anywhere(notebook, edition) if args.publish else notebook, path)
            print(path)


def _editions(args: argparse.Namespace) -> list[tuple[Edition, bool]]:
    """List the notebooks to make, and whether each is run."""
    from training.course.build import Edition

    settings, languages = _settings(args), [args.language] if args.language else LANGUAGES
    if args.publish:
        return [(Edition(one, open_, settings), not open_) for one in languages for open_ in (False, True)]
    return [(Edition(one, args.exercise, settings), args.execute) for one in languages]


def _settings(args: argparse.Namespace) -> dict[str, Any]:
    """Give values to the notebook's own parameters, of the flags that were given."""
    from training.datasets.labelled import DataError

    if args.data and not args.data.exists():
        raise DataError(
            "{data}: no such file or folder; give mnist.npz, or a folder or zip with Training/0..9", data=args.data
        )
    given = {"DATA": args.data and str(Path(args.data).resolve()), "LIMIT": args.limit, "SEED": args.seed}
    return {name: value for name, value in given.items() if value is not None}
